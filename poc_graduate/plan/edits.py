"""A plan that a person has edited and gives back: what it says, and where it cannot be followed."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from poc_graduate.errors import InputError, meant
from poc_graduate.plan.model import Parameter, Plan
from poc_graduate.plan.text import scalar


@dataclass(frozen=True)
class PlanEdits:
    """What a plan given back by the user says.

    Attributes:
        stages: Name, title and cells of each, in order.
        parameters: Name → cell, line and value of the literal that it replaces.
        crossing: Stage → names that it hands on, for stages where the user decided.
        lines: Entry (`stages.<name>`, `parameters.<name>`) → its line in the text, for messages.
        name: File name of the text, for messages.
    """

    stages: tuple[tuple[str, str, tuple[int, ...]], ...]
    parameters: Mapping[str, tuple[int, int, Any]] = field(default_factory=dict)
    crossing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    name: str = "plan.yaml"


def from_yaml(text: str, *, name: str, plan: Plan | None = None) -> PlanEdits:
    """Read a plan that was edited.

    Args:
        text: The YAML.
        name: File name, for messages.
        plan: The plan as we would make it; its cells are those that the text has to list.

    Raises:
        InputError: with the line, what is wrong there, and what exists.
    """
    return _Reader(name, plan).read(text)


def parameter_changes(
    edits: PlanEdits, parameters: Iterable[Parameter]
) -> tuple[frozenset[str], dict[str, str]]:
    """Which parameters the user dropped, and which were renamed (old → new).

    A literal is known by its place; where a line has several, by its name, then by its value.

    Raises:
        InputError: an entry is about no literal that became a parameter, or changes its value.
    """
    left = {parameter.name: parameter for parameter in parameters}
    known = tuple(left)
    entries = dict(edits.parameters)
    for name, (cell, line, value) in edits.parameters.items():
        own = left.get(name)
        if own is not None and _is(own, cell, line, value):
            del left[name], entries[name]
    renamed = {}
    for name, (cell, line, value) in entries.items():
        match = next((p for p in left.values() if _is(p, cell, line, value)), None)
        if match is None:
            raise _no_such_literal(edits, name, left, known)
        renamed[match.name] = name
        del left[match.name]
    return frozenset(left), renamed


def _is(parameter: Parameter, cell: int, line: int, value: Any) -> bool:
    same_place = (parameter.cell, parameter.line) == (cell, line)
    return same_place and scalar(parameter.value) == scalar(value)


def _no_such_literal(
    edits: PlanEdits, name: str, left: Mapping[str, Parameter], known: Iterable[str]
) -> InputError:
    cell, line, value = edits.parameters[name]
    where = f"{edits.name}, line {edits.lines.get(f'parameters.{name}', 1)}"
    here = [p for p in left.values() if (p.cell, p.line) == (cell, line)]
    meant = next((p for p in here if p.name == name), here[0] if here else None)
    if meant is None:
        return InputError(
            f"{where}: no literal of cell {cell}, line {line} became a parameter"
            f"{_meant(name, known)}",
            remedy="parameters can be renamed or deleted here, not added or moved",
        )
    return InputError(
        f"{where}: `{name}` is {scalar(value)} here and {scalar(meant.value)} in the notebook "
        f"(cell {cell}, line {line}), and another value computes another result",
        remedy="put the notebook's value back; after the export, change it in env.yaml",
    )


def _meant(word: str, known: Iterable[str]) -> str:
    names = list(known)
    said = f"{meant(word, names)} there are: {', '.join(names)}".lstrip()
    return f" ({said})" if names else " (there are none)"


class _Reader:
    """From YAML nodes, which know their lines, to `PlanEdits`."""

    def __init__(self, name: str, plan: Plan | None) -> None:
        self._name = name
        self._cells = None if plan is None else [c for s in plan.stages for c in s.cells]

    def read(self, text: str) -> PlanEdits:
        """The whole text."""
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as broken:
            mark = getattr(broken, "problem_mark", None)
            problem = getattr(broken, "problem", None) or str(broken).splitlines()[0]
            raise self._error(mark, f"this is not valid YAML: {problem}") from None
        if root is None:
            raise self._error(None, "the plan is empty")
        top = self._mapping(root, "the plan", required=("stages",), optional=_TOP)
        stages, crossing, lines = self._stages(top["stages"])
        parameters: dict[str, tuple[int, int, Any]] = {}
        if "parameters" in top and not self._is_null(top["parameters"]):
            for name, node in self._pairs(top["parameters"], "parameters"):
                self._identifier(name, "parameter", node)
                lines[f"parameters.{name}"] = _line(node)
                entry = self._mapping(node, f"parameter `{name}`", required=_ENTRY)
                parameters[name] = (
                    self._position(entry["cell"], "cell"),
                    self._position(entry["line"], "line"),
                    self._value(entry["value"]),
                )
        return PlanEdits(tuple(stages), parameters, crossing, lines, self._name)

    def _stages(
        self, node: yaml.Node
    ) -> tuple[list[tuple[str, str, tuple[int, ...]]], dict[str, tuple[str, ...]], dict[str, int]]:
        stages: list[tuple[str, str, tuple[int, ...]]] = []
        crossing: dict[str, tuple[str, ...]] = {}
        lines: dict[str, int] = {}
        listed: list[tuple[int, yaml.Node]] = []
        for item in self._items(node, "stages"):
            entry = self._mapping(item, "a stage", required=("name", "cells"), optional=_OWN)
            name = self._string(entry["name"], "name")
            self._identifier(name, "stage", entry["name"])
            if f"stages.{name}" in lines:
                first = lines[f"stages.{name}"]
                raise self._error(
                    entry["name"], f"a stage is called `{name}` already (line {first})"
                )
            lines[f"stages.{name}"] = _line(entry["name"])
            title = self._string(entry["title"], "title") if "title" in entry else name
            found = self._items(entry["cells"], f"the cells of `{name}`")
            cells = tuple(self._position(each, "cell") for each in found)
            listed += zip(cells, found, strict=True)
            stages.append((name, title, cells))
            if "keeps" in entry:
                crossing[name] = self._names(entry["keeps"], f"what `{name}` keeps")
        if not stages:
            raise self._error(node, "there are no stages")
        self._in_order(listed, node)
        return stages, crossing, lines

    def _in_order(self, listed: list[tuple[int, yaml.Node]], stages: yaml.Node) -> None:
        """Every code cell once, in the notebook's order."""
        before = 0
        for cell, node in listed:
            if self._cells is not None and cell not in self._cells:
                raise self._error(
                    node, f"cell {cell} is no code cell (there are: {_shown(self._cells)})"
                )
            if cell == before:
                raise self._error(node, f"cell {cell} is listed twice")
            if cell < before:
                raise self._error(
                    node,
                    f"cell {cell} comes after cell {before}",
                    remedy="keep the notebook's order: only the cuts can be moved",
                )
            before = cell
        missing = sorted(set(self._cells or ()) - {cell for cell, _ in listed})
        if missing:
            what = f"cell {missing[0]} is" if len(missing) == 1 else f"cells {_shown(missing)} are"
            raise self._error(
                stages, f"{what} in no stage", remedy="list every code cell in one of the stages"
            )

    def _mapping(
        self,
        node: yaml.Node,
        what: str,
        *,
        required: tuple[str, ...],
        optional: tuple[str, ...] = (),
    ) -> dict[str, yaml.Node]:
        found = {}
        allowed = (*required, *optional)
        for key, value in self._pairs(node, what):
            if key not in allowed:
                raise self._error(value, f"{what} has no `{key}`{_meant(key, allowed)}")
            found[key] = value
        for key in required:
            if key not in found:
                raise self._error(node, f"{what} lacks `{key}`")
        return found

    def _pairs(self, node: yaml.Node, what: str) -> Iterator[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            raise self._error(node, f"{what} should be `name: value` lines, not {_kind(node)}")
        seen: dict[str, int] = {}
        for key_node, value in node.value:
            key = self._string(key_node, "a key")
            if key in seen:
                raise self._error(key_node, f"`{key}` stands here twice (line {seen[key]})")
            seen[key] = _line(key_node)
            yield key, value

    def _items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self._error(node, f"{what} should be a list, not {_kind(node)}")
        if not node.value:
            raise self._error(node, f"{what}: the list is empty")
        return list(node.value)

    def _names(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        if isinstance(node, yaml.SequenceNode) and not node.value:
            return ()
        names: list[str] = []
        for item in self._items(node, what):
            name = self._string(item, "a name")
            if not name.isidentifier():
                raise self._error(item, f"{what}: `{name}` is no name of a variable")
            if name in names:
                raise self._error(item, f"{what}: `{name}` is listed twice")
            names.append(name)
        return tuple(names)

    def _string(self, node: yaml.Node, what: str) -> str:
        if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str":
            return str(node.value)
        shown = f" (`{node.value}` in quotes)" if isinstance(node, yaml.ScalarNode) else ""
        raise self._error(node, f"{what} should be text{shown}, not {_kind(node)}")

    def _identifier(self, name: str, what: str, node: yaml.Node) -> None:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise self._error(
                node,
                f"`{name}` is no name for a {what}",
                remedy="use letters, digits and _, not starting with a digit, and no Python word",
            )

    def _position(self, node: yaml.Node, what: str) -> int:
        value = self._value(node)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self._error(node, f"a {what} is a number from 1, not {_kind(node)}")
        return value

    def _value(self, node: yaml.Node) -> Any:
        try:
            return yaml.SafeLoader("").construct_document(node)
        except (yaml.YAMLError, ValueError) as broken:
            raise self._error(node, f"this value cannot be read: {broken}") from None

    @staticmethod
    def _is_null(node: yaml.Node) -> bool:
        return bool(node.tag == "tag:yaml.org,2002:null")

    def _error(self, at: yaml.Node | yaml.Mark | None, found: str, remedy: str = "") -> InputError:
        line = 1 if at is None else _line(at)
        return InputError(f"{self._name}, line {line}: {found}", remedy=remedy)


_TOP = ("notebook", "parameters")
_OWN = ("title", "keeps")
_ENTRY = ("cell", "line", "value")


def _line(at: yaml.Node | yaml.Mark) -> int:
    mark = at.start_mark if isinstance(at, yaml.Node) else at
    return int(mark.line) + 1


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return f"`{node.value}`" if node.value else "nothing"


def _shown(cells: Iterable[int]) -> str:
    return ", ".join(map(str, cells))


__all__ = ["PlanEdits", "from_yaml", "parameter_changes"]
