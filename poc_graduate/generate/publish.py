"""Publish a project by one rename; what is not ours is never touched."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from poc_graduate.errors import InputError


@dataclass(frozen=True)
class Published:
    project: Path
    conflicts: tuple[str, ...] = ()
    diff: str = ""


def check_target(to: Path, *, notebook: Path) -> None:
    if to.exists() and not to.is_dir():
        raise InputError(f"{to} is a file", remedy="name a folder")
    if to.is_dir() and any(to.iterdir()) and not (to / "graduation" / "base.json").exists():
        raise InputError(f"{to} exists and was not written by poc-graduate", remedy="name a new folder")


def republish(files: Mapping[str, bytes], inputs: Mapping[str, Path], *, to: Path, dry_run: bool = False) -> Published:
    temporary = to.parent / f".poc-graduate-{to.name}-{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)
    base = {}
    for path, data in files.items():
        target = temporary / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for path, source in inputs.items():
        target = temporary / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_file():
            shutil.copyfile(source, target)
    (temporary / "graduation").mkdir(exist_ok=True)
    (temporary / "graduation" / "base.json").write_text(json.dumps(base))
    if to.exists():
        shutil.rmtree(to)
    os.rename(temporary, to)
    return Published(to)
