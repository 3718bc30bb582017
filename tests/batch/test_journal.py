"""The journal: what is written together, what another session finds, and a file that is damaged."""

from __future__ import annotations

import pytest

from poc_graduate.batch.journal import JOURNAL, Journal
from poc_graduate.batch.model import Failure, Outcome
from poc_graduate.batch.records import Planned
from poc_graduate.errors import InputError

VERSIONS = {"python": "3"}


def planned(*numbers, inputs="same", path="run-{}"):
    return [Planned(f"k{n}", n, {"a": n}, path.format(n), inputs) for n in numbers]


@pytest.fixture
def session(tmp_path):
    def session(runs, **options):
        journal = Journal(tmp_path, write=True)
        journal.begin(VERSIONS, "here", 1, source="n.ipynb", kind="notebook")
        journal.plan(runs, **options)
        return journal

    return session


def test_what_was_running_when_a_session_was_cut_off_is_planned_again(session):
    with session(planned(1, 2)) as first:
        first.begun("k1")
    with session(planned(1, 2)) as second:
        assert [run.key for run in second.waiting(0, 10)] == ["k1", "k2"]
        assert second.attempts() == [("k1", 1, 1, "cut off")]
        assert second.begun("k1") == 2


def test_what_is_done_stays_done_only_with_the_same_inputs_and_its_folder(session):
    with session(planned(1, 2, 3)) as journal:
        for key in ("k1", "k2", "k3"):
            journal.ended(Outcome(key, journal.begun(key)), "done")
    runs = [*planned(1, 2), *planned(3, inputs="changed")]
    with session(runs, there=lambda path: path != "run-2") as journal:
        assert [run.key for run in journal.waiting(0, 10)] == ["k2", "k3"]


def test_a_run_that_left_the_grid_is_kept_and_not_counted(session):
    with session(planned(1, 2)) as journal:
        journal.ended(Outcome("k2", journal.begun("k2")), "done")
    with session(planned(1)) as journal:
        assert journal.counts() == {"planned": 1}
    with session(planned(1, 2)) as journal:
        assert journal.counts() == {"done": 1, "planned": 1}


def test_names_that_differ_in_case_only_are_told_apart(session):
    runs = [
        Planned("k1", 1, {"a": "x"}, "a=x", ""),
        Planned("k2", 2, {"a": "X"}, "a=X", ""),
    ]
    with session(runs) as journal:
        paths = [run.path for run in journal.waiting(0, 10)]
    assert paths[0] == "a=x"
    assert paths[1].startswith("a=X-")


def test_an_ending_and_what_it_left_are_written_together_until_it_is_renamed(session):
    with session(planned(1)) as journal:
        journal.ended(Outcome("k1", journal.begun("k1"), made="/somewhere"), "done")
        assert journal.staged() == [("k1", "run-1", "done", "/somewhere")]
        journal.published(["k1"])
        assert journal.staged() == []


def test_a_row_holds_why_it_failed(session):
    failure = Failure("code", "ValueError", "no", 2, 1)
    with session(planned(1)) as journal:
        journal.ended(Outcome("k1", journal.begun("k1"), failure=failure, seconds=2.5), "failed")
        (row,) = journal.rows("failed")
    assert (row.failure, row.seconds, row.folder) == (failure, 2.5, "failed/run-1")


def test_others_may_read_while_a_batch_writes(session, tmp_path):
    with session(planned(1)) as journal:
        journal.begun("k1")
        with Journal(tmp_path) as other:
            assert other.counts() == {"running": 1}


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_file_is_said_so_and_left_as_it_is(tmp_path, content):
    (tmp_path / JOURNAL).write_bytes(content)

    with pytest.raises(InputError, match="cannot be read"):
        Journal(tmp_path, write=True)
    assert (tmp_path / JOURNAL).read_bytes() == content


def test_a_folder_without_a_journal_holds_no_batch(tmp_path):
    with pytest.raises(InputError, match="holds no batch"):
        Journal(tmp_path)
    assert not list(tmp_path.iterdir())
