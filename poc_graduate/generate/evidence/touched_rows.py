"""Which rows a cleaning by hand leaves out or changes."""

from __future__ import annotations

from typing import Any

_MOST = 40


def cleaned_frames(arguments: dict[str, Any], result: Any) -> list[tuple[Any, Any]]:
    """The frame that a function takes and the one that it gives, where there is one of each."""
    took = [value for value in arguments.values() if type(value).__name__ == "DataFrame"]
    results = result if isinstance(result, tuple) else (result,)
    gave = [value for value in results if type(value).__name__ == "DataFrame"]
    return [(took[0], gave[0])] if len(took) == len(gave) == 1 else []


def labels_of(before: Any, after: Any) -> dict[Any, None]:
    """Labels of the rows that are left out of a frame or changed in it; none where they repeat."""
    if not (before.index.is_unique and after.index.is_unique):
        return {}
    left_out = before.index.difference(after.index, sort=False)
    changed = changes(before, after).any(axis=1)
    picked = [*left_out[:_MOST], *changed[changed].index[:_MOST]]
    return dict.fromkeys(picked)


def changes(before: Any, after: Any) -> Any:
    """Which values of the rows and columns that two frames share are different ones."""
    columns = [name for name in before.columns if name in after.columns]
    rows = before.index.intersection(after.index)
    was, now = before.loc[rows, columns], after.loc[rows, columns]
    return (was.astype(object) != now.astype(object)) & ~(was.isna() & now.isna())


def touches(arguments: dict[str, Any], result: Any) -> list[int]:
    """How many rows a function leaves out, and how many values it changes in the others.

    Raises:
        ValueError: it takes or gives no frame, or several, or their labels repeat.
    """
    for before, after in cleaned_frames(arguments, result):
        if before.index.is_unique and after.index.is_unique:
            kept = int(before.index.isin(after.index).sum())
            return [len(before) - kept, int(changes(before, after).to_numpy().sum())]
    raise ValueError("rows cannot be told apart")
