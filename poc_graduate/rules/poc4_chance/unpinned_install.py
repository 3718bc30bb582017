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
_UPGRADES = re.compile(r"(^|\s)(-U|--upgrade)\b")
_FAILED = re.compile(
    r"(?im)^\s*error: (subprocess-exited-with-error|metadata-generation-failed|could not "
    r"(find|build|install))|is not recognized as an internal|command not found"
)
_GIT = re.compile(r"git\+|https?://github\.com/")


class UnpinnedInstall(Rule):
    """Packages are installed without a version.

    Why it bites: the next run takes the release of that day. Something works otherwise or no
    more, though nobody touched a line.
    On export: the line is left out; the project's requirements name the versions of the observed
    run.
    """

    code, name, severity = "POC404", "unpinned-install", Severity.RISK
    message = "{packages} {are}; {then}"

    flagged = (
        Flagged("«!pip install lightgbm»", says="`lightgbm` is installed"),
        Flagged("«%pip install -q shap pandas==2.2.2 umap-learn»", says="`shap` and `umap-learn`"),
        Flagged("import os\n«!conda install -y -c conda-forge xgboost»", says="`xgboost`"),
        Flagged("«!pip install git+https://github.com/user/tool.git»", says="`tool`"),
        Flagged("«!pip install shap»\n# %%\n!pip install optuna", says="(here and in cell 2) are"),
        Flagged(
            "«!pip install shap»\n!pip install optuna", says="and `optuna` (here and in line 2)"
        ),
        Flagged(
            "«!pip install lorem»",
            says="`lorem` was there already when this was last run; a machine without it gets",
            stored="Requirement already satisfied: lorem in /usr/lib/site-packages (0.1.1)",
        ),
        Flagged(
            "!pip install lorem\n«!pip install ipsum»",
            says="`ipsum` is installed in whatever release is newest that day (`lorem` was there "
            "already); the same",
            stored="Requirement already satisfied: lorem in /usr/lib/site-packages (0.1.1)",
        ),
        Flagged(
            "«!pip install -U lorem»",
            says="`lorem` is installed in whatever",
            stored="Requirement already satisfied: lorem in /usr/lib/site-packages (0.1.1)",
        ),
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
        Flagged(  # nothing came of it
            "!pip install nolib",
            stored="ERROR: No matching distribution found for nolib",
        ),
        Flagged(
            "!pip install lorem",
            stored="Collecting lorem\nERROR: Could not build wheels for ipsum, which is required",
        ),
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        loose: dict[str, bool] = {}
        lines: dict[str, tuple[CellView, Magic]] = {}
        for cell, magic in ((one, each) for one in notebook.cells for each in one.cell.magics):
            command = magic.arguments
            if magic.kind == "line" and magic.name in _MAGICS:
                command = f"{'pip' if magic.name == 'uv' else magic.name} {command}"
            elif magic.name != "!":
                continue
            for part in re.split(r"&&|;|\|", command):
                install = _INSTALL.search(part)
                found = list(_unpinned(install[2], pip=bool(install[1]))) if install else []
                found = [name for name in found if not _has_failed(name, cell)]
                newest = install is not None and _UPGRADES.search(install[2]) is not None
                for name in found:
                    there = not newest and _was_there(name, cell)
                    if name not in loose or (loose[name] and not there):
                        loose[name], lines[name] = there, (cell, magic)
        if loose:
            new = [name for name, there in loose.items() if not there]
            old = [name for name, there in loose.items() if there]
            one = len(new or old) == 1
            are = f"{'is' if one else 'are'} installed in whatever release is newest that day"
            then = "the same notebook then runs on other code"
            if new and old:
                are += f" ({_listed(old)} {'was' if len(old) == 1 else 'were'} there already)"
            elif old:
                are = f"{'was' if one else 'were'} there already when this was last run"
                then = f"a machine without {'it' if one else 'them'} gets whatever release is \
newest that day, and the same notebook runs on other code"
            (cell, magic), *others = dict.fromkeys(lines[name] for name in new or old)
            text = _listed(new or old) + _elsewhere(cell, others)
            yield self.found_at(cell, _line(cell, magic.line), packages=text, are=are, then=then)


def _listed(packages: list[str]) -> str:
    names = [f"`{name}`" for name in packages]
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more packages"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _elsewhere(cell: CellView, others: list[tuple[CellView, Magic]]) -> str:
    """In which other places some of the packages are installed."""
    here = [str(magic.line) for view, magic in others if view is cell]
    cells = [str(view.index) for view, _ in others if view is not cell]
    told = [
        f"{word}{'s' if places[1:] else ''} {', '.join(places)}"
        for word, places in (("line", here), ("cell", list(dict.fromkeys(cells))))
        if places
    ]
    return f" (here and in {' and in '.join(told)})" if told else ""


def _was_there(name: str, cell: CellView) -> bool:
    """Whether the stored output says that a package was installed before."""
    wanted = rf"(?i)Requirement already satisfied: {_spelled(name)}(\[[\w,]*\])? in "
    return re.search(wanted, _shown(cell)) is not None


def _has_failed(name: str, cell: CellView) -> bool:
    """Whether the stored output says that a package could not be installed."""
    text = _shown(cell)
    if re.search(rf"(?i)No matching distribution found for {_spelled(name)}\b", text):
        return True
    done = rf"(?i)successfully installed .*\b{_spelled(name)}-\d"
    return _FAILED.search(text) is not None and not (
        re.search(done, text) or _was_there(name, cell)
    )


def _shown(cell: CellView) -> str:
    """All that was printed: whether an installer came to its end stands at the end."""
    printed = (
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for output in cell.cell.outputs
    )
    return "\n".join(text if isinstance(text, str) else "".join(text) for text in printed)


def _spelled(name: str) -> str:
    return re.sub(r"[-_.]+", "[-_.]+", name.partition("[")[0])


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
