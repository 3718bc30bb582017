"""POC102 relative-path-outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc1_sources._paths import given_paths
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView


class RelativePathOutside(Rule):
    """A path leads out of the notebook's folder, or the folder is changed.

    Why it bites: where the path ends depends on where the process was started; a scheduler starts
    it elsewhere.
    On export: the path becomes a parameter, and the file moves below the project.
    """

    code, name, severity = "POC102", "relative-path-outside", Severity.RISK
    message = "`{what}` leads out of the notebook's folder; started elsewhere, it ends elsewhere"
    calls = ("chdir",)

    flagged = (
        Flagged("df = pd.read_csv(«'../data/churn.csv'»)", says="../data/churn.csv"),
        Flagged("import os\n«os.chdir('/srv/data')»", says="os.chdir"),
        Flagged("where = «'../../shared'»\n# %%\nfiles = os.listdir(where)"),
    )
    ignored = (
        "df = pd.read_csv('data/churn.csv')",
        "text = '../data is where it lies'",
        "df = pd.read_csv('data/v..2.csv')",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        if cell.module(call.func) in ("os.chdir",):
            yield self.found(call, cell, what=cell.source(call))

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        for node, text in given_paths(cell):
            if text == ".." or text.startswith(("../", "..\\")):
                yield self.found(node, cell, what=text)
