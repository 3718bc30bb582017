"""POC105 overwrites-input."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.rules.files import FileUse, file_uses
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView


class OverwritesInput(Rule):
    """A file that the notebook has read is written again.

    Why it bites: the second run starts from the result of the first, not from the data; after an
    error in the middle, the data are gone.
    On export: the proof runs on copies; the project writes to the copy that lies in it, and its
    second build starts from there.
    """

    code, name, severity = "POC105", "overwrites-input", Severity.BLOCKER
    message = "`{path}` is read in cell {first} and overwritten here; the next run starts from the \
result of this one"
    fix_title = "Write the result to a file of its own"

    flagged = (
        Flagged(
            "df = pd.read_csv('a.csv')\n# %%\ndf.to_csv(«'a.csv'»)",
            says="`a.csv` is read in cell 1",
            after="df = pd.read_csv('a.csv')\n# %%\ndf.to_csv('a_result.csv')",
        ),
        Flagged("F = 'data/a.csv'\ndf = pd.read_csv(F)\ndf.to_csv(«F», index=False)"),
        Flagged("D = 'data/'\ndf = pd.read_csv(D + 'a.csv')\n# %%\ndf.to_csv(«f'{D}a.csv'»)"),
        Flagged(
            "df = load()\n# %%\nx = 1\n«store(df)»",
            says="`data/orders.csv` is read in cell 1",
            ran=(
                CellFacts(cell=1, reads=("data/orders.csv",)),
                CellFacts(cell=2, writes=("data/orders.csv",)),
            ),
        ),
    )
    ignored = (
        "df = pd.read_csv('a.csv')\ndf.to_csv('b.csv')",
        # It made the file itself, and changes it.
        "df.to_csv('a.csv')\ndf = pd.read_csv('a.csv')\ndf.to_csv('a.csv')",
        "old = open('log.txt').read()\nopen('log.txt', 'a').write('x')",  # a log
        "if os.path.exists('m.pkl'):\n    m = joblib.load('m.pkl')\nelse:\n    m = fit(x)\n"
        "    joblib.dump(m, 'm.pkl')",  # kept from an earlier run
        "for name in names:\n    df = pd.read_csv(name)\n    df.to_csv(name)",  # may be two lists
        Flagged(
            "n = run()\n# %%\nm = run()",
            ran=(CellFacts(cell=1, reads=("a.db",), writes=("a.db",)), CellFacts(cell=2)),
        ),  # a database that is open
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        uses = file_uses(notebook)
        read: dict[str, int] = {}
        made: set[str] = set()
        for use in uses:
            if use.how == "read":
                if use.path not in made and not _perhaps(use):
                    read.setdefault(use.path, use.cell.index)
            elif use.how == "write" and use.path in read and not _perhaps(use):
                yield self.found(
                    use.node, use.cell, fix=_other_name(use, uses), path=use.path,
                    first=read.pop(use.path),
                )  # fmt: skip
            else:
                made.add(use.path)

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        named = {use.path for use in file_uses(notebook)}
        bases = {posixpath.basename(path) for path in named}
        read: dict[str, int] = {}
        made: set[str] = set()
        views = {view.index: view for view in notebook.cells}
        for ran in facts.cells:
            for path in ran.writes:
                view = views.get(ran.cell)
                told = posixpath.basename(path) in bases
                if path in read and view is not None and view.body and not told:
                    yield self.found(_writer(view.body), view, path=path, first=read.pop(path))
                elif path not in ran.reads:
                    made.add(path)
            for path in ran.reads:
                if path not in made and path not in ran.writes:
                    read.setdefault(path, ran.cell)


def _perhaps(use: FileUse) -> bool:
    """Whether a condition decides: what was kept from an earlier run is read, or made anew."""
    node = use.cell.parent(use.call)
    while node is not None:
        if isinstance(node, ast.If | ast.Try | ast.IfExp | ast.FunctionDef):
            return True
        node = use.cell.parent(node)
    return False


def _writer(body: list[ast.stmt]) -> ast.stmt:
    """The statement that most likely wrote: the last that calls something."""
    calling = [s for s in body if any(isinstance(n, ast.Call) for n in ast.walk(s))]
    return (calling or body)[-1]


def _other_name(use: FileUse, uses: tuple[FileUse, ...]) -> Fix | None:
    """The file's name with `_result`, where it stands in the call and nothing reads it later."""
    if not isinstance(use.node, ast.Constant):
        return None
    if any(one.path == use.path and one is not use for one in uses[uses.index(use) + 1 :]):
        return None
    stem, ending = posixpath.splitext(str(use.node.value))
    text = repr(f"{stem}_result{ending}")
    edit = Edit(use.cell.index, use.cell.span_of(use.node), text)
    return Fix(OverwritesInput.fix_title, (edit,))
