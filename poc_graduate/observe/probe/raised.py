"""What a cell raised: type, message, and the line of the cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .describe import shortened

MODULE_FRAMES = ("<module>", "<cell line: 1>", "async-def-wrapper")


def error_of(result: Any, namespace: Mapping[str, Any]) -> dict[str, Any] | None:
    """Type, message and line of what the cell raised; None where it ended well.

    Args:
        result: What IPython tells of the cell.
        namespace: The user's names, by which the cell's own frames are known.
    """
    error = getattr(result, "error_before_exec", None) or getattr(result, "error_in_exec", None)
    if error is None:
        return None
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    trace = None if line else error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_globals is namespace and frame.f_code.co_name in MODULE_FRAMES:
            line = trace.tb_lineno
        trace = trace.tb_next
    return {
        "name": type(error).__name__,
        "says": shortened(str(error), 500),
        "line": line or 1,
        "file": getattr(error, "filename", None) if isinstance(error, OSError) else None,
        "module": getattr(error, "name", None)
        if isinstance(error, (ImportError, NameError))
        else None,
    }
