"""A project written into a scratch folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a folder.

    Args:
        folder: Where to.
        files: Path → content.
    """
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)


def write_tree(
    folder: Path, files: Mapping[str, str | bytes], inputs: Mapping[str, str], source: Path
) -> None:
    """Write a project with its inputs into a scratch folder.

    Args:
        folder: Where to.
        files: Path → content.
        inputs: Path in the project → path as the notebook names it.
        source: Folder of the notebook.
    """
    write_files(folder, files)
    for path, origin in inputs.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        found = source / origin
        if found.is_file() and not target.exists():
            shutil.copyfile(found, target)
