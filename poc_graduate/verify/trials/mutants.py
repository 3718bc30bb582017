"""Small mistakes put into functions, one at a time: tests that are worth something notice them.

Operators: those of Offutt et al., "An Experimental Determination of Sufficient Mutant Operators"
(TOSEM 5(2), 1996), as far as Python has them, statement deletion (Untch, 2009), and two that data
code asks for: a keyword left out, and a reduction taken for its neighbour.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from poc_graduate.dataflow.names import last_name
from poc_graduate.dataflow.sources import characters
from poc_graduate.notebook.quiet import Quiet

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "/",
    ast.Mod: "*",
    ast.Pow: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
}
_NEIGHBOURS = {
    "mean": "median",
    "median": "mean",
    "sum": "mean",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "head": "tail",
    "tail": "head",
    "lower": "upper",
    "upper": "lower",
    "idxmax": "idxmin",
    "idxmin": "idxmax",
    "ffill": "bfill",
    "bfill": "ffill",
    "isna": "notna",
    "notna": "isna",
    "std": "var",
    "cumsum": "cumprod",
}
Mistake = TypeVar("Mistake")

# Between two operands: what closes the first, the operator, what opens the second.
_BRACKETS = re.compile(r"(\)*)\s*[^()]{1,6}\s*(\(*)")
# What is only looked at: no test is asked to notice it.
_SHOWING = frozenset(
    "print display show title xlabel ylabel legend suptitle set_title set_xlabel set_ylabel figure "
    "subplots plot hist bar barh scatter boxplot heatmap tight_layout savefig grid xticks yticks "
    "axvline axhline annotate text info debug warning warn filterwarnings".split()
)


@dataclass(frozen=True)
class Mutant:
    """One mistake.

    Attributes:
        module: Name of the module in the package.
        function: The function it stands in.
        line: Its line in the module, from 1.
        before: What stood there.
        after: What stands there instead; empty where it is left out.
        text: The whole module with the mistake in it.
    """

    module: str
    function: str
    line: int
    before: str
    after: str
    text: str

    @property
    def says(self) -> str:
        """The mistake in words."""
        change = f"`{self.after}` for `{self.before}`" if self.after else f"without `{self.before}`"
        return f"{self.function}, line {self.line}: {change}"


@dataclass(frozen=True)
class _Change:
    node: ast.stmt | ast.expr | ast.keyword
    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def mutants(module: str, text: str) -> list[Mutant]:
    """Every mistake that the operators make in a module's functions, in the order of the text.

    Args:
        module: Its name.
        text: Its source.
    """
    found = []
    lines = text.split("\n")
    for function in ast.parse(text).body:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for change in _changes(function):
                before = _between(lines, change.start, change.end)
                mutated = _with(lines, change)
                if _compiles(mutated) and change.text.strip() != before:
                    if isinstance(change.node, ast.BinOp | ast.BoolOp | ast.Compare):
                        before = before.strip("() ")
                    short = " ".join(before.split())[:80]
                    after = "" if change.text == "pass" else " ".join(change.text.split())[:80]
                    line = change.node.lineno
                    found.append(Mutant(module, function.name, line, short, after, mutated))
    return found


def sampled(found: Sequence[Mistake], most: int) -> list[Mistake]:
    """At most so many, evenly over all functions: the same ones each time."""
    if len(found) <= most or not most:
        return list(found[:most])
    step = len(found) / most
    return [found[int(number * step)] for number in range(most)]


def _changes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[_Change]:
    for statement in _statements(function.body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring
        kinds = ast.Assign | ast.AugAssign | ast.Expr | ast.Delete
        if isinstance(statement, kinds) and not _shows(statement):
            yield _whole(statement, "pass")
        for node in _expressions(statement):
            yield from _of_expression(node)


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements in the order of the text, those in blocks included, inner functions too."""
    for statement in body:
        yield statement
        for part in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, part, ()))
        for handler in getattr(statement, "handlers", ()):
            yield from _statements(handler.body)


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """What a statement computes, less what is only shown, and less the statements in it."""
    todo: list[ast.AST] = [*reversed(list(ast.iter_child_nodes(statement)))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.stmt | ast.excepthandler | ast.arguments):
            continue
        if isinstance(node, ast.Call) and last_name(node.func) in _SHOWING:
            continue
        if isinstance(node, ast.expr):
            yield node
        if not isinstance(node, ast.JoinedStr):
            todo += reversed(list(ast.iter_child_nodes(node)))


def _shows(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=func)) | ast.Assign(value=ast.Call(func=func)):
            return last_name(func) in _SHOWING
    return False


def _of_expression(node: ast.expr) -> Iterator[_Change]:
    match node:
        case ast.Constant(value=bool(value)):
            yield _whole(node, str(not value))
        case ast.Constant(value=int(value) | float(value)):
            yield _whole(node, repr(value + 1))
        case ast.Constant(value=str(value)):
            yield _whole(node, repr(value + "_"))
        case ast.Compare(left=left, ops=[operator, *_], comparators=[right, *_]):
            if type(operator) in _COMPARISONS:
                yield _between_operands(node, left, right, _COMPARISONS[type(operator)])
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _OPERATORS:
            yield _between_operands(node, left, right, _OPERATORS[type(operation)])
        case ast.BoolOp(op=joint, values=[left, right, *_]):
            yield _between_operands(
                node, left, right, "or" if isinstance(joint, ast.And) else "and"
            )
        case ast.UnaryOp(op=ast.Not() | ast.Invert() | ast.USub() as sign):
            width = len("not") if isinstance(sign, ast.Not) else 1
            yield _Change(node, _start(node), (node.lineno, node.col_offset + width), "")
        case ast.Call(func=ast.Attribute(value=owner, attr=method), keywords=keywords):
            if method in _NEIGHBOURS:
                at = (node.func.end_lineno or 0, (node.func.end_col_offset or 0) - len(method))
                end = (node.func.end_lineno or 0, node.func.end_col_offset or 0)
                if at > _end(owner):
                    yield _Change(node, at, end, _NEIGHBOURS[method])
            yield from _keywords(keywords)
        case ast.Call(keywords=keywords):
            yield from _keywords(keywords)


def _keywords(keywords: Sequence[ast.keyword]) -> Iterator[_Change]:
    """Each keyword left out: the comma behind it may stay."""
    for keyword in keywords[:-1] if len(keywords) > 1 else ():
        following = keywords[keywords.index(keyword) + 1]
        if keyword.arg is not None:
            yield _Change(keyword, _start(keyword), _start(following), "")
    if keywords and keywords[-1].arg is not None:
        yield _Change(keywords[-1], _start(keywords[-1]), _end(keywords[-1]), "")


def _whole(node: ast.stmt | ast.expr, text: str) -> _Change:
    return _Change(node, _start(node), _end(node), text)


def _between_operands(node: ast.expr, left: ast.expr, right: ast.expr, text: str) -> _Change:
    """The operator with what stands round it: brackets of the operands, see `_with`."""
    return _Change(node, _end(left), _start(right), f" {text} ")


def _start(node: ast.stmt | ast.expr | ast.keyword) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: ast.stmt | ast.expr | ast.keyword) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def _between(lines: Sequence[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    first, last = start[0] - 1, end[0] - 1
    begin, stop = characters(lines[first], start[1]), characters(lines[last], end[1])
    if first == last:
        return lines[first][begin:stop].strip()
    return "\n".join([lines[first][begin:], *lines[first + 1 : last], lines[last][:stop]]).strip()


def _with(lines: Sequence[str], change: _Change) -> str:
    first, last = change.start[0] - 1, change.end[0] - 1
    begin = characters(lines[first], change.start[1])
    stop = characters(lines[last], change.end[1])
    text = change.text
    brackets = _BRACKETS.fullmatch(_between(lines, change.start, change.end))
    if brackets and isinstance(change.node, ast.expr):
        text = f"{brackets[1]}{text}{brackets[2]}"
    kept = [*lines[:first], lines[first][:begin] + text + lines[last][stop:], *lines[last + 1 :]]
    return "\n".join(kept)


def _compiles(text: str) -> bool:
    try:
        with Quiet():
            compile(text, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
