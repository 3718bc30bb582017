"""Runs in the built project: calls its functions on sampled rows and keeps what they gave.

Two lines of JSON come on standard input: the libraries to load, when it starts; what to do, when
the project has been built: its `folder`, a `spec` (a file: package, and for each stage its loads,
set-up and cells), and the folders `output` and `temporary`. The output gets `cases.json` and the
values that do not fit into a line of Python. Nothing of poc_graduate is imported: the project's
own environment must do.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

_KINDS = ("made", "own", "prints", "calls", "skipped", "touches", "properties")


class Kernel:
    """Stands in for IPython: what magics do is seen on a screen, and no function needs it."""

    def run_line_magic(self, *_: Any, **__: Any) -> None:
        """Do nothing."""

    run_cell_magic = run_line_magic
    events = types.SimpleNamespace(register=run_line_magic)
    """Where matplotlib asks to be told when a cell has ended."""


def main(evidence: Any, spec_file: str, output: str) -> None:
    """Sample every stage, with more rows where few are not enough.

    Args:
        evidence: The package beside this file.
        spec_file: What is asked.
        output: Folder for what is found.
    """
    os.environ["MPLBACKEND"] = "Agg"
    home = os.getcwd()
    sys.path.insert(0, str(Path("src").resolve()))
    spec = json.loads(Path(spec_file).read_text(encoding="utf-8"))
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(ImportError):
        vars(importlib.import_module("IPython"))["get_ipython"] = Kernel
    confined = evidence.confined
    confined.stay_below(os.getcwd(), output, spec["clean"], tempfile.gettempdir())
    restore = confined.keeper(spec["writes"])
    cases = evidence.cases
    recorders, failed = cases.recorded(spec)
    called = evidence.stages.Calls(evidence.moved_rows.moved)
    reasons = cases.run(spec, called, recorders, failed, restore)
    record: dict[str, Any] = {kind: {} for kind in _KINDS}
    record |= {"moved": called.moved, "few": []}
    # The tests run where nothing has been built: no product, no file that the pipeline writes.
    os.chdir(spec["clean"])
    cases.made(spec, folder, called.results, record)
    cases.own(spec, folder, recorders, record)
    record["skipped"].update({n: r for n, r in reasons.items() if n not in called.results})
    (folder / "cases.json").write_text(json.dumps(record, indent=1, sort_keys=True))
    os.chdir(home)
    restore()
    confined.attempt(lambda: evidence.gather(spec, folder, called.results))


def beside(name: str) -> Any:
    """A package of this folder, loaded by its path: its neighbours must hide no other modules."""
    path = Path(__file__).with_name(name)
    found = importlib.util.spec_from_file_location(
        f"poc_graduate_{name}", path / "__init__.py", submodule_search_locations=[str(path)]
    )
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return module


if __name__ == "__main__":
    package = beside("evidence")
    package.confined.preload(json.loads(sys.stdin.readline()))
    asked = json.loads(sys.stdin.readline())
    os.chdir(asked["folder"])
    os.environ["TMPDIR"] = tempfile.tempdir = asked["temporary"]
    main(package, asked["spec"], asked["output"])
