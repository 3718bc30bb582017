"""Rows next to each other that are alike: bursts of odd ones are no alarm, scattered ones are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from poc_graduate.contracts.chance import bursts
from poc_graduate.contracts.check import check
from poc_graduate.contracts.learn import learn
from poc_graduate.contracts.text import from_yaml, to_yaml

SIZE = 800


def flights(seed: int, *, spells: int = 0, length: int = 70) -> pd.DataFrame:
    """Departures; in spells of bad weather most of them have no time."""
    random = np.random.default_rng(seed)
    delay = random.gamma(2.0, 8.0, SIZE).round()
    for start in random.choice(SIZE - length, spells, replace=False):
        there = np.arange(start, start + length)
        delay[there[random.random(length) < 0.6]] = np.nan
    return pd.DataFrame({"flight": random.integers(1, 900, SIZE), "delay": delay})


@pytest.fixture(scope="module")
def contract():
    return learn([(str(n), flights(n, spells=n % 2)) for n in range(4)])


def stopped(contract, batch: pd.DataFrame) -> list[str]:
    return [f.rule for f in check(contract, batch).findings if f.severity == "stop"]


def test_a_longer_spell_of_blanks_is_no_alarm(contract):
    assert contract.column("delay").bound("blank").together > 20
    assert stopped(contract, flights(9, spells=2)) == []


def test_as_many_blanks_all_over_the_batch_are_one(contract):
    batch = flights(9)
    batch.loc[np.random.default_rng(1).random(SIZE) < 0.35, "delay"] = np.nan
    assert stopped(contract, batch) == ["scattered"]


def test_a_spell_stops_a_batch_where_blanks_never_came_in_spells():
    reference = [flights(n) for n in range(4)]
    for n, one in enumerate(reference):
        one.loc[np.random.default_rng(n).random(SIZE) < 0.02, "delay"] = np.nan
    contract = learn([(str(n), one) for n, one in enumerate(reference)])
    assert contract.column("delay").bound("blank").together == 1
    assert stopped(contract, flights(9, spells=2)) == ["blank"]


def test_bursts_stand_in_the_text(contract):
    assert from_yaml(to_yaml(contract)).column("delay") == contract.column("delay")
    assert "together: " in to_yaml(contract)
    assert "serial: true" in to_yaml(contract)


def test_rows_in_any_order_tell_as_much_as_they_are_many():
    random = np.random.default_rng(2)
    found = [bursts((random.random(2000) < 0.03).astype(float)) for _ in range(200)]
    assert np.mean(np.asarray(found) > 1) < 0.02
    assert bursts(np.repeat(random.random(40) < 0.2, 50).astype(float)) == pytest.approx(50, 0.5)


def test_a_number_that_moves_takes_its_places_among_categories_along():
    """Wind in spells: where it blows says the time more than the place."""

    def wind(part: int) -> pd.DataFrame:
        random = np.random.default_rng(part)
        strength = np.clip(np.round(4 + 3 * np.sin(np.arange(600) / 90 + part) + random.normal(
            0, 1, 600)), 0, 9)  # fmt: skip
        place = np.where(random.random(600) < 0.2 + 0.06 * strength, "hill", "port")
        return pd.DataFrame({"place": place, "wind": strength})

    contract = learn([(str(n), wind(n)) for n in range(2)])
    assert "means" in {one.kind for one in contract.relations}
    assert stopped(contract, wind(2)) == []
