"""The plan as YAML that a person reads, and edits."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from poc_graduate.plan.model import Note, Parameter, Plan, Product, Stage

_HEADER = """\
Plan of {notebook}: {count}.
{proof}
Edit it and give it back:  poc-graduate export {notebook} --plan FILE --output FOLDER

You can
  - change the name or the title of a stage;
  - move a cut: write a cell under the stage before or after (every code cell once, in the
    notebook's order; positions count all cells from 1);
  - merge stages: write all their cells under one of them and delete the others;
  - decide what a stage hands on: take the # away before `keeps` and edit the list;
  - rename a parameter, or delete its line: the literal then stays in the code.
An edit that would compute something else is refused, with the reason."""


def to_yaml(plan: Plan) -> str:
    """The plan as text; the same plan gives the same bytes."""
    count = "1 stage" if len(plan.stages) == 1 else f"{len(plan.stages)} stages"
    proof = "" if plan.proved else "Made without running the notebook: unproven.\n"
    header = _HEADER.format(notebook=_printable(plan.notebook), count=count, proof=proof)
    placed = {note for stage in plan.stages for note in plan.notes if note.cell in stage.cells}
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    for note in plan.notes:
        if note not in placed:
            lines += _comment(_sentence(note), "")
    lines += ["", f"notebook: {scalar(plan.notebook)}", "", "stages:"]
    for position, stage in enumerate(plan.stages):
        notes = [note for note in plan.notes if note.cell in stage.cells]
        lines += [""] * (position > 0) + list(_stage(stage, notes))
    if plan.parameters:
        lines += ["", "parameters:"]
        entries = [_parameter(parameter) for parameter in plan.parameters]
        width = min(84, max(len(entry) for entry, _ in entries))
        lines += [f"  {entry:<{width}}  # {comment}" for entry, comment in entries]
    return "\n".join(lines) + "\n"


def _stage(stage: Stage, notes: Iterable[Note]) -> Iterator[str]:
    yield f"  - name: {scalar(stage.name)}"
    yield f"    title: {scalar(stage.title)}"
    yield f"    cells: [{', '.join(map(str, stage.cells))}]"
    for source in dict.fromkeys(load.stage for load in stage.loads):
        names = sorted({n for load in stage.loads if load.stage == source for n in load.names})
        yield from _comment(f"takes {', '.join(names)} from {source}")
    for path in stage.reads:
        yield from _comment(f"reads {path}")
    for product in stage.products:
        yield from _comment(f"hands on {' '.join(handed_on(product))}")
    for path in stage.writes:
        yield from _comment(f"writes {path}")
    for note in notes:
        yield from _comment(_sentence(note))
    kept = sorted({name for product in stage.products for name in product.names})
    yield f"    # keeps: [{', '.join(map(scalar, kept))}]"


def handed_on(product: Product) -> tuple[str, str]:
    """What a product hands on, and in which form and why: `df`, `as parquet`."""
    together = "together " if len(product.names) > 1 else ""
    why = f": {' '.join(product.why.split())}" if product.why else ""
    return ", ".join(product.names), f"{together}as {product.format}{why}"


def _sentence(note: Note) -> str:
    where = f"cell {note.cell}, line {note.line}: " if note.cell else ""
    return f"{note.kind}: {where}{note.text}"


def _parameter(parameter: Parameter) -> tuple[str, str]:
    entry = f"cell: {parameter.cell}, line: {parameter.line}, value: {scalar(parameter.value)}"
    moved = parameter.moved_from
    comment = parameter.kind if moved is None else f"{parameter.kind}; was {scalar(moved)}"
    return f"{scalar(parameter.name)}: {{{entry}}}", comment


def _comment(text: str, indent: str = "    ") -> list[str]:
    return textwrap.wrap(
        _printable(text),
        width=98,
        initial_indent=f"{indent}# ",
        subsequent_indent=f"{indent}#   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _printable(text: str) -> str:
    """What stands in a comment must not end it: one line, without control characters."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


class _Dumper(yaml.SafeDumper):
    """Values on one line, so that a comment can follow."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def scalar(value: Any) -> str:
    """A value as it stands in the plan's text: on one line, so that a comment can follow."""
    text: str = yaml.dump(
        [value], Dumper=_Dumper, default_flow_style=True, allow_unicode=True, width=10**9
    )
    return text.strip()[1:-1]


__all__ = ["handed_on", "scalar", "to_yaml"]
