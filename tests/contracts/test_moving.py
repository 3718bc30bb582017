"""What time alone may have done warns, what goes through single rows or too far stops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from poc_graduate.contracts.check import check
from poc_graduate.contracts.learn import learn
from poc_graduate.contracts.moving import in_time
from poc_graduate.contracts.styles import patterns
from poc_graduate.contracts.text import from_yaml, to_yaml
from tests.contracts.tables import some

ROWS = 600


def readings(start: int, rows: int = ROWS, **columns: object) -> pd.DataFrame:
    """A gauge of a room, every ten minutes."""
    random = np.random.default_rng(start)
    at = np.datetime64("2024-01-01T00:00") + 10 * (start + np.arange(rows))
    made = pd.DataFrame(
        {
            "time": pd.Series(at).dt.strftime("%Y-%m-%dT%H:%M:%S"),
            "season": "winter",
            "price": random.choice([24.0, 28.9, 38.7], rows),
            "plan": random.choice(["basic", "plus"], rows),
            "load": random.normal(50, 9, rows).round(1),
        }
    )
    return made.assign(**columns)


@pytest.fixture(scope="module")
def contract():
    return learn([("first", readings(0))])


def told(contract, batch: pd.DataFrame) -> dict[tuple[str, str], str]:
    findings = check(contract, batch).findings
    return {(f.column, f.rule): f.severity for f in findings if f.severity != "row"}


def test_the_next_batch_holds(contract):
    assert in_time(contract)
    assert told(contract, readings(ROWS)) == {}


def test_a_value_that_comes_to_stay_warns_and_one_here_and_there_stops(contract):
    spring = readings(ROWS)
    spring.loc[200:, "season"] = "spring"
    mistaken = readings(ROWS)
    mistaken.loc[some(ROWS), "season"] = "spring"

    assert told(contract, spring)["season", "unseen"] == "warn"
    assert "stop" not in told(contract, spring).values()
    assert told(contract, mistaken)["season", "unseen"] == "stop"


def test_a_season_that_all_of_the_batch_is_in(contract):
    report = check(contract, readings(ROWS, season="spring"))

    assert report.holds
    assert not any("season" in why for reasons in report.quarantine.values() for why in reasons)


def test_known_categories_written_otherwise_stop_however_many_they_are(contract):
    shouted = readings(ROWS)
    shouted["plan"] = shouted["plan"].str.upper()
    from_a_row_on = readings(ROWS, plan="basic")
    from_a_row_on.loc[400:, "plan"] = "Basic"

    assert told(contract, shouted)["plan", "unseen"] == "stop"
    assert told(contract, from_a_row_on)["plan", "unseen"] == "stop"


def test_all_prices_changed_at_once_warn_and_a_thousand_times_as_much_stops(contract):
    dearer = readings(ROWS)
    dearer["price"] = dearer["price"].map({24.0: 26.0, 28.9: 31.5, 38.7: 42.0})

    assert told(contract, dearer)["price", "unseen"] == "warn"
    assert check(contract, dearer).holds
    assert not check(contract, dearer.assign(price=1000 * dearer["price"])).holds


def test_more_places_from_a_row_on_warn(contract):
    finer = readings(ROWS)
    finer.loc[300:, "load"] += 0.013
    here_and_there = readings(ROWS)
    here_and_there.loc[some(ROWS), "load"] += 0.013

    assert told(contract, finer)["load", "decimals"] == "warn"
    assert told(contract, here_and_there)["load", "decimals"] == "stop"


def test_a_column_that_fills_from_a_row_on(contract):
    empty = learn([("first", readings(0, note=None))])
    begun = readings(ROWS, note=None)
    begun.loc[350:, "note"] = 7

    assert told(empty, begun)["note", "filled"] == "warn"


def test_a_column_that_is_measured_since_and_one_filled_with_something(contract):
    empty = learn([("first", readings(0, note=None))])
    here = some(ROWS)
    measured = np.where(here, np.random.default_rng(2).normal(0, 1, ROWS), np.nan)

    assert told(empty, readings(ROWS, note=measured))["note", "filled"] == "warn"
    assert told(empty, readings(ROWS, note=np.where(here, 7.0, np.nan)))["note", "filled"] == "stop"
    mixed = replace(empty, ordered=False)
    assert told(mixed, readings(ROWS, note=measured))["note", "filled"] == "stop"


def test_a_few_rows_here_and_there_warn_and_more_of_them_stop(contract):
    def blank(share: float) -> pd.DataFrame:
        batch = readings(ROWS)
        batch.loc[some(ROWS, share), "plan"] = None
        return batch

    assert told(contract, blank(0.02))["plan", "blank"] == "warn"
    assert told(contract, blank(0.05))["plan", "blank"] == "stop"


def test_a_distribution_that_is_wider_as_a_whole_is_no_mixture():
    def returns(start: int, wide: float) -> pd.DataFrame:
        made = readings(start)
        return made.assign(change=(wide * np.random.default_rng(start).normal(0, 1, ROWS)).round(3))

    known = learn([(str(n), returns(n * ROWS, 1.0)) for n in range(4)])
    wider = told(known, returns(4 * ROWS, 1.7))
    part = returns(4 * ROWS, 1.0)
    part.loc[some(ROWS, 0.3), "change"] *= 100

    assert wider["change", "mixture"] == "warn"
    assert told(known, part)["change", "mixture"] == "stop"


def test_two_slow_columns_that_go_apart():
    def day(n: int, sign: float) -> pd.DataFrame:
        random = np.random.default_rng(n)
        slow = np.cumsum(random.normal(0, 1, 400)) + np.linspace(0, 40, 400)
        return readings(400 * n, 400).assign(
            warm=slow.round(2), damp=(sign * slow + random.normal(0, 2, 400)).round(2)
        )

    contract = learn([("first", day(0, 1.0))])
    findings = told(contract, day(1, -1.0))

    assert findings["warm / damp", "rank"] == "warn"


def test_between_allowed_and_stop_a_batch_is_warned_of(contract):
    load = contract.column("load")
    bound = replace(load.bound("shift"), allowed=0.1, stop=0.5)
    columns = tuple(
        replace(c, rules={**c.rules, "shift": bound}) if c.name == "load" else c
        for c in contract.columns
    )
    edited = from_yaml(to_yaml(replace(contract, columns=columns)))
    higher, far = readings(ROWS), readings(ROWS)
    higher["load"] = (higher["load"] + 8).round(1)
    far["load"] = (far["load"] + 18).round(1)

    assert edited.column("load").bound("shift") == bound
    finding = next(f for f in check(edited, higher).findings if f.rule == "shift")
    assert finding.severity == "warn"
    assert finding.says.endswith("; time alone may have done this")
    assert finding.allowed == "a distance of 0.1, stops beyond a distance of 0.5"
    assert told(edited, far)["load", "shift"] == "stop"


def test_batches_in_any_order_have_no_time_to_excuse_them():
    mixed = learn([("first", readings(0).sample(frac=1, random_state=1))], ordered=False)
    batch = readings(ROWS, season="spring")

    assert told(mixed, batch)["season", "unseen"] == "stop"


class TestGaps:
    @staticmethod
    def visits(day: int, days: int) -> pd.DataFrame:
        """A shop that is open from eight to eight, on weekdays."""
        random = np.random.default_rng(day)
        dates = np.datetime64("2024-01-01") + day + np.arange(days)
        open_on = dates[np.is_busday(dates)]
        hours = np.sort(random.uniform(8, 20, (len(open_on), 60)), axis=1)
        at = open_on[:, None] + (3600 * hours).astype("timedelta64[s]")
        return pd.DataFrame({"at": pd.Series(at.ravel()).dt.strftime("%Y-%m-%d %H:%M:%S")})

    @staticmethod
    def without(frame: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
        return frame[(frame["at"] < start) | (frame["at"] > end)].reset_index(drop=True)

    def test_nights_and_weekends_are_none(self):
        contract = learn([(str(n), self.visits(7 * n, 7)) for n in range(3)])

        assert told(contract, self.visits(21, 7)) == {}

    def test_half_a_day_without_a_row_is_one_though_nights_are_as_long(self):
        contract = learn([(str(n), self.visits(7 * n, 7)) for n in range(3)])
        batch = self.without(self.visits(21, 7), "2024-01-23 10:00:00", "2024-01-23 18:00:00")

        assert told(contract, batch) == {("at", "gap"): "stop"}

    def test_a_reference_of_less_than_a_day_knows_of_no_night(self):
        morning = self.without(self.visits(1, 1), "2024-01-02 16:00:00", "2024-01-03")
        contract = learn([("morning", morning)])
        batch = self.without(self.visits(2, 2), "2024-01-04 14:00:00", "2024-01-05")

        assert told(contract, batch)["at", "gap"] == "warn"


class TestLone:
    @staticmethod
    def states(seed: int) -> pd.DataFrame:
        random = np.random.default_rng(seed)
        lengths = random.integers(15, 60, 40)
        state = np.repeat(np.arange(40) % 3, lengths)[:ROWS]
        return readings(seed * ROWS).assign(state=pd.Series(state).map({0: "a", 1: "b", 2: "c"}))

    def test_states_that_follow_each_other_hold_and_mistaken_ones_between_them_stop(self):
        contract = learn([(str(n), self.states(n)) for n in range(3)])
        mistaken = self.states(3)
        other = mistaken["state"].map({"a": "b", "b": "c", "c": "a"})
        mistaken.loc[some(ROWS, 0.1), "state"] = other

        assert contract.column("state").bound("lone").seen < 0.01
        assert told(contract, self.states(3)) == {}
        assert told(contract, mistaken)["state", "lone"] == "stop"


def test_letters_that_all_codes_share_and_leading_zeros_that_none_has():
    random = np.random.default_rng(1)
    numbers = random.integers(10_000, 99_999, 300)

    assert patterns(f"N{n}" for n in numbers) == ("N[1-9][0-9]{4}",)
    assert patterns(f"N{n % 99_000:05d}" for n in numbers) == ("N[0-9]{5}",)
    assert patterns(f"N{n}" for n in numbers[:20]) == ("[A-Z][0-9]{5}",)
    assert patterns(f"{n % 6}0:{n % 49 + 10}" for n in numbers) == (r"[0-9]{2}:[0-9]{2}",)


def test_a_spell_in_which_dates_turn_round_warns_and_a_batch_of_it_stops(contract):
    def with_end(start: int, hours: np.ndarray) -> pd.DataFrame:
        made = readings(start)
        end = pd.to_datetime(made["time"]) + pd.to_timedelta(hours, "h")
        return made.assign(end=end.dt.strftime("%Y-%m-%dT%H:%M:%S"))

    usual = np.random.default_rng(3).uniform(1, 5, ROWS)
    spell = np.where(np.arange(ROWS) // 40 == 9, -4, usual)
    learnt = learn([("first", with_end(0, usual))])

    assert told(learnt, with_end(ROWS, spell))["time / end", "lag"] == "warn"
    assert told(learnt, with_end(ROWS, -usual))["time / end", "lag"] == "stop"


def test_a_number_that_moved_as_a_whole_still_lies_among_its_categories_as_it_did():
    def visits(seed: int, more: float) -> pd.DataFrame:
        random = np.random.default_rng(seed)
        shop = random.choice(["north", "south", "west"], 2000)
        paid = random.normal(50, 6, 2000) + 12 * (shop == "south") + more
        return pd.DataFrame({"shop": shop, "paid": paid.round(2)})

    known = learn([("first", visits(1, 0))], ordered=False)
    turned = visits(2, 0)
    turned["shop"] = turned["shop"].map({"north": "south", "south": "north", "west": "west"})
    dearer = told(known, visits(3, 5))

    assert dearer["paid", "shift"] == "stop"
    assert ("shop / paid", "means") not in dearer
    assert told(known, turned)["shop / paid", "means"] == "stop"
