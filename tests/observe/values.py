"""Values for fingerprint tests, as expressions: each can be made anew, here or elsewhere."""

from __future__ import annotations

from typing import Any

import pandas as pd

PANDAS_3 = int(pd.__version__.split(".")[0]) >= 3

SETUP = """
import array, collections, copy, datetime as dt, decimal, enum, fractions, functools, io, itertools
import operator, pathlib, pickle, random, re, types, uuid, zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
import numpy as np
import pandas as pd
import pyarrow as pa
import scipy.sparse as sp
from scipy.spatial import cKDTree
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

Point = namedtuple("Point", "x y")
Pair = namedtuple("Pair", "x y")

class Colour(enum.Enum):
    RED = 1
    GREEN = 2

class Bits(enum.IntFlag):
    A = 1
    B = 2

@dataclass
class Row:
    a: int
    b: list = field(default_factory=list)

class Plain:
    def __init__(self, **values):
        self.__dict__.update(values)

class Slotted:
    __slots__ = ("a", "b")
    def __init__(self, a):
        self.a = a

class Names(list):
    pass

class Text(str):
    pass

def shared(make, same):
    one = make()
    return [one, one] if same else [one, make()]

def looped():
    xs = [1]
    xs.append(xs)
    return xs

def counting(start):
    def step(by=1):
        return start + by
    return step

X = np.arange(40.0).reshape(20, 2) % 7
Y = np.arange(20) % 2
def frame(**more):
    columns = {"a": [1, 2, 3], "b": [1.5, float("nan"), -0.0], "c": ["x", None, "z"]}
    return pd.DataFrame({**columns, **more})
def set_attr(value, **attributes):
    for name, one in attributes.items():
        setattr(value, name, one)
    return value
def drawn(generator, n):
    generator.random(n)
    return generator
def advanced(iterator, n):
    for _ in range(n):
        next(iterator)
    return iterator
"""

ALIKE_BEFORE_PANDAS_3 = {
    'pd.Timestamp("2020-01-01").as_unit("s")',
    'frame().astype({"c": object})',
    'frame().astype({"c": "string[python]"})',
}
"""What an older pandas makes without being told to."""

DISTINCT = (
    """
None
True
1
1.0
1 + 0j
-1
0.0
-0.0
float("nan")
complex("nan")
float("inf")
10**30
"1"
b"1"
bytearray(b"1")
""
"\\ud800"
...
NotImplemented
Text("1")
np.float64(1.0)
np.float32(1.0)
np.int64(1)
np.int32(1)
np.bool_(True)
np.str_("1")
np.float64("nan")
np.datetime64("2020-01-01", "D")
np.datetime64("2020-01-01", "s")
np.datetime64("NaT")
np.timedelta64(1, "D")
pd.NA
pd.NaT
pd.Timestamp("2020-01-01")
pd.Timestamp("2020-01-01").as_unit("s")
pd.Timestamp("2020-01-01", tz="UTC")
pd.Timestamp("2020-01-01", tz="Europe/Berlin")
pd.Timedelta("1D")
pd.Period("2020-01", "M")
pd.Period("2020", "Y")
pd.Interval(0, 1)
pd.Interval(0, 1, closed="left")
pd.Interval(0.0, 1.0)
pd.offsets.MonthEnd(1)
pd.offsets.MonthEnd(2)
dt.date(2020, 1, 1)
dt.datetime(2020, 1, 1)
dt.datetime(2020, 1, 1, fold=1)
dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)
dt.datetime(2020, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
dt.time(1, 2)
dt.timedelta(days=1)
dt.timezone.utc
zoneinfo.ZoneInfo("Europe/Berlin")
decimal.Decimal("1")
decimal.Decimal("1.0")
decimal.Decimal("NaN")
fractions.Fraction(1, 2)
uuid.UUID(int=5)
pathlib.Path("a/b")
pathlib.PurePosixPath("a/b")
pathlib.PureWindowsPath("a/b")
re.compile("a")
re.compile("a", re.I)
re.match("a", "abc")
range(3)
range(0, 3, 2)
slice(1, 2)
slice(1, None, 2)
[]
()
{}
set()
frozenset()
[1]
(1,)
[True]
[1.0]
[None]
["1"]
[b"1"]
[1, 2]
[2, 1]
[[1], [2]]
[(1,), (2,)]
[[1, 2], []]
[[], [1, 2]]
[1, [2]]
[float("nan"), 1]
[None, 1]
[pd.NA, 1]
[pd.NaT, 1]
[np.float64(1.0)]
[np.float32(1.0)]
[decimal.Decimal(1), 1]
[dt.date(2020, 1, 1)] * 3
[pd.Timestamp("2020-01-01")] * 3
[[i] for i in range(20)]
[(i,) for i in range(20)]
[[float(i)] for i in range(20)]
[[[i]] for i in range(20)]
[{"a": i} for i in range(20)]
[{"b": i} for i in range(20)]
[{"a": i, "b": 1} for i in range(20)]
[{"b": 1, "a": i} for i in range(20)]
[[float("nan")] for i in range(20)]
[Row(i) for i in range(20)]
Names([1])
set_attr(Names([1]), note="x")
{"a": 1, "b": 2}
{"b": 2, "a": 1}
{"a": 1.0, "b": 2}
{1: "a"}
{True: "a"}
{1.0: "a"}
{"a": {"b": [1, {2}]}}
{"a", "b"}
frozenset({"a", "b"})
{1, 2}
{1.0, 2.0}
{True, 2}
{1, "a", None}
{(1, "a"), (2, "b")}
{(1, "a"), (2, "c")}
{frozenset({1}), frozenset({2})}
{float("nan")}
{float("nan"), float("nan")}
OrderedDict(a=1)
OrderedDict([("a", 1), ("b", 2)])
OrderedDict([("b", 2), ("a", 1)])
defaultdict(list, a=1)
defaultdict(int, a=1)
defaultdict(None, a=1)
Counter("aab")
Counter("abb")
deque([1, 2])
deque([1, 2], maxlen=2)
array.array("i", [1])
array.array("l", [1])
memoryview(b"ab")
types.MappingProxyType({"a": 1})
types.SimpleNamespace(a=1)
types.SimpleNamespace(a=2)
{"a": 1}.keys()
{"a": 1}.values()
{"a": 1}.items()
Point(1, 2)
Pair(1, 2)
Colour.RED
Colour.GREEN
Bits.A
Bits.A | Bits.B
Row(1)
Row(1, [2])
Row(1.0)
Plain()
Plain(a=1)
Plain(a=1, b=2)
Plain(b=2, a=1)
Slotted(1)
Slotted(2)
object()
ValueError("a")
ValueError("b")
KeyError("a")
io.StringIO("ab")
advanced(io.StringIO("a\\nb"), 1)
io.BytesIO(b"ab")
shared(list, True)
shared(list, False)
shared(Plain, True)
shared(Plain, False)
shared(lambda: np.zeros(3), True)
shared(lambda: np.zeros(3), False)
shared(frame, True)
shared(frame, False)
looped()
[[[...]]]
(lambda a: [a, a[1:]])(np.zeros(4))
(lambda a: [a, a[1:].copy()])(np.zeros(4))
(lambda a: [a, a[:-1]])(np.zeros(4))
lambda: 0
lambda x: x
lambda y: y
lambda x, y=1: x
lambda x, y=2: x
lambda x, /: x
lambda x, *y: x
lambda x, **y: x
lambda *, x: x
counting(1)
counting(2)
set_attr(counting(1), calls=1)
functools.partial(int, base=2)
functools.partial(int, base=3)
functools.partial(int, "1")
functools.lru_cache(counting(1))
functools.lru_cache(maxsize=3)(counting(1))
len
max
str.upper
"a".upper
"b".upper
[1].append
[2].append
math_sqrt
np.sqrt
np.exp
np.mean
pd.read_csv
re
types
int
Row
Plain
Colour
pd.DataFrame
operator.itemgetter(1)
operator.itemgetter(2)
iter([1, 2])
advanced(iter([1, 2]), 1)
iter((1, 2))
enumerate([1, 2])
zip([1], [2])
map(str, [1])
map(int, [1])
reversed([1, 2])
itertools.count(1)
itertools.count(2)
random.Random(1)
random.Random(2)
(lambda r: [r.random(), r][1])(random.Random(1))
np.random.default_rng(1)
np.random.default_rng(2)
drawn(np.random.default_rng(1), 1)
np.random.RandomState(1)
np.random.RandomState(2)
np.random.PCG64(1)
np.random.MT19937(1)
np.zeros(0)
np.zeros((0, 2))
np.zeros(3)
np.zeros(3, "f4")
np.zeros(3, "i8")
np.zeros(3, "i4")
np.zeros(3, ">i4")
np.zeros(3, "?")
np.zeros((3, 1))
np.zeros(())
np.array([0.0, -0.0, 0.0])
np.array([float("nan"), 0, 0])
np.array([1, 2])
np.array([2, 1])
np.array(["a", "b"])
np.array(["a", "b"], "U5")
np.array([b"a", b"b"])
np.array(["a", "b"], object)
np.array(["a", None], object)
np.array(["a", float("nan")], object)
np.array([[1], [2]], object)
np.array([1, 1.0], object)
np.array(["2020"], "M8[D]")
np.array(["2020"], "M8[s]")
np.array(["NaT"], "M8[s]")
np.array([1], "m8[s]")
np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")])
np.array([(1, 2.0)], [("a", "i4"), ("c", "f8")])
np.zeros(2, np.dtype([("a", "i1"), ("b", "f8")], align=True))
np.array([1 + 2j])
np.array([complex("nan")])
np.zeros(2, "f2")
np.zeros(2, np.longdouble)
np.ma.array([1, 2], mask=[0, 1])
np.ma.array([1, 2], mask=[1, 0])
np.ma.array([1, 2])
np.matrix([[1]])
np.dtype("i4")
np.dtype([("a", "i4")])
np.arange(10_000)
np.arange(10_000) + (np.arange(10_000) == 9_999)
np.arange(10_000.0)
np.where(np.arange(10_000) == 5_000, float("nan"), 1.0)
frame()
frame(d=1)
frame()[["b", "a", "c"]]
frame().rename(columns={"a": "A"})
frame().astype({"a": "int32"})
frame().astype({"a": "Int64"})
frame().astype({"a": "float64"})
frame().astype({"c": "category"})
frame().astype({"c": object})
frame().astype({"c": "string"})
frame().astype({"c": "string[python]"})
frame().astype({"a": pd.ArrowDtype(pa.int64())})
frame().iloc[::-1]
frame().iloc[:2]
frame().iloc[:0]
frame().set_index("a")
frame().set_index(["a", "c"])
frame().set_index(["a", "c"]).iloc[:2]
frame().rename_axis("rows")
frame().rename_axis(columns="cols")
frame().set_axis([0, 1, 2])
frame().set_axis([0.0, 1.0, 2.0])
frame().set_axis(["0", "1", "2"])
frame().set_axis(pd.RangeIndex(0, 6, 2))
frame().set_axis(pd.date_range("2020", periods=3))
frame().set_axis(pd.DatetimeIndex(["2020-01-01", "2020-01-02", "2020-01-03"]))
frame().set_axis(pd.period_range("2020", periods=3, freq="M"))
frame().set_axis(pd.timedelta_range("1h", periods=3))
frame().set_axis(pd.interval_range(0, 3))
frame().set_axis(pd.CategoricalIndex(["a", "b", "a"]))
frame().set_axis(pd.CategoricalIndex(["a", "b", "a"], ordered=True))
set_attr(frame(), attrs={"source": "x"})
set_attr(frame(), attrs={"source": "y"})
frame().set_flags(allows_duplicate_labels=False)
frame(d=[[1], [2], [3]])
frame(d=[(1,), (2,), (3,)])
frame(d=pd.array([1, None, 3], "Int64"))
frame(d=pd.array([1, 0, None], "Int64"))
frame(d=pd.array([True, None, False], "boolean"))
frame(d=pd.date_range("2020", periods=3))
frame(d=pd.date_range("2020", periods=3, tz="UTC"))
frame(d=pd.date_range("2020", periods=3, tz="Europe/Berlin"))
frame(d=pd.date_range("2020", periods=3).as_unit("s"))
frame(d=pd.to_timedelta([1, 2, 3], "s"))
frame(d=pd.period_range("2020", periods=3, freq="M"))
frame(d=pd.interval_range(0, 3))
frame(d=pd.arrays.SparseArray([0, 0, 1]))
frame(d=pd.Series([1, None, "a"], dtype=object))
frame(d=pd.Series([1, float("nan"), "a"], dtype=object))
frame(d=pd.Series([1, pd.NA, "a"], dtype=object))
frame(d=pd.Series([1, 2, 3], dtype=object))
frame(d=pd.Series([1, True, 3], dtype=object))
frame(d=pd.Series([decimal.Decimal(1)] * 3))
frame(d=pd.cut([1, 2, 3], [0, 2, 4]))
frame(d=pd.Categorical(["a", "b", "a"]))
frame(d=pd.Categorical(["a", "b", "a"], categories=["b", "a"]))
frame(d=pd.Categorical(["a", "b", "a"], categories=["a", "b", "c"]))
frame(d=pd.Categorical(["a", "b", "a"], ordered=True))
frame(d=pd.array(["a", "b", None], pd.ArrowDtype(pa.string())))
frame(d=pd.array([[1], [2, 3], None], pd.ArrowDtype(pa.list_(pa.int64()))))
frame(d=pd.array([1, 2, None], pd.ArrowDtype(pa.decimal128(5, 2))))
pd.concat([frame(), frame()])
pd.concat([frame(), frame()], axis=1)
pd.DataFrame()
pd.DataFrame(columns=["a"])
pd.DataFrame(index=[1])
pd.DataFrame({1: [1], "1": [2]})
pd.DataFrame({"1": [1], 1: [2]})
frame()["a"]
frame()["b"]
frame()["a"].rename("z")
frame()["a"].rename(None)
frame()["a"].rename(("a", 1))
frame()["a"].to_frame()
frame().index
frame().columns
pd.Index([1, 2])
pd.Index([1, 2], name="a")
pd.Index([1.0, 2.0])
pd.Index([1, 2], dtype=object)
pd.MultiIndex.from_product([[1, 2], ["a"]])
pd.MultiIndex.from_product([[1, 2], ["a"]], names=["x", "y"])
pd.Categorical(["a"])
pd.array([1, None])
pd.CategoricalDtype(["a"])
pd.CategoricalDtype(["a"], ordered=True)
pd.DatetimeTZDtype(tz="UTC")
pa.table({"a": [1, 2]})
pa.table({"a": [1.0, 2.0]})
pa.array([1, None])
pa.array(["a", None])
pa.array([["a"], None])
sp.csr_matrix([[0, 1]])
sp.csc_matrix([[0, 1]])
sp.csr_array([[0, 1]])
sp.coo_matrix([[0, 1]])
sp.lil_matrix([[0, 1]])
sp.dok_matrix([[0, 1]])
LogisticRegression()
LogisticRegression(C=2)
LogisticRegression().fit(X, Y)
StandardScaler().fit(X)
DecisionTreeClassifier(random_state=0).fit(X, Y)
DecisionTreeClassifier(random_state=0, max_depth=1).fit(X, Y)
RandomForestClassifier(3, random_state=0).fit(X, Y)
HistGradientBoostingRegressor(max_iter=3, random_state=0).fit(X, Y)
KNeighborsClassifier().fit(X, Y)
OneHotEncoder().fit(X[:, :1])
make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y)
GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2).fit(X, Y)
GridSearchCV(LogisticRegression(), {"C": [1, 3]}, cv=2).fit(X, Y)
load_iris()
cKDTree(X)
cKDTree(X + 1)
frame().groupby("a")
frame().groupby("b")
(lambda df: {"all": df, "head": df.head(2), "column": df["a"]})(frame())
(lambda df: {"all": df, "head": df.head(1), "column": df["a"]})(frame())
""".replace("math_sqrt", "__import__('math').sqrt")
    .strip()
    .splitlines()
)
DISTINCT = [e for e in DISTINCT if PANDAS_3 or e not in ALIKE_BEFORE_PANDAS_3]
"""No two of these are equal; each is equal to itself made again, anywhere."""

OPAQUE = {
    "(i for i in range(3))": "a generator",
    "[(i for i in range(3))]": "holds a generator",
    "open('/dev/null')": "an open file",
    "{'f': open('/dev/null', 'rb')}": "holds an open file",
    "__import__('threading').Lock()": "a lock",
    "Plain(lock=__import__('threading').RLock())": "holds a lock",
    "__import__('sqlite3').connect(':memory:')": "an open database connection",
    "__import__('socket').socket()": "a socket",
    "__import__('threading').Thread()": "a thread",
    "__import__('weakref').ref(Plain())": "a weak reference",
    "__import__('ctypes').c_int(1)": "memory outside Python",
    "__import__('matplotlib.figure').figure.Figure()": "a figure",
    "__import__('matplotlib.figure').figure.Figure().subplots()": "a figure",
    "zip(i for i in range(3))": "holds a generator",
    "functools.reduce(lambda xs, _: [xs], range(6_000), [])": "nested too deeply to compare",
}

NOT_PICKLED = (
    "lambda",
    "counting",
    "io.",
    "advanced(io",
    "re.match",
    "memoryview",
    "types.MappingProxyType",
    ".keys()",
    ".items()",
    ".values()",
    "functools.lru_cache",
    "[1].append",
    "[2].append",
)
"""Expressions whose values cannot be pickled, or (views of dicts) not by value."""


def setup() -> dict[str, Any]:
    """A namespace in which every expression can be evaluated, as `__main__` would have it."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(SETUP, namespace)
    return namespace
