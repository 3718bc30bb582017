"""The module that exported projects check their batches with, as one that can be called here."""

from __future__ import annotations

import math
import sys
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any

from poc_graduate.errors import GraduateError

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
