"""POC902 magic-with-effect."""

from __future__ import annotations

import re
from collections.abc import Iterator

from poc_graduate.notebook.model import Magic
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc9_notebook_only._shell import acting_part, cut, line_of
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_LANGUAGE = "hands the work to another language, which only a kernel starts"
_EFFECTS = {
    "writefile": "writes a file whose text stands in this cell only",
    "file": "writes a file whose text stands in this cell only",
    "sql": "asks a database through an extension",
    "bigquery": "asks a database through an extension",
    "R": _LANGUAGE, "perl": _LANGUAGE, "ruby": _LANGUAGE, "javascript": "",
    "python2": _LANGUAGE, "pypy": _LANGUAGE,
    "cython": "compiles code when the cell runs, with this machine's compiler",
    "reset": "deletes what cells above have made",
    "reset_selective": "deletes what cells above have made",
    "xdel": "deletes what cells above have made",
    "pylab": "makes `sum`, `min`, `all` and `any` those of NumPy, among a thousand names",
    "macro": "runs cells of a session's history",
    "rerun": "runs cells of a session's history",
    "recall": "runs cells of a session's history",
}  # fmt: skip
_ASKS = frozenset({"sql", "bigquery"})
# A connection string, the name of an engine, or an option that gives one.
_CONNECTS = re.compile(r"\w://|^\s*\w+\s*$|--(connection|project|alias|engine|section)\b")
_DELETE = frozenset("reset reset_selective xdel".split())
_SHELLS = frozenset("bash sh script cmd sx system !".split())


class MagicWithEffect(Rule):
    """A magic does some of the work: it binds, writes, asks a database, or runs a shell.

    Why it bites: outside of IPython there is none; what it did is missing from any script, test
    or job that is made of the notebook.
    On export: magics with an exact translation become Python; the others stay calls of the
    task's kernel, and one that nothing brings is refused by name.
    """

    code, name, severity = "POC902", "magic-with-effect", Severity.RISK
    message = "`{magic}` {effect}; without a notebook it is not there"

    flagged = (
        Flagged("«%store -r table»\nprint(table)", says="from a session on this machine"),
        Flagged("«%%writefile helpers.py»\ndef f():\n    return 1", says="helpers.py"),
        Flagged("x = 1\n# %%\n«%%bash»\nunzip data.zip", says="`unzip data.zip`"),
        Flagged("«%env API_MODE=test»", says="the environment"),
        Flagged("x = 1\n# %%\n«%reset -f»", says="deletes what cells above"),
        Flagged("«%pylab inline»\nplot([1])", says="`sum`"),
        Flagged("«%%sql»\nselect * from orders", says="over a connection that no code shows"),
        Flagged(
            "«%sql duckdb:///shop.db»\n# %%\n%sql select * from orders",
            says="asks a database through an extension, as 1 more; without",
        ),
        Flagged(
            "«%store a»\n# %%\n%store b\n%store -d c",
            says="`%store a` leaves a value to a session on this machine, as 1 more",
        ),
    )
    ignored = (
        "%matplotlib inline",
        "%%time\nx = 1",
        "%load_ext autoreload\n%autoreload 2",
        "%%bash\nls -la\nhead data.csv",
        "%env",
        "%reset -f\nx = 1",
        "%store",
        "%store -d table",
        "%%capture\nx = 1",
        "%timeit sum(range(9))",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        alike: dict[tuple[str, str], list[tuple[CellView, Magic, str]]] = {}
        for cell in notebook.cells:
            for magic in cell.cell.magics:
                effect = "" if magic.dropped else _effect(magic, cell)
                if effect:
                    alike.setdefault((magic.name, _way(magic)), []).append((cell, magic, effect))
        for (name, _), places in alike.items():
            cell, magic, effect = places[0]
            if name in _ASKS and not any(_CONNECTS.search(each.arguments) for _, each, _ in places):
                effect += ", over a connection that no code shows"
            sign = "%%" if magic.kind == "cell" else "%"
            shown = cut(f"{sign}{magic.name} {magic.arguments}".strip())
            if len(places) > 1:
                effect += f", as {len(places) - 1} more"
            yield self.found_at(cell, line_of(cell, magic.line), magic=shown, effect=effect)


def _way(magic: Magic) -> str:
    """Which way `%store` carries a value; empty where it lists or deletes, or of another magic."""
    words = magic.arguments.split()
    if magic.name != "store" or not words or {"-d", "-z"} & {*words}:
        return ""
    return "takes a value from" if "-r" in words else "leaves a value to"


def _effect(magic: Magic, cell: CellView) -> str:
    words = magic.arguments.split()
    if magic.name in _SHELLS:
        if magic.kind != "cell":
            return ""
        acting = acting_part("\n".join(cell.lines[magic.line :]))
        harmless = acting.startswith(("mkdir", "export ", "touch ", "set "))
        return f"runs `{cut(acting)}` in this machine's shell" if acting and not harmless else ""
    if magic.name == "store":
        return f"{_way(magic)} a session on this machine" if _way(magic) else ""
    if magic.name in ("env", "set_env"):
        sets = "=" in magic.arguments or len(words) > 1
        return "changes the environment of the whole process" if sets else ""
    if magic.name in _DELETE and cell is cell.notebook.cells[0]:
        return ""  # there is nothing yet
    return _EFFECTS.get(magic.name, "")
