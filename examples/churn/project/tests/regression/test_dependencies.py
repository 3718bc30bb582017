"""What others maintain: versions, and answers of the library functions that this project calls."""

from importlib.metadata import version

import numpy as np
import pandas as pd
import pytest
from conftest import assert_same, reference
from sklearn.metrics import roc_auc_score

PROVED_WITH = reference("dependencies")


@pytest.mark.parametrize("package", sorted(PROVED_WITH))
def test_release_is_the_one_that_was_proved(package: str) -> None:
    release = version(package).split(".")[:2]

    assert release == PROVED_WITH[package].split(".")[:2], "see which answers below have changed"


def test_pandas_dataframe_drop_duplicates_answers_as_recorded() -> None:
    result = pd.DataFrame(
        {
            "customer_id": [1000, 1022, 1060, 1150, 2319],
            "signup": ["2023-06-14", "2023-06-19", "2024-02-24", "2024-06-30", "2021-07-15"],
            "age": [18, 23, 63, 36, 68],
        }
    ).drop_duplicates("customer_id")

    assert_same(
        result,
        pd.DataFrame(
            {
                "customer_id": [1000, 1022, 1060, 1150, 2319],
                "signup": ["2023-06-14", "2023-06-19", "2024-02-24", "2024-06-30", "2021-07-15"],
                "age": [18, 23, 63, 36, 68],
            }
        ),
    )


def test_pandas_dataframe_dropna_answers_as_recorded() -> None:
    result = pd.DataFrame(
        {
            "customer_id": [1000, 1022, 1060, 1150, 2448],
            "signup": ["2023-06-14", "2023-06-19", "2024-02-24", "2024-06-30", "2023-04-23"],
            "total_charges": [652.92, 845.36, 568.98, 76.74, 775.27],
        }
    ).dropna(subset=["total_charges"])

    assert_same(
        result,
        pd.DataFrame(
            {
                "customer_id": [1000, 1022, 1060, 1150, 2448],
                "signup": ["2023-06-14", "2023-06-19", "2024-02-24", "2024-06-30", "2023-04-23"],
                "total_charges": [652.92, 845.36, 568.98, 76.74, 775.27],
            }
        ),
    )


def test_pandas_series_clip_answers_as_recorded() -> None:
    result = pd.Series([15, 66, 8, 18, 2], name="tenure").clip(lower=1)

    assert_same(result, pd.Series([15, 66, 8, 18, 2], name="tenure"))


def test_pandas_series_isna_answers_as_recorded() -> None:
    result = pd.Series([652.92, 845.36, 568.98, 76.74, 775.27], name="total_charges").isna()

    assert_same(result, pd.Series([False, False, False, False, False], name="total_charges"))


def test_pandas_series_replace_answers_as_recorded() -> None:
    result = pd.Series(["pro", "pro", "premium", "basic", "pro"], name="plan").replace(
        {"premuim": "premium", "Basic ": "basic", "PRO": "pro"}
    )

    assert_same(result, pd.Series(["pro", "pro", "premium", "basic", "pro"], name="plan"))


def test_pandas_series_round_answers_as_recorded() -> None:
    result = pd.Series([43.528, 21.4498, 24.1062, 86.8683, 57.6]).round(2)

    assert_same(result, pd.Series([43.53, 21.45, 24.11, 86.87, 57.6]))


def test_pandas_get_dummies_answers_as_recorded() -> None:
    result = pd.get_dummies(
        pd.DataFrame({"age": [18, 32, 55, 73, 73], "tenure": [15, 66, 8, 18, 2]})
    )

    assert_same(result, pd.DataFrame({"age": [18, 32, 55, 73, 73], "tenure": [15, 66, 8, 18, 2]}))


def test_pandas_to_datetime_answers_as_recorded() -> None:
    result = pd.to_datetime(
        pd.Series(
            ["2023-06-14", "2019-04-27", "2024-01-20", "2023-03-13", "2024-07-12"], name="signup"
        )
    )

    assert_same(
        result,
        pd.Series(
            pd.to_datetime(
                [
                    "2023-06-14 00:00:00",
                    "2019-04-27 00:00:00",
                    "2024-01-20 00:00:00",
                    "2023-03-13 00:00:00",
                    "2024-07-12 00:00:00",
                ]
            ),
            name="signup",
        ),
    )


def test_pandas_to_numeric_answers_as_recorded() -> None:
    result = pd.to_numeric(
        pd.Series(["652.92", "845.36", "568.98", "76.74", "775.27"], name="total_charges"),
        errors="coerce",
    )

    assert_same(result, pd.Series([652.92, 845.36, 568.98, 76.74, 775.27], name="total_charges"))


def test_sklearn_metrics_roc_auc_score_answers_as_recorded() -> None:
    result = roc_auc_score(
        pd.Series([0, 1, 0, 1, 0], name="churned"),
        np.array([0.437921, 0.393969, 0.111949, 0.447102, 0.69775]),
    )

    assert_same(result, 0.5)
