"""What live flags cost: the same cells in two kernels side by side, one of them with flags.

    python benchmarks/live.py

Cell by cell in turn, so that both see the same machine; times are those between request and reply.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from jupyter_client import BlockingKernelClient
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


def seconds(kernel: BlockingKernelClient, code: str) -> float:
    """From the request to the reply."""
    start = time.perf_counter()
    kernel.execute(code, reply=True, timeout=300)
    return time.perf_counter() - start


def side_by_side(cells: list[str], folder: Path) -> tuple[list[float], list[float]]:
    """Seconds of each cell without and with live flags."""
    plain_manager, plain = start_new_kernel(cwd=str(folder))
    live_manager, live = start_new_kernel(cwd=str(folder))
    try:
        seconds(plain, "pass")
        seconds(live, LIVE)
        without, with_flags = [], []
        for cell in cells:
            without.append(seconds(plain, cell))
            with_flags.append(seconds(live, cell))
        return without[WARM:], with_flags[WARM:]
    finally:
        for client, manager in ((plain, plain_manager), (live, live_manager)):
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def main() -> None:
    """Print milliseconds that are added to a cell, and the ratio on cells of loops."""
    for notebook in sorted(EXAMPLES.glob("*/*.ipynb")):
        cells = [cell.source for cell in read(notebook).code_cells]
        with tempfile.TemporaryDirectory() as scratch:
            folder = shutil.copytree(notebook.parent, Path(scratch, "work"))
            without, with_flags = side_by_side(cells, folder)
        added = [1000 * (b - a) for a, b in zip(without, with_flags, strict=True)]
        print(
            f"{notebook.stem:24} {len(added):3} cells: {statistics.median(added):5.1f} ms a cell "
            f"(median), {max(added):5.1f} ms at most"
        )
    without, with_flags = side_by_side([*["pass"] * WARM, *HEAVY * 3], EXAMPLES)
    print(f"{'loops':24} {len(without):3} cells: × {sum(with_flags) / sum(without):.3f}")


if __name__ == "__main__":
    main()
