"""Functions of train, on rows of the prototype's run."""

from conftest import assert_same, sample

from churn.train import fit_model, train


def test_fit_model_on_sampled_rows():
    X_train = sample("fit_model", "X_train")
    y_train = sample("fit_model", "y_train")
    max_iter = 2000

    result = fit_model(X_train, y_train, max_iter=max_iter)

    assert_same(result, sample("fit_model", "result"))


def test_train_on_sampled_rows():
    df = sample("train", "df")
    test_size = 0.25

    result = train(df, test_size=test_size)

    assert_same(result, sample("train", "result"))
