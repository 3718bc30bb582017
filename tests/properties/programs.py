"""Random notebooks that run: what they do to their values is drawn, that they may is known.

A notebook is drawn from a seed alone, so that a number is enough to have it again. Names keep to
their kind (`n1` is always a number, `xs2` always a list …), which is how a statement drawn at
random never fails; what a converter finds hard is what the statements do: names rebound, one
object under two names, functions over globals, state of generators, files between cells.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

START = """\
import copy
import json
import os
import random

import numpy as np
import pandas as pd"""

# Statements by the kinds of the names in braces. A kind with `+` is bound by the statement: a name
# of that kind, new or old. All other names exist already.
STATEMENTS = """\
{n+} = {n} + 1
{n+} = len({xs})
{n+} = sum({xs}) % 97
{n+} = int({df}["a"].sum()) % 1000
{n+} = int({s}.iloc[0])
{n} += 3
{n+}, {n+2} = {n}, {n} * 2
{n+} = {d}.get("k", 0)
{n+} = max({n}, {n2})
{n+} = {n} if {n} % 2 else {n2}
{n+} = [{n}, {n2}][{n} % 2]
{xs+} = [{n}, {n2}, 5]
{xs+} = {xs}
{xs+} = {xs}[:]
{xs+} = {xs} + [{n}]
{xs+} = sorted({xs})
{xs+} = [v + {n} for v in {xs}]
{xs+} = {df}["a"].tolist()
{xs+} = list({d}.values())
{xs+} = {nest}[0]
{xs+} = copy.copy({xs})
{xs+}, {xs+2} = {xs2}, {xs}
{xs}.append({n})
{xs}.extend({xs2}[:3])
{xs}.sort()
{xs}.reverse()
{xs}[0] = {n}
{xs} += [{n} % 7]
{xs}.insert(0, {n})
del {xs}[3:]
for v in range(3):\\n    {xs}.append(v * {n})
for v in {xs}[:3]:\\n    {n} += v
if {n} % 3:\\n    {xs}.append(1)\\nelse:\\n    {xs} = [0, {n}]
while len({xs}) > 6:\\n    {xs}.pop()
with open("{file}.txt", "w") as f:\\n    f.write(str({n}))
{nest+} = [{xs}, {xs2}]
{nest+} = [{xs}, {xs}]
{nest+} = [list({xs}), [1]]
{nest+} = {nest}
{nest+} = copy.deepcopy({nest})
{nest}[0].append({n})
{nest}[-1] = {xs}
{nest}.append({xs})
{d+} = {{"k": {n}, "m": 2}}
{d+} = {d}
{d+} = dict({d})
{d}["k"] = {n}
{d}.update(m={n})
{d}.setdefault("z", {n})
{d}["k"] = {d}.get("k", 0) + 1
{df+} = pd.DataFrame({{"a": [1, 2, {n} % 50], "b": ["x", "y", "x"]}})
{df+} = {df}
{df+} = {df}.copy()
{df+} = {df}[{df}["a"] >= 0]
{df+} = {df}.assign(c={n})
{df+} = {df}.sort_values("a").reset_index(drop=True)
{df+} = pd.concat([{df}, {df2}], ignore_index=True).head(6)
{df+} = {df}.drop_duplicates()
{df}["a"] = {df}["a"] + 1
{df}["c"] = {n}
{df}.loc[{df}.index[0], "a"] = {n} % 100
{df}.rename(columns={{"c": "e"}}, inplace=True)
{df}["t"] = pd.to_datetime("2024-01-01") + pd.to_timedelta({df}["a"] % 5, unit="D")
{df}["cat"] = {df}["b"].astype("category")
{df}["o"] = [[v] for v in {df}["a"]]
{df}.attrs["n"] = {n}
{df}.index = range(10, 10 + len({df}))
{s+} = {df}["a"]
{s+} = {df}["a"] * 2
{s+} = {s}.copy()
{s+} = {df}.groupby("b")["a"].sum()
{s}.iloc[0] = {n} % 100
{ar+} = np.array([{n} % 9, 1, 2])
{ar+} = {ar}
{ar+} = {ar}[:2]
{ar+} = {ar}.copy()
{ar+} = {s}.to_numpy()[:3].copy()
{ar}[0] = {n} % 9
{ar} += 1
{n+} = int({ar}.sum()) % 97
{box+} = Box({n})
{box+} = Box({xs})
{box+} = {box}
{box+} = copy.copy({box})
{box}.value = {n}
{box}.note = {xs}
{box}.bump()
{n+} = Box.made
{n+} = random.randint(0, 99)
{n+} = int(np.random.randint(0, 99))
{ar+} = np.random.permutation(3)
random.seed({n})
np.random.seed({n} % 1000)
random.shuffle({xs})
{df+} = {df}.sample(frac=1, random_state={n} % 1000)
{rng+} = np.random.default_rng({n} % 1000)
{rng+} = {rng}
{n+} = int({rng}.integers(0, 99))
{it+} = iter({xs})
{it+} = (v for v in list({xs}))
{n+} = next({it}, 7)
{xs+} = list({it})[:4]
{n+} = add({n}, {n2})
grow({xs})
grow({xs}, {n})
{xs+} = grow({xs})
{n+} = tick()
{n+} = tick() + tick()
remember({n})
remember({xs})
{xs+} = [len(seen), {n}]
{n+} = scale({n})
factor = {n} % 5
{fn+} = lambda v: v + 1
{fn+} = lambda v, w={n}: v + w
{fn+} = adder({n})
{fn+} = adder({n})\\n{fn} = {fn+}
{fn+} = {fn}
{n+} = {fn}({n}) % 1000
{xs+} = list(map({fn}, {xs}))[:5]
def add(a, b):\\n    return a * 2 + b
def scale(v):\\n    return v * factor + {n} % 3
open("{file}.txt", "w").write(str({n}))
open("{file}.txt", "a").write(",1")
{n+} = len(open("{file}.txt").read())
{df}[["a", "b"]].to_csv("{file}.csv", index=False)
{df+} = pd.read_csv("{file}.csv")
json.dump({d}, open("{file}.json", "w"))
{d+} = json.load(open("{file}.json"))
os.environ["FACTOR"] = str({n})
{n+} = int(os.environ.get("FACTOR", "4")) % 1000
pd.set_option("display.precision", {n} % 5 + 1)
{n+} = pd.get_option("display.precision")
print({n}, {xs})
{df}.head()
{xs}
{n}; print(len({xs}))
globals()["{n}"] = {n2}
exec("{n} = {n} + 1")
del {n}\\n{n} = 11
try:\\n    {n+} = {xs}[50]\\nexcept IndexError:\\n    {n+} = {n2}
assert {n} == {n}
""".splitlines()

SETUP = """\
class Box:
    made = 0

    def __init__(self, value):
        self.value = value
        {counts}

    def bump(self):
        self.value = [self.value]
        return self


def add(a, b):
    return a + b


def grow(items, by=1):
    items.append(by)
    return items


def adder(n):
    return lambda v: v + n


count = 0


def tick():
    global count
    count += 1
    return count


seen = []


def remember(value):
    seen.append(value)


factor = 2


def scale(v):
    return v * factor"""

FIRST = """\
n1, n2 = {a}, {b}
xs1 = [3, {a}, 2]
xs2 = xs1
nest1 = [xs1, [4]]
d1 = {{"k": {b}}}
df1 = pd.DataFrame({{"a": [{a}, 2, 3, 2], "b": list("yxyx")}})
s1 = df1["a"]
ar1 = np.array([1, {a} % 9, 2])
box1 = Box(xs1)
it1 = iter([1, 2, 3])
rng1 = np.random.default_rng({a})
fn1 = adder({b})"""

FILES = """\
open("one.txt", "w").write("one")
open("two.txt", "w").write("22")
df1[["a", "b"]].to_csv("one.csv", index=False)
df1[["a", "b"]].to_csv("two.csv", index=False)
json.dump(d1, open("one.json", "w"))
json.dump(d1, open("two.json", "w"))
random.seed({a})
np.random.seed({b})"""

LAST = """\
def shown(value):
    if isinstance(value, Box):
        return ("Box", sorted((k, shown(v)) for k, v in vars(value).items()))
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return (value.to_dict(), str(value.dtypes), list(value.index), dict(value.attrs))
    if isinstance(value, np.ndarray):
        return (value.tolist(), str(value.dtype))
    if callable(value):
        return value(1)
    return value

RESULT = repr([{shown}])
RESULT += repr([count, factor, seen, Box.made, sorted(os.environ.get("FACTOR", ""))])
RESULT += repr([random.random(), float(np.random.rand()), open("one.txt").read()])
print(RESULT)"""

KINDS = ("n", "xs", "nest", "d", "df", "s", "ar", "box", "it", "rng", "fn")
# At the end a generator is drawn from, and an iterator is emptied.
AT_THE_END = {
    "rng": "int({}.integers(0, 999))",
    "it": "list({})",
}


@dataclass
class Notebook:
    """A random notebook.

    Attributes:
        seed: What it was drawn from.
        cells: Kind (code or markdown) and text of each cell.
    """

    seed: int
    cells: list[tuple[str, str]] = field(default_factory=list)

    @property
    def code(self) -> str:
        """All code, in order."""
        return "\n".join(text for kind, text in self.cells if kind == "code")


def drawn(seed: int) -> Notebook:
    """The notebook of a seed."""
    dice = random.Random(seed)
    known = {kind: [f"{kind}1"] for kind in KINDS}
    known["n"].append("n2")
    known["xs"].append("xs2")
    numbers = {"a": dice.randint(1, 30), "b": dice.randint(1, 30)}
    made = Notebook(seed)
    # A class that counts its instances keeps whatever uses it together: not in every notebook.
    counts = "Box.made += 1" if dice.random() < 0.2 else "self.note = None"
    made.cells += [("code", START), ("code", SETUP.replace("{counts}", counts))]
    made.cells += [("markdown", "## Start"), ("code", FIRST.format(**numbers))]
    made.cells.append(("code", FILES.format(**numbers)))
    # A notebook of few kinds tells more about each of them.
    favourites = dice.sample(STATEMENTS, k=dice.randint(8, 40))
    for number in range(dice.randint(3, 7)):
        if dice.random() < 0.6:
            made.cells.append(("markdown", f"## Part {number + 1}"))
        lines = [
            _statement(dice.choice(favourites), known, dice) for _ in range(dice.randint(1, 5))
        ]
        made.cells.append(("code", "\n".join(lines)))
    shown = ", ".join(
        f"({name!r}, shown({AT_THE_END.get(kind, '{}').format(name)}))"
        for kind in KINDS
        for name in known[kind]
    )
    made.cells += [("markdown", "## Result"), ("code", LAST.replace("{shown}", shown))]
    return made


def _statement(template: str, known: dict[str, list[str]], dice: random.Random) -> str:
    text = template.replace("\\n", "\n")
    names: dict[str, str] = {"file": dice.choice(["one", "two"])}
    new: dict[str, list[str]] = {}
    for kind in KINDS:
        others = dice.sample(known[kind], k=len(known[kind]))
        names[kind], names[f"{kind}2"] = others[0], others[-1]
        fresh = f"{kind}{len(known[kind]) + 1}"
        targets = [fresh if dice.random() < 0.4 else dice.choice(known[kind])]
        targets.append(
            dice.choice([name for name in known[kind] if name not in targets] or [fresh])
        )
        names[f"{kind}+"], names[f"{kind}+2"] = targets
        new[kind] = targets
    for key in sorted(names, key=len, reverse=True):
        text = text.replace("{" + key + "}", names[key])
    for kind, targets in new.items():
        for marker, name in zip((f"{{{kind}+}}", f"{{{kind}+2}}"), targets, strict=True):
            if marker in template and name not in known[kind]:
                known[kind].append(name)
    return text.replace("{{", "{").replace("}}", "}")
