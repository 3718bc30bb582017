"""POC207 pre-cleaned-file."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.beside import folders_of
from poc_graduate.rules.files import FileUse, file_uses
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.made_by import Maker, is_a_writer, maker_of, writes
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView
from poc_graduate.rules.written_through import written_through

_DATA = frozenset(
    ".csv .tsv .txt .xls .xlsx .xlsm .ods .parquet .feather .json .jsonl .dta .sav .gz .zip".split()
)
_WORKED = re.compile(
    r"(?ix)(?:^|[\s_.-])(?P<word>"
    r"(?:pre)?clean(?:ed|ed_?up)?|final(?:_?final|_?v?\d+)*|fixed|edited|corrected|manual(?:ly)?|"
    r"copy(?:_?\d+)?|dedup(?:ed|licated)?|no_?(?:nulls?|nans?|outliers?|dups?))"
    r"(?=$|[\s_.-])"
)
_DOWNLOADED = re.compile(r"\s?\(\d+\)$")
"""What a browser adds to the name of a file that it has saved before: no sign of any work."""


class PreCleanedFile(Rule):
    """The data come from a file that, by its name, somebody has worked on before.

    Why it bites: the work is in no code that was found. The next delivery comes raw, and nobody
    knows which steps, by whom, made this file of it.
    On export: the file is an input like any other; the certificate does not reach behind it.
    """

    code, name, severity = "POC207", "pre-cleaned-file", Severity.RISK
    message = "`{file}` has, by its “{word}”, been worked on; {steps}"

    flagged = (
        Flagged("df = pd.read_csv(«'data/churn_clean.csv'»)", says="`churn_clean.csv`"),
        Flagged(
            "df = load('a.csv').dropna()\n# df.to_csv('out/a_clean.csv')\n# %%\n"
            "df = pd.read_csv(«'in/a_clean.csv'»)",
            says="the line that writes it (cell 1) is switched off by `#`, and what is done above",
        ),
        Flagged(  # a line that was there to read it wrote nothing
            "# df = pd.read_csv('a_clean.csv')\ndf = pd.read_csv(«'in/a_clean.csv'»)",
            says="not found in code here",
        ),
        Flagged(  # the function reads that one
            "def as_lines(source, target):\n    rows, out = open(source), open(target, 'w')\n"
            "    out.write(rows.read())\n# %%\nas_lines('a_clean.csv', 'b.jsonl')\n"
            "df = pd.read_csv(«'a_clean.csv'»)"
        ),
        Flagged(  # it is written below
            "def saved(df, file):\n    df.to_csv(file)\n# %%\ndf = pd.read_csv(«'a_clean.csv'»)\n"
            "saved(df, 'a_clean.csv')"
        ),
        Flagged("df = pd.read_excel(«'orders_final_v3.xlsx'»)", says="“final_v3”"),
        Flagged("raw = pd.read_csv(«'orders_clean.csv'»)"),  # as the first frame is often called
        Flagged(
            "df = pd.read_csv(«'a_clean.csv'»)\n# %%\nsave(df)",
            ran=(
                CellFacts(cell=1, reads=("a_clean.csv",)),
                CellFacts(cell=2, writes=("a_clean.csv",)),
            ),
        ),
        Flagged(  # the same, seen from above; another of that name lies elsewhere
            "import os\ndf = pd.read_csv(«'data/a_clean.csv'»)\nos.chdir('sub')\n"
            "df = pd.read_csv('../data/a_clean.csv')\n"
            "df = pd.read_csv('/home/me/shop/data/a_clean.csv')"
        ),
        Flagged("D = 'data/'\ndf = pd.read_parquet(«D + 'sales-cleaned.parquet'»)"),
    )
    ignored = (
        "df = pd.read_csv('data/churn.csv')",
        "df.to_csv('churn_clean.csv')\n# %%\ndf = pd.read_csv('churn_clean.csv')",
        # a function of the notebook opens what it is named, to write
        "def as_lines(source, target):\n    rows, out = open(source), open(target, 'w')\n"
        "    out.write(rows.read())\n# %%\nas_lines('a.csv', 'a_clean.jsonl')\n# %%\n"
        "df = pd.read_json('a_clean.jsonl')",
        "def saved(df, *, file):\n    df.to_csv(file)\ndef step(df, out):\n"
        "    saved(df, file=out)\n"
        "step(df.dropna(), out='a_clean.csv')\nb = pd.read_csv('a_clean.csv')",
        "df = pd.read_csv('finals_2024.csv')",
        "df = pd.read_csv('cleaning_services.csv')",
        "model = joblib.load('model_final.joblib')",
        "raw_path = 'heart_final.csv'\ndf = pd.read_csv(raw_path)",  # so it is delivered
        "df = pd.read_csv('data/raw/heart_final.csv')",
        "df = pd.read_csv('export (1).csv')",  # so a browser names a second download
        "df = pd.read_csv('wine-130k-v2.csv')",  # the publisher counts its versions too
        Flagged(
            "save(df)\n# %%\ndf = pd.read_csv('churn_clean.csv')",
            ran=(CellFacts(cell=1, writes=("churn_clean.csv",)), CellFacts(cell=2)),
        ),
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        written: dict[str, int] = {}
        for ran in notebook.facts_of.values():
            for path in ran.writes:
                written.setdefault(path, ran.cell)
        made: set[str] = set()
        told: list[str] = []
        for use in file_uses(notebook):
            if use.how != "read":
                made.add(use.path)
                continue
            if written.get(use.path, use.cell.index) < use.cell.index:
                continue
            base = posixpath.basename(use.path)
            stem, ending = posixpath.splitext(base)
            match = _WORKED.search(_DOWNLOADED.sub("", stem.removesuffix(".csv")))
            if match and ending.lower() in _DATA and use.path not in made:
                if any(_is_the_same(use.path, one) for one in told):
                    continue
                told.append(use.path)
                if _is_called_raw(use):
                    continue
                maker = maker_of(base, notebook.notebook.path)
                if maker is not None and maker.how == "writes":
                    continue
                if _is_made_by_a_call(stem, ending.lower(), use) or _is_made_above(use):
                    continue
                word = match["word"]
                # Some call what they deliver so.
                severity = Severity.NOTE if word.lower() == "final" else None
                steps = _NOT_FOUND
                if off := _switched_off(base, notebook):
                    steps = _OFF.format(off.index)
                elif maker is not None:
                    severity, steps = Severity.NOTE, _made_there(maker, notebook)
                yield self.found(
                    use.node, use.cell, severity=severity, file=base, word=word, steps=steps
                )


def _is_the_same(path: str, other: str) -> bool:
    """Whether two paths name a file in the same folder, as seen from one folder and another.

    After `os.chdir('..')`, `../data/a.csv` and `data/a.csv`; and the whole path to it.
    """
    one, two = (_BEGINNING.sub("", each) for each in (path, other))
    shorter, longer = sorted((one, two), key=len)
    return one == two or ("/" in shorter and longer.endswith(f"/{shorter}"))


def _made_there(maker: Maker, notebook: NotebookView) -> str:
    """Where in the project the steps stand, though nothing writes the file."""
    root = [*folders_of(notebook.notebook.path)]
    above = next(one for one in root if maker.code.is_relative_to(one))
    code = maker.code.relative_to(above).as_posix()
    if maker.how == "table":
        return _TABLE.format(code, maker.line)
    where = "" if maker.code.suffix == ".ipynb" else f", line {maker.line}"
    return _OFF_THERE.format(f"`{code}`{where}")


def _is_made_above(use: FileUse) -> bool:
    """Whether a function of the notebook is given the path above, and writes the file."""
    here = (use.cell.index, use.node.lineno)
    return any(
        path == use.path and (cell.index, call.lineno) < here
        for cell, call, path in written_through(use.cell.notebook)
    )


def _is_made_by_a_call(stem: str, ending: str, use: FileUse) -> bool:
    """Whether a function of the project is given the name above, and writes a file of it."""
    notebook = use.cell.notebook
    return any(
        is_a_writer(last_name(call.func), ending, notebook.notebook.path)
        for cell in notebook.cells
        if cell.index <= use.cell.index and stem in cell.cell.code
        for node, text in cell.texts
        if text == stem
        and isinstance(call := cell.taker(node), ast.Call)
        and (cell is not use.cell or call.lineno < use.node.lineno)
    )


_NOT_FOUND = (
    "the steps that made it were not found in code here, and the next delivery may come without "
    "them"
)
_OFF = (
    "the line that writes it (cell {}) is switched off by `#`, and what is done above it does not "
    "reach what is read here"
)


def _switched_off(file: str, notebook: NotebookView) -> CellView | None:
    """The cell that would write a file of this name, but for the `#` in front of the line."""
    for cell in notebook.cells:
        comments = "\n".join(match[1] for match in _COMMENT.finditer(cell.cell.source.lower()))
        if file.lower() in comments and writes(file.lower(), comments):
            return cell
    return None


_OFF_THERE = (
    "the line that writes it ({}) is switched off, and what the steps above it make now may be "
    "something else"
)
_TABLE = (
    "`{}` makes a table of that name (line {}), and how a file came of it was not found in code "
    "here"
)
_BEGINNING = re.compile(r"^(?:\.{1,2}/)+")
_COMMENT = re.compile(r"(?m)^[ \t]*#(.*)$")
_RAW = re.compile(r"(?i)(?:^|[^a-z])(raw|original|source)(?:$|[^a-z])")


def _is_called_raw(use: FileUse) -> bool:
    """Whether the notebook calls it what the source delivers: its folder, or its path."""
    names = {name.id for name in ast.walk(use.node) if isinstance(name, ast.Name)}
    return any(map(_RAW.search, (*names, posixpath.dirname(use.path))))
