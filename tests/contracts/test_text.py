"""The YAML: complete, the same each time, made to be edited, without personal data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from poc_graduate.contracts.check import check
from poc_graduate.contracts.learn import learn
from poc_graduate.contracts.model import Contract
from poc_graduate.contracts.text import from_yaml, to_yaml
from poc_graduate.errors import InputError
from tests.contracts.tables import orders


@pytest.fixture(scope="module")
def contract() -> Contract:
    return learn([("a: b, {c}.csv", orders(600)), ("№2.csv", orders(600, day=6))])


def test_reads_back_what_it_wrote(contract):
    assert from_yaml(to_yaml(contract)) == contract


def test_the_same_data_give_the_same_bytes(contract):
    again = learn([("a: b, {c}.csv", orders(600)), ("№2.csv", orders(600, day=6))])

    assert to_yaml(again) == to_yaml(contract)


def test_an_edited_bound_counts(contract):
    text = to_yaml(contract)
    batch = orders(600, day=12)
    batch.loc[batch.index[:100], "city"] = None
    edited = text.replace(
        "  city:\n    kind: category",
        "  city:\n    kind: category\n    # agreed with the shop",
    ).replace("      unseen: {seen: 0,", "      blank: {allowed: 0.3}\n      unseen: {seen: 0,")

    assert not check(from_yaml(text), batch).holds
    assert check(from_yaml(edited), batch).holds


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("contract: 1", "contract: 7", "another version"),
        ("contract: 1", "contract: [", "is no YAML"),
        ("contract: 1", "plan: 1", "is no contract"),
        ("kind: category", "kind: categorie", "kind is one of"),
        ("severity", "severity", ""),
        ("unseen: {seen: 0, allowed: 0.01}", "unsene: {allowed: 1}", "no rule 'unsene'"),
        ("unseen: {seen: 0, allowed: 0.01}", "unseen: 0.1", "a bound reads"),
        ("unseen: {seen: 0, allowed: 0.01}", "unseen: {allowed: many}", "are numbers"),
        (
            "unseen: {seen: 0, allowed: 0.01}",
            "unseen: {allowed: 1, severity: fatal}",
            "severity is one of",
        ),
        ("    decimals: 2", "    decimal: 2", "unknown entry 'decimal'"),
    ],
)
def test_a_wrong_edit_is_named(contract, before, after, says):
    text = to_yaml(contract)
    if not says:
        return
    assert before in text

    with pytest.raises(InputError, match=says):
        from_yaml(text.replace(before, after, 1), "contract.yaml")


def test_off_without_quotes_is_off(contract):
    before = "unseen: {seen: 0, allowed: 0.01}"
    read = from_yaml(to_yaml(contract).replace(before, before[:-1] + ", severity: off}"))

    assert "off" in {c.bound("unseen").severity for c in read.columns}


def test_keeps_no_personal_data():
    random = np.random.default_rng(1)
    people = pd.DataFrame(
        {
            "first_name": random.choice(["Xaverine", "Yolandus", "Zebulon"], 400),
            "mail": [f"person{n % 9}@firm.net" for n in range(400)],
            "passport": [f"P{n:07d}" for n in random.integers(0, 10**7, 400)],
            "plan": random.choice(["basic", "premium"], 400),
        }
    )

    text = to_yaml(learn([("people", people)]))

    assert "premium" in text
    for value in ("Xaverine", "Yolandus", "person1", *people["passport"]):
        assert value not in text
