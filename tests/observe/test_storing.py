"""How a value can be stored is decided by storing it."""

from __future__ import annotations

import sys
import threading
import types
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from poc_graduate.observe.probe.fingerprint import fingerprint
from poc_graduate.observe.probe.known import Known
from poc_graduate.observe.probe.storing import Trials, how_to_store
from tests.observe.values import DISTINCT, setup

SPACE = setup()
FRAMES = [e for e in DISTINCT if type(eval(e, SPACE)) is pd.DataFrame]


def outcome(value: Any) -> tuple[str, str]:
    return how_to_store(value, fingerprint(value), Known())


@pytest.mark.parametrize("expression", FRAMES)
def test_the_quick_way_to_write_parquet_tells_as_much_as_the_usual_one(
    expression: str, tmp_path: Path
) -> None:
    value = eval(expression, SPACE)
    try:
        value.to_parquet(tmp_path / "x.parquet")
        exact = fingerprint(pd.read_parquet(tmp_path / "x.parquet")) == fingerprint(value)
    except Exception:
        exact = False

    assert outcome(value)[0] == ("parquet" if exact else "pickle")


def test_what_parquet_loses_is_named() -> None:
    dates = pd.date_range("2020", periods=3)
    frame = pd.DataFrame({"a": [1, 2, 3]})

    assert outcome(frame) == ("parquet", "")
    assert outcome(frame.set_axis(dates)) == (
        "pickle",
        "parquet does not keep it exactly: the index",
    )
    assert outcome(frame.assign(b=[[1], [2], [3]])) == (
        "pickle",
        "parquet does not keep it exactly: column 'b' (object)",
    )
    assert outcome(frame.assign(b=[1, "a", 2]))[1].startswith("parquet: ")


def test_many_categories_keep_their_order(tmp_path: Path) -> None:
    names = [f"name{i:06}" for i in range(60_000)]
    frame = pd.DataFrame({"a": pd.Categorical(names[::-1], categories=names)})

    form, _ = outcome(frame)
    frame.to_parquet(path := tmp_path / "x.parquet")

    assert (form == "parquet") == (fingerprint(pd.read_parquet(path)) == fingerprint(frame))


def test_views_that_a_pickle_would_separate_are_not_stored() -> None:
    array = np.arange(6.0)

    assert outcome((array, array[2:])) == ("", "it comes back from a pickle changed")
    assert outcome((array, array)) == ("pickle", "")


def test_what_cannot_be_pickled_says_why() -> None:
    form, reason = how_to_store(threading.Lock(), "unknown", Known())

    assert form == ""
    assert "cannot pickle '_thread.lock' object" in reason


@pytest.mark.skipif(sys.platform != "linux", reason="tried in a forked copy on Linux only")
def test_trying_leaves_no_trace_in_the_process(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("loud")
    exec(
        "import random\ncalls = []\n"
        "class Loud:\n"
        "    def __reduce__(self):\n"
        "        calls.append(1); random.random(); print('asked')\n"
        "        return (Loud, ())\n",
        module.__dict__,
    )
    monkeypatch.setitem(sys.modules, "loud", module)
    value = module.Loud()
    mark = fingerprint(value)
    trials = Trials(Known(), str(tmp_path))

    trials.begin({mark: value})

    assert trials.wait() == {mark: ("pickle", "")}
    assert module.calls == []
    assert capfd.readouterr().out == ""
