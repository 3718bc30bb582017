"""POC106 undeclared-input."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc1_sources._paths import takes_paths
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_LISTING = ("glob", "iglob", "rglob", "listdir", "scandir", "iterdir", "walk")


class UndeclaredInput(Rule):
    """The run read a file that the notebook names nowhere.

    Why it bites: which files a pattern, a module or a setting brings in is decided by what lies in
    the folder; a file more or less, and the result is another one, with the same code.
    On export: the files that the run read are copied into the project and declared as inputs of
    their task; one that appears in the folder later is not.
    """

    code, name, severity = "POC106", "undeclared-input", Severity.RISK
    message = "{files} read here, named nowhere in the notebook; with another file in that place, \
the result is another"

    flagged = (
        Flagged(
            "import glob\nnames = «glob.glob('data/*.csv')»\ndf = pd.read_csv(names[0])",
            says="`data/a.csv` and 1 more were",
            ran=(CellFacts(cell=1, reads=("data/a.csv", "data/b.csv")),),
        ),
        Flagged(
            "import shop\n# %%\n«orders = shop.orders()»",
            says="`config/shop.toml` was",
            ran=(CellFacts(cell=1), CellFacts(cell=2, reads=("config/shop.toml",))),
        ),
        Flagged(
            "year = 2024\ndf = «pd.read_csv(f'data/{year + 1}.csv')»",
            ran=(CellFacts(cell=1, reads=("data/2025.csv",)),),
        ),
    )
    ignored = (
        Flagged("df = pd.read_csv('data/a.csv')", ran=(CellFacts(cell=1, reads=("data/a.csv",)),)),
        Flagged(
            "df = pd.read_csv(FOLDER + 'a.csv')", ran=(CellFacts(cell=1, reads=("data/a.csv",)),)
        ),
        # What the notebook wrote itself, and modules, which POC107 speaks of.
        Flagged(
            "export(df)\n# %%\ndf = load()",
            ran=(CellFacts(cell=1, writes=("o.csv",)), CellFacts(cell=2, reads=("o.csv",))),
        ),
        Flagged(
            "joblib.dump(m, f'models/{name}.bin')",
            ran=(CellFacts(cell=1, reads=("models/a.bin",), writes=("models/a.bin",)),),
        ),
        Flagged(
            "import shop",
            ran=(CellFacts(cell=1, reads=("shop.py",), modules={"shop": "shop.py"}),),
        ),
        "import glob\nnames = glob.glob('data/*.csv')",  # without a run, nobody knows
    )

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        texts = {text for cell in notebook.cells for _, text in cell.texts}
        views = {view.index: view for view in notebook.cells}
        told: set[str] = set()
        for ran in facts.cells:
            view = views.get(ran.cell)
            modules = set(ran.modules.values())
            unnamed = [
                path
                for path in ran.reads
                if path not in told and path not in ran.writes  # opened to be written
                and path not in modules and not _is_code(path)
                and not _named(path, texts, view)
            ]  # fmt: skip
            told |= {*ran.writes, *unnamed}
            if unnamed and view is not None and view.body:
                others = f" and {len(unnamed) - 1:,} more were" if len(unnamed) > 1 else " was"
                yield self.found(_reader(view), view, files=f"`{unnamed[0]}`{others}")


def _is_code(path: str) -> bool:
    return path.endswith((".py", ".pyc", ".so", ".pyi", ".dll"))


def _named(path: str, texts: set[str], view: CellView | None) -> bool:
    """Whether a literal names the file; a shell line may, and is not a literal."""
    base = posixpath.basename(path)
    if any(text.replace("\\", "/").endswith(base) for text in texts):
        return True
    return view is not None and any(base in magic.arguments for magic in view.cell.magics)


def _reader(view: CellView) -> ast.expr | ast.stmt:
    """What most likely brought the files in: a listing, a call that takes paths, or a statement."""
    for name in _LISTING:
        for call in view.calls.get(name, ()):
            return call
    for name in view.calls:
        if takes_paths(name):
            return view.calls[name][0]
    for statement in view.body:
        if any(isinstance(node, ast.Call) and last_name(node.func) for node in ast.walk(statement)):
            return statement
    return view.body[0]
