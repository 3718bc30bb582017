"""What is told of a folder at the root of a machine: what it is, and what comes of it elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.files import file_uses
from poc_graduate.rules.finding import Severity
from poc_graduate.rules.poc1_sources._ends import (
    NOWHERE,
    Position,
    finds_none,
    first_use,
    first_way,
    is_unused,
    kept_as,
    searches,
)
from poc_graduate.rules.poc1_sources._lies import in_project, part_of_project, same_name
from poc_graduate.rules.poc1_sources._paths import ABSOLUTE, TypedPath
from poc_graduate.rules.poc1_sources._ways import has_another_way, is_made_here, other_way
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.view import CellView, NotebookView

SERVICES = {
    "/kaggle/": "on Kaggle",
    "/content/": "in Colab",
    "/dbfs/": "on Databricks",
    "dbfs:/": "on Databricks",
}
"""Folder of a service → where that is."""
ENDS = "the first run elsewhere ends here"
_FINDS_NONE = "elsewhere nothing is found {}, which alone is no error"
_STAYS = "a copy of the project does not bring what is written there"


@dataclass(frozen=True)
class Place:
    """A folder at the root of a machine.

    Attributes:
        paths: What is typed of it, what is told first.
        how: `read`; `written`, where what is done first with the file is to write it; `put`, where
            that is in a folder which is there by then; `made`, where the notebook makes the folder.
        own: What it is called in the project, where it lies in it.
        here: Where in the project it lies, for who reads it; empty where it does not.
        held: The name that the path is given and that a later line uses; empty where it is used
            in place.
        position: Where a run that does not have it ends.
        searched: Whether all that is done there is to look for files, of which there may be none.
        test: The condition about the machine that decides whether it is used; empty without one.
        other: What is used else, and is missing elsewhere, too; empty where that may be there.
        own_use: Whether the notebook reads what it has written there itself.
    """

    paths: Sequence[TypedPath]
    how: str
    own: str
    here: str
    held: str
    position: Position
    searched: bool = False
    test: str = ""
    other: str = ""
    own_use: bool = False

    @property
    def severity(self) -> Severity | None:
        """Another than the rule's, where a run elsewhere need not end by it."""
        if self.test and not self.other:
            return Severity.NOTE
        return Severity.RISK if self.how in ("made", "put") or self.other or self.own_use else None

    @property
    def ends(self) -> bool:
        """Whether a run elsewhere ends by it, in any case."""
        cell, node, _ = self.paths[0]
        if self.searched or (self.test and not self.other):
            return False
        return self.how == "read" and _ending(node, cell) == ENDS

    def told(self, *, of_the_first: bool) -> tuple[str, str]:
        """What it is, and what will come of it.

        Args:
            of_the_first: Whether a run elsewhere has not ended before.
        """
        cell, node, text = self.paths[0]
        where = self._where()
        run = "the run ends" if of_the_first else "a run that comes so far ends"
        written = "written" if "." in text.replace("\\", "/").rpartition("/")[2] else "written to"
        match self.how, self.own:
            case "read", _:
                then = _FINDS_NONE.format(where) if self.searched else _ending(node, cell)
                if self.test and not self.other:
                    then = f"`{self.test}` decides whether it is used"
                elif then == ENDS:
                    comes = "a run elsewhere that comes so far ends"
                    then = f"{'the first run elsewhere ends' if of_the_first else comes} {where}"
                what = f"exists {where_exists(text)}"
                what += f", as does its other way, `{self.other}`" if self.other else ""
                return f"{what} ({self.here})" if self.here else what, then
            case "written", "":
                return _OUTSIDE.format(written), f"where its folder is missing, {run} {where}"
            case "written", own:
                stray = (
                    "a stray file is written, or"
                    if ":" in text[:2]
                    else "there is no such folder, and"
                )
                return _OWN.format(own, written), f"elsewhere {stray} {run} {where}"
            case _, "":
                return _OUTSIDE.format(written if self.how == "put" else "made"), _stays(text)
        then = (
            f"elsewhere a stray folder is made, or the run ends, and nothing reaches `{self.own}`"
        )
        return _OWN.format(self.own, "made"), then

    def _where(self) -> str:
        cell = self.paths[0][0]
        if not self.held:
            return "here"
        at, line = self.position
        told = f"line {line}" if at == cell.index else f"cell {at}"
        return f"where `{self.held}` is used" + (f" ({told})" if self.position < NOWHERE else "")


_OUTSIDE = "is {} outside of the project"
_OWN = "is the project's `{}`, {} by its place on this machine"


def place_of(found: Sequence[TypedPath], notebook: NotebookView) -> Place | None:
    """What is told of the paths of one folder; None where a run goes on without them."""
    paths = [
        one
        for one in found
        if not _only_listed(one[1], one[0])
        and not has_another_way(one[1], one[0], is_absolute)
        and not is_unused(one[1], one[0])
    ]
    if not paths:
        return None
    made = [one for one in paths if is_made_here(one[1], one[0])]
    below = tuple(f"{one[2].rstrip('/')}/" for one in made)
    read = [
        one
        for one in paths
        if one not in made
        and not (
            (one[2].startswith(below) or _is_temporary(one[2]))
            and first_way(one[2], notebook) == "write"
        )
    ]
    if not read and _is_for_a_while(paths, notebook):
        return None
    if len(read) < len(paths) and _is_mounted(paths[0][2]):
        # What makes one folder there makes the place of the others, but no file that is read.
        read = [one for one in read if first_way(one[2], notebook) == "read"]
    read.sort(key=lambda one: first_way(one[2], notebook) == "write")
    first = (read or paths)[0]
    cell, node, text = first
    written = first_way(text, notebook) == "write"
    how = ("made" if first in made else "put") if not read else "written" if written else "read"
    held, position = kept_as(node, cell), (cell.index, node.lineno)
    use = None
    if held:
        use = first_use(held, position, notebook)
        held, position = use.name, use.position
        how = "made" if use.called in ("makedirs", "mkdir") else how
    own = "" if _is_mounted(text) else part_of_project(text, notebook)
    here = ""
    if how == "read":
        if there := in_project(own, notebook):
            here = f"in this project it is `{there}`"
        elif there := same_name(text, notebook):
            here = f"here `{there}` is called so"
    rest = [one for one in paths if one is not first]
    searched = searches(use) if use is not None else finds_none(node, cell)
    test, other = other_way(node, cell, is_absolute) or ("", "")
    own_use = written and _is_read(paths, notebook)
    return Place([first, *rest], how, own, here, held, position, searched, test, other, own_use)


def _is_read(paths: Sequence[TypedPath], notebook: NotebookView) -> bool:
    texts = {text for _, _, text in paths}
    return any(use.how == "read" and use.path in texts for use in file_uses(notebook))


def _is_for_a_while(paths: Sequence[TypedPath], notebook: NotebookView) -> bool:
    """Whether what is written to the system's folder for that is only read back by the notebook."""
    return all(_is_temporary(text) for _, _, text in paths) and _is_read(paths, notebook)


def _is_temporary(path: str) -> bool:
    """Whether a file lies right in the folder that every system has for such."""
    return path.rpartition("/")[0] == "/tmp"


def _stays(path: str) -> str:
    """What becomes of a folder that is made outside; Kaggle and a mounted drive keep one."""
    if path.startswith("/kaggle/working"):
        return f"on Kaggle it is kept, elsewhere {_STAYS}"
    if path.startswith("/content/drive"):
        return "on the drive that is mounted there it is kept, elsewhere it is another folder"
    return _STAYS


def is_absolute(text: str) -> bool:
    return ABSOLUTE.match(text) is not None


def _is_mounted(path: str) -> bool:
    """Whether it is a service's: there all paths of a folder are told together."""
    return path.startswith(tuple(SERVICES))


def _only_listed(node: ast.expr, cell: CellView) -> bool:
    """Whether a loop prints what lies in a folder: of one that is missing, nothing."""
    call = cell.parent(node)
    if not (isinstance(call, ast.Call) and last_name(call.func) == "walk"):
        return False
    loop = cell.parent(call)
    return isinstance(loop, ast.For) and not any(
        isinstance(part, ast.Assign | ast.AugAssign | ast.Return | ast.Yield)
        or (isinstance(part, ast.Call) and last_name(part.func) not in ("print", "join"))
        for statement in loop.body
        for part in ast.walk(statement)
    )


def where_exists(path: str) -> str:
    """Only with the service whose folder it is, or on this machine; masked, on none."""
    if _MASKED.search(path):
        return "on no machine, masked as it is"
    for folder, service in SERVICES.items():
        if f"{path}/".startswith(folder):
            return f"only {service}"
    return "only on this machine"


def _ending(node: ast.expr, cell: CellView) -> str:
    """What comes of a path that is not there."""
    around, masked = function_around(node, cell), _MASKED.search(cell.source(node))
    if around is not None:
        return f"{'' if masked else 'elsewhere '}a call of `{around.name}` ends here"
    return "any run ends here" if masked else ENDS


_MASKED = re.compile(r"\*{3,}|/(?:x{3,}|X{3,}|\.{3,})(?:/|$)")
