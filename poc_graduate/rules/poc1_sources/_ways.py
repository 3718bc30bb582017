"""Whether a notebook has another way where a path is not there, or makes the folder itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.files import path_text
from poc_graduate.rules.poc1_sources._candidates import candidates_with
from poc_graduate.rules.view import CellView, NotebookView

_ASKS = frozenset("exists isfile isdir is_file is_dir lexists".split())
_MAKES = frozenset({"mkdir", "makedirs"})
_ENDS = frozenset({"exit", "_exit", "quit"})
_FROM_OUTSIDE = re.compile(r"\benviron\b|\bgetenv\b")
_WHERE = re.compile(r"(?i)colab|kaggle|environ|getenv|sys\.modules")
_ANSWERS = frozenset("get getenv bool system node uname gethostname getuser getlogin".split())
_MACHINE = re.compile(r"\bplatform\b|\bos\.name\b|hostname|\bgetuser\b|\buname\b|\bgetlogin\b")
_MACHINE_OR_WHERE = re.compile(f"{_MACHINE.pattern}|{_WHERE.pattern}".replace("(?i)", ""))


@dataclass(frozen=True)
class _Asked:
    """Names of paths that the notebook asks about, and of folders that it makes."""

    there: frozenset[str]
    made: frozenset[str]


def has_another_way(node: ast.expr, cell: CellView, leads_out: Callable[[str], bool]) -> bool:
    """Whether a run goes on where a path is not there.

    It asks before whether it is, and does something else or nothing where it is not; it stands
    where something else has failed; or it is no more than a part of a message.

    Args:
        node: The path.
        cell: Its cell.
        leads_out: Of a path that is no other way, because it is missing elsewhere like this one.
    """
    if candidates := candidates_with(node, cell):
        # The search goes on with the next; where all are missing elsewhere, the first speaks.
        nowhere = all(leads_out(_begins_with(one, cell.notebook)) for one in candidates)
        return not nowhere or all(one is not node for one in ast.walk(candidates[0]))
    guarded = False
    at: ast.AST = node
    while (around := cell.parent(at)) is not None:
        match around:
            case ast.Raise() | ast.ExceptHandler():
                return True
            case ast.BoolOp(op=ast.Or(), values=[given, *_]) if given is not at:
                if _WHERE.search(cell.segment(given)):
                    return True
            case ast.Call(func=called, args=[_, given]) if given is at:
                if last_name(called) in ("get", "getenv") and _WHERE.search(cell.segment(called)):
                    return True  # what the environment says takes its place
            case ast.If(test=test) if _asks(test, cell) and not _only_ends(around):
                guarded = True
            case ast.IfExp(test=test) if _asks(test, cell):
                guarded = True
            case ast.Assign() | ast.Expr() if _is_only_asked(node, at):
                return True  # `there = Path(…).exists()`
            case ast.FunctionDef(body=body) if at in body:
                if _leaves_before(body[: body.index(at)], cell):
                    return True
        at = around
    name = _name_of(node, cell)
    notebook = cell.notebook
    ways = notebook.assigned.get(name, ())
    nowhere = _all_lead_out(name, leads_out, notebook)
    first = ways[0] is None or node in ast.walk(ways[0]) if ways else True
    if not guarded and name not in _asked(notebook).there:
        return nowhere and not first and machine_asked(node, cell) is not None
    # Where all of them are missing elsewhere, the first speaks for the others.
    return not (nowhere and first)


def _begins_with(path: ast.expr, notebook: NotebookView) -> str:
    """The text that a path begins with, as far as it was typed: `../a` of `Path('../a') / name`."""
    if (text := path_text(path, notebook)) is not None:
        return text
    typed = (one for one in ast.walk(path) if isinstance(one, ast.Constant))
    first = min(typed, key=lambda one: (one.lineno, one.col_offset), default=None)
    return first.value if first is not None and isinstance(first.value, str) else ""


def _all_lead_out(name: str, leads_out: Callable[[str], bool], notebook: NotebookView) -> bool:
    """Whether a name is given several paths, and each of them is missing elsewhere."""
    texts = [path_text(value, notebook) for value in notebook.assigned.get(name, ())]
    return len(set(texts)) > 1 and all(text is not None and leads_out(text) for text in texts)


def other_way(
    node: ast.expr, cell: CellView, leads_out: Callable[[str], bool]
) -> tuple[str, str] | None:
    """The condition on which a path is taken, and another that is missing elsewhere, too.

    The second is empty where the other way leads out of nothing. None where the path is taken in
    any case.
    """
    test = machine_asked(node, cell, _MACHINE_OR_WHERE)
    if test is None:
        return None
    name = _name_of(node, cell)
    others = [path_text(value, cell.notebook) for value in cell.notebook.assigned.get(name, ())]
    nowhere = _all_lead_out(name, leads_out, cell.notebook)
    own = path_text(node, cell.notebook)
    return cell.source(test), next((text for text in others if nowhere and text != own), None) or ""


def machine_asked(
    node: ast.expr, cell: CellView, asks: re.Pattern[str] = _MACHINE
) -> ast.expr | None:
    """The condition about the machine that takes a path in one branch, and not in another."""
    at: ast.AST = node
    while (around := cell.parent(at)) is not None:
        match around:
            case ast.If(test=test, orelse=other) if at is not test and asks.search(
                _told_by(test, cell)
            ):
                several = len(cell.notebook.assigned.get(_name_of(node, cell), ())) > 1
                return test if other or several else None
            case ast.IfExp(test=test) if at is not test and asks.search(_told_by(test, cell)):
                return test
            case ast.FunctionDef():
                return None
        at = around
    return None


def _is_only_asked(path: ast.expr, value: ast.AST) -> bool:
    """Whether a statement only keeps or shows whether a path is there."""
    asked = (one for one in ast.walk(value) if isinstance(one, ast.Call))
    return any(
        last_name(one.func) in _ASKS and any(part is path for part in ast.walk(one))
        for one in asked
    )


def _leaves_before(statements: list[ast.stmt], cell: CellView) -> bool:
    """Whether a function returns above what the environment says: `if given: return given`."""
    held: set[str] = set()
    for one in statements:
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _FROM_OUTSIDE.search(
                cell.segment(value)
            ):
                held.add(name)
            case ast.If(test=test, body=[*_, ast.Return(value=given)]) if given is not None:
                read = {n.id for n in ast.walk(test) if isinstance(n, ast.Name)}
                if not held.isdisjoint(read) or _FROM_OUTSIDE.search(cell.segment(test)):
                    return True
    return False


def is_made_here(node: ast.expr, cell: CellView) -> bool:
    """Whether a path is a folder that the notebook makes, or that of a file in one."""
    at: ast.AST = node
    while isinstance(around := cell.parent(at), ast.Call | ast.Attribute | ast.BinOp):
        if isinstance(around, ast.Call) and last_name(around.func) in _MAKES:
            return True
        at = around
    return _name_of(node, cell) in _asked(cell.notebook).made


@lru_cache(maxsize=1)  # asked of one path after the other
def _asked(notebook: NotebookView) -> _Asked:
    there: set[str] = set()
    made: set[str] = set()
    for cell in notebook.cells:
        for name in cell.calls.keys() & (_ASKS | _MAKES):
            for call in cell.calls[name]:
                if name in _MAKES:
                    made.update(_subject(call))
                elif _decides(call, cell):
                    there.update(_subject(call))
    return _Asked(frozenset(there), frozenset(made))


def _subject(call: ast.Call) -> Iterator[str]:
    """`path` of `path.exists()` and of `os.path.exists(path)`."""
    match call:
        case ast.Call(args=[ast.Name(id=name), *_]):
            yield name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
            yield name


def _decides(call: ast.Call, cell: CellView) -> bool:
    """Whether what is asked decides over more than to end here."""
    at: ast.AST | None = call
    while at is not None and not isinstance(at, ast.stmt | ast.IfExp | ast.comprehension):
        at = cell.parent(at)
    match at:
        case ast.If():
            return not _only_ends(at)
        case ast.IfExp() | ast.comprehension() | ast.While():
            return True
    return False


def _asks(test: ast.expr, cell: CellView) -> bool:
    """Whether a condition is about what is there, or about where the notebook runs."""
    calls = (
        one
        for part in (test, *_meanings(test, cell))
        for one in ast.walk(part)
        if isinstance(one, ast.Call)
    )
    return any(last_name(one.func) in _ASKS for one in calls) or bool(
        _WHERE.search(_told_by(test, cell))
    )


def _meanings(test: ast.expr, cell: CellView) -> Iterator[ast.expr]:
    """What the names of a condition are given: `os.getenv('STAGE')` of `if stage == 'dev':`."""
    for part in ast.walk(test):
        if isinstance(part, ast.Name):
            values = cell.notebook.assigned.get(part.id, ())
            yield from (one for one in values if one is not None and _is_an_answer(one))


def _is_an_answer(value: ast.expr) -> bool:
    """Whether a name holds what was asked, and not one of the places that were found by that."""
    match value:
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp() | ast.Subscript() | ast.Attribute():
            return True
        case ast.Call(func=called):
            return last_name(called) in _ASKS | _ANSWERS
    return False


def _told_by(test: ast.expr, cell: CellView) -> str:
    """A condition and what its names are given, without the texts in it."""
    words = " ".join(ast.unparse(one) for one in (test, *_meanings(test, cell)))
    return re.sub(r"'[^']*'|\"[^\"]*\"", "", words)


def _only_ends(node: ast.If) -> bool:
    def ends(one: ast.stmt) -> bool:
        match one:
            case ast.Raise() | ast.Assert():
                return True
            case ast.Expr(value=ast.Call(func=called)):
                return last_name(called) in _ENDS | {"print"}
        return False

    return all(map(ends, node.body)) and any(not isinstance(one, ast.Expr) for one in node.body)


def _name_of(node: ast.expr, cell: CellView) -> str:
    """The name that a path is given: `root` of `root = Path('/data') / 'a'`."""
    at: ast.AST = node
    while isinstance(around := cell.parent(at), ast.Call | ast.BinOp | ast.IfExp):
        at = around
    match around:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""
