"""The exported tests of the whole build fail where one of their promises is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from poc_graduate.generate.integration import needs_kernel
from tests.exports.conftest import write_notebook

pytestmark = pytest.mark.build

READ = "import pandas as pd\ndf = pd.read_csv('a.csv')\ndf['area'] = df.a * df.b\ndf.head()"
SHOW = "total = df.area.sum()\nprint(total)"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("story")
    notebook = write_notebook(folder, READ, SHOW)
    (folder / "a.csv").write_text("a,b\n" + "\n".join(f"{n},{n % 7}" for n in range(60)))
    command = [sys.executable, "-m", "poc_graduate", "export", notebook.name]
    subprocess.run([*command, "--output", "out"], cwd=folder, check=True, capture_output=True)
    return folder / "out"


def failed(project: Path, *chosen: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rfE"]
    done = subprocess.run(
        [*command, "tests/integration", *chosen],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    lines = done.stdout.splitlines()
    return [line.partition("::")[2] for line in lines if line.startswith(("FAILED", "ERROR"))]


def test_the_project_as_exported_passes(project):
    assert failed(project) == []


def test_a_task_that_rolls_dice_is_caught_by_the_second_run(project, tmp_path):
    broken = shutil.copytree(project, tmp_path / "out")
    task = next(path for path in broken.glob("**/*.py") if "df.a * df.b" in path.read_text())
    text = task.read_text().replace("df.a * df.b", "df.a * df.b * __import__('random').random()")
    task.write_text(text)

    found = failed(broken, "-k", "second_run")

    assert any(name.startswith("test_second_run_gives_equal_products") for name in found)


def test_a_restart_that_repeats_what_was_done_is_caught(project, tmp_path):
    broken = shutil.copytree(project, tmp_path / "out")
    first, last = (line.split("/")[-1] for line in sources(broken))
    done = f"products/.{first}.ipynb.metadata"
    forgets = f"import pathlib\npathlib.Path('{done}').unlink(missing_ok=True)\n"
    task = broken / f"tasks/{last}.py"
    task.write_text(task.read_text() + "\n# %%\n" + forgets)

    found = failed(broken, "-k", "restart or leaves_its_products")

    assert [name.split(" ")[0] for name in found] == [
        "test_restart_after_a_failure_repeats_nothing_that_is_done"
    ]


def sources(project: Path) -> list[str]:
    text = (project / "pipeline.yaml").read_text()
    return [
        line.split(": ")[1].removesuffix(".py") for line in text.splitlines() if "- source:" in line
    ]


@pytest.mark.parametrize(
    ("script", "kernel"),
    [("x = 1\n", False), ("get_ipython().run_line_magic('time', '1')", True), ("await f()", True)],
)
def test_what_only_a_kernel_runs_is_built_twice(script, kernel):
    assert needs_kernel(script) is kernel


def test_doubtful_code_of_the_author_is_read_without_a_word(recwarn):
    assert not needs_kernel("x = 1\nx is 1\n")
    assert not recwarn.list
