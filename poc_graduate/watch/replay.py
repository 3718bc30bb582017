"""The probe in other people's kernels: environment variables in, records of each cell out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poc_graduate.dataflow.facts import Value

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class CellRecord:
    """What the probe saw of one executed cell.

    Attributes:
        source: The cell's text as the kernel got it.
        values: Names bound or changed → their values.
        deleted: Names that are gone.
        ambient: Component of process state → fingerprint, complete.
        raw: Everything, as written.
    """

    source: str
    values: Mapping[str, Value]
    deleted: frozenset[str]
    ambient: Mapping[str, str]
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


def probe_environment(folder: Path, package: str = "") -> dict[str, str]:
    """Variables under which every IPython kernel writes its records into `folder`.

    Args:
        folder: Existing folder for the records and for a clean IPython profile.
        package: Classes of this package count as the notebook's own.
    """
    profile = folder / "ipython"
    startup = profile / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    for name in ("probe.py", "fingerprint.py"):
        shutil.copyfile(_HERE / name, folder / name)
    (startup / "00-probe.py").write_text(
        "import sys, types\n"
        f"with open({str(folder / 'probe.py')!r}, encoding='utf-8') as _poc_source:\n"
        "    exec(compile(_poc_source.read(), 'probe.py', 'exec'),"
        " {'__name__': '_poc_probe', 'get_ipython': get_ipython})\n"
        "del _poc_source, sys, types\n",
        encoding="utf-8",
    )
    config = "c.HistoryManager.enabled = False\nc.HistoryAccessor.enabled = False\n"
    (profile / "profile_default" / "ipython_kernel_config.py").write_text(config)
    return {
        "IPYTHONDIR": str(profile),
        "POC_PROBE_OUT": str(folder),
        "POC_PROBE_FINGERPRINT": str(folder / "fingerprint.py"),
        "POC_PROBE_PACKAGE": package,
    }


def read_records(folder: Path) -> list[list[CellRecord]]:
    """One list for each kernel that ran, in the order of their start.

    Raises:
        RuntimeError: the probe failed in a kernel (a fault of ours, never to be passed over).
    """
    runs = []
    for path in sorted(folder.glob("*.jsonl")):
        records = []
        for line in path.read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            if "start" in raw:
                continue
            if raw.get("probe_error"):
                raise RuntimeError(f"the probe failed: {raw['probe_error']}")
            records.append(_record(raw))
        runs.append(records)
    return runs


def start_of(folder: Path) -> dict[str, str]:
    """Ambient state of the first kernel before its first cell."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            if "start" in raw:
                return dict(raw["start"])
    return {}


def _record(raw: dict[str, Any]) -> CellRecord:
    return CellRecord(
        raw.get("source", ""),
        {name: Value(*parts[:4], parts[4]) for name, parts in raw.get("values", {}).items()},
        frozenset(raw.get("deleted", ())),
        raw.get("ambient", {}),
        raw,
    )
