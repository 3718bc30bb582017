"""What statements do beyond names: settings, generators, files, resources, magics."""
# ruff: noqa: E501

from __future__ import annotations

import pytest

IMPORTS = """# %%
import os, sys, random, sqlite3, logging, warnings, locale, decimal, shutil, glob, joblib, json, pickle
from os import environ
from pathlib import Path
from random import shuffle as mix
import numpy as np, pandas as pd, pandas as p, matplotlib, matplotlib as mpl
import matplotlib.pyplot as plt, seaborn as sns, scipy.stats as st, torch, sklearn, sqlalchemy, duckdb
from sklearn.model_selection import train_test_split, KFold, ShuffleSplit, cross_val_score
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from tqdm import tqdm
from numpy.random import seed, default_rng
import statsmodels.formula.api as smf
from PIL import Image
df = pd.read_csv('in.csv')
X = y = xs = [1, 2]
DATA = 'data'
CUSTOMERS_CSV = 'data/customers.csv'
"""


@pytest.fixture
def doing(flow):
    """The last statement after the usual imports."""
    return lambda code: flow(f"{IMPORTS}# %%\n{code}").statements[-1]


@pytest.mark.parametrize(
    ("code", "component"),
    [
        ("pd.set_option('display.max_rows', 7)", "pandas"),
        ("p.set_option('display.max_rows', 7)", "pandas"),
        ("pd.options.display.max_rows = 7", "pandas"),
        ("pd.options.mode.chained_assignment = None", "pandas"),
        ("np.set_printoptions(precision=2)", "numpy"),
        ("np.seterr(all='ignore')", "numpy"),
        ("plt.rcParams['figure.figsize'] = (3, 4)", "matplotlib"),
        ("plt.rcParams.update({'a': 1})", "matplotlib"),
        ("mpl.rcParams['axes.grid'] = True", "matplotlib"),
        ("plt.style.use('ggplot')", "matplotlib"),
        ("matplotlib.rc('font', size=8)", "matplotlib"),
        ("matplotlib.use('Agg')", "matplotlib"),
        ("sns.set()", "matplotlib"),
        ("sns.set_theme(style='dark')", "matplotlib"),
        ("sns.set_palette('deep')", "matplotlib"),
        ("warnings.filterwarnings('ignore')", "warnings"),
        ("warnings.simplefilter('ignore')", "warnings"),
        ("os.environ['A'] = '1'", "environ"),
        ("environ['A'] = '1'", "environ"),
        ("os.environ.update(A='1')", "environ"),
        ("os.environ.setdefault('A', '1')", "environ"),
        ("os.environ.pop('A')", "environ"),
        ("del os.environ['A']", "environ"),
        ("os.putenv('A', '1')", "environ"),
        ("os.chdir('..')", "cwd"),
        ("sys.path.append('lib')", "path"),
        ("sys.path.insert(0, 'lib')", "path"),
        ("sys.path += ['lib']", "path"),
        ("sys.setrecursionlimit(9999)", "recursion"),
        ("locale.setlocale(locale.LC_ALL, 'C')", "locale"),
        ("decimal.getcontext().prec = 6", "decimal"),
        ("logging.basicConfig(level=10)", "logging"),
        ("logging.getLogger('a').setLevel(10)", "logging"),
        ("np.random.seed(0)", "numpy_random"),
        ("seed(0)", "numpy_random"),
        ("random.seed(0)", "random"),
        ("torch.manual_seed(0)", "torch_random"),
        ("sklearn.set_config(display='text')", "other"),
        ("pd.plotting.register_matplotlib_converters()", "pandas"),
        ("tqdm.pandas()", "other"),
        ("get_ipython().run_line_magic('cd', 'data')", "cwd"),
        ("get_ipython().run_line_magic('env', 'A=1')", "environ"),
        ("get_ipython().run_line_magic('config', 'InlineBackend.x = 1')", "other"),
        ("get_ipython().run_line_magic('precision', '3')", "other"),
        ("if os.name == 'nt':\n    os.environ['A'] = '1'", "environ"),
        ("for k in ['a', 'b']:\n    os.environ[k] = '1'", "environ"),
        ("pd.DataFrame.total = lambda self: 1", "other"),
    ],
)
def test_settings(doing, code, component):
    statement = doing(code)

    assert statement.settings == {component}
    assert statement.role == "setting"


@pytest.mark.parametrize(
    "code",
    [
        "os.environ.get('A')",
        "os.environ['A']",
        "a = dict(os.environ)",
        "pd.get_option('display.max_rows')",
        "with pd.option_context('display.max_rows', 3):\n    print(df)",
        "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    z = len(xs)",
        "with np.errstate(all='ignore'):\n    z = 1",
        "os.path.join('a', 'b')",
        "sys.path",
        "def f(): os.environ['A'] = '1'",
    ],
)
def test_no_setting(doing, code):
    assert doing(code).settings == frozenset()


def test_settings_made_by_called_functions(flow):
    statements = flow(
        "import random, os\ndef prepare(s):\n    random.seed(s)\n    os.environ['A'] = '1'\nprepare(3)"
    ).statements

    assert statements[1].settings == frozenset()
    assert (statements[-1].settings, statements[-1].seeds) == ({"random", "environ"}, {"random"})
    assert statements[-1].role == "setting"


def test_a_setting_that_also_binds_is_no_plain_setting(doing):
    assert doing("old = np.seterr(all='ignore')").role == "compute"


@pytest.mark.parametrize(
    ("code", "generator"),
    [
        ("np.random.rand(3)", "numpy_random"),
        ("np.random.shuffle(xs)", "numpy_random"),
        ("random.random()", "random"),
        ("mix(xs)", "random"),
        ("df.sample(3)", "numpy_random"),
        ("df.groupby('a').sample(1)", "numpy_random"),
        ("train_test_split(X, y)", "numpy_random"),
        ("RandomForestClassifier().fit(X, y)", "numpy_random"),
        ("RandomForestClassifier(random_state=None).fit(X, y)", "numpy_random"),
        ("m = RandomForestClassifier()\nm.fit(X, y)", "numpy_random"),
        ("m = RandomForestClassifier()\ncross_val_score(m, X, y)", "numpy_random"),
        ("list(ShuffleSplit().split(X))", "numpy_random"),
        ("KFold(shuffle=True).split(X)", "numpy_random"),
        ("st.norm.rvs(size=3)", "numpy_random"),
        ("torch.randn(3)", "torch_random"),
        ("sns.stripplot(data=df)", "numpy_random"),
        ("[random.random() for _ in xs]", "random"),
        ("list(map(lambda _: np.random.rand(), xs))", "numpy_random"),
    ],
)
def test_draws(doing, code, generator):
    assert doing(code).draws == {generator}


@pytest.mark.parametrize(
    "code",
    [
        "df.sample(3, random_state=0)",
        "train_test_split(X, y, random_state=0)",
        "RandomForestClassifier(random_state=0).fit(X, y)",
        "LinearRegression().fit(X, y)",
        "KFold(5).split(X)",
        "KFold(5, shuffle=True, random_state=1).split(X)",
        "default_rng(0).normal()",
        "np.random.default_rng(0).normal(size=3)",
        "st.norm.rvs(size=3, random_state=1)",
        "RandomForestClassifier()",
        "def f(): return np.random.rand()",
        "random.Random(0).random()",
    ],
)
def test_no_draw(doing, code):
    assert doing(code).draws == frozenset()


@pytest.mark.parametrize(
    ("code", "mode", "path", "role"),
    [
        ("pd.read_csv('customers.csv')", "read", "customers.csv", "customers_csv"),
        ("pd.read_csv(filepath_or_buffer='a/b.csv')", "read", "a/b.csv", "b_csv"),
        (
            "pd.read_csv('customers_final_v3.csv')",
            "read",
            "customers_final_v3.csv",
            "customers_csv",
        ),
        (
            "pd.read_csv('Sales 2024-01-31 (2).csv')",
            "read",
            "Sales 2024-01-31 (2).csv",
            "sales_csv",
        ),
        ("pd.read_excel('a.xlsx', sheet_name=1)", "read", "a.xlsx", "a_xlsx"),
        (
            "pd.read_csv('https://x.org/d/iris.csv?raw=1')",
            "read",
            "https://x.org/d/iris.csv?raw=1",
            "iris_csv",
        ),
        ("pd.read_csv(CUSTOMERS_CSV)", "read", "data/customers.csv", "customers_csv"),
        ("pd.read_csv(DATA + '/a.csv')", "read", "data/a.csv", "a_csv"),
        ("pd.read_csv(f'{DATA}/a.csv')", "read", "data/a.csv", "a_csv"),
        ("pd.read_csv(os.path.join(DATA, 'a.csv'))", "read", "data/a.csv", "a_csv"),
        ("pd.read_csv(Path(DATA) / 'a.csv')", "read", "data/a.csv", "a_csv"),
        ("pd.read_csv(unknown)", "read", None, ""),
        ("df.to_csv('out.csv')", "write", "out.csv", "out_csv"),
        ("df.to_parquet('out.parquet')", "write", "out.parquet", "out_parquet"),
        ("open('a.txt').read()", "read", "a.txt", "a_txt"),
        ("open('a.txt', 'w').write('x')", "write", "a.txt", "a_txt"),
        ("open('a.txt', mode='a')", "append", "a.txt", "a_txt"),
        ("with open('a.json') as f: d = json.load(f)", "read", "a.json", "a_json"),
        ("pickle.dump(d, open('m.pkl', 'wb'))", "write", "m.pkl", "m_pkl"),
        ("np.save('a.npy', X)", "write", "a.npy", "a_npy"),
        ("np.loadtxt('a.txt')", "read", "a.txt", "a_txt"),
        ("joblib.dump(m, 'm.joblib')", "write", "m.joblib", "m_joblib"),
        ("joblib.load('m.joblib')", "read", "m.joblib", "m_joblib"),
        ("Path('a.txt').read_text()", "read", "a.txt", "a_txt"),
        ("Path('a.txt').write_text('x')", "write", "a.txt", "a_txt"),
        ("(Path('d') / 'a.txt').open('w')", "write", "d/a.txt", "a_txt"),
        ("Path('d').mkdir()", "append", "d", "d"),
        ("sqlite3.connect('a.db')", "append", "a.db", "a_db"),
        ("plt.savefig('fig.png')", "write", "fig.png", "fig_png"),
        ("os.listdir('data')", "list", "data", "data"),
        ("glob.glob('data/*.csv')", "list", "data/*.csv", "csv"),
        ("os.makedirs('out', exist_ok=True)", "append", "out", "out"),
        ("Image.open('a.png')", "read", "a.png", "a_png"),
        (
            "get_ipython().run_cell_magic('writefile', 'lib.py', 'x = 1')",
            "write",
            "lib.py",
            "lib_py",
        ),
        ("def load(path): return pd.read_csv(path)\nload('a.csv')", "read", "a.csv", "a_csv"),
        ("def load(): return pd.read_csv('a.csv')\nload()", "read", "a.csv", "a_csv"),
    ],
)
def test_files(doing, code, mode, path, role):
    (use,) = doing(code).files

    assert (use.mode, use.path, use.role) == (mode, path, role)


def test_a_copied_file_is_read_and_written(doing):
    assert [(f.mode, f.path) for f in doing("shutil.copy('a', 'b')").files] == [
        ("read", "a"),
        ("write", "b"),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "sqlite3.connect(':memory:')",
        "pd.read_sql('select 1', con)",
        "df.to_csv()",
        "pd.read_csv(io.StringIO(text))",
    ],
)
def test_no_file(doing, code):
    assert all(
        f.path is None for f in doing(f"import io\ncon = sqlite3.connect(':memory:')\n{code}").files
    )


def test_the_node_of_a_file_stands_in_its_statement(doing):
    import ast

    for code in (
        "pd.read_csv('a.csv')",
        "pd.read_csv(CUSTOMERS_CSV)",
        "pd.read_csv(DATA + '/a')",
        "def load(): return pd.read_csv('a.csv')\nload()",
    ):
        statement = doing(code)
        (use,) = statement.files

        assert any(node is use.node for node in ast.walk(statement.node)), code
    assert doing("pd.read_csv(CUSTOMERS_CSV)").files[0].name == "CUSTOMERS_CSV"


@pytest.mark.parametrize(
    ("code", "resource"),
    [
        ("con = sqlite3.connect('a.db')", True),
        ("con = sqlite3.connect(DATA)", True),
        ("con = sqlite3.connect(':memory:')", False),
        ("engine = sqlalchemy.create_engine('sqlite:///a.db')", True),
        ("con = duckdb.connect('a.db')", True),
        ("log = logging.getLogger(__name__)", True),
        ("con = sqlite3.connect('a.db')\ncur = con.cursor()", True),
        ("con = sqlite3.connect(':memory:')\ncur = con.cursor()", False),
        ("z = len(xs)", False),
        ("rows = sqlite3.connect('a.db').execute('x').fetchall()", False),
    ],
)
def test_resources(doing, code, resource):
    assert doing(code).resource is resource


@pytest.mark.parametrize(
    ("code", "dynamic"),
    [
        ("exec('x = 1')", True),
        ("eval('xs')", True),
        ("globals()['z'] = 1", True),
        ("locals()", True),
        ("vars()", True),
        ("vars(df)", False),
        ("from math import *", True),
        ("import __main__", True),
        ("sys.modules['__main__'].x = 1", True),
        ("def f(): exec('x = 1')", True),
        ("def f(): return '{a}'.format(**locals())", False),
        ("def ev(m): m.eval()", False),
        ("df.eval('a + b')", False),
        ("get_ipython().run_line_magic('run', 'other.py')", True),
        ("get_ipython().run_line_magic('timeit', 'len(xs)')", False),
        ("get_ipython().user_ns['z'] = 1", True),
        ("get_ipython().ex('z = 1')", True),
        ("if __name__ == '__main__': z = 1", False),
        ("execute = 1", False),
    ],
)
def test_what_cannot_be_known_without_a_run(doing, code, dynamic):
    assert doing(code).dynamic is dynamic


def test_a_shadowed_exec_is_an_ordinary_function(flow):
    assert not flow("def eval(v): return v\nz = eval(3)").statements[-1].dynamic


@pytest.mark.parametrize(
    ("code", "awaits"),
    [
        ("await g()", True),
        ("async with a as b: pass", True),
        ("async for x in g(): pass", True),
        ("z = [x async for x in g()]", True),
        ("async def f(): await g()", False),
        ("print('await')", False),
    ],
)
def test_awaits_at_top_level(last, code, awaits):
    assert last(code).awaits is awaits


@pytest.mark.parametrize(
    ("code", "reads"),
    [
        ("df.query('a > @low')", {"df", "low"}),
        ("q = 'a > @low'\ndf.query(q)", {"df", "q", "low"}),
        ("df.query(f'a > {high} and b < @low')", {"df", "low", "high"}),
        ("df.eval('c = a * @low', inplace=True)", {"df", "low"}),
        ("pd.eval('high + low')", {"pd", "low", "high"}),
        ("smf.ols('y ~ scale(a)', data=df)", {"smf", "df", "scale"}),
        ("duckdb.sql('select * from df where a > 1')", {"duckdb", "df"}),
        ("get_ipython().system('echo $low {high + 1} $$x')", {"low", "high"}),
        ("get_ipython().run_line_magic('timeit', 'low + high')", {"low", "high"}),
        ("df.rename(columns={'low': 'x'})", {"df"}),
    ],
)
def test_names_inside_texts_are_read(doing, code, reads):
    setup = "low = 1\nhigh = [2]\ndef scale(v): return v\nx = 1\ndf = pd.DataFrame()\n"

    assert doing(setup + code).reads - {"y"} == reads - {"y"}


def test_the_shell_is_marked(doing):
    assert doing("files = get_ipython().getoutput('ls')").ipython
    assert not doing("z = 1").ipython
