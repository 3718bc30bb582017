"""Calls that nobody made, by which a test tells a function from one that differs a little."""

from __future__ import annotations

import ast
import contextlib
import signal
import sys
import time
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from .calls import tree_of
from .properties import edges

_MOST = 8
"""Calls that are added for one function."""
_FIGURES = (3, 5, 7, 11, 13, 17)
_NEAR = 24
"""How far from a whole number that it was called with a turn of a function is looked for."""
_SHORT = 8
"""Length up to which beginnings of a text or a list are tried."""
_SEARCH = 1.0
"""Seconds of computing for the search of one function; one that takes longer is left as it was
called, so that a project is not another one on a machine that is half as fast again."""
_FEW = 4
"""Texts that are answers among which a function chooses: more of them are made of its arguments."""
Known = dict[str, tuple[tuple[Any, ...], Any]]
"""Calls with what they give, by the text of their arguments: 1 and True are two arguments."""


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let something take so long at most.

    Raises:
        TimeoutError: it takes longer.
    """

    def stop(number: int, frame: types.FrameType | None) -> None:
        raise TimeoutError(f"it took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def followed(
    function: types.FunctionType,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    reached: set[int],
) -> Any:
    """What a call gives; the function's own lines that it reaches are added."""

    def line(frame: types.FrameType, event: str, _: Any) -> Any:
        if event == "line":
            reached.add(frame.f_lineno)
        return line

    def entered(frame: types.FrameType, event: str, _: Any) -> Any:
        return line if frame.f_code is function.__code__ else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        return function(*args, **kwargs)
    finally:
        sys.settrace(before)


def chosen(
    function: Callable[..., Any],
    calls: Sequence[tuple[Any, ...]],
    answer: Callable[..., Any],
    attempt: Callable[[Callable[[], object]], str],
) -> Known:
    """Calls that were made, and some that tell the function from others.

    Args:
        function: The function.
        calls: Arguments that it was called with.
        answer: What it gives for some arguments; None where it fails, or gives what reads badly.
        attempt: Runs quietly; a search that fails adds nothing.
    """
    known = _answered(calls, answer)
    if known and all(len(args) == 1 and type(args[0]) is int for args, _ in known.values()):
        turned: list[Any] = []
        figures = [(args[0], found) for args, found in known.values()]
        attempt(lambda: turned.extend((one,) for one, _ in edges(function, figures)))
        known = _answered(sorted([*calls, *turned]), answer)
    called = [args for args, _ in known.values()]
    further: list[tuple[Any, ...]] = []
    for search in (turning, looking_up):
        attempt(lambda s=search: further.extend(s(function, called, answer)))  # type: ignore[misc]
    attempt(lambda: further.extend(telling(called, answer)))
    return known | _answered(further, answer)


def _answered(calls: Iterable[tuple[Any, ...]], answer: Callable[..., Any]) -> Known:
    found: Known = {}
    for args in calls:
        if repr(args) not in found and (given := answer(*args)) is not None:
            found[repr(args)] = (args, given)
    return found


def looking_up(
    function: Callable[..., Any], calls: Sequence[tuple[Any, ...]], answer: Callable[..., Any]
) -> list[tuple[Any, ...]]:
    """Calls with what a function looks up in tables of its own: each key leads to other values.

    Args:
        function: The function.
        calls: Arguments that it was called with.
        answer: See `turning`.
    """
    keys = list(_keys(function))
    known = {repr(answer(*call)) for call in calls}
    found: list[tuple[Any, ...]] = []
    for call in calls[:1]:
        for place, value in enumerate(call):
            for key in keys if type(value) in (str, int) else ():
                tried = (*call[:place], key, *call[place + 1 :])
                if type(key) is type(value) and (given := answer(*tried)) is not None:
                    if repr(given) not in known:
                        found.append(tried)
                    known.add(repr(given))
    return found[:_MOST]


def _keys(function: Callable[..., Any]) -> Iterator[Any]:
    """Keys of tables that are written down in a function, or in its module under a name."""
    named = getattr(function, "__globals__", {})
    for node in ast.walk(tree_of(function)):
        match node:
            case ast.Dict(keys=keys):
                yield from (key.value for key in keys if isinstance(key, ast.Constant))
            case ast.Name(id=name) if type(named.get(name)) is dict:
                yield from named[name]


def turning(
    function: Callable[..., Any], calls: Sequence[tuple[Any, ...]], answer: Callable[..., Any]
) -> list[tuple[Any, ...]]:
    """Calls on both sides of where a function turns: to another answer, or to other lines.

    One argument at a time is changed: a number to its neighbours and to those of what the function
    compares with, a text or a list to its beginnings.

    Args:
        function: The function.
        calls: Arguments that it was called with.
        answer: What it gives for some arguments; None where it fails, or gives what reads badly.
    """
    until = time.process_time() + _SEARCH
    compared = list({repr(one): one for one in _compared(function)}.values())
    known = {repr(call) for call in calls}
    found: list[tuple[Any, ...]] = []
    for call in calls[:2]:
        for place, value in enumerate(call):
            series = []
            for other in _others(value, compared):
                tried = (*call[:place], other, *call[place + 1 :])
                if time.process_time() > until:
                    return []
                if (given := answer(*tried)) is not None:
                    series.append((tried, given, _lines(function, tried)))
            texts = {given for _, given, _ in series if isinstance(given, str)}
            kinds = [_kind(given, len(texts) <= _FEW) for _, given, _ in series]
            for one, other in pairwise(range(len(series))):
                apart = _apart(series[one][0][place], series[other][0][place])
                if not apart and (kinds[one], series[one][2]) != (kinds[other], series[other][2]):
                    found += [series[one][0], series[other][0]]
    new = {repr(one): one for one in found if repr(one) not in known}
    return list(new.values())[:_MOST]


def _apart(one: Any, other: Any) -> bool:
    """Whether between two whole numbers there are others, where the turn may be."""
    return type(one) is int and type(other) is int and other - one > 1


def _kind(given: Any, few: bool) -> Any:
    """What has to differ for a function to have turned: figures that move a little have not."""
    chooses = isinstance(given, bool) or (few and isinstance(given, str))
    return repr(given) if chooses else type(given).__name__


def _lines(function: Callable[..., Any], args: tuple[Any, ...]) -> frozenset[int]:
    reached: set[int] = set()
    if isinstance(function, types.FunctionType):
        followed(function, args, {}, reached)
    return frozenset(reached)


def _others(value: Any, compared: Sequence[Any]) -> list[Any]:
    """What may stand for a value, in an order in which neighbours differ a little."""
    match value:
        case bool():
            return [False, True]
        case int():
            near = set(range(value - _NEAR, value + _NEAR + 1))
            for bound in compared:
                near |= {bound - 1, bound, bound + 1} if type(bound) is int else set()
            return sorted(one for one in near if one >= 0 or value < 0)
        case float():
            beside = {value}
            for bound in compared:
                if type(bound) in (int, float):
                    step = abs(bound) / 100 or 0.01
                    beside |= {float(bound - step), float(bound), float(bound + step)}
            return sorted(beside)
        case str():
            texts = [bound for bound in compared if isinstance(bound, str)]
            return [*(value[:length] for length in range(min(len(value), _SHORT) + 1)), *texts]
        case list() | tuple():
            return [*(value[:length] for length in range(len(value) + 1)), value[::-1]]
    return []


def telling(calls: Sequence[tuple[Any, ...]], answer: Callable[..., Any]) -> list[tuple[Any, ...]]:
    """One more call of a function of figures, none of which is 0, 1, 2, or given twice.

    With such figures a sum may be the product, and one argument stand for the other.

    Args:
        calls: Arguments that it was called with.
        answer: What it gives for some arguments; None where it fails, or gives what reads badly.
    """
    if not calls or any(_tells(call, answer(*call)) for call in calls):
        return []
    other = iter(_FIGURES)
    tried = tuple(
        type(value)(next(other, value)) if _is_figure(value) else value for value in calls[0]
    )
    return [tried] if tried not in calls and answer(*tried) is not None else []


def _tells(call: tuple[Any, ...], given: Any) -> bool:
    """Whether a call shows what is done with each figure: an answer of 0 hides every factor."""
    figures = [value for value in call if _is_figure(value)]
    distinct = len(set(figures)) == len(figures) and not {-1, 0, 1, 2} & set(figures)
    return distinct and not (_is_figure(given) and given == 0)


def _is_figure(value: Any) -> bool:
    return type(value) in (int, float)


def _compared(function: Callable[..., Any]) -> Iterator[Any]:
    """Numbers and texts that a function compares something with."""
    tree = tree_of(function)
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for part in (node.left, *node.comparators):
                for one in ast.walk(part):
                    match one:
                        case ast.Constant(value=bool()):
                            continue
                        case ast.Constant(value=int() | float() | str() as value):
                            yield value
