"""Random small programs over lists, dictionaries, functions and classes."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = st.sampled_from("abcde")
FUNCTIONS = st.sampled_from(["f", "g", "h"])

_MAKING = [
    "{x} = [0]",
    "{x} = {{'k': [0]}}",
    "{x} = [{y}]",
    "{x} = {{'k': {y}}}",
    "{x} = {y}",
    "{x} = list(islice({y}, 3))",
    "{x} = [v for v in list(islice({y}, 3))]",
    "{x} = ({y}, {z})",
    "{x} = {y} or {z}",
    "{x} = {y} if len({z}) else {z}",
    "{x} = Box({y})",
    "{x} = Box({y}).get()",
    "{x} = F({y}, {z})",
    "{x} = F({y}, {y})",
    "{x} = max([{y}, {z}], key=len)",
    "{x} = (v for v in {y})",
    "{x} = dict(k={y})",
    "{x} = {{**{y}}}",
    "{x} = [*islice({y}, 3)]",
    "{x} = iter({y})",
    "{x} = sorted(islice({y}, 3), key=str)",
    "{x}, {y} = {z}, {x}",
    "{x}, *{y} = list(islice({z}, 3))",
    "{x} = {y}[0]",
    "{x} = {y}['k']",
    "{x} = {y}[:]",
    "{x} = {y}.copy()",
    "{x} = next({y})",
    "{x} = lambda v=0: {y}.append(v)",
    "{x} = partial(F, {y})",
    "{x} = {y}({z})",
    "{x} = {y}.get()",
    "{x} = [F(v, {y}) for v in list(islice({z}, 3))]",
    "{x} = list(map(lambda v: F(v, {y}), list(islice({z}, 3))))",
]
_CHANGING = [
    "{x}.append({y})",
    "{x}.append(1)",
    "{x}['k'] = {y}",
    "{x}['n'] = 1",
    "{x}[0] = {y}",
    "{x} += [{y}]",
    "{x}.extend(islice({y}, 3))",
    "{x}.pop()",
    "{x}.clear()",
    "{x}.update(k={y})",
    "{x}.setdefault('s', []).append({y})",
    "{x}.put({y})",
    "{x}.box = {y}",
    "{x}.box.append(1)",
    "del {x}[0]",
    "F({x}, {y})",
    "{x}()",
    "{x}({y})",
    "for v in list(islice({x}, 3)): v.append(1)",
    "for v in list(islice({x}, 3)): {y}.append(v)",
    "for k, v in list({x}.items()): v.append(k)",
    "if len({x}) > 1: {y} = {x}\nelse: {x}.append(1)",
    "try: {x}.append({y}.nothing)\nexcept AttributeError: {x}.append(0)",
    "with Box({x}) as {y}: {y}.append(1)",
    "del {x}",
    "global_box.put({x})",
]
_BODIES = [
    "p.append(q)",
    "p.append(1)",
    "r = p\nr.append(1)",
    "return p",
    "return [q]",
    "return q or p",
    "global {x}\n{x} = p",
    "global {x}\n{x} = [p, q]",
    "{x}.append(1)",
    "{x}.append(p)",
    "p['k'] = q\nreturn p",
    "return F(q, p)",
    "return lambda v=q: p.append(v)",
    "def inner(): q.append(p)\ninner()\nreturn inner",
    "yield p\nq.append(1)",
    "kept.append(q)\nreturn kept",
    "return Box(p)",
    "p.put(q)",
    "for v in list(islice(p, 3)): v.append(q)",
    "return {{'k': p}}",
    "return {x}",
]
_STARTS = """
from functools import partial
from itertools import islice
class Box:
    boxes = []
    def __init__(self, box): self.box = box
    def get(self): return self.box
    def put(self, v):
        self.box = v
        return self
    def __enter__(self): return self.box
    def __exit__(self, *e): return False
global_box = Box(0)
def f(p=None, q=None): return p
def g(p=None, q=None): return q
def h(p=None, q=None): p.append(q)
a = [[1]]
b = []
c = {'k': [2]}
d = a
e = [a, b]
"""


@st.composite
def statement(draw: st.DrawFn) -> str:
    """One statement: something is made, changed or defined."""
    kind = draw(st.sampled_from(["make", "change", "change", "define"]))
    names = {key: draw(NAMES) for key in "xyz"}
    if kind == "define":
        name = draw(FUNCTIONS)
        body = draw(st.sampled_from(_BODIES)).format(**names)
        called = draw(FUNCTIONS.filter(lambda other: other != name))
        lines = body.replace("F(", f"{called}(").split("\n")
        head = draw(st.sampled_from(["p=None, q=None", "p=None, q=None, kept=[]"]))
        if "kept" in body:
            head = "p=None, q=None, kept=[]"
        return f"def {name}({head}):\n" + "\n".join(f"    {line}" for line in lines)
    template = draw(st.sampled_from(_MAKING if kind == "make" else _CHANGING))
    return (
        template.format(**names)
        .replace("F(", f"{draw(FUNCTIONS)}(")
        .replace("partial(F", f"partial({draw(FUNCTIONS)}")
    )


def working(lines: list[str]) -> str:
    """The program of those statements that do not fail where they stand."""
    kept: list[str] = []
    for line in lines:
        try:
            exec("\n".join([_STARTS, *kept, line]), {"__name__": "__main__"})
        except Exception:
            continue
        kept.append(line)
    return "\n".join([_STARTS, *kept])


programs = st.lists(statement(), min_size=1, max_size=14).map(working)
"""Programs that run to their end."""
