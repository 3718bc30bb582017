"""The module that exported projects check their batches with, as one that can be called here."""

from __future__ import annotations

import importlib
import json
import logging
import math
import sys
import tempfile
import types
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

TEMPLATES = Path(__file__).parents[1] / "templates/project/src/package"
_PACKAGE = "poc_graduate_exported"


@cache
def exported(module: str) -> Any:
    """A module that exported projects check with (`placement.CHECKERS`)."""
    if _PACKAGE not in sys.modules:
        package = types.ModuleType(_PACKAGE)
        package.__path__ = [str(TEMPLATES)]
        sys.modules[_PACKAGE] = package
    return importlib.import_module(f"{_PACKAGE}.{module}")


def evaluated(text: str) -> Any:
    """The object that a text of ours stands for."""
    import pandera.pandas as pa

    return eval(text, {"pa": pa, "nan": math.nan})


def admitted(batch: pd.DataFrame, schema: str, profile: dict[str, Any]) -> pd.DataFrame | None:
    """What a contract gives of a batch, in silence; None where it stops the batch.

    Args:
        batch: The rows.
        schema: The expression of its schema.
        profile: The content of its reference.
    """
    try:
        return _kept(batch, schema, profile)
    except ValueError:
        return None


def refused(batch: pd.DataFrame, schema: str, profile: dict[str, Any]) -> str:
    """Why a contract stops a batch, in its words; empty where it does not (see `admitted`)."""
    try:
        _kept(batch, schema, profile)
    except ValueError as stopped:
        return str(stopped)
    return ""


def _kept(batch: pd.DataFrame, schema: str, profile: dict[str, Any]) -> pd.DataFrame:
    batches = exported("batches")
    log = logging.getLogger(batches.__name__)
    before, log.disabled = log.disabled, True
    try:
        with tempfile.TemporaryDirectory(prefix="poc-graduate-contract-") as folder:
            reference, aside = Path(folder) / "profile.json", Path(folder) / "aside.csv"
            reference.write_text(json.dumps(profile), encoding="utf-8")
            kept: pd.DataFrame = batches.admit(
                batch, evaluated(schema), source="", reference=reference, quarantine=aside
            )
            return kept
    finally:
        log.disabled = before
