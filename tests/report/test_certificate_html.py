"""The page: the verdict first, complete, self-contained, readable in both lights."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from poc_graduate.plan.model import Note, Parameter, Plan, Stage
from poc_graduate.report.certificate_html import render
from poc_graduate.report.drawing import draw
from poc_graduate.verify.certificate import Certificate
from tests.report.pages import Reader, contrast, themes
from tests.report.samples import BAD, GOOD, NOTHING, ONE, PLAN, TWO_RUNS, chain, verdict


def page(certificate: Certificate, plan: Plan = PLAN) -> Reader:
    return Reader(render(certificate, plan, drawing=draw(plan)))


ALL = [
    (GOOD, PLAN),
    (BAD, PLAN),
    (NOTHING, ONE),
    (GOOD, chain(12)),
    (replace(GOOD, verdicts=()), ONE),
]


@pytest.mark.parametrize(
    ("certificate", "plan", "sentence"),
    [
        (GOOD, PLAN, "All 3 compared values are equal"),
        (BAD, PLAN, "1 of 4 compared values differs"),
        (NOTHING, ONE, "Nothing could be compared"),
    ],
)
def test_the_heading_is_the_verdict(certificate: Certificate, plan: Plan, sentence: str) -> None:
    assert ("h1", sentence) in page(certificate, plan).texts


@pytest.mark.parametrize(("certificate", "plan"), ALL)
def test_it_loads_nothing_and_runs_nothing(certificate: Certificate, plan: Plan) -> None:
    text = render(certificate, plan, drawing=draw(plan))
    reader = Reader(text)

    assert all(link.startswith("#") for link in reader.links)
    assert not {"script", "link", "img", "iframe", "object"} & set(reader.tags)
    assert "url(" not in text
    assert "@import" not in text
    assert not re.search(r"\son\w+=", text)


@pytest.mark.parametrize(("certificate", "plan"), ALL)
def test_links_lead_somewhere_and_ids_are_unique(certificate: Certificate, plan: Plan) -> None:
    reader = page(certificate, plan)

    assert len(reader.ids) == len(set(reader.ids))
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)


@pytest.mark.parametrize(("certificate", "plan"), ALL)
def test_headings_go_down_by_one(certificate: Certificate, plan: Plan) -> None:
    levels = [int(tag[1]) for tag in page(certificate, plan).tags if re.fullmatch("h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_differences_come_first_with_both_values_marked_where_they_part() -> None:
    reader = page(BAD)

    text = reader.text()
    assert text.index("1 difference") < text.index("Not compared, and why")
    assert ("mark", "412") in reader.texts
    assert ("mark", "399") in reader.texts
    assert text.index("0.8 412") < text.index("0.8 399")


def test_reasons_stand_once_for_all_that_share_them() -> None:
    reader = page(GOOD)

    assert reader.texts.count(("th", TWO_RUNS)) == 1
    assert "3 could not be compared, and why" in reader.text()


def test_every_verdict_is_in_the_table_of_its_stage() -> None:
    text = render(GOOD, PLAN, drawing="")

    for number, stage in enumerate(PLAN.stages, 1):
        part = text.split(f'id="stage-{number}"')[1].split("</details>")[0]
        rows = part.count('<tr class="')
        assert rows == sum(v.stage == stage.name for v in GOOD.verdicts)


def test_in_a_stage_what_is_not_equal_comes_first() -> None:
    verdicts = (
        verdict("fine", 2, "load"),
        verdict("apart", 3, "load", "not comparable", reason="r"),
        verdict("wrong", 4, "load", "different", reason="r"),
    )

    text = render(replace(GOOD, verdicts=verdicts), PLAN, drawing="").split('id="stage-1"')[1]

    assert text.index("wrong") < text.index("apart") < text.index("fine")


def test_verdicts_of_a_task_that_the_plan_does_not_know_are_shown() -> None:
    certificate = replace(GOOD, verdicts=(*GOOD.verdicts, verdict("z", 1, "elsewhere")))

    assert ("h3", "elsewhere") in page(certificate).texts


def test_no_verdict_is_told_by_colour_alone() -> None:
    words = [text for tag, text in page(BAD).texts if tag == "span"]

    assert {"equal", "different", "not compared"} <= set(words)


def test_parameters_notes_versions_and_kernel_are_told() -> None:
    text = page(BAD).text()

    for part in (
        "path 'data/customers.csv' was C:\\customers.csv path cell 2, line 3 load",
        "seed 42 seed cell 9, line 2 train",
        "cell 9, line 2 batches is a generator",
        "the notebook the kernel is not installed",
        "The kernel conda is not installed",
        "pandas 3.1.1",
        "Python 3.11.7",
        "Hands on x, y together as pickle: they share memory",
        GOOD.notebook_sha256,
    ):
        assert part in text, part


def test_markup_from_the_notebook_is_text() -> None:
    evil = "<img src=x onerror=alert(1)>`<b>`"
    certificate = Certificate(
        evil, "00", evil,
        (verdict(evil, 1, "a", "different", values=(evil, evil + "!"), reason=evil),
         verdict(evil, 1, evil, "not comparable", reason=evil, subject="state")),
        evil, {evil: evil}, evil, {evil: evil},
    )  # fmt: skip
    plan = Plan(
        evil, evil, (Stage("a", evil, (1,)),), (Parameter(evil, evil, 1, 1, evil, evil),),
        notes=(Note(evil, 1, 1, evil),),
    )  # fmt: skip

    reader = page(certificate, plan)

    assert "img" not in reader.tags
    assert "b" not in reader.tags
    assert "<b>" in [text for tag, text in reader.texts if tag == "code"]


def test_equal_records_give_equal_bytes() -> None:
    shuffled = replace(GOOD, packages=dict(reversed(GOOD.packages.items())))

    assert render(GOOD, PLAN, drawing="") == render(shuffled, PLAN, drawing="")


def test_a_value_of_a_megabyte_does_not_make_the_page_one() -> None:
    certificate = replace(GOOD, verdicts=(verdict("x", 3, "load", values=("y" * 10**6,) * 2),))

    assert len(render(certificate, PLAN, drawing="")) < 60_000


@pytest.mark.parametrize("theme", list(themes("page.css")), ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "behind"),
    [
        *((text, "paper") for text in "ink quiet link equal different apart".split()),
        *((text, "soft") for text in ("ink", "quiet", "link")),
        *((text, "different-soft") for text in ("ink", "quiet", "different", "link")),
        ("equal", "equal-soft"),
        ("apart", "apart-soft"),
        ("ink", "mark"),
    ],
)
def test_every_text_can_be_read_on_its_ground(
    theme: dict[str, str], text: str, behind: str
) -> None:
    assert contrast(theme[text], theme[behind]) >= 4.5
