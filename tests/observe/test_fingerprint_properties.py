"""Fingerprints against an equality written independently, on values made by chance."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from poc_graduate.observe.probe.fingerprint import fingerprint
from poc_graduate.observe.probe.known import Known

SMALL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2),
    st.sampled_from([0.0, -0.0, 1.0, math.nan, math.inf]),
    st.sampled_from(["", "a", "1", "é"]),
    st.sampled_from([b"", b"a"]),
)
HASHABLE = st.recursive(
    SMALL, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=4
)
VALUES = st.recursive(
    SMALL,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(HASHABLE, inner, max_size=2)
        | st.sets(HASHABLE, max_size=3)
        | st.lists(inner, min_size=1, max_size=1).map(lambda xs: xs * 20)
    ),
    max_leaves=8,
)


def same(one: Any, other: Any) -> bool:
    """Equal to the last bit and type; one NaN is like another."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, (set, frozenset)):
        rest = list(other)
        for item in one:
            found = next((k for k, candidate in enumerate(rest) if same(item, candidate)), None)
            if found is None:
                return False
            rest.pop(found)
        return not rest
    return bool(one == other)


def apart(value: Any) -> Any:
    """A copy in which no two parts are the same object."""
    if isinstance(value, list):
        return [apart(item) for item in value]
    if isinstance(value, tuple):
        return tuple(apart(item) for item in value)
    if isinstance(value, dict):
        return {key: apart(item) for key, item in value.items()}
    return copy.copy(value)


@settings(max_examples=400, deadline=None)
@given(VALUES, VALUES)
def test_fingerprints_are_equal_where_values_are(one: Any, other: Any) -> None:
    one, other = apart(one), apart(other)

    assert (fingerprint(one) == fingerprint(other)) == same(one, other)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_a_pickle_and_a_deep_copy_keep_the_fingerprint(value: Any) -> None:
    mark = fingerprint(value)

    assert fingerprint(pickle.loads(pickle.dumps(value))) == mark
    assert fingerprint(copy.deepcopy(value)) == mark


@settings(max_examples=100, deadline=None)
@given(VALUES, st.sampled_from(["a", 7]))
def test_what_is_remembered_does_not_hide_a_change(value: Any, new: Any) -> None:
    known = Known()
    holder = {"value": value, "more": [value] * 3, "long": list(range(5_000))}
    before = fingerprint(holder, known)

    holder["long"][2_500] = new

    assert fingerprint(holder, known) != before


COLUMNS = st.sampled_from(
    [
        [1, 2, 3],
        [1.0, 2.0, 3.0],
        [1.0, math.nan, -0.0],
        ["a", "b", "c"],
        ["a", None, "c"],
        [True, False, True],
        list(pd.date_range("2020", periods=3)),
        list(pd.date_range("2020", periods=3, tz="UTC")),
        [None, None, None],
        [1, "a", None],
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abc"), COLUMNS, min_size=1, max_size=3),
    st.sampled_from([[0, 1, 2], [2, 1, 0], list("xyz"), [0.5, 1.5, 2.5]]),
    st.permutations([0, 1, 2]),
)
def test_taking_a_frame_apart_and_putting_it_together_keeps_it(
    columns: dict[str, Any], index: list[Any], order: list[int]
) -> None:
    frame = pd.DataFrame(columns, index=index)
    mark = fingerprint(frame)

    again = pd.concat([frame[[name]] for name in frame.columns], axis=1)
    shuffled = frame.iloc[order]
    back = shuffled.iloc[np.argsort(order)]

    assert fingerprint(again) == mark
    assert fingerprint(back) == mark
    assert (fingerprint(shuffled) == mark) == (order == [0, 1, 2])
