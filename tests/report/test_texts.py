"""Plan and certificate in the terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from poc_graduate.report import certificate_text, plan_text
from poc_graduate.verify.certificate import Certificate
from tests.report.samples import BAD, GOOD, NOTHING, ONE, PLAN, chain, verdict


def test_the_plan_reads_from_top_to_bottom() -> None:
    text = plan_text.render(PLAN)

    assert text.startswith("churn_poc.ipynb → churn: 4 stages\n")
    assert (
        """
 3  train  (cell 9)
    Train a model
    takes       state of numpy from load
    takes       df from clean
    parameters  seed
    hands on    model as pickle: an estimator
    hands on    x, y together as pickle: they share memory
"""
        in text
    )
    assert "    takes       files cache/clean.npy from clean\n" in text
    assert "    seed  42  (seed; cell 9, line 2)\n" in text
    assert "    cell 9, line 2  merged: `batches` is a generator\n" in text
    assert "    notebook        input: the kernel is not installed\n" in text
    assert "Made from the text alone" not in text


def test_a_plan_without_a_run_says_so() -> None:
    assert "Made from the text alone" in plan_text.render(replace(PLAN, proved=False))


def test_a_plan_of_one_stage_is_short() -> None:
    expected = "scratch.ipynb → scratch: 1 stage\n\n 1  scratch  (cells 1, 2)\n"

    assert plan_text.render(ONE) == expected


@pytest.mark.parametrize("width", [40, 60, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for plan in (PLAN, chain(12)):
        assert max(map(len, plan_text.render(plan, width=width).splitlines())) <= max(width, 48)


@pytest.mark.parametrize(
    ("certificate", "first"),
    [
        (GOOD, "All 3 compared values are equal; 3 could not be compared."),
        (BAD, "1 of 4 compared values differs; 3 could not be compared."),
        (NOTHING, "Nothing could be compared."),
        (replace(GOOD, verdicts=(verdict("x", 1, "a"),)), "The one compared value is equal."),
        (
            replace(GOOD, verdicts=(verdict("x", 1, "a"),) * 1200),
            "All 1,200 compared values are equal.",
        ),
        (
            replace(GOOD, verdicts=(verdict("x", 1, "a", "different"),) * 2),
            "2 of 2 compared values differ.",
        ),
    ],
)
def test_the_first_line_is_the_verdict(certificate: Certificate, first: str) -> None:
    assert certificate_text.render(certificate).splitlines()[0] == first


def test_differences_and_reasons_follow() -> None:
    text = certificate_text.render(BAD)

    assert (
        "  auc, cell 11, task report: differ\n    notebook  0.8412\n    pipeline  0.8399\n" in text
    )
    assert "differ: started (cell 4), elapsed (cell 9)\n" in text
    assert text.index("Different") < text.index("Not compared")
    assert "  values          2 equal, 1 different, 2 not comparable\n" in text
