"""Calls of a running program, seen by rewriting its text: no library is patched."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PREDICTS = ("predict", "predict_proba", "decision_function", "forecast", "score")
"""Methods by which a fitted model answers: scikit-learn's API and those that follow it."""
_BY_FRAME = frozenset(
    "locals vars globals eval exec dir super breakpoint input print display len range".split()
)
"""Called as they are: they look into their caller's frame, or nothing can be learnt from them."""
_LOOKS_AROUND = frozenset({"query", "eval"})
MARK = "_seen_call_"


def tree_of(function: Callable[..., Any]) -> ast.Module:
    """A function's text, parsed; raises what `inspect` does where it has none."""
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


@dataclass
class Seen:
    """One call.

    Attributes:
        function: What was called; a bound method for methods.
        receiver: Object of the method, or None.
        method: Its name, or that of the function.
        args: Positional arguments.
        kwargs: Named arguments.
        result: What came back.
        source: Text of the call where it stands in a cell, not in a function.
    """

    function: Any
    receiver: Any
    method: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any
    source: str = ""


class Recorder:
    """What a rewritten program reports its calls to.

    Args:
        keeps: Says of a call whether it is kept.
    """

    def __init__(self, keeps: Callable[[Seen], bool]) -> None:
        self.keeps = keeps
        self.calls: list[Seen] = []

    def __call__(self, source: str, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        receiver = getattr(function, "__self__", None)
        method = getattr(function, "__name__", type(function).__name__)
        seen = Seen(function, receiver, method, args, kwargs, result, source)
        if len(self.calls) < 2000 and self.keeps(seen):
            self.calls.append(seen)
        return result


class _Rewriter(ast.NodeTransformer):
    def __init__(self, text: str, *, sources: bool) -> None:
        self.text = text
        self.sources = sources
        self.depth = 0

    def _inner(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        self.depth += 1
        node.body = [self.visit(statement) for statement in node.body]
        self.depth -= 1
        return node

    visit_FunctionDef = _inner
    visit_ClassDef = _inner

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        source = ""
        if self.sources and not self.depth:
            source = ast.get_source_segment(self.text, node) or ""
        self.generic_visit(node)
        match node.func:
            case ast.Name(id=name) if name in _BY_FRAME:
                return node
            case ast.Attribute(attr=name) if name in _LOOKS_AROUND:
                return node
            case ast.Name() | ast.Attribute():
                called = ast.Name(MARK, ast.Load())
                args = [ast.Constant(source), node.func, *node.args]
                return ast.copy_location(ast.Call(called, args, node.keywords), node)
        return node


def rewritten(text: str, *, sources: bool = False) -> ast.Module:
    """The program, each of whose calls goes through a recorder under the name `MARK`.

    Args:
        text: Its text.
        sources: Whether calls at its top level carry their text.
    """
    tree = ast.parse(text)
    _Rewriter(text, sources=sources).visit(tree)
    return ast.fix_missing_locations(tree)


def copied(value: Any) -> Any:
    """A copy that later changes do not reach, or the value itself where there is none."""
    try:
        return copy.deepcopy(value)
    except Exception:  # what a user's object raises when it is copied is its own matter
        return value
