"""An exported project → Pipeline: its tasks in order, what each waits for, its parameters."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from poc_graduate.errors import InputError


@dataclass(frozen=True)
class Task:
    """A node: its name in pipeline.yaml and, sorted, the tasks that it waits for."""

    name: str
    upstream: tuple[str, ...]

    @property
    def slug(self) -> str:
        """The name where engines allow no underscore."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


@dataclass(frozen=True)
class Parameter:
    """An entry of env.yaml that a run may change."""

    name: str
    default: int | float | str

    @property
    def json_type(self) -> str:
        """As JSON schema calls its type."""
        return {int: "integer", float: "number", str: "string"}[type(self.default)]


@dataclass(frozen=True)
class Pipeline:
    """What all emitters are given.

    Attributes:
        name: The package, as pyproject.toml or the folder calls it.
        tasks: Upstream first.
        parameters: Numbers and texts of env.yaml, in its order.
    """

    name: str
    tasks: tuple[Task, ...]
    parameters: tuple[Parameter, ...]

    @property
    def slug(self) -> str:
        """The name where engines allow no underscore."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @property
    def title(self) -> str:
        """The name for people."""
        return self.name.replace("_", " ").capitalize()

    @property
    def slugs(self) -> dict[str, str]:
        """Task → its name where engines allow no underscore."""
        return {task.name: task.slug for task in self.tasks}

    def ancestors(self, task: Task) -> tuple[str, ...]:
        """All that a task rests on, those that come first named first."""
        wanted = set(task.upstream)
        for other in reversed(self.tasks):
            if other.name in wanted:
                wanted |= set(other.upstream)
        return tuple(other.name for other in self.tasks if other.name in wanted)


def read_pipeline(project: Path) -> Pipeline:
    """Read an exported project, edited or not.

    Args:
        project: Its folder.

    Raises:
        InputError: it is no project, or its tasks cannot be ordered.
    """
    path = project / "pipeline.yaml"
    if not path.is_file():
        raise InputError(
            f"{project} holds no pipeline.yaml",
            remedy="name the folder that `poc-graduate export` wrote",
        )
    entries = _mapping(path).get("tasks")
    if not isinstance(entries, list) or not entries:
        raise InputError(f"{path} lists no tasks")
    upstream: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        source = entry.get("source") if isinstance(entry, dict) else None
        if not isinstance(source, str) or not source.endswith(".py"):
            raise InputError(
                f"{path}: the source of a task is {source!r}",
                remedy="engines run tasks that are Python scripts, as `export` writes them",
            )
        name = str(entry.get("name", Path(source).stem))
        upstream[name] = _upstream(project / source)
    _refuse_unknown(path, upstream)
    try:
        order = tuple(TopologicalSorter(upstream).static_order())
    except CycleError as circle:
        raise InputError(f"{path}: tasks wait for each other: {circle.args[1]}") from None
    tasks = tuple(Task(name, upstream[name]) for name in order)
    _refuse_equal_slugs(path, tasks)
    return Pipeline(_name(project), tasks, _parameters(project / "env.yaml"))


def _mapping(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as unreadable:
        raise InputError(f"{path} cannot be read: {unreadable}") from None
    if found is not None and not isinstance(found, dict):
        raise InputError(f"{path} is not a mapping")
    return found or {}


def _upstream(script: Path) -> tuple[str, ...]:
    try:
        tree = ast.parse(script.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, SyntaxError) as unreadable:
        raise InputError(f"{script} cannot be read: {unreadable}") from None
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "upstream":
            try:
                value = ast.literal_eval(node.value)
            except ValueError:
                break
            return tuple(sorted(map(str, value or ())))
    raise InputError(
        f"{script} does not say what it waits for",
        remedy="write `upstream = [...]`, or None, in its parameters cell",
    )


def _refuse_unknown(path: Path, upstream: dict[str, tuple[str, ...]]) -> None:
    for name, waits_for in upstream.items():
        for other in waits_for:
            if other not in upstream:
                raise InputError(f"task {name} waits for {other}, which {path} does not list")


def _refuse_equal_slugs(path: Path, tasks: tuple[Task, ...]) -> None:
    seen: dict[str, str] = {}
    for task in tasks:
        other = seen.setdefault(task.slug, task.name)
        if other != task.name:
            raise InputError(
                f"{path}: {other} and {task.name} have one name where engines allow no underscore",
                remedy="rename one of them",
            )


def _parameters(path: Path) -> tuple[Parameter, ...]:
    if not path.is_file():
        return ()
    return tuple(
        Parameter(str(name), value)
        for name, value in _mapping(path).items()
        # A list, a date or a truth value cannot be given to Ploomber as a flag.
        if type(value) in (int, float, str) and "{{" not in str(value)
    )


def _name(project: Path) -> str:
    packages = sorted(each.parent.name for each in project.glob("src/*/__init__.py"))
    return packages[0] if len(packages) == 1 else project.resolve().name
