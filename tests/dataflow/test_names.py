"""What statements bind and read."""

from __future__ import annotations

import pytest


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


@pytest.mark.parametrize(
    ("code", "defines", "reads"),
    [
        ("x = 1", "x", ""),
        ("x = y = z", "x y", "z"),
        ("a, (b, *c) = d", "a b c", "d"),
        ("x: int = y", "x", "y"),
        ("x: int", "", ""),
        ("x += 1", "x", "x"),
        ("d[k] = v", "", "d k v"),
        ("o.a = v", "", "o v"),
        ("import a.b", "a", ""),
        ("import a.b as c", "c", ""),
        ("from a import b as c, d", "c d", ""),
        ("from . import helpers", "helpers", ""),
        ("[x for x in xs]", "", "xs"),
        ("[x for x in xs if x > low]", "", "xs low"),
        ("[y for x in xs for y in x]", "", "xs"),
        ("[x for x in x]", "", "x"),
        ("{k: v * f for k, v in d.items()}", "", "d f"),
        ("f'{a} {b:{w}}'", "", "a b w"),
        ("lambda v: v * K", "", ""),
        ("lambda v=D: v", "", "D"),
        ("print(x)", "", "x"),
        ("(n := g())", "n", "g"),
        ("(n := 1) + n", "n", ""),
        ("with open(p) as f: t = f.read()", "f t", "p"),
        ("with a as b, b.c as d: pass", "b d", "a"),
        ("def f(a=D, *, b: T = E) -> R: return a + G", "f", "D T E R"),
        ("@deco(arg)\ndef f(): pass", "f", "deco arg"),
        ("class A(B, metaclass=M):\n    n = 0\n    m = n + y", "A", "B M y"),
        ("class A:\n    xs = [q for q in src]\n    n = z", "A", "src z"),
        ("class A:\n    n = 1\n    ys = [n for _ in range(3)]", "A", "n"),
        ("if c: x = 1\nelse: x = 2", "x", "c"),
        ("try: import m\nexcept ImportError: m = None", "m", ""),
        ("try: x = g()\nexcept E as e: x = e", "x", "g E"),
        ("try:\n    x = 1\nexcept E:\n    raise", "x", "E"),
        ("while True:\n    x = 1\n    break", "x", ""),
        ("for i in [1, 2]: x = i", "i x", ""),
        ("for i in range(3): x = i", "i x", ""),
        ("for i in range(2004, 2021): x = i", "i x", ""),
        ("for i in range(1, 9, 2): x = i", "i x", ""),
        ("match c:\n    case 1: x = 1\n    case _: x = 2", "x", "c"),
        ("with suppress(E): x = 1", "", "suppress E"),
        ("x = 1 if a else b", "x", "a b"),
        ("global g\ng = 1", "g", ""),
        ("assert a, b", "", "a b"),
        ("del d[k]", "", "d k"),
        ("async def f(): await g()", "f", ""),
        ("await g(x)", "", "g x"),
        ("x = *a, b", "x", "a b"),
        ("max(xs)", "", "xs"),
        ("pass", "", ""),
    ],
)
def test_a_statement_binds_and_reads(last, code, defines, reads):
    statement = last(code)

    assert (statement.defines, statement.reads) == (names(defines), names(reads))


@pytest.mark.parametrize(
    ("code", "defines", "may_define"),
    [
        ("if c: x = 1", "", "x"),
        ("for v in xs: w = v", "", "v w"),
        ("for v in xs: w = v\nelse: z = 1", "z", "v w"),
        ("while c: x = 1", "", "x"),
        ("try: x = 1\nexcept E: pass", "", "x"),
        ("try: x = g()\nfinally: y = 1", "x y", ""),
        ("[y := v for v in xs]", "", "y"),
        ("a and (b := c)", "", "b"),
        (
            "match c:\n    case [a, *rest]: pass\n    case {'k': v, **others}: pass",
            "",
            "a rest v others",
        ),
        ("match c:\n    case Point(x=px) as p: pass", "", "px p"),
        ("for i in []: x = i", "", "i x"),
        ("for i in range(n): x = i", "", "i x"),
        ("for i in range(1, 9, -1): x = i", "", "i x"),
        ("for i in range(9, 9): x = i", "", "i x"),
        ("while True:\n    if c: break\n    x = 1", "", "x"),
        ("if c:\n    raise E\nelse:\n    x = 1", "x", ""),
        ("for i in [1]:\n    if c: continue\n    x = i", "i", "x"),
    ],
)
def test_a_name_bound_on_some_path_only(last, code, defines, may_define):
    statement = last(code)

    assert (statement.defines, statement.may_define) == (names(defines), names(may_define))


@pytest.mark.parametrize(
    ("code", "later"),
    [
        ("def f(v): return v * K", "K"),
        ("f = lambda v: v * K", "K"),
        ("def f():\n    x = 1\n    return x", ""),
        ("def f():\n    def g(): return x + K\n    x = 1\n    return g", "K"),
        ("def f():\n    global cnt\n    cnt += 1", "cnt"),
        ("def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n    return g", ""),
        ("class A:\n    n = 0\n    def m(self): return n", "n"),
        ("class A:\n    def m(self): return super().m() + __class__.n", ""),
        ("g = (i * k for i in xs)", "k"),
        ("def f(): return [a + b for a in xs if (t := a)] + [t]", "b xs"),
        ("def f():\n    import numpy as np\n    return np.e", ""),
        ("def f():\n    try: pass\n    except ValueError as e: return e", ""),
        ("def f(a, /, b, *c, d, **e): return a, b, c, d, e, z", "z"),
        ("fs = [lambda: i for i in range(3)]", ""),
    ],
)
def test_what_functions_read_when_they_are_called_later(last, code, later):
    assert last(code).reads_later == names(later)


def test_global_rebinding_is_written_later(last):
    statement = last("def f():\n    def g():\n        global a\n        a = 1\n    return g")

    assert statement.writes_later == {"a"}


def test_a_name_is_not_global_where_a_function_around_binds_it(last):
    statement = last("def f(x):\n    def g():\n        global x\n        return x\n    return x, g")

    assert statement.reads_later == {"x"}


def test_an_exception_name_is_gone_after_its_handler(last):
    statement = last("try: g()\nexcept ValueError as e: print(e)")

    assert "e" not in statement.defines | statement.may_define | statement.reads


def test_deleting_unbinds(last):
    statement = last("x = 1\ny = [1]\ndel x, y[0]")

    assert statement.deletes == {"x"}
    assert statement.changes == {"y"}


def test_builtins_are_listed_once_the_notebook_binds_them(flow):
    shadowed = flow("max = 3\nz = max + len('a')").statements[-1]

    assert shadowed.reads == {"max"}


def test_names_of_star_imports_are_read(flow):
    statement = flow("from math import *\nz = sqrt(4)").statements[-1]

    assert statement.reads == {"sqrt"}


def test_bindings_list_every_binding_statement_in_order(flow):
    found = flow("# %%\nx = 1\n# %%\nif c: x = 2\n# %%\nprint(x)").bindings

    assert [s.cell for s in found["x"]] == [1, 2]


@pytest.mark.parametrize(
    ("code", "imports"),
    [
        ("import os.path", (("os", "os"),)),
        ("import a.b as c", (("c", "a.b"),)),
        ("from math import sqrt as s, pi", (("s", "math.sqrt"), ("pi", "math.pi"))),
        ("from math import *", (("*math", "math"),)),
        ("from .lib import f", (("f", ".lib.f"),)),
        ("from . import lib", (("lib", ".lib"),)),
        (
            "try: import ujson as json\nexcept ImportError: import json",
            (("json", "ujson"), ("json", "json")),
        ),
        ("def f(): import os", ()),
    ],
)
def test_imports_say_what_names_stand_for(last, code, imports):
    assert last(code).imports == imports


def test_a_class_method_does_not_see_the_class_body(flow):
    statement = flow("n = 1\nclass A:\n    n = 2\n    def m(self): return n").statements[-1]

    assert statement.reads_later == {"n"}


def test_invalid_python_is_an_error_with_a_place(flow):
    from poc_graduate.errors import InputError

    with pytest.raises(InputError, match="cell 2, line 2: this cell is not valid Python"):
        flow("# %%\nx = 1\n# %%\ny = 1\nx = = 2\n")
