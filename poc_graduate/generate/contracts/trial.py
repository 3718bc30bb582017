"""The module that exported projects check their batches with, as one that can be called here."""

from __future__ import annotations

import json
import logging
import math
import sys
import tempfile
from functools import cache
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate.errors import GraduateError

if TYPE_CHECKING:
    import pandas as pd

TEMPLATE = Path(__file__).parents[1] / "templates/project/src/package/batches.py"


@cache
def batches_module() -> Any:
    """The module that exported projects check with."""
    spec = util.spec_from_file_location("poc_graduate_exported_batches", TEMPLATE)
    if spec is None or spec.loader is None:
        raise GraduateError("the template of batches.py is missing")
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


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
    batches = batches_module()
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
    except ValueError:
        return None
    finally:
        log.disabled = before
