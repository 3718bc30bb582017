"""POC101 absolute-path."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc1_sources._ends import NOWHERE, hosted_imports
from poc_graduate.rules.poc1_sources._paths import (
    TO_PARAMETERS,
    and_more,
    as_parameters,
    by_folder,
    read_outside,
    shown,
)
from poc_graduate.rules.poc1_sources._places import (
    ENDS,
    SERVICES,
    is_absolute,
    place_of,
    where_exists,
)
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import NotebookView


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
            says="elsewhere nothing is found here, which alone",
        ),
        Flagged(
            "folder = «'/mnt/share'»\nfiles = glob.glob(os.path.join(folder, '*.csv'))",
            says="; elsewhere nothing is found where `folder` is used (line 2), which alone",
        ),
        Flagged(  # what is opened there, too, ends it
            "root = Path(«'/mnt/share'»)\nfiles = list(root.glob('*.csv'))\n"
            "df = pd.read_csv(root / 'a.csv')",
            says="; the first run elsewhere ends where `root` is used (line 3)",
        ),
        Flagged(  # what was found is no answer to whether it is there
            "root = next((p for p in ways if os.path.isdir(p)), None)\nif root is None:\n"
            "    hits = glob.glob(«'/mnt/share/**/a.csv'»)",
        ),
        Flagged("df.to_csv(«'/tmp/shop/a.csv'»)", says="where its folder is missing, the run ends"),
        Flagged(
            "files = [p.name for p in Path(«'/mnt/share'»).glob('*.csv')]",
            says="; elsewhere nothing is found here, which alone is",
        ),
        Flagged(  # worth a word
            "if platform.system() == 'Windows':\n    root = «'C:/data'»\nelse:\n    root = 'data'\n"
            "df = pd.read_csv(root + '/a.csv')",
            says="; `platform.system() == 'Windows'` decides whether it is used",
        ),
        Flagged(  # the other one is missing elsewhere, too
            "host = socket.gethostname()\nif host == 'box':\n    root = «'/home/ann/x'»\nelse:\n"
            "    root = '/srv/x'\ndf = pd.read_csv(root + '/a.csv')",
            says="only on this machine, as does its other way, `/srv/x`; the first run elsewhere",
        ),
        Flagged(  # made first
            "os.makedirs(«'/srv/x'», exist_ok=True)\n# %%\ndf.to_csv('/srv/x/a.csv')",
            says="(and 1 more there) is made outside of the project; a copy of the project",
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
        # it is asked whether it is there, and nothing ends by that
        "there = os.path.exists('/mnt/data')\nroot = 'data'\nif there:\n    root = '/mnt/data'\n"
        "df = pd.read_csv(root + '/a.csv')",
        "print(os.path.exists('/mnt/data'))",
        # what the environment says takes its place
        "root = os.environ.get('ROOT') or '/mnt/data'\ndf = pd.read_csv(root + '/a.csv')",
        "stage = os.getenv('STAGE')\nif stage == 'dev':\n    root = '/home/ann'\nelse:\n"
        "    root = 'data'\ndf = pd.read_csv(root + '/a.csv')",
        # a file for a while, in a folder that is everywhere
        "df.to_csv('/tmp/a.csv')\n# %%\nd = pd.read_csv('/tmp/a.csv')",
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
        # and where it is compared, it is none, and the run goes on
        "HERE = Path('/home/ann/shop')\nif Path(os.getcwd()) == HERE or str(HERE) in seen:\n"
        "    os.chdir('..')",
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
        found = (place_of(paths, notebook) for paths in by_folder(notebook, is_absolute, SERVICES))
        places = [place for place in found if place is not None]
        ends = [place.position for place in places if place.ends]
        first = min([*ends, *(one.position for one in hosted_imports(notebook))], default=NOWHERE)
        for place in places:
            cell, node, text = place.paths[0]
            what, then = place.told(of_the_first=place.position <= first)
            yield self.found(
                node, cell, fix=as_parameters(place.paths),
                severity=place.severity,
                path=shown(node, text), more=and_more(place.paths), what=what, then=then,
            )  # fmt: skip

    def check_run(self, notebook: NotebookView, facts: RunFacts) -> Iterator[Finding]:
        for cell, node, path in read_outside(notebook, facts, is_absolute):
            what = f"exists {where_exists(path)}"
            yield self.found(node, cell, path=path, more="", what=what, then=ENDS)
