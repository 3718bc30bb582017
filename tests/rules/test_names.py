"""Which cells bind and read which global names."""

from __future__ import annotations

import pytest

from poc_graduate.dataflow.bindings import statement_names
from poc_graduate.dataflow.names import Scopes
from poc_graduate.notebook.read import read_text
from poc_graduate.rules.names import names_by_looks
from poc_graduate.rules.view import NotebookView, parsed


def _names(source):
    notebook = read_text("# %%\n" + source + "\n", "example.py")
    return NotebookView(notebook).names


@pytest.mark.parametrize(
    ("source", "binds", "reads", "later"),
    [
        ("a = b\nc = a", {"a", "c"}, {"b"}, set()),
        ("def f(x):\n    return x + y", {"f"}, set(), {"y"}),
        ("xs = [i for i in rows if i > low]", {"xs"}, {"rows", "low"}, set()),
        ("key = lambda r: r[column]", {"key"}, set(), {"column"}),
        ("total += 1", {"total"}, {"total"}, set()),
        ("for i in rows:\n    last = i", set(), {"rows"}, set()),
        ("with open(p) as f:\n    text = f.read()", {"f", "text"}, {"open", "p"}, set()),
        ("x = 1\ndel x", set(), set(), set()),
    ],
)
def test_a_cell_binds_and_reads(source, binds, reads, later):
    (cell,) = _names(source).cells

    assert (cell.binds, cell.reads, cell.reads_later) == (binds, reads, later)


def test_shell_lines_and_magics_bind_and_mention():
    names = _names("files = !ls {folder}\n%store -r table\n# %%\n%%capture out\nprint(1)")

    assert "files" in names.cells[0].binds
    assert "table" in names.cells[0].may_bind
    assert "folder" in names.cells[0].mentions
    assert "out" in names.cells[1].bound
    assert names.all_known


@pytest.mark.parametrize(
    "source",
    ["from math import *", "try:\n    from math import *\nexcept ImportError:\n    pass",
     "%run other.ipynb", "exec(text)", "globals()['x'] = 1", "%pylab inline", "%store -r"],
)  # fmt: skip
def test_what_may_bind_anything_is_said(source):
    names = _names("x = 1\n# %%\n" + source + "\n# %%\ny = 2")

    assert names.known_until == 1
    assert not names.all_known


def test_where_a_name_is_bound_and_used():
    names = _names("x = 1\n# %%\ndef f():\n    return x\n# %%\nx = 2\nprint(x)")

    assert names.bound["x"] == (0, 2)
    assert names.used["x"] == (1,)
    assert names.is_used_elsewhere("x", 2)
    assert not names.is_used_elsewhere("f", 1)


def test_an_edited_cell_costs_its_own_analysis_only():
    assert parsed("a = 1").names is parsed("a = 1").names


@pytest.mark.parametrize(
    "source",
    ["a = b = c.d(e)[f]", "x, *rest = y", "df['a'], z = df.b, df", "import a.b, c as d",
     "from m import n as o", "print(p, q=r, **s)", "t.u = v", "x[i]: int = 3", "x += y",
     "w = [n for n in x]", "f = lambda k: k + g", "(h := j)", "del k"],
)  # fmt: skip
def test_the_short_way_says_what_the_long_way_says(source):
    (cell,) = _names(source).cells
    (node,) = parsed(source).tree.body

    assert cell.statements == (statement_names(node, Scopes()),)


def test_of_a_cell_that_does_not_parse_the_beginnings_of_its_lines_tell_what_it_binds():
    source = (
        "import numpy as np, json\nfrom re import sub as swap\ndef f(x):\n    print x\n"
        "class Shop: pass\nfor i, (j, k) in pairs:\n    total += j\nfirst, rows = 1, []\n"
        "if total == 2: print rows"
    )

    assert names_by_looks(source) == set("np json swap f Shop i j k total first rows".split())
