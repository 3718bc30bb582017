"""What one stage hands to another: as records, and as a Mermaid chart."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from poc_graduate.plan.model import Plan, Stage


@dataclass(frozen=True)
class Edge:
    """Something that one stage hands to another.

    Attributes:
        source: The stage that makes it.
        target: The stage that takes it.
        names: What crosses, sorted; empty where the target only has to wait.
        kind: data, state (of a random generator) or order (files, or effects).
    """

    source: str
    target: str
    names: tuple[str, ...]
    kind: str = "data"

    @property
    def label(self) -> str:
        """What stands beside the arrow."""
        if self.kind == "state":
            return f"state of {', '.join(self.names)}"
        return ", ".join(self.names) if self.names else "waits for its files"


def edges(plan: Plan) -> tuple[Edge, ...]:
    """Everything that crosses, in the order of the stages that take it."""
    position = {stage.name: number for number, stage in enumerate(plan.stages)}
    found = []
    for stage in plan.stages:
        for source in sorted(set(_sources(stage)), key=lambda name: position.get(name, 0)):
            names = {n for load in stage.loads if load.stage == source for n in load.names}
            states = tuple(sorted(name for name, home in stage.carries if home == source))
            if names:
                found.append(Edge(source, stage.name, tuple(sorted(names))))
            if states:
                found.append(Edge(source, stage.name, states, "state"))
            if not names and not states:
                files = next((each.writes for each in plan.stages if each.name == source), ())
                found.append(Edge(source, stage.name, files, "order"))
    return tuple(edge for edge in found if edge.source in position)


def _sources(stage: Stage) -> Iterable[str]:
    yield from stage.upstream
    yield from (load.stage for load in stage.loads)
    yield from (home for _, home in stage.carries)


def cells_text(cells: tuple[int, ...]) -> str:
    """`cell 4`, `cells 2, 3 and 5`, `cells 3–6`."""
    runs: list[list[int]] = []
    for cell in cells:
        if runs and cell == runs[-1][-1] + 1:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    texts = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return f"cell{'s' if len(cells) != 1 else ''} {', '.join(texts)}"


def shown_title(stage: Stage) -> str:
    """The title on one line; empty where it says no more than the name."""
    title = " ".join(stage.title.split())
    same = title.casefold() == stage.name.replace("_", " ").casefold()
    return "" if same else title


def mermaid(plan: Plan) -> str:
    """The stages as a Mermaid flow chart, which GitHub and JupyterLab draw."""
    lines = ["flowchart TD"]
    # Ids of our own: `end` and `graph` are stage names that Mermaid would take for its own words.
    ids = {stage.name: f"s{number}" for number, stage in enumerate(plan.stages, 1)}
    for stage in plan.stages:
        title = shown_title(stage) and f"<br/>{_for_mermaid(shown_title(stage))}"
        lines.append(f'    {ids[stage.name]}["{_for_mermaid(stage.name)}{title}"]')
    for edge in edges(plan):
        label = _for_mermaid(textwrap.shorten(edge.label, 48, placeholder=" …"))
        arrow = "-.->" if edge.kind == "order" else "-->"
        lines.append(f'    {ids[edge.source]} {arrow}|"{label}"| {ids[edge.target]}')
    return "\n".join(lines)


def _for_mermaid(text: str) -> str:
    clean = " ".join(text.split())
    for character, code in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        clean = clean.replace(character, code)
    return clean
