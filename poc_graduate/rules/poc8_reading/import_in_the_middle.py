"""POC807 import-in-the-middle."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts
from poc_graduate.dataflow.names import imported_packages
from poc_graduate.dataflow.roles import imports_of
from poc_graduate.rules.beside import is_declared
from poc_graduate.rules.edits import delete, fix, without_lines
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity, Span
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_MANY = 3
_WORK = frozenset(
    "read_csv read_excel read_sql read_parquet read_json fit fit_transform fit_generator".split()
)
_LONG = 60.0
_LATER = 8
# No machine that runs notebooks of data lacks them.
_EVERYWHERE = frozenset({"numpy", "pandas", "matplotlib"})
_BROUGHT = frozenset({"IPython", "mpl_toolkits"})
_WORKED = "".join(f"\n# %%\ndf['a{i}'] = df.b + {i}" for i in range(9))


class ImportInTheMiddle(Rule):
    """Packages are imported after the work has begun.

    Why it bites: on a machine that lacks one of them the run fails there, when everything before
    has been computed.
    On export: each task imports what it uses at its top.
    """

    code, name, severity = "POC807", "import-in-the-middle", Severity.NOTE
    message = "{modules} {come} only here, after {after}; where one is missing, the run fails when \
all that has been computed"
    fix_title = "Move the imports to those at the top"

    flagged = (
        Flagged(
            f"import pandas as pd\ndf = pd.read_csv('a.csv'){_WORKED}\n# %%\n«import xgboost»\n"
            "import shap\n# %%\nfrom umap import UMAP",
            says="`xgboost`, `shap` (and 1 more below) come only here",
            after="import pandas as pd\nimport xgboost\nimport shap\nfrom umap import UMAP\n"
            f"df = pd.read_csv('a.csv'){_WORKED}",
        ),
        Flagged(
            "model.fit(X, y)\n# %%\n«import shap»\n# %%\nimport lime\n# %%\nimport eli5",
            says="`fit`",
        ),
        Flagged(  # what is there everywhere comes as late as the others
            "import pandas as pd\nm.fit(X, y)\n# %%\nimport numpy as np\n# %%\n«import shap»\n"
            "import matplotlib.pyplot as plt\n# %%\nimport lime\nimport eli5",
            says="`shap`, `matplotlib` (and 2 more below) come only here",
        ),
        Flagged(
            "import pandas as pd\nx = work()\n# %%\n«import shap»",
            says="`shap` comes only here, after 80 s",
            ran=(CellFacts(cell=1, seconds=80), CellFacts(cell=2, seconds=1)),
        ),
    )
    ignored = (
        "import pandas as pd\nimport shap\ndf = pd.read_csv('a.csv')",
        f"df = pd.read_csv('a.csv'){_WORKED}\n# %%\nimport shap",
        "df = pd.read_csv('a.csv')\n# %%\nimport shap\nimport lime\nimport eli5",  # soon after
        "df = pd.read_csv('a.csv')\n# %%\nimport os\nimport re\nimport json",  # always there
        "m.fit(X)\n# %%\n!pip install rdkit\n# %%\nimport rdkit\nimport lime\n# %%\nimport eli5",
        "class Plain:\n    def go(self):\n        self.m.fit(X, y)\n# %%\nimport shap\n# %%\n"
        "import lime\n# %%\nimport eli5",  # nothing is worked out yet
        # the parameters of a distribution are soon worked out
        "from scipy.stats import norm\nmu, sigma = norm.fit(x)\n# %%\nimport shap\n# %%\n"
        "import lime\n# %%\nimport eli5",
        "import sklearn\nm.fit(X)\n# %%\nfrom sklearn.svm import SVC\n# %%\n"
        "from sklearn.svm import SVR\n# %%\nfrom sklearn.tree import export_text",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        known = _BROUGHT | sys.stdlib_module_names
        late: list[tuple[str, ast.stmt, CellView]] = []
        work, seconds = "", 0.0
        begun = len(notebook.cells)
        for at, cell in enumerate(notebook.cells):
            for node in cell.body:
                for package in imported_packages(node):
                    if package not in known:
                        known |= {package}
                        if _is_installed(package, notebook):
                            continue  # it is not missing then, and not there before
                        if package in _EVERYWHERE and not late:
                            continue
                        if seconds >= _LONG or (
                            work and (at - begun > _LATER or work[:3] == "fit")
                        ):
                            late.append((package, node, cell))
            if not late and work[:3] != "fit":
                done = [
                    name
                    for name in cell.calls
                    if name in _WORK and any(_works(call, cell) for call in cell.calls[name])
                ]
                if done:
                    begun = min(begun, at)
                    work = next((name for name in done if name[:3] == "fit"), done[0])
            if not late and cell.facts is not None:
                seconds += cell.facts.seconds
        missing = {package for package, _, _ in late} - _EVERYWHERE
        if len(missing) < _MANY and (seconds < _LONG or not late):
            return
        _, node, cell = late[0]
        names = [f"`{package}`" for package, _, at in late if at is cell]
        below = len(late) - len(names)
        listed = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        yield self.found(
            node,
            cell,
            modules=listed + (f" (and {below} more below)" if below else ""),
            fix=_moved(late, notebook),
            come="comes" if len(names) == 1 else "come",
            after=f"{seconds:.0f} s of work" if seconds >= _LONG else f"`{work}`",
        )


def _works(call: ast.Call, cell: CellView) -> bool:
    """Whether a call works when the cell runs: a distribution's parameters take no time."""
    return function_around(call, cell) is None and not cell.module(call.func).startswith("scipy.")


def _is_installed(package: str, notebook: NotebookView) -> bool:
    """Whether a line of the notebook installs it."""
    return any(
        "install" in magic.arguments and is_declared(package, magic.arguments.lower())
        for cell in notebook.cells
        for magic in cell.cell.magics
    )


def _moved(late: list[tuple[str, ast.stmt, CellView]], notebook: NotebookView) -> Fix | None:
    """The lines below the last import of the first cell that has one."""
    home, last = next(
        (
            (cell, node)
            for cell in notebook.cells
            for node in reversed(cell.body)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ),
        (None, None),
    )
    nodes = list(dict.fromkeys(node for _, node, _ in late))
    cells = {cell.index: cell for _, _, cell in late}
    if home is None or last is None or home.index in cells:
        return None
    edits: list[Edit] = []
    removed = []
    for cell in cells.values():
        own = [node for node in nodes if node in cell.body]
        if any(delete(node, cell) is None or node.end_lineno != node.lineno for node in own):
            return None
        gone = without_lines([node.lineno for node in own], cell)
        edits += gone
        removed += [] if gone else [cell.index]
    lines = [
        cell.line(n.lineno).strip() for cell in cells.values() for n in nodes if n in cell.body
    ]
    if any(name in notebook.assigned for node in nodes for name, _ in imports_of(node)):
        return None
    at = last.end_lineno or last.lineno
    end = Span(at, len(home.line(at)) + 1, at, len(home.line(at)) + 1)
    text = "".join(f"\n{line}" for line in lines)
    return fix(ImportInTheMiddle.fix_title, Edit(home.index, end, text), *edits, removed=removed)
