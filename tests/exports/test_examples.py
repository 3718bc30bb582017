"""Our prototypes: exported again they give the committed projects, byte by byte."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

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


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.parent.name)
def test_unit_tests_replace_nothing_that_the_pipeline_has_written(notebook, tmp_path):
    project = Path(shutil.copytree(notebook.parent / "project", tmp_path / "project"))
    named = yaml.safe_load((project / "env.yaml").read_text(encoding="utf-8")).values()
    for path in {project / one for one in named if isinstance(one, str)}:
        if path.suffix and not path.exists():
            path.write_text("written by the pipeline", encoding="utf-8")
    before = files(project)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit"],
        cwd=project, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    assert files(project) == before
