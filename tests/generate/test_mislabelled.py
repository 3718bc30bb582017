"""Exported contracts: categories that are called as each other are told by other columns."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from poc_graduate.contracts import labels
from poc_graduate.contracts.check import read_batch
from poc_graduate.contracts.learn import learn
from poc_graduate.generate.contracts import Table, table
from poc_graduate.generate.contracts.cases import case
from poc_graduate.generate.contracts.emit import profile, schema
from poc_graduate.generate.contracts.trial import evaluated, exported
from tests.contracts.tables import ROWS, called_otherwise, pizzas, some


def learnt_from(frame: pd.DataFrame) -> Table:
    found = table(frame, "raw_pizzas", about="as read", clean=False)
    assert isinstance(found, Table)
    return found


def told(made: Table) -> dict[str, dict[str, Any]]:
    """What tells of categories, by the column that has them."""
    return {one["columns"][0]: one for one in made.relations if one["kind"] == "labels"}


@pytest.fixture(scope="module")
def known() -> Table:
    return learnt_from(pizzas(1))


@pytest.fixture
def admit(known, tmp_path):
    reference = tmp_path / "reference.json"
    reference.write_text(json.dumps(profile(known)), encoding="utf-8")
    made = evaluated(schema(known))
    return lambda batch: exported("batches").admit(batch, made, source="it", reference=reference)


@pytest.mark.parametrize("seed", range(2, 6))
def test_the_next_batch_is_admitted_whole(admit, seed):
    batch = pizzas(seed)

    assert admit(batch) is batch


def test_a_fifth_of_the_rows_called_as_another_category_stops(admit):
    with pytest.raises(ValueError, match=r"size: other columns tell it 3.% less surely"):
        admit(called_otherwise(pizzas(3), some(ROWS)))


@pytest.mark.parametrize("how", [{"dearer": 2.5}, {"shares": (0.1, 0.6, 0.25, 0.05)}])
def test_prices_that_all_rose_and_more_of_a_category_tell_as_surely(known, how):
    batch = pizzas(3, **how)
    numbers = {"price": batch["price"].to_numpy(), "box": np.zeros(ROWS)}
    of_size = told(known)["size"]

    assert not list(exported("mislabelled").mislabelled(batch, numbers, of_size, profile(known)))


@pytest.mark.parametrize("share", [0, 0.05, 0.2, 0.5])
@pytest.mark.parametrize("category", [str, {"S": 1, "M": 2, "L": 3, "XL": 4}.get])
def test_it_is_as_much_less_surely_as_contract_check_says(monkeypatch, share, category):
    reference, batch = pizzas(1), called_otherwise(pizzas(3), some(ROWS, share))
    reference["size"], batch["size"] = reference["size"].map(category), batch["size"].map(category)
    contract = learn([("reference", reference)])
    found = {
        one.columns[0]: one.value for one in labels.outcomes(read_batch(contract, batch), contract)
    }
    module, seen = exported("mislabelled"), []
    monkeypatch.setattr(module, "told", lambda _, less: seen.append(less) or "warn")
    numbers = {name: exported("readings").figures(batch[name]) for name in batch}
    made = learnt_from(reference)
    for relation in told(made).values():
        whatever = {**relation, "bound": {"allowed": -9}}
        assert list(module.mislabelled(batch, numbers, whatever, profile(made)))

    assert dict(zip(told(made), seen, strict=True)) == pytest.approx(found, abs=1e-4)
    assert list(found) == ["size", "box"]


def test_what_a_column_about_persons_tells_stands_in_no_file():
    frame = pizzas(1)

    assert list(told(learnt_from(frame))) == ["size", "box"]
    assert not told(learnt_from(frame.rename(columns={"price": "birth_weight"})))


def test_of_numbers_that_are_identifiers_none_stand_in_a_file():
    frame = pizzas(1)
    series = frame["size"].map({"S": 1, "M": 2, "L": 3, "XL": 4})
    frame["number"] = 100_000 * series + np.random.default_rng(1).permutation(ROWS)

    text = json.dumps(profile(learnt_from(frame)))

    assert not [number for number in frame["number"] if str(number) in text]


def test_an_empty_value_and_one_never_seen_tell_nothing(known):
    batch = pizzas(3)
    batch.loc[:9, "size"], batch.loc[5:14, "box"], batch.loc[8:19, "price"] = None, "huge", np.nan
    module = exported("mislabelled")
    numbers = {"price": batch["price"].to_numpy(), "box": np.zeros(ROWS)}

    own, category = module.chances(batch, numbers, told(known)["size"])

    assert np.flatnonzero(category < 0).tolist() == list(range(10))
    assert np.flatnonzero(np.isnan(own)).tolist() == list(range(15))
    assert np.exp(own[15:]).max() <= 1


def test_a_generated_test_calls_rows_otherwise_only_where_that_was_seen_to_stop(known):
    assert case(pizzas(1), known, "raw.parquet").renamed == "'size'"

    plain = pizzas(1).assign(price=7.5, box=np.resize(["small", "large"], ROWS))
    assert case(plain, learnt_from(plain), "raw.parquet").renamed == ""
