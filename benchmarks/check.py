"""What checking costs: ours beside `nbqa ruff` on the same notebooks, and one edited cell.

    python benchmarks/check.py [FOLDER]

Without a folder, notebooks are made of the cells of our examples and tutorials. Both tools run in
turns on the same sample, so that the ratio holds whatever else the machine does; seconds do not.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from poc_graduate import api
from poc_graduate.errors import GraduateError

HERE = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
NOTEBOOKS = 1_000
SAMPLE = 60
"""Notebooks that nbqa is timed on: it takes a third of a second for each."""
CELLS, EDITS = 100, 30


def cells() -> list[list[dict[str, Any]]]:
    """The cells of each example and tutorial, outputs and all."""
    paths = [*HERE.glob("examples/*/*.ipynb"), *HERE.glob("notebooks/*.ipynb")]
    return [json.loads(path.read_text())["cells"] for path in sorted(paths)]


def recombined(sources: list[list[dict[str, Any]]], length: int, seed: int) -> str:
    """A notebook of cells drawn from one or several of them, in their order."""
    draw = random.Random(seed)
    from_all = [cell for one in draw.sample(sources, draw.randint(1, 3)) for cell in one]
    while len(from_all) < length:
        from_all = from_all + from_all
    places = sorted(draw.sample(range(len(from_all)), length))
    made = [from_all[place] | {"id": f"cell-{at}"} for at, place in enumerate(places)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def write_notebooks(folder: Path) -> None:
    """As many notebooks as the aim speaks of, of 12 to 50 cells each."""
    sources = cells()
    for seed in range(NOTEBOOKS):
        length = random.Random(-seed).randint(12, 50)
        (folder / f"{seed:04}.ipynb").write_text(recombined(sources, length, seed))


def seconds(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a command; it exits with 1 where it found something."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1, 2) or not done.stdout:
        raise SystemExit(f"{command[0]} failed: {done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


def side_by_side(folder: Path) -> None:
    """Print what each tool takes for the notebooks of a folder."""
    notebooks = sorted(folder.rglob("*.ipynb"))
    ours = [str(BIN / "poc-graduate"), "check", "--quiet", "--jobs", "2"]
    with tempfile.TemporaryDirectory() as scratch:
        for path in random.Random(0).sample(notebooks, min(SAMPLE, len(notebooks))):
            shutil.copy(path, scratch)
        count = len(list(Path(scratch).iterdir()))
        wall, cpu = seconds([*ours, scratch])
        other, other_cpu = seconds([str(BIN / "nbqa"), "ruff", scratch])
    print(f"{count} notebooks: check {wall:.1f} s (CPU {cpu:.1f} s), "
          f"nbqa ruff {other:.1f} s (CPU {other_cpu:.1f} s): × {other / wall:.1f}")  # fmt: skip
    all_wall, all_cpu = seconds([*ours, str(folder)])
    scaled = other * len(notebooks) / count
    print(
        f"{len(notebooks):,} notebooks: check {all_wall:.1f} s (CPU {all_cpu:.1f} s, --jobs 2 of "
        f"{os.cpu_count()} cores); nbqa ruff {scaled:.0f} s, scaled from {count}: "
        f"× {scaled / all_wall:.1f}"
    )


def edited(text: str, seed: int) -> str:
    """The notebook with one more line in one of its code cells."""
    record = json.loads(text)
    codes = [cell for cell in record["cells"] if cell["cell_type"] == "code"]
    cell = random.Random(seed).choice(codes)
    source = "".join(cell["source"])
    cell["source"] = f"{source}\nedited_{seed} = {seed}"
    return json.dumps(record)


def after_edits(folder: Path) -> Iterator[tuple[float, float]]:
    """Wall and CPU seconds of the check after each edit of a notebook of many cells."""
    path, text = folder / "long.ipynb", recombined(cells(), CELLS, seed=1)
    api.check_text(text, path)
    for edit in range(EDITS):
        text = edited(text, edit)
        start, cpu = time.perf_counter(), time.process_time()
        api.check_text(text, path)
        yield time.perf_counter() - start, time.process_time() - cpu


def main() -> None:
    """Print the lines for the README."""
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch)
        if sys.argv[1:]:
            side_by_side(Path(sys.argv[1]))
        else:
            write_notebooks(made)
            side_by_side(made)
        try:
            times = list(after_edits(made))
        except GraduateError as failure:
            raise SystemExit(f"the long notebook cannot be read: {failure}") from None
    walls, cpus = ([1000 * each for each in column] for column in zip(*times, strict=True))
    print(
        f"one edited cell in {CELLS}, {EDITS} times: median {statistics.median(walls):.0f} ms, "
        f"worst {max(walls):.0f} ms (CPU {statistics.median(cpus):.0f} and {max(cpus):.0f} ms)"
    )


if __name__ == "__main__":
    main()
