"""What others maintain: versions, and answers of the library functions that this project calls."""

from importlib.metadata import version

import numpy as np
import pandas as pd
import pytest
from conftest import assert_same, reference

PROVED_WITH = reference("dependencies")


@pytest.mark.parametrize("package", sorted(PROVED_WITH))
def test_release_is_the_one_that_was_proved(package: str) -> None:
    release = version(package).split(".")[:2]

    assert release == PROVED_WITH[package].split(".")[:2], "see which answers below have changed"


def test_numpy_cos_answers_as_recorded() -> None:
    result = np.cos(pd.Series([0.516426, 1.97963, 3.44284, 4.90605, 0.086071], name="date"))

    assert_same(
        result,
        pd.Series(
            [0.869589482982, -0.397539394519, -0.954967129961, 0.19245275807, 0.996298177652],
            name="date",
        ),
    )


def test_numpy_exp_answers_as_recorded() -> None:
    result = np.exp(pd.Series([18.7148, 20.2736, 15.5499, 13.8876, 17.6718]))

    assert_same(
        result,
        pd.Series([134194392.905, 637841258.996, 5665467.6512, 1074751.46772, 47289554.7847]),
    )


def test_numpy_log_answers_as_recorded() -> None:
    result = np.log(pd.Series([5310.55, 7474.14, 8614.25, 6910.76, 7688.91], name="revenue"))

    assert_same(
        result,
        pd.Series(
            [8.57745068703, 8.91920434147, 9.06117308771, 8.84083489624, 8.94753430993],
            name="revenue",
        ),
    )


def test_numpy_sin_answers_as_recorded() -> None:
    result = np.sin(pd.Series([0.516426, 1.97963, 3.44284, 4.90605, 0.086071], name="date"))

    assert_same(
        result,
        pd.Series(
            [0.493775385259, 0.917585107663, -0.296711611997, -0.981306239617, 0.0859647672492],
            name="date",
        ),
    )


def test_pandas_dataframe_set_index_answers_as_recorded() -> None:
    result = pd.DataFrame(
        {"region": ["north", "east", "south"], "target_2024": [790000, 800000, 815000]}
    ).set_index("region")

    assert_same(
        result,
        pd.DataFrame(
            {"target_2024": [790000, 800000, 815000]},
            index=pd.Index(["north", "east", "south"], name="region"),
        ),
    )


def test_pandas_series_isna_answers_as_recorded() -> None:
    result = pd.Series([21.0, 19.0, 13.0, 79.0, 38.0], name="units").isna()

    assert_same(result, pd.Series([False, False, False, False, False], name="units"))


def test_pandas_series_round_answers_as_recorded() -> None:
    result = pd.Series([617.43], name="revenue").round(0)

    assert_same(result, pd.Series([617.0], name="revenue"))


def test_pandas_series_to_numpy_answers_as_recorded() -> None:
    result = pd.Series([8.57745, 8.9192, 9.06117, 8.84083, 8.94753], name="revenue").to_numpy()

    assert_same(result, np.array([8.57745, 8.9192, 9.06117, 8.84083, 8.94753]))


def test_pandas_to_datetime_answers_as_recorded() -> None:
    result = pd.to_datetime(
        pd.Series(
            ["02.01.2023", "03.01.2023", "04.01.2023", "05.01.2023", "10.08.2023"], name="date"
        ),
        format="%d.%m.%Y",
    )

    assert_same(
        result,
        pd.Series(
            pd.to_datetime(
                [
                    "2023-01-02 00:00:00",
                    "2023-01-03 00:00:00",
                    "2023-01-04 00:00:00",
                    "2023-01-05 00:00:00",
                    "2023-08-10 00:00:00",
                ]
            ),
            name="date",
        ),
    )
