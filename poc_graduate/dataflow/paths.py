"""Which paths through a statement are surely taken."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.names import last_name


def meet(ends: list[set[str] | None]) -> set[str] | None:
    """Names that are sure on every path; None is a path that is not reached."""
    reached = [end for end in ends if end is not None]
    return set.intersection(*reached) if reached else None


def surely_runs(iterable: ast.expr) -> bool:
    """Whether a loop over this runs at least once: a literal with something in it, a `range`."""
    match iterable:
        case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]) | ast.Set(elts=[first, *_]):
            return not isinstance(first, ast.Starred)
        case ast.Constant(value=str(text)):
            return bool(text)
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(stop))]):
            return stop > 0
        case ast.Call(
            func=ast.Name(id="range"),
            args=[ast.Constant(value=int(start)), ast.Constant(value=int(stop)), *step],
        ):
            return start < stop and all(isinstance(one, ast.Constant) for one in step)
    return False


def swallows(context: ast.expr) -> bool:
    """Whether a context manager is there to let its body fail: `suppress(…)`, `raises(…)`."""
    called = context.func if isinstance(context, ast.Call) else context
    return last_name(called) in ("suppress", "raises", "assertRaises")


def matches_all(case: ast.match_case) -> bool:
    """Whether a case takes whatever comes: `case _:`, `case name:`."""
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and not case.pattern.pattern
