"""One run of a notebook: every cell in a fresh kernel, what it displayed and what the probe saw."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poc_graduate.errors import CellFailed, KernelError
from poc_graduate.notebook.model import Cell, Notebook
from poc_graduate.observe.failures import cell_failed, shows_error
from poc_graduate.observe.kernel import (
    Kernel,
    clean_environment,
    last_line,
    private_folder,
    read_lines,
)
from poc_graduate.observe.outputs import Outputs
from poc_graduate.observe.scratch import Scratch
from poc_graduate.observe.silent import silenced


@dataclass(frozen=True)
class Run:
    """One run of a notebook, as its kernel told it.

    Attributes:
        records: What the probe wrote after each cell.
        outputs: Displayed outputs of each cell.
        start: What the probe wrote before the first cell.
        distributions: Top-level module → distribution and version.
        stored: Count of code cells run → name or group → format and reason.
        seconds: Wall time, kernel start included.
        kernel: Name of the kernel.
        note: Said where it is not the notebook's own.
    """

    records: list[dict[str, Any]]
    outputs: list[list[dict[str, Any]]]
    start: dict[str, Any]
    distributions: dict[str, list[str]] = field(default_factory=dict)
    stored: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    seconds: float = 0.0
    kernel: str = "python3"
    note: str = ""


def run_notebook(
    notebook: Notebook,
    scratch: Scratch,
    *,
    hash_seed: int,
    candidates: Mapping[int, list[str]],
    modules: list[str],
    profiles: bool,
    timeout: float | None,
    ended: Callable[[int], None],
    stop: threading.Event,
) -> Run:
    """Run every code cell in order, in a fresh kernel with the probe in it.

    Args:
        notebook: Its cells are run as the user wrote them; what installs runs without a word.
        scratch: Where to run it.
        hash_seed: The kernel's PYTHONHASHSEED.
        candidates: Count of code cells run, from 1 → names to try storing then.
        modules: Top-level modules whose distributions are asked for at the end.
        profiles: Write down figures of frames.
        timeout: Seconds that one cell may take.
        ended: Called with the count of cells that have ended.
        stop: Set from outside to give up.

    Raises:
        CellFailed: a cell raised or did not end.
        KernelError: no kernel, or it died.
    """
    began = time.perf_counter()
    with private_folder() as private:
        out = private / "probe.jsonl"
        environment = {
            **clean_environment(private),
            "PYTHONHASHSEED": str(hash_seed),
        }
        with Kernel(notebook.kernel, scratch.folder, environment, private, stop) as kernel:
            kernel.load_probe(
                out=str(out),
                root=str(scratch.root),
                forbidden=str(scratch.original),
                candidates=dict(candidates),
                profiles=profiles,
            )
            outputs = Outputs()
            for count, cell in enumerate(notebook.code_cells, start=1):
                _run_cell(kernel, notebook, cell, outputs, out, timeout)
                ended(count)
            kernel.call_probe("finish", modules)
        start, *records = read_lines(out)
    last = records.pop()
    return Run(
        records=records,
        outputs=outputs.cells,
        start=start,
        distributions=last["distributions"],
        stored=last["stored"],
        seconds=time.perf_counter() - began,
        kernel=kernel.name,
        note=kernel.note,
    )


def _run_cell(
    kernel: Kernel,
    notebook: Notebook,
    cell: Cell,
    outputs: Outputs,
    out: Path,
    timeout: float | None,
) -> None:
    place = notebook.place(cell.index)
    outputs.begin()
    try:
        error = kernel.execute(silenced(cell), outputs.take, timeout=timeout)
    except TimeoutError:
        raise CellFailed(
            f"the cell did not end within {timeout:g} seconds",
            remedy="make it faster, or allow more time with --timeout",
            place=place,
        ) from None
    except ProcessLookupError as death:
        raise KernelError(
            f"the kernel died while the cell ran{death}",
            remedy="run the notebook in JupyterLab and see what stops it; memory is a common cause",
            place=place,
        ) from None
    record = last_line(out)
    if "probe_error" in record or record.get("position") != len(outputs.cells):
        raise KernelError(
            f"the capture failed at this cell\n{record.get('probe_error', '(it was not told)')}",
            remedy="report this with the cell's code",
            place=place,
        )
    if record["refused"]:
        raise CellFailed(
            f"the cell changes {record['refused'][0]}, a file of the notebook's own folder",
            remedy="write to it by a path relative to the notebook, not by an absolute one",
            place=place,
        )
    if "raises-exception" in cell.tags:
        return
    if error is not None:
        raise cell_failed(notebook, cell, error, record["error"] or {})
    shown = next((o for o in outputs.cells[-1] if o["output_type"] == "error"), None)
    if shown is not None:
        raise shows_error(notebook, cell, shown)
