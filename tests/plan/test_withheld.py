"""Secrets leave what is planned; what is run stays as it is."""

from __future__ import annotations

import ast

from poc_graduate.notebook.read import read_text
from poc_graduate.plan.withheld import masked, withhold
from poc_graduate.rules.masking import masked_sources
from poc_graduate.rules.run import check

KEY = "q8Zt3LmP0sVw71Ax"


def _withheld(*cells: str):
    return withhold(read_text("# %%\n" + "\n# %%\n".join(cells) + "\n", "nb.py"))


def test_a_secret_is_read_from_the_environment_and_run_as_it_was():
    notebook, found = _withheld(f"import os\napi_key = '{KEY}'  # {KEY}")

    cell = notebook.cell(1)
    assert cell.code == 'import os\napi_key = os.environ["API_KEY"]  # •••'
    assert KEY in cell.source
    assert [(one.variable, one.value, one.cell, one.line) for one in found] == [
        ("API_KEY", KEY, 1, 2)
    ]
    assert KEY not in repr(found)


def test_os_is_imported_on_a_line_that_is_there():
    notebook, _ = _withheld("from __future__ import annotations\nimport math", f"token = '{KEY}'")

    assert notebook.cell(1).code.split("\n") == [
        "from __future__ import annotations",
        "import os; import math",
    ]


def test_os_that_is_imported_further_down_comes_too_late():
    notebook, _ = _withheld(f"token = '{KEY}'", "import os\nprint(os.getcwd())")

    assert notebook.cell(1).code == 'import os; token = os.environ["TOKEN"]'


def test_a_default_argument_before_any_statement_imports_os_in_place():
    notebook, found = _withheld(f"def f(password='{KEY}'):\n    return password")

    ast.parse(notebook.cell(1).code)
    assert '__import__("os").environ["PASSWORD"]' in notebook.cell(1).code
    assert found[0].variable == "PASSWORD"


def test_lines_stay_where_they_are_when_a_secret_spans_several():
    key = "-----BEGIN PRIVATE KEY-----\\nabc\\n-----END PRIVATE KEY-----".replace("\\n", "\n")
    notebook, _ = _withheld(f"import os\nkey = '''{key}'''\nx = 1 / 0")

    tree = ast.parse(notebook.cell(1).code)
    assert tree.body[-1].lineno == notebook.cell(1).source.split("\n").index("x = 1 / 0") + 1


def test_one_secret_in_two_places_is_one_variable_and_two_of_one_name_are_two():
    other = KEY[::-1]
    _, found = _withheld(f"import os\ntoken = '{KEY}'", f"f(token='{KEY}')", f"g(token='{other}')")

    assert [one.variable for one in found] == ["TOKEN", "TOKEN", "TOKEN_2"]


def test_text_cells_and_any_other_text_are_masked():
    notebook, found = withhold(
        read_text(f"# %% [markdown]\n# key {KEY}\n# %%\nimport os\ntoken = '{KEY}'\n", "nb.py")
    )

    assert KEY not in notebook.cell(1).source
    assert masked(f'{{"a": "{KEY}"}}', found) == '{"a": "•••"}'


def test_a_notebook_without_secrets_stays_as_it_is():
    notebook = read_text("# %%\nx = 'plain'\n", "nb.py")

    assert withhold(notebook) == (notebook, ())


def test_a_secret_in_a_comment_alone_goes_along_masked():
    notebook, found = _withheld(f"x = 1\n# api_key = '{KEY}'\ny = 2", "z = 3")

    assert notebook.cell(1).code == "x = 1\n# api_key = '•••'\ny = 2"
    assert found == ()


def test_no_finding_and_no_shown_cell_holds_a_secret_of_a_comment():
    lines = f"# a = f('{KEY}')\n# api_key = '{KEY}'\n# b = g(a, api_key)\nb = a = 1"
    notebook = read_text(f"# %%\n{lines}\n", "nb.py")

    shown = [f"{one.message} {one.line_text}" for one in check(notebook)]

    assert any("switched off by `#`" in text for text in shown)
    assert KEY not in "\n".join(shown)
    assert KEY not in masked_sources(notebook)[1]
