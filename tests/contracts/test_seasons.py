"""Batches in the order of time: what a season moves is no alarm, what single rows do is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from poc_graduate.contracts.check import check
from poc_graduate.contracts.learn import learn
from poc_graduate.contracts.styles import date_style
from poc_graduate.contracts.text import from_yaml, to_yaml
from tests.contracts.tables import orders, some

HOURS = 480


def weather(start: int, *, seed: int = 1, level: float = 0.0) -> pd.DataFrame:
    """A gauge inside and one outside, by the hour, from an hour on; days, and slow weather."""
    random = np.random.default_rng([seed, start])
    hour = start + np.arange(HOURS)
    slow = np.cumsum(random.normal(0, 0.08, HOURS))
    outside = level + 8 + 5 * np.sin(2 * np.pi * hour / 24) + slow
    inside = level / 2 + 21 + 0.1 * outside + 0.5 * np.cumsum(random.normal(0, 0.04, HOURS))
    time = np.datetime64("2024-03-01T00") + hour.astype("timedelta64[h]")
    return pd.DataFrame(
        {
            "time": pd.Series(time).dt.strftime("%Y-%m-%dT%H:%M:%S"),
            "inside": (inside + random.normal(0, 0.05, HOURS)).round(2),
            "outside": (outside + random.normal(0, 0.2, HOURS)).round(2),
        }
    )


@pytest.fixture(scope="module")
def contract():
    return learn([(str(n), weather(n * HOURS)) for n in range(3)])


def stopped(contract, batch: pd.DataFrame) -> set[tuple[str, str]]:
    """The columns and rules that stop a batch."""
    findings = check(contract, batch).findings
    return {(f.column, f.rule) for f in findings if f.severity == "stop"}


def test_a_warmer_season_than_any_before_is_no_alarm(contract):
    warm = weather(3 * HOURS, level=20)

    assert warm["outside"].max() > contract.column("outside").range.allowed[1]
    assert stopped(contract, warm) == set()


@pytest.mark.parametrize("change", [lambda x: x * 1.8 + 32, lambda x: x + 12, lambda x: -x])
def test_single_rows_that_leave_their_neighbours_are_one(contract, change):
    for level in (0, 14):
        batch = weather(3 * HOURS, level=level)
        batch.loc[some(HOURS, 0.1), "outside"] = change(batch["outside"])
        assert ("outside", "jump") in stopped(contract, batch)


def test_no_season_makes_all_rows_a_thousand_times_as_large(contract):
    batch = weather(3 * HOURS)
    batch["outside"] *= 1000

    assert ("outside", "range") in stopped(contract, batch)


def test_what_neighbours_tell_stands_in_the_text(contract):
    assert contract.column("outside").near > 0.6
    assert from_yaml(to_yaml(contract)) == contract


def test_a_number_among_its_neighbours_is_no_placeholder():
    hour = np.arange(600)
    moist = pd.DataFrame({"moisture": np.round(80 + 15 * np.sin(hour / 40))})
    contract = learn([("one", moist)])
    damp = moist + 4

    assert (damp == 99).to_numpy().any()
    assert ("moisture", "placeholder") not in stopped(contract, damp)


def test_stations_of_which_each_reports_once_a_time():
    def reports(day: int) -> pd.DataFrame:
        random = np.random.default_rng(day)
        time = np.repeat(np.datetime64("2024-01-01T00") + np.arange(100) + 100 * day, 3)
        return pd.DataFrame(
            {
                "time": pd.Series(time).dt.strftime("%Y-%m-%dT%H:%M:%S"),
                "station": ["EWR", "JFK", "LGA"] * 100,
                "wind": random.gamma(3, 3, 300).round(1),
            }
        )

    contract = learn([(str(day), reports(day)) for day in range(4)])
    swapped = reports(4)
    turned = swapped["station"].map({"EWR": "JFK", "JFK": "LGA", "LGA": "EWR"})
    swapped.loc[some(300), "station"] = turned

    assert stopped(contract, reports(4)) == set()
    assert stopped(contract, swapped) == {("station / time", "once")}


def test_shares_of_pairs_may_move_as_those_of_one_column_do():
    def shop(seed: int, pens: float) -> pd.DataFrame:
        random = np.random.default_rng(seed)
        pen, usual = random.random(3000) < pens, random.random(3000) < 0.8
        return pd.DataFrame({"what": np.where(pen, "pen", "desk"),
                             "by": np.where(pen == usual, "post", "van")})  # fmt: skip

    contract = learn([("first", shop(1, 0.4))], ordered=False)
    turned = shop(2, 0.4)
    turned.loc[some(3000), "by"] = turned["by"].map({"post": "van", "van": "post"})

    assert ("what / by", "together") not in stopped(contract, shop(2, 0.7))
    assert ("what / by", "together") in stopped(contract, turned)


def test_a_few_rows_far_off_do_not_undo_a_correlation():
    def trips(seed: int, far: int) -> pd.DataFrame:
        random = np.random.default_rng(seed)
        due = random.uniform(0, 1440, 300)
        left = due + random.normal(0, 3, 300)
        rows = random.permutation(300)[:far]
        left[rows] = 1440 - due[rows]  # past midnight
        return pd.DataFrame({"due": due.round(), "left": left.round()})

    contract = learn([("first", trips(1, 0))], ordered=False)

    assert [r.kind for r in contract.relations if r.kind == "rank"] == ["rank"]
    assert ("due / left", "rank") not in stopped(contract, trips(2, 4))
    assert ("due / left", "rank") in stopped(contract, trips(3, 90))


def test_each_batch_has_a_day_of_its_own():
    def day(n: int) -> pd.DataFrame:
        return orders(100, day=n).assign(
            ordered=f"2024-01-{n + 1:02d}", sent=f"2024-02-{n + 1:02d}"
        )

    for days in (1, 3):
        contract = learn([(str(n), day(n)) for n in range(days)])
        assert stopped(contract, day(days)) == set()
        late = day(days)
        late.loc[some(100), "ordered"] = "2023-12-24"
        assert ("ordered", "late") in stopped(contract, late)


def test_dates_of_days_that_go_over_midnight_within_a_small_batch():
    def minutes(start: int) -> pd.DataFrame:
        at = np.datetime64("2024-01-01T00:00") + start + np.arange(600)
        return pd.DataFrame(
            {"date": pd.Series(at).dt.strftime("%Y-%m-%d"), "n": np.arange(600) % 7}
        )

    contract = learn([(str(n), minutes(600 * n)) for n in range(4)])

    for n in range(4, 8):
        assert stopped(contract, minutes(600 * n)) == set()


def test_the_next_year_is_no_alarm():
    def year(n: int) -> pd.DataFrame:
        return orders(300, day=365 * n).assign(year=2024 + n)

    contract = learn([("2024", year(0))])

    assert stopped(contract, year(1)) == set()
    assert ("year", "range") in stopped(contract, year(1).assign(year=20240))


def test_days_and_months_are_told_by_the_order_of_the_rows():
    days = pd.Series(pd.date_range("2024-12-01", periods=9).strftime("%m/%d/%Y").repeat(20))

    assert date_style(days) == "%m/%d/%Y"


def test_new_customers_come_with_time():
    def week(n: int, new: float) -> pd.DataFrame:
        random = np.random.default_rng(n)
        who = np.where(random.random(1000) < new, random.integers(8000, 9000, 1000),
                       random.integers(1000, 1400, 1000))  # fmt: skip
        return orders(1000, day=10 * n).assign(customer=[f"C{k:05d}" for k in who])

    grows = learn([(str(n), week(n, 0.02)) for n in range(3)])
    closed = learn([(str(n), week(n, 0.0)) for n in range(3)])

    assert ("customer", "keys") not in stopped(grows, week(3, 0.1))
    assert ("customer", "keys") in stopped(grows, week(4, 0.25))
    assert ("customer", "keys") in stopped(closed, week(3, 0.1))


def test_a_schedule_that_changes_is_no_alarm_and_damage_in_its_rows_is_one():
    def week(n: int, numbers: np.ndarray) -> pd.DataFrame:
        return orders(1400, day=14 * n).assign(flight=[f"F{k:04d}" for k in np.tile(numbers, 7)])

    usual = np.random.default_rng(1).permutation(9000)[:200]
    changed = np.concatenate([usual[60:], 9000 + np.arange(60)])
    contract = learn([(str(n), week(n, usual)) for n in range(3)])
    damaged = week(3, usual)
    fresh = [f"F{k:04d}" for k in np.random.default_rng(2).integers(9000, 9999, 1400)]
    damaged["flight"] = damaged["flight"].where(~some(1400, 0.3), fresh)

    assert ("flight", "keys") not in stopped(contract, week(3, changed))
    assert ("flight", "keys") in stopped(contract, damaged)
