"""The table of all runs, and their failures by cause."""

from __future__ import annotations

import pandas as pd
import pytest

from poc_graduate.batch.journal import Journal
from poc_graduate.batch.model import Failure, Outcome
from poc_graduate.batch.records import Planned
from poc_graduate.batch.results import write_results
from poc_graduate.batch.summary import summary


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path, write=True) as journal:
        journal.begin({}, "here", 1, source="n.ipynb", kind="notebook", grid="g.yaml")
        yield journal


def ended(journal, *outcomes):
    """(parameters, metrics or failure) → runs."""
    journal.plan(
        Planned(f"k{n}", n, given, f"run-{n}", "") for n, (given, _) in enumerate(outcomes, 1)
    )
    for number, (_, what) in enumerate(outcomes, 1):
        key = f"k{number}"
        failed = isinstance(what, Failure)
        outcome = Outcome(
            key, journal.begun(key), failure=what if failed else None,
            metrics={} if failed else what, started=1.7e9, seconds=float(number),
        )  # fmt: skip
        journal.ended(outcome, "failed" if failed else "done")


def test_a_row_a_run_with_parameters_metrics_times_and_causes(journal, tmp_path):
    ended(
        journal,
        ({"a": 1, "b": "x"}, {"auc": 0.5, "n": 3}),
        ({"a": 2, "b": "y"}, {"auc": 1, "n": None}),
        ({"a": 3, "b": "z"}, Failure("code", "ValueError", "no", 2, 1)),
    )

    table = pd.read_parquet(write_results(tmp_path, journal))

    assert table["a"].tolist() == [1, 2, 3]
    assert table["auc"].dtype == "float64"
    assert table["auc"].tolist()[:2] == [0.5, 1.0]
    assert table["run_state"].tolist() == ["done", "done", "failed"]
    assert table["run_cause"].tolist()[2] == "code"
    assert table["run_place"].tolist()[2] == "cell 2, line 1"
    assert table["run_seconds"].tolist() == [1.0, 2.0, 3.0]


def test_a_name_of_ours_or_of_both_kinds_stays_apart(journal, tmp_path):
    ended(journal, ({"run": 7, "auc": 1}, {"auc": 0.5}))

    table = pd.read_parquet(write_results(tmp_path, journal))

    assert table[["run", "parameter_run", "auc", "metric_auc"]].values.tolist() == [[1, 7, 1, 0.5]]


def test_values_of_several_types_become_texts_of_json(journal, tmp_path):
    ended(journal, ({"a": 1}, {"m": "x"}), ({"a": [1, 2]}, {"m": 5}))

    table = pd.read_parquet(write_results(tmp_path, journal))

    assert table["a"].tolist() == ["1", "[1, 2]"]
    assert table["m"].tolist() == ['"x"', "5"]


def test_failures_in_one_place_for_one_reason_are_one_group(journal, tmp_path):
    here = [Failure("code", "ValueError", f"no {n}", 2, 1) for n in range(3)]
    there = Failure("code", "KeyError", "'x'", 4, 2)
    ended(journal, *[({"a": n}, one) for n, one in enumerate([*here, there])])

    first, second = summary(tmp_path).failures

    assert (first.count, first.messages, first.failure.place) == (3, 3, "cell 2, line 1")
    assert (second.count, second.failure.error) == (1, "KeyError")
