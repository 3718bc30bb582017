"""What live flags cost: the same cells in two kernels side by side, one of them with flags.

    python benchmarks/live.py

Cell by cell in turn, so that both see the same machine, in several rounds of fresh kernels. Told
are the time from request to reply and the CPU time of the kernel. On a machine whose clock moves
in steps (20 ms were seen on virtual ones) the first one holds as a mean only.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from jupyter_client.manager import start_new_kernel

from poc_graduate.notebook.read import read

EXAMPLES = Path(__file__).parents[1] / "examples"
LIVE = "%load_ext poc_graduate\n%graduate live on"
HEAVY = [
    "total = 0\nfor n in range(4_000_000):\n    total += n * n % 7",
    "found = [n for n in range(2_000_000) if n % 3 == 0 and str(n).endswith('7')]",
]
WARM = 2
"""Cells that are not counted: in the first ones libraries load on both sides."""
ROUNDS = 8


class Cost(NamedTuple):
    """Seconds of a cell: from the request to the reply, and of the kernel's CPU."""

    wall: float
    cpu: float


class Kernel:
    """A kernel of its own, and the clock of its process's CPU time.

    Args:
        folder: Where its cells run.
    """

    def __init__(self, folder: Path) -> None:
        self._manager, client = start_new_kernel(cwd=str(folder))
        self._client: Any = client  # typed as the client without blocking calls
        pid = getattr(self._manager.provisioner, "pid", None)
        if pid is None:
            raise SystemExit("the kernel does not run as a process of this machine")
        self._clock = ~pid << 3 | 2  # as clock_getcpuclockid(3) of Linux makes it

    def cost(self, code: str) -> Cost:
        """What the cell takes."""
        cpu, start = time.clock_gettime(self._clock), time.perf_counter()
        self._client.execute(code, reply=True, timeout=300)
        return Cost(time.perf_counter() - start, time.clock_gettime(self._clock) - cpu)

    def stop(self) -> None:
        """End the process and close the channels."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


def side_by_side(cells: list[str], folder: Path) -> list[tuple[Cost, Cost]]:
    """The cost of each cell without and with live flags."""
    plain, live = Kernel(folder), Kernel(folder)
    try:
        plain.cost("pass")
        live.cost(LIVE)
        return [(plain.cost(cell), live.cost(cell)) for cell in cells][WARM:]
    finally:
        plain.stop()
        live.stop()


def rounds(cells: list[str], origin: Path) -> Iterator[tuple[Cost, Cost]]:
    """The same again in fresh kernels, each time in a fresh copy of the folder."""
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as scratch:
            yield from side_by_side(cells, shutil.copytree(origin, Path(scratch, "work")))


def main() -> None:
    """Print milliseconds that are added to a cell, and the ratio on cells of loops."""
    for notebook in sorted(EXAMPLES.glob("*/*.ipynb")):
        pairs = list(rounds([cell.source for cell in read(notebook).code_cells], notebook.parent))
        wall = [1000 * (live.wall - plain.wall) for plain, live in pairs]
        cpu = [1000 * (live.cpu - plain.cpu) for plain, live in pairs]
        error = statistics.stdev(wall) / len(wall) ** 0.5
        print(
            f"{notebook.stem:24} {len(pairs):3} cells: {statistics.mean(wall):5.1f} ms a cell "
            f"(mean, standard error {error:.1f}); CPU {statistics.mean(cpu):.1f} ms "
            f"(median {statistics.median(cpu):.1f})"
        )
    pairs = list(rounds(["pass"] * WARM + HEAVY, EXAMPLES))
    slower = sum(live.wall for _, live in pairs) / sum(plain.wall for plain, _ in pairs)
    more = sum(live.cpu for _, live in pairs) / sum(plain.cpu for plain, _ in pairs)
    print(f"{'loops':24} {len(pairs):3} cells: × {slower:.3f}; CPU × {more:.3f}")


if __name__ == "__main__":
    main()
