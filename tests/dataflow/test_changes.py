"""What changes in place, and what surely does not."""

from __future__ import annotations

import pytest

IMPORTS = """# %%
import pandas as pd, numpy as np, copy, heapq, random
import matplotlib.pyplot as plt
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler
import mylib
from mylib import helper, Thing, config
df = pd.read_csv('a.csv')
other = pd.DataFrame({'a': [1]})
a = np.arange(4)
xs = [1, 2]
rows = [[1], [2]]
d = {'k': [1]}
s = {1}
n = 1
t = 'a'
model = LinearRegression()
fig, ax = plt.subplots()
it = iter(xs)
thing = Thing(xs)
u = helper(1)
def pure(v): return v + 1
def adds(v): v.append(1)
def maybe(v): helper(v)
"""


@pytest.fixture
def doing(flow):
    """The last statement after the usual definitions."""
    return lambda code: flow(f"{IMPORTS}# %%\n{code}").statements[-1]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("xs.append(1)", "xs"),
        ("d['k'].append(1)", "d"),
        ("d['k'] = 2", "d"),
        ("del d['k']", "d"),
        ("d.setdefault('x', []).append(1)", "d"),
        ("d |= {}", "d"),
        ("xs += [1]", "xs"),
        ("xs[0] += 1", "xs"),
        ("s.add(2)", "s"),
        ("df['b'] = 1", "df"),
        ("df.b = 1", "df"),
        ("df.loc[0, 'a'] = 1", "df"),
        ("df.drop(columns='a', inplace=True)", "df"),
        ("df['a'].fillna(0, inplace=True)", "df"),
        ("df.pop('a')", "df"),
        ("df.columns = ['x']", "df"),
        ("df.index.name = 'i'", "df"),
        ("df.insert(0, 'z', 1)", "df"),
        ("a[0] = 1", "a"),
        ("a[1:].sort()", "a"),
        ("a *= 2", "a"),
        ("a.T[0] = 1", "a"),
        ("np.add(a, 1, out=a)", "a"),
        ("np.fill_diagonal(a, 0)", "a"),
        ("np.random.shuffle(xs)", "xs"),
        ("random.shuffle(xs)", "xs"),
        ("heapq.heappush(xs, 1)", "xs"),
        ("setattr(thing, 'a', 1)", "thing"),
        ("thing.a = 1", "thing"),
        ("thing.a.b[0].c = 1", "thing"),
        ("model.fit(df, a)", "model"),
        ("model.coef_ = 1", "model"),
        ("next(it)", "it"),
        ("list(it)", "it"),
        ("for v in it: pass", "it"),
        ("adds(xs)", "xs"),
        ("adds(d['k'])", "d"),
        ("[adds(r) for r in rows]", "rows"),
        ("for r in rows: r.append(1)", "rows"),
        ("xs.append(1) if n else s.add(1)", "s xs"),
        ("pure.calls = 1", "pure"),
        ("config.path = 'x'", "config"),
    ],
)
def test_changes(doing, code, changes):
    assert doing(code).changes == frozenset(changes.split())


@pytest.mark.parametrize(
    ("code", "may_change"),
    [
        ("helper(xs)", "xs"),
        ("helper(d['k'], z=rows)", "d rows"),
        ("helper([xs, {'a': s}])", "s xs"),
        ("helper(*rows)", "rows"),
        ("mylib.go(df)", "df"),
        ("thing.go(xs)", "thing xs"),
        ("thing.a.b.go()", "thing"),
        ("u.go()", "u"),
        ("for v in u: pass", "u"),
        ("maybe(xs)", "xs"),
        ("ax.plot(a)", "ax"),
        ("config.update(a=1)", "config"),
        ("df.pipe(helper)", ""),
        ("sorted(u)", "u"),
        ("StandardScaler(copy=False).fit_transform(df)", "df"),
        ("df.sort_values('a', inplace=flag)", "df"),
        ("model.unknown_method(df)", "df model"),
    ],
)
def test_unknown_code_may_change_what_it_is_given(doing, code, may_change):
    statement = doing(f"flag = maybe(1)\n{code}")

    assert statement.changes == frozenset()
    assert statement.may_change == frozenset(may_change.split())


@pytest.mark.parametrize(
    "code",
    [
        "print(df, xs)",
        "len(xs), sorted(xs), sum(xs), max(xs), list(xs), dict(d), str(d)",
        "pd.concat([df, other])",
        "pd.merge(df, other, on='a')",
        "np.mean(a), np.concatenate([a, a]), np.sort(a)",
        "df.head(), df.describe(), df.groupby('a').mean(), df.sort_values('a')",
        "df.drop(columns='a'), df.dropna(), df.fillna(0), df.rename(columns={})",
        "df['a'].map(d), df.a.str.lower(), df.a.sum(), df.apply(pure)",
        "df.drop(columns='a', inplace=False)",
        "model.predict(df), model.score(df, a), model.get_params()",
        "a.sum(), a.reshape(2, 2), a.copy(), a + 1, a[a > 1]",
        "d.get('k'), d.items(), d.keys(), 'k' in d",
        "xs.index(1), xs.count(1), xs[0], xs[1:], xs + xs, xs * 2",
        "pure(n), helper(n), helper(t), helper(3)",
        "copy.deepcopy(d)",
        "plt.plot(xs), plt.hist(df.a)",
        "plt.title(t)",
        "[v for v in xs], {k: v for k, v in d.items()}",
        "for v in xs: pass",
        "for k, v in d.items(): print(k, v)",
        "for i, row in df.iterrows(): print(row)",
        "n += 1",
        "t += 'b'",
        "df = df.dropna()",
        "f'{df} {xs}'",
        "df.to_csv('out.csv')",
        "map(pure, xs), filter(None, xs), zip(xs, rows)",
        "isinstance(xs, list), hasattr(thing, 'a'), id(xs), type(xs)",
        "t.join(xs), t.split(), t.upper()",
        "with open('a.txt') as f: text = f.read()",
        "y = []\nfor v in xs: y = [v]",
        "assert xs, df",
        "xs if n else d",
        "pd.set_option('a', xs)",
        "def f(v=3): v.append(1)",
        "LinearRegression().fit(df, a)",
        "LinearRegression()",
        "local = [v for v in rows if v]",
    ],
)
def test_nothing_changes(doing, code):
    statement = doing(code)

    assert statement.changes | statement.may_change == frozenset()


@pytest.mark.parametrize(
    ("code", "aliases"),
    [
        ("b = xs", {("b", "xs")}),
        ("b = rows[0]", {("b", "rows")}),
        ("b = rows[1:]", {("b", "rows")}),
        ("b = list(rows)", {("b", "rows")}),
        ("b = df['a']", {("b", "df")}),
        ("b = df.a", {("b", "df")}),
        ("b = df.values", {("b", "df")}),
        ("b = a.T", {("b", "a")}),
        ("b = a[1:3]", {("b", "a")}),
        ("b = a.reshape(2, 2)", {("b", "a")}),
        ("b = df.groupby('a')", {("b", "df")}),
        ("b = [xs, d]", {("b", "xs"), ("b", "d")}),
        ("b = {'a': df}", {("b", "df")}),
        ("b, c = xs, d", {("b", "xs"), ("c", "d")}),
        ("b, c = rows", {("b", "rows"), ("c", "rows")}),
        ("b = c = rows", {("b", "rows"), ("c", "rows"), ("c", "b")}),
        ("b = xs if n else d", {("b", "xs"), ("b", "d")}),
        ("b = u or xs", {("b", "u"), ("b", "xs")}),
        ("b = helper(xs)", {("b", "xs")}),
        ("b = Thing(df)", {("b", "df")}),
        ("b = thing.a.c", {("b", "thing")}),
        ("for r in rows: pass", {("r", "rows")}),
        ("rows.append(xs)", {("rows", "xs")}),
        ("d['x'] = df", {("d", "df")}),
        ("thing.x = df", {("thing", "df")}),
        ("with u as v: pass", {("v", "u")}),
        ("b = (lambda: xs)()", {("b", "xs")}),
        ("b = enumerate(rows)", {("b", "rows")}),
        ("def f(v=xs): pass", {("f", "xs")}),
        ("b = pure", {("b", "pure")}),
        ("b = model.fit(df, a)", {("b", "model")}),
        ("b = copy.copy(d)", {("b", "d")}),
    ],
)
def test_aliases(doing, code, aliases):
    assert doing(code).aliases == aliases


@pytest.mark.parametrize(
    "code",
    [
        "b = xs[0]",
        "b = xs.copy()",
        "b = list(xs)",
        "b = xs[:]",
        "b = n",
        "b = t",
        "b = a + 1",
        "b = a.copy()",
        "b = np.array(a)",
        "b = a[a > 1]",
        "b = a.sum()",
        "b = df.copy()",
        "b = df[df.a > 1]",
        "b = df[['a', 'b']]",
        "b = df.dropna().reset_index(drop=True)",
        "b = df.a.mean()",
        "b = df.shape",
        "b = df.columns",
        "b = df.groupby('a').mean()",
        "b = pd.concat([df, other])",
        "b = model.predict(df)",
        "b = model.score(df, a)",
        "b = copy.deepcopy(d)",
        "b = len(xs), sum(xs)",
        "b = [v * 2 for v in xs]",
        "b = str(d)",
        "b = f'{df}'",
        "b = LinearRegression()",
        "b = pure(n)",
        "df = df",
        "df = df[['a']]",
        "b = 'x' in d",
        "b = not xs",
        "b = max(xs)",
        "b = np",
        "b = plt.figure()",
    ],
)
def test_no_aliases(doing, code):
    assert doing(code).aliases == frozenset()


@pytest.mark.parametrize(
    ("code", "calls"),
    [
        ("pure(1)", "pure"),
        ("df.apply(pure)", "pure"),
        ("list(map(pure, xs))", "pure"),
        ("sorted(xs, key=pure)", "pure"),
        ("@pure\ndef g(): pass", "pure"),
        ("z = [adds(r) for r in rows]", "adds"),
        ("z = pure", ""),
        ("len(xs)", ""),
        ("hasattr(pure, 'a')", ""),
        ("class A: pass\nz = A()", "A"),
        ("f = lambda: 1\nz = f()", "f"),
    ],
)
def test_calls(doing, code, calls):
    assert doing(code).calls == frozenset(calls.split())


def test_a_rebinding_function_changes_and_may_define(flow):
    statement = flow("cnt = 0\ndef inc():\n    global cnt\n    cnt += 1\ninc()").statements[-1]

    assert statement.changes == {"cnt"}
    assert statement.may_define == {"cnt"}
    assert statement.reads == {"inc", "cnt"}


def test_reads_go_through_calls_of_calls(flow):
    statement = flow("K = 1\ndef g(): return K\ndef f(): return g()\nz = f()").statements[-1]

    assert statement.reads == {"f", "g", "K"}


def test_the_function_that_a_name_stands_for_by_now_is_called(flow):
    text = "a, b = [], []\ndef g(): a.append(1)\ndef f(): g()\nf()\ndef g(): b.append(1)\nf()"
    statements = flow(text).statements

    assert statements[3].changes == {"a"}
    assert statements[-1].changes == {"b"}


def test_what_a_statement_makes_itself_is_no_change(flow):
    statement = flow("with open('a', 'w') as f:\n    f.write('x')").statements[-1]

    assert statement.changes | statement.may_change == frozenset()


def test_functions_of_a_star_import_change_their_arguments(flow):
    statement = flow("from heapq import *\nh = [2, 1]\nheapify(h)").statements[-1]

    assert statement.changes == {"h"}
