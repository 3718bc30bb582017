"""Whether a task stops when a file that it reads is empty."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from .replay import quiet, start

_MOST_TRIED = 3


def stops(spec: dict[str, Any], aside: Path) -> list[list[str]]:
    """A file and the first task that reads it, where that fails on an empty one.

    Args:
        spec: What `sampling.py` was asked.
        aside: Folder for the file as it was, meanwhile.
    """
    found: list[list[str]] = []
    tried: set[str] = set()
    for stage in spec["stages"]:
        for path in stage["reads"]:
            if found or path in tried or len(tried) == _MOST_TRIED or not os.path.isfile(path):
                continue
            tried.add(path)
            kept = aside / "kept"
            shutil.copyfile(path, kept)
            try:
                Path(path).write_bytes(b"")
                if _fails(spec, stage):
                    found.append([path, stage["name"]])
            finally:
                shutil.copyfile(kept, path)
                kept.unlink()
    return found


def _fails(spec: dict[str, Any], stage: dict[str, Any]) -> bool:
    space = start(spec, stage)
    try:
        with quiet():
            for text in ("\n".join(stage["before"]), *(cell["text"] for cell in stage["cells"])):
                exec(text, space)
    except (NameError, AttributeError, TypeError, ImportError, KeyError):
        return False  # it may be for want of a kernel
    except Exception:  # what is raised of an empty file is the reader's own matter
        return True
    return False
