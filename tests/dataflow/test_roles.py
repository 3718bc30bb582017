"""What each statement is there for."""

from __future__ import annotations

import pytest

IMPORTS = """# %%
import pandas as pd, numpy as np, matplotlib.pyplot as plt, seaborn as sns, os, sqlite3
df = pd.read_csv('a.csv')
fig, ax = plt.subplots()
xs = [1]
"""


@pytest.fixture
def role(flow):
    """The role of the last statement after the usual imports."""
    return lambda code: flow(f"{IMPORTS}# %%\n{code}").statements[-1].role


@pytest.mark.parametrize(
    "code",
    [
        "import a.b as c",
        "from a import *",
        "try:\n    import a\nexcept ImportError:\n    a = None",
        "try:\n    import a\n    HAS_A = True\n"
        "except ImportError:\n    HAS_A = False\n    print('no a')",
        "if TYPE_CHECKING:\n    import a",
        "try:\n    import a\nexcept ImportError:\n    pass\nelse:\n    import b",
    ],
)
def test_imports(role, code):
    assert role(code) == "import"


@pytest.mark.parametrize(
    "code",
    [
        "def f(): pass",
        "async def f(): pass",
        "class A: pass",
        "f = lambda v: v",
        "@deco\ndef f(): pass",
    ],
)
def test_definitions(role, code):
    assert role(code) == "definition"


@pytest.mark.parametrize(
    "code",
    [
        "x = 1",
        "x = -1.5",
        "x = y = 'a'",
        "x: int = 3",
        "x = [1, (2, 'a')]",
        "x = {'a': [1]}",
        "x = 60 * 60 * 24",
        "x = None",
        "a, b = 1, 2",
    ],
)
def test_constants(role, code):
    assert role(code) == "constant"


@pytest.mark.parametrize(
    "code",
    [
        "df",
        "df.head()",
        "df['a'].value_counts()",
        "print(len(df))",
        "display(df)",
        "print(df);\nprint(1)",
        "plt.show()",
        "plt.figure(figsize=(3, 4))",
        "plt.plot(xs);",
        "ax.plot(xs)",
        "ax.set_title('t');",
        "df.plot()",
        "df.a.hist(bins=3);",
        "df.plot.bar()",
        "sns.histplot(df)",
        "ax = df.plot()",
        "fig, ax = plt.subplots()",
        "g = sns.pairplot(df)",
        "plt.savefig('a.png')",
        "for c in df: print(c)",
        "for c in df.columns:\n    plt.hist(df[c])\n    plt.show()",
        "if len(df) > 3:\n    print('long')",
        "len(xs)",
        "'a note'",
        "xs, df.shape",
        "f'{len(df)} rows'",
        "def show(d): print(d.head())\nshow(df)",
        "[x for x in xs]",
        "np.mean(xs)",
        "df.groupby('a').size()",
    ],
)
def test_displays(role, code):
    assert role(code) == "display"


@pytest.mark.parametrize(
    "code",
    [
        "df.drop(columns='a', inplace=True)",
        "xs.append(1)",
        "df = df.dropna()",
        "for c in df: xs.append(c)",
        "for c in df:\n    n = len(c)\n    print(n)",
        "df.to_csv('out.csv')",
        "train(df)",
        "z = np.mean(xs)",
        "os.remove('a.csv')",
        "os.makedirs('out')",
        "con = sqlite3.connect('a.db')",
        "def add(d): d['x'] = 1\nadd(df)",
        "def add(d):\n    d['x'] = 1\n    print(d)\nadd(df)",
        "assert len(df)",
        "del xs",
        "with open('a.txt', 'w') as f:\n    f.write('x')",
        "x = [len(df)]",
        "x = 'a'.upper()",
        "x = [i for i in range(3)]",
        "get_ipython().system('ls')",
        "import time\ntime.sleep(1)",
        "df['a'] = plt.plot(xs)",
    ],
)
def test_computations(role, code):
    assert role(code) == "compute"


def test_only_the_last_expression_is_shown(flow):
    roles = [
        s.role for s in flow("# %%\nimport json\n# %%\njson.loads('1')\njson.loads('2')").statements
    ]

    assert roles == ["import", "compute", "display"]


def test_a_semicolon_hides_the_value(flow):
    assert flow("# %%\nimport json\n# %%\njson.loads('2');").statements[-1].role == "compute"
