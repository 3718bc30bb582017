"""Workers and the batch itself are killed again and again: no run is lost, none is done twice."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from poc_graduate.batch.journal import Journal
from tests.batch.stub import write_notebook

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
RUNS = 1_000
KILLS = 5


def _start(*arguments: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.batch.sleeping_batch", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def _kill_a_worker(batch: subprocess.Popen[bytes], chance: random.Random) -> int:
    with contextlib.suppress(psutil.Error):
        workers = psutil.Process(batch.pid).children()
        if workers:
            chance.choice(workers).send_signal(signal.SIGKILL)
            return 1
    return 0


def test_a_thousand_runs_survive_kills(tmp_path):
    chance = random.Random(11)
    notebook = write_notebook(tmp_path / "n.ipynb")
    grid = tmp_path / "grid.yaml"
    grid.write_text(f"cross:\n  a: {{from: 1, to: {RUNS}}}\n")
    folder = tmp_path / "out"
    workers_killed = 0

    for session in range(KILLS + 1):
        batch = _start(notebook, grid, folder)
        until = time.monotonic() + (chance.uniform(4, 9) if session < KILLS else 600)
        while time.monotonic() < until and batch.poll() is None:
            time.sleep(chance.uniform(0.3, 1.5))
            workers_killed += _kill_a_worker(batch, chance)
        assert (batch.poll() is None) == (session < KILLS)
        batch.kill()
        batch.wait()

    with Journal(folder) as journal:
        assert journal.intact()
        counts = journal.counts()
        rows = list(journal.rows())
        attempts = journal.attempts()
    endings = Counter(ending for *_, ending in attempts)
    print(f"{workers_killed} workers killed, {len(attempts)} attempts: {dict(endings)}")
    assert counts == {"done": RUNS - RUNS // 50, "failed": RUNS // 50}
    done = Counter(key for key, _, _, ending in attempts if ending == "done")
    assert set(done.values()) == {1}
    assert len(done) == RUNS - RUNS // 50
    last = {key: number for key, number, _, ending in attempts if ending == "done"}
    for row in rows:
        first, second = (folder / row.folder / "product.json").read_text().splitlines()
        assert second == "whole"
        assert json.loads(first)["a"] == row.parameters["a"]
        if row.state == "done":
            assert json.loads(first)["attempt"] == last[row.key]
        else:
            assert str(row.failure) == "cell 2, line 1: ValueError: no"
    assert len(list((folder / "runs").iterdir())) == RUNS - RUNS // 50
    assert workers_killed > 20
    leftover = [
        p
        for p in psutil.process_iter(["cmdline"])
        if "tests.batch.sleeper" in (p.info["cmdline"] or [])
    ]
    assert leftover == []
