"""Which cells become functions, and that the task still shows what the cell showed."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from poc_graduate.dataflow.graph import analyse
from poc_graduate.generate.project import Generated, generate
from poc_graduate.notebook.read import read_text
from poc_graduate.plan.settle import settle, without_run


def generated(*cells: str) -> Generated:
    record = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{"cell_type": "code", "source": cell, "metadata": {}} for cell in cells],
    }
    flow = analyse(read_text(json.dumps(record), Path("story.ipynb")))
    facts = without_run(flow)
    return generate(settle(flow, facts, package="story", proved=False), facts)


def functions(made: Generated) -> list[str]:
    return sorted(function.name for function in made.functions.values())


def text_of(made: Generated, folder: str) -> str:
    return "\n".join(text for path, text in made.files.items() if path.startswith(folder))


START = "import pandas as pd\ndf = pd.DataFrame({'a': range(3)})"


def test_a_cell_that_computes_becomes_a_function_and_its_last_line_stays():
    made = generated(
        START, "# double prices\ndf['b'] = df.a * 2\ndf = df[df.b > 0]\ndf.head()", "df.sum()"
    )

    assert functions(made) == ["double_prices"]
    tasks = text_of(made, "tasks/")
    assert "df = double_prices(df)\ndf.head()" in tasks
    assert "def double_prices(df: Any) -> Any:" in text_of(made, "src/")


@pytest.mark.parametrize(
    "cell",
    [
        "n = len(globals())\nm = n + 1",
        "exec('x = 1')\ny = df.a + 1",
        "df['b'] = 1\nf = lambda v: v + offset\ndf['c'] = df.a.map(f)",
        "del df\ndf = 5\nz = df + 1",
        "import os\nos.environ['A'] = 'b'\nx = 1 + len(df)",
    ],
)
def test_a_cell_whose_meaning_would_change_stays_inline(cell):
    made = generated(START, cell, "print(1)")

    assert functions(made) == []


def test_a_fitted_model_is_shown_by_the_task():
    made = generated(
        "from sklearn.linear_model import LinearRegression\nimport numpy as np\nX = np.eye(3)",
        "y = X.sum(axis=1)\nmodel = LinearRegression()\nmodel.fit(X, y)",
        "print(model.coef_)",
    )

    tasks = text_of(made, "tasks/")
    assert "model.fit" not in tasks
    assert "\nmodel" in tasks


def test_a_hidden_value_stays_hidden():
    made = generated(START, "df.a.sum();", "print(df)")

    assert "_ = df.a.sum()" in text_of(made, "tasks/")


def test_an_expression_that_was_not_last_is_not_shown_when_what_followed_has_moved():
    made = generated(START, "df.head()\ndef f(x):\n    return x", "print(f(df))")

    assert "_ = df.head()" in text_of(made, "tasks/")


def test_comments_that_look_like_magics_stay_comments():
    import jupytext

    made = generated(START, "# !rm -rf nothing\nx = df.a.sum()\nprint(x)", "print(x)")

    for path, text in made.files.items():
        if path.startswith("tasks/"):
            for cell in jupytext.reads(text, fmt={"extension": ".py"}).cells:
                if cell.cell_type == "code":
                    ast.parse(cell.source)


def test_two_generations_give_the_same_bytes():
    cells = (START, "# double a\ndf['b'] = df.a * 2\ndf = df[df.b > 0]\ndf.head()", "df.sum()")

    assert generated(*cells).files == generated(*cells).files


def test_a_lambda_with_a_name_becomes_a_function_that_can_be_pickled():
    made = generated("square = lambda v: v * v\nx = square(sum([2]))", "y = square(x)", "print(y)")

    assert "def square(v):" in text_of(made, "src/")


def test_nothing_generated_needs_poc_graduate():
    made = generated(START, "df['b'] = 1\ndf = df[df.b > 0]", "print(df)")

    code = "\n".join(text for path, text in made.files.items() if path.endswith(".py"))
    assert "poc_graduate" not in code


def test_a_cell_of_comments_only_is_left_out():
    made = generated(START, "# nothing to see\n# here", "print(df)")

    assert "nothing to see" not in text_of(made, "tasks/")
