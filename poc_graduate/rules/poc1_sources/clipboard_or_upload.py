"""POC108 clipboard-or-upload."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView

_BY_HAND = {
    "pandas.read_clipboard": "the clipboard",
    "google.colab.files.upload": "an upload in the browser",
    "ipywidgets.FileUpload": "an upload in the browser",
}


class ClipboardOrUpload(Rule):
    """Data comes from what a person has copied or picks in the browser.

    Why it bites: at three in the morning nobody is there to do it, and what was in the clipboard
    last time is gone.
    On export: refused; save the data to a file and read that.
    """

    code, name, severity = "POC108", "clipboard-or-upload", Severity.BLOCKER
    message = "the data comes from {where}; in a scheduled run nobody is there to give it"
    calls = ("read_clipboard", "upload", "FileUpload")

    flagged = (
        Flagged("import pandas as pd\ndf = «pd.read_clipboard()»", says="the clipboard"),
        Flagged("from google.colab import files\nup = «files.upload()»", says="an upload"),
        Flagged("import ipywidgets as w\npick = «w.FileUpload(multiple=False)»"),
    )
    ignored = (
        "import pandas as pd\ndf = pd.read_csv('a.csv')",
        "client.upload('report.csv')",
        "import shop\nshop.read_clipboard()",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        where = _BY_HAND.get(cell.module(call.func))
        if where:
            yield self.found(call, cell, where=where)
