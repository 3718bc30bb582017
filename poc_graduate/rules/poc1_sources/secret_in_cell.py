"""POC104 secret-in-cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from poc_graduate.rules.edits import fix, free_text, imported, insert_before, may_be_name, replace
from poc_graduate.rules.finding import Edit, Finding, Fix, NewFile, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.secrets import Secret, commented, mask, secrets, shown_secret
from poc_graduate.rules.view import CellView, NotebookView


class SecretInCell(Rule):
    """A password, token or key stands in a cell.

    One finding a secret.

    Why it bites: whoever gets the notebook, its history or its export gets the access too, and a
    secret that was shared can only be replaced.
    On export: what is generated reads it from the environment (`.env.example` names the variable);
    the secret stands in no file. Replace it all the same.
    """

    code, name, severity = "POC104", "secret-in-cell", Severity.BLOCKER
    message = "{what} stands here {how} ({masked}{more}); everybody who gets this file has it"
    fix_title = "Read it from the environment; .env.example lists its name"

    flagged = (
        Flagged(
            "api_key = «'q8Zt3LmP0sVw71Ax'»",
            says="`api_key`",
            after='import os\napi_key = os.environ["API_KEY"]',
        ),
        Flagged(
            "import os\n# %%\nimport db\nconn = db.connect(user='ann', password=«'k4tz3nf00d!'»)",
            after="import os\n# %%\nimport db\n"
            "conn = db.connect(user='ann', password=os.environ[\"PASSWORD\"])",
        ),
        Flagged("engine = create_engine(«'postgresql://ann:hunter42@db/sales'»)", says="password"),
        Flagged("client = connect(password=«'k4tz3nf00d!'»)", says="`password`"),
        Flagged(  # a switch hides it from no reader
            "x = 1\nif False:\n    api_key = «'q8Zt3LmP0sVw71Ax'»",
            after='import os\nx = 1\nif False:\n    api_key = os.environ["API_KEY"]',
        ),
        Flagged("pwd = «'sunflower'»\ndb = connect(host='db', password=pwd)", says="`pwd`"),
        Flagged("def ask(url, password=«'k4tz3nf00d!'»):\n    return url"),
        Flagged(
            "«files.upload()»",
            says="in the stored output",
            stored='{\'kaggle.json\': b\'{"username":"ann","key":"'
            + "0123456789abcdef" * 2
            + "\"}'}",
        ),
        Flagged("a = connect(token=«'q8Zt3LmP0sVw71Ax'»)\nb = connect(token='q8Zt3LmP0sVw71Ax')"),
        Flagged(  # whatever it is called there
            "password = 'sunflower'\nprint(password)\n# %%\n"
            "engine = create_engine(«'postgresql://ann:sunflower@db/sales'»)",
            says="(•••; typed in cell 1, line 1 too)",
        ),
        Flagged(
            "# aws_secret = «'q8Zt3LmP0sVw71Ax'»\n# connect(aws_secret)\nx = 1",
            says="the value of `aws_secret` stands here in a comment (q8•••)",
        ),
        Flagged("x = 1\n# key: «ghp_0123456789abcdefghijABCDEFGHIJ012345»", says="in a comment"),
        Flagged("headers = {'auth': «'ghp_0123456789abcdefghijABCDEFGHIJ012345'»}"),
    )
    ignored = (
        "password = os.environ['DB_PASSWORD']",
        "api_key = '<your key>'",
        "token = 'xxxx'",
        "token = 'PASTE_TOKEN_HERE'",
        "API_KEY = 'API_KEY'\nclient = connect(api_key='tu_api_key')",
        "password = ''",
        "# client = connect(user='ann@example.com', password='AFakePassword')",
        "# token = 'YOUR_TOKEN_1234'\n# see 'https://example.org/a1b2c3d4e5'",
        "db = connect(host='localhost', password='postgres')",
        "password = 'forgotten'\nprint(password)",
        "tokens = 'the cat sat on the mat'",
        "token = '[SEP]'",
        "sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        told: set[str] = set()
        for cell in notebook.cells:
            for secret in secrets(cell):
                if secret.text not in told:
                    told.add(secret.text)
                    yield self.found(
                        secret.node, cell, fix=self._from_environment(secret, cell), how=_OPEN,
                        what=secret.what, masked=mask(secret.text),
                        more=_elsewhere(secret.text, (cell.index, secret.node.lineno), notebook),
                    )  # fmt: skip
            for note in commented(cell):
                if note.text not in told and not _in_code(note.text, notebook):
                    told.add(note.text)
                    yield self.found_at(
                        cell, note.span, how="in a comment", what=note.what, masked=mask(note.text),
                        more=_elsewhere(note.text, (cell.index, note.span.line), notebook),
                    )  # fmt: skip
            if (shown := shown_secret(cell)) and shown not in told:
                told.add(shown)
                end = max(len(cell.line(1).rstrip()), 1) + 1
                what = "an access key in the stored output"
                yield self.found_at(cell, Span(1, 1, 1, end), what=what, masked=mask(shown),
                                    how=_OPEN, more="")  # fmt: skip

    def _from_environment(self, secret: Secret, cell: CellView) -> Fix | None:
        """Wherever it stands in the notebook, so that it is gone."""
        bound = re.fullmatch(r"the value of `(\w+)`", secret.what)
        wished = bound[1].upper() if bound else _NAMES.get(secret.what, "SECRET")
        name = free_text(wished, cell.notebook)
        edits: list[Edit] = []
        for view in cell.notebook.cells:
            same = [one for one in secrets(view) if one.node.value == secret.node.value]
            if not all(may_be_name(one.node, view) for one in same):
                return None
            os = imported("os", view) or "os"
            edits += [replace(one.node, view, f'{os}.environ["{name}"]') for one in same]
            if same and not edits[: -len(same)] and imported("os", view) is None:
                edits.insert(0, insert_before(view.body[0], view, "import os"))
        return fix(self.fix_title, *edits, files=[NewFile(".env.example", f"{name}=\n")])


_OPEN = "in the open"
_LISTED = 3


def _elsewhere(secret: str, here: tuple[int, int], notebook: NotebookView) -> str:
    """The other places where a secret is typed, whatever it is called there.

    Where one of them is mended, the others still give it away.
    """
    places = {
        (cell.index, number)
        for cell in notebook.cells
        if secret in cell.cell.source
        for number, line in enumerate(cell.lines, 1)
        if secret in line
    }
    others = sorted(places - {here})
    if not others:
        return ""
    told = [f"cell {cell}, line {line}" for cell, line in others[:_LISTED]]
    told += [f"{len(others) - _LISTED} more places"] if others[_LISTED:] else []
    listed = told[0] if len(told) == 1 else f"{'; '.join(told[:-1])} and {told[-1]}"
    return f"; typed in {listed} too"


def _in_code(secret: str, notebook: NotebookView) -> bool:
    """Whether it stands in a literal, too, which is told."""
    return any(one.text == secret for cell in notebook.cells for one in secrets(cell))


_NAMES = {"an access key": "ACCESS_KEY", "a password in an address": "DATABASE_URL"}
