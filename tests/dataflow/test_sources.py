"""The text of each statement."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from poc_graduate.dataflow.sources import parse_cell, statement_sources

CELLS = [
    "x = 1\ny = 2",
    "# first\nx = 1  # one\n\n\n# second\n\n# third\ny = 2\n# the end",
    "x = 1; y = 2",
    "plt.plot(x);",
    "a; b;  # quiet",
    "if a:\n    b()\n    # in the block\n# outside\nc()",
    "@deco\n# why\n@other(1)\ndef f():\n    pass\n\n\n@deco\nclass A:\n    pass",
    's = """\n# no comment\n"""; t = 1',
    "x = (1,\n     2); y = 3  # both\nz = 4",
    "x = 'é'; y = 'ü' ; z = 1",
    "\n\n# only at the top\n\nx = 1\n\n",
    "for i in x: pass; j = 1\nk = 2",
    "x = 1 \\\n    + 2\ny = 3",
    "# nothing here",
    "",
]


@pytest.fixture
def sources(notebook) -> Callable[[str], list[str]]:
    """The texts of a cell's statements."""
    return lambda code: statement_sources(code, parse_cell(notebook(f"# %%\n{code}"), 1, code))


@pytest.mark.parametrize("code", CELLS)
def test_joined_sources_are_the_cell_but_for_blank_lines_and_separators(sources, code):
    texts = sources(code)

    if texts:
        assert plain("\n".join(texts)) == plain(code)


def plain(text: str) -> list[str]:
    return re.findall(r"[^\s;]+", text)


@pytest.mark.parametrize("code", CELLS)
def test_each_source_is_one_statement(sources, notebook, code):
    for text in sources(code):
        assert len(parse_cell(notebook("# %%"), 1, text)) == 1
        assert text == text.strip("\n")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1; y = 2", ["x = 1", "y = 2"]),
        ("a; b;", ["a", "b;"]),
        ("plt.plot(x);  # quiet", ["plt.plot(x);  # quiet"]),
        (
            "# why\n\nx = 1  # one\n# two\ny = 2\n# end",
            ["# why\n\nx = 1  # one", "# two\ny = 2\n# end"],
        ),
        ("if a:\n    b\n    # inner\n# outer\nc", ["if a:\n    b\n    # inner", "# outer\nc"]),
        ("x = 1;  # only\ny = 2", ["x = 1;  # only", "y = 2"]),
    ],
)
def test_comments_and_semicolons_stay_with_their_statement(sources, code, expected):
    assert sources(code) == expected


def test_a_statement_starts_at_its_decorator(flow):
    statement = flow("# %%\nx = 1\n\n@deco\ndef f(): pass").statements[-1]

    assert (statement.place.line, statement.place.column) == (3, 1)
