"""The probe in kernels that somebody else starts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from poc_graduate.errors import KernelError
from poc_graduate.notebook.model import Notebook
from poc_graduate.observe.record import observe
from poc_graduate.observe.replay import probe_environment, read_records

pytestmark = pytest.mark.kernel

NOTEBOOK = """\
# %%
import numpy as np
import pandas as pd
class Model:
    def __init__(self, w):
        self.w = w
def scaled(v, k=2):
    return v * k
df = pd.DataFrame({"a": np.arange(5.0), "b": list("vwxyz")})
# %%
df["c"] = scaled(df["a"])
model = Model({"mean": df["c"].mean()})
pd.set_option("display.max_rows", 7)
# %%
best = df["c"].max()
"""

PACKAGE = '''\
"""Models."""
class Model:
    """A model."""
    def __init__(self, w: dict) -> None:
        self.w = w
def scaled(v: object, k: int = 2) -> object:
    """Scale."""
    return v * k
'''


def run_task(path: Path, source: str, environment: dict[str, str]) -> None:
    cells = [nbformat.v4.new_code_cell(cell.strip()) for cell in source.split("# %%")[1:]]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    subprocess.run(
        [sys.executable, "-m", "papermill", path.name, path.with_suffix(".out.ipynb").name],
        cwd=path.parent,
        env=environment,
        check=True,
        capture_output=True,
    )


def test_a_pipeline_gives_the_fingerprints_of_the_notebook(
    notebook: Callable[..., Notebook], tmp_path: Path
) -> None:
    seen = observe(notebook(NOTEBOOK), candidates={}, second=False)
    project = tmp_path / "project"
    (project / "churn").mkdir(parents=True)
    (project / "churn" / "__init__.py").write_text(PACKAGE)
    environment = probe_environment(tmp_path / "watch", "churn")

    run_task(
        project / "load.ipynb",
        "# %%\nimport numpy as np\nimport pandas as pd\nfrom churn import Model, scaled\n"
        "df = pd.DataFrame({'a': np.arange(5.0), 'b': list('vwxyz')})\n"
        "# %%\ndf['c'] = scaled(df['a'])\nmodel = Model({'mean': df['c'].mean()})\n"
        "pd.set_option('display.max_rows', 7)\n"
        "# %%\nimport pickle\npickle.dump((df, model), open('both.pkl', 'wb'))\n",
        environment,
    )
    run_task(
        project / "best.ipynb",
        "# %%\nimport pickle, churn\ndf, model = pickle.load(open('both.pkl', 'rb'))\n"
        "# %%\nbest = df['c'].max()\n",
        environment,
    )
    load, best = read_records(tmp_path / "watch")

    first, second, third = seen.cells
    for name in ("df", "Model", "scaled"):
        assert load[0].facts.values[name].fingerprint == first.values[name].fingerprint, name
    for name in ("df", "model"):
        mark = second.values[name].fingerprint
        assert load[1].facts.values[name].fingerprint == mark
        assert best[0].facts.values[name].fingerprint == mark
    assert load[1].facts.values["model"].kind == second.values["model"].kind == "__main__.Model"
    assert best[1].facts.values["best"].fingerprint == third.values["best"].fingerprint
    assert load[1].facts.ambient["pandas"] == second.ambient["pandas"] != ""
    assert best[0].facts.ambient["pandas"] == ""
    assert load[2].facts.writes == best[0].facts.reads == ("both.pkl",)
    assert load[1].source.startswith("df['c'] = scaled")
    assert load[0].error == ""


def test_a_failing_task_is_told(tmp_path: Path) -> None:
    environment = probe_environment(tmp_path / "watch", "churn")

    with pytest.raises(subprocess.CalledProcessError):
        run_task(tmp_path / "bad.ipynb", "# %%\nx = 1\n# %%\n1 / 0\n", environment)

    [[fine, failed]] = read_records(tmp_path / "watch")
    assert fine.error == ""
    assert failed.error == "ZeroDivisionError: division by zero"


def test_a_build_without_kernels_is_an_error(tmp_path: Path) -> None:
    probe_environment(tmp_path, "churn")

    with pytest.raises(KernelError, match="no task's kernel loaded the capture"):
        read_records(tmp_path)
