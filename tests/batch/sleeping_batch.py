"""`python -m tests.batch.sleeping_batch NOTEBOOK GRID FOLDER`: a batch of runs that sleep."""

from __future__ import annotations

import sys
from pathlib import Path

from poc_graduate import api
from poc_graduate.batch.pool import Pool

if __name__ == "__main__":
    notebook, grid, folder = map(Path, sys.argv[1:])
    logs = folder.parent / "logs"
    logs.mkdir(exist_ok=True)
    workers = Pool(4, logs, (sys.executable, "-m", "tests.batch.sleeper"))
    api.batch(notebook, grid=grid, to=folder, resume=True, retries=50, executor=workers)
