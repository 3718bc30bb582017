"""Watch a pipeline run: the probe in every kernel that papermill starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poc_graduate.dataflow.facts import CellFacts
from poc_graduate.errors import KernelError
from poc_graduate.observe.facts import cell_facts
from poc_graduate.observe.kernel import (
    IPYTHON_SETTINGS,
    clean_environment,
    probe_loader,
    read_lines,
)

RECORDS = "records"


@dataclass(frozen=True)
class CellRecord:
    """One cell that a kernel ran.

    Attributes:
        source: Its text.
        facts: What it did; `facts.cell` counts the kernel's cells from 1.
        error: Type and message of what it raised, or empty.
        start: Ambient component → fingerprint before the kernel's first cell.
        files: Written file → hash of its content.
    """

    source: str
    facts: CellFacts
    error: str = ""
    start: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def probe_environment(folder: Path, package: str) -> dict[str, str]:
    """Variables for a subprocess (`ploomber build`), so that its kernels load the probe.

    Args:
        folder: Becomes home to the records and a clean IPython folder; must be empty or new.
        package: Name of the generated package: its classes count as the notebook's own.

    Returns:
        All variables of the subprocess, not a difference.
    """
    folder = folder.resolve()
    records = folder / RECORDS
    records.mkdir(parents=True, exist_ok=True)
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    for name in ("ipython_kernel_config.py", "ipython_config.py"):
        (startup.parent / name).write_text(IPYTHON_SETTINGS)
    (startup / "00-probe.py").write_text(probe_loader(out="", package=package) + "\n")
    environment = clean_environment(folder)
    environment["POC_PROBE_OUT"] = str(records)
    environment["POC_PROBE_PACKAGE"] = package
    environment["PYTHONHASHSEED"] = "0"
    return environment


def read_records(folder: Path) -> list[list[CellRecord]]:
    """What each kernel did, kernels in the order in which they started.

    Raises:
        KernelError: no kernel loaded the probe, or the capture failed in one.
    """
    kernels = [read_lines(path) for path in (folder / RECORDS).glob("*.jsonl")]
    kernels = sorted((lines for lines in kernels if lines), key=lambda lines: lines[0]["time"])
    if not kernels:
        raise KernelError(
            "no task's kernel loaded the capture",
            remedy="check that the tasks are run by papermill with a Python kernel",
        )
    return [_records(lines) for lines in kernels]


def _records(lines: list[dict[str, Any]]) -> list[CellRecord]:
    start, *rest = lines
    for line in rest:
        if "probe_error" in line:
            raise KernelError(f"the capture failed in a task:\n{line['probe_error']}")
    return [
        CellRecord(
            source=line["source"],
            facts=cell_facts(line, cell=count),
            error="{name}: {says}".format(**line["error"]) if line["error"] else "",
            start=start["start"],
            files=line["hashes"],
        )
        for count, line in enumerate(rest, start=1)
    ]
