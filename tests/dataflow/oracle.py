"""Runs small notebooks statement by statement and says what really happened to their names."""

from __future__ import annotations

import ast
import enum
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from poc_graduate.dataflow.model import Dataflow, Statement

_PLAIN = (int, float, complex, str, bytes, bool, type(None), range, slice, type(...))


@dataclass(frozen=True)
class Happened:
    """What one statement really did.

    Attributes:
        statement: The statement.
        bound: Names that stand for another object than before.
        deleted: Names that are gone.
        changed: Names of the same object, which is not what it was.
        shared: Pairs of names that reach the same object that can be changed.
    """

    statement: Statement
    bound: frozenset[str]
    deleted: frozenset[str]
    changed: frozenset[str]
    shared: frozenset[tuple[str, str]]


def run(dataflow: Dataflow) -> Iterator[Happened]:
    """Run a notebook's statements in order."""
    space: dict[str, Any] = {"__name__": "__main__"}
    for statement in dataflow.statements:
        before = {name: (id(value), state(value)) for name, value in visible(space)}
        kept = dict(space)  # ids stay taken
        execute(statement.node, space)
        after = {name: (id(value), state(value)) for name, value in visible(space)}
        names = sorted(after)
        reach = {name: set(reachable(space[name])) for name in names}
        yield Happened(
            statement,
            frozenset(n for n in after if n not in before or after[n][0] != before[n][0]),
            frozenset(before.keys() - after.keys()),
            frozenset(
                n
                for n in after
                if n in before and after[n][0] == before[n][0] and after[n][1] != before[n][1]
            ),
            frozenset((a, b) for a in names for b in names if a < b and reach[a] & reach[b]),
        )
        del kept


def needed(dataflow: Dataflow) -> Iterator[tuple[Statement, frozenset[str]]]:
    """For each statement, the names without which it fails."""
    for position, statement in enumerate(dataflow.statements):
        space: dict[str, Any] = {"__name__": "__main__"}
        for earlier in dataflow.statements[:position]:
            execute(earlier.node, space)
        missing = set()
        for name in [n for n, _ in visible(space)]:
            fresh: dict[str, Any] = {"__name__": "__main__"}
            for earlier in dataflow.statements[:position]:
                execute(earlier.node, fresh)
            del fresh[name]
            try:
                execute(statement.node, fresh)
            except Exception:
                missing.add(name)
        yield statement, frozenset(missing)


def execute(node: ast.stmt, space: dict[str, Any]) -> None:
    """Run one statement."""
    code = compile(ast.Module([node], []), "<cell>", "exec")
    exec(code, space)


def visible(space: dict[str, Any]) -> list[tuple[str, Any]]:
    """The notebook's own names; modules never count."""
    return [
        (name, value)
        for name, value in space.items()
        if not name.startswith("__") and not isinstance(value, types.ModuleType)
    ]


def parts(value: Any) -> Iterator[Any]:
    """Objects that an object holds."""
    if isinstance(value, dict):
        yield from value.keys()
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif isinstance(value, types.FunctionType):
        yield from (cell.cell_contents for cell in value.__closure__ or () if not _empty(cell))
        yield from value.__defaults__ or ()
        yield from (value.__kwdefaults__ or {}).values()
        yield from value.__dict__.values()
    elif isinstance(value, types.MethodType):
        yield value.__self__
    elif isinstance(value, types.GeneratorType):
        if value.gi_frame is not None:
            yield from value.gi_frame.f_locals.values()
    elif isinstance(value, type):
        if value.__module__ == "__main__":
            yield from shared_by_instances(value)
    elif type(value).__module__ == "numpy":
        if getattr(value, "base", None) is not None:
            yield value.base
    elif type(value).__module__.partition(".")[0] == "pandas":
        grouped = getattr(value, "obj", None)
        if grouped is not None:
            yield grouped
    elif isinstance(value, Iterator):
        try:
            yield from value.__reduce__()[1]
        except (TypeError, AttributeError, RuntimeError):
            return
    else:
        if type(value).__module__ == "__main__":
            yield from shared_by_instances(type(value))
        if type(value).__module__.partition(".")[0] in (
            "__main__",
            "types",
            "functools",
            "sklearn",
        ):
            yield from vars(value).values() if hasattr(value, "__dict__") else ()
        if type(value).__name__ == "partial":
            yield from (value.func, value.args, value.keywords)


def shared_by_instances(kind: type) -> Iterator[Any]:
    """What a class body bound that its instances share and can change."""
    for one in kind.__mro__:
        if one.__module__ == "__main__":
            for name, value in vars(one).items():
                if not name.startswith("_") and isinstance(value, list | dict | set):
                    yield value


def _empty(cell: Any) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return True
    return False


def reachable(value: Any) -> Iterator[int]:
    """Ids of objects that can be changed, reached from a value."""
    todo, seen = [value], set()
    while todo:
        one = todo.pop()
        if isinstance(one, (*_PLAIN, types.ModuleType, types.BuiltinFunctionType, enum.Enum)):
            continue
        if id(one) in seen:
            continue
        seen.add(id(one))
        module = type(one).__module__.partition(".")[0]
        if module in ("re", "datetime", "pathlib", "decimal", "functools", "collections") and not (
            isinstance(one, dict | list) or hasattr(one, "append")
        ):
            todo += list(parts(one))
            continue
        if isinstance(one, type) and one.__module__ != "__main__":
            continue
        if module == "pandas" and type(one).__name__ in ("Index", "RangeIndex", "Timestamp"):
            continue
        if not isinstance(one, tuple | frozenset | type | types.FunctionType):
            yield id(one)
        todo += list(parts(one))


def state(value: Any, seen: dict[int, int] | None = None) -> Any:
    """A value as something that can be compared later; what was met before is named by number."""
    seen = {} if seen is None else seen
    if isinstance(value, (*_PLAIN, enum.Enum)):
        return repr(value)
    if id(value) in seen:
        return ("again", seen[id(value)])
    seen[id(value)] = len(seen)
    module = type(value).__module__.partition(".")[0]
    if module == "pandas":
        return repr(value)
    if module == "numpy" and hasattr(value, "tobytes"):
        return (str(value.dtype), value.shape, state(value.tolist(), seen))
    if module == "numpy" and hasattr(value, "bit_generator"):
        return repr(value.bit_generator.state)
    if isinstance(value, types.GeneratorType):
        frame = value.gi_frame
        return (frame is None, frame and frame.f_lasti, frame and repr(sorted(frame.f_locals)))
    if isinstance(value, set | frozenset):
        return sorted(str(state(v, seen)) for v in value)
    if isinstance(value, Iterator):
        return position(value)
    return (type(value).__name__, tuple(state(v, seen) for v in parts(value)))


def position(iterator: Iterator[Any]) -> Any:
    """How far an iterator has come, as far as it tells."""
    try:
        reduced = iterator.__reduce__()
    except (TypeError, AttributeError, RuntimeError):
        return id(iterator)
    if isinstance(reduced, str):
        return reduced
    return (len(reduced[1]), reduced[2:])
