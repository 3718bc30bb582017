"""A task's script, open as a notebook: its inputs are there, its products go aside.

What JupyterLab runs in the kernel of a script that is opened from its project.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

from IPython import get_ipython

from poc_graduate.errors import InputError

_PIPELINE = "pipeline.yaml"


class _Inputs:
    """Puts a task's parameters where its script has only declared them."""

    def __init__(self, shell: Any, given: dict[str, Any]) -> None:
        self._shell, self.given = shell, given

    def after_cell(self, result: object = None) -> None:
        """The cell with the tag `parameters` says `product = None`: now is the time."""
        names = self._shell.user_ns
        if "upstream" in names and names.get("product", 0) is None:
            names.update(self.given)


_open: dict[int, _Inputs] = {}
"""Kernel's shell → what it gives."""


def open_task(script: str | Path) -> None:
    """Work in the project's folder, with what Ploomber would give the task.

    `upstream` is what the last build left. Products go to a folder of their own: what somebody
    tries out must not lie where the next task looks for what the pipeline has made.

    Args:
        script: The task's script.

    Raises:
        InputError: it is no task of a project.
    """
    path = Path(script).resolve()
    project = next((up for up in path.parents if (up / _PIPELINE).is_file()), None)
    if project is None:
        raise InputError(f"{path} is no task of a pipeline", remedy="open it from its project")
    os.chdir(project)
    given = _parameters(path)
    shell = get_ipython()
    before = _open.get(id(shell))
    if before is not None:
        before.given = given
        return
    inputs = _open[id(shell)] = _Inputs(shell, given)
    shell.events.register("post_run_cell", inputs.after_cell)


def _parameters(path: Path) -> dict[str, Any]:
    # A grammar that jsonschema would compile for a second, and nothing here needs.
    sys.modules.setdefault("rfc3987_syntax", cast(Any, None))
    os.environ.setdefault("PLOOMBER_STATS_ENABLED", "false")
    from ploomber.spec import DAGSpec

    dag = DAGSpec(_PIPELINE).to_dag().render(show_progress=False)
    task = next((dag[name] for name in dag if _source(dag[name]) == path), None)
    if task is None:
        raise InputError(f"{path} is no task of {path.parent.name}/{_PIPELINE}")
    given: dict[str, Any] = dict(task.params.to_dict())
    above = given.get("upstream") or {}
    given["upstream"] = {name: above[name].to_json_serializable() for name in above} or None
    aside = Path(tempfile.mkdtemp(prefix=f"{path.stem}-"))
    products = given["product"].to_json_serializable()
    if isinstance(products, dict):
        given["product"] = {name: _aside(aside, product) for name, product in products.items()}
    else:
        given["product"] = _aside(aside, products)
    return given


def _source(task: Any) -> Path | None:
    location = getattr(task.source, "loc", None)
    return None if location is None else Path(location).resolve()


def _aside(folder: Path, product: str) -> str:
    target = folder / Path(product).name
    return str(target)
