"""POC105 overwrites-input."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.rules.files import FileUse, file_uses
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity
from poc_graduate.rules.poc1_sources._carried import is_carried
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
    message = "`{path}`{more} is read in cell {first} and overwritten here; the next run starts \
from the result of this one"
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
            "a, b = pd.read_csv('a.csv'), pd.read_csv('b.csv')\n# %%\na.to_csv(«'a.csv'»)\n"
            "b.to_csv('b.csv')",
            says="`a.csv` (as 1 more file in this cell) is read in cell 1",
            after="a, b = pd.read_csv('a.csv'), pd.read_csv('b.csv')\n# %%\n"
            "a.to_csv('a_result.csv')\nb.to_csv('b_result.csv')",
        ),
        Flagged(  # by way of a list
            "F = 'a.json'\nold = json.load(open(F))\n# %%\nrows = []\n"
            "for one in old:\n    rows.append(one)\n# %%\n"
            "with open(«F», 'w') as f:\n    json.dump(rows, f)"
        ),
        Flagged(  # by way of another file
            "pd.read_csv('a.csv').to_csv('b.csv')\nb = pd.read_csv('b.csv')\nb.to_csv(«'a.csv'»)"
        ),
        Flagged(
            "m = joblib.load('m.pkl')\nm.fit(x, y)\njoblib.dump(m, «'m.pkl'»)",
            after="m = joblib.load('m.pkl')\nm.fit(x, y)\njoblib.dump(m, 'm_result.pkl')",
        ),
        Flagged(
            "old = json.load(open('a.json'))\ndef added():\n    return old + [1]\n# %%\n"
            "f = open(«'a.json'», 'w')\njson.dump(added(), f)"
        ),
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
        # Results that are kept: shown, then computed anew.
        "with open('a.json') as f:\n    hits = json.load(f)\nplt.plot(hits)\n# %%\nhits = []\n"
        "for i in range(9):\n    hits.append(run(i))\n# %%\n"
        "with open('a.json', 'w') as f:\n    json.dump(hits, f)",
        # It goes back as it came.
        "with open('m.pkl', 'rb') as f:\n    m = pickle.load(f)\n# %%\n"
        "with open('m.pkl', 'wb') as f:\n    pickle.dump(m, f)",
        "for name in names:\n    df = pd.read_csv(name)\n    df.to_csv(name)",  # may be two lists
        Flagged(
            "n = run()\n# %%\nm = run()",
            ran=(CellFacts(cell=1, reads=("a.db",), writes=("a.db",)), CellFacts(cell=2)),
        ),  # a database that is open
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        uses = file_uses(notebook)
        read: dict[str, FileUse] = {}
        made: set[str] = set()
        found: dict[int, list[tuple[FileUse, FileUse]]] = {}
        for use in uses:
            if use.how == "read":
                if use.path not in made and not _perhaps(use):
                    read.setdefault(use.path, use)
            elif use.how == "write" and use.path in read and not _perhaps(use):
                first = read[use.path]
                if is_carried(first, use, uses):
                    found.setdefault(use.cell.index, []).append((first, use))
                    del read[use.path]
            else:
                made.add(use.path)
        for pairs in found.values():
            first, use = pairs[0]
            others = len({one.path for _, one in pairs}) - 1
            more = f" (as {others} more file{'s' * (others > 1)} in this cell)" if others else ""
            yield self.found(
                use.node, use.cell, fix=_other_names([one for _, one in pairs], uses),
                path=use.path, more=more, first=first.cell.index,
            )  # fmt: skip

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
                    yield self.found(
                        _writer(view.body), view, path=path, more="", first=read.pop(path)
                    )
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


def _other_names(writes: list[FileUse], uses: tuple[FileUse, ...]) -> Fix | None:
    """The files' names with `_result`, where they stand in the calls and none is read later."""
    edits = [_other_name(use, uses) for use in writes]
    told = tuple(edit for edit in edits if edit is not None)
    return Fix(OverwritesInput.fix_title, told) if len(told) == len(edits) else None


def _other_name(use: FileUse, uses: tuple[FileUse, ...]) -> Edit | None:
    if not isinstance(use.node, ast.Constant):
        return None
    if any(one.path == use.path and one is not use for one in uses[uses.index(use) + 1 :]):
        return None
    stem, ending = posixpath.splitext(str(use.node.value))
    return Edit(use.cell.index, use.cell.span_of(use.node), repr(f"{stem}_result{ending}"))
