"""The only module that talks to a kernel: runs cells, collects outputs, says what went wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poc_graduate.errors import CellFailed, KernelError
from poc_graduate.notebook.model import Notebook, Place

# jsonschema compiles a grammar when nbformat is imported, for a check that nobody asks for.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Run:
    """What a kernel gave back.

    Attributes:
        outputs: Cell position (among all cells, from 1) → displayed outputs.
        kernel: Name of the kernel that ran.
        note: Said where it is not the notebook's own.
    """

    outputs: Mapping[int, tuple[Mapping[str, Any], ...]]
    kernel: str
    note: str


def run(
    notebook: Notebook,
    *,
    folder: Path,
    environment: Mapping[str, str],
    timeout: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Run every code cell in order, as "Restart and run all" does.

    Args:
        notebook: The notebook, its cells as the user wrote them.
        folder: Working directory.
        environment: Variables added to this process's own.
        timeout: Seconds that one cell may take.
        progress: Called with the number of cells done and of all.

    Raises:
        CellFailed: a cell raised or did not end.
        KernelError: the kernel cannot be started, or died.
    """
    import nbformat
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    name, note, spec = _kernel(notebook)
    cells = notebook.code_cells
    record = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(_runnable(cell.source)) for cell in cells],
        metadata={"kernelspec": {"name": name, "display_name": name}},
    )
    for cell, written in zip(cells, record.cells, strict=True):
        written.metadata["tags"] = sorted(cell.tags & {"raises-exception"})
    manager = AsyncKernelManager(kernel_name=name)
    if spec is not None:
        manager._kernel_spec = spec
    client = NotebookClient(
        record,
        km=manager,
        timeout=None if timeout is None else max(1, int(timeout + 0.999)),
        startup_timeout=120,
        allow_errors=False,
        interrupt_on_timeout=False,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(folder)}},
    )
    position = 0
    try:
        with client.setup_kernel(
            env={**os.environ, **environment},
            cwd=str(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ):
            for position, written in enumerate(record.cells):
                if progress is not None:
                    progress(position, len(cells))
                client.execute_cell(written, position)
    except CellTimeoutError:
        place = notebook.place(cells[position].index)
        raise CellFailed(
            f"the cell did not end within {timeout:.0f} s",
            remedy="raise --timeout, or make the cell work on less data",
            place=place,
        ) from None
    except CellExecutionError as failure:
        raise _failed(notebook, cells[position].index, failure) from None
    except DeadKernelError:
        raise KernelError(
            "the kernel died while this cell ran",
            remedy="see whether the cell runs out of memory or ends the process",
            place=notebook.place(cells[position].index),
        ) from None
    except (RuntimeError, OSError) as failure:
        raise KernelError(
            f"the kernel {name} could not be used: {str(failure)[:200]}",
            remedy="check that ipykernel is installed in this environment",
        ) from None
    outputs = {
        cell.index: tuple(dict(o) for o in written.outputs)
        for cell, written in zip(cells, record.cells, strict=True)
    }
    return Run(outputs, name, note)


def _runnable(source: str) -> str:
    """The text as Jupyter would send it."""
    return source


def _kernel(notebook: Notebook) -> tuple[str, str, Any]:
    """Name, note and specification: the notebook's kernel, else this environment's Python."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    here = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="Python 3",
        language="python",
    )
    wanted = notebook.kernel
    if wanted not in ("python3", "python", ""):
        installed = KernelSpecManager().find_kernel_specs()
        if wanted not in installed:
            version = ".".join(str(part) for part in sys.version_info[:3])
            note = f"kernel {wanted} is not installed here; ran on Python {version}"
            return "python3", f"{note} of this environment", here
    # The pipeline's tasks run in this environment: so must the notebook, to be compared.
    return "python3", "", here


def _failed(notebook: Notebook, cell: int, failure: Any) -> CellFailed:
    name, text = str(failure.ename), _ANSI.sub("", str(failure.evalue))
    line = _line(str(failure.traceback))
    found = f"the cell fails: {name}: {text.splitlines()[0] if text.strip() else ''}".rstrip(": ")
    return CellFailed(found, remedy=_remedy(notebook, cell, name, text), place=notebook.place(cell, line))


def _line(traceback: str) -> int:
    plain = _ANSI.sub("", traceback)
    lines = re.findall(r"^(?:Cell In\[\d+\], line (\d+)|-+> (\d+) )", plain, re.MULTILINE)
    return int(next((a or b for a, b in lines), 1))


def _remedy(notebook: Notebook, cell: int, name: str, text: str) -> str:
    missing = re.search(r"No module named '([^']+)'", text)
    if missing:
        return f"install the package that provides `{missing.group(1)}`, or put the module beside the notebook"
    if name == "FileNotFoundError":
        path = re.search(r"'([^']+)'", text)
        where = f"`{path.group(1)}`" if path else "the file"
        return f"put {where} where the notebook looks for it, relative to its own folder"
    undefined = re.search(r"name '(\w+)' is not defined", text)
    if name == "NameError" and undefined:
        word = undefined.group(1)
        for later in notebook.code_cells:
            if later.index > cell and re.search(rf"^\s*(def |class )?{word}\b\s*[=(:]", later.code, re.MULTILINE):
                return f"`{word}` is defined only later, in cell {later.index}: move that cell up"
        return f"no cell defines `{word}`: bring back the cell that did"
    if name == "StdinNotImplementedError":
        return "replace input() by a variable: a pipeline has nobody to ask"
    return "make the notebook run from top to bottom (Restart and run all), then export again"


def place_of(notebook: Notebook, cell: int) -> Place:
    """The place of a cell's first line."""
    return notebook.place(cell)
