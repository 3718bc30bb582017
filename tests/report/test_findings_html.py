"""The page of findings: in place, complete, safe, and readable in both lights."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from poc_graduate.api import check_all
from poc_graduate.report.findings_html import as_html
from poc_graduate.rules.finding import Severity
from poc_graduate.rules.survey import Checked, Survey
from tests.report.findings import DROP, HOSTILE, PATH, SOURCES, finding, survey
from tests.report.pages import Reader, contrast, themes


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def found() -> Survey:
    return survey(Path())


def _notebook(*sources: str, name: str = "a.ipynb") -> Path:
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": s}
        for s in sources
    ]
    record = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    Path(name).write_text(json.dumps(record), encoding="utf-8")
    return Path(name)


def _cards(page: str) -> list[str]:
    return re.findall(r'<div class="finding .*?</div>', page, re.DOTALL)


def test_each_finding_stands_below_its_line(found):
    page = as_html(found)

    lines = re.split(r'<div class="line', page)
    below = [part for part in lines if 'class="finding' in part]
    assert [re.search(r"<code>(.*?)</code>", part)[1][:20] for part in below] == [
        "df = pd.read_csv(<ma",
        "df = df.drop(<mark c",
        '<mark class="note">d',
        "df = df.drop(<mark c",
    ]
    assert '<mark class="blocker">[12]</mark>' in page


def test_a_finding_of_few_lines_stands_below_the_last():
    path = _notebook("f(\n  1,\n)\nx = 1")
    one = replace(finding(1, 1, 1, 3, line_text="f("), end_line=3, end_column=2)

    page = as_html(Survey((Checked(path, (one,)),)))

    before, after = page.split('<div class="finding')
    assert 'class="n">3<' in before
    assert 'class="n">4<' in after
    assert before.count("<mark") == 3


def test_the_summary_counts_by_family_and_severity(found):
    text = Reader(as_html(found)).text()

    assert "3 blockers, 1 note in 3 notebooks; 2 accepted before" in text
    assert "Where data comes from and goes 1 0 0 POC101" in text
    assert "Manual cleaning 2 0 0 POC202 row-by-label-drop × 2" in text
    assert "Found by ruff 0 0 1 F821" in text
    assert "All 3 0 1" in text


def test_rules_errors_fixes_and_clean_notebooks_are_told(found):
    text = Reader(as_html(found)).text()

    assert "Why it bites:" in text
    assert "move them to exclusions.csv, with a reason each (check --fix POC202)" in text
    assert "bad.ipynb is empty. Give another." in text
    assert "Nothing found clean.ipynb" in text


def test_links_lead_somewhere_and_ids_are_unique(found):
    reader = Reader(as_html(found))

    inner = {link[1:] for link in reader.links if link.startswith("#")}
    outer = [link for link in reader.links if not link.startswith("#")]
    assert len(reader.ids) == len(set(reader.ids))
    assert inner <= set(reader.ids)
    assert outer == ["https://docs.astral.sh/ruff/rules/undefined-name"]
    assert len([link for link in inner if re.fullmatch(r"f\d+", link)]) == len(found.findings)


def test_it_loads_nothing_and_runs_nothing(found):
    text = as_html(found)

    assert not {"script", "link", "img", "iframe", "object"} & set(Reader(text).tags)
    assert "url(" not in text
    assert "@import" not in text
    assert not re.search(r"<[^>]*\son\w+=", text)


def test_texts_of_a_notebook_are_texts(found):
    hostile = replace(DROP, message=HOSTILE, name=HOSTILE, code=HOSTILE, tool="other")
    link = replace(hostile, link="javascript:alert(1)", fix=replace(DROP.fix, title=HOSTILE))
    first = found.checked[0]

    text = as_html(replace(found, checked=(replace(first, findings=(hostile, link)),)))

    reader = Reader(text)
    assert not {"script", "img"} & set(reader.tags)
    assert "javascript:" not in text
    assert "49" not in reader.text()
    assert HOSTILE in reader.text()


def test_headings_go_down_by_one(found):
    levels = [int(tag[1]) for tag in Reader(as_html(found)).tags if re.fullmatch("h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_no_severity_is_told_by_colour_alone(found):
    for card in _cards(as_html(found)):
        assert any(f"</svg>{severity}</span>" in card for severity in Severity)


def test_a_secret_is_masked_wherever_it_stands():
    secret, other = "q8Zt3LmP0sVw71Ax", "k4Jw9-Xq2Lm8Zt0Rv"
    path = _notebook(
        f"api_key = '{secret}'\nurl = 'https://x/?k={secret}'",
        f"# {secret} is ann@example.org's\ndf = df.drop([1])  # {secret}",
        f"token = '{other[:8]}' '{other[8:]}'\npassword = 'ab\\x41{secret[3:]}'",
    )

    page = as_html(check_all([path]))

    assert "POC202" in page
    assert "ann@example.org" not in page
    for part in (secret, secret[3:], other[:8], other[8:]):
        assert part not in page
    assert "api_key = " in page


def test_cells_without_findings_are_folded_and_long_ones_cut():
    path = _notebook("x = 1", "\n".join(f"y{n} = {n}" for n in range(3_000)) + "\ndf.drop([12])")
    one = finding(2, 3_001, 9, 13, line_text="df.drop([12])")

    page = as_html(Survey((Checked(path, (one,)),)))

    assert page.count("<details") == 1
    assert '<mark class="blocker">[12]</mark>' in page
    assert page.count('class="line') < 450
    assert len(as_html(Survey((Checked(_notebook("x = '" + "a" * 10**6 + "'"), ()),)))) < 50_000


@pytest.mark.parametrize("place", [(1, 1, 1, 0), (9, 1, 1, 2), (1, 400, 500, 501)])
def test_a_place_beyond_the_text_is_shown_nevertheless(place):
    path = _notebook("x")
    one = replace(
        finding(1, 1, 1, 1, line_text=""),
        end_line=place[0], end_column=place[3],
        place=replace(DROP.place, cell=1, line=place[0], column=place[1]),
    )  # fmt: skip

    assert len(_cards(as_html(Survey((Checked(path, (one,)),))))) == 1


def test_overlapping_findings_show_the_worse():
    path = _notebook("df = df.drop([12])")
    note = replace(PATH, severity=Severity.NOTE)
    whole = replace(note, place=replace(note.place, cell=1, line=1, column=6), end_line=1)
    inner = replace(DROP, place=replace(DROP.place, cell=1, line=1), end_line=1)

    page = as_html(Survey((Checked(path, (replace(whole, end_column=19), inner)),)))

    assert (
        '<code>df = <mark class="note">df.drop(</mark><mark class="blocker">[12]</mark>'
        '<mark class="note">)</mark></code>'
    ) in page


def test_nothing_found_is_a_page_too():
    page = as_html(Survey((Checked(_notebook("x = 1")),)))

    assert ("h1", "Nothing found in 1 notebook") in Reader(page).texts


def test_equal_findings_give_equal_bytes(found):
    assert as_html(found) == as_html(survey(Path()))
    assert "Numbers of &lt;b&gt;last&lt;/b&gt; month." in as_html(found)
    assert SOURCES


@pytest.mark.parametrize("theme", list(themes("page.css", "findings.css")), ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "behind"),
    [
        *((text, ground) for text in ("different", "ink", "link") for ground in ["different-soft"]),
        *((text, "apart-soft") for text in ("apart", "ink", "link")),
        *((text, "note-soft") for text in ("note", "ink", "link")),
        ("note", "paper"),
        *(("ink", f"{severity}-mark") for severity in Severity),
    ],
)
def test_every_text_can_be_read_on_its_ground(theme, text, behind):
    assert contrast(theme[text], theme[behind]) >= 4.5
