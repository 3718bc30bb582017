"""Categories that are called as each other: what other columns tell of them is less sure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from poc_graduate.contracts.check import check
from poc_graduate.contracts.learn import learn
from tests.contracts.tables import ROWS, called_otherwise, pizzas, some


def told(contract, frame: pd.DataFrame) -> dict[str, str]:
    return {
        finding.rule: finding.severity
        for finding in check(contract, frame).findings
        if finding.column.startswith("size")
    }


@pytest.fixture(scope="module")
def contract():
    return learn([("first", pizzas(1)), ("second", pizzas(2))], ordered=False)


def test_the_next_batch_holds(contract):
    assert not told(contract, pizzas(3))


def test_a_fifth_of_the_rows_called_as_another_category(contract):
    damaged = called_otherwise(pizzas(3), some(ROWS))

    assert told(contract, damaged)["labels"] == "stop"


def test_prices_that_rose_for_all_of_them_tell_as_surely_as_before(contract):
    assert "labels" not in told(contract, pizzas(3, dearer=2.5))


def test_more_of_a_category_that_is_told_less_surely_is_no_loss(contract):
    assert "labels" not in told(contract, pizzas(3, shares=(0.1, 0.6, 0.25, 0.05)))


def test_gauges_that_moved_slowly_to_where_others_were():
    def day(n: int, levels: tuple[float, ...]) -> pd.DataFrame:
        random = np.random.default_rng(n)
        at = np.datetime64("2024-01-01T00:00") + 10 * (n * ROWS + np.arange(ROWS)) // 3
        gauge = np.arange(ROWS) % 3
        level = np.array(levels)[gauge] + np.sin(np.arange(ROWS) / 90)
        return pd.DataFrame(
            {
                "time": pd.Series(at.astype("datetime64[s]")).dt.strftime("%Y-%m-%dT%H:%M:%S"),
                "size": np.array(["a", "b", "c"])[gauge],
                "level": (level + random.normal(0, 0.1, ROWS)).round(2),
            }
        )

    known = learn([("first", day(0, (0, 2, 4)))])

    assert "labels" not in told(known, day(1, (1, 2, 3)))
