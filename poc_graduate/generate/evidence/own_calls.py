"""Calls of the author's own functions, as they come: those are kept that show another branch.

What a call gave is not kept: its test is what the function gives when it is called once more.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import importlib
import inspect
import io
import pickle
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .calls import copied, tree_of
from .drawing import drawn, is_drawing
from .further_calls import Known, chosen, followed, within
from .values import same

_CALLS = 6
"""Calls of one function that are kept because each of them answers something else."""
_ASKED = 5000
"""Calls that are looked at: a function that is called more often is called for every row."""
_WATCHED = 200
"""Calls whose lines are followed, which makes them slow."""
_PATIENCE = 2.0
"""Seconds that a call may take that nobody made before: it may never end."""
_LONGEST = 1500
"""Characters of what is printed that a test shows."""
_SAMPLES = 3
"""Calls of one function whose arguments are kept beside its test."""
UNCALLED = "it is not called where the pipeline runs on a sample of its rows"
SHOWS_NOTHING = "none of its calls gives, prints or changes what a test can compare"
_RESERVED = frozenset(
    {
        "sample",
        "assert_same",
        "assert_reads_same",
        "drawn",
        "result",
        "capsys",
        "pytest",
        "re",
        "call",
    }
)


@dataclass(frozen=True)
class Call:
    """One call, with its arguments as they were before it."""

    kept: bytes

    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Positional and named ones, of its own each time."""
        args, kwargs = pickle.loads(self.kept)
        return args, kwargs


@dataclass
class Recorded:
    """What is kept of one function's calls."""

    calls: list[Call] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    alike: list[Call] = field(default_factory=list)
    asked: int = 0

    def picked(self) -> list[Call]:
        """Those that show something of their own, and as many others as there is room for."""
        return [*self.calls, *self.alike][: max(_CALLS, len(self.calls))]


class Recorder:
    """Stands in for a function of the package and remembers some of its calls.

    Args:
        function: The function.
        smaller: Makes of arguments some that can be kept, with fewer rows where they have many;
            None where that cannot be.
        plain: Whether a value reads well as a literal.
    """

    def __init__(
        self,
        function: types.FunctionType,
        smaller: Callable[[Any], bytes | None],
        plain: Callable[[Any], bool],
    ) -> None:
        self.function = function
        self.smaller = smaller
        self.plain = plain
        self.record = Recorded()
        functools.update_wrapper(self, function)

    def __reduce__(self) -> str:
        """By name: what holds the function, and is kept, is to find the function itself."""
        return self.function.__qualname__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        record = self.record
        record.asked += 1
        enough = len(record.calls) >= _CALLS or not record.answers - {""}
        if record.asked > _ASKED or (enough and record.asked > _WATCHED):
            return self.function(*args, **kwargs)
        before = self.smaller((args, kwargs))
        if before is None:
            return self.function(*args, **kwargs)
        reached: set[int] = set()
        result = None
        try:
            if record.asked > _WATCHED:
                result = self.function(*args, **kwargs)
            else:
                result = followed(self.function, args, kwargs, reached)
        finally:  # the author may have shown that it fails
            self._keep(Call(before), result, reached)
        return result

    def _keep(self, call: Call, result: Any, reached: set[int]) -> None:
        record = self.record
        answer = repr(result)[:80] if self.plain(result) else ""
        further = bool(reached - record.lines)
        another = bool(answer) and answer not in record.answers and len(record.calls) < _CALLS
        known = [*record.calls, *record.alike]
        if (further or another) and call not in known:
            record.calls.append(call)
        elif len(record.alike) < _CALLS and call not in known:
            record.alike.append(call)
        record.lines |= reached
        record.answers.add(answer)


def recorders(
    package: str,
    modules: Sequence[str],
    made: set[str],
    smaller: Callable[[Any], bytes | None],
    plain: Callable[[Any], bool],
) -> dict[str, Recorder]:
    """Put a recorder in the place of each of the author's own functions.

    Args:
        package: Name of the package.
        modules: Its modules.
        made: Functions that were made of cells; they are called by themselves.
        smaller: See `Recorder`.
        plain: See `Recorder`.
    """
    found: dict[str, Recorder] = {}
    for name in modules:
        module = importlib.import_module(f"{package}.{name}")
        for attribute, value in list(vars(module).items()):
            own = isinstance(value, types.FunctionType) and value.__module__ == module.__name__
            if own and attribute not in made and value.__name__ == attribute:
                found[attribute] = recorder = Recorder(value, smaller, plain)
                for other in modules:
                    space = vars(importlib.import_module(f"{package}.{other}"))
                    if space.get(attribute) is value:
                        space[attribute] = recorder
    return found


def literals(
    function: Callable[..., Any],
    calls: Sequence[Call],
    plain: Callable[[Any], bool],
) -> list[tuple[Any, ...]]:
    """The arguments of calls that read well in a line: all of the function's, in its order."""
    found = []
    for call in calls:
        args = _in_order(function, *call.arguments())
        if args is not None and all(plain(one) for one in args):
            found.append(args)
    return found


def _in_order(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[Any, ...] | None:
    """All arguments by position, with the defaults of those not given; None where it has others."""
    signature = inspect.signature(function)
    kinds = {one.kind for one in signature.parameters.values()}
    by_place = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    if not kinds <= by_place:
        return None
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args


@dataclass(frozen=True)
class Bench:
    """What calls are repeated with.

    Attributes:
        plain: Whether a value reads well as a literal.
        seed: Brings the generators into the state in which tests call a function.
        attempt: Runs quietly; why it failed, where it did.
        check: Calls once more; fails where that gives something else.
        keep: Keeps values under a name; fails where they cannot be kept.
    """

    plain: Callable[[Any], bool]
    seed: Callable[[], None]
    attempt: Callable[[Callable[[], object]], str]
    check: Callable[[Callable[..., Any], dict[str, Any], Any], None]
    keep: Callable[[str, dict[str, Any]], None]

    def answer(self, function: Callable[..., Any], *args: Any) -> Any:
        """What a function gives for arguments that read well, each time; None where it does not."""
        found: list[Any] = []

        def called() -> None:
            self.seed()
            with within(_PATIENCE):
                result = function(*copied(args))
                if self.plain(result):
                    self.check(functools.partial(function, *copied(args)), {}, result)
                    found.append(result)

        return found[0] if not self.attempt(called) and found else None

    def printed(self, function: Callable[..., Any], *args: Any) -> str | None:
        """What a function prints for such arguments, where it does nothing else that is seen."""
        found: list[str] = []

        def once() -> str:
            drawn()
            self.seed()
            given = copied(args)
            text = io.StringIO()
            with contextlib.redirect_stdout(text), within(_PATIENCE):
                result = function(*given)
            silent = result is not None or drawn() or repr(given) != repr(args)
            return "" if silent else text.getvalue()

        def called() -> None:
            text = once()
            self.check(once, {}, text)
            found.append(text)

        self.attempt(called)
        return found[0] if found and found[0].strip() and len(found[0]) <= _LONGEST else None


def cases(
    name: str, function: Callable[..., Any], calls: Sequence[Call], bench: Bench
) -> tuple[list[Any], list[Any], list[dict[str, Any]]]:
    """Calls of one function as its tests repeat them.

    Args:
        name: Its name.
        function: The function.
        calls: Calls that were recorded.
        bench: What they are repeated with.

    Returns:
        Calls that read well as literals: texts of the arguments, and of the result; the same of
        what is printed, for a function that does nothing else; and calls whose values are kept as
        samples.
    """
    literal: list[tuple[Any, ...]] = []
    bench.attempt(lambda: literal.extend(literals(function, calls, bench.plain)))
    known = chosen(function, literal, functools.partial(bench.answer, function), bench.attempt)
    prints: Known = {}
    if not known and any(literal):
        tell = functools.partial(bench.printed, function)
        prints = chosen(function, literal, tell, bench.attempt)
    lines, printed = (
        [[[repr(one) for one in args], repr(found)] for args, found in told.values()]
        for told in (known, prints)
    )

    samples: list[dict[str, Any]] = []
    written = {**known, **prints}
    for call in calls:
        if len(samples) < _SAMPLES:
            folder = f"{name}/{len(samples) + 1}" if samples else name
            bench.attempt(
                lambda c=call, f=folder: samples.extend(  # type: ignore[misc]
                    _sample(function, c, f, bench) if not _literal(function, c, written) else ()
                )
            )
    return lines, printed, samples


def _literal(function: Callable[..., Any], call: Call, known: Mapping[str, Any]) -> bool:
    """Whether a call is among those that are written down as literals."""
    return repr(_in_order(function, *call.arguments())) in known


def _sample(
    function: Callable[..., Any], call: Call, folder: str, bench: Bench
) -> Iterator[dict[str, Any]]:
    """A call whose values are kept: nothing where a test of it would notice nothing."""
    import numpy as np
    import pandas as pd

    values = given(function, call)
    passed = ", ".join(one.passed for one in values)

    def called() -> tuple[Any, str, list[Any], dict[str, Any]]:
        drawn()  # those of an earlier call are not of this one
        arguments = {one.name: one.value for one in given(function, call)}
        printed = io.StringIO()
        bench.seed()
        with contextlib.redirect_stdout(printed):
            result = eval(f"function({passed})", {**arguments, "function": function})
        return None if is_drawing(result) else result, printed.getvalue(), drawn(), arguments

    shown = {
        "folder": folder,
        "given": {one.name: repr(one.value) if bench.plain(one.value) else None for one in values},
        "passed": passed,
    }
    kept = {one.name: one.value for one in values}
    refused = bench.attempt(called)
    if refused:
        kind, _, message = refused.partition(": ")
        if message and _refuses(function) and hasattr(builtins, kind) and " at 0x" not in message:
            bench.keep(folder, kept)
            yield {**shown, "raises": kind, "message": message}
        return
    result, printed, figures, after = called()
    bench.check(lambda: called()[:3], {}, (result, printed, figures))
    tables = (pd.DataFrame, pd.Series, np.ndarray, list, dict)
    changed = {
        f"{one.name}_after": after[one.name]
        for one in values
        if isinstance(one.value, tables) and not same(one.value, after[one.name])
    }
    shows = result is not None or printed or figures or changed
    if not shows and not _refuses(function):
        return
    compared = {"result": result} if result is not None else {}
    compared |= {"drawn": figures} if figures else {}
    bench.keep(folder, {**kept, **changed, **compared})
    yield {
        **shown,
        "result": result is not None,
        "printed": printed if result is None else "",
        "drawn": bool(figures),
        "changed": [name.removesuffix("_after") for name in changed],
    }


def _refuses(function: Callable[..., Any]) -> bool:
    """Whether a function may raise: that it does not is something that a test can show."""
    tree = tree_of(function)
    return any(isinstance(node, ast.Raise | ast.Assert) for node in ast.walk(tree))


@dataclass(frozen=True)
class Given:
    """One argument of a call: its name in the test, how the call passes it, and its value."""

    name: str
    passed: str
    value: Any


def given(function: Callable[..., Any], call: Call) -> list[Given]:
    """The arguments of a call as a test writes them down, each under the parameter's name."""
    args, kwargs = call.arguments()
    signature = inspect.signature(function)
    bound = signature.bind(*args, **kwargs)
    reserved = {*_RESERVED, function.__name__}
    found: list[Given] = []
    by_place = True
    for name, parameter in signature.parameters.items():
        if name not in bound.arguments:
            by_place = False
            continue
        local = f"{name}_" if name in reserved else name
        match parameter.kind:
            case inspect.Parameter.VAR_POSITIONAL:
                passed = f"*{local}"
            case inspect.Parameter.VAR_KEYWORD:
                passed = f"**{local}"
            case inspect.Parameter.KEYWORD_ONLY:
                passed = f"{name}={local}"
            case _:
                passed = local if by_place else f"{name}={local}"
        found.append(Given(local, passed, bound.arguments[name]))
    return found
