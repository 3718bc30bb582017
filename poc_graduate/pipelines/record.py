"""What the last build depended on and made, so that the next one sees that nothing has changed."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from poc_graduate.pipelines.watched import ENV, PIPELINE, Watched

RECORD = Path("products") / ".built.json"
_FORM = 1
_COARSE = 2_000_000_000
"""Nanoseconds in which a file system may not tell two changes of a file from each other."""
_VARYING = ("{{now}}", "{{git", "{{ now", "{{ git")

Record = dict[str, Any]


def taken(project: Path, files: Watched) -> Record:
    """What a build depends on, before it begins.

    Args:
        project: Folder of a project.
        files: Of that project.
    """
    return {
        "form": _FORM,
        "python": [sys.executable, sys.version],
        "ploomber": _version("ploomber"),
        "settings": {k: v for k, v in sorted(os.environ.items()) if k.startswith("PLOOMBER")},
        "inputs": _signatures(project, files.inputs),
    }


def done(project: Path, before: Record, files: Watched) -> str:
    """The text to keep, after a build that ended well.

    Args:
        project: Folder of a project.
        before: What was taken before it.
        files: Of that project.
    """
    record = {**before, "products": _signatures(project, files.products)}
    return json.dumps(record, indent=1, sort_keys=True) + "\n"


def unchanged(project: Path, files: Watched) -> bool:
    """Whether the last build depended on, and made, what is there now.

    A file counts as unchanged where its size, times and number on the disk are the same; where it
    was written so shortly before it was looked at that another change might not show, its content
    has to be, too. Method: Git's index (gitformat-index, racy-git).

    Args:
        project: Folder of a project.
        files: Of that project.
    """
    if not files.plain or any(_varies(project / name) for name in (PIPELINE, ENV)):
        return False
    try:
        kept = json.loads((project / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none is there, or not a whole one
        return False
    now = taken(project, files)
    products = _signatures(project, files.products)
    return (
        isinstance(kept, dict)
        and all(kept.get(name) == now[name] for name in now if name != "inputs")
        and _same(project, kept.get("inputs", {}), now["inputs"])
        and _same(project, kept.get("products", {}), products)
    )


def _same(project: Path, kept: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return kept.keys() == now.keys() and all(
        now[name] is not None
        and kept[name] is not None
        and kept[name]["is"] == now[name]["is"]
        and kept[name]["holds"] in ("", now[name]["holds"] or _content(project / name))
        for name in kept
    )


def _signatures(project: Path, paths: Iterable[Path]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(paths):
        name = os.path.relpath(path, project)
        try:
            stat = path.stat()
            fresh = time.time_ns() - max(stat.st_ctime_ns, stat.st_mtime_ns) < _COARSE
            found[name] = {
                "is": [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino],
                "holds": _content(path) if fresh else "",
            }
        except OSError:  # it is missing, and has to be the next time as well
            found[name] = None
    return found


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def _varies(path: Path) -> bool:
    return path.exists() and any(word in path.read_text(encoding="utf-8") for word in _VARYING)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
