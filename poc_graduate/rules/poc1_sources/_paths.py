"""Which typed strings are paths that some call is given."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from itertools import takewhile

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.dataflow.file_roles import name_of_file
from poc_graduate.dataflow.libraries import path_takers
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.edits import is_parameter, parameters
from poc_graduate.rules.finding import Fix
from poc_graduate.rules.view import CellView, NotebookView

TypedPath = tuple[CellView, ast.expr, str]
"""Cell, literal, and its text."""
TO_PARAMETERS = "Name it in the cell tagged `parameters`, where a run can be given another"
ABSOLUTE = re.compile(
    r"""(?x)^(?:
        /(?!dev/|/)[\w .+@-]+(?:/[^\0]*)?   # POSIX; not /dev/null
      | ~[\w.-]*/                           # home
      | [A-Za-z]:[\\/]                      # drive
      | \\\\[\w.-]+\\                       # UNC
      | dbfs:/
    )"""
)
_OUTSIDE = re.compile(r"(?:\.\.(?:/|$))*[^/]*")
"""The ways up, and the first folder there."""
_WINDOWS = re.compile(r"[A-Za-z]:")
_MAY_BE = re.compile(r"[/~\\]|\.\.|[\w+]+:")
# Beside those that the tables of the libraries know.
_MORE = frozenset(
    "Path PurePath PosixPath WindowsPath join exists isfile isdir chdir imwrite read_image "
    "DataFrameReader expanduser abspath create_engine flow_from_directory "
    "image_dataset_from_directory ImageFolder load_img load_workbook glob iglob".split()
)

# What is stored, or copied, comes first; then where.
_SECOND = frozenset("dump copy copyfile copy2 copytree move rename replace".split())
_NAMED = ("path", "file", "fname", "dir")


def takes_paths(name: str) -> bool:
    """Whether calls of this last name are given paths."""
    return name in _MORE or name in path_takers()


@lru_cache(maxsize=1)  # the rules of this family ask one after the other about one cell
def given_paths(cell: CellView) -> tuple[tuple[ast.expr, str], ...]:
    """Strings of a cell that lead out of its folder and reach a call which takes paths.

    An f-string counts with the text before its first field. In the cell of the parameters they
    can be given another value.
    """
    if is_parameter(cell):
        return ()
    return tuple(
        _joined(node, text, cell)
        for node, text in cell.texts
        if _MAY_BE.match(text) and (_reaches(node, cell) or _is_named_a_path(node, text, cell))
    )


def _joined(node: ast.expr, text: str, cell: CellView) -> tuple[ast.expr, str]:
    """The path with what is typed behind it: `../../data` of `os.path.join('..', '..', 'data')`.

    The call in place of its first argument, where all of them are typed. What begins at a root
    says enough: all that lies below it is one place.
    """
    call = cell.parent(node)
    match call:
        case ast.Call(args=[ast.Constant() as first, _, *_], keywords=[]) if (
            first is node and text.startswith("..")
        ):
            if last_name(call.func) != "Path" and cell.module(call.func) != "os.path.join":
                return node, text
            typed = [one.value if isinstance(one, ast.Constant) else None for one in call.args]
            known = [str(one) for one in takewhile(lambda one: isinstance(one, str), typed)]
            whole = len(known) == len(typed) and last_name(call.func) == "join"
            return call if whole else node, posixpath.join(*known)
    return node, text


def by_folder(
    notebook: NotebookView, leads_out: Callable[[str], bool], mounted: Collection[str] = ()
) -> Iterator[tuple[TypedPath, ...]]:
    """Paths that lead out, those of one folder together.

    One folder is one shortcut: a notebook that reads eight files from it is told once. Of a
    service's `mounted` folders each is one, with all that lies below it.
    """
    found: dict[str, list[TypedPath]] = {}
    for cell in notebook.cells:
        for node, text in given_paths(cell):
            if leads_out(text):
                slashes, folder = text.replace("\\", "/"), folder_of(text)
                if text.startswith(tuple(mounted)):
                    parts = slashes.split("/")[:3]
                    folder = "/".join(parts[:2] if "." in parts[-1] else parts)
                elif slashes.startswith("../"):
                    folder = _OUTSIDE.match(folder)[0]  # type: ignore[index]
                key = folder.lower() if _WINDOWS.match(folder) else folder
                found.setdefault(key, []).append((cell, node, text))
    yield from map(tuple, found.values())


def read_outside(
    notebook: NotebookView, facts: RunFacts, leads_out: Callable[[str], bool]
) -> Iterator[tuple[CellView, ast.expr, str]]:
    """Files that the run read outside of the folder, where a text names them, not their folder.

    The folder was computed: it came from the environment, from the home of whoever ran it. What no
    text names at all is told by POC106.
    """
    known = [text for cell in notebook.cells for _, text in given_paths(cell) if leads_out(text)]
    views = {view.index: view for view in notebook.cells}
    told: set[str] = set()
    for ran in facts.cells:
        for path in ran.reads:
            folder, _, base = path.rpartition("/")
            seen = path in ran.writes or folder in told
            if known or seen or not leads_out(path) or ran.cell not in views:
                continue
            view = views[ran.cell]
            named = [node for node, text in view.texts if text.rpartition("/")[2] == base]
            if base and named:
                told.add(folder)
                yield view, named[0], path


def folder_of(text: str) -> str:
    """The folder of a path, or the path itself where it names one."""
    slashes = text.replace("\\", "/")
    return slashes.rpartition("/")[0] if "." in slashes.split("/")[-1] else slashes.rstrip("/")


def and_more(paths: Sequence[TypedPath]) -> str:
    """` (and 3 more there)`, for a message about the first."""
    others = len({text for _, _, text in paths}) - 1
    return f" (and {others} more {_there(paths)})" if others else ""


def _there(paths: Sequence[TypedPath]) -> str:
    """Where the others are: in the folder of the first, or in one that holds them all."""
    folders = list(dict.fromkeys(folder_of(text) for _, _, text in paths))
    above = _OUTSIDE.match(folders[0])
    if len(folders) == 1 or above is None or not above[0].startswith(".."):
        return "there"
    return f"below `{above[0]}`"


def as_parameters(
    paths: Sequence[TypedPath], name_of: Callable[[str], str] = name_of_file
) -> Fix | None:
    """The paths named in the cell of the parameters, each after its file."""
    if any(isinstance(node, ast.Constant) and node.value != text for _, node, text in paths):
        return None  # the literal is a part of the path, whose rest is computed
    named = [(cell, node, name_of(text) or "path") for cell, node, text in paths]
    return parameters(TO_PARAMETERS, named)


def shown(node: ast.expr, text: str) -> str:
    """The path for a message; what an f-string computes is left out."""
    computed = isinstance(node, ast.JoinedStr) and any(
        isinstance(one, ast.FormattedValue) for one in node.values
    )
    part = isinstance(node, ast.Constant) and node.value != text
    return f"{text}…" if computed or part else text


def _only_shows(func: ast.expr, cell: CellView) -> bool:
    """`webbrowser.open`: what lies there is looked at by a person, and by no code."""
    return cell.module(func).startswith("webbrowser.")


def _is_taken_in_any_case(listed: ast.List | ast.Tuple, cell: CellView) -> bool:
    """Whether one of several typed places is taken, though all of them begin at a root.

    `next((p for p in places if Path(p).exists()), places[0])`: where none is there, the first is
    taken all the same. With anything else to fall back on, the notebook may go on.
    """
    match cell.parent(listed):
        case ast.Assign(targets=[ast.Name(id=name)]):
            pass
        case _:
            return False
    texts = [one.value if isinstance(one, ast.Constant) else None for one in listed.elts]
    if not all(isinstance(one, str) and ABSOLUTE.match(one) for one in texts):
        return False
    notebook = cell.notebook
    for call in (call for view in notebook.cells for call in view.calls.get("next", ())):
        match call.args:
            case [ast.GeneratorExp(generators=[ast.comprehension(
                target=ast.Name(id=each), iter=ast.Name(id=places))]),
                ast.Subscript(value=ast.Name(id=other))]:  # fmt: skip
                if places == other == name:
                    return any(map(takes_paths, notebook.given_first.get(each, ())))
    return False


def _reaches(node: ast.AST, cell: CellView) -> bool:
    whole = node
    parent = cell.parent(whole)
    while isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add | ast.Div):
        if parent.left is not whole:
            return False  # what follows a folder is no absolute path
        whole, parent = parent, cell.parent(parent)
    match parent:
        case ast.Call(func=func, args=args):
            if isinstance(cell.parent(parent), ast.List | ast.Tuple | ast.Set):
                return False  # one of several places that are tried
            reads = takes_paths(last_name(func)) and not _only_shows(func, cell)
            return (reads and whole in args[:1]) or (
                whole in args[1:2] and last_name(func) in _SECOND
            )
        case ast.keyword(arg=str(name)):
            call = cell.parent(parent)
            return (
                isinstance(call, ast.Call)
                and takes_paths(last_name(call.func))
                and any(word in name for word in (*_NAMED, "io", "buf"))
            )
        case ast.List() | ast.Tuple():
            # The first speaks for the others.
            return whole is parent.elts[0] and _is_taken_in_any_case(parent, cell)
        case ast.Assign(targets=[ast.Name(id=name)]):
            return any(map(takes_paths, cell.notebook.given_first.get(name, ())))
        case ast.Dict(values=values) if whole in values:
            return any(
                takes_paths(taker)
                for name in _turns(parent, cell)
                for taker in cell.notebook.given_first.get(name, ())
            )
    return False


def _is_named_a_path(node: ast.expr, text: str, cell: CellView) -> bool:
    """`show(outpath='../a.png')`: of a text that goes up, the word before it says enough."""
    match cell.parent(node):
        case ast.keyword(arg=str(name)) as word if text.startswith(("../", "..\\")):
            return isinstance(cell.parent(word), ast.Call) and any(one in name for one in _NAMED)
    return False


def _turns(table: ast.Dict, cell: CellView) -> Iterator[str]:
    """Names that hold the values of a dictionary in turn: `f` of `for k, f in files.items():`."""
    match cell.parent(table):
        case ast.Assign(targets=[ast.Name(id=held)]):
            pass
        case _:
            return
    for view in cell.notebook.cells:
        for loop in view.of(ast.For) if held in view.cell.code else ():
            match loop:
                case ast.For(
                    target=ast.Tuple(elts=[_, ast.Name(id=name)]),
                    iter=ast.Call(func=ast.Attribute(value=ast.Name(id=of), attr="items")),
                ) if of == held:
                    yield name
                case ast.For(
                    target=ast.Name(id=name),
                    iter=ast.Call(func=ast.Attribute(value=ast.Name(id=of), attr="values")),
                ) if of == held:
                    yield name
