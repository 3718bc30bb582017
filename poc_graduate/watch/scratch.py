"""A copy of the notebook's folder to run in, so that the user's own is never written to."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from poc_graduate.notebook.model import Notebook

_LARGE = 50_000_000
_TOTAL = 2_000_000_000
_MOST_FILES = 20_000
_SKIP = {".git", ".venv", "venv", "node_modules", "__pycache__", ".ipynb_checkpoints", ".tox",
         ".mypy_cache", ".pytest_cache", ".ruff_cache", "site-packages"}  # fmt: skip


def scratch_copy(notebook: Notebook, target: Path) -> Path:
    """Copy the notebook's folder, and what it reaches with `..`, below `target`.

    Large files are linked instead of copied. An earlier export inside the folder is left out.

    Returns:
        The folder in the copy that stands for the notebook's own.
    """
    home = notebook.path.parent.resolve()
    levels = _levels_up(notebook)
    root = home
    for _ in range(levels):
        if root.parent == root or root.parent == Path.home() or len(root.parent.parts) < 3:
            break
        root = root.parent
    copy = target / "root" / root.name if root.name else target / "root"
    _copy(root, copy, avoid=target.resolve())
    inside = copy / home.relative_to(root)
    inside.mkdir(parents=True, exist_ok=True)
    return inside


def _levels_up(notebook: Notebook) -> int:
    depth = 0
    for cell in notebook.code_cells:
        for match in re.finditer(r"(?:\.\./)+|(?:\.\.\\\\?)+|['\"]\.\.['\"]", cell.source):
            depth = max(depth, match.group(0).count(".."))
    return min(depth, 3)


def _copy(source: Path, target: Path, *, avoid: Path) -> None:
    total = count = 0
    for folder, folders, files in os.walk(source):
        here = Path(folder)
        folders[:] = [
            name
            for name in sorted(folders)
            if name not in _SKIP
            and (here / name).resolve() != avoid
            and not (here / name / "graduation" / "base.json").exists()
            and not name.startswith((".poc-graduate", "." + target.name))
        ]
        there = target / here.relative_to(source)
        there.mkdir(parents=True, exist_ok=True)
        for name in sorted(files):
            path = here / name
            try:
                size = path.stat().st_size
            except OSError:
                continue
            count += 1
            total += size
            if not path.is_file():
                continue
            if size > _LARGE or total > _TOTAL or count > _MOST_FILES:
                os.symlink(path.resolve(), there / name)
            else:
                shutil.copy2(path, there / name)
