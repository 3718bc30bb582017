"""POC801 no-headings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from poc_graduate.notebook.python import tree_of
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_MANY = 10
_SOME = 3
_OFTEN = 5
# What is switched off, or there for a tool, is no comment in words.
_NO_WORDS = re.compile(
    r"(?:import(?! (?:the|all|librar|package|module|necess|requir|depend))|from|del|print|return|"
    r"pip|coding)\b|[%!@$-]|[a-z]\w*(?:\.\w+)+$"
)
_WORD = re.compile(r"[^\W\d_]{2}")
# Written without a blank, and no name that code would have.
_NUMBERED = re.compile(r"[A-Z][a-z]+\d+\W*$")
_BANNER = re.compile(r"\s*#[\W_]*$")
_CALL = re.compile(r"[\w\])]\(")
_CODE = re.compile(
    r"[\w)]\[|^\W*[\w.]+ *[-+*/|&]?=(?!=)|[{}]|"
    r"^(?:for|if|def|class|while|with|try|else)\b.*:\s*$"
)
# Written as a title all the same: HTML, bold text alone in its line, a numbered step.
_TITLE = re.compile(r"(?im)^\s*(<h\d|<center|\*\*[^*\n]+\*\*\s*:?\s*$|__[^_\n]+__\s*$|#+\S)")
_TEXTS = "".join(f"\n# %% [markdown]\n# {name}" for name in ("KNN", "SVM", "ANN"))
# A few words that stand alone in the first line: no table, no link, no formula.
_NAME = re.compile(r"\w[^\n|<$\[\]`*]{1,80}(?:\n\s*(?:\n|$)|$)")
_CELLS = "\n# %%\n".join(f"x{i} = {i}" for i in range(1, 12))


class NoHeadings(Rule):
    """A long notebook has no heading.

    Why it bites: the reader has to run it in the head to learn where loading ends and modelling
    begins.
    On export: cuts and names of stages follow headings; without any they follow the data alone.
    """

    code, name, severity = "POC801", "no-headings", Severity.NOTE
    message = "{count} code cells stand without a heading{more}; {then}, and stages get names made \
from the code"

    flagged = (
        Flagged(f"«x = 1»\n# %%\n{_CELLS}", says="12 code cells"),
        Flagged(f"«import math»\n# %%\n{_CELLS}"),
        Flagged(f"«df = load()»\n# %%\n{_CELLS}\n# %% [markdown]\n# some words"),
        Flagged(
            f"«x = 1»{_TEXTS}\n# %%\n{_CELLS}",
            says="without a heading: `#` in front would make titles of 3 text cells; no outline "
            "shows them now",
        ),
        Flagged(
            "«x = 1»\n# %% [markdown]\n# Step 1: Fetch\n# %% [markdown]\n# 2: Fits the model!\n#\n"
            f"# Base models first.\n# %% [markdown]\n# Saving\n# %%\n{_CELLS}",
            says="titles of 3 text cells",
        ),
        Flagged(f"«x = 1»\n# %% [markdown]\n# > ```\n# > # no title\n# > ```\n# %%\n{_CELLS}"),
        Flagged(
            "«x = 1»" + "\n# %% [markdown]\n# Here\n# it goes\n# on" * 3 + f"\n# %%\n{_CELLS}",
            says="nobody finds where a step begins",
        ),
        Flagged(
            f"«# Import libraries»\nx = 1\n# %%\n# 2nd question: where\ny = 2\n# %%\n"
            f"# 3rd question (2 answers): when\nz = 3\n# %%\n{_CELLS}",
            says="heading: 3 of them open with a comment; no outline shows those",
        ),
        Flagged(
            f"«# =====»\n# Step 1 - Read\n# =====\nx = 1\n# %%\n# EMA\ny = 2\n# %%\n# RSI\nz = 3\n"
            f"# %%\n#print(z)\nz = 4\n# %%\n# df\nz = 5\n# %%\n# m.fit\nz = 5\n"
            f"# %%\n# Save it\nz = 6\n# %%\n{_CELLS}",
            says="heading: at least 4 of them open with a comment; no outline shows those",
        ),
        Flagged(  # words in brackets are no call
            f"«#Question1»\nx = 1\n# %%\n#Scaling(btw 0 & 1)\ny = 2\n# %%\n# Save it\nz = 3\n"
            f"# %%\n#Normalizer(y, 2)\nz = 4\n# %%\n#m.fit(x, y,\nz = 4\n# %%\n#Question2\nw = 4\n"
            f"# %%\n{_CELLS}",
            says="4 of them open with a comment; no outline shows those",
        ),
    )
    ignored = (
        "x = 1\n# %%\ny = 2",
        f"x = 1\n# %% [markdown]\n# # Loading\n# %%\n{_CELLS}",
        f"x = 1\n# %% [markdown]\n# >>> #### Loading\n# %%\n{_CELLS}",  # shown as one, indented
        f"x = 1\n# %% [markdown]\n# >>#### Loading\n# %%\n{_CELLS}",
        f"x = 1\n# %% [markdown]\n# <h2>Loading</h2>\n# %%\n{_CELLS}",
        f"x = 1\n# %% [markdown]\n# **Loading**\n# %%\n{_CELLS}",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        if len(notebook.cells) <= _MANY:
            return
        for cell in notebook.notebook.cells:
            if cell.heading or (cell.kind != "code" and _TITLE.search(cell.source)):
                return
        first = notebook.cells[0]
        span = Span(1, 1, 1, max(len(first.line(1).rstrip()), 1) + 1)
        texts = sum(
            cell.kind == "markdown" and _NAME.match(cell.source.strip()) is not None
            for cell in notebook.notebook.cells
        )
        more = f": `#` in front would make titles of {texts} text cells" if texts >= _SOME else ""
        then = "no outline shows them now" if more else "nobody finds where a step begins"
        told = sum(_says(cell.cell.source) for cell in notebook.cells)
        if not more and told >= _SOME and told * _OFTEN >= len(notebook.cells):
            # A word alone, or a line of code switched off, may be meant as one.
            least = "at least " if told < sum(map(_opens_with_a_sign, notebook.cells)) else ""
            more = f": {least}{told} of them open with a comment"
            then = "no outline shows those"
        yield self.found_at(first, span, count=len(notebook.cells), more=more, then=then)


def _opens_with_a_sign(cell: CellView) -> bool:
    return cell.cell.source.lstrip().startswith("#")


def _says(source: str) -> bool:
    """Whether a cell begins with a comment in words; lines of signs, as round a title, aside."""
    lines = (line for line in source.split("\n") if line.strip() and not _BANNER.match(line))
    first = next(lines, "").strip()
    text = first.lstrip("#").strip()
    if not first.startswith("#") or not _WORD.search(text) or _NO_WORDS.match(text):
        return False
    if " " not in text and (text.islower() or not (first[1:2] in " #" or _NUMBERED.match(text))):
        return False  # a name, as likely
    return _CODE.search(text) is None and not (_CALL.search(text) and _may_be_code(text))


def _may_be_code(text: str) -> bool:
    """Whether a line with a call in it is Python, or the beginning of a statement.

    Words in brackets, as in `Scaling(between 0 and 1)`, are neither.
    """
    if any(text.count(one) != text.count(other) for one, other in ("()", "[]")):
        return True
    try:
        tree_of(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
