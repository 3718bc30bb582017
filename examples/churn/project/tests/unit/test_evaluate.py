"""Functions of evaluate, on rows of the prototype's run."""

import pytest
from conftest import assert_same, sample

from churn.evaluate import evaluate

pytestmark = pytest.mark.usefixtures("aside")


def test_evaluate_on_sampled_rows() -> None:
    model = sample("evaluate", "model")
    X_test = sample("evaluate", "X_test")
    y_test = sample("evaluate", "y_test")

    result = evaluate(model, X_test, y_test)

    assert_same(result, sample("evaluate", "result"))


def test_evaluate_leaves_x_test_as_it_was() -> None:
    model = sample("evaluate", "model")
    X_test = sample("evaluate", "X_test")
    y_test = sample("evaluate", "y_test")

    before = X_test.copy()

    evaluate(model, X_test, y_test)

    assert_same(X_test, before)
