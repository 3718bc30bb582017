"""Whether contracts let through, untouched, the tables that they were learnt from.

This file is loaded in the project's own environment (`trials/worker.py`), without importing
poc_graduate.
"""

from __future__ import annotations

import importlib
import os
import pickle
import random
import tempfile
import warnings
from pathlib import Path
from typing import Any

_OPTIONS = ("display.max_rows", "display.max_columns", "display.precision", "display.width")


def state() -> tuple[Any, ...]:
    """What checking must leave alone."""
    import numpy as np
    import pandas as pd

    options = {key: pd.get_option(key) for key in _OPTIONS}
    return (
        random.getstate(), pickle.dumps(np.random.get_state()), options, dict(os.environ),
        os.getcwd(), np.geterr(), list(warnings.filters),
    )  # fmt: skip


def same(frame: Any, twin: Any) -> bool:
    """Whether two frames are equal in values, types, labels and order."""
    import pandas as pd

    try:
        pd.testing.assert_frame_equal(frame, twin, check_exact=True, check_freq=True)
    except AssertionError:
        return False
    return bool(frame.attrs == twin.attrs)


def problem(package: str, schema: str, kept: Path, folder: Path) -> str:
    """Why a table is not let through; empty where it is."""
    batches = importlib.import_module(f"{package}.batches")
    contracts = importlib.import_module(f"{package}.contracts")
    content = kept.read_bytes()
    frame = pickle.loads(content)
    before = state()
    aside = folder / f"{schema}.csv"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        given = batches.admit(frame, getattr(contracts, schema), source="it", quarantine=aside)
    if given is not frame or not same(frame, pickle.loads(content)):
        return "it does not come back as it was"
    if len(aside.read_text(encoding="utf-8").splitlines()) > 1:
        return "rows of it are put aside"
    after = state()
    return "" if after[:-1] == before[:-1] else "checking it changes the process"


def refused(package: str, tables: list[list[str]]) -> dict[str, str]:
    """Schemas of tables that are not let through → why.

    Args:
        package: Name of the project's package.
        tables: Name of a schema and path of the pickle of its table, for each.
    """
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, path in tables:
            try:
                why = problem(package, name, Path(path), Path(scratch))
            except Exception as failure:  # whatever it is, the table is not let through
                why = f"{type(failure).__name__}: {failure}"
            if why:
                found[name] = why.splitlines()[0][:200]
    return found
