"""What warm kernels save: many small runs, and builds of the examples, each beside its rivals.

    python benchmarks/warm.py [--rounds 8] [--only runs|builds]

In turns, so that all see the same machine. The outputs of every run are compared with those of
plain papermill with the same parameters.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import papermill

from poc_graduate.kernels.engine import FORKED, register
from poc_graduate.kernels.parent import Warm, warm_parent

EXAMPLES = Path(__file__).parents[1] / "examples"
BESIDE = Path(sys.executable).parent
WORKERS = 2
PLAIN, COMMANDS, FORKS = 5, 1, 25
"""Runs of each kind in a round."""
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


def run(path: Path, number: int, name: str, options: dict[str, Any]) -> Path:
    """One execution, in this process."""
    output = path.with_name(f"{name}-{number}.ipynb")
    papermill.execute_notebook(path, output, {"n": number}, progress_bar=False, **options)
    return output


def run_command(path: Path, number: int) -> Path:
    """One execution by the command line."""
    output = path.with_name(f"command-{number}.ipynb")
    command = [str(BESIDE / "papermill"), str(path), str(output), "-p", "n", str(number)]
    subprocess.run(command, check=True, capture_output=True)
    return output


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
    took: dict[str, list[float]] = {"plain": [], "command": [], "warm": []}
    with (
        warm_parent(["pandas"]) as warm,
        ProcessPoolExecutor(WORKERS, initializer=register) as pool,
    ):
        _forks(pool, path, range(WORKERS), warm)  # the workers load papermill
        run(path, 0, "plain", {})
        for count in range(rounds):
            first = count * FORKS
            took["plain"].append(
                seconds(lambda f=first: [run(path, f + n, "plain", {}) for n in range(PLAIN)])
                / PLAIN
            )
            took["command"].append(
                seconds(lambda f=first: [run_command(path, f + n) for n in range(COMMANDS)])
                / COMMANDS
            )
            numbers = range(first, first + FORKS)
            took["warm"].append(seconds(lambda ns=numbers: _forks(pool, path, ns, warm)) / FORKS)
    compared = 0
    for kind in ("plain", "command"):
        for other in folder.glob(f"{kind}-*.ipynb"):
            ours = other.with_name(other.name.replace(kind, "warm"))
            assert outputs(ours) == outputs(other), other.name
            compared += 1
    forked = [
        nbformat.read(one, 4).metadata.papermill["kernel"] == FORKED
        for one in folder.glob("warm-*.ipynb")
    ]
    one = {kind: statistics.median(each) for kind, each in took.items()}
    print(f"{len(forked)} warm runs, {sum(forked)} forked, {compared} compared with plain ones")
    for kind, each in one.items():
        print(f"  {kind:8} {each:.3f} s a run, warm is {each / one['warm']:.1f} times as fast")


def _forks(pool: ProcessPoolExecutor, path: Path, numbers: range, warm: Warm) -> None:
    options = {"engine_name": warm.engine, **warm.options}
    for done in [pool.submit(run, path, n, "warm", options) for n in numbers]:
        done.result()


def builds(rounds: int, folder: Path) -> None:
    """Print seconds of each example's notebook, its builds, and one that has nothing to do."""
    for example in sorted(EXAMPLES.iterdir()):
        for path in example.glob("*.ipynb"):
            home = folder / example.name
            shutil.copytree(example, home)
            project = home / "project"
            took: dict[str, list[float]] = {"notebook": [], "warm": [], "plain": [], "nothing": []}
            for _ in range(rounds):
                took["notebook"].append(
                    seconds(
                        lambda p=home / path.name, h=home: papermill.execute_notebook(
                            p, h / "executed.ipynb", cwd=h, progress_bar=False
                        )
                    )
                )
                took["warm"].append(
                    seconds(lambda p=project: _command(p, "poc-graduate", "build", "--force"))
                )
                took["nothing"].append(
                    seconds(lambda p=project: _command(p, "poc-graduate", "build"))
                )
                took["plain"].append(
                    seconds(lambda p=project: _command(p, "ploomber", "build", "--force"))
                )
            one = {kind: statistics.median(each) for kind, each in took.items()}
            ratios = ", ".join(f"{kind} {each:.2f} s" for kind, each in one.items())
            print(
                f"{example.name}: {ratios}; warm ÷ notebook {one['warm'] / one['notebook']:.2f}, "
            )
            print(f"  plain ÷ warm {one['plain'] / one['warm']:.2f}")


def _command(project: Path, program: str, *arguments: str) -> None:
    command = [str(BESIDE / program), *arguments]
    subprocess.run(command, cwd=project, check=True, capture_output=True)


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--only", choices=["runs", "builds"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if given.only != "builds":
            runs(given.rounds, Path(scratch))
        if given.only != "runs":
            builds(given.rounds, Path(scratch))


if __name__ == "__main__":
    main()
