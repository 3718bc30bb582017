"""The page about a batch: what is drawn, what is said in words, where failures are."""

from __future__ import annotations

import pytest

from poc_graduate import api
from poc_graduate.errors import InputError
from tests.batch.stub import Stub, fails, write_notebook

GRID = "cross: {a: [1, 2, 3], b: [north, south]}"


@pytest.fixture
def page(tmp_path):
    def page(stub, **options):
        notebook = write_notebook(tmp_path / "n.ipynb", "print(a)")
        (tmp_path / "grid.yaml").write_text(GRID)
        to = tmp_path / "out"
        api.batch(notebook, grid=tmp_path / "grid.yaml", to=to, executor=stub)
        return api.batch_page(to, **options)

    return page


def test_a_metric_is_drawn_over_the_grid(page):
    text = page(Stub(metrics=lambda given: {"auc": 0.5 + given["a"] / 100}))

    assert text.count('role="img"') == 2
    assert "a down, b across" in text
    assert 'href="runs/a%3D1%2Cb%3Dnorth/' in text


def test_a_metric_that_is_the_same_everywhere_is_said_not_drawn(page):
    text = page(Stub(metrics=lambda given: {"rows": 12000}))

    assert "12000 in every run that is done" in text
    assert 'role="img"' not in text
    assert "down, b across" not in text


def test_failures_are_grouped_with_cell_and_line(page):
    text = page(Stub(lambda work: fails("code") if work.parameters["a"] == 2 else None))

    assert "2 of 6 runs of n.ipynb failed" in text
    assert "ValueError: no" in text
    assert "cell 2, line 1" in text


def test_a_metric_that_no_run_has_is_refused_with_those_there_are(page):
    with pytest.raises(InputError, match=r"no run has a number called 'acc'.*auc"):
        page(Stub(metrics=lambda given: {"auc": given["a"]}), metrics=["acc"])
