"""A random notebook exports and computes the same, or is refused with a place.

The pipeline's answer is taken here without any of the machinery that proved it: tasks run one
after the other, each in a fresh process, with what `pipeline.yaml` and `env.yaml` say.
"""

from __future__ import annotations

import os
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from poc_graduate import api
from poc_graduate.errors import Refusal
from tests.properties.programs import Notebook, drawn

pytest.importorskip("pandas")
SAMPLE, MANY = 30, 1000


@pytest.mark.build
@pytest.mark.parametrize("seed", range(SAMPLE))
def test_a_random_notebook_computes_the_same_or_is_refused(seed: int, tmp_path: Path) -> None:
    check(drawn(seed), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SAMPLE, MANY))
def test_so_do_many(seed: int, tmp_path: Path) -> None:
    check(drawn(seed), tmp_path)


def check(notebook: Notebook, folder: Path) -> int:
    """How many tasks the notebook became; 0 where it was refused."""
    path = folder / "notebook" / "story.ipynb"
    path.parent.mkdir()
    nbformat.write(as_ipynb(notebook), path)
    refusal = None
    try:
        exported = api.export(path, to=folder / "project")
    except Refusal as raised:
        refusal = raised
    if refusal is not None:
        assert refusal.place is not None
        return 0
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    assert pipelines_answer(exported.project, folder) == own_answer(notebook, elsewhere)
    return len(exported.plan.stages)


def as_ipynb(notebook: Notebook) -> Any:
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return nbformat.v4.new_notebook(cells=[make[kind](text) for kind, text in notebook.cells])


def own_answer(notebook: Notebook, folder: Path) -> str:
    """What the notebook's code prints last, run as one script."""

    def run(namespace: dict[str, Any]) -> None:
        exec(compile(notebook.code, "notebook", "exec"), namespace)

    return in_a_process(run, folder, folder / "said").splitlines()[-1]


def pipelines_answer(project: Path, folder: Path) -> str:
    """What the project's last task prints last, each task run as a plain script."""
    pipeline = yaml.safe_load((project / "pipeline.yaml").read_text())
    env = project / "env.yaml"
    values = yaml.safe_load(env.read_text()) if env.exists() else {}
    products = {Path(task["source"]).stem: task["product"] for task in pipeline["tasks"]}
    said = ""
    for task in pipeline["tasks"]:
        script = (project / task["source"]).read_text()
        _, _, rest = script.partition('# %% tags=["parameters"]\n')
        declared, _, code = rest.partition("\n# %%")
        given = {
            key: values.get(str(value).strip('{"} '), value)
            for key, value in task.get("params", {}).items()
        }

        def run(
            namespace: dict[str, Any],
            declared: str = declared,
            code: str = code,
            given: dict[str, Any] = given,
            own: dict[str, str] = products[Path(task["source"]).stem],
        ) -> None:
            exec(declared, namespace)
            wanted = namespace["upstream"] or []
            namespace.update(given, upstream={n: products[n] for n in wanted}, product=own)
            exec(compile(code.partition("\n")[2], "task", "exec"), namespace)

        said = in_a_process(run, project, folder / "said")
    return said.splitlines()[-1]


def in_a_process(run: Callable[[dict[str, Any]], None], folder: Path, said: Path) -> str:
    """Run in a fork, as `__main__`, and return what was printed."""
    child = os.fork()
    if not child:
        status = 1
        try:
            with said.open("w") as stream:
                sys.stdout = stream
                os.chdir(folder)
                main = sys.modules["__main__"] = types.ModuleType("__main__")
                run(main.__dict__)
            status = 0
        except BaseException:  # whatever it is, the test has to see it and end
            traceback.print_exc()
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert status == 0, f"failed; it printed {said.read_text()!r}"
    return said.read_text()
