"""Any linter that nbqa can run on notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from poc_graduate.errors import UsageError
from poc_graduate.notebook.model import Notebook
from poc_graduate.rules.external.process import need, run_module, said
from poc_graduate.rules.external.reported import Reported, ToolFailed

_FORMATTERS = frozenset(
    "black isort autopep8 yapf pyupgrade autoflake docformatter blacken-docs add-trailing-comma "
    "ssort reorder-python-imports".split()
)
# Options by which a tool says one finding a line, with its column.
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "mypy": (
        "--show-column-numbers", "--show-error-codes", "--no-pretty", "--no-color-output",
        "--no-error-summary", "--hide-error-context",
    ),
    "pylint": ("--output-format=text", "--score=n"),
    "flake8": ("--format=default", "--color=never"),
    "bandit": ("-q", "-f", "custom", "--msg-template={relpath}:{line}:{col}: {test_id} {msg}"),
}  # fmt: skip
_FROM_NOUGHT = frozenset({"pylint", "bandit"})
"""Tools that count columns from 0."""
_ANSI = re.compile(r"\x1b\[[0-9;]*m|\x1b\(B")
_PLACE = re.compile(
    r"^(?P<path>.+?\.ipynb):cell_(?P<cell>\d+):(?P<line>\d+)(?::(?P<column>\d+))?(?::\d+:\d+)?"
    r"(?:\s*[:-])?\s+(?P<rest>\S.*)$"
)
_MYPY = re.compile(r"(?P<level>error|warning|note): (?P<text>.*?)(?:\s+\[(?P<code>[\w-]+)\])?$")
_CODED = re.compile(r"(?P<code>[A-Z]{1,5}\d{2,5}):? (?P<text>.*?)(?: \((?P<name>[a-z-]+)\))?$")
_LAYOUT = re.compile(r"E30\d|W391")
"""Blank lines between cells: nobody wrote them."""
_SERIOUS = re.compile(r"F[5-8]|E9|E0|E1|E06|F0|B[1-7]\d\d")
_LINKS = {
    "mypy": "https://mypy.readthedocs.io/en/stable/_refs.html#code-{code}",
    "flake8": "https://flake8.pycqa.org/en/latest/user/error-codes.html",
    "bandit": "https://bandit.readthedocs.io/en/latest/plugins/index.html",
}
_PYLINT = {"C": "convention", "E": "error", "F": "fatal", "R": "refactor", "W": "warning"}


def nbqa(tool: str, notebooks: Sequence[Notebook]) -> Iterator[Reported]:
    """What a tool finds, by the project's own settings for it.

    Raises:
        UsageError: the tool would change the notebooks.
        ToolFailed: it or nbqa is not installed, or it ended in an error.
    """
    if tool in _FORMATTERS:
        raise UsageError(
            f"{tool} changes notebooks, and `check` does not", remedy=f"run `nbqa {tool}` yourself"
        )
    need("nbqa")
    need(tool.replace("-", "_"), tool=tool)
    by_name = {one.path.resolve(): one for one in notebooks}
    # What we do not know may write: shown as a difference, it does not.
    options = _OPTIONS.get(tool, ("--nbqa-diff",))
    answer = run_module("nbqa", tool, *map(str, by_name), *options)
    found = list(_parsed(tool, _ANSI.sub("", answer.stdout), by_name))
    if answer.returncode and not found:
        raise ToolFailed(
            f"{tool} failed: {said(answer)}", remedy=f"run `nbqa {tool}` by itself to see more"
        )
    yield from (one for one in found if one is not None)


def _parsed(tool: str, output: str, by_name: Mapping[Path, Notebook]) -> Iterator[Reported | None]:
    """One for each line that names a place; None for what is of no interest there."""
    cells = {
        path: [cell.index for cell in one.cells if cell.kind == "code"]
        for path, one in by_name.items()
    }
    for line in output.splitlines():
        match = _PLACE.match(line)
        path = Path(match["path"]).resolve() if match else None
        if match is None or path is None or path not in by_name:
            continue
        number = int(match["cell"])  # among code cells
        if not 0 < number <= len(cells[path]):
            continue
        notebook, cell = by_name[path], cells[path][number - 1]
        one = _reported(tool, notebook.path, cell, int(match["line"]), match["rest"])
        yield one and replace(one, column=_column(notebook, one, match["column"]))


def _column(notebook: Notebook, one: Reported, given: str | None) -> int:
    """The column in characters, from 1; 0 where none is given."""
    if given is None:
        return 0
    column = int(given) + (one.tool in _FROM_NOUGHT)
    lines = notebook.cell(one.cell).source.split("\n")
    in_bytes = one.tool in _FROM_NOUGHT or one.code.startswith("F")  # pyflakes' as ast has them
    if in_bytes and one.line <= len(lines) and column > 0:
        before = lines[one.line - 1].encode("utf-8", "replace")[: column - 1]
        return len(before.decode("utf-8", "ignore")) + 1
    return column


def _reported(tool: str, path: Path, cell: int, line: int, rest: str) -> Reported | None:
    name = ""
    if typed := _MYPY.match(rest):
        code, text = typed["code"] or tool, typed["text"]
        serious = typed["level"] == "error"
        if typed["level"] == "note":
            return None
    elif coded := _CODED.match(rest):
        code, text, name = coded["code"], coded["text"], coded["name"] or ""
        serious = _SERIOUS.match(code) is not None
        if _LAYOUT.match(code):
            return None
    else:
        code, text, serious = tool, rest, False
    return Reported(
        tool, path, cell, line, 0, code, text, name=name, link=_link(tool, code, name),
        serious=serious,
    )  # fmt: skip


def _link(tool: str, code: str, name: str) -> str:
    if tool == "pylint" and code[0] in _PYLINT and name:
        base = "https://pylint.readthedocs.io/en/stable/user_guide/messages"
        return f"{base}/{_PYLINT[code[0]]}/{name}.html"
    return _LINKS.get(tool, "").format(code=code)
