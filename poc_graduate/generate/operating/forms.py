"""Forms of a project that only people can fill in: which of their lines are still empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from poc_graduate.errors import InputError

NOTHING = ("", "?", "-", "...", "n/a", "none", "nobody", "tba", "tbd", "todo", "unknown", "xxx")
"""Words that stand where nothing is known; the project's own `ops/forms.py` has the same."""
NOT_NEEDED = "not needed"


@dataclass(frozen=True)
class Form:
    """A file that people fill in.

    Attributes:
        path: In the project.
        asks: Section → line → the question.
        fields: What each line has below it; nothing where it is filled in itself.
    """

    path: str
    asks: Mapping[str, Mapping[str, str]]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unstated:
    """A line that is asked for.

    Attributes:
        path: Its file in the project.
        line: From 1; that of its section where it has none of its own.
        name: `section.line`.
        asks: The question.
    """

    path: str
    line: int
    name: str
    asks: str


def unstated(project: Path, forms: Iterable[Form]) -> tuple[Unstated, ...]:
    """Lines that nobody has filled in, of the forms that are there.

    Args:
        project: Its folder.
        forms: What may lie in it.

    Raises:
        InputError: a form cannot be read.
    """
    return tuple(one for form in forms for one in _of_form(project, form))


def _of_form(project: Path, form: Form) -> Iterator[Unstated]:
    path = project / form.path
    if not path.is_file():
        return
    try:
        text = path.read_text(encoding="utf-8")
        values, tree = yaml.safe_load(text) or {}, yaml.compose(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as broken:
        raise InputError(f"{path} cannot be read: {' '.join(str(broken).split())}") from None
    if not isinstance(values, dict):
        raise InputError(f"{path} has no sections", remedy="write `section:` and its lines below")
    lines = _lines(tree)
    for section, asks in form.asks.items():
        given = values.get(section)
        given = given if isinstance(given, dict) else {}
        if _stated(given.get(NOT_NEEDED)):
            continue
        for name, question in asks.items():
            if not _stated(given.get(name), form.fields):
                line = lines.get((section, name)) or lines.get((section,)) or 1
                yield Unstated(form.path, line, f"{section}.{name}", question)


def _stated(value: Any, fields: Iterable[str] = ()) -> bool:
    """Whether something is there, and whole."""
    if fields:
        return isinstance(value, dict) and all(_stated(value.get(field)) for field in fields)
    if isinstance(value, list):
        return bool(value) and all(map(_stated, value))
    return value is not None and str(value).strip().lower() not in NOTHING


def _lines(node: Any, above: tuple[str, ...] = ()) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = (*above, str(key.value))
            found[place] = key.start_mark.line + 1
            found |= _lines(value, place)
    return found
