"""A survey of two notebooks on disk, with fixes, hostile texts and an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from poc_graduate.errors import InputError
from poc_graduate.notebook.model import NewCell, Place
from poc_graduate.rules.finding import Edit, Finding, Fix, NewFile, Severity, Span
from poc_graduate.rules.survey import Checked, Survey

HOSTILE = "</code></pre><script>alert('%25')</script><img src=x onerror=alert(1)>{{ 7*7 }}"
SOURCES = (
    ("markdown", "# Churn\n\nNumbers of <b>last</b> month."),
    ("code", "import pandas as pd\ndf = pd.read_csv('/home/ann/churn.csv')\ndf = df.drop([12])"),
    ("markdown", f"## {HOSTILE}"),
    ("code", f"x = '''{HOSTILE}'''\n\ndel x\n"),
)


def write_notebook(path: Path) -> Path:
    """The notebook that `survey` speaks of, as Jupyter writes it."""
    cells = [
        {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for kind, source in SOURCES
    ]
    record = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def finding(cell: int, line: int, column: int, end: int, **values: object) -> Finding:
    """A finding in one line."""
    if "line_text" not in values:
        values["line_text"] = SOURCES[cell - 1][1].split("\n")[line - 1]
    given = {
        "code": "POC202",
        "name": "row-by-label-drop",
        "severity": Severity.BLOCKER,
        "message": "rows [12] are dropped by hand; in the next file these are other rows",
        "why": "the labels belong to this file",
        **values,
    }
    place = Place("churn.ipynb", cell, line, column, "Churn", f"cell-{cell}")
    return Finding(place=place, end_line=line, end_column=end, **given)  # type: ignore[arg-type]


DROP = finding(
    2, 3, 14, 18,
    fix=Fix(
        "move them to exclusions.csv, with a reason each",
        (Edit(2, Span(3, 6, 3, 19), "drop_excluded(df)"),),
        (NewFile("exclusions.csv", "key,reason\n12,\n"),),
        cells=(NewCell(2, "import csv", ("setup",)),),
        removed=(4,),
    ),
)  # fmt: skip
PATH = finding(
    2, 2, 18, 39,
    code="POC101", name="absolute-path", message="'/home/ann/churn.csv' is only here",
    fix=Fix(
        "name it once\nat the top",
        (Edit(2, Span(1, 1, 1, 1), 'CHURN = "/home/ann/churn.csv"\n'),
         Edit(2, Span(2, 18, 2, 39), "CHURN")),
        safe=True,
    ),
)  # fmt: skip
RUFF = finding(
    4, 3, 1, 6,
    code="F821", name="", severity=Severity.NOTE, message=HOSTILE, why="",
    tool="ruff", link="https://docs.astral.sh/ruff/rules/undefined-name",
)  # fmt: skip


def survey(folder: Path, make: Callable[[Path], Path] = write_notebook) -> Survey:
    """Two notebooks with findings, one without, one that could not be read."""
    names = ("a b/churn.ipynb", "again.ipynb", "clean.ipynb")
    first, second, third = (make(folder / name) for name in names)
    bad = folder / "bad.ipynb"
    return Survey(
        (
            Checked(first, (PATH, DROP, RUFF)),
            Checked(second, (DROP,)),
            Checked(third),
            Checked(bad, error=InputError("bad.ipynb is empty", remedy="give another")),
        ),
        accepted=2,
        gone={"old.ipynb": 1},
    )
