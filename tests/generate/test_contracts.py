"""Contracts as exported projects have them: what they admit, put aside, and stop."""

import json
import logging
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from poc_graduate.generate.contracts import Table, files, table
from poc_graduate.generate.contracts.emit import profile, schema
from poc_graduate.generate.contracts.trial import evaluated, exported


def orders(rows: int = 600, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "code": [f"K-{n:05d}" for n in random.permutation(rows)],
            "day": [f"2024-03-{n:02d}" for n in random.integers(1, 29, rows)],
            "city": random.choice(["Wien", "Köln", "Lyon"], rows),
            "price": random.lognormal(3, 0.5, rows).round(2),
            "pieces": random.poisson(30, rows),
            "rebate": np.where(random.random(rows) < 0.1, np.nan, random.random(rows)),
        }
    )


@pytest.fixture(scope="module")
def known() -> Table:
    found = table(orders(), "raw_orders", about="as read", clean=False)
    assert isinstance(found, Table)
    return found


@pytest.fixture
def admit(known, tmp_path):
    reference = tmp_path / "reference.json"
    reference.write_text(json.dumps(profile(known)), encoding="utf-8")

    def admit(batch: pd.DataFrame, **more: Path) -> pd.DataFrame:
        made = evaluated(schema(known))
        return exported("batches").admit(
            batch, made, source="orders.csv", reference=reference, **more
        )

    return admit


def test_the_reference_comes_back_as_the_same_object_and_nothing_is_put_aside(admit, tmp_path):
    frame, quarantine = orders(), tmp_path / "aside.csv"
    before = frame.copy()

    assert admit(frame, quarantine=quarantine) is frame

    pd.testing.assert_frame_equal(frame, before)
    assert len(quarantine.read_text().splitlines()) == 1
    assert quarantine.read_text().strip().endswith("reason")


def test_another_batch_of_the_same_kind_is_admitted_whole(admit):
    batch = orders(seed=2)

    assert admit(batch) is batch


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("code", "k 17", "str_matches"),
        ("city", "Rom", "isin"),
        ("day", "1900-01-01", "greater_than_or_equal_to"),
        ("price", -5.0, "in_range"),
        ("price", None, "missing"),
        ("pieces", "many", "int64"),
    ],
)
def test_one_odd_row_is_put_aside_with_its_reason(admit, tmp_path, column, value, reason):
    batch, quarantine = orders(seed=2), tmp_path / "aside.csv"
    batch[column] = batch[column].astype(object)
    batch.loc[7, column] = value
    if column == "price":
        batch[column] = batch[column].astype(float)

    kept = admit(batch, quarantine=quarantine)

    assert kept.index.tolist() == [n for n in range(600) if n != 7]
    assert kept["pieces"].dtype == "int64"
    aside = pd.read_csv(quarantine, index_col=0)
    assert aside.index.tolist() == [7]
    assert reason in aside.loc[7, "reason"]


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (lambda f: f.drop(columns="city"), "city: the column is gone"),
        (lambda f: f.assign(price=f["price"] * 1.6), "price: shifted"),
        (lambda f: f.assign(city="Wien"), "city: .* are 'Wien'"),
        (lambda f: f.assign(rebate=f["rebate"].where(f.index % 3 > 0)), "rebate: .* missing"),
        (lambda f: f.assign(city=f["city"].where(f.index % 5 > 0, "Rom")), "120 rows"),
        (lambda f: f.assign(code="K-00001"), "code: not unique"),
        (lambda f: f.iloc[:0], "no rows"),
    ],
)
def test_a_batch_that_is_another_one_stops_and_is_named(admit, broken, says):
    with pytest.raises(ValueError, match=rf"orders.csv breaks its contract:\n(.|\n)*{says}"):
        admit(broken(orders(seed=2)))


def test_a_batch_that_is_refused_shows_some_of_its_odd_rows(admit, tmp_path):
    batch = pd.concat([orders(seed=2)] * 4, ignore_index=True).assign(city="Rom")

    with pytest.raises(ValueError, match="2400 rows"):
        admit(batch, quarantine=tmp_path / "aside.csv")

    assert len(pd.read_csv(tmp_path / "aside.csv")) == 1000


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (pd.DataFrame({"a": []}), "no rows"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "share a name"),
        (pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), "several levels"),
    ],
)
def test_a_table_without_a_contract_has_a_reason(frame, says):
    reason = table(frame, "t", about="", clean=True)

    assert isinstance(reason, str)
    assert says in reason


@pytest.mark.parametrize(
    "column",
    [
        [1, "x", None, [1]] * 25,
        [None] * 100,
        pd.date_range("2020", periods=100, tz="Europe/Vienna"),
        pd.date_range("2020", periods=100, unit="s"),
        np.arange(100, dtype="uint8"),
        [np.inf, 1.0, 2.0, np.nan] * 25,
        pd.Categorical(["ж", "ü"] * 50),
        pd.array([1, None] * 50, dtype="Int64"),
        [10**9 + n for n in range(100)],
        [True, False] * 50,
        pd.to_timedelta(range(100), "D"),
        [-999, 1, 2, 3] * 25,
    ],
)
def test_columns_of_every_kind_are_admitted_as_they_were_learnt(column):
    assert isinstance(table(pd.DataFrame({"x": column}), "t", about="", clean=False), Table)


@pytest.mark.parametrize("missing", ["in the reference", "in the batch"])
def test_a_blank_among_few_whole_numbers_leaves_the_others_what_they_are(tmp_path, missing):
    """pandas reads whole numbers as fractions where one of them is missing."""
    whole = orders().assign(pieces=np.resize([1, 2, 3], 600))
    blank = whole.astype({"pieces": float})
    blank.loc[7, "pieces"] = np.nan
    reference, batch = (blank, whole) if missing == "in the reference" else (whole, blank)
    made = table(reference, "raw_orders", about="as read", clean=False)
    assert isinstance(made, Table)
    reference_file = tmp_path / "reference.json"
    reference_file.write_text(json.dumps(profile(made)), encoding="utf-8")

    kept = exported("batches").admit(
        batch, evaluated(schema(made)), source="it", reference=reference_file
    )

    assert len(kept) == batch["pieces"].count()
    assert kept["pieces"].dtype == reference["pieces"].dtype


def test_values_that_tell_of_persons_stand_in_no_file_whatever_the_column_is_called():
    people = [f"{who}@nordwind-{n}.com" for n, who in enumerate(["grete", "emil"] * 50)]
    known = table(pd.DataFrame({"contact": people}), "people", about="as read", clean=False)
    assert isinstance(known, Table)

    text = "".join(files([known], "shop").values())

    assert "nordwind" not in text
    assert "quantiles" not in known.fields[0].profile


def test_values_about_persons_stand_in_no_file():
    frame = pd.DataFrame(
        {"first_name": ["Grete", "Emil"] * 50, "phone": np.arange(100) * 7919 + 66_400_000}
    )
    known = table(frame, "people", about="as read", clean=False)
    assert isinstance(known, Table)

    text = "".join(files([known], "shop").values())

    assert not any(value in text for value in ("Grete", "Emil", "66400000", "67183981"))


def test_an_alert_that_reaches_nobody_is_logged_and_counted(admit, monkeypatch, caplog):
    known, reached = [True, True, False], [True, False, True]
    channel = SimpleNamespace(
        add=lambda addresses: known.pop(0), notify=lambda body: reached.pop(0)
    )
    monkeypatch.setitem(sys.modules, "apprise", SimpleNamespace(Apprise=lambda: channel))
    caplog.set_level(logging.ERROR)

    for number in (0, 1, 2):
        caplog.clear()
        with pytest.raises(ValueError, match="the column is gone"):
            admit(orders().drop(columns="price"), alerts=["json://user:secret@nowhere"])
        lost = [text.partition(":")[0] for text in caplog.messages if "did not reach" in text]
        says = f"alert {number} of this run that did not reach each of 1 addresses"
        assert lost == ([says] if number else [])
        assert "secret" not in caplog.text


class Shy:
    """A type of an author's own, of which nothing can be told."""

    def __str__(self) -> str:
        raise RuntimeError("not for you")


def test_objects_of_the_authors_own_stop_no_export():
    lists = table(orders().assign(tags=[["a"]] * 600), "orders", about="", clean=False)
    shy = table(orders().assign(thing=[Shy()] * 600), "orders", about="", clean=False)

    assert isinstance(lists, Table)
    assert shy == "nothing could be learnt about orders: RuntimeError"
