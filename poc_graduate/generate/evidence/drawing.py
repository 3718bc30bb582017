"""What a function draws, as figures that can be compared."""

from __future__ import annotations

import sys
from typing import Any

_DRAWN = ("matplotlib", "seaborn", "plotly")


def drawn() -> list[dict[str, Any]]:
    """Texts and data of each of the axes of the figures that are open, which are closed then.

    The tests have the same function.
    """
    if "matplotlib.pyplot" not in sys.modules:
        return []
    import matplotlib.pyplot as plt
    import numpy as np

    found: list[dict[str, Any]] = [
        {
            "texts": [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()],
            "lines": [np.array(line.get_xydata(), dtype=float) for line in axes.lines],
            "bars": [patch.get_height() for patch in axes.patches if hasattr(patch, "get_height")],
            "points": [np.array(points.get_offsets(), dtype=float) for points in axes.collections],
        }
        for number in plt.get_fignums()
        for axes in plt.figure(number).axes
    ]
    plt.close("all")
    return found


def is_drawing(value: Any) -> bool:
    """Whether a value is a figure or a part of one: what it shows is compared, not the object."""
    if isinstance(value, list | tuple):
        return any(is_drawing(one) for one in value)
    if type(value).__name__ == "ndarray" and value.dtype == object:
        return any(is_drawing(one) for one in value.ravel()[:4])
    return type(value).__module__.partition(".")[0] in _DRAWN
