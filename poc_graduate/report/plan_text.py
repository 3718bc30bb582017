"""The plan for the terminal: stages with their cells, what crosses and how, parameters, notes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from poc_graduate.plan.flow import Edge, cells_text, edges, shown_title
from poc_graduate.plan.model import Note, Parameter, Plan, Stage
from poc_graduate.plan.text import handed_on
from poc_graduate.report.certificate_text import counted

_INDENT = 4
_WORD = 12
_SMALLEST = 48


def render(plan: Plan, *, width: int = 100) -> str:
    """The plan as text.

    Args:
        plan: The plan.
        width: Columns of the terminal.
    """
    width = max(width, _SMALLEST)
    count = counted(len(plan.stages), ("stage", "stages"))
    lines = [f"{plan.notebook} → {plan.package}: {count}"]
    if not plan.proved:
        lines += textwrap.wrap(
            "Made from the text alone. A run of the notebook may move cuts and forms.", width
        )
    crossing = edges(plan)
    for number, stage in enumerate(plan.stages, 1):
        taken = [edge for edge in crossing if edge.target == stage.name]
        lines += ["", *_stage(number, stage, taken, width)]
    if plan.parameters:
        lines += ["", "Parameters", *_parameters(plan.parameters, width)]
    if plan.notes:
        lines += ["", "Why it is cut so", *_notes(plan.notes, width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _stage(number: int, stage: Stage, taken: Iterable[Edge], width: int) -> Iterator[str]:
    yield f"{number:>2}  {stage.name}  ({cells_text(stage.cells)})"
    if shown_title(stage):
        yield from _filled(" " * _INDENT, shown_title(stage), width)
    for edge in taken:
        what = edge.label if edge.kind != "order" or not edge.names else f"files {edge.label}"
        yield from _entry("takes", f"{what} from {edge.source}", width)
    yield from _entry("parameters", ", ".join(stage.parameters), width)
    yield from _entry("reads", ", ".join(stage.reads), width)
    for product in stage.products:
        yield from _entry("hands on", " ".join(handed_on(product)), width)
    yield from _entry("writes", ", ".join(stage.writes), width)


def _parameters(parameters: tuple[Parameter, ...], width: int) -> Iterator[str]:
    column = min(max(len(parameter.name) for parameter in parameters), width // 3)
    for parameter in parameters:
        origin = f"({parameter.kind}; cell {parameter.cell}, line {parameter.line})"
        start = f"{' ' * _INDENT}{parameter.name:<{column}}  "
        yield from _filled(start, f"{parameter.value!r}  {origin}", width)


def _notes(notes: tuple[Note, ...], width: int) -> Iterator[str]:
    places = [f"cell {note.cell}, line {note.line}" if note.cell else "notebook" for note in notes]
    column = max(map(len, places))
    for note, place in zip(notes, places, strict=True):
        start = f"{' ' * _INDENT}{place:<{column}}  "
        yield from _filled(start, f"{note.kind}: {' '.join(note.text.split())}", width)


def _entry(word: str, text: str, width: int) -> list[str]:
    return _filled(f"{' ' * _INDENT}{word:<{_WORD}}", text, width) if text else []


def _filled(start: str, text: str, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_on_hyphens=False,
        break_long_words=False,
        replace_whitespace=True,
    ) or [start]
