"""A stretch of time in which the capture works and nothing of it shows."""

from __future__ import annotations

import gc
import sys
import warnings
from typing import Any

from . import ambient

DEEPER = 60_000 if sys.version_info >= (3, 11) else 6_000
"""Recursion limit meanwhile; before 3.11 each level took a piece of the C stack."""


class Undisturbed:
    """A stretch in which nothing of ours shows: no warning, no random draw, no collection."""

    def __enter__(self) -> Undisturbed:
        self.put_back = ambient.hold_generators()
        self.left = ambient.Left()
        self.collects = gc.isenabled()
        gc.disable()
        sys.setrecursionlimit(max(self.left.recursion, DEEPER))
        # Not `catch_warnings`: that makes warnings shown once be shown again.
        warnings.filters.insert(0, ambient.SILENCE)  # type: ignore[attr-defined]
        numpy: Any = sys.modules.get("numpy")
        self.errors = numpy.errstate(all="ignore") if hasattr(numpy, "errstate") else None
        if self.errors is not None:
            self.errors.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        if self.errors is not None:
            self.errors.__exit__(*error)
        for place, one in enumerate(warnings.filters):
            if one is ambient.SILENCE:
                del warnings.filters[place]  # type: ignore[attr-defined]
                break
        sys.setrecursionlimit(self.left.recursion)
        if self.collects:
            gc.enable()
        self.put_back()
