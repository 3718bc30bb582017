"""The picture: everything is in it, nothing lies on anything else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poc_graduate.plan.flow import cells_text, edges, mermaid
from poc_graduate.plan.model import Load, Plan, Stage
from poc_graduate.report.drawing import draw
from tests.report.samples import ONE, PLAN, chain

_SVG = "{http://www.w3.org/2000/svg}"
_MONO, _SANS = 7.2, 7.0


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float
    what: str

    def meets(self, other: Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def parsed(plan: Plan) -> ElementTree.Element:
    return ElementTree.fromstring(draw(plan))


def labels(svg: ElementTree.Element) -> list[Box]:
    found = []
    for text in svg.iter(f"{_SVG}text"):
        if "label" in text.get("class", ""):
            x, y, shown = float(text.get("x", 0)), float(text.get("y", 0)), text.text or ""
            width = len(shown) * (_MONO if "mono" in text.get("class", "") else _SANS)
            found.append(Box(x, y - 9, x + width, y + 2, shown))
    return found


def cards(svg: ElementTree.Element) -> list[Box]:
    found = []
    for card in svg.iter(f"{_SVG}rect"):
        x, y, width, height = (float(card.get(key, 0)) for key in ("x", "y", "width", "height"))
        found.append(Box(x, y, x + width, y + height, "card"))
    return found


def lanes(svg: ElementTree.Element) -> list[Box]:
    """The vertical parts of arrows that go around."""
    found = []
    for path in svg.iter(f"{_SVG}path"):
        line = re.match(r"M\d+ (\d+)H(\d+)q8 0 8 8V(\d+)", path.get("d", ""))
        if line:
            top, x, bottom = map(float, line.groups())
            found.append(Box(x + 7, top, x + 9, bottom, path.get("d", "")))
    return found


def texts(svg: ElementTree.Element) -> str:
    return "\n".join(text.text or "" for text in svg.iter(f"{_SVG}text"))


def test_every_edge_has_its_names() -> None:
    found = {(e.source, e.target): (e.kind, e.names) for e in edges(PLAN)}

    assert found == {
        ("load", "clean"): ("data", ("df",)),
        ("clean", "train"): ("data", ("df",)),
        ("load", "train"): ("state", ("numpy",)),
        ("train", "report"): ("data", ("model",)),
        ("load", "report"): ("data", ("df",)),
        ("clean", "report"): ("order", ("cache/clean.npy",)),
    }


def test_stages_cells_files_and_parameters_are_shown() -> None:
    shown = texts(parsed(PLAN))

    for text in ("load", "Load the customers", "cells 2–4", "cells 6, 7", "cell 9", "path"):
        assert text in shown.splitlines()
    assert "data/customers.csv" in shown
    assert "state of numpy" in shown


def test_a_title_that_repeats_the_name_is_left_out() -> None:
    assert texts(parsed(PLAN)).splitlines().count("clean") == 1


def test_those_who_cannot_see_it_are_told() -> None:
    svg = parsed(PLAN)

    assert svg.get("role") == "img"
    assert svg.findtext(f"{_SVG}title") == "Pipeline of churn_poc.ipynb"
    description = svg.findtext(f"{_SVG}desc") or ""
    assert "4 stages, in order: load (cells 2–4), clean" in description
    assert "train to report: model." in description


def test_markup_in_titles_is_text() -> None:
    plan = Plan("<b>.ipynb", "p", (Stage("a", "<script>alert(1)</script> & more", (1,)),))

    assert "<script>alert(1)</script> & more" in texts(parsed(plan))


def test_equal_plans_give_equal_bytes() -> None:
    assert draw(PLAN) == draw(PLAN)


def test_what_several_stages_take_leaves_its_stage_once() -> None:
    stages = [Stage(f"s{i}", "", (i + 1,)) for i in range(2)]
    stages += [Stage(f"s{i}", "", (i + 1,), (Load("s0", "v", ("v",)),)) for i in range(2, 6)]

    svg = draw(Plan("n.ipynb", "n", tuple(stages)))

    starts = re.findall(r'class="edge data" d="M(\d+) (\d+)H', svg)
    assert len(starts) == 1
    assert svg.count('class="head data"') == 4


def _assert_legible(plan: Plan) -> None:
    svg = parsed(plan)
    width, height = float(svg.get("width", 0)), float(svg.get("height", 0))
    boxes = labels(svg)
    assert len(cards(svg)) == len(plan.stages)
    for one, other in [*combinations([*boxes, *cards(svg)], 2), *combinations(lanes(svg), 2)]:
        assert not one.meets(other), (one, other)
    for box in [*boxes, *cards(svg), *lanes(svg)]:
        assert box.left >= 0
        assert box.right <= width
        assert box.bottom <= height


@pytest.mark.parametrize("plan", [PLAN, ONE, chain(2), chain(12), chain(40)])
def test_no_label_lies_on_another_or_on_a_card(plan: Plan) -> None:
    _assert_legible(plan)


_NAMES = st.sets(st.text("abcxyz_", min_size=1, max_size=40), min_size=1, max_size=12)


@st.composite
def plans(draw_: st.DrawFn) -> Plan:
    stages: list[Stage] = []
    for number in range(draw_(st.integers(1, 8))):
        sources = draw_(st.sets(st.integers(0, number - 1))) if number else set()
        loads = tuple(Load(f"s{i}", "p", tuple(sorted(draw_(_NAMES)))) for i in sorted(sources))
        waits = draw_(st.sets(st.integers(0, number - 1), max_size=2)) if number else set()
        upstream = tuple(sorted({load.stage for load in loads} | {f"s{i}" for i in waits}))
        title = draw_(st.text(max_size=120))
        writes = tuple(sorted(draw_(st.sets(st.text("ab/.", min_size=1), max_size=3))))
        stages.append(
            Stage(f"s{number}", title, (number + 1,), loads, upstream=upstream, writes=writes)
        )
    return Plan("n.ipynb", "n", tuple(stages))


@settings(deadline=None, max_examples=60)
@given(plan=plans())
def test_any_plan_is_legible(plan: Plan) -> None:
    _assert_legible(plan)


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ((4,), "cell 4"),
        ((4, 5), "cells 4, 5"),
        ((4, 5, 6), "cells 4–6"),
        ((2, 4, 5, 6, 9), "cells 2, 4–6, 9"),
    ],
)
def test_runs_of_cells_are_short(cells: tuple[int, ...], text: str) -> None:
    assert cells_text(cells) == text


def test_mermaid_has_every_stage_and_edge() -> None:
    assert mermaid(PLAN).splitlines() == [
        "flowchart TD",
        '    s1["load<br/>Load the customers"]',
        '    s2["clean"]',
        '    s3["train<br/>Train a model"]',
        '    s4["report"]',
        '    s1 -->|"df"| s2',
        '    s1 -->|"state of numpy"| s3',
        '    s2 -->|"df"| s3',
        '    s1 -->|"df"| s4',
        '    s2 -.->|"cache/clean.npy"| s4',
        '    s3 -->|"model"| s4',
    ]


def test_mermaid_takes_no_name_for_a_word_of_its_own() -> None:
    plan = Plan("n.ipynb", "n", (Stage("end", 'a "quoted" <b> #1', (1,)),))

    assert mermaid(plan).splitlines()[1] == (
        '    s1["end<br/>a #quot;quoted#quot; #lt;b#gt; #35;1"]'
    )
