"""What a batch itself costs: until the first run begins, a look at how far it is, memory, the disk.

    python benchmarks/batch.py [--runs 10000 100000]

Runs end at once and leave nothing, so that only planning and the journal are measured. Each size is
measured in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from poc_graduate import api
from poc_graduate.batch.model import Outcome, Work

GRID = "cross:\n  seed: {{from: 1, to: {}}}\n  region: [north, south, east, west]\n"
NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        {
            "cell_type": "code",
            "id": "a",
            "metadata": {"tags": ["parameters"]},
            "source": "seed = 1\nregion = 'north'",
            "outputs": [],
            "execution_count": None,
        }
    ],
}


class AtOnce:
    """An executor whose runs end when they are begun."""

    slots = 8

    def __init__(self) -> None:
        self.first = 0.0
        self._ended: list[Outcome] = []

    def __enter__(self) -> AtOnce:
        return self

    def __exit__(self, *error: object) -> None:
        return

    def submit(self, work: Work) -> None:
        self.first = self.first or time.perf_counter()
        metrics = {"auc": 0.5 + int(work.parameters["seed"]) % 100 / 1000}
        self._ended.append(
            Outcome(work.run, work.attempt, metrics=metrics, started=time.time(), seconds=0.1)
        )

    def collect(self, timeout: float) -> list[Outcome]:
        ended, self._ended = self._ended, []
        return ended

    def kill(self) -> None:
        return


def one(runs: int) -> dict[str, float]:
    """Figures for one size."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "n.ipynb").write_text(json.dumps(NOTEBOOK))
        (folder / "grid.yaml").write_text(GRID.format(runs // 4))
        executor = AtOnce()
        before = memory()
        start = time.perf_counter()
        at: dict[str, float] = {}

        def progress(what: str, done: int, total: int, /) -> None:
            at.setdefault("planned", memory())

        api.batch(
            folder / "n.ipynb",
            grid=folder / "grid.yaml",
            to=folder / "out",
            executor=executor,
            progress=progress,
        )
        whole = time.perf_counter() - start
        begun = executor.first - start
        looked = time.perf_counter()
        api.batch_status(folder / "out")
        status = time.perf_counter() - looked
        looked = time.perf_counter()
        api.batch_page(folder / "out")
        page = time.perf_counter() - looked
        start = time.perf_counter()
        again = AtOnce()
        api.batch(
            folder / "n.ipynb",
            grid=folder / "grid.yaml",
            to=folder / "out",
            executor=again,
            resume=True,
        )
        resumed = time.perf_counter() - start
        size = sum(path.stat().st_size for path in (folder / "out").glob("batch.sqlite*"))
        table = (folder / "out" / "results.parquet").stat().st_size
    return {
        "start_s": begun,
        "run_ms": 1000 * (whole - begun) / runs,
        "status_s": status,
        "page_s": page,
        "nothing_to_do_s": resumed,
        "memory_mb": at["planned"] - before,
        "memory_whole_mb": memory() - before,
        "journal_mb": size / 1e6,
        "table_mb": table / 1e6,
    }


def memory() -> float:
    """The most megabytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one)))
        return
    for runs in given.runs:
        said = subprocess.run(
            [sys.executable, __file__, "--one", str(runs)], check=True, stdout=subprocess.PIPE
        )
        figures = json.loads(said.stdout)
        print(f"{runs:>9,} runs  " + "  ".join(f"{k} {v:,.2f}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
