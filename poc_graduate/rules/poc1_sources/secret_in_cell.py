"""POC104 secret-in-cell."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.secrets import mask, secrets
from poc_graduate.rules.view import CellView


class SecretInCell(Rule):
    """A password, token or key stands in a cell.

    Why it bites: whoever gets the notebook, its history or its export gets the access too, and a
    secret that was shared can only be replaced.
    On export: nothing; move it to the environment first (`os.environ["…"]`) and replace it.
    """

    code, name, severity = "POC104", "secret-in-cell", Severity.BLOCKER
    message = "{what} stands here in the open ({masked}); everybody who gets this file has it"

    flagged = (
        Flagged("api_key = «'q8Zt3LmP0sVw71Ax'»", says="`api_key`"),
        Flagged("engine = create_engine(«'postgresql://ann:hunter42@db/sales'»)", says="password"),
        Flagged("client = connect(password=«'k4tz3nf00d!'»)", says="`password`"),
        Flagged("headers = {'auth': «'ghp_0123456789abcdefghijABCDEFGHIJ012345'»}"),
    )
    ignored = (
        "password = os.environ['DB_PASSWORD']",
        "api_key = '<your key>'",
        "token = 'xxxx'",
        "password = ''",
        "tokens = 'the cat sat on the mat'",
        "token = '[SEP]'",
        "sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        for secret in secrets(cell):
            yield self.found(secret.node, cell, what=secret.what, masked=mask(secret.text))
