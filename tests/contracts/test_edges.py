"""Odd tables: learning and checking work, or give one clear error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from poc_graduate.contracts import relations
from poc_graduate.contracts.check import check
from poc_graduate.contracts.learn import learn
from poc_graduate.contracts.memory import value_hashes
from poc_graduate.contracts.model import Report
from poc_graduate.contracts.relations import pair_counts
from poc_graduate.contracts.text import from_yaml, to_yaml
from poc_graduate.contracts.values import read
from poc_graduate.errors import InputError
from tests.contracts.tables import orders


def learnt_and_checked(reference: pd.DataFrame, batch: pd.DataFrame | None = None) -> Report:
    """The report of a batch, by a contract that went through its YAML."""
    contract = learn([("reference", reference)])
    read = from_yaml(to_yaml(contract))
    report = check(read, reference if batch is None else batch)
    assert check(contract, reference if batch is None else batch).holds == report.holds
    return report


def test_one_row():
    one = orders(1)

    assert learnt_and_checked(one).holds
    assert learnt_and_checked(one, orders(1, day=1)).holds
    assert not learnt_and_checked(one, one.drop(columns="price")).holds


def test_no_rows():
    assert not learnt_and_checked(orders(5).iloc[:0], orders(5).drop(columns="city")).holds
    nothing = learnt_and_checked(orders(200), orders(5).iloc[:0])

    assert [(f.rule, f.severity) for f in nothing.findings] == [("rows", "stop")]


def test_no_columns():
    with pytest.raises(InputError, match="no columns"):
        learn([("reference", pd.DataFrame())])


def test_no_batches():
    with pytest.raises(InputError, match="no reference batch"):
        learn([])


def test_a_column_without_values_and_one_that_fills():
    empty = pd.DataFrame({"a": range(300), "b": [None] * 300})

    assert learnt_and_checked(empty).holds
    begun = learnt_and_checked(empty, empty.assign(b="x"))
    here_and_there = learnt_and_checked(empty, empty.assign(b=["x", None, None] * 100))
    assert ("b", "filled", "warn") in {(f.column, f.rule, f.severity) for f in begun.findings}
    told = {(f.column, f.rule, f.severity) for f in here_and_there.findings}
    assert ("b", "filled", "stop") in told


def test_a_column_that_loses_all_its_values():
    table = orders(300)

    report = learnt_and_checked(table, table.assign(price=np.nan, city=None))

    assert {f.column for f in report.findings if f.rule == "blank"} >= {"price", "city"}
    assert not report.holds


def test_mixed_types():
    random = np.random.default_rng(1)
    mixed = [[1, "two", 3.5, None, True, pd.Timestamp("2024-01-01"), b"x", (1, 2)][i]
             for i in random.integers(0, 8, 600)]  # fmt: skip
    table = pd.DataFrame({"mixed": pd.Series(mixed, dtype=object)})

    assert learnt_and_checked(table.iloc[:300], table.iloc[300:]).holds


@pytest.mark.build  # ten seconds: not for every few minutes
def test_five_hundred_columns():
    random = np.random.default_rng(1)
    wide = pd.DataFrame(random.normal(size=(400, 500))).add_prefix("c")
    batch = wide.iloc[200:].copy()

    contract = from_yaml(to_yaml(learn([("reference", wide.iloc[:200])])))

    assert check(contract, batch).holds
    batch.loc[batch.index[:60], "c123"] *= 1000
    assert not check(contract, batch).holds


def test_columns_of_one_name():
    table = pd.DataFrame(np.random.default_rng(1).normal(size=(400, 3)), columns=["x", "x", "y"])

    contract = learn([("reference", table)])
    bad = table.copy()
    bad.isetitem(1, bad.iloc[:, 1] + 100)

    assert [c.name for c in contract.columns] == ["x", "x (2)", "y"]
    assert {f.column for f in check(contract, bad).findings if f.rule == "range"} == {"x (2)"}


def test_large_whole_numbers():
    random = np.random.default_rng(1)
    numbers = random.integers(10**9, 9 * 10**9, 900)
    table = pd.DataFrame({"id": numbers, "huge": numbers * 10**9, "plain": random.normal(size=900)})

    assert learnt_and_checked(table.iloc[:450], table.iloc[450:]).holds
    bad = table.iloc[450:].assign(id=lambda t: t["id"] // 1000)
    assert not learnt_and_checked(table.iloc[:450], bad).holds


def test_other_scripts():
    random = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "名前": random.choice(["佐藤", "鈴木", "高橋"], 600),
            "имя": random.choice(["Анна", "Борис", "Вера"], 600),
            "اسم": random.choice(["ليلى", "عمر"], 600),
            "emoji 🎉": random.choice(["🐍", "🐼"], 600),
        }
    )

    assert learnt_and_checked(table.iloc[:300], table.iloc[300:]).holds
    damaged = table.iloc[300:].copy()
    damaged["имя"] = [t.encode().decode("latin-1") for t in damaged["имя"]]
    assert not learnt_and_checked(table.iloc[:300], damaged).holds


def test_time_zones():
    moments = pd.date_range("2024-03-30", periods=800, freq="20min", tz="Europe/Vienna")
    table = pd.DataFrame({"at": moments, "n": np.random.default_rng(1).normal(size=800)})

    assert learnt_and_checked(table.iloc[:500], table.iloc[500:]).holds
    elsewhere = table.iloc[500:].assign(at=lambda t: t["at"].dt.tz_convert("Asia/Tokyo"))
    assert learnt_and_checked(table.iloc[:500], elsewhere).holds
    as_text = table.iloc[500:].assign(at=lambda t: t["at"].map(lambda m: m.isoformat()))
    assert learnt_and_checked(table.iloc[:500], as_text).holds


def test_infinite_numbers_and_nullable_types():
    random = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "n": pd.Series(random.integers(0, 500, 600)).astype("Int64"),
            "f": np.where(random.random(600) < 0.01, np.inf, random.normal(size=600)),
            "b": pd.Series(random.random(600) < 0.5).astype("boolean"),
            "c": pd.Series(random.choice(["a", "b"], 600)).astype("category"),
        }
    )

    assert learnt_and_checked(table.iloc[:300], table.iloc[300:]).holds


def test_the_reference_itself_holds():
    table = orders(900)

    report = learnt_and_checked(table)

    assert report.holds
    assert [(f.rule, f.severity) for f in report.findings if f.severity != "row"] == [
        ("delivered", "warn")
    ]


def test_names_and_values_longer_than_yaml_takes_for_keys():
    frame = pd.DataFrame({"x" * 3000: range(100), "v": ["y" * 2000, "z: '" * 900] * 50})

    assert learnt_and_checked(frame).holds


def test_a_number_is_not_related_to_itself():
    frame = pd.DataFrame({"grade": [1, 2, 3, 4] * 50})

    assert learn([("reference", frame)]).relations == ()


def test_of_a_few_rows_only_their_own_texts_are_hashed(monkeypatch):
    """A million rows with as many texts are looked at in parts, once for each pair of columns."""
    column = read(pd.Series([f"row {n}" for n in range(5000)] * 2), "text", "")
    few = slice(4990, 5010)
    whole = value_hashes(column)[few]
    hashed = []
    of_texts = pd.util.hash_array
    monkeypatch.setattr(
        pd.util, "hash_array", lambda t, **how: hashed.append(len(t)) or of_texts(t, **how)
    )

    assert (value_hashes(column.part(few)) == whole).all()
    assert hashed == [20]


def test_pairs_are_counted_alike_however_many_there_are():
    counts = {}
    for most in (0, 10_000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(relations, "_COUNTED", most)
            first, second = (read(orders(500)[name], "text", "") for name in ("city", "product"))
            counts[most] = list(pair_counts(first, second).items())

    assert counts[0] == counts[10_000]
    assert sum(rows for _, rows in counts[0]) == 500
