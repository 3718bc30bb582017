"""What warm kernels save: a batch of 200 small runs, and builds of the examples, beside rivals.

    python benchmarks/warm.py [--rounds 3] [--only runs|builds]

In turns, so that all see the same machine. The outputs of every run are compared with those of
plain papermill with the same parameters.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill

from poc_graduate import api
from poc_graduate.kernels.parent import FORKED

EXAMPLES = Path(__file__).parents[1] / "examples"
BESIDE = Path(sys.executable).parent
WORKERS = 2
RUNS = 200
PLAIN, COMMANDS = 20, 5
"""Runs of the rivals in a round."""
CELLS = [
    "import pandas as pd",
    "table = pd.DataFrame({'x': range(1000)})\ntable['y'] = (table.x * n) % 97\ntable.tail(3)",
    "print(n, table.y.sum(), round(table.y.std(), 6))",
]


def notebook(folder: Path) -> Path:
    """A small notebook with a parameter."""
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell("n = 1", metadata={"tags": ["parameters"]})]
    made.cells += [nbformat.v4.new_code_cell(one) for one in CELLS]
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / "small.ipynb"
    nbformat.write(made, path)
    return path


def run(path: Path, number: int) -> None:
    """One execution, in this process."""
    output = path.with_name(f"plain-{number}.ipynb")
    papermill.execute_notebook(path, output, {"n": number}, progress_bar=False)


def run_command(path: Path, number: int) -> None:
    """One execution by the command line."""
    output = path.with_name(f"command-{number}.ipynb")
    command = [str(BESIDE / "papermill"), str(path), str(output), "-p", "n", str(number)]
    subprocess.run(command, check=True, capture_output=True)


def outputs(path: Path) -> list[Any]:
    """What the cells show."""
    return [cell.get("outputs") for cell in nbformat.read(path, 4).cells]


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def runs(rounds: int, folder: Path) -> None:
    """Print seconds of one run of each kind, and ratios."""
    path = notebook(folder)
    grid = folder / "grid.yaml"
    grid.write_text(f"cross: {{n: {{from: 1, to: {RUNS}}}}}\n", encoding="utf-8")
    took: dict[str, list[float]] = {"plain": [], "command": [], "batch": []}
    run(path, 0)  # papermill is loaded, files are in memory
    for count in range(rounds):
        took["plain"].append(
            seconds(lambda c=count: [run(path, c * PLAIN + n + 1) for n in range(PLAIN)]) / PLAIN
        )
        took["command"].append(
            seconds(
                lambda c=count: [run_command(path, c * COMMANDS + n + 1) for n in range(COMMANDS)]
            )
            / COMMANDS
        )
        to = folder / f"batch-{count}"
        took["batch"].append(
            seconds(lambda to=to: api.batch(path, grid=grid, to=to, workers=WORKERS)) / RUNS
        )
    made = [folder / "batch-0" / "runs" / f"n={n + 1}" / path.name for n in range(RUNS)]
    compared = 0
    for kind in ("plain", "command"):
        for other in folder.glob(f"{kind}-*.ipynb"):
            number = int(other.stem.rpartition("-")[2])
            if number:
                assert outputs(made[number - 1]) == outputs(other), other.name
                compared += 1
    forked = [nbformat.read(one, 4).metadata.papermill["kernel"] == FORKED for one in made]
    one = {kind: statistics.median(each) for kind, each in took.items()}
    print(f"{len(forked)} runs, {sum(forked)} in forks, {compared} compared with plain ones")
    for kind, each in one.items():
        print(
            f"  {kind:8} {each:.3f} s a run, the batch is {each / one['batch']:.1f} times as fast"
        )


def builds(rounds: int, folder: Path) -> None:
    """Print seconds, wall and processor's, of each example's notebook, and of its builds."""
    for example in sorted(EXAMPLES.iterdir()):
        for path in example.glob("*.ipynb"):
            home = folder / example.name
            shutil.copytree(example, home)
            project, executed = home / "project", home / "executed.ipynb"
            took: dict[str, list[tuple[float, float]]] = {}
            kinds: dict[str, Callable[[], object]] = {
                "notebook": lambda p=home / path.name, to=executed, h=home: (
                    papermill.execute_notebook(p, to, cwd=h, progress_bar=False)
                ),
                "papermill": lambda p=home / path.name, to=executed, h=home: _command(
                    h, "papermill", str(p), str(to)
                ),
                "warm": lambda p=project: _command(p, "poc-graduate", "build", "--force"),
                "nothing": lambda p=project: _command(p, "poc-graduate", "build"),
                "plain": lambda p=project: _command(p, "ploomber", "build", "--force"),
            }
            for _ in range(rounds):
                for kind, work in kinds.items():
                    before = processor_seconds()
                    wall = seconds(work)
                    took.setdefault(kind, []).append((wall, processor_seconds() - before))
            wall = {kind: statistics.median(one[0] for one in each) for kind, each in took.items()}
            used = {kind: statistics.median(one[1] for one in each) for kind, each in took.items()}
            print(f"{example.name}: " + ", ".join(f"{k} {wall[k]:.2f} s" for k in kinds))
            print(
                f"  warm ÷ notebook {wall['warm'] / wall['notebook']:.2f}"
                f" (by processor time {used['warm'] / used['notebook']:.2f}),"
                f" ÷ papermill's command {wall['warm'] / wall['papermill']:.2f},"
                f" plain ÷ warm {wall['plain'] / wall['warm']:.2f}"
            )


def processor_seconds() -> float:
    """What this process and those that it has waited for have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _command(project: Path, program: str, *arguments: str) -> None:
    command = [str(BESIDE / program), *arguments]
    subprocess.run(command, cwd=project, check=True, capture_output=True)


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["runs", "builds"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if given.only != "builds":
            runs(given.rounds, Path(scratch))
        if given.only != "runs":
            builds(given.rounds, Path(scratch))


if __name__ == "__main__":
    main()
