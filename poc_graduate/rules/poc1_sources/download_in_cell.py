"""POC109 download-in-cell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.poc1_sources._shown import is_only_shown
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, keyword

_COMMAND = re.compile(
    r"(?:^|[;&|]\s*|\bsudo\s+)(?P<what>wget|curl|gdown|aria2c|gsutil\s+(?:-m\s+)?cp|"
    r"aws\s+s3\s+(?:cp|sync)|kaggle\s+(?:datasets|competitions)\s+(?:download|files)|git\s+clone|"
    r"huggingface-cli\s+download)\b(?P<rest>[^;&|\n]*)"
)
# Sending, and asking for headers or help, brings no file.
# Software that is installed so belongs to POC404.
_SOFTWARE = re.compile(
    r"(?i)apache\.org/|miniconda|anaconda|chromedriver|\.(whl|deb|rpm|sh)\b|get-pip"
)
_ADDRESS = re.compile(r"[\w+]+://[^\s'\"]+")
_NO_FILE = re.compile(
    r"\s(-X\s*(POST|PUT|DELETE)|--request|-d|--data\S*|-I|--head|--help|--version)\b"
)
_CALLS = {
    "urllib.request.urlretrieve": "urlretrieve",
    "urllib.urlretrieve": "urlretrieve",
    "wget.download": "wget.download",
    "gdown.download": "gdown.download",
    "gdown.download_folder": "gdown.download_folder",
    "opendatasets.download": "opendatasets.download",
    "kagglehub.dataset_download": "kagglehub.dataset_download",
    "kagglehub.competition_download": "kagglehub.competition_download",
    "kaggle.api.dataset_download_files": "dataset_download_files",
    "kaggle.api.competition_download_files": "competition_download_files",
}
_NAMES = frozenset(name.rpartition(".")[2] for name in _CALLS)
_SHELLS = frozenset({"bash", "sh", "script"})


class DownloadInCell(Rule):
    """A cell fetches data or code from the network into a file.

    Why it bites: nobody compares what arrives with what arrived last time; a changed or half-loaded
    file is used like the right one, and without the network nothing runs.
    On export: the line stays and fetches again on each run of its task; nothing checks the file.
    """

    code, name, severity = "POC109", "download-in-cell", Severity.RISK
    message = "`{what}` fetches {target}{more}; whatever arrives is used, the right file or not"

    flagged = (
        Flagged("«!wget https://example.org/a.csv»", says="https://example.org/a.csv"),
        Flagged("«!kaggle competitions download -c titanic»", says="`kaggle competitions"),
        Flagged("«!mkdir -p data && curl -o data/a.csv https://example.org/a.csv»"),
        Flagged(
            "from urllib.request import urlretrieve\n"
            "«urlretrieve('https://example.org/a.csv', 'a.csv')»"
        ),
        Flagged(
            "from urllib.request import urlretrieve\nicon = 'data:image/png;base64,iVBORw0'\n"
            "urlretrieve(icon, 'i.png')\n«urlretrieve(a, 'a.csv')»\nurlretrieve(b, 'b.csv')",
            says="`a`, as does 1 more here",
        ),
        Flagged(  # looked at, and read
            "from urllib.request import urlretrieve\nfrom IPython.display import Image\n"
            "«urlretrieve(url, 'a.png')»\nImage('a.png')\nx = plt.imread('a.png')"
        ),
        Flagged("from urllib.request import urlretrieve\n«urlretrieve(url, 'a.png')»"),
        Flagged("import gdown\n«gdown.download(url, 'a.zip')»", says="fetches `url`"),
        Flagged("«!wget -q https://example.org/tokens.py»\nimport tokens", says="tokens.py"),
        Flagged("%%bash\nset -e\n«wget https://example.org/a.csv»"),
        Flagged(
            "«!wget https://example.org/a.csv»\n!ls\n!curl -O https://example.org/b.csv\n"
            "!wget https://example.org/c.csv",
            says="`wget` fetches `https://example.org/a.csv`, as do 2 more here; whatever",
        ),
    )
    ignored = (
        "!ls data",
        # what only decorates
        "from urllib.request import urlretrieve\nfrom diagrams.custom import Custom\n"
        "icon = 'a.png'\nurlretrieve(url, icon)\nnode = Custom('A', icon)",
        "from urllib.request import urlretrieve\nfrom IPython.display import Image\n"
        "urlretrieve(url, filename='a/logo.png')\n# %%\nImage(filename='a/logo.png')",
        "!wget -q https://example.org/img/logo.png\nfrom IPython.display import Image\n"
        "Image('logo.png')",
        "from urllib.request import urlretrieve\nurlretrieve('data:text/csv,a', 'a.csv')",
        "!pip install wget",
        "!curl -X POST -d @a.json https://example.org/hook",
        "!which curl wget",
        "!wget -q https://archive.apache.org/dist/spark/spark-3.0.1.tgz",
        "client.download(url)",
        "!wget --version",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        """One finding for all calls of a cell, and one for all its commands."""
        fetches = [
            call
            for call in cell.calls_of(_NAMES)
            if call.args
            and cell.module(call.func) in _CALLS
            and not _holds_itself(call.args[0], cell)
            and not is_only_shown(_kept_as(call), cell)
        ]
        if fetches:
            first = fetches[0]
            what, target = _CALLS[cell.module(first.func)], f"`{cell.source(first.args[0])}`"
            yield self.found(first, cell, what=what, target=target, more=_as_others(fetches))
        commands = [
            (match, line) for command, line in _commands(cell) if (match := _fetched(command, cell))
        ]
        if commands:
            yield self._told(*commands[0], _as_others(commands), cell)

    def _told(self, match: re.Match[str], line: int, more: str, cell: CellView) -> Finding:
        span = cell.span_of_line(line)
        if span.column == span.end_column:
            span = Span(line, 1, line, 2)
        address = _ADDRESS.search(match["rest"])
        target = f"`{address[0]}`" if address else "a file"
        what = " ".join(match["what"].split())
        return self.found_at(cell, span, what=what, target=target, more=more)


def _as_others(fetches: Sequence[object]) -> str:
    """That others of the cell do so, too."""
    more = len(fetches) - 1
    return f", as {'do' if more > 1 else 'does'} {more} more here" if more else ""


def _commands(cell: CellView) -> Iterator[tuple[str, int]]:
    """What a shell is told, each with its line."""
    for magic in cell.cell.magics:
        if magic.kind == "shell":
            yield magic.arguments, magic.line
        elif magic.kind == "cell" and magic.name in _SHELLS:
            for number, line in enumerate(cell.lines[magic.line :], magic.line + 1):
                yield line.strip(), number


def _fetched(command: str, cell: CellView) -> re.Match[str] | None:
    """The part of a command that brings a file of data or code."""
    match = _COMMAND.search(command)
    if match is None or _NO_FILE.search(match["rest"]) or not match["rest"].strip():
        return None
    if _SOFTWARE.search(match["rest"]):
        return None
    address = _ADDRESS.search(match["rest"])
    kept = address[0].partition("?")[0].rpartition("/")[2] if address else ""
    return None if is_only_shown(ast.Constant(kept), cell) else match


def _holds_itself(given: ast.expr, cell: CellView) -> bool:
    """Whether an address is the data themselves (RFC 2397): nothing is fetched."""
    text = cell.literal(given)
    return isinstance(text, str) and text.startswith("data:")


def _kept_as(call: ast.Call) -> ast.expr | None:
    """The file that a call makes of what it fetches."""
    if call.args[1:]:
        return call.args[1]
    return keyword(call, "filename") or keyword(call, "output") or keyword(call, "out")
