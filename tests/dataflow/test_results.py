"""`_` and `Out[n]` become names."""

from __future__ import annotations

import ast

import pytest


@pytest.fixture
def codes(flow):
    """Codes of the cells after the rewrite, and the names that were made."""

    def rewritten(text):
        found = flow(text)
        return [cell.code for cell in found.notebook.code_cells], found.last_results

    return rewritten


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        (
            "# %%\nx = 3\nx + 4\n# %%\ny = _",
            ["x = 3\nresult_of_cell_1 = x + 4; result_of_cell_1", "y = result_of_cell_1"],
        ),
        (
            "# %%\n3\n# %%\n4\n# %%\nz = _ + __",
            [
                "result_of_cell_1 = 3; result_of_cell_1",
                "result_of_cell_2 = 4; result_of_cell_2",
                "z = result_of_cell_2 + result_of_cell_1",
            ],
        ),
        (
            "# %%\n3\n# %%\nx = 1\n# %%\nz = Out[1]",
            ["result_of_cell_1 = 3; result_of_cell_1", "x = 1", "z = result_of_cell_1"],
        ),
        (
            "# %%\n3\n# %%\nz = _1",
            ["result_of_cell_1 = 3; result_of_cell_1", "z = result_of_cell_1"],
        ),
        (
            "# %%\n3  # three\n# %%\n_",
            ["result_of_cell_1 = 3; result_of_cell_1  # three", "result_of_cell_1"],
        ),
        (
            "# %%\nf(1,\n  2)\n# %%\nz = _",
            ["result_of_cell_1 = f(1,\n  2); result_of_cell_1", "z = result_of_cell_1"],
        ),
        (
            "# %%\n3\n# %%\n4;\n# %%\nz = _",
            ["result_of_cell_1 = 3; result_of_cell_1", "4;", "z = result_of_cell_1"],
        ),
        (
            "# %%\n3\n# %%\nprint(1)\n# %%\nz = _",
            ["result_of_cell_1 = 3; result_of_cell_1", "print(1)", "z = result_of_cell_1"],
        ),
        (
            "# %%\n3\n# %%\nxs = []\nxs.append(1)\n# %%\nz = _",
            [
                "result_of_cell_1 = 3; result_of_cell_1",
                "xs = []\nxs.append(1)",
                "z = result_of_cell_1",
            ],
        ),
        (
            "# %%\nimport matplotlib.pyplot as plt\n3\n# %%\nplt.show()\n# %%\nz = _",
            [
                "import matplotlib.pyplot as plt\nresult_of_cell_1 = 3; result_of_cell_1",
                "plt.show()",
                "z = result_of_cell_1",
            ],
        ),
        (
            "# %% [markdown]\nhello\n# %%\n3\n# %%\nz = Out[1]",
            ["result_of_cell_2 = 3; result_of_cell_2", "z = result_of_cell_2"],
        ),
        (
            "# %%\n# only a comment\n# %%\n3\n# %%\nz = Out[2]",
            ["# only a comment", "result_of_cell_2 = 3; result_of_cell_2", "z = result_of_cell_2"],
        ),
        (
            "# %%\n   \n# %%\n3\n# %%\nz = Out[1]",
            ["result_of_cell_2 = 3; result_of_cell_2", "z = result_of_cell_2"],
        ),
        (
            "# %%\n3\n# %%\n_ + 1\n# %%\nz = _",
            [
                "result_of_cell_1 = 3; result_of_cell_1",
                "result_of_cell_2 = result_of_cell_1 + 1; result_of_cell_2",
                "z = result_of_cell_2",
            ],
        ),
        (
            "# %%\nresult_of_cell_1 = 5\n3\n# %%\nz = _",
            [
                "result_of_cell_1 = 5\nresult_of_cell_1_ = 3; result_of_cell_1_",
                "z = result_of_cell_1_",
            ],
        ),
        ("# %%\nx = 1\n# %%\nprint(In[1], _i1)", ["x = 1", "print('x = 1', 'x = 1')"]),
        ("# %%\nx = 1\n# %%\nprint(_i)", ["x = 1", "print('x = 1')"]),
        (
            "# %%\n(n := 3)\n# %%\nz = _",
            ["result_of_cell_1 = (n := 3); result_of_cell_1", "z = result_of_cell_1"],
        ),
        (
            "# %%\n'é'; 1, 2\n# %%\nz = 'ü', _",
            ["'é'; result_of_cell_1 = 1, 2; result_of_cell_1", "z = 'ü', result_of_cell_1"],
        ),
    ],
)
def test_values_that_are_read_get_names(codes, text, cells):
    rewritten, _ = codes(text)

    assert rewritten == cells
    assert [c.count("\n") for c in rewritten] == [c.count("\n") for c in cells]
    for code in rewritten:
        ast.parse(code)


@pytest.mark.parametrize(
    "text",
    [
        "# %%\n3\n# %%\nfor _ in range(3): pass\n# %%\nprint(_)",
        "# %%\n3\n# %%\na, _ = 1, 2\nz = _",
        "# %%\nx = 1\n# %%\nz = x",
        "# %%\nz = [_ for _ in range(3)]",
        "# %%\nx = 1\n# %%\nz = Out[7]",
        "# %%\nfrom gettext import gettext as _\n3\n# %%\nz = _('a')",
        "# %%\nf = lambda _: _ + 1\nf(1)",
        "# %%\ndef f(_): return _\nf(1)",
    ],
)
def test_names_that_the_notebook_binds_itself_stay(codes, text):
    rewritten, made = codes(text)

    assert made == {}
    assert "result_of_cell" not in "".join(rewritten)


def test_statements_follow_the_rewritten_cells(flow):
    found = flow("# %%\nx = 3\n# %%\nx + 4\n# %%\nz = _")

    assert found.last_results == {"result_of_cell_2": 2}
    assert found.statements[-1].reads == {"result_of_cell_2"}
    assert found.bindings["result_of_cell_2"][0].cell == 2
    assert found.notebook.cell(2).source == "x + 4"
