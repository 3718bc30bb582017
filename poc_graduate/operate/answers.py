"""What people say of a project: `readiness.yaml`, written once and then theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from poc_graduate.errors import InputError, meant
from poc_graduate.operate.questions import Question

FILE = "readiness.yaml"
_HEADER = """\
# What only people can answer of this project. Half a point each for what was done by hand and
# written down (Breck et al., The ML Test Score, 2017); it counts for a year.
#
#   data-4-features-permitted:
#     by: who did it
#     date: 2026-01-31
#     see: where it is written down
#
# Delete what does not apply, and say why: `not needed: the model has no features of people`.
"""


@dataclass(frozen=True)
class Answer:
    """What somebody did by hand, or why it is not needed.

    Attributes:
        by: Who.
        on: When; None where it is not needed.
        see: Where it is written down.
        not_needed: Why it is not asked of this project; empty where it is.
    """

    by: str = ""
    on: date | None = None
    see: str = ""
    not_needed: str = ""

    @property
    def lacks(self) -> str:
        """What is not filled in, in words; empty where nothing is."""
        if self.not_needed:
            return ""
        missing = [
            name for name, given in (("by", self.by), ("date", self.on), ("see", self.see))
            if not given
        ]  # fmt: skip
        return ", ".join(missing)


def form(questions: Iterable[Question]) -> str:
    """The file with nothing filled in.

    Args:
        questions: What only people can answer.
    """
    lines = [_HEADER]
    for question in questions:
        lines += [f"{question.name}:  # {question.asks}", "  by:", "  date:", "  see:", ""]
    return "\n".join(lines)


def read(project: Path, names: Iterable[str]) -> Mapping[str, Answer]:
    """What was filled in.

    Args:
        project: Its folder.
        names: Of the questions that there are.

    Raises:
        InputError: the file is no YAML, names no question, or holds something else than answers.
    """
    import yaml

    path = project / FILE
    if not path.is_file():
        return {}
    try:
        record = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as damaged:
        raise InputError(f"{path} is no YAML: {' '.join(str(damaged).split())}") from None
    if not isinstance(record, dict):
        raise InputError(f"{path} holds no answers by name", remedy="see the top of the file")
    known = set(names)
    return {str(name): _answer(path, str(name), value, known) for name, value in record.items()}


def _answer(path: Path, name: str, value: Any, known: set[str]) -> Answer:
    if name not in known:
        raise InputError(f"{path}: there is no question {name}", remedy=meant(name, known))
    if value is None:
        return Answer()
    if not isinstance(value, dict) or set(value) - {"by", "date", "see", "not needed"}:
        raise InputError(
            f"{path}: {name} has {value!r}", remedy="give `by`, `date` and `see`, or `not needed`"
        )
    on = value.get("date")
    if on is not None and not isinstance(on, date):
        raise InputError(f"{path}: {name}: `date` is {on!r}", remedy="write a date: 2026-01-31")
    if on is not None and on > date.today():
        raise InputError(f"{path}: {name}: `date` is {on}, which is still to come")
    text = {key: str(value.get(key) or "").strip() for key in ("by", "see", "not needed")}
    return Answer(text["by"], on, text["see"], text["not needed"])
