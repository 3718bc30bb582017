"""How good the answers of task train are: accuracy, consistency, relevance."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import (
    Built,
    assert_same_answers,
    last_digits_moved,
    product,
    reference,
    replayed,
    rows_at,
)

from sales_forecast.train import mape

# What the prototype reached, with a margin from resampling its test rows.
KNOWN = reference("evaluation")["train"]


@pytest.fixture(scope="module")
def task(built: Built) -> SimpleNamespace:
    """Values of the task, from the products of the build and from its cells, run once more."""
    return SimpleNamespace(
        m=product(built, "products/train/m.pickle"),
        test=replayed(built, "train")["test"],
    )


def mean(truth: Any) -> np.ndarray:
    """The guess that needs no model: for each row the mean of all."""
    return np.full(len(truth), np.mean(np.asarray(truth)))


def test_mape_on_test_revenue_stays_within_its_margin(task: SimpleNamespace) -> None:
    known = KNOWN["mape_on_test_revenue"]

    score = mape(task.test["revenue"], task.test["forecast"])

    assert score <= known["value"] + known["margin"]


def test_mape_on_test_revenue_beats_the_mean(task: SimpleNamespace) -> None:
    truth = np.asarray(task.test["revenue"])

    score = mape(task.test["revenue"], task.test["forecast"])

    assert score < mape(truth, mean(truth))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("discount", 0.0),
    ],
)
def test_mape_on_test_revenue_beats_the_mean_in_each_slice(
    task: SimpleNamespace, column: str, value: Any
) -> None:
    places = np.flatnonzero(task.test[column] == value)
    truth, answer = rows_at(task.test["revenue"], places), rows_at(task.test["forecast"], places)

    score = mape(truth, answer)

    guessed = mape(np.asarray(truth), mean(truth))
    assert score < guessed


def test_the_same_rows_get_the_same_answers_again(task: SimpleNamespace) -> None:
    assert_same_answers(task.m.predict(task.test), task.m.predict(task.test))


def test_row_order_does_not_matter(task: SimpleNamespace) -> None:
    order = np.random.default_rng(0).permutation(len(task.test))

    shuffled = task.m.predict(rows_at(task.test, order))

    assert_same_answers(shuffled, np.asarray(task.m.predict(task.test))[order])


def test_a_row_that_occurs_twice_gets_one_answer(task: SimpleNamespace) -> None:
    twice = np.repeat(np.arange(len(task.test)), 2)

    answers = task.m.predict(rows_at(task.test, twice))

    assert_same_answers(answers, np.asarray(task.m.predict(task.test))[twice])


def test_the_ninth_digit_of_a_figure_decides_nothing(task: SimpleNamespace) -> None:
    rows = task.test

    nudged = task.m.predict(last_digits_moved(rows))

    assert_same_answers(nudged, task.m.predict(rows), rtol=1e-4)


@pytest.mark.parametrize("column", ["revenue", "month", "last_month", "forecast", "low", "high"])
def test_an_irrelevant_column_makes_no_difference(task: SimpleNamespace, column: str) -> None:
    rows = task.test
    order = np.random.default_rng(0).permutation(len(rows))

    answers = task.m.predict(rows.assign(**{column: rows[column].to_numpy()[order]}))

    assert_same_answers(answers, task.m.predict(rows))
