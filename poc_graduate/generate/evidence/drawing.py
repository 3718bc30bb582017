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
            "shapes": [
                np.array([path.get_extents().bounds for path in one.get_paths()[:40] if len(path)])
                for one in axes.collections
                if not hasattr(one, "get_coordinates")  # a mesh has a path for each of its values
            ],
            "values": [
                [*values.shape, float(values.mean())]
                for one in (*axes.images, *axes.collections)
                if (values := one.get_array()) is not None
            ],
            "extents": [np.array(image.get_extent(), dtype=float) for image in axes.images],
            "limits": np.array([axes.get_xlim(), axes.get_ylim()], dtype=float),
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
