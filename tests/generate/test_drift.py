"""What exported contracts say about a batch as a whole: times, repetitions, relations, chance."""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from poc_graduate.generate.contracts import Table, table
from poc_graduate.generate.contracts.emit import profile, schema
from poc_graduate.generate.contracts.trial import evaluated, exported

DAY = 86_400


def orders(start: int = 0, rows: int = 600, seed: int = 1) -> pd.DataFrame:
    """Orders of thirty days, in the order of time, delivered some days later."""
    random = np.random.default_rng(seed)
    seconds = np.sort(random.uniform(start * DAY, (start + 30) * DAY, rows)).astype(int)
    ordered = pd.Series(np.datetime64("2024-01-01") + seconds.astype("timedelta64[s]"))
    delivered = ordered + pd.to_timedelta(random.integers(1, 9, rows), "D")
    weight = random.uniform(1, 20, rows).round(2)
    return pd.DataFrame(
        {
            "number": np.arange(rows) + 100_000 + start * rows // 30,
            "ordered": ordered.dt.strftime("%d.%m.%Y %H:%M"),
            "delivered": delivered,
            "weight": weight,
            "fee": (weight * 1.4 + random.uniform(2, 4, rows)).round(2),
        }
    )


@pytest.fixture(scope="module")
def learnt() -> Table:
    found = table(orders(), "raw_orders", about="as read", clean=False)
    assert isinstance(found, Table)
    return found


@pytest.fixture
def admit(learnt, tmp_path) -> Callable[[pd.DataFrame], pd.DataFrame]:
    reference = tmp_path / "reference.json"
    reference.write_text(json.dumps(profile(learnt)), encoding="utf-8")
    made = evaluated(schema(learnt))
    return lambda batch: exported("batches").admit(batch, made, source="it", reference=reference)


@pytest.mark.parametrize("start", [0, 12, 30, 60])
def test_other_batches_of_the_same_time_and_of_later_times_are_admitted_whole(admit, start):
    batch = orders(start, seed=8)

    assert admit(batch) is batch


def test_a_table_that_has_grown_since_is_admitted_whole(admit):
    grown = pd.concat([orders(), orders(30, seed=3)], ignore_index=True)

    assert admit(grown) is grown


def _late(batch: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([batch.iloc[60:], orders(0, 60, seed=9)], ignore_index=True)


def _delivered_before(batch: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([batch, orders().iloc[100:220]], ignore_index=True)


def _unrelated(batch: pd.DataFrame) -> pd.DataFrame:
    return batch.assign(fee=np.random.default_rng(0).permutation(batch["fee"]))


def _filled_in(batch: pd.DataFrame) -> pd.DataFrame:
    return batch.assign(weight=batch["weight"].mask(batch.index % 6 == 0, 7.77))


@pytest.mark.parametrize(
    ("start", "broken", "says"),
    [
        (30, _late, "ordered: arrives later than rows ever did; broken by 5"),
        (30, lambda b: b[(b.index < 200) | (b.index > 350)], "ordered: no row for"),
        (0, lambda b: b[(b.index < 200) | (b.index > 350)], "ordered: no row for"),
        (
            30,
            lambda b: b.assign(delivered=b["delivered"] - pd.Timedelta(30, "D")),
            "ordered and delivered: the way between them",
        ),
        (30, _unrelated, "weight and fee: rank correlation"),
        (30, _filled_in, "weight: 7.77 is 1"),
        (30, lambda b: pd.concat([b, b.iloc[:90]]), "of the rows repeat another one"),
        (30, _delivered_before, "of the rows were there before"),
    ],
)
def test_a_batch_that_is_wrong_as_a_whole_stops_and_is_named(admit, start, broken, says):
    with pytest.raises(ValueError, match=f"breaks its contract:\n(.|\n)*{says}"):
        admit(broken(orders(start, seed=7)))


def test_a_single_row_that_is_late_is_put_aside(admit):
    batch = orders(30, seed=7)
    batch.loc[300, "ordered"] = orders().loc[0, "ordered"]

    kept = admit(batch)

    assert kept.index.tolist() == [n for n in range(600) if n != 300]


def test_a_small_reference_allows_more_than_a_large_one():
    too_many = exported("chance").too_many
    bound = {"seen": 0.02, "allowed": 0.025}

    assert too_many(17, 200, bound, {"rows": 50_000, "rules": 40})
    assert not too_many(17, 200, bound, {"rows": 60, "rules": 40})


def test_hashes_of_rows_that_tell_what_stands_in_them_are_not_kept():
    emails = pd.DataFrame({"contact": [f"a{n}@example.org" for n in range(100)]})
    known = table(emails, "people", about="as read", clean=False)

    assert isinstance(known, Table)
    assert not known.again


def visits(seed: int, rows: int = 2000, *, spell: int = 0) -> pd.DataFrame:
    """Visits to shops by guests who come again; a till fails for a while now and then."""
    random = np.random.default_rng(seed)
    shop = random.choice(["north", "south", "west"], rows)
    paid = (random.gamma(3.0, 9.0, rows) + 20.0 * (shop == "south")).round(2)
    for start in random.choice(rows - 150, 2, replace=False):
        paid[start : start + 60 + spell] = np.nan
    guest = [f"G-{number:05d}" for number in 10_000 + 7 * random.integers(0, 300, rows)]
    return pd.DataFrame({"guest": guest, "shop": shop, "paid": paid})


@pytest.fixture(scope="module")
def of_visits(tmp_path_factory) -> Callable[[pd.DataFrame], pd.DataFrame]:
    found = table(visits(1), "raw_visits", about="as read", clean=False)
    assert isinstance(found, Table)
    reference = tmp_path_factory.mktemp("visits") / "reference.json"
    reference.write_text(json.dumps(profile(found)), encoding="utf-8")
    made = evaluated(schema(found))
    return lambda batch: exported("batches").admit(batch, made, source="it", reference=reference)


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_more_blanks_in_a_spell_are_admitted(of_visits, seed):
    batch = visits(seed, spell=90)

    assert of_visits(batch) is batch


def test_keys_that_nobody_knows(of_visits):
    batch = visits(2)
    batch.loc[::5, "guest"] = [f"G-{number:05d}" for number in range(20_000, 20_400)]

    with pytest.raises(ValueError, match=r"guest: 20\.1% of the rows have a key that is not known"):
        of_visits(batch)


def test_categories_that_changed_their_names(of_visits):
    batch = visits(2)
    batch["shop"] = batch["shop"].map({"north": "south", "south": "north", "west": "west"})

    with pytest.raises(ValueError, match=r"paid is at .* of its ranks where shop is 'south'"):
        of_visits(batch)


def test_odd_rows_in_bursts_tell_as_much_as_their_bursts():
    chance = exported("chance")
    bound, known = {"seen": 0.03, "allowed": 0.04}, {"rows": 2000, "rules": 40}
    scattered = np.arange(2000) % 10 == 0

    assert chance.too_many(200, 2000, bound, known)
    assert not chance.too_many(200, 2000, {**bound, "together": 60.0}, known)
    assert chance.bursts(np.sort(scattered)) > 60
    assert chance.bursts(scattered) == 1


@pytest.fixture(scope="module")
def of_a_gauge(tmp_path_factory) -> Callable[[pd.DataFrame], pd.DataFrame]:
    found = table(gauge(0), "raw_gauge", about="as read", clean=False)
    assert isinstance(found, Table)
    assert found.in_time
    reference = tmp_path_factory.mktemp("gauge") / "reference.json"
    reference.write_text(json.dumps(profile(found)), encoding="utf-8")
    made = evaluated(schema(found))
    return lambda batch: exported("batches").admit(batch, made, source="it", reference=reference)


def gauge(start: int, rows: int = 800) -> pd.DataFrame:
    """A gauge every ten minutes, in some state for a while."""
    random = np.random.default_rng(start)
    at = np.datetime64("2024-01-01T00:00:00") + 600 * (start + np.arange(rows))
    state = np.repeat(random.permutation(20) % 2, rows // 20)
    return pd.DataFrame(
        {
            "at": at,
            "state": pd.Series(state).map({0: "idle", 1: "runs"}),
            "level": random.normal(50.0, 8.0, rows).round(1),
            "limit": (60 + random.normal(0.0, 8.0, rows)).round(1),
        }
    )


def test_a_state_that_comes_to_stay_is_told_and_admitted(of_a_gauge, caplog):
    batch = gauge(800)
    batch.loc[600:, "state"] = "rests"

    assert of_a_gauge(batch) is batch
    assert "state: not" in caplog.text


def test_a_state_here_and_there_that_nobody_knows_stops(of_a_gauge):
    batch = gauge(800)
    batch.loc[::5, "state"] = "rests"

    with pytest.raises(ValueError, match="state: not"):
        of_a_gauge(batch)


def test_a_distribution_stops_where_time_hardly_takes_it(of_a_gauge, caplog):
    higher, far = gauge(800), gauge(800)
    higher["level"] += 6
    far["level"] += 18

    assert of_a_gauge(higher) is higher
    assert "level: shifted" in caplog.text
    with pytest.raises(ValueError, match="level: shifted"):
        of_a_gauge(far)
