"""One attempt at a notebook: papermill executes it, and it is kept even where it failed."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from pathlib import Path
from typing import Any

from poc_graduate.batch.failures import from_cells, own_cells
from poc_graduate.batch.metrics import entries, scraps
from poc_graduate.batch.model import Failure, Value, Work
from poc_graduate.batch.workspace import around_notebook, keep, spoilt
from poc_graduate.kernels.parent import ENGINE, register
from poc_graduate.notebook.read import read

Ran = tuple[Failure | None, dict[str, Value]]


def run(work: Work, folder: Path, made: Path) -> Ran:
    """Execute the notebook with its parameters in a copy of its folder.

    Args:
        work: The attempt.
        folder: Where it may run; it does not exist yet.
        made: Where what it leaves is collected.

    Returns:
        Why it failed, or None; and its metrics.
    """
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    if work.engine == ENGINE:
        register()
    source = Path(work.source)
    scratch = around_notebook(work, read(source), folder)
    output = made / f"{source.stem}.ipynb"
    failure = None
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
        try:
            execute_notebook(
                _as_notebook(source),
                _literally(output),
                parameters=dict(work.parameters),
                engine_name=work.engine,
                cwd=str(scratch.folder),
                **{"progress_bar": False, **work.options},
            )
        except PapermillExecutionError as error:
            failure = Failure("code", error.ename, error.evalue)  # the file below knows more
    cells = json.loads(output.read_text(encoding="utf-8"))["cells"]
    failure = from_cells(cells) or failure or spoilt(scratch)
    files = list(keep(scratch, made))
    return failure, {**entries(files, made), **scraps(cells)}


def reached(work: Work, made: Path) -> int:
    """Position of the cell that was running when the kernel went, from 1; 0 where none was.

    Args:
        work: The attempt.
        made: Where its notebook is.
    """
    path = made / f"{Path(work.source).stem}.ipynb"
    if not path.is_file():
        return 0
    cells = own_cells(json.loads(path.read_text(encoding="utf-8"))["cells"])
    # Papermill calls a cell completed whose kernel died; those that it never began have no time.
    begun = [
        position
        for position, cell in enumerate(cells, start=1)
        if (cell["metadata"].get("papermill") or {}).get("start_time")
    ]
    return max(begun, default=0)


def _as_notebook(source: Path) -> Any:
    """What papermill is given: a path, or a notebook made of a percent script or Markdown."""
    if source.suffix == ".ipynb":
        return _literally(source)
    import jupytext

    notebook = jupytext.read(source)
    if "kernelspec" not in notebook.metadata:
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
    return notebook


def _literally(path: Path) -> str:
    """A path of which papermill fills no braces."""
    return str(path).replace("{", "{{").replace("}", "}}")
