"""Our prototypes: exported again they give the committed projects, byte by byte."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*/*.ipynb"))
SAME_KERNELS = runpy.run_path(str(EXAMPLES / "rebuild.py"))["SAME_KERNELS"]

pytestmark = pytest.mark.build


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.parent.name)
def test_export_gives_the_committed_project(notebook, tmp_path, poc):
    home = tmp_path / notebook.parent.name
    leave = shutil.ignore_patterns("project", "__pycache__")
    shutil.copytree(notebook.parent, home, ignore=leave)

    done = poc("export", notebook.name, "--output", "project", cwd=home, **SAME_KERNELS)

    assert done.returncode == 0, done.stderr
    committed, made = files(notebook.parent / "project"), files(home / "project")
    assert sorted(made) == sorted(committed)
    assert [path for path in committed if made[path] != committed[path]] == []
