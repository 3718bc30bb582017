"""POC101 absolute-path."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc1_sources._ends import (
    NOWHERE,
    Position,
    first_use,
    first_way,
    hosted_imports,
    is_unused,
    kept_as,
)
from poc_graduate.rules.poc1_sources._lies import in_project, part_of_project, same_name
from poc_graduate.rules.poc1_sources._paths import (
    ABSOLUTE,
    TO_PARAMETERS,
    TypedPath,
    and_more,
    as_parameters,
    by_folder,
    read_outside,
    shown,
)
from poc_graduate.rules.poc1_sources._ways import has_another_way, is_made_here
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_SERVICES = {
    "/kaggle/": "on Kaggle",
    "/content/": "in Colab",
    "/dbfs/": "on Databricks",
    "dbfs:/": "on Databricks",
}


class AbsolutePath(Rule):
    """A file is named by a path that begins at the root of somebody's machine.

    One finding a folder, however many files are taken from it.

    Why it bites: on the server, and on a colleague's laptop, there is no such folder; the first
    run elsewhere ends in its first cell.
    On export: a file that the run reads is copied below the project, and every literal that names
    it, or its folder, points there; a path that is the whole argument becomes a parameter in
    `env.yaml`.
    """

    code, name, severity = "POC101", "absolute-path", Severity.BLOCKER
    message = "`{path}`{more} {what}; {then}"
    fix_title = TO_PARAMETERS

    flagged = (
        Flagged(
            "df = pd.read_csv(«'/mnt/share/churn_final_v3.csv'»)",
            says="/mnt/share/churn_final",
            after="churn_csv = '/mnt/share/churn_final_v3.csv'\n# %%\ndf = pd.read_csv(churn_csv)",
        ),
        Flagged(
            "folder = «r'C:\\data'»\n# %%\ndf = pd.read_csv(folder + '/a.csv')",
            after="folder = r'C:\\data'\n# %%\ndf = pd.read_csv(folder + '/a.csv')",
        ),
        Flagged("df.to_parquet(path=«f'~/out/{day}.parquet'»)"),
        Flagged(
            "train = pd.read_csv(«'/kaggle/input/titanic/train.csv'»)\n"
            "test = pd.read_csv('/kaggle/input/titanic/test.csv')",
            says="(and 1 more there) exists only on Kaggle",
            after="train_csv = '/kaggle/input/titanic/train.csv'\n"
            "test_csv = '/kaggle/input/titanic/test.csv'\n# %%\n"
            "train = pd.read_csv(train_csv)\ntest = pd.read_csv(test_csv)",
        ),
        Flagged(
            "a = pd.read_csv(«'/kaggle/input/one/a.csv'»)\n"
            "b = pd.read_csv('/kaggle/input/two/b.csv')",
            says="(and 1 more there)",
        ),
        Flagged(
            "df = pd.read_csv(Path.home() / «'churn.csv'»)",
            says="`/home/ann/churn.csv` exists only on this machine",
            ran=(CellFacts(cell=1, reads=("/home/ann/churn.csv",)),),
        ),
        Flagged(
            "for d, _, files in os.walk(«'/mnt/share'»):\n    paths += files",
            says="elsewhere nothing is found",
        ),
        Flagged(
            "out = Path(«'/srv/out'»)\nout.mkdir(parents=True, exist_ok=True)",
            says="is made outside of the project",
        ),
        Flagged(
            "out = Path(«'/kaggle/working/a'»)\nout.mkdir(parents=True)\n"
            "df.to_csv('/kaggle/working/b.csv')",
            says="(and 1 more there) is made outside of the project; on Kaggle it is kept",
        ),
        Flagged(
            "out = Path(«'/content/drive/MyDrive/out'»)\nout.mkdir(parents=True)",
            says="on the drive that is mounted there it is kept",
        ),
        Flagged(
            "df.to_csv(«'/srv/out/a.csv'»)",
            says="is written outside of the project; where its folder is missing, the run ends",
        ),
        Flagged(  # what is read comes first
            "df.to_csv('/srv/shop/b.csv')\ndf = pd.read_csv(«'/srv/shop/a.csv'»)",
            says="`/srv/shop/a.csv` (and 1 more there) exists only",
        ),
        Flagged(  # the other one is missing elsewhere, too
            "root = Path(«'/mnt/one'»)\nif not root.exists():\n    root = Path('/mnt/two')",
        ),
        Flagged("path = «'/mnt/a.csv'»\nif not os.path.exists(path):\n    raise OSError(path)"),
        Flagged(  # where none of them is there, the first is taken
            "places = [«'/content/a.csv'», '/mnt/a.csv']\n"
            "path = next((p for p in places if Path(p).exists()), places[0])\n"
            "df = pd.read_csv(path)",
            says="`/content/a.csv` exists only in Colab",
        ),
        Flagged("df = pd.read_csv(«'/content/drive/MyDrive/a.csv'»)", says="only in Colab"),
        Flagged(
            "from google.colab import drive\ndrive.mount('/content/drive')\n# %%\n"
            "df = pd.read_csv(«'/content/drive/MyDrive/a.csv'»)",
            says="only in Colab; a run elsewhere that comes so far ends here",
        ),
        Flagged(
            "out = «'/home/ann/plots/'»\n# %%\nprint(out)\nplt.savefig(f'{out}a.png')",
            says="is written to outside of the project; where its folder is missing, the run ends "
            "where `out` is used (cell 2)",
        ),
        Flagged(
            "import os\nhome = «'/home/ann'»\npath = os.path.join(home, 'a.csv')\n"
            "df = pd.read_csv(path)",
            says="the first run elsewhere ends where `path` is used (line 4)",
        ),
        Flagged(  # what is made beside it brings no file that is read
            "out = '/content/drive/MyDrive/out'\nos.makedirs(out)\n"
            "df = pd.read_csv(«'/content/drive/MyDrive/a.csv'»)",
            says="exists only in Colab; the first run elsewhere ends here",
        ),
        Flagged(
            "root = «'/srv/shop'»\nout = os.path.join(root, 'out')\nos.makedirs(out)\n"
            "df.to_csv(os.path.join(out, name))",
            says="is made outside of the project",
        ),
        Flagged(
            "out = Path(«'/home/ann'») / 'plots'\nold = prepare(out)\ndf.to_csv(out / 'a.csv')",
            says="`/home/ann` is written to outside of the project; where its folder is missing, "
            "the run ends where `out` is used (line 3)",
        ),
        Flagged(
            "files = {'a': «'/srv/a.csv'»}\nfor k, file in files.items():\n    pd.read_csv(file)",
            says="the first run elsewhere ends where `files` is used",
        ),
        Flagged(
            "def load():\n    return pd.read_csv(«'/Users/****/a.csv'»)",
            says="exists on no machine, masked as it is; a call of `load` ends here",
        ),
    )
    ignored = (
        "df = pd.read_csv('data/churn.csv')",
        "places = [Path('/kaggle/input/a.csv'), Path('data/a.csv')]",  # it looks in several
        "places = ['/content/a.csv', 'a.csv']\n"
        "df = pd.read_csv(next((p for p in places if Path(p).exists()), places[0]))",
        "places = ['/content/a.csv', '/mnt/a.csv']\n"  # what comes of None is not known
        "path = next((p for p in places if Path(p).exists()), None)",
        "for d, _, files in os.walk('/kaggle/input'):\n    for f in files:\n"
        "        print(os.path.join(d, f))",  # every notebook there begins so
        "app.route('/users/me')",
        # nothing reads what is made of it
        "import os\nhome = '/home/ann'\npath = os.path.join(home, 'a.csv')\nprint(path)\n"
        "df = pd.read_csv('a.csv')",
        "log = open('/dev/null', 'w')",
        "root = Path('/mnt/a')\nif not root.exists():\n    root = Path('data')",
        "root = Path('/mnt/a') if Path('/mnt/a').exists() else Path('.')",
        "cover = Path('/mnt/cover.png')\nif cover.exists():\n    display(Image(cover))",
        "import sys\nif 'google.colab' in sys.modules:\n    df = pd.read_csv('/content/a.csv')\n"
        "else:\n    df = pd.read_csv('a.csv')",
        "try:\n    df = pd.read_csv('a.csv')\nexcept OSError:\n    df = pd.read_csv('/mnt/a.csv')",
        "if not files:\n    raise OSError(f'none in {glob(\"/mnt/*\")}')",
        "def root():\n    given = os.environ.get('ROOT')\n    if given:\n"
        "        return Path(given)\n    return Path('/mnt/share')",
        "requests.get(base + '/api/v1/items')",
        "path = root / '/etc'",
        "url = 'https://example.org/a.csv'\ndf = pd.read_csv(url)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        found = (_place(paths, notebook) for paths in by_folder(notebook, _is_absolute, _SERVICES))
        places = [place for place in found if place is not None]
        ends = [place.position for place in places if place.ends]
        first = min([*ends, *(one.position for one in hosted_imports(notebook))], default=NOWHERE)
        for place in places:
            cell, node, text = place.paths[0]
            what, then = place.told(of_the_first=place.position <= first)
            yield self.found(
                node, cell, fix=as_parameters(place.paths),
                severity=Severity.RISK if place.how == "made" else None,
                path=shown(node, text), more=and_more(place.paths), what=what, then=then,
            )  # fmt: skip

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        for cell, node, path in read_outside(notebook, facts, _is_absolute):
            what = f"exists {_where(path)}"
            yield self.found(node, cell, path=path, more="", what=what, then=_ENDS)


_ENDS = "the first run elsewhere ends here"
_FINDS_NONE = "elsewhere nothing is found"
_STAYS = "a copy of the project does not bring what is written there"


@dataclass(frozen=True)
class _Place:
    """A folder at the root of a machine.

    Attributes:
        paths: What is typed of it, what is told first.
        how: `read`; `written`, where what is done first with the file is to write it; `made`,
            where the notebook makes the folder.
        own: What it is called in the project, where it lies in it.
        here: Where in the project it lies, for who reads it; empty where it does not.
        held: The name that the path is given and that a later line uses; empty where it is used
            in place.
        position: Where a run that does not have it ends.
    """

    paths: Sequence[TypedPath]
    how: str
    own: str
    here: str
    held: str
    position: Position

    @property
    def ends(self) -> bool:
        """Whether a run elsewhere ends by it, in any case."""
        cell, node, _ = self.paths[0]
        return self.how == "read" and _ending(node, cell) == _ENDS

    def told(self, *, of_the_first: bool) -> tuple[str, str]:
        """What it is, and what will come of it.

        Args:
            of_the_first: Whether a run elsewhere has not ended before.
        """
        cell, node, text = self.paths[0]
        where = self._where()
        run = "the run ends" if of_the_first else "a run that comes so far ends"
        written = "written" if "." in text.replace("\\", "/").rpartition("/")[2] else "written to"
        match self.how, self.own:
            case "read", _:
                then = _ending(node, cell)
                if then == _ENDS:
                    comes = "a run elsewhere that comes so far ends"
                    then = f"{'the first run elsewhere ends' if of_the_first else comes} {where}"
                what = f"exists {_where(text)}"
                return f"{what} ({self.here})" if self.here else what, then
            case "written", "":
                return _OUTSIDE.format(written), f"where its folder is missing, {run} {where}"
            case "written", own:
                stray = (
                    "a stray file is written, or"
                    if ":" in text[:2]
                    else "there is no such folder, and"
                )
                return _OWN.format(own, written), f"elsewhere {stray} {run} {where}"
            case _, "":
                return _OUTSIDE.format("made"), _stays(text)
        then = (
            f"elsewhere a stray folder is made, or the run ends, and nothing reaches `{self.own}`"
        )
        return _OWN.format(self.own, "made"), then

    def _where(self) -> str:
        cell = self.paths[0][0]
        if not self.held:
            return "here"
        at, line = self.position
        told = f"line {line}" if at == cell.index else f"cell {at}"
        return f"where `{self.held}` is used" + (f" ({told})" if self.position < NOWHERE else "")


_OUTSIDE = "is {} outside of the project"
_OWN = "is the project's `{}`, {} by its place on this machine"


def _place(found: Sequence[TypedPath], notebook: NotebookView) -> _Place | None:
    """What is told of the paths of one folder; None where a run goes on without them."""
    paths = [
        one
        for one in found
        if not _only_listed(one[1], one[0])
        and not has_another_way(one[1], one[0], _is_absolute)
        and not is_unused(one[1], one[0])
    ]
    if not paths:
        return None
    read = [one for one in paths if not is_made_here(one[1], one[0])]
    if len(read) < len(paths) and _is_mounted(paths[0][2]):
        # What makes one folder there makes the place of the others, but no file that is read.
        read = [one for one in read if first_way(one[2], notebook) == "read"]
    read.sort(key=lambda one: first_way(one[2], notebook) == "write")
    first = (read or paths)[0]
    cell, node, text = first
    written = first_way(text, notebook) == "write"
    how = "made" if not read else "written" if written else "read"
    held, position = kept_as(node, cell), (cell.index, node.lineno)
    if held:
        use = first_use(held, position, notebook)
        held, position = use.name, use.position
        how = "made" if use.called in ("makedirs", "mkdir") else how
    own = "" if _is_mounted(text) else part_of_project(text, notebook)
    here = ""
    if how == "read":
        if there := in_project(own, notebook):
            here = f"in this project it is `{there}`"
        elif there := same_name(text, notebook):
            here = f"here `{there}` is called so"
    rest = [one for one in paths if one is not first]
    return _Place([first, *rest], how, own, here, held, position)


def _stays(path: str) -> str:
    """What becomes of a folder that is made outside; Kaggle and a mounted drive keep one."""
    if path.startswith("/kaggle/working"):
        return f"on Kaggle it is kept, elsewhere {_STAYS}"
    if path.startswith("/content/drive"):
        return "on the drive that is mounted there it is kept, elsewhere it is another folder"
    return _STAYS


def _is_absolute(text: str) -> bool:
    return ABSOLUTE.match(text) is not None


def _searches(node: ast.expr, cell: CellView) -> bool:
    """Whether files are looked for by a pattern: none is no error."""
    call = cell.parent(node)
    return isinstance(call, ast.Call) and last_name(call.func) in ("glob", "iglob", "walk")


def _is_mounted(path: str) -> bool:
    """Whether it is a service's: there all paths of a folder are told together."""
    return path.startswith(tuple(_SERVICES))


def _only_listed(node: ast.expr, cell: CellView) -> bool:
    """Whether a loop prints what lies in a folder: of one that is missing, nothing."""
    call = cell.parent(node)
    if not (isinstance(call, ast.Call) and last_name(call.func) == "walk"):
        return False
    loop = cell.parent(call)
    return isinstance(loop, ast.For) and not any(
        isinstance(part, ast.Assign | ast.AugAssign | ast.Return | ast.Yield)
        or (isinstance(part, ast.Call) and last_name(part.func) not in ("print", "join"))
        for statement in loop.body
        for part in ast.walk(statement)
    )


def _where(path: str) -> str:
    """Only with the service whose folder it is, or on this machine; masked, on none."""
    if _MASKED.search(path):
        return "on no machine, masked as it is"
    for folder, service in _SERVICES.items():
        if f"{path}/".startswith(folder):
            return f"only {service}"
    return "only on this machine"


def _ending(node: ast.expr, cell: CellView) -> str:
    """What comes of a path that is not there."""
    if _searches(node, cell):
        return _FINDS_NONE
    around, masked = function_around(node, cell), _MASKED.search(cell.source(node))
    if around is not None:
        return f"{'' if masked else 'elsewhere '}a call of `{around.name}` ends here"
    return "any run ends here" if masked else _ENDS


_MASKED = re.compile(r"\*{3,}|/(?:x{3,}|X{3,}|\.{3,})(?:/|$)")
