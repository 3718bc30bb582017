"""POC103 remote-source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc1_sources._paths import given_paths
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView

_REMOTE = re.compile(r"(https?|s3a?|gs|gcs|abfss?|wasbs?|hdfs|ftp)://([^\s/@]+@)?(?P<host>[^\s/]+)")


class RemoteSource(Rule):
    """Data is read from the network while the notebook runs.

    Why it bites: the file behind the address changes or goes, and then the result does, without
    anybody having touched the code.
    On export: the address becomes a parameter.
    """

    code, name, severity = "POC103", "remote-source", Severity.RISK
    message = "the data comes from {host} on each run; when it changes there, so does the result"

    flagged = (
        Flagged("df = pd.read_csv(«'https://example.org/a.csv'»)", says="example.org"),
        Flagged("df = pd.read_parquet(«'s3://bucket/part.parquet'»)", says="bucket"),
        Flagged("url = «'http://example.org/b.csv'»\n# %%\ndf = pd.read_csv(url)"),
    )
    ignored = (
        "# see https://example.org/docs",
        "print('https://example.org')",
        "df = pd.read_csv('data/https.csv')",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        for node, text in given_paths(cell):
            if match := _REMOTE.match(text):
                yield self.found(node, cell, host=match["host"])
