"""What others maintain: versions, and answers of the library functions that this project calls."""

from importlib.metadata import version

import pandas as pd
import pytest
from conftest import assert_same, reference

PROVED_WITH = reference("dependencies")


@pytest.mark.parametrize("package", sorted(PROVED_WITH))
def test_release_is_the_one_that_was_proved(package: str) -> None:
    release = version(package).split(".")[:2]

    assert release == PROVED_WITH[package].split(".")[:2], "see which answers below have changed"


def test_pandas_dataframe_drop_duplicates_answers_as_recorded() -> None:
    result = pd.DataFrame(
        {
            "sensor": ["T04", "T05", "H02", "H02", "H02"],
            "taken_at": pd.to_datetime(
                [
                    "2024-03-30 14:00:00",
                    "2024-03-13 22:00:00",
                    "2024-03-04 02:00:00",
                    "2024-03-04 01:00:00",
                    "2024-03-04 00:00:00",
                ]
            ),
            "value": [26.079, 19.161, 37.269, 39.55, 40.753],
        }
    ).drop_duplicates(["sensor", "taken_at"])

    assert_same(
        result,
        pd.DataFrame(
            {
                "sensor": ["T04", "T05", "H02", "H02", "H02"],
                "taken_at": pd.to_datetime(
                    [
                        "2024-03-30 14:00:00",
                        "2024-03-13 22:00:00",
                        "2024-03-04 02:00:00",
                        "2024-03-04 01:00:00",
                        "2024-03-04 00:00:00",
                    ]
                ),
                "value": [26.079, 19.161, 37.269, 39.55, 40.753],
            }
        ),
    )


def test_pandas_dataframe_merge_answers_as_recorded() -> None:
    result = pd.DataFrame(
        {
            "sensor": ["T04", "T05", "H02", "H02", "H02"],
            "taken_at": pd.to_datetime(
                [
                    "2024-03-30 14:00:00",
                    "2024-03-13 22:00:00",
                    "2024-03-04 02:00:00",
                    "2024-03-04 01:00:00",
                    "2024-03-04 00:00:00",
                ]
            ),
            "value": [26.079, 19.161, 37.269, 39.55, 40.753],
        }
    ).merge(
        pd.DataFrame(
            {
                "sensor": ["T06", "T04", "T02", "P03", "P01"],
                "kind": ["temperature", "temperature", "temperature", "pressure", "pressure"],
                "unit": ["C", "C", "C", "bar", "bar"],
                "place": ["hall 1", "hall 2", "hall 3", "line 2", "line 2"],
            }
        ),
        on="sensor",
    )

    assert_same(
        result,
        pd.DataFrame(
            {
                "sensor": ["T04"],
                "taken_at": pd.to_datetime(["2024-03-30 14:00:00"]),
                "value": [26.079],
                "kind": ["temperature"],
                "unit": ["C"],
                "place": ["hall 2"],
            }
        ),
    )


def test_pandas_dataframe_reset_index_answers_as_recorded() -> None:
    result = pd.DataFrame(
        {
            "sensor": ["T04"],
            "taken_at": pd.to_datetime(["2024-03-30 14:00:00"]),
            "value": [26.079],
            "kind": ["temperature"],
            "unit": ["C"],
            "place": ["hall 2"],
        }
    ).reset_index(drop=True)

    assert_same(
        result,
        pd.DataFrame(
            {
                "sensor": ["T04"],
                "taken_at": pd.to_datetime(["2024-03-30 14:00:00"]),
                "value": [26.079],
                "kind": ["temperature"],
                "unit": ["C"],
                "place": ["hall 2"],
            }
        ),
    )


def test_pandas_dataframe_sort_values_answers_as_recorded() -> None:
    result = pd.DataFrame(
        {
            "sensor": ["T04"],
            "taken_at": pd.to_datetime(["2024-03-30 14:00:00"]),
            "value": [26.079],
            "kind": ["temperature"],
            "unit": ["C"],
            "place": ["hall 2"],
        }
    ).sort_values(["sensor", "taken_at"])

    assert_same(
        result,
        pd.DataFrame(
            {
                "sensor": ["T04"],
                "taken_at": pd.to_datetime(["2024-03-30 14:00:00"]),
                "value": [26.079],
                "kind": ["temperature"],
                "unit": ["C"],
                "place": ["hall 2"],
            }
        ),
    )


def test_pandas_series_cumsum_answers_as_recorded() -> None:
    result = pd.Series([True], name="H01").cumsum()

    assert_same(result, pd.Series([1], name="H01"))
