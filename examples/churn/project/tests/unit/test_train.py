"""Functions of train, on rows of the prototype's run."""

import pytest
from conftest import assert_same, sample

from churn.train import fit_model, split_train_and_test

pytestmark = pytest.mark.usefixtures("aside")


def test_fit_model_on_sampled_rows() -> None:
    X_train = sample("fit_model", "X_train")
    y_train = sample("fit_model", "y_train")
    C = 0.5
    max_iter = 2000

    result = fit_model(X_train, y_train, C=C, max_iter=max_iter)

    assert_same(result, sample("fit_model", "result"))


def test_fit_model_leaves_x_train_as_it_was() -> None:
    X_train = sample("fit_model", "X_train")
    y_train = sample("fit_model", "y_train")
    C = 0.5
    max_iter = 2000

    before = X_train.copy()

    fit_model(X_train, y_train, C=C, max_iter=max_iter)

    assert_same(X_train, before)


def test_split_train_and_test_on_sampled_rows() -> None:
    df = sample("split_train_and_test", "df")
    test_size = 0.25

    result = split_train_and_test(df, test_size=test_size)

    assert_same(result, sample("split_train_and_test", "result"))


def test_split_train_and_test_leaves_df_as_it_was() -> None:
    df = sample("split_train_and_test", "df")
    test_size = 0.25

    before = df.copy()

    split_train_and_test(df, test_size=test_size)

    assert_same(df, before)
