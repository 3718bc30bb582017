"""Contracts hold for clean batches, and name what is wrong with bad ones, kind by kind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from poc_graduate.contracts.check import check
from poc_graduate.contracts.learn import learn
from poc_graduate.contracts.model import Contract, Report
from tests.contracts.tables import orders, some

ROWS = 1500


@pytest.fixture(scope="module")
def contract() -> Contract:
    return learn([("january", orders(3000)), ("february", orders(3000, day=30))])


@pytest.fixture
def batch() -> pd.DataFrame:
    return orders(ROWS, day=60)


def stops(report: Report) -> set[tuple[str, str]]:
    return {(f.column, f.rule) for f in report.findings if f.severity == "stop"}


def put(batch: pd.DataFrame, column: str, change: Callable[[pd.Series], object]) -> pd.DataFrame:
    """The batch with some rows of a column changed."""
    rows = some(len(batch))
    made = batch[column].astype(object)
    made[rows] = change(batch[column][rows])
    return batch.assign(**{column: made})


class TestCleanBatches:
    @pytest.mark.parametrize("day", [60, 75, 90, 105, 120])
    def test_the_next_batches_hold(self, contract, day):
        report = check(contract, orders(ROWS, day=day))

        assert report.findings == () or report.holds

    @pytest.mark.parametrize("seed", range(5))
    def test_parts_of_a_shuffled_table_hold(self, seed):
        table = orders(3000).sample(frac=1, random_state=seed)
        known = learn([("part", table.iloc[:1500])])

        assert stops(check(known, table.iloc[1500:])) == set()

    def test_a_wandering_column_is_no_finding(self):
        walk = np.random.default_rng(3).normal(0, 1, 4000).cumsum()
        table = pd.DataFrame({"level": walk, "noise": np.random.default_rng(4).normal(size=4000)})

        known = learn([("before", table.iloc[:3000])])

        assert check(known, table.iloc[3000:]).holds

    @pytest.mark.parametrize("references", [1, 3])
    def test_rows_that_are_numbered_in_each_batch(self, references):
        known = learn([(str(n), orders(400, day=4 * n).reset_index()) for n in range(references)])
        longer = orders(1100, day=4 * references).reset_index()

        assert stops(check(known, longer)) == set()

    @pytest.mark.parametrize(("seed", "start"), [(0, 3750), (3, 3250), (6, 4000)])
    def test_dry_weather_comes_in_spells(self, seed, start):
        table = rain(5000, np.random.default_rng(seed))

        known = learn([("spring", table.iloc[:3000])])

        assert stops(check(known, table.iloc[start : start + 500])) == set()

    def test_what_goes_together_now_more_now_less_is_bound_by_the_most_it_did(self):
        random = np.random.default_rng(18)
        strength = np.repeat(random.uniform(-0.1, 1.3, 10), 400)
        first = random.normal(size=4000)
        second = strength * first + 0.6 * random.normal(size=4000)
        second[random.random(4000) > 0.12] = np.nan

        known = learn([("all", pd.DataFrame({"a": first, "b": second}).round(3))])

        (relation,) = known.relations
        assert relation.bound.allowed > 0.3

    def test_a_scale_that_goes_on_is_no_stranger(self):
        random = np.random.default_rng(1)
        winter = pd.DataFrame({"celsius": ((random.integers(0, 70, 4000) - 32) / 1.8).round(2)})
        summer = pd.DataFrame({"celsius": ((random.integers(40, 110, 4000) - 32) / 1.8).round(2)})
        known = learn([("winter", winter)])

        assert ("celsius", "keys") not in stops(check(known, summer))
        assert known.column("celsius").keys

    def test_the_first_rows_after_a_night_are_not_late(self):
        day = pd.date_range("2024-01-01 06:00", "2024-01-01 23:00", freq="20min")
        moments = [moment + pd.Timedelta(n, "D") for n in range(4) for moment in day]
        table = pd.DataFrame({"at": pd.Series(moments).dt.strftime("%Y-%m-%d %H:%M:%S")})
        evening = 2 * len(day) - 8  # the next batch begins with eight rows before a night
        known = learn([("before", table.iloc[:evening])])

        assert stops(check(known, table.iloc[evening : evening + len(day)])) == set()
        assert stops(check(known, table.iloc[evening : evening + 2 * len(day)])) == set()


def rain(rows: int, random: np.random.Generator) -> pd.DataFrame:
    """Hours of rain that come in spells: no hour is independent of the one before."""
    raining = np.repeat(random.random(rows // 30 + 1) < 0.2, 30)[:rows]
    fallen = random.gamma(1, 2, rows).round(2)
    fallen[~raining | (random.random(rows) > 0.6)] = 0.0
    return pd.DataFrame({"hour": np.arange(rows), "rain_mm": fallen})


class TestMissing:
    def test_a_column_gone_and_a_new_one_that_may_be_it(self, contract, batch):
        report = check(contract, batch.rename(columns={"price": "Price "}))

        assert {("price", "gone"), ("Price ", "new")} <= stops(report)
        assert "'Price ' is new and may be it" in report.findings[0].says

    @pytest.mark.parametrize("nothing", [None, "", "  "])
    def test_blanks(self, contract, batch, nothing):
        assert ("city", "blank") in stops(check(contract, put(batch, "city", lambda s: nothing)))

    @pytest.mark.parametrize(
        ("column", "nothing"),
        [("price", -999), ("price", "N/A"), ("product", "unknown"), ("sent", "1900-01-01")],
    )
    def test_placeholders(self, contract, batch, column, nothing):
        report = check(contract, put(batch, column, lambda s: nothing))

        assert (column, "placeholder") in stops(report)

    def test_one_value_filled_in(self, contract, batch):
        report = check(contract, put(batch, "grams", lambda s: 500.0))

        assert ("grams", "spike") in stops(report)

    def test_what_was_blank_before_may_be_blank(self, contract, batch):
        assert batch["comment"].isna().mean() > 0.8
        assert check(contract, batch).holds


class TestFormats:
    @pytest.mark.parametrize(
        ("column", "rule", "change"),
        [
            ("price", "malformed", lambda s: s.map(lambda v: f"{v:.2f}".replace(".", ","))),
            ("price", "malformed", lambda s: s.map(lambda v: f"{v} EUR")),
            ("sent", "malformed", lambda s: pd.to_datetime(s).dt.strftime("%d.%m.%Y")),
            ("order", "pattern", lambda s: s.str.replace("-", "")),
            ("product", "unseen", lambda s: s.str.upper()),
            ("product", "unseen", lambda s: s + " "),
            ("city", "unseen", lambda s: "Wïen"),
            ("grams", "decimals", lambda s: s / 3),
        ],
    )
    def test_other_writing(self, contract, batch, column, rule, change):
        assert (column, rule) in stops(check(contract, put(batch, column, change)))

    @pytest.mark.parametrize(
        ("rule", "change"),
        [
            ("damaged", lambda s: s.map(lambda t: t.encode().decode("cp1252"))),
            ("spaces", lambda s: s + " "),
            ("case", lambda s: s.str.upper()),
        ],
    )
    def test_free_text(self, rule, change):
        firsts, lasts = (
            ["Jürgen", "Zoë", "André", "Miloš"],
            [f"Mül{c}er" for c in "abcdefghijklmnop"],
        )
        random = np.random.default_rng(2)
        names = pd.Series([f"{random.choice(firsts)} {random.choice(lasts)}" for _ in range(2000)])
        known = learn([("reference", pd.DataFrame({"name": names[:1000]}))])
        batch = pd.DataFrame({"name": names[1000:].reset_index(drop=True)})

        assert ("name", rule) in stops(check(known, put(batch, "name", change)))
        assert check(known, batch).holds

    def test_numbers_in_the_writing_of_the_reference_are_numbers(self):
        texts = pd.Series([f"{n / 10:.1f} kg".replace(".", ",") for n in range(1000, 1400)])
        known = learn([("reference", pd.DataFrame({"weight": texts}))])

        column = known.columns[0]

        assert (column.kind, column.style) == ("number", "1.234,5 kg")
        assert column.range is not None
        assert column.range.seen == (100.0, 139.9)


class TestLate:
    @pytest.mark.parametrize("days", [3, 15, 40, 400])
    def test_rows_of_an_earlier_time(self, contract, batch, days):
        def earlier(texts: pd.Series) -> pd.Series:
            moments = pd.to_datetime(texts) - pd.Timedelta(days, "D")
            return moments.dt.strftime("%Y-%m-%dT%H:%M:%S")

        assert ("ordered", "late") in stops(check(contract, put(batch, "ordered", earlier)))

    def test_one_reference_batch_is_enough(self, batch):
        known = learn([("january", orders(3000))])
        late = batch.assign(ordered=batch["ordered"].where(~some(ROWS), "2024-01-20T10:00:00"))

        assert ("ordered", "late") in stops(check(known, late))
        assert check(known, batch).holds

    def test_rows_delivered_before(self, contract, batch):
        again = pd.concat([batch, orders(3000, day=30).iloc[:400]])

        assert ("", "delivered") in stops(check(contract, again))

    def test_rows_twice(self, contract, batch):
        assert ("", "repeated") in stops(check(contract, pd.concat([batch, batch.iloc[:200]])))

    def test_no_gap_where_rows_were_always_rare(self):
        random = np.random.default_rng(6)
        ages = np.sort(random.exponential(900, 4000))
        table = pd.DataFrame({"signup": (pd.Timestamp("2024-06-01") - pd.to_timedelta(ages, "D"))})
        table = table.assign(signup=table["signup"].dt.strftime("%Y-%m-%d"))
        table = table.sample(frac=1, random_state=1)

        known = learn([("reference", table.iloc[:2500])])

        assert check(known, table.iloc[2500:]).holds

    def test_a_gap_in_the_same_time(self):
        table = orders(4000).sample(frac=1, random_state=1)
        known = learn([("reference", table.iloc[:2500])])
        batch = table.iloc[2500:]
        hole = batch[~batch["ordered"].between("2024-01-10", "2024-01-13")]

        assert ("ordered", "gap") in stops(check(known, hole))
        assert check(known, batch).holds

    def test_a_gap(self, contract, batch):
        hole = batch.drop(index=range(600, 900))

        assert ("ordered", "gap") in stops(check(contract, hole))


class TestDrift:
    @pytest.mark.parametrize("factor", [1000, 100, 2.54, 1 / 1.609344])
    def test_a_part_in_another_unit(self, contract, batch, factor):
        changed = put(batch, "grams", lambda s: (s * factor).round(1))

        assert "grams" in {column for column, _ in stops(check(contract, changed))}

    def test_a_mixture_is_found_where_no_row_is_odd(self):
        random = np.random.default_rng(1)
        wide = pd.DataFrame({"length": np.exp(random.normal(0, 1, 6000))})
        known = learn([("reference", wide.iloc[:3000])])
        batch = wide.iloc[3000:].reset_index(drop=True)
        batch.loc[some(3000), "length"] *= 2.54

        found = {f.rule: f.says for f in check(known, batch).findings if f.severity == "stop"}

        assert "of the rows look as if they were" in found["mixture"]

    def test_sign(self, contract, batch):
        assert ("grams", "range") in stops(check(contract, put(batch, "grams", lambda s: -s)))

    def test_swapped_columns(self, contract, batch):
        rows = some(ROWS)
        batch.loc[rows, ["price", "grams"]] = batch.loc[rows, ["grams", "price"]].to_numpy()

        assert {"price", "grams"} <= {column for column, _ in stops(check(contract, batch))}

    def test_remapped_categories_show_in_what_goes_with_them(self, contract, batch):
        turned = {"pen": "book", "book": "lamp", "lamp": "pen"}

        rules = {
            r for _, r in stops(check(contract, put(batch, "product", lambda s: s.map(turned))))
        }

        assert "means" in rules

    def test_a_dependency_that_no_longer_holds(self, contract, batch):
        found = stops(check(contract, put(batch, "country", lambda s: "FR")))

        assert ("city / country", "pairs") in found

    def test_a_sum_that_no_longer_adds_up(self, contract, batch):
        found = stops(check(contract, put(batch, "total", lambda s: (s * 1.2).round(2))))

        assert any(rule == "line" and "total" in column for column, rule in found)

    def test_keys_that_nobody_knows(self):
        random = np.random.default_rng(5)
        keys = pd.DataFrame({"customer": [f"K{n:05d}" for n in random.integers(0, 300, 4000) * 7]})
        known = learn([("reference", keys.iloc[:2500])])
        batch = keys.iloc[2500:].reset_index(drop=True)
        strange = put(
            batch, "customer", lambda s: [f"K{n:05d}" for n in range(3000, 3000 + len(s))]
        )

        assert ("customer", "keys") in stops(check(known, strange))
        assert check(known, batch).holds


class TestSingleRows:
    def test_one_odd_row_is_put_aside_and_the_batch_holds(self, contract, batch):
        batch.loc[17, "price"] = 90_000.0

        report = check(contract, batch)

        assert report.holds
        assert list(report.quarantine) == [17]
        assert any(f.rule == "range" and f.first == (17,) for f in report.findings)

    def test_a_rule_that_is_off_is_not_asked_and_one_that_warns_does_not_stop(
        self, contract, batch
    ):
        from dataclasses import replace

        changed = put(batch, "city", lambda s: None)
        for severity, expected in (("off", set()), ("warn", {"warn"})):
            columns = tuple(
                replace(c, rules={**c.rules, "blank": replace(c.bound("blank"), severity=severity)})
                if c.name == "city" else c
                for c in contract.columns
            )  # fmt: skip
            findings = check(replace(contract, columns=columns), changed).findings
            assert {f.severity for f in findings if f.rule == "blank"} == expected


class TestCalendar:
    """Parts of the calendar in batches that follow one another in time."""

    def batches(self) -> list[pd.DataFrame]:
        times = pd.date_range("2024-01-01", periods=4 * 24 * 30, freq="h")
        sold = np.random.default_rng(3).poisson(30, len(times))
        frame = pd.DataFrame({"month": times.month, "day": times.day, "sold": sold})
        return [frame.iloc[i * 720 : (i + 1) * 720].reset_index(drop=True) for i in range(4)]

    def test_the_next_month_is_no_alarm(self) -> None:
        known = learn([(str(i), one) for i, one in enumerate(self.batches()[:3])])

        assert stops(check(known, self.batches()[3])) == set()

    def test_no_month_is_the_thirteenth(self) -> None:
        known = learn([(str(i), one) for i, one in enumerate(self.batches()[:3])])
        batch = self.batches()[3].assign(month=13)

        assert ("month", "range") in stops(check(known, batch))
