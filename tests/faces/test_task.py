"""A task's script that is opened in JupyterLab from its project."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from poc_graduate.errors import InputError
from poc_graduate.magics import task as module

SCRIPT = """\
# %% tags=["parameters"]
upstream = ["first"]
product = None
rate = None

# %%
done = True
"""
FIRST = """\
# %% tags=["parameters"]
upstream = None
product = None

# %%
done = True
"""
PIPELINE = """\
tasks:
  - source: tasks/first.py
    product: {nb: products/first.ipynb, x: products/first/x.txt}
  - source: tasks/second.py
    product: {nb: products/second.ipynb, y: products/second/y.txt}
    params: {rate: "{{rate}}"}
"""


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[InteractiveShell]:
    made = InteractiveShell()
    monkeypatch.setattr(module, "get_ipython", lambda: made)
    monkeypatch.chdir(tmp_path)
    yield made
    for folder in {Path(p).parent for p in (made.user_ns.get("product") or {}).values()}:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "tasks").mkdir(parents=True)
    (project / "tasks" / "first.py").write_text(FIRST)
    (project / "tasks" / "second.py").write_text(SCRIPT)
    (project / "pipeline.yaml").write_text(PIPELINE)
    (project / "env.yaml").write_text("rate: 0.5\n")
    (project / "products" / "first").mkdir(parents=True)
    (project / "products" / "first" / "x.txt").write_text("from the build")
    return project / "tasks" / "second.py"


def run(shell: InteractiveShell, code: str) -> Any:
    return shell.run_cell(code).result


@pytest.mark.build
def test_its_inputs_are_those_of_the_last_build(shell: InteractiveShell, script: Path) -> None:
    module.open_task(script)
    run(shell, SCRIPT)

    assert run(shell, "open(upstream['first']['x']).read()") == "from the build"
    assert run(shell, "rate") == 0.5


@pytest.mark.build
def test_what_it_writes_is_not_taken_for_the_pipelines(
    shell: InteractiveShell, script: Path
) -> None:
    module.open_task(script)
    run(shell, SCRIPT)

    run(shell, "open(product['y'], 'w').write('tried out')")

    assert not (script.parents[1] / "products" / "second").exists()


@pytest.mark.build
def test_its_parameters_are_there_again_when_its_first_cell_is_run_again(
    shell: InteractiveShell, script: Path
) -> None:
    module.open_task(script)
    run(shell, SCRIPT)
    run(shell, "rate = 0.9")

    run(shell, SCRIPT)

    assert run(shell, "(rate, type(upstream))") == (0.5, dict)


def test_other_scripts_are_refused(shell: InteractiveShell, tmp_path: Path) -> None:
    (tmp_path / "alone.py").write_text("x = 1")

    with pytest.raises(InputError, match="no task of a pipeline"):
        module.open_task(tmp_path / "alone.py")
