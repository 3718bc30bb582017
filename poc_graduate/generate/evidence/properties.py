"""Properties of a function that held on its sample: tried one by one, asserted only then."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from .calls import copied
from .values import held, same


def properties(
    function: Callable[..., Any],
    arguments: dict[str, Any],
    result: Any,
    seed: Callable[[], None],
) -> dict[str, Any]:
    """Which properties a function has, beside the result that it gave.

    Args:
        function: A function made of a cell.
        arguments: What its test gives it.
        result: What it gives.
        seed: Brings the generators into the state in which its test calls it.

    Returns:
        `unchanged`: arguments that it leaves as they were, where it changes none; `after`:
        arguments that it changes, and does not give back → their value afterwards; and, for a
        function of one frame that gives one frame, `frame` and the properties that held.
    """
    import pandas as pd

    def called(**given: Any) -> Any:
        seed()
        return function(**{**copied(arguments), **given})

    kept = {name: copied(value) for name, value in arguments.items()}
    seed()
    function(**kept)
    mutable = [n for n, v in arguments.items() if isinstance(v, pd.DataFrame | pd.Series)]
    changed = [name for name in mutable if not same(kept[name], arguments[name])]
    given = result if isinstance(result, tuple) else (result,)
    # A changed frame that is given back is tested by the result.
    after = {n: kept[n] for n in changed if not any(same(kept[n], part) for part in given)}
    found: dict[str, Any] = {"unchanged": [] if changed else mutable, "after": after}
    frames = [name for name in mutable if isinstance(arguments[name], pd.DataFrame)]
    if len(frames) != 1 or not isinstance(result, pd.DataFrame) or not len(result):
        return found
    name = frames[0]
    before = arguments[name]
    if not before.columns.is_unique or not result.columns.is_unique:
        return found
    shared = [c for c in result.columns if isinstance(c, str) and c in before.columns]
    found |= {
        "frame": name,
        "rows": len(result) == len(before) and len(before) > 1,
        "fewer": len(result) < len(before),
        "unique": [c for c in shared if result[c].is_unique and not before[c].is_unique][:3],
        "complete": [c for c in shared if before[c].isna().any() and not result[c].isna().any()][
            :5
        ],
        "subset": len(result) < len(before)
        and before.index.is_unique
        and bool(result.index.isin(before.index).all()),
        "twice": held(lambda: same(called(**{name: result.copy()}), result)),
    }
    backwards = before.iloc[::-1]
    found["by_row"] = (
        found["rows"]
        and result.index.equals(before.index)
        and held(lambda: same(called(**{name: backwards.copy()}), result.iloc[::-1]))
    )
    return found


def edges(function: Callable[[Any], Any], calls: list[Any]) -> list[tuple[Any, Any]]:
    """Between two whole numbers with different answers, the neighbours where the answer turns.

    Args:
        function: A function of one number.
        calls: Argument and answer of some calls.
    """
    known = sorted(dict(calls).items())
    found: dict[Any, Any] = {}
    for (low, below), (high, above) in pairwise(known):
        if below == above or high - low > 1_000_000:
            continue
        first, last = (low, below), (high, above)
        while last[0] - first[0] > 1:
            middle = (first[0] + last[0]) // 2
            answer = function(middle)
            if answer == first[1]:
                first = (middle, answer)
            else:
                last = (middle, answer)
        found |= dict([first, last])
    return sorted(found.items())
