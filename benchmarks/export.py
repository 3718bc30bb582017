"""What a proof costs: each example's own time beside its export and its build, in one run.

    python benchmarks/export.py

Ratios hold when the machine's speed drifts; seconds do not.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from poc_graduate.notebook.read import read
from poc_graduate.observe.record import observe

EXAMPLES = Path(__file__).parents[1] / "examples"
BIN = Path(sys.executable).parent


def seconds(command: list[str], folder: Path) -> float:
    """Wall time of a command that has to succeed."""
    start = time.monotonic()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.monotonic() - start


def best(command: list[str], folder: Path, runs: int = 3) -> float:
    """The fastest of some runs."""
    return min(seconds(command, folder) for _ in range(runs))


def capture(folder: Path, name: str) -> str:
    """Time that the probe takes, in relation to what the cells take themselves."""
    facts = observe(read(folder / name), candidates={}, second=False)
    return f"{facts.capture_seconds / sum(cell.seconds for cell in facts.cells):.0%}"


def idle_pipeline(folder: Path, tasks: int) -> Path:
    """A chain of tasks that do nothing: what Ploomber and the kernels take for themselves."""
    folder.mkdir()
    entries = []
    for n in range(tasks):
        upstream = f'["task_{n - 1}"]' if n else "None"
        (folder / f"task_{n}.py").write_text(
            f'# %% tags=["parameters"]\nupstream = {upstream}\nproduct = None\n\n# %%\npass\n'
        )
        entries.append({"source": f"task_{n}.py", "product": {"nb": f"products/task_{n}.ipynb"}})
    (folder / "pipeline.yaml").write_text(json.dumps({"tasks": entries}))
    return folder


def long_notebook(path: Path, cells: int = 100) -> None:
    """A notebook of ten-line cells that need not run."""
    body = "\n".join(f"value_{{n}}_{i} = sum(range({i})) + {i}" for i in range(10))
    record = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [],
             "execution_count": None, "source": body.replace("{n}", str(n))}
            for n in range(cells)
        ],
    }  # fmt: skip
    path.write_text(json.dumps(record))


def main() -> None:
    """Print a table for the README."""
    python = sys.executable
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        print("| example | notebook s | export s | (export - 5 s) / notebook | build / notebook "
              "| idle tasks / notebook | capture / cells |")  # fmt: skip
        print("|---|---|---|---|---|---|---|")
        for notebook in sorted(EXAMPLES.glob("*/*.ipynb")):
            home = here / notebook.parent.name
            shutil.copytree(notebook.parent, home, ignore=shutil.ignore_patterns("project"))
            run = [python, "-m", "papermill", notebook.name, "/dev/null", "--no-progress-bar"]
            own = seconds(run, home)
            export = seconds(
                [str(BIN / "poc-graduate"), "export", notebook.name, "--output", "project"], home
            )
            build = seconds([str(BIN / "ploomber"), "build", "--force"], home / "project")
            name = notebook.parent.name
            tasks = len(list((home / "project/tasks").glob("*.py")))
            idle = seconds(
                [str(BIN / "ploomber"), "build"], idle_pipeline(here / f"idle_{name}", tasks)
            )
            share = capture(home, notebook.name)
            ratios = f"{(export - 5) / own:.2f} | {build / own:.2f} | {idle / own:.2f} | {share}"
            print(f"| {name} | {own:.1f} | {export:.1f} | {ratios} |")
        long_notebook(here / "long.ipynb")
        command = [str(BIN / "poc-graduate")]
        plan = best([*command, "plan", "long.ipynb", "--quiet"], here)
        print(f"\nplan of 100 cells: {plan:.2f} s")
        bare = best([python, "-c", ""], here) * 1000
        imported = best([python, "-c", "import poc_graduate"], here) * 1000
        print(f"import poc_graduate: {imported:.0f} ms (bare interpreter {bare:.0f} ms)")
        print(f"poc-graduate --help: {best([*command, '--help'], here) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
