"""What can be chosen of a project's parts, for whoever asks it: a terminal, a form, a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from poc_graduate.generate.operating.part import Part, Project

Kind = Literal["bool", "int", "float", "str"]
_KINDS: Mapping[type, Kind] = {bool: "bool", int: "int", float: "float", str: "str"}


@dataclass(frozen=True)
class Question:
    """One choice.

    Attributes:
        name: In its section of operate.yaml.
        asks: What it decides.
        kind: Of its values.
        default: Its value where nobody says otherwise.
        value: Its value now.
        least: Smallest number that it may be; None for any.
        dialog: Whether a short dialog asks it.
    """

    name: str
    asks: str
    kind: Kind
    default: Any
    value: Any
    least: float | None
    dialog: bool


@dataclass(frozen=True)
class Asked:
    """The choices of one part.

    Attributes:
        name: Its section in operate.yaml.
        title: What it is, for people.
        left_out: Why it does not apply to the project; empty where it does.
        questions: Its choices.
    """

    name: str
    title: str
    left_out: str
    questions: tuple[Question, ...]


def asked(project: Project, parts: Iterable[Part]) -> tuple[Asked, ...]:
    """Every part with its choices, those that do not apply included.

    Args:
        project: The project, with its choices.
        parts: All parts.
    """
    return tuple(
        Asked(
            part.name,
            part.title,
            part.needs(project),
            tuple(
                Question(
                    each.name,
                    each.metadata["asks"],
                    _KINDS[type(each.default)],
                    each.default,
                    getattr(project.choices[part.name], each.name),
                    each.metadata["least"],
                    each.metadata["dialog"],
                )
                for each in fields(part.options)
            ),
        )
        for part in parts
    )
