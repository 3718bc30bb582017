"""What people choose of each part: operate.yaml in the project, or a file that is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import yaml

from poc_graduate.errors import InputError, meant
from poc_graduate.generate.operating.part import Part

PATH = "operate.yaml"


def read_choices(path: Path | None, parts: Iterable[Part]) -> dict[str, Any]:
    """Name of each part → its choices: defaults, and above them what a file says.

    Args:
        path: The file; None for defaults only.
        parts: All parts.

    Raises:
        InputError: an unknown name, or a value of another type.
    """
    given: Any = {}
    if path is not None:
        try:
            given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as unreadable:
            raise InputError(f"{path} cannot be read: {unreadable}") from None
        if not isinstance(given, dict):
            raise InputError(f"{path} is not a mapping", remedy="write `part:` and choices below")
    known = {part.name: part for part in parts}
    for name in given:
        _refuse_unknown(path, "part", str(name), known)
    return {name: _section(path, part, given.get(name)) for name, part in known.items()}


def with_answers(choices: Mapping[str, Any], answers: Mapping[tuple[str, str], Any]) -> Any:
    """Choices with what a dialog was told: (part, choice) → value."""
    changed = dict(choices)
    for (part, name), value in answers.items():
        changed[part] = replace(changed[part], **{name: value})
    return changed


def as_yaml(choices: Mapping[str, Any]) -> str:
    """operate.yaml: each choice below a comment that says what it decides."""
    lines = ["# What was chosen for operating this project. Change a line, then:",
             "#   poc-graduate operate .", ""]  # fmt: skip
    for name, section in choices.items():
        lines.append(f"{name}:" if fields(section) else f"{name}: {{}}")
        for each in fields(section):
            value = yaml.safe_dump(getattr(section, each.name), default_flow_style=True, width=1000)
            lines += [
                f"  # {each.metadata['asks']}",
                f"  {each.name}: {value.removesuffix('...' + chr(10)).strip()}",
            ]
        lines.append("")
    return "\n".join(lines)


def _section(path: Path | None, part: Part, given: Any) -> Any:
    section = part.options()
    if given is None:
        return section
    if not isinstance(given, dict):
        raise InputError(f"{path}: {part.name} is not a mapping")
    known = {each.name: each for each in fields(section)}
    for name, value in given.items():
        _refuse_unknown(path, f"choice of {part.name}", str(name), known)
        default, least = known[name].default, known[name].metadata["least"]
        wanted = type(default)
        if wanted is float and type(value) is int:
            value = float(value)
        if type(value) is not wanted:
            kind = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
            raise InputError(
                f"{path}: {part.name}.{name} is {value!r}", remedy=f"write {kind[wanted]}"
            )
        if least is not None and value < least:
            raise InputError(
                f"{path}: {part.name}.{name} is {value!r}", remedy=f"write at least {least}"
            )
        section = replace(section, **{str(name): value})
    return section


def _refuse_unknown(path: Path | None, what: str, name: str, known: Mapping[str, Any]) -> None:
    if name not in known:
        remedy = meant(name, known, f"known are {', '.join(known)}")
        raise InputError(f"{path}: there is no {what} called {name}", remedy=remedy)
