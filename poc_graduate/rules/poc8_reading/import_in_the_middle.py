"""POC807 import-in-the-middle."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_MANY = 3
_WORK = frozenset(
    "read_csv read_excel read_sql read_parquet read_json fit fit_transform fit_generator".split()
)
_LONG = 60.0


class ImportInTheMiddle(Rule):
    """Packages are imported after the work has begun.

    Why it bites: on a machine that lacks one of them the run fails there, when everything before
    has been computed.
    On export: each task imports what it uses at its top.
    """

    code, name, severity = "POC807", "import-in-the-middle", Severity.NOTE
    message = "{modules} {come} only here, after {after}; where one is missing, the run fails when \
all that has been computed"

    flagged = (
        Flagged(
            "import pandas as pd\ndf = pd.read_csv('a.csv')\n# %%\n«import xgboost»\nimport shap\n"
            "# %%\nfrom umap import UMAP",
            says="`xgboost`, `shap`, `umap` come",
        ),
        Flagged(
            "model.fit(X, y)\n# %%\n«import shap»\n# %%\nimport lime\n# %%\nimport eli5",
            says="`fit`",
        ),
        Flagged(
            "import pandas as pd\nx = work()\n# %%\n«import shap»",
            says="`shap` comes only here, after 80 s",
            ran=(CellFacts(cell=1, seconds=80), CellFacts(cell=2, seconds=1)),
        ),
    )
    ignored = (
        "import pandas as pd\nimport shap\ndf = pd.read_csv('a.csv')",
        "df = pd.read_csv('a.csv')\n# %%\nimport shap",
        "df = pd.read_csv('a.csv')\n# %%\nimport os\nimport re\nimport json",  # always there
        "import sklearn\nm.fit(X)\n# %%\nfrom sklearn.svm import SVC\n# %%\n"
        "from sklearn.svm import SVR\n# %%\nfrom sklearn.tree import export_text",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        known = set(sys.stdlib_module_names)
        late: list[tuple[str, ast.stmt, CellView]] = []
        work, seconds = "", 0.0
        for cell in notebook.cells:
            for node in cell.body:
                for package in _packages(node):
                    if package not in known:
                        known.add(package)
                        if work or seconds >= _LONG:
                            late.append((package, node, cell))
            work = work or next((name for name in cell.calls if name in _WORK), "")
            if not late and cell.facts is not None:
                seconds += cell.facts.seconds
        if len(late) < _MANY and (seconds < _LONG or not late):
            return
        _, node, cell = late[0]
        names = [f"`{package}`" for package, _, _ in late]
        yield self.found(
            node,
            cell,
            modules=", ".join(names[:5]) + (" …" if len(names) > 5 else ""),
            come="comes" if len(names) == 1 else "come",
            after=f"{seconds:.0f} s of work" if seconds >= _LONG else f"`{work}`",
        )


def _packages(node: ast.stmt) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [one.name.partition(".")[0] for one in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module.partition(".")[0]]
    return []
