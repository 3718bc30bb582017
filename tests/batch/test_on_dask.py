"""A batch on Dask: workers come and go, each run is done once, a scheduler of others stays."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections import Counter

import psutil
import pytest

from poc_graduate import api
from poc_graduate.batch.journal import Journal
from poc_graduate.errors import InputError
from poc_graduate.kernels.parent import FORKED
from tests.batch.stub import write_notebook

RUNS = 8
_LEFT_BEHIND = (
    "PYTHONHASHSEED OMP_NUM_THREADS MKL_NUM_THREADS OPENBLAS_NUM_THREADS MALLOC_TRIM_THRESHOLD_ "
    "__DASK_PARENT_PID"
).split()
"""Variables that a cluster of Dask's own puts into this process's environment."""
CODE = """\
import os, time
with open("product.txt", "w") as file:
    file.write(f"{a} {os.environ.get('OMP_NUM_THREADS')}\\n")
    file.flush()
    time.sleep(1)
    file.write("whole\\n")
"""


@pytest.fixture
def run(tmp_path):
    notebook = write_notebook(tmp_path / "n.ipynb", CODE)
    (tmp_path / "grid.yaml").write_text(f"cross: {{a: {{from: 1, to: {RUNS}}}}}")

    def run(on, **options):
        to = tmp_path / "out"
        return api.batch(notebook, grid=tmp_path / "grid.yaml", to=to, on=on, **options)

    return run


def test_a_place_that_is_none_is_refused_before_anything_starts(run, tmp_path):
    with pytest.raises(InputError, match="does not run on 'ray'"):
        run("ray")

    assert not (tmp_path / "out").exists()


@pytest.mark.kernel
def test_a_lost_worker_s_run_is_done_again_elsewhere_and_published_once(run, tmp_path):
    pytest.importorskip("distributed")
    over = threading.Event()
    killed = []
    before = dict(os.environ)

    def kill_two():
        while not over.wait(0.2) and len(killed) < 2:
            for worker in _at_work():
                if worker.pid not in killed and len(killed) < 2:
                    time.sleep(0.7)
                    worker.kill()
                    killed.append(worker.pid)

    killer = threading.Thread(target=kill_two)
    killer.start()
    try:
        found = run("dask", workers=2, retries=5)
    finally:
        over.set()
        killer.join()

    assert len(killed) == 2
    assert (found.status.done, found.status.failed) == (RUNS, 0)
    with Journal(tmp_path / "out") as journal:
        attempts = journal.attempts()
        rows = list(journal.rows())
    endings = Counter(ending for *_, ending in attempts)
    assert endings["worker lost"] >= 1
    assert set(endings) == {"done", "worker lost"}
    assert Counter(key for key, *_, ending in attempts if ending == "done") == {
        row.key: 1 for row in rows
    }
    for row in rows:
        text = (tmp_path / "out" / row.folder / "product.txt").read_text()
        threads = before.get("OMP_NUM_THREADS")  # with another number BLAS adds up otherwise
        assert text == f"{row.parameters['a']} {threads}\nwhole\n"
    assert dict(os.environ) == before
    assert not (tmp_path / "out" / ".unfinished").exists()
    assert not _at_work()


@pytest.mark.kernel
def test_a_scheduler_s_workers_fork_kernels_and_are_let_alone_afterwards(
    run, tmp_path, monkeypatch
):
    distributed = pytest.importorskip("distributed")
    for name in _LEFT_BEHIND:  # set once, so that monkeypatch takes it out again
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, dashboard_address=None
    ) as cluster:
        found = run(cluster.scheduler_address)

        assert found.status.done == RUNS
        for path in (tmp_path / "out" / "runs").glob("*/n.ipynb"):
            assert json.loads(path.read_text())["metadata"]["papermill"]["kernel"] == FORKED
        with distributed.Client(cluster) as client:
            assert client.submit(sum, [1, 2]).result(timeout=30) == 3
        assert not _at_work()


def _at_work() -> list[psutil.Process]:
    """Workers of Dask that have a process of ours."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "poc_graduate.batch.worker" in process.cmdline():
                found.append(process.parent())
    return found
