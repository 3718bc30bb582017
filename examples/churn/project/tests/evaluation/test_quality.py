"""How good the answers of task evaluate are: accuracy, consistency, relevance."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import Built, assert_same_answers, last_digits_moved, product, reference, rows_at
from sklearn.metrics import roc_auc_score

# What the prototype reached, with a margin from resampling its test rows.
KNOWN = reference("evaluation")["evaluate"]


@pytest.fixture(scope="module")
def task(built: Built) -> SimpleNamespace:
    """Values of the task, from the products of the build."""
    return SimpleNamespace(
        X_test=product(built, "products/train/X_test.parquet"),
        model=product(built, "products/train/model.pickle"),
        scores=product(built, "products/evaluate/scores.pickle"),
        y_test=product(built, "products/train/y_test.pickle"),
    )


def mean(truth: Any) -> np.ndarray:
    """The guess that needs no model: for each row the mean of all."""
    return np.full(len(truth), np.mean(np.asarray(truth)))


def test_roc_auc_score_on_y_test_stays_within_its_margin(task: SimpleNamespace) -> None:
    known = KNOWN["roc_auc_score_on_y_test"]

    score = roc_auc_score(task.y_test, task.scores)

    assert score >= known["value"] - known["margin"]


def test_roc_auc_score_on_y_test_beats_the_mean(task: SimpleNamespace) -> None:
    truth = np.asarray(task.y_test)

    score = roc_auc_score(task.y_test, task.scores)

    assert score > roc_auc_score(truth, mean(truth))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("support_calls", 0),
        ("support_calls", 1),
        ("support_calls", 2),
        ("plan_basic", True),
        ("plan_premium", True),
        ("plan_pro", True),
        ("region_east", True),
        ("region_north", True),
        ("region_south", True),
        ("region_west", True),
        ("payment_card", True),
        ("payment_debit", True),
    ],
)
def test_roc_auc_score_on_y_test_beats_the_mean_in_each_slice(
    task: SimpleNamespace, column: str, value: Any
) -> None:
    places = np.flatnonzero(task.X_test[column] == value)
    truth, answer = rows_at(task.y_test, places), rows_at(task.scores, places)

    score = roc_auc_score(truth, answer)

    guessed = roc_auc_score(np.asarray(truth), mean(truth))
    assert score > guessed


def test_the_same_rows_get_the_same_answers_again(task: SimpleNamespace) -> None:
    assert_same_answers(
        task.model.predict_proba(task.X_test), task.model.predict_proba(task.X_test)
    )


def test_row_order_does_not_matter(task: SimpleNamespace) -> None:
    order = np.random.default_rng(0).permutation(len(task.X_test))

    shuffled = task.model.predict_proba(rows_at(task.X_test, order))

    assert_same_answers(shuffled, np.asarray(task.model.predict_proba(task.X_test))[order])


def test_a_row_that_occurs_twice_gets_one_answer(task: SimpleNamespace) -> None:
    twice = np.repeat(np.arange(len(task.X_test)), 2)

    answers = task.model.predict_proba(rows_at(task.X_test, twice))

    assert_same_answers(answers, np.asarray(task.model.predict_proba(task.X_test))[twice])


@pytest.mark.parametrize("place", [0, 1, 2, -1])
def test_a_row_alone_gets_the_answer_that_it_gets_among_others(
    task: SimpleNamespace, place: int
) -> None:
    alone = task.model.predict_proba(rows_at(task.X_test, [place]))

    assert_same_answers(alone, np.asarray(task.model.predict_proba(task.X_test))[[place]])


def test_the_ninth_digit_of_a_figure_decides_nothing(task: SimpleNamespace) -> None:
    rows = task.X_test

    nudged = task.model.predict_proba(last_digits_moved(rows))

    assert_same_answers(nudged, task.model.predict_proba(rows), rtol=1e-4)
