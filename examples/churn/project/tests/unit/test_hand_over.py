"""Functions of hand_over, on rows of the prototype's run."""

import pytest
from conftest import assert_same, sample

from churn.hand_over import write_metrics

pytestmark = pytest.mark.usefixtures("aside")


def test_write_metrics_on_sampled_rows() -> None:
    auc = 0.73430115635998
    df = sample("write_metrics", "df")
    predicted = sample("write_metrics", "predicted")
    threshold = 0.45
    metrics_json = "metrics.json"

    result = write_metrics(auc, df, predicted, threshold=threshold, metrics_json=metrics_json)

    assert_same(result, sample("write_metrics", "result"))


def test_write_metrics_leaves_df_as_it_was() -> None:
    auc = 0.73430115635998
    df = sample("write_metrics", "df")
    predicted = sample("write_metrics", "predicted")
    threshold = 0.45
    metrics_json = "metrics.json"

    before = df.copy()

    write_metrics(auc, df, predicted, threshold=threshold, metrics_json=metrics_json)

    assert_same(df, before)
