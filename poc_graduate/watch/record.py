"""The observed run: twice, side by side, under two hash seeds; what differs is not repeatable."""

from __future__ import annotations

import json
import re
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from poc_graduate.dataflow.facts import CellFacts, RunFacts, Stored, Value
from poc_graduate.notebook.model import Notebook
from poc_graduate.watch.kernel import Run, run
from poc_graduate.watch.replay import probe_environment, read_records, start_of
from poc_graduate.watch.scratch import scratch_copy

Progress = Callable[[str, int, int], None]
_SEEDS = ("0", "4242")


def observe(
    notebook: Notebook,
    *,
    candidates: Mapping[int, frozenset[str]],
    keep: Path,
    timeout: float | None = None,
    second: bool = True,
    progress: Progress | None = None,
) -> RunFacts:
    """Run the notebook in scratch copies of its folder and write down what each cell did.

    Args:
        notebook: The notebook.
        candidates: Cell after which a cut may be made → names alive there.
        keep: Folder for the copies and records; the first copy stays there as `run`.
        timeout: Seconds that one cell may take.
        second: Run a second time to learn what is not repeatable.
        progress: Called with what is going on, how much is done and of how much.

    Raises:
        CellFailed: a cell raised or did not end.
        KernelError: the kernel cannot be started, or died.
    """
    began = time.monotonic()
    runs: dict[int, Run] = {}
    failures: dict[int, BaseException] = {}

    def once(number: int) -> None:
        try:
            runs[number] = _once(notebook, keep / str(number), candidates, _SEEDS[number], timeout,
                                 progress if number == 0 else None)  # fmt: skip
        except BaseException as failure:  # handed to the caller's thread below
            failures[number] = failure

    threads = [threading.Thread(target=once, args=(n,)) for n in range(2 if second else 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[min(failures)]
    first = _facts(notebook, runs[0], keep / "0")
    seconds = time.monotonic() - began
    packages = json.loads((keep / "0" / "packages.json").read_text())
    cells = first
    if second:
        cells = _unrepeated(first, _facts(notebook, runs[1], keep / "1"))
    if (keep / "run").is_symlink():
        (keep / "run").unlink()
    (keep / "run").symlink_to(json.loads((keep / "0" / "folder.json").read_text()))
    return RunFacts(
        cells=cells,
        start=start_of(keep / "0"),
        seconds=seconds,
        kernel=runs[0].kernel,
        kernel_note=runs[0].note,
        python=packages["python"],
        packages=packages["packages"],
        distributions=packages["distributions"],
    )


_PACKAGES = """
def _poc_packages():
    import importlib.metadata as metadata, json, os, platform, sys
    provided = metadata.packages_distributions()
    found, names = {}, {}
    for module in list(sys.modules):
        root = module.split(".")[0]
        if root in provided and root not in names:
            names[root] = provided[root][0]
            found[provided[root][0]] = metadata.version(provided[root][0])
    with open(os.path.join(os.environ["POC_PROBE_OUT"], "packages.json"), "w") as out:
        json.dump({"python": platform.python_version(), "packages": found, "distributions": names}, out)
_poc_packages()
del _poc_packages
"""


def _once(
    notebook: Notebook,
    home: Path,
    candidates: Mapping[int, frozenset[str]],
    seed: str,
    timeout: float | None,
    progress: Progress | None,
) -> Run:
    home.mkdir(parents=True)
    folder = scratch_copy(notebook, home)
    (home / "folder.json").write_text(json.dumps(str(folder)))
    order = {cell.index: ordinal for ordinal, cell in enumerate(notebook.code_cells)}
    cuts = {str(order[cell]): sorted(names) for cell, names in candidates.items() if cell in order}
    (home / "cuts.json").write_text(json.dumps(cuts if seed == _SEEDS[0] else {}))
    environment = {
        **probe_environment(home),
        "POC_PROBE_CUTS": str(home / "cuts.json"),
        "PYTHONHASHSEED": seed,
    }
    last = replace(notebook.code_cells[-1], index=len(notebook.cells) + 1, source=_PACKAGES)
    extended = replace(notebook, cells=(*notebook.cells, last))

    def shown(done: int, total: int) -> None:
        if progress is not None and done < total - 1:
            progress(f"observing cell {done + 1} of {total - 1}", done, total - 1)

    return run(extended, folder=folder, environment=environment, timeout=timeout, progress=shown)


def _facts(notebook: Notebook, ran: Run, home: Path) -> tuple[CellFacts, ...]:
    records = read_records(home)[0]
    cells = notebook.code_cells
    if len(records) < len(cells):
        raise RuntimeError(f"{len(records)} records for {len(cells)} cells")
    found = []
    for cell, record in zip(cells, records, strict=False):
        raw = record.raw
        found.append(
            CellFacts(
                cell=cell.index,
                seconds=raw["seconds"],
                peak_memory=raw.get("memory", 0),
                bound=frozenset(raw["bound"]),
                changed=frozenset(raw["changed"]),
                deleted=record.deleted,
                values=record.values,
                shared=tuple(frozenset(group) for group in raw["shared"]),
                ambient=record.ambient,
                ambient_values=raw["ambient_values"],
                reads=tuple(raw["reads"]),
                writes=tuple(raw["writes"]),
                lists=tuple(raw["lists"]),
                makes=tuple(raw["makes"]),
                deletes=tuple(raw["deletes"]),
                modules=raw["modules"],
                network=tuple(raw["network"]),
                subprocesses=tuple(raw["processes"]),
                outputs=ran.outputs[cell.index],
                stored={key: Stored(*parts) for key, parts in raw.get("stored", {}).items()},
            )
        )
    return tuple(found)


def _unrepeated(first: tuple[CellFacts, ...], second: tuple[CellFacts, ...]) -> tuple[CellFacts, ...]:
    """The first run's facts, with what the second did not repeat; a later cell inherits nothing."""
    result = []
    latest: dict[str, Value] = {}
    for one, other in zip(first, second, strict=True):
        latest.update(other.values)
        names = {
            name
            for name, value in one.values.items()
            if name not in other.values or other.values[name].fingerprint != value.fingerprint
        }
        state = {c for c, mark in one.ambient.items() if other.ambient.get(c) != mark}
        outputs = set()
        a, b = _texts(one.outputs), _texts(other.outputs)
        if a != b:
            outputs = {n for n in range(max(len(a), len(b))) if a[n : n + 1] != b[n : n + 1]}
        result.append(
            replace(
                one,
                nondeterministic=frozenset(names),
                ambient_nondeterministic=frozenset(state),
                outputs_nondeterministic=frozenset(outputs),
            )
        )
    return tuple(result)


_NOISE = re.compile(r"0x[0-9a-f]{6,}|ipykernel_\d+|/tmp/\S+|sk-container-id-\d+|sk-estimator-id-\d+|T_[0-9a-f]{5}")


def _texts(outputs: tuple[Mapping[str, Any], ...]) -> list[str]:
    found = []
    for output in outputs:
        if output.get("name") == "stderr":
            continue
        body = output.get("text") or output.get("data") or ""
        found.append(_NOISE.sub("…", json.dumps(body, sort_keys=True, default=str)))
    return found


def clean(keep: Path) -> None:
    """Remove the copies and records of a run."""
    shutil.rmtree(keep, ignore_errors=True)
