"""What a batch shows of its own movement: it warns, and damage to some rows still stops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from poc_graduate.contracts.check import check
from poc_graduate.contracts.learn import learn
from poc_graduate.contracts.styles import date_style
from poc_graduate.contracts.text import from_yaml, to_yaml
from tests.contracts.tables import some

ROWS = 600


def timed(start: int, rows: int = ROWS, **columns: object) -> pd.DataFrame:
    at = np.datetime64("2024-01-01T00:00") + 10 * (start + np.arange(rows))
    return pd.DataFrame({"time": pd.Series(at).dt.strftime("%Y-%m-%dT%H:%M:%S"), **columns})


def told(contract, batch: pd.DataFrame) -> dict[tuple[str, str], str]:
    findings = check(contract, batch).findings
    return {(f.column, f.rule): f.severity for f in findings if f.severity != "row"}


class TestRanges:
    @staticmethod
    def weights(start: int, middle: float) -> pd.DataFrame:
        random = np.random.default_rng(start)
        return timed(start, weight=random.uniform(middle - 50, middle + 50, ROWS).round(1))

    def test_rows_out_of_range_on_the_side_to_which_the_others_moved_warn(self):
        contract = learn([("first", self.weights(0, 1000))])

        assert told(contract, self.weights(ROWS, 1050))["weight", "range"] == "warn"

    def test_rows_out_of_range_stop_where_the_others_are_as_ever(self):
        contract = learn([("first", self.weights(0, 1000))])
        batch = self.weights(ROWS, 1000)
        batch.loc[some(ROWS), "weight"] += 80

        assert told(contract, batch)["weight", "range"] == "stop"

    @staticmethod
    def walk(start: int, up: float) -> pd.DataFrame:
        random = np.random.default_rng(start + 1)
        around = 20 + np.sin(np.arange(ROWS) / 40) + np.linspace(0, up, ROWS)
        return timed(start, level=around + random.normal(0, 0.05, ROWS))

    def test_a_slow_column_may_go_anywhere_step_by_step_but_not_at_once(self):
        contract = learn([("first", self.walk(0, 0))])
        far = self.walk(ROWS, 0)
        far.loc[300:420, "level"] += 60

        assert told(contract, self.walk(ROWS, 60)).get(("level", "range")) != "stop"
        assert told(contract, far)["level", "range"] == "stop"

    def test_a_slow_column_whose_numbers_came_as_text_is_slow(self):
        texts = self.walk(0, 0)
        texts["level"] = texts["level"].map(str).where(texts.index % 50 > 0, ".")

        assert learn([("first", texts)]).column("level").near > 0.9


class TestNewcomers:
    @staticmethod
    def flights(week: int, planes: np.ndarray) -> pd.DataFrame:
        random = np.random.default_rng(week)
        return timed(ROWS * week, plane=random.choice(planes, ROWS))

    @pytest.fixture
    def contract(self):
        weeks = (self.flights(week, self.fleet()) for week in (0, 1))
        return learn([(str(n), week) for n, week in enumerate(weeks)])

    @staticmethod
    def fleet(new: int = 0) -> np.ndarray:
        return np.array([f"N{10_000 + 37 * n}" for n in range(new, 120 + new)])

    def test_keys_that_come_as_often_as_the_known_ones_began_since(self, contract):
        larger = np.append(self.fleet(), self.fleet(120)[:60])

        assert told(contract, self.flights(2, larger))["plane", "keys"] == "warn"

    def test_keys_that_stand_once_each_are_mistaken(self, contract):
        batch = self.flights(2, self.fleet())
        strange = some(ROWS, 0.25)
        batch.loc[strange, "plane"] = [f"N{50_000 + 13 * n}" for n in range(strange.sum())]

        assert told(contract, batch)["plane", "keys"] == "stop"

    @staticmethod
    def matches(season: int, *, more: tuple[str, ...] = ()) -> pd.DataFrame:
        """Of eighteen teams one leaves every three hundred rows, and another one comes."""
        random = np.random.default_rng(season)
        teams = [f"team {chr(65 + n)}" for n in range(season, season + 18)]
        return timed(season * 300, 300, home=random.choice([*teams, *more], 300))

    def test_values_that_come_as_others_leave_warn(self):
        contract = learn([(str(n), self.matches(n)) for n in range(3)])
        assert contract.column("home").bound("unseen").seen > 0.02

        later = self.matches(7)
        beside_the_others = self.matches(2, more=tuple("abcdefgh"))

        assert told(contract, later)["home", "unseen"] == "warn"
        assert told(contract, beside_the_others)["home", "unseen"] == "stop"


class TestTakingTurns:
    @staticmethod
    def stations(day: int, hours: int = 96) -> pd.DataFrame:
        """Five stations that report by the hour, each at a height of its own."""
        random = np.random.default_rng(day)
        names = ("north", "south", "east", "west", "harbour")
        slow = np.sin(np.arange(day * 24, day * 24 + hours)[:, None] / 9 + np.arange(5))
        value = 10 * np.arange(5) + 8 * slow + random.normal(0, 0.2, (hours, 5))
        at = np.datetime64("2024-01-01T00") + 24 * day + np.repeat(np.arange(hours), 5)
        return pd.DataFrame(
            {
                "hour": pd.Series(at).dt.strftime("%Y-%m-%dT%H:00:00"),
                "station": np.tile(names, hours),
                "value": value.ravel().round(2),
            }
        )

    @pytest.fixture
    def contract(self):
        return learn([("first", self.stations(0))])

    def test_a_stations_rows_are_beside_each_other(self, contract):
        assert contract.column("value").among == "station"
        assert contract.column("value").near > 0.6
        assert from_yaml(to_yaml(contract)) == contract

    def test_figures_of_other_hours_stop(self, contract):
        batch = self.stations(4)
        rows = some(len(batch))
        of_north = rows & (batch["station"] == "north")
        batch.loc[rows, "value"] += 9
        assert of_north.any()

        assert "stop" not in told(contract, self.stations(4)).values()
        assert told(contract, batch)["value", "jump"] == "stop"

    def test_that_groups_differ_makes_none_of_them_slow(self):
        random = np.random.default_rng(3)
        kind = random.choice(["pen", "desk", "lamp"], ROWS)
        price = pd.Series(kind).map({"pen": 2.0, "desk": 300.0, "lamp": 60.0})
        orders = timed(0, kind=kind, price=(price * random.lognormal(0, 0.2, ROWS)).round(2))

        assert learn([("first", orders)]).column("price").among == ""


def test_zeros_filled_into_a_short_slow_column_are_seen_though_zero_is_in_range():
    def rising(start: int) -> pd.DataFrame:
        random = np.random.default_rng(start)
        return timed(start, 80, count=(5 * np.arange(start, start + 80) + random.normal(0, 3, 80)))

    contract = learn([("first", rising(0))])
    batch = rising(80)
    batch.loc[some(80), "count"] = 0

    assert told(contract, batch)["count", "jump"] == "stop"


def test_may_is_a_month_of_three_letters_among_longer_ones():
    days = pd.date_range("2024-04-20", periods=90)
    assert date_style(pd.Series(days.strftime("%d %B %Y"), dtype="str")) == "%d %B %Y"


def test_of_many_columns_some_keep_an_order_by_chance():
    random = np.random.default_rng(1)
    columns = {f"x{n}": random.normal(1.9 * (n % 2), 1, 60) for n in range(30)}
    contract = learn([("first", pd.DataFrame(columns))])

    assert not [one for one in contract.relations if one.kind == "order"]
