"""POC404 unpinned-install."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from poc_graduate.notebook.model import Magic
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_INSTALL = re.compile(r"\b(?:(pip[\d.]*)|conda|mamba|micromamba)\s+(?:-\S+\s+)*install\b(.*)", re.S)
_MAGICS = frozenset("pip conda mamba micromamba uv".split())
_WITH_VALUE = frozenset(
    "-r --requirement -c --constraint -i --index-url --extra-index-url -f --find-links -t "
    "--target --prefix --root --channel -n --name -p --trusted-host --platform --file -e "
    "--editable --python-version --progress-bar --cache-dir --proxy --upgrade-strategy".split()
)
_TOOLS = frozenset("pip setuptools wheel conda".split())
_PACKAGE = re.compile(r"[A-Za-z0-9][\w.-]*(\[[\w,.-]*\])?")
_FILE = re.compile(r"\.(whl|gz|zip|txt|bz2)$")
_GIT = re.compile(r"git\+|https?://github\.com/")


class UnpinnedInstall(Rule):
    """Packages are installed without a version.

    Why it bites: the next run takes the release of that day. Something works otherwise or no
    more, though nobody touched a line.
    On export: the line is left out; the project's requirements name the versions of the observed
    run.
    """

    code, name, severity = "POC404", "unpinned-install", Severity.RISK
    message = "{packages} {are} installed in whatever release is newest that day; the same \
notebook then runs on other code"

    flagged = (
        Flagged("«!pip install lightgbm»", says="`lightgbm` is installed"),
        Flagged("«%pip install -q shap pandas==2.2.2 umap-learn»", says="`shap` and `umap-learn`"),
        Flagged("import os\n«!conda install -y -c conda-forge xgboost»", says="`xgboost`"),
        Flagged("«!pip install git+https://github.com/user/tool.git»", says="`tool`"),
        Flagged("«!pip install shap»\n# %%\n!pip install optuna", says="`shap` and `optuna` are"),
    )
    ignored = (
        "!pip install lightgbm==4.5.0",
        "!pip install -r requirements.txt",
        "!pip install -e .",
        "!pip install --upgrade pip",
        "%pip install 'pandas>=2,<3'",
        "!pip install git+https://github.com/user/tool.git@3f2c1ab",
        "text = '!pip install shap'",
        "!pip list",
        "!pip install {package}",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        loose: list[str] = []
        first: tuple[CellView, Magic] | None = None
        for cell, magic in ((one, each) for one in notebook.cells for each in one.cell.magics):
            command = magic.arguments
            if magic.kind == "line" and magic.name in _MAGICS:
                command = f"{'pip' if magic.name == 'uv' else magic.name} {command}"
            elif magic.name != "!":
                continue
            for part in re.split(r"&&|;|\|", command):
                install = _INSTALL.search(part)
                found = list(_unpinned(install[2], pip=bool(install[1]))) if install else []
                first = (cell, magic) if found and first is None else first
                loose += found
        if first is not None:
            names = [f"`{name}`" for name in dict.fromkeys(loose)]
            text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
            if len(names) > 4:
                text = f"{', '.join(names[:3])} and {len(names) - 3} more packages"
            are = "is" if len(names) == 1 else "are"
            cell, magic = first
            yield self.found_at(cell, _line(cell, magic.line), packages=text, are=are)


def _unpinned(arguments: str, *, pip: bool) -> Iterator[str]:
    """Packages of an install command that are given without a version."""
    if "{" in arguments or "$" in arguments:
        return
    try:
        words = shlex.split(arguments.replace("\\\n", " "), comments=True)
    except ValueError:
        return
    passed = False
    for word in words:
        if passed:
            passed = False
        elif word.startswith("-"):
            passed = word in _WITH_VALUE or (word == "-c" and not pip)
        elif word.startswith((">", "<", "2>")):
            return
        elif _GIT.match(word):
            name = word.partition("#")[0].rstrip("/").rpartition("/")[2]
            if "@" not in name:
                yield name.removesuffix(".git")
        elif _PACKAGE.fullmatch(word) and word.lower() not in _TOOLS and not _FILE.search(word):
            yield word


def _line(cell: CellView, number: int) -> Span:
    line = cell.line(number)
    start = len(line) - len(line.lstrip())
    return Span(number, start + 1, number, max(len(line.rstrip()), start + 1) + 1)
