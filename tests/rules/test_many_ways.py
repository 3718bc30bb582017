"""Names that lead to each other by a trillion ways are each followed once."""

from __future__ import annotations

import pytest

from poc_graduate.notebook.read import read_text
from poc_graduate.rules.run import check

STEPS = 40


def _ladder(last: str) -> str:
    steps = [f"a{n} = a{n - 1} + b{n - 1}\nb{n} = a{n - 1} - b{n - 1}" for n in range(1, STEPS + 1)]
    start = "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd\n"
    start += "m = Model().fit(X, y)\na0 = np.random.rand(9)\nb0 = a0 * 2\n"
    return start + "\n".join([*steps, last])


@pytest.mark.parametrize(
    ("last", "found"),
    [
        (f"plt.plot(a{STEPS}, b{STEPS})", 0),
        (f"pd.DataFrame([a{STEPS}, b{STEPS}]).to_csv('a.csv')", 1),
    ],
)
def test_a_draw_is_followed_to_where_it_ends(last, found):
    notebook = read_text(f"# %%\n{_ladder(last)}\n", "example.py")

    assert len(check(notebook, frozenset({"POC401"}))) == found


def test_all_rules_come_to_an_end():
    assert check(read_text(f"# %%\n{_ladder(f'print(a{STEPS})')}\n", "example.py"))
