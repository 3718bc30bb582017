"""Small notebooks of three sections, each with one trap; the last section sets RESULT."""

# name: (section A, section B, section C, repr of RESULT when the notebook itself is run)
CASES = {
    # state shared between names
    "alias_in_container": ("a = [1]\nbox = {'k': a}", "box['k'].append(2)", "RESULT = a", "[1, 2]"),
    "array_view": (
        "import numpy as np\na = np.zeros(4)\nv = a[1:3]",
        "v[:] = 7",
        "RESULT = a.tolist()",
        "[0.0, 7.0, 7.0, 0.0]",
    ),
    "rows_multiplied": ("m = [[0] * 2] * 2", "m[0][0] = 5", "RESULT = m", "[[5, 0], [5, 0]]"),
    "cycle": ("a = []\na.append(a)", "a.append(1)", "RESULT = len(a[0][0])", "2"),
    "identity": ("a = object()\nb = a", "c = b", "RESULT = (a is b, a is c)", "(True, True)"),
    "default_argument": (
        "def f(x, acc=[]):\n    acc.append(x)\n    return len(acc)",
        "one = f(1)",
        "RESULT = (one, f(2))",
        "(1, 2)",
    ),
    "closure_counter": (
        "def counter():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n        return n\n    return up\nup = counter()",
        "first = up()",
        "RESULT = (first, up())",
        "(1, 2)",
    ),
    "shared_instance": (
        "class Box:\n    def __init__(self):\n        self.items = []\nbox = Box()\nitems = box.items",
        "items.append(3)",
        "RESULT = box.items",
        "[3]",
    ),
    # functions and names
    "global_rebound": (
        "k = len('ab')\ndef f(v):\n    return v * k",
        "k = k + 8",
        "RESULT = f(2)",
        "20",
    ),
    "recursive": (
        "def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)",
        "z = fact(4)",
        "RESULT = z + fact(3)",
        "30",
    ),
    "globals_write": ("x = 1", "globals()['x'] = 9", "RESULT = x", "9"),
    "conditional_definition": (
        "flag = len('a') > 0",
        "if flag:\n    value = 3",
        "RESULT = value",
        "3",
    ),
    "except_name": (
        "log = []",
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    log.append(str(e))",
        "RESULT = log",
        "['division by zero']",
    ),
    "walrus": (
        "xs = [1, 2, 3]",
        "big = [y for x in xs if (y := x * 2) > 2]",
        "RESULT = (big, y)",
        "([4, 6], 6)",
    ),
    "partial_iterator": (
        "it = iter([1, 2, 3])",
        "a = next(it)",
        "RESULT = (a, list(it))",
        "(1, [2, 3])",
    ),
    # randomness
    "seed_then_draws": (
        "import random\nrandom.seed(3)\na = random.random()",
        "b = random.random()",
        "c = random.random()\nrandom.seed(3)\nRESULT = [random.random() for _ in range(3)] == [a, b, c]",
        "True",
    ),
    "generator_object": (
        "import numpy as np\nrng = np.random.default_rng(1)\na = rng.random()",
        "b = rng.random()",
        "check = np.random.default_rng(1).random(3)\nRESULT = [a, b, rng.random()] == check.tolist()",
        "True",
    ),
    # process state and files
    "decimal_precision": (
        "import decimal\ndecimal.getcontext().prec = 4",
        "x = decimal.Decimal(1) / decimal.Decimal(3)",
        "RESULT = str(x + decimal.Decimal(1) / decimal.Decimal(7))",
        "'0.4762'",
    ),
    "change_folder": (
        "import os\nos.makedirs('inner', exist_ok=True)\nos.chdir('inner')",
        "open('x.txt', 'w').write('hi')",
        "RESULT = open('x.txt').read()",
        "'hi'",
    ),
    "append_to_file": (
        "open('log.txt', 'w').write('a')",
        "open('log.txt', 'a').write('b')",
        "RESULT = open('log.txt').read()",
        "'ab'",
    ),
    "monkeypatch": (
        "import math\nmath.tau2 = 2 * math.tau",
        "x = round(math.tau2, 3)",
        "RESULT = (x, hasattr(math, 'tau2'))",
        "(12.566, True)",
    ),
    "sqlite_file": (
        "import sqlite3\ncon = sqlite3.connect('t.db')\ncon.execute('create table if not exists t(a int)')\ncon.execute('delete from t')\ncon.commit()",
        "con.execute('insert into t values (4)')\ncon.commit()",
        "RESULT = con.execute('select a from t').fetchall()",
        "[(4,)]",
    ),
    # frames
    "attrs_and_freq": (
        "import pandas as pd\ns = pd.Series(range(3), index=pd.date_range('2024', periods=3))",
        "s.attrs['unit'] = 'kg'",
        "RESULT = (s.index.freqstr, s.attrs)",
        "('D', {'unit': 'kg'})",
    ),
    "mixed_objects": (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 'x', None]}, dtype=object)",
        "df['b'] = [[1], {2}, ()]",
        "RESULT = [type(v).__name__ for v in [*df.a, *df.b]]",
        "['int', 'str', 'NoneType', 'list', 'set', 'tuple']",
    ),
}
