"""Kernels that are forks: what they may have imported, and that no task can tell."""

from __future__ import annotations

import json

import pytest

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.plan.model import Stage
from poc_graduate.verify.build import Ploomber, TaskRun, build
from poc_graduate.verify.warm import chains

RAN = RunFacts(())


def _project(**tasks: str) -> dict[str, str]:
    return {f"tasks/{name}.py": text for name, text in tasks.items()}


def _stages(*names: str) -> list[Stage]:
    return [Stage(name, name, (1,)) for name in names]


class TestChains:
    def test_a_package_is_shared_and_a_module_of_it_only_with_who_imports_it(self):
        files = _project(
            one="import numpy as np\nfrom sklearn.metrics import f1_score",
            two="import numpy\nimport sklearn.svm",
        )

        found = chains(files, _stages("one", "two"), "nb", RAN)

        assert found == {
            "one": [["numpy", "sklearn"], ["numpy", "sklearn", "sklearn.metrics"]],
            "two": [["numpy", "sklearn"], ["numpy", "sklearn", "sklearn.svm"]],
        }

    def test_nothing_is_imported_for_a_task_that_does_not_import_it(self):
        files = _project(
            one="import pandas", two="import pandas\nimport scipy.stats", three="x = 1"
        )

        found = chains(files, _stages("one", "two", "three"), "nb", RAN)

        assert found["one"] == [["pandas"]]
        assert found["three"] == []

    def test_an_import_on_a_condition_does_not_count(self):
        files = _project(one="if rare:\n    import scipy\ndef f():\n    import pandas")

        assert chains(files, _stages("one"), "nb", RAN) == {"one": []}

    def test_what_the_package_imports_counts(self):
        files = {
            **_project(one="from nb.clean import drop"),
            "src/nb/clean.py": "from nb.storage import save\nimport numpy",
            "src/nb/storage.py": "import pandas as pd",
        }

        assert chains(files, _stages("one"), "nb", RAN) == {"one": [["numpy", "pandas"]]}

    @pytest.mark.parametrize("part", ["environ", "path", "cwd", "locale"])
    def test_a_notebook_that_changes_what_imports_see_gets_fresh_processes(self, part):
        ran = RunFacts((CellFacts(1, ambient_values={part: {"A": "1"}}),))

        assert chains(_project(one="import numpy"), _stages("one"), "nb", ran) == {}


TASK = """\
# %% tags=["parameters"]
upstream = None
product = None

# %%
{imports}

# %%
import os, random, signal, subprocess, sys, threading
print("scipy.stats loaded:", "scipy.stats" in sys.modules)
print(pd.options.display.max_columns, plt.get_backend(), sys.path[0])
print(sorted(n for n in os.environ if not n.startswith(("JPY_", "PYDEVD"))))
print(signal.getsignal(signal.SIGCHLD), threading.active_count(), os.path.basename(sys.argv[0]))
print(subprocess.run(["sh", "-c", "exit 3"]).returncode, "get_ipython" in vars(__builtins__))
pd.DataFrame({{f"column {{i}}": [1.5] for i in range(30)}})

# %%
plt.plot([1, 3, 2])
plt.show()
"""
PIPELINE = """\
tasks:
  - source: tasks/{name}.py
    product: products/{name}.ipynb
"""
BASE = "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd\nimport scipy"


@pytest.mark.build
def test_a_forked_kernel_shows_what_a_fresh_one_shows(tmp_path):
    files = _project(
        plain=TASK.format(imports=BASE), stats=TASK.format(imports=f"{BASE}\nimport scipy.stats")
    )
    files["pipeline.yaml"] = "tasks:" + "".join(
        PIPELINE.format(name=name).removeprefix("tasks:") for name in ("plain", "stats")
    )
    told = chains(files, _stages("plain", "stats"), "nb", RAN)
    for path, text in files.items():
        target = tmp_path / "nb" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    with Ploomber(tmp_path / "scratch", "nb") as ploomber:
        made, kernels = [], []
        for each in ({}, told, {"plain": [["no_such_module"]]}):
            made.append(
                build(tmp_path / "nb", ploomber=ploomber, stages=("plain", "stats"), chains=each)
            )
            executed = json.loads((tmp_path / "nb" / "products" / "plain.ipynb").read_text())
            kernels.append(executed["metadata"]["papermill"].get("kernel", ""))

    fresh, forked, unprepared = (
        {name: "\n".join(_shown(task)) for name, task in built.tasks.items()} for built in made
    )
    assert kernels[:2] == ["", "forked"]
    assert "no_such_module" in kernels[2]
    assert [built.error for built in made] == ["", "", ""]
    assert "scipy.stats loaded: False\n" in fresh["plain"]
    assert "scipy.stats loaded: True\n" in fresh["stats"]
    assert "image/png" in fresh["plain"]
    assert forked == fresh
    assert unprepared == fresh


def _shown(task: TaskRun) -> list[str]:
    return [
        "".join(o.get("text", "")) or str(sorted(o.get("data", {}).items()))
        for _, outputs in task.cells
        for o in outputs
    ]
