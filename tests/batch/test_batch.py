"""A batch as its user meets it; an executor answers from a table, no kernel is started."""

from __future__ import annotations

import json
import os
import signal

import pytest

from poc_graduate import api
from poc_graduate.batch.lock import locked
from poc_graduate.errors import CutShort, InputError
from tests.batch.stub import Stub, fails, write_notebook


@pytest.fixture
def notebook(tmp_path):
    return write_notebook(tmp_path / "n.ipynb", "print(a)")


@pytest.fixture
def run(tmp_path, notebook):
    def run(stub, grid="cross: {a: [1, 2, 3, 4]}", **options):
        (tmp_path / "grid.yaml").write_text(grid)
        return api.batch(
            notebook, grid=tmp_path / "grid.yaml", to=tmp_path / "out", executor=stub, **options
        )

    return run


def edit(notebook, **changes):
    record = json.loads(notebook.read_text())
    record["cells"][1].update(changes)
    notebook.write_text(json.dumps(record))


def test_a_grid_that_does_not_fit_is_refused_before_anything_starts(run, tmp_path):
    with pytest.raises(InputError, match=r"no parameter A \(did you mean `a`\?\).*b .* is a text"):
        run(Stub(), "cross: {A: [1], b: [2]}")

    assert not (tmp_path / "out").exists()


def test_a_second_batch_on_the_folder_is_refused(run, tmp_path):
    (tmp_path / "out").mkdir()

    with locked(tmp_path / "out"), pytest.raises(InputError, match="another batch is at work"):
        run(Stub())


def test_resume_does_what_failed_and_nothing_else(run):
    first = run(Stub(lambda work: fails("code") if work.parameters["a"] == 3 else None))
    again = Stub()
    second = run(again, resume=True)

    assert (first.status.done, first.status.failed) == (3, 1)
    assert again.parameters == [{"a": 3}]
    assert second.all_done


def test_only_what_may_pass_is_tried_again(run):
    causes = {1: "code", 2: "network"}
    stub = Stub(lambda work: fails(causes[work.parameters["a"]]))
    run(stub, "cross: {a: [1, 2]}", retries=1)

    assert sorted(one["a"] for one in stub.parameters) == [1, 2, 2]


def test_an_edit_of_the_notebook_while_it_runs_ends_the_batch_and_all_is_done_again(run, notebook):
    def answer(work):
        if work.parameters["a"] == 2:
            edit(notebook, source="print(a + 1)")

    with pytest.raises(CutShort, match=r"n\.ipynb was changed while"):
        run(Stub(answer))
    again = Stub()
    run(again, resume=True)

    assert [one["a"] for one in again.parameters] == [1, 2, 3, 4]


def test_outputs_that_an_editor_saves_change_nothing(run, notebook):
    run(Stub())
    edit(notebook, outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}])
    again = Stub()
    run(again, resume=True)

    assert again.asked == []


def test_a_full_disk_is_no_failure_of_the_run(run):
    with pytest.raises(CutShort, match="no space is left"):
        run(Stub(lambda work: fails("disk full")))
    again = Stub()

    assert run(again, resume=True).all_done
    assert len(again.asked) == 4


def test_a_signal_lets_what_is_under_way_end_and_the_rest_stays_to_do(run):
    told = []
    stub = Stub(lambda work: os.kill(os.getpid(), signal.SIGINT))
    status = run(stub, tell=told.append).status

    assert status.ending == "stopped"
    assert (status.done, status.waiting) == (2, 2)
    assert "Stopping at once." in told
