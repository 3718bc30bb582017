"""Folders are called after parameters; two runs never share one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poc_graduate.batch.naming import key_of, name_of

values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
parameters = st.dictionaries(st.text(min_size=1, max_size=5), values, min_size=1, max_size=3)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"region": "north", "seed": 1}, "region=north,seed=1"),
        ({"rate": 0.05, "deep": True}, "rate=0.05,deep=true"),
        ({"month": "2024-01"}, "month=2024-01"),
    ],
)
def test_a_name_reads_as_its_parameters(given, name):
    assert name_of(given) == name


@pytest.mark.parametrize("value", ["a/b", "..", "", "é", "x" * 300, "a b", {"k": 1}, "\n"])
def test_what_no_file_name_can_say_gets_a_hash(value):
    name = name_of({"x": value})

    assert "/" not in name
    assert len(name) < 200
    assert name != name_of({"x": "a-b"})


@given(parameters, parameters)
def test_different_runs_have_different_keys_and_names_that_a_file_system_takes(one, other):
    names = name_of(one), name_of(other)
    same = repr(sorted(one.items(), key=str)) == repr(sorted(other.items(), key=str))

    assert all(name.isascii() and "/" not in name and name not in (".", "..") for name in names)
    if not same:
        assert key_of(one) != key_of(other)
