"""POC701 no-validation-at-ingestion."""

from __future__ import annotations

import ast
import posixpath
import re
import sys
from collections.abc import Iterator

from poc_graduate.rules.files import path_text
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.frames import asks_for_names, reads
from poc_graduate.rules.made_by import is_made_by_the_project
from poc_graduate.rules.poc7_operation._checked import BY_EYE, checked
from poc_graduate.rules.poc7_operation._copied import is_only_copied, only_looks
from poc_graduate.rules.products import (
    TABLES,
    reaches_a_product,
    saved_models,
    writes_product,
    written_from,
)
from poc_graduate.rules.reached import never_runs
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_CHECKERS = re.compile(
    r"\b(pandera|great_expectations|pydantic|cerberus|frictionless|deepchecks|evidently|"
    r"tensorflow_data_validation|whylogs|soda|bulwark|jsonschema)\b"
)

_NEVER = (sys.maxsize, 0)
_SEVERAL = 3
"""Ways in which its values are looked through before anything is made of a table."""


class NoValidationAtIngestion(Rule):
    """What a notebook writes for others is made of data that nothing checks on the way in.

    Why it bites: the month a column is missing, empty or in another unit, the pipeline still runs
    and hands on the wrong figures.
    On export: a contract is learnt from each table that the run reads; the tasks hold to it.
    """

    code, name, severity = "POC701", "no-validation-at-ingestion", Severity.NOTE
    message = "`{reader}` feeds what this notebook writes, and {no} check of its columns \
or values was found; a broken delivery may go through to the result"

    flagged = (
        Flagged(
            "df = «pd.read_csv('a.csv')»\ndf['b'] = df.a * 2\ndf.to_csv('b.csv')",
            says="`pd.read_csv`",
        ),
        Flagged(
            "q = 'select 1'\npd.read_sql(q, c)\n# %%\nq = 'select a from b'\n"
            "t = «pd.read_sql(q, c)»\nt['d'] = t.a * 2\nt.to_sql('t', c)"
        ),
        Flagged(
            "df = «pd.read_csv('a.csv')»\n# %%\npart = df[df.a > 0]\npart['b'] = part.a * 2\n"
            "part.to_csv('b.csv')",
            says="what this notebook writes, and beside a filter by value no other check of its",
        ),
        Flagged(
            "df = «pd.read_csv('a.csv')»\nif 'id' in df.columns:\n    df = df.drop(columns='id')\n"
            "df.to_csv('b.csv')",
            says="and beside a look at its columns no other check of its columns or values",
        ),
        Flagged(  # two of three only once others have come in
            "df = «pd.read_csv('a.csv')»\ndf['day'] = pd.to_datetime(df['d'])\n"
            "both = pd.concat([df, more])\nboth = both[both['n'] > 0]\nboth = both.dropna()\n"
            "both.to_csv('b.csv')",
            says="beside a strict parse, a look for missing values and a filter by value no other",
        ),
        Flagged(  # of a part, behind more calls, and put together with another
            "df = «pd.read_csv('a.csv')».drop(columns='x')\nboth = pd.concat([df, more])\n"
            "part = both[both.sex == 'f']\npart.rate.isnull().sum()\npart.to_csv('b.csv')",
            says="and beside a look for missing values no other check",
        ),
        Flagged(
            "import missingno as msno\ndf = «pd.read_csv('a.csv')»\n"
            "X, y = df.drop(columns='y'), df.y\nmsno.matrix(X)\nX['c'] = 2\nX.to_csv('b.csv')",
            says="and beside a look for missing values no other check",
        ),
        Flagged(
            "df = «pd.read_csv('a.csv')»\ndf.info()\n"
            "df = df.rename(columns=new)[list(new.values())]\ndf.to_csv('b.csv')",
            says="beside a look at what its columns hold and columns taken by name no other check",
        ),
        Flagged(
            "df = «pd.read_csv('a.csv')»\nprint(df.a.value_counts())\n# %%\ndf['b'].describe()\n"
            "df = df.dropna()\ndf = df[df.n > 0]\ndf.to_csv('b.csv')",
            says="beside a look at its values, a look for missing values and a filter by value no",
        ),
        Flagged(
            "def prepared():\n    return ColumnTransformer([('log', Log(), ['a', 'b'])])\n# %%\n"
            "df = «pd.read_csv('a.csv')»\nX = df.drop('y', axis=1)\n"
            "m = make_pipeline(prepared(), Ridge())\nm.fit(X, df.y)\nm.predict(X)\n"
            "joblib.dump(m, 'm')",
            says="and beside columns taken by name no other check",
        ),
        Flagged(  # one record is left out: that tells nothing of the others
            "df = «pd.read_csv('a.csv')»\ndf = df[df.id != 1333]\ndf = df.dropna()\n"
            "df = df.drop_duplicates()\ndf.to_csv('b.csv')",
            says="and beside a look for missing values and a look for duplicates no other check",
        ),
        Flagged(  # a missing one ends the run there
            "cols = ['a', 'b']\nx = part()\n# %%\ndf = «pd.read_csv('a.csv')»\npart = df[cols]\n"
            "part['c'] = part.a * 2\npart.to_csv('b.csv')",
            says="and beside columns taken by name no other check of its columns or values",
        ),
        Flagged(
            "def floor(x):\n    return int(str(x).split('/')[0])\n# %%\n"
            "df = «pd.read_csv('a.csv')»\ndf['f'] = df['e'].apply(floor)\ndf.to_csv('b.csv')",
            says="and beside a strict parse no other check",
        ),
        Flagged(
            "def floor(x):\n    try:\n        return int(x)\n    except ValueError:\n"
            "        return None\n# %%\ndf = «pd.read_csv('a.csv')»\n"
            "df['f'] = df['e'].apply(floor)\ndf.to_csv('b.csv')",
            says="and no check",
        ),
        Flagged(  # anything compares, and has a length
            "df = «pd.read_csv('a.csv')»\ndf['f'] = df.e.apply(lambda x: int(x == 'yes'))\n"
            "df['g'] = df.e.map(lambda x: float(len(x)))\ndf.to_csv('b.csv')",
            says="and no check",
        ),
        Flagged(  # what another is made of comes in a loop, row by row
            "df = «pd.read_csv('a.csv')»\nrows = []\nfor name in names:\n"
            "    rows.append({'n': name, 'auc': auc(df[name])})\n# %%\n"
            "t = pd.DataFrame(rows)\nt.to_csv('b.csv')\n# %%\n"
            "more = pd.read_csv('c.csv')\nboth = t.merge(more)\nboth.to_csv('d.csv')",
        ),
        Flagged(  # copied, and more made of it
            "df = «pd.read_csv('a.csv')»\ndf.to_csv('c.csv')\n# %%\ndf['b'] = df.a * 2\n"
            "df.to_csv('b.csv')"
        ),
        Flagged("a = «pd.read_excel('a.xlsx')»\nb = pd.read_csv('b.csv')\n# %%\na.to_sql('t', c)"),
        Flagged(
            "df = «pd.read_csv('a.csv')»\n# %%\nm.fit(df[['a']], df.b)\nm.predict(df)\n# %%\n"
            "joblib.dump(m, 'm')"
        ),
        Flagged(
            "def mapped(df, path):\n    return df.join(pd.read_csv(path))\n# %%\n"
            "df = mapped(«pd.read_csv('a.csv')», 'map.csv')\ndf.to_csv('b.csv')"
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\ndf['b'] = df.a * 2\ndf.plot()\n# %%\n"
            "df = «pd.read_csv('b.csv')»\ndf['c'] = df.a * 2\nrows = []\nrows.append(df)\n"
            "pd.concat(rows).to_csv('c.csv')"
        ),
        Flagged(
            "rows = []\nfor f in files:\n    rows.append(«pd.read_csv(f)»)\n# %%\n"
            "df = pd.concat(rows)\ndf['a'] = 1\ndf.to_csv('c.csv')"
        ),
        Flagged(  # what is looked at is the table that all of them are put together in
            "several = [«pd.read_csv(f)» for f in files]\ndf = pd.concat(several)\n"
            "df.isna().sum()\ndf['a'] = 1\ndf.to_csv('c.csv')",
            says="and beside a look for missing values no other check",
        ),
        Flagged(
            "rows = []\none = «pd.read_csv('a.csv')»\none['a'] = 1\nrows.append(one)\n# %%\n"
            "df = pd.concat(rows)\ndf['d'] = pd.to_datetime(df['d'])\ndf = df.dropna()\n"
            "df.to_csv('c.csv')",
            says="and beside a strict parse and a look for missing values no other check",
        ),
        Flagged(
            "rows = []\nfor f in files:\n    rows.append(«pd.read_csv(f)»)\n# %%\n"
            "df = pd.concat(rows)\ndf.info()\ndf['a'] = 1\ndf.to_csv('c.csv')",
            says="and beside a look at what its columns hold no other check",
        ),
        Flagged(  # of two lists
            "a = [«pd.read_csv(f)» for f in files]\nb = [pd.read_csv(f) for f in others]\n"
            "df = pd.concat([*a, *b])\ndf['d'] = pd.to_datetime(df['d'])\ndf = df.dropna()\n"
            "df = df.drop_duplicates()\ndf.to_csv('c.csv')",
            says="and no check",
        ),
        Flagged("def load():\n    return «pd.read_csv('a.csv')»\n# %%\nload().to_csv('b.csv')"),
    )
    ignored = (
        "df = pd.read_csv('a.csv', sep=';')\ndf['day'] = pd.to_datetime(df['d'], format='%d')\n"
        "df = df[df['n'] > 0]\ndf = df.dropna()\ndf.to_csv('b.csv')",  # in several ways
        "several = [pd.read_csv(f) for f in files]\ndf = pd.concat(several, ignore_index=True)\n"
        "df['d'] = pd.to_datetime(df['d'])\ndf = df.dropna()\ndf = df.drop_duplicates()\n"
        "df.to_csv('c.csv')",  # in as many, of what is put together
        "df = pd.read_csv('a.csv')\ndf.plot()",  # nothing is written for others
        "q = 'SELECT name FROM sqlite_master'\nt = pd.read_sql(q, c)\nt.to_csv('tables.csv')\n"
        "t['n'] = 1",
        "df = pd.read_csv('a.csv')\nassert df.a.notna().all()\ndf.to_csv('b.csv')",
        "import pandera as pa\ndf = pd.read_csv('a.csv')\ndf.to_csv('b.csv')",
        "df = pd.read_csv('a.csv')\nif df.empty:\n    raise ValueError('empty')\ndf.to_csv('b')",
        "a.to_csv('a.csv')\ndf = pd.read_csv('a.csv')\ndf.to_csv('b.csv')",  # its own file
        "seen = pd.read_csv('a.csv')\npd.concat([seen, new()]).to_csv('a.csv')",  # a store
        "df = pd.DataFrame(rows)\ndf.to_csv('b.csv')",
        "df = pd.read_csv('a.csv')\ndf.head()\n# %%\ndf.to_parquet('a.parquet')",  # a copy
        "df = pd.read_csv('a.csv')\ndf.to_csv('a.csv')\n# %%\ndf['b'] = df.a * 2\nprint(df.b)",
        "df = pd.read_csv('a.csv')\ndf.plot()\n# %%\nt = pd.DataFrame(rows)\nt.to_csv('b.csv')",
        "df = pd.DataFrame(rows)\ndf.to_csv('b.csv')\n# %%\ndf = pd.read_csv('c.csv')\nprint(df)",
        # who calls the method is switched off
        "class House:\n    @staticmethod\n    def load():\n        return pd.read_csv('b')\n"
        "    def prepare(self, df):\n        House.fresh = 1\n        if House.fresh:\n"
        "            df = df.assign(b=1)\n        else:\n            df = House.load()\n"
        "        return df\n# %%\nh = House()\n# %%\ndf = h.prepare(made())\ndf.to_csv('b.csv')",
        # a form to be filled in
        "df = pd.read_csv('in/sample_submission.csv')\ndf['y'] = told\ndf.to_csv('b.csv')",
        # another frame is written under the name of the first
        "df = pd.read_csv('a.csv')\ndf['b'] = df.a * 2\ndf.plot()\n# %%\n"
        "df = pd.DataFrame(rows)\ndf.to_csv('c.csv')",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        if not writes_product(notebook):
            return
        candidates = _ingested(notebook)
        # What code of the project has made is no delivery: the check belongs to what that reads.
        told = next((one for one in candidates if not _is_made_elsewhere(*one)), None)
        if told is None or _checks(notebook):
            return
        call, cell = told
        done = checked(call, cell)
        own = [one for one, by_itself in done.items() if by_itself and one not in BY_EYE]
        if len(own) < _SEVERAL:  # else its values are checked
            *before, last = done or [""]
            words = " and ".join(filter(None, (", ".join(before), last)))
            no = f"beside {words} no other" if done else "no"
            yield self.found(call, cell, reader=cell.source(call.func), no=no)


def _ingested(notebook: NotebookView) -> Iterator[tuple[ast.Call, CellView]]:
    """Reads that feed what the notebook writes, those in functions last."""
    own, products = _written(notebook), written_from(notebook)
    if _only_for_itself(notebook, own):
        return
    for call, cell in sorted(reads(notebook), key=_in_function):
        path = cell.literal(call.args[0]) if call.args else None
        written, _ = own.get(path if isinstance(path, str) else "", _NEVER)
        if written <= cell.index:
            continue  # its own file, or a store that it keeps
        if not _feeds(call, cell, products) or _goes_nowhere(call, cell):
            continue
        if never_runs(call, cell) or _is_a_form(call):
            continue
        if asks_for_names(call, cell) or not reaches_a_product(call, cell):
            continue
        if not is_only_copied(call, cell):
            yield call, cell


def _is_a_form(call: ast.Call) -> bool:
    """Whether a file is there to be filled in, as competitions give one: no data come by it."""
    given = ast.walk(call.args[0]) if call.args else ()
    return any(
        isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and _FORM.search(one.value) is not None
        for one in given
    )


_FORM = re.compile(r"(?i)sample[-_ ]?sub(mission)?")


def _is_made_elsewhere(call: ast.Call, cell: CellView) -> bool:
    """Whether another notebook, or a script, of the project writes the file: no delivery."""
    given = call.args[0] if call.args else None
    text = path_text(given, cell.notebook)
    typed = [text] if text is not None else [
        one.value
        for one in (ast.walk(given) if given is not None else ())
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]  # fmt: skip
    file = posixpath.basename(typed[-1].replace("\\", "/")) if typed else ""
    return "." in file and is_made_by_the_project(file, cell.notebook.notebook.path)


def _in_function(read: tuple[ast.Call, CellView]) -> bool:
    """Where a table is read in its place, that is told before a function that reads any."""
    call, cell = read
    node: ast.AST | None = call
    while node is not None and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        node = cell.parent(node)
    return node is not None


def _feeds(call: ast.Call, cell: CellView, products: frozenset[str]) -> bool:
    """Whether a product is made of what a call reads, as far as names tell."""
    node = cell.statement(call)
    while isinstance(above := cell.parent(node) if node is not None else None, ast.stmt):
        node = above  # names are known of whole statements at the top
    if node not in cell.body or not cell.names.statements:
        return True
    names = cell.names.statements[cell.body.index(node)]
    given = {id(part) for part in ast.walk(call)}  # a connection is shared, not fed
    beside = {p.id for p in ast.walk(node) if isinstance(p, ast.Name) and id(p) not in given}
    return not products.isdisjoint(names.defines | names.may_define | (names.reads & beside))


def _goes_nowhere(call: ast.Call, cell: CellView) -> bool:
    """Whether what is read is only looked at, until its name is given to something else."""
    match cell.parent(call):
        case ast.Assign(targets=[ast.Name(id=name)]):
            pass
        case _:
            return False
    notebook = cell.notebook
    if any(name in reads for view in notebook.cells for reads in view.names.functions.values()):
        return False
    for view in notebook.cells:
        if view.index < cell.index or len(view.names.statements) != len(view.body):
            continue
        for node, names in zip(view.body, view.names.statements, strict=True):
            if view is cell and node.lineno <= call.lineno:
                continue
            if name in names.reads | names.reads_later and not only_looks(node):
                return False
            if name in names.defines:
                return True
    return True


def _written(notebook: NotebookView) -> dict[str, tuple[int, int]]:
    """Files that the notebook itself writes, where their names are typed → the first place."""
    found: dict[str, tuple[int, int]] = {}
    for cell in notebook.cells:
        for name, calls in cell.calls.items():
            for call in calls if name in TABLES else ():
                path = cell.literal(call.args[0]) if call.args else None
                if isinstance(path, str):
                    found[path] = min(found.get(path, _NEVER), _at(call, cell))
    return found


def _only_for_itself(notebook: NotebookView, own: dict[str, tuple[int, int]]) -> bool:
    """Whether all that is written is read again further down: nobody else waits for it."""
    tables = sum(len(calls) for cell in notebook.cells
                 for name, calls in cell.calls.items() if name in TABLES)  # fmt: skip
    if tables != len(own) or next(saved_models(notebook), None) is not None:
        return False
    again = {
        path
        for call, cell in reads(notebook)
        if call.args
        and isinstance(path := cell.literal(call.args[0]), str)
        and own.get(path, _NEVER) < _at(call, cell)
    }
    return bool(own) and again >= own.keys()


def _at(call: ast.Call, cell: CellView) -> tuple[int, int]:
    return cell.index, call.lineno


def _checks(notebook: NotebookView) -> bool:
    for cell in notebook.cells:
        code = cell.cell.code
        if cell.of(ast.Assert, ast.Raise):
            return True
        if "import" in code and _CHECKERS.search(code):
            return True
        if not _TESTERS.isdisjoint(cell.calls):
            return True
    return False


_TESTERS = frozenset("assert_frame_equal validate validate_schema assert_array_equal".split())
