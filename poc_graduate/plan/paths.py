"""Where the notebook's files lie in the project, and which literals have to say so."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.dataflow.model import Dataflow
from poc_graduate.errors import Refusal
from poc_graduate.notebook.model import Place

_SYSTEM = re.compile(r"^/(usr|etc|lib|proc|sys|dev|bin|sbin|var/lib|run|tmp)\b")


class OutOfReach(Refusal):
    """A file above the notebook's folder is named by computed code.

    Args:
        found: As for every refusal.
        remedy: What to do about it.
        place: Where.
        steps: How many folders up all such files can be reached.
    """

    def __init__(self, found: str, *, remedy: str, place: Place, steps: int) -> None:
        super().__init__(found, remedy=remedy, place=place)
        self.steps = steps


@dataclass(frozen=True)
class Paths:
    """Where the notebook's files lie in the project.

    Attributes:
        inputs: Input file as the notebook names it → path in the project.
        literals: String in the code → string that takes its place.
        moved: Any path outside of the notebook's folder → path in the project.
        folders: Folders of the project that must exist for the notebook's writes.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    literals: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()

    def of(self, path: str) -> str:
        """The path in the project of a path of the notebook."""
        return self.moved.get(path, path)


def outside(path: str) -> bool:
    """Whether a path leaves the notebook's folder."""
    return path.startswith(("/", "..", "~")) or path[1:3] in (":\\", ":/")


def strings(dataflow: Dataflow) -> Iterator[str]:
    """Every string literal of the notebook, pieces of f-strings included."""
    for statement in dataflow.statements:
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def project_paths(dataflow: Dataflow, facts: RunFacts) -> Paths:
    """Work out where every file goes.

    Raises:
        OutOfReach: a file outside of the notebook's folder is named by computed code, so that no
            literal can be pointed at its place in the project.
    """
    folder = dataflow.notebook.path.parent.resolve().as_posix()
    named = sorted({s for s in strings(dataflow) if outside(s) and len(s) < 4096}, key=len)
    inputs: dict[str, str] = {}
    literals: dict[str, str] = {}
    moved: dict[str, str] = {}
    folders = {dataflow.notebook.home} - {"."}
    written: set[str] = set()
    made: set[str] = set()
    for cell in facts.cells:
        touched = {*cell.reads, *cell.writes, *cell.lists, *cell.makes, *cell.modules.values()}
        for path in sorted(p for p in touched if outside(p)):
            if path in moved:
                continue
            target = _target(path, named, literals, folder)
            if target is not None:
                moved[path] = target
            elif path in cell.reads and path.startswith("..") and path not in written:
                raise OutOfReach(
                    f"`{path}` lies outside of the notebook's folder and is named by computed code",
                    remedy="put it beside the notebook, or name it in one literal",
                    place=dataflow.notebook.place(cell.cell),
                    steps=_steps_up(dataflow, facts),
                )
        for path in sorted(cell.takes):
            if path not in written and (not outside(path) or path in moved):
                inputs[path] = moved.get(path, path)
        for path in cell.writes:
            above = posixpath.dirname(moved.get(path, path))
            if above and above not in made and not outside(above):
                folders.add(above)
        made |= {moved.get(p, p) for p in cell.makes}
        written |= set(cell.writes)
    kept = {posixpath.dirname(p) for p in inputs.values()}
    return Paths(inputs, literals, moved, frozenset(folders - kept - made))


def _steps_up(dataflow: Dataflow, facts: RunFacts) -> int:
    """How far up the notebook reaches, by what it touches and by its literals."""
    touched = {p for cell in facts.cells for p in (*cell.reads, *cell.writes, *cell.makes)}
    reaching = [p for p in (*touched, *strings(dataflow)) if p.startswith("..")]
    return max(len(re.match(r"(\.\.(/|$))*", p).group().split("..")) - 1 for p in reaching)  # type: ignore[union-attr]


def _target(path: str, named: list[str], literals: dict[str, str], folder: str) -> str | None:
    """Where a path goes, by the longest literal that is it or a folder above it."""
    if _SYSTEM.match(path) and path not in named:
        return None
    wanted = _absolute(path, folder)
    for literal in reversed(named):
        above = _absolute(literal, folder)
        if above != wanted and not wanted.startswith(above.rstrip("/") + "/"):
            continue
        place = _inside(literal.replace("\\", "/").rstrip("/"), above == wanted)
        for same in (other for other in named if _absolute(other, folder) == above):
            # A literal such as "../data/" may be glued to a name: its last character stays.
            literals[same] = f"{place}/" if same.endswith("/") else place
        rest = wanted[len(above.rstrip("/")) :].lstrip("/")
        return posixpath.normpath(posixpath.join(place, rest))
    return None


def _absolute(path: str, folder: str) -> str:
    path = posixpath.expanduser(path.replace("\\", "/"))
    return posixpath.normpath(posixpath.join(folder, path))


def _inside(path: str, whole: bool) -> str:
    """`../data/raw` → `data/raw`; `/home/me/x.csv` → `data/x.csv`."""
    if path.startswith("/") or path.startswith("~") or path[1:2] == ":":
        return f"data/{posixpath.basename(path)}" if whole else "data"
    stripped = posixpath.normpath(re.sub(r"^(\.\./)+", "", path))
    return "." if stripped in ("..", "") else stripped
