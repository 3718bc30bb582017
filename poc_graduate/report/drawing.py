"""The pipeline as a picture: stages downwards in the notebook's order, what crosses between them.

A stage hands most of what it makes to the next one: those arrows run straight down, with the names
beside them. Arrows that skip stages leave on the right, run down in a lane of their own and come
back in where they are needed, each with its names; what several later stages take shares a lane.
So nothing crosses a card and no two labels can meet, however many stages there are.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from poc_graduate.plan.flow import Edge, cells_text, edges, shown_title
from poc_graduate.plan.model import Plan, Stage

# Pixels. Text is laid out without knowing the reader's fonts: monospace glyphs are 0.6 em wide in
# all of them, and for the other texts the width of wide letters is assumed.
_CARD = 430
_LEFT = 4
_LINE = 18
_LANE = 22
_MONO = 7.3
_LABEL = 34


@dataclass
class _Card:
    """A stage on the canvas."""

    stage: Stage
    title: list[str]
    details: list[tuple[str, str]]
    incoming: list[Edge]
    top: int = 0

    @property
    def height(self) -> int:
        text = 42 + _LINE * (len(self.title) + len(self.details))
        entries = sum(_rows(edge) * 16 + 12 for edge in self.incoming)
        return max(text, entries + 16)


def draw(plan: Plan) -> str:
    """The pipeline as one SVG element, for a page or a file of its own; dark mode included."""
    position = {stage.name: number for number, stage in enumerate(plan.stages)}
    crossing = edges(plan)
    straight = [e for e in crossing if position[e.target] == position[e.source] + 1]
    around = [e for e in crossing if position[e.target] != position[e.source] + 1]
    trunks = _trunks(around, position)
    cards = [_card(stage, [e for e in around if e.target == stage.name]) for stage in plan.stages]
    below = 6
    for number, card in enumerate(cards):
        card.top = below
        beside = [e for e in straight if position[e.source] == number]
        rows = sum(len(_wrapped(e, 52)) for e in beside)
        below += card.height + (max(40, 16 * rows + 24) if number + 1 < len(cards) else 6)
    longest = max((len(text) for e in around for text in _wrapped(e, _LABEL)), default=0)
    gutter = 40 + round(_MONO * longest)
    lanes = max((lane for lane, _ in trunks.values()), default=-1) + 1
    width = _LEFT + _CARD + (gutter + _LANE * lanes if around else 4)
    parts = [
        f'<svg class="pg-drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {below}"'
        f' width="{width}" height="{below}" role="img" aria-labelledby="pg-title pg-desc">',
        f'<title id="pg-title">Pipeline of {_escaped(plan.notebook)}</title>',
        f'<desc id="pg-desc">{_escaped(_description(plan, crossing))}</desc>',
        _STYLE,
    ]
    tops = {card.stage.name: card for card in cards}
    for edge in straight:
        parts += _arrow_down(edge, straight, tops)
    for card in cards:
        parts += _arrows_in(card, trunks, gutter, tops)
    for number, card in enumerate(cards, 1):
        parts += _drawn(card, number)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _card(stage: Stage, incoming: list[Edge]) -> _Card:
    details = [("cells", cells_text(stage.cells))]
    if stage.parameters:
        details += [("parameters", text) for text in _clipped(", ".join(stage.parameters))]
    details += [("reads", text) for text in _clipped(", ".join(stage.reads))]
    details += [("writes", text) for text in _clipped(", ".join(stage.writes))]
    wide = any(unicodedata.east_asian_width(c) in "WF" for c in stage.title)
    width = 25 if wide else 48
    lines = textwrap.wrap(shown_title(stage), width, max_lines=2, placeholder=" …")
    return _Card(stage, lines, details, incoming)


def _clipped(text: str) -> list[str]:
    return textwrap.wrap(text, 40, max_lines=2, placeholder=" …", break_on_hyphens=False)


def _wrapped(edge: Edge, width: int) -> list[str]:
    lines = textwrap.wrap(edge.label, width, max_lines=4, placeholder=" …")
    return lines or [edge.label[:width]]


def _rows(edge: Edge) -> int:
    return len(_wrapped(edge, _LABEL))


_Trunk = tuple[str, tuple[str, ...], str]


def _trunk(edge: Edge) -> _Trunk:
    return edge.source, edge.names, edge.kind


def _trunks(around: list[Edge], position: dict[str, int]) -> dict[_Trunk, tuple[int, str]]:
    """What leaves on the right → its lane from the inside, and the stage where it ends.

    Short ones take the inner lanes.
    """
    spans: dict[_Trunk, tuple[int, int]] = {}
    for edge in around:
        start, stop = spans.get(_trunk(edge), (position[edge.source], 0))
        spans[_trunk(edge)] = start, max(stop, position[edge.target])
    lanes: dict[_Trunk, int] = {}
    for trunk in sorted(spans, key=lambda t: (spans[t][1] - spans[t][0], spans[t], t)):
        start, stop = spans[trunk]
        taken = {lanes[t] for t in lanes if spans[t][0] < stop and start < spans[t][1]}
        lanes[trunk] = next(lane for lane in range(len(lanes) + 1) if lane not in taken)
    names = {number: name for name, number in position.items()}
    return {trunk: (lane, names[spans[trunk][1]]) for trunk, lane in lanes.items()}


def _drawn(card: _Card, number: int) -> list[str]:
    x, y = _LEFT, card.top
    parts = [
        f'<g><rect class="card" x="{x}" y="{y}" width="{_CARD}" height="{card.height}" rx="8"/>',
        f'<text class="number" x="{x + _CARD - 14}" y="{y + 25}" text-anchor="end">{number}</text>',
        f'<text class="name" x="{x + 16}" y="{y + 26}">{_escaped(_short(card.stage.name, 38))}'
        "</text>",
    ]
    line = y + 26
    for text in card.title:
        line += _LINE
        parts.append(f'<text class="title" x="{x + 16}" y="{line}">{_escaped(text)}</text>')
    before = ""
    for kind, text in card.details:
        line += _LINE
        if kind == "cells":
            parts.append(f'<text class="quiet" x="{x + 16}" y="{line}">{_escaped(text)}</text>')
            continue
        if kind != before:
            parts.append(f'<text class="quiet" x="{x + 16}" y="{line}">{kind}</text>')
        parts.append(f'<text class="mono" x="{x + 102}" y="{line}">{_escaped(text)}</text>')
        before = kind
    return [*parts, "</g>"]


def _arrow_down(edge: Edge, straight: list[Edge], cards: dict[str, _Card]) -> list[str]:
    source, target = cards[edge.source], cards[edge.target]
    top, bottom = source.top + source.height, target.top
    beside = [e for e in straight if e.source == edge.source]
    number = beside.index(edge)
    x = _LEFT + 36 + 14 * number
    rows = sum(len(_wrapped(e, 52)) for e in beside)
    before = sum(len(_wrapped(e, 52)) for e in beside[:number])
    y = (top + bottom) / 2 - 8 * rows + 16 * before + 11
    parts = [_path(f"M{x} {top}V{bottom - 7}", edge), _head(x, bottom, 0, edge)]
    return [*parts, *_label(edge, _LEFT + 36 + 14 * len(beside) + 4, y, 52)]


def _arrows_in(
    card: _Card, trunks: dict[_Trunk, tuple[int, str]], gutter: int, cards: dict[str, _Card]
) -> list[str]:
    """Arrows that come in on the right, from the lanes."""
    parts = []
    right = _LEFT + _CARD
    y = card.top + 20
    # Inner lanes first, so that arrows cross least.
    for edge in sorted(card.incoming, key=lambda e: trunks[_trunk(e)]):
        source = cards[edge.source]
        parts += _label(edge, right + 16, y, _LABEL)
        line = y + 16 * (_rows(edge) - 1) + 6
        # Where several leave one card, each has its own line, or they would look like one.
        leaving = sorted((t for t in trunks if t[0] == edge.source), key=lambda t: trunks[t])
        start = source.top + source.height - 12 - 7 * leaving.index(_trunk(edge))
        lane, end = trunks[_trunk(edge)]
        outside = right + gutter + _LANE * lane
        path = f"q0 8 -8 8H{right + 7}"
        if end == card.stage.name:
            path = f"M{right} {start}H{outside - 8}q8 0 8 8V{line - 8}{path}"
        else:
            path = f"M{outside} {line - 8}{path}"
        parts += [_path(path, edge), _head(right, line, 90, edge)]
        y += _rows(edge) * 16 + 12
    return parts


def _path(path: str, edge: Edge) -> str:
    return f'<path class="edge {edge.kind}" d="{path}"/>'


def _head(x: int, y: int, turn: int, edge: Edge) -> str:
    return (
        f'<path class="head {edge.kind}" d="M0 0L-5 -9H5Z" '
        f'transform="translate({x} {y}) rotate({turn})"/>'
    )


def _label(edge: Edge, x: float, y: float, width: int) -> list[str]:
    kind = "mono" if edge.names and edge.kind == "data" else "quiet"
    return [
        f'<text class="{kind} label" x="{x:g}" y="{y + 16 * number:g}">{_escaped(text)}</text>'
        for number, text in enumerate(_wrapped(edge, width))
    ]


def _escaped(text: str) -> str:
    # XML has no control characters, not even as entities, nor halves of surrogate pairs.
    legal = (c if unicodedata.category(c) not in ("Cc", "Cn", "Cs") else " " for c in text)
    return escape("".join(legal))


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _description(plan: Plan, crossing: Iterable[Edge]) -> str:
    """What the picture shows, for those who cannot see it."""
    count = "1 stage" if len(plan.stages) == 1 else f"{len(plan.stages)} stages, in order"
    parts = [f"{s.name} ({cells_text(s.cells)})" for s in plan.stages]
    handed = [f"{e.source} to {e.target}: {e.label}." for e in crossing]
    between = f" What crosses: {' '.join(handed)}" if handed else ""
    return f"{count}: {', '.join(parts)}.{between}"


_STYLE = """<style>
.pg-drawing { --ink: #1f2328; --quiet: #59636e; --line: #6e7781; --card: #f6f8fa;
  --border: #c5ced6; max-width: 100%; height: auto; font: 14px/1 system-ui, -apple-system,
  "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
@media (prefers-color-scheme: dark) { .pg-drawing { --ink: #e6edf3; --quiet: #9da7b3;
  --line: #8b949e; --card: #161b22; --border: #3d444d; } }
@media print { .pg-drawing { --ink: #000; --quiet: #444; --line: #555; --card: #fff;
  --border: #888; } }
.pg-drawing .card { fill: var(--card); stroke: var(--border); }
.pg-drawing text { fill: var(--ink); }
.pg-drawing .name { font-weight: 600; font-size: 15px; }
.pg-drawing .title { font-size: 13.5px; }
.pg-drawing .quiet, .pg-drawing .number { fill: var(--quiet); font-size: 12.5px; }
.pg-drawing .mono { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas,
  "DejaVu Sans Mono", monospace; }
.pg-drawing .edge { fill: none; stroke: var(--line); stroke-width: 1.5; }
.pg-drawing .edge.order, .pg-drawing .edge.state { stroke-dasharray: 4 4; }
.pg-drawing .head { fill: var(--line); }
</style>"""
