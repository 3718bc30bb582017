"""POC702 network-without-timeout-or-retry."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.files import path_text
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.hosts import is_this_machine
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, keyword

_SENT = frozenset("get post put patch delete head request urlopen".split())


class NetworkWithoutTimeoutOrRetry(Rule):
    """A request is sent and waited for without a limit.

    Why it bites: requests and urllib wait for ever. The night the server is up but silent, the run
    hangs, holds its place, and nobody is told.
    On export: nothing; the call stays as it is.
    """

    code, name, severity = "POC702", "network-without-timeout-or-retry", Severity.RISK
    message = "`{call}` waits without a limit; one silent server, and the run hangs"

    flagged = (
        Flagged("import requests\npage = «requests.get(url)»", says="`requests.get`"),
        Flagged("from urllib.request import urlopen\ntext = «urlopen(url)».read()"),
        Flagged(
            "import requests\ns = requests.Session()\n# %%\nfor u in urls:\n    r = «s.post(u, d)»"
        ),
    )
    ignored = (
        "import requests\npage = requests.get(url, timeout=10)",
        "import requests\npage = requests.get('http://localhost:4040/api')",
        "value = table.get('a')",
        "import requests\npage = requests.get(url, **options)",
        "import httpx\npage = httpx.get(url)",  # five seconds by default
        "import requests\ns = requests.Session()\ns.get = limited\nother.get('a')",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        """One finding a cell: the other requests come from the same habit."""
        for name in sorted(cell.library_calls.keys() & _SENT):
            for call in cell.library_calls[name]:
                if _unlimited(call, name, cell):
                    yield self.found(call, cell, call=cell.source(call.func))
                    return


def _unlimited(call: ast.Call, name: str, cell: CellView) -> bool:
    if keyword(call, "timeout") is not None or any(word.arg is None for word in call.keywords):
        return False
    address = path_text(call.args[0], cell.notebook) if call.args else None
    if address is not None and is_this_machine(address):
        return False
    module = cell.module(call.func)
    if name == "urlopen":
        return module in ("urllib.request.urlopen", "urllib2.urlopen") and len(call.args) < 3
    if module:
        return module == f"requests.{name}"
    match call.func:
        case ast.Attribute(value=ast.Name(id=session)):
            made = cell.notebook.definition(session)
            return isinstance(made, ast.Call) and cell.module(made.func) in (
                "requests.Session",
                "requests.session",
            )
    return False
