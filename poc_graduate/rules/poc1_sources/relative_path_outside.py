"""POC102 relative-path-outside."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.climbs import climb_of, climbed_before
from poc_graduate.rules.files import path_text, put_on_the_path
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc1_sources._ends import (
    finds_none,
    first_use,
    is_unused,
    kept_as,
    searches,
)
from poc_graduate.rules.poc1_sources._lies import (
    begins_anew,
    given_folder,
    gone_to,
    leaves_project,
    lies_elsewhere,
    other_case,
)
from poc_graduate.rules.poc1_sources._paths import (
    ABSOLUTE,
    TO_PARAMETERS,
    and_more,
    as_parameters,
    by_folder,
    read_outside,
    shown,
)
from poc_graduate.rules.poc1_sources._ways import has_another_way, is_made_here
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView


class RelativePathOutside(Rule):
    """A path leads out of the notebook's folder, or the folder is changed.

    One finding a folder, however many files are taken from it.

    Why it bites: where the path ends depends on where the process was started; a scheduler starts
    it elsewhere.
    On export: a file that the run reads is copied below the project, and the literal points there;
    as a whole argument it becomes a parameter in `env.yaml`. A changed folder is changed again at
    the start of later tasks.
    """

    code, name, severity = "POC102", "relative-path-outside", Severity.RISK
    message = "`{what}`{more} {does}; {then}"
    fix_title = TO_PARAMETERS
    calls = ("chdir",)

    flagged = (
        Flagged(
            "df = pd.read_csv(«'../data/churn.csv'»)",
            says="leads out of the notebook's",
            after="churn_csv = '../data/churn.csv'\n# %%\ndf = pd.read_csv(churn_csv)",
        ),
        Flagged("import os\n«os.chdir('data')»", says="os.chdir"),
        Flagged("files = glob(«'../a/*.csv'»)", says="; started elsewhere, nothing is found there"),
        Flagged("«%cd ../project»\n# %%\n%cd ..", says="changes the folder for all cells below"),
        Flagged(
            "folder = os.environ['DATA']\ndf = pd.read_csv(folder + «'/churn.csv'»)",
            says="`../data/churn.csv` was read outside",
            ran=(CellFacts(cell=1, reads=("../data/churn.csv",)),),
        ),
        Flagged("where = «'../../shared'»\n# %%\nfiles = os.listdir(where)"),
        Flagged(
            "a = pd.read_csv(«'../input/a.csv'»)\nb = pd.read_csv('../input/b.csv')",
            says="(and 1 more there)",
            after="a_csv = '../input/a.csv'\nb_csv = '../input/b.csv'\n# %%\n"
            "a = pd.read_csv(a_csv)\nb = pd.read_csv(b_csv)",
        ),
        Flagged(
            "a = pd.read_csv(«'../data/raw/a.csv'»)\nb = pd.read_csv('../data/out/b.csv')",
            says="`../data/raw/a.csv` (and 1 more below `../data`)",
            after="a_csv = '../data/raw/a.csv'\nb_csv = '../data/out/b.csv'\n# %%\n"
            "a = pd.read_csv(a_csv)\nb = pd.read_csv(b_csv)",
        ),
        Flagged(
            "files = {'a': «'../data/a.csv'», 'b': '../data/b.csv'}\n"
            "for name, file in files.items():\n    pd.read_csv(file)",
            says="(and 1 more there)",
        ),
        Flagged(
            "a = pd.read_csv(«'../out/a.csv'»)\nshow(outpath='../out/a.png')\n"
            "joblib.dump(m, '../out/m.pkl')",
            says="`../out/a.csv` (and 2 more there)",
        ),
        Flagged(
            "import os\nDATA = «os.path.join('..', '..', 'data')»\n# %%\n"
            "df = pd.read_csv(os.path.join(DATA, 'a.csv'))",
            says="`../../data` leads out",
            after="DATA = '../../data'\n# %%\nimport os\n# %%\n"
            "df = pd.read_csv(os.path.join(DATA, 'a.csv'))",
        ),
        Flagged(
            "import os\ndf = pd.read_csv(os.path.join(«'..'», 'data', name))",
            says="`../data…` leads out",
        ),
        Flagged(
            "import os\n«os.chdir(root())»",
            says="cells below; their relative paths begin wherever that is",
        ),
        Flagged("«%cd /srv/data»", says="where that folder is missing, it changes nothing"),
        Flagged(
            "import os\nif Path(os.getcwd()) == HERE:\n    «os.chdir(path='..')»",
            says="for all cells below; only where `Path(os.getcwd()) == HERE`: else the folder "
            "stays what it was",
        ),
        Flagged(  # each of them is missing elsewhere
            "ways = [Path(«'../data'») / name, Path('../../data') / name]\n"
            "df = pd.read_csv(next(p for p in ways if p.exists()))"
        ),
        Flagged(  # all of them are read
            "parts = [Path(«'../data'») / name, Path('data') / name]\n"
            "df = pd.concat(pd.read_csv(one) for one in parts)"
        ),
        Flagged("if not os.path.exists('../out'):\n    os.makedirs(«'../out'»)"),
        Flagged(
            "import os\nwhile not os.path.isdir('shop'):\n    «os.chdir('..')»\n    print('up')\n"
            "# %%\nwhile not os.path.isdir('shop'):\n    os.chdir('..')",
            says="goes up while `not os.path.isdir('shop')`; started outside of the project, the "
            "loop never ends",
        ),
        Flagged(
            "import os\nwhile os.path.basename(os.getcwd()) != 'shop':\n    «os.chdir(os.pardir)»",
            says="started outside of the project, the loop never ends",
        ),
        Flagged(
            "import os\nwhile n < 2:\n    «os.chdir('..')»\n    n += 1",
            says="started elsewhere, it ends elsewhere",
        ),
    )
    ignored = (
        # one of several, of which the first that is there is taken
        "ways = [Path('../data') / name, Path('../../data') / name, Path('data') / name]\n"
        "path = next((p for p in ways if p.exists()), None)\ndf = pd.read_csv(path)",
        "def first(ways):\n    for one in ways:\n        if os.path.isfile(one):\n"
        "            return one\n    raise OSError(ways)\n# %%\n"
        "df = pd.read_csv(first([Path('../data') / name, Path(name)]))",
        "if os.path.exists('../data'):\n    data = '../data/'\nelse:\n    data = 'data/'\n"
        "df = pd.read_csv(data)",  # from where it is started makes no difference
        Flagged(
            "n = shop.count()",  # a file that no text names: POC106
            ran=(CellFacts(cell=1, reads=("../data/churn.csv",)),),
        ),
        "df = pd.read_csv('data/churn.csv')",
        "MODELS = Path('../models')\nprint(MODELS)",  # of no use
        "t = t.str.replace('a', 'b')\nsay(profile='in /srv')\nshow(title='../a')",
        "text = '../data is where it lies'",
        "df = pd.read_csv('data/v..2.csv')",
        "%cd",
        "import os\nos.chdir('/srv/data')",  # POC101
        "import os\nos.chdir(path='/srv/data')",
        "import os\nWORK = '/srv'\nroot = Path(f'{WORK}') / 'shop'\nos.chdir(root)",
        # wherever it is started
        "import os\nos.chdir('/srv/data')\n# %%\nos.chdir('../more')\n"
        "df = pd.read_csv('../churn.csv')",
        "import os, sys\nsys.path.insert(0, os.path.abspath('..'))\nimport shop",  # POC107
        "import os, sys\nsrc = os.path.join('..', 'src')\nif src not in sys.path:\n"
        "    sys.path.append(src)",
        "import os\nprint(sorted(os.listdir('../input')))",  # a look
        "!cd ../data && ls",  # of no effect on what follows
        "import os\nos.chdir(os.path.dirname(__file__))",  # goes where the code is
        "import os\nwhile 'shop' not in os.listdir() and os.getcwd() != '/':\n    os.chdir('..')",
        "import os\nwhile 'shop' not in os.listdir():\n    if os.getcwd() == '/':\n"
        "        raise OSError('no shop')\n    os.chdir('..')",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        if cell.module(call.func) != "os.chdir" or "__file__" in cell.source(call):
            return
        if (climb := climb_of(call, cell)) is not None:
            # Wherever in the project it is started, it ends in one folder.
            if not climb.leaves and not climbed_before(climb):
                does = f"goes up while `{cell.source(climb.loop.test)}`"
                here = climb.ends is not None and cell.notebook.notebook.path.is_file()
                then = _ENDLESS_HERE if here and climb.root is None else _ENDLESS
                yield self.found(call, cell, what=cell.source(call), more="", does=does, then=then)
            return
        given = given_folder(call)
        if isinstance(given, ast.Call) and last_name(given.func) in ("str", "Path") and given.args:
            given = given.args[0]
        text = path_text(given, cell.notebook)
        if text is not None and ABSOLUTE.match(text):  # POC101 tells of it
            return
        if text is not None and begins_anew(call.lineno, cell):
            return
        up = text is not None or _FROM_HERE.search(cell.source(call)) is not None
        then = _only_where(call, cell) or (_ELSEWHERE if up else _WHEREVER)
        yield self.found(call, cell, what=cell.source(call), more="", does=_CHANGES, then=then)

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        for magic in cell.cell.magics:
            if magic is _first_cd(cell.notebook):
                span = cell.span_of_line(magic.line)
                what = cell.line(magic.line).strip()
                absolute = ABSOLUTE.match(magic.arguments.strip().strip("\"'"))
                then = _STAYS if absolute else _ELSEWHERE
                yield self.found_at(cell, span, what=what, more="", does=_CHANGES, then=then)

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        for found in by_folder(notebook, _leads_out):
            paths = [
                one
                for one in found
                if not (
                    _only_looked_at(one[1], one[0])
                    or _for_modules(one[1], one[0])
                    or is_unused(one[1], one[0])
                    or begins_anew(one[1].lineno, one[0])
                    or (
                        has_another_way(one[1], one[0], _leads_out)
                        and not is_made_here(one[1], one[0])
                    )
                )
            ]
            if paths and not _given_to_chdir(paths[0][1], paths[0][0]):
                cell, node, text = paths[0]
                does, more = "leads out of the notebook's folder", and_more(paths)
                if not is_made_here(node, cell) and (there := lies_elsewhere(text, notebook)):
                    does += f", where it does not lie (`{there}` does)"
                elif there := other_case(text, notebook):
                    does += f", where it is called `{there}`: {_BY_CASE}"
                elif gone := _after_a_change(node, text, cell):
                    does = gone
                what, fix = shown(node, text), as_parameters(paths)
                then = _NONE if _searched(node, cell) else _ELSEWHERE
                yield self.found(node, cell, fix=fix, what=what, more=more, does=does, then=then)

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        does = "was read outside of the notebook's folder"
        for cell, node, path in read_outside(notebook, facts, _leads_out):
            yield self.found(node, cell, what=path, more="", does=does, then=_ELSEWHERE)


def _only_where(call: ast.Call, cell: CellView) -> str:
    """What a condition says of a change of folder: elsewhere there is none."""
    at: ast.AST = call
    while (around := cell.parent(at)) is not None and not isinstance(around, ast.FunctionDef):
        match around:
            case ast.If(test=test, body=body) if at is not test:
                where = "only" if at in body else "not"
                return f"{where} where `{cell.source(test)}`: else the folder stays what it was"
        at = around
    return ""


def _after_a_change(node: ast.expr, text: str, cell: CellView) -> str:
    """What a path leads out of where a change of folder above has moved its beginning."""
    changed = gone_to(node.lineno, cell)
    if changed is None:
        return ""
    call, view, folder = changed
    at = f"cell {view.index}" if view is not cell else f"line {call.lineno}"
    does = f"leads out of the folder that `{view.source(call)}` ({at}) has changed to"
    if leaves_project(posixpath.join(folder, text), cell.notebook):
        does += ", and of the project"
    return does


def _first_cd(notebook: NotebookView) -> object:
    """The first change of folder by a magic; the others are ways on, or back."""
    return next(
        (
            magic
            for cell in notebook.cells
            for magic in cell.cell.magics
            if magic.kind == "line" and magic.name == "cd" and magic.arguments.strip()
        ),
        None,
    )


_CHANGES = "changes the folder for all cells below"
_ELSEWHERE = "started elsewhere, it ends elsewhere"
_NONE = "started elsewhere, nothing is found there, which alone is no error"
_BY_CASE = "found only by a disk that takes `A` for `a`"
_WHEREVER = "their relative paths begin wherever that is"
_STAYS = "where that folder is missing, it changes nothing, and the run goes on"
_ENDLESS = "started outside of the project, the loop never ends"
_ENDLESS_HERE = "no folder above the notebook makes an end of that, and the loop never ends"
_FROM_HERE = re.compile(r"getcwd|cwd\(|\.\.|['\"]")


def _leads_out(text: str) -> bool:
    return text == ".." or text.startswith(("../", "..\\"))


def _searched(node: ast.expr, cell: CellView) -> bool:
    """Whether all that is done first with a path is to look for files in it."""
    held = kept_as(node, cell)
    if held:
        return searches(first_use(held, (cell.index, node.lineno), cell.notebook))
    return finds_none(node, cell)


def _only_looked_at(node: ast.expr, cell: CellView) -> bool:
    """Whether a folder's entries are shown and nothing rests on them, as in `print(listdir(…))`."""
    call = cell.parent(node)
    if not (isinstance(call, ast.Call) and last_name(call.func) in ("listdir", "glob")):
        return False
    around = cell.parent(call)
    while isinstance(around, ast.Call) and last_name(around.func) in ("print", "sorted", "len"):
        around = cell.parent(around)
    return isinstance(around, ast.Expr)


def _for_modules(node: ast.expr, cell: CellView) -> bool:
    """Whether modules alone are looked for there: POC107 tells of that."""
    at: ast.AST = node
    while isinstance(around := cell.parent(at), ast.Call | ast.Attribute | ast.BinOp):
        if isinstance(around, ast.Call) and put_on_the_path(around, cell) is not None:
            return True
        at = around
    match around:
        case ast.Assign(targets=[ast.Name(id=name)]):
            uses = [
                view.parent(use)
                for view in cell.notebook.cells
                for use in view.of(ast.Name)
                if use.id == name and isinstance(use.ctx, ast.Load)
            ]
            given = [one for one in uses if isinstance(one, ast.Call)]
            return bool(given) and all(
                isinstance(one, ast.Compare)
                or (isinstance(one, ast.Call) and put_on_the_path(one, cell) is not None)
                for one in uses
            )
    return False


def _given_to_chdir(node: ast.expr, cell: CellView) -> bool:
    """The call is told already."""
    parent = cell.parent(node)
    if isinstance(parent, ast.keyword):
        parent = cell.parent(parent)
    return isinstance(parent, ast.Call) and cell.module(parent.func) == "os.chdir"
