"""POC101 absolute-path."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc1_sources._paths import ABSOLUTE, given_paths
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView


class AbsolutePath(Rule):
    """A file is named by a path that begins at the root of somebody's machine.

    Why it bites: on the server, and on a colleague's laptop, there is no such folder; the first
    run elsewhere ends in its first cell.
    On export: the path becomes a parameter, relative to the project, and the file moves below it.
    """

    code, name, severity = "POC101", "absolute-path", Severity.BLOCKER
    message = "`{path}` exists only on this machine; the first run elsewhere ends here"

    flagged = (
        Flagged(
            "df = pd.read_csv(«'/mnt/share/churn_final_v3.csv'»)", says="/mnt/share/churn_final"
        ),
        Flagged("folder = «r'C:\\data'»\n# %%\ndf = pd.read_csv(folder + '/a.csv')"),
        Flagged("df.to_parquet(path=«f'~/out/{day}.parquet'»)"),
        Flagged("train = pd.read_csv(«'/kaggle/input/titanic/train.csv'»)"),
    )
    ignored = (
        "df = pd.read_csv('data/churn.csv')",
        "app.route('/users/me')",
        "log = open('/dev/null', 'w')",
        "requests.get(base + '/api/v1/items')",
        "path = root / '/etc'",
        "url = 'https://example.org/a.csv'\ndf = pd.read_csv(url)",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        for node, text in given_paths(cell):
            if ABSOLUTE.match(text):
                yield self.found(node, cell, path=text)
