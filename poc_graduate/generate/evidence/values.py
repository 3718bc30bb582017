"""Values of a replayed task, and the expressions by which its tests can reach them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .calls import Seen
from .replay import Replayed


def same(one: Any, other: Any) -> bool:
    """Equal in type, size and every value."""
    if type(one) is not type(other):
        return False
    try:
        if hasattr(one, "equals"):
            return bool(one.equals(other))
        if type(one).__name__ == "ndarray":
            import numpy as np

            return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))
        return bool(one == other)
    except Exception:  # an object that cannot be compared is not the same
        return False


def taken(values: Any, places: Any) -> Any:
    """Rows at some places, of a frame, a column, an array or a list."""
    if hasattr(values, "iloc"):
        return values.iloc[places]
    if isinstance(values, list | tuple):
        return [values[place] for place in places]
    return values[places]


def arguments(seen: Seen) -> list[str]:
    """Texts of the positional arguments of a call that stands in a cell."""
    if not seen.source:
        return [""] * len(seen.args)
    call = ast.parse(seen.source, mode="eval").body
    assert isinstance(call, ast.Call)
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return [""] * len(seen.args)
    return [ast.unparse(argument) for argument in call.args]


@dataclass
class Reach:
    """Finds expressions for values, and remembers which names they need.

    Attributes:
        replayed: The task.
        names: Name that an expression uses → product that holds it and place in it; None where
            the task has to be replayed.
    """

    replayed: Replayed
    names: dict[str, tuple[str, int] | None] = field(default_factory=dict)

    def find(self, value: Any, source: str = "") -> str | None:
        """An expression over names of the task that gives an equal value at its end."""
        space, products = self.replayed.space, self.replayed.products
        ordered = sorted(
            (name for name in space if not name.startswith("_")),
            key=lambda name: (name not in products, name),
        )
        found = [name for name in ordered if space[name] is value]
        found = found or [name for name in ordered if same(space[name], value)]
        if found:
            return self.use(found[0])
        return self._evaluated(value, source) if source else None

    def _evaluated(self, value: Any, source: str) -> str | None:
        tree = ast.parse(source, mode="eval")
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        if any(isinstance(n, ast.Call) for n in ast.walk(tree)) or not names:
            return None
        if not all(_is_data(self.replayed.space.get(name)) for name in names):
            return None
        try:
            again = eval(compile(tree, "<expression>", "eval"), dict(self.replayed.space))
        except Exception:  # it stands no more at the end of the task
            return None
        if not same(again, value):
            return None
        for name in sorted(names):
            self.use(name)
        _Attributes(names).visit(tree)
        return ast.unparse(tree)

    def use(self, name: str) -> str:
        """The expression for a name itself."""
        self.names[name] = self.replayed.products.get(name)
        return f"task.{name}"


def _is_data(value: Any) -> bool:
    root = type(value).__module__.split(".")[0]
    return root in ("pandas", "numpy") or isinstance(value, list | tuple | dict | str | int | float)


class _Attributes(ast.NodeTransformer):
    """Names of the task as attributes of `task`; a lone name is found before."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in self.names:
            return node
        task = ast.Name("task", ast.Load())
        return ast.copy_location(ast.Attribute(task, node.id, ast.Load()), node)


def value_of(replayed: Replayed, expression: str) -> Any:
    """What an expression over `task` gives at the end of the task."""
    from types import SimpleNamespace

    return eval(expression, {"task": SimpleNamespace(**replayed.space)})


def length(value: Any) -> int | None:
    """How many rows anything has; None where it has none."""
    if hasattr(value, "shape"):
        return int(value.shape[0]) if value.shape else None
    return len(value) if isinstance(value, list | tuple) else None


def close(one: Any, other: Any, tolerance: float = 1e-6) -> bool:
    """Equal labels, or figures that differ by rounding only."""
    import numpy as np

    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape:
        return False
    if one.dtype.kind in "fc":
        return bool(np.allclose(one, other, rtol=tolerance, atol=1e-9, equal_nan=True))
    return bool((one == other).all())


def rounded(value: Any, digits: int = 6) -> Any:
    """Figures with few digits, those in lists too; other values as they are."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if type(value) in (list, tuple):
        return type(value)(rounded(item, digits) for item in value)
    return value


def held(test: Callable[[], bool]) -> bool:
    """Whether a test holds; one that fails to run does not."""
    try:
        return bool(test())
    except Exception:  # a model that refuses to be asked this way does not have the property
        return False


def is_wide(answer: Any) -> bool:
    """Whether a model answers with a probability for each of two labels."""
    return getattr(answer, "ndim", 1) == 2 and bool(answer.shape[1] == 2)


def column_of(answer: Any) -> Any:
    """An answer as one column: of two probabilities that of the second label."""
    return answer[:, 1] if is_wide(answer) else answer


def is_answer(value: Any, answer: Any) -> bool:
    """Whether values are what a model answered, as one column."""
    import numpy as np

    return held(lambda: close(np.asarray(value), np.asarray(column_of(answer))))


def asked(model: dict[str, Any], call: str, rows: str) -> str:
    """The text that asks a model about rows, and takes its answer as one column."""
    return f"{call}({rows}){'[:, 1]' if is_wide(model['_answer']) else ''}"


def imported(function: Any) -> str | None:
    """The import line of a function from the shortest module that shows it."""
    import importlib

    module, name = getattr(function, "__module__", None), getattr(function, "__name__", "")
    if not module or not name.isidentifier() or "<" in name:
        return None
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        shown = ".".join(parts[:length])
        try:
            found = getattr(importlib.import_module(shown), name, None)
        except Exception:  # a module that does not load shows nothing
            continue
        if found is function:
            return f"from {shown} import {name}"
    return None
