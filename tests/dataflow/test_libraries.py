"""The tables agree with the libraries that they describe."""
# ruff: noqa: E501

from __future__ import annotations

import copy
import importlib
import inspect
import random
import warnings
from typing import Any

import pytest

from poc_graduate.dataflow import libraries
from poc_graduate.dataflow.libraries.tables import Tables

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")

warnings.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """Some of the methods that are tried write a file."""
    monkeypatch.chdir(tmp_path)


INSTALLED = [
    ("builtins", "builtins"),
    (
        "stdlib",
        "os sys random json re math statistics datetime time pathlib collections itertools functools operator copy heapq bisect shutil glob sqlite3 logging warnings locale decimal pickle csv io subprocess contextlib gzip bz2 lzma zipfile tarfile shelve asyncio pprint gc tempfile importlib",
    ),
    ("pandas", "pandas"),
    ("numpy", "numpy"),
    ("sklearn", "sklearn"),
    ("matplotlib", "matplotlib"),
    ("seaborn", "seaborn"),
    ("scipy", "scipy"),
    ("statsmodels", "statsmodels"),
    ("others", "sqlalchemy joblib tqdm IPython plotly PIL yaml nltk requests"),
]
# Members that other versions of a library have, or that live in optional packages.
ELSEWHERE = {
    "pandas": {
        "register_matplotlib_converters",
        "deregister_matplotlib_converters",
        "now",
        "today",
        "scatter_matrix",
        "from_dict",
        "from_records",
        "from_tuples",
        "from_product",
        "from_arrays",
        "from_frame",
    },
    "builtins": {"display"},
    "IPython.display": {"set_matplotlib_formats"},
    "numpy": {"at", "set_string_function", "astype", "trapezoid"},
    "matplotlib.pyplot": {"plot_date"},
    "random": {"binomialvariate"},
    "itertools": {"batched", "from_iterable"},
    "copy": {"replace"},
    "sys": set(),
    "seaborn": {"distplot"},
    "nltk": set(),
    "tqdm": {"pandas"},
    "plotly": {"set_plot_backend", "init_notebook_mode", "templates", "renderers", "offline"},
    "pandas.api": set(),
    "datetime.date": set(),
}
BY_LAST_NAME = {"sklearn", "scipy", "scipy.stats", "statsmodels", "matplotlib"}


def groups(table: str, packages: str) -> list[tuple[str, libraries.Group]]:
    found = libraries.library(table).functions
    wanted = packages.split()
    return [(m, g) for m, g in found.items() if m.partition(".")[0] in wanted]


FUNCTIONS = [
    pytest.param(module, sorted(group.members), id=module)
    for table, packages in INSTALLED
    for module, group in groups(table, packages)
    if module not in BY_LAST_NAME
]


def resolve(path: str) -> Any:
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise ImportError(path)


@pytest.mark.parametrize(("module", "members"), FUNCTIONS)
def test_functions_exist(module, members):
    try:
        owner = resolve(module)
    except ImportError:
        pytest.skip(f"{module} is not installed")
    known = ELSEWHERE.get(module, set())

    missing = []
    for name in members:
        if name not in known and not hasattr(owner, name):
            try:
                importlib.import_module(f"{module}.{name}")
            except ImportError:
                missing.append(name)

    assert missing == []


def sklearn_members() -> set[str]:
    import sklearn
    from sklearn.experimental import enable_halving_search_cv, enable_iterative_imputer  # noqa: F401

    found = set(dir(sklearn))
    for module in "base calibration cluster compose covariance datasets decomposition dummy ensemble feature_extraction feature_extraction.image feature_selection frozen gaussian_process impute inspection isotonic kernel_approximation linear_model manifold metrics mixture model_selection multiclass multioutput naive_bayes neighbors neural_network pipeline preprocessing random_projection semi_supervised svm tree utils utils.extmath utils.validation".split():
        found |= set(dir(importlib.import_module(f"sklearn.{module}")))
    return found


def test_sklearn_members_exist():
    group = libraries.library("sklearn").functions["sklearn"]
    imblearn = {"SMOTE", "ADASYN", "RandomOverSampler", "RandomUnderSampler", "BorderlineSMOTE"}
    versions = {"PassiveAggressiveClassifier", "PassiveAggressiveRegressor"}

    missing = set(group.members) - sklearn_members() - imblearn - versions

    assert missing == set()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_estimators_that_draw_without_a_seed_are_listed():
    from sklearn.datasets import make_classification
    from sklearn.utils import all_estimators

    group = libraries.library("sklearn").functions["sklearn"]
    X, y = make_classification(60, 6, random_state=0)
    X = np.abs(X)
    unlisted = []
    for name, kind in all_estimators():
        if "random_state" not in inspect.signature(kind).parameters:
            continue
        try:
            estimator = kind()
            before = drawn()
            estimator.fit(X, y)
        except Exception:  # needs other data or arguments
            continue
        if drawn() != before and not (name in group.members and group.members[name].unseeded):
            unlisted.append(name)

    assert unlisted == []


def drawn() -> Any:
    state = np.random.get_state()
    return state[1].tobytes(), state[2]


def samples() -> dict[str, Any]:
    return {
        "list": [3, 1, 2],
        "dict": {"a": 1},
        "set": {1, 2},
        "bytearray": bytearray(b"ab"),
        "tuple": (1, 2),
        "str": "a b",
        "collections.deque": __import__("collections").deque([3, 1, 2]),
        "collections.Counter": __import__("collections").Counter("aab"),
        "pandas.DataFrame": pd.DataFrame({"a": [3, 1], "b": [1.5, 2.5]}),
        "pandas.Series": pd.Series([3, 1], name="s"),
        "pandas.Index": pd.Index([3, 1]),
        "numpy.ndarray": np.array([3.0, 1.0]),
        "random.Random": random.Random(0),
        "numpy.random.Generator": np.random.default_rng(0),
        "pandas.GroupBy": pd.DataFrame({"a": [3, 1], "b": [1.5, 2.5]}).groupby("a"),
        "pandas.Timestamp": pd.Timestamp("2020-01-01"),
        "pathlib.Path": __import__("pathlib").Path("x"),
    }


KINDS = sorted(samples())


@pytest.mark.parametrize("kind", KINDS)
def test_methods_exist(kind):
    sample = samples()[kind]
    version = {"to_iceberg", "from_arrow", "select", "swapaxes", "applymap"}
    group_only = {"columns", "name"} if kind == "pandas.Series" else set()
    frame_only = {"boxplot", "columns", "isetitem", "insert"} if kind == "pandas.Series" else set()
    series_only = {"array", "name", "year", "month", "day", "hour", "get_level_values"}
    if kind == "pandas.GroupBy":  # of a column
        series_only |= {"unique", "nlargest", "nsmallest", "dtype", "is_monotonic_increasing"}
        series_only |= {"is_monotonic_decreasing"}
    if kind == "numpy.random.Generator":  # `RandomState` has the same table
        series_only |= {"get_state", "seed", "set_state"}
    group = tables().group(kind)

    missing = {n for n in group.members if n not in dir(type(sample))}

    assert missing - version - group_only - frame_only - series_only == set()


def tables() -> Tables:
    return Tables(["pandas", "sklearn", "matplotlib", "seaborn"])


CHANGES = {
    "list": {
        "append": (1,),
        "extend": ([1],),
        "insert": (0, 1),
        "remove": (1,),
        "pop": (),
        "clear": (),
        "sort": (),
        "reverse": (),
    },
    "dict": {
        "clear": (),
        "pop": ("a",),
        "popitem": (),
        "setdefault": ("b", 1),
        "update": ({"b": 1},),
    },
    "set": {
        "add": (9,),
        "clear": (),
        "difference_update": ({1},),
        "discard": (1,),
        "intersection_update": ({1},),
        "pop": (),
        "remove": (1,),
        "symmetric_difference_update": ({1, 5},),
        "update": ({7},),
    },
    "bytearray": {
        "append": (1,),
        "extend": (b"c",),
        "insert": (0, 1),
        "remove": (97,),
        "pop": (),
        "clear": (),
        "reverse": (),
    },
    "collections.deque": {
        "append": (1,),
        "appendleft": (1,),
        "clear": (),
        "extend": ([1],),
        "extendleft": ([1],),
        "insert": (0, 1),
        "pop": (),
        "popleft": (),
        "remove": (1,),
        "reverse": (),
        "rotate": (1,),
    },
    "collections.Counter": {"update": ("z",), "subtract": ("a",)},
    "numpy.ndarray": {
        "fill": (0,),
        "partition": (0,),
        "put": ([0], [9]),
        "resize": ((3,),),
        "setfield": (7.0, "f8"),
        "setflags": (False,),
        "sort": (),
    },
    "pandas.DataFrame": {
        "pop": ("a",),
        "update": (pd.DataFrame({"a": [9]}),),
        "insert": (0, "z", 1),
        "isetitem": (0, [7, 8]),
    },
    "pandas.Series": {"pop": (0,), "update": (pd.Series([9]),)},
}


@pytest.mark.parametrize("kind", sorted(CHANGES))
def test_every_method_listed_as_changing_its_object_does(kind):
    listed = {n for n, b in tables().group(kind).members.items() if b.effect == "mutates"}
    if kind == "pandas.Series":
        listed -= {"insert", "isetitem"}

    assert listed == set(CHANGES[kind])

    for name, arguments in CHANGES[kind].items():
        sample = samples()[kind]
        if name == "resize":
            sample = np.array([3.0, 1.0])
        before = fingerprint(sample)

        result = getattr(sample, name)(*arguments)

        assert fingerprint(sample) != before, name
        assert tables().method(kind, name).none == (result is None), name


def fingerprint(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return (value.tolist(), value.flags.writeable)
    return repr(value)


ARGUMENTS: list[tuple[Any, ...]] = [
    (),
    (1,),
    ("a",),
    ([1],),
    (0, 1),
    ("a", "b"),
    ({"a": 1},),
    (lambda v: v,),
]


@pytest.mark.parametrize(
    "kind",
    [
        "list",
        "dict",
        "set",
        "bytearray",
        "collections.deque",
        "collections.Counter",
        "numpy.ndarray",
        "pandas.DataFrame",
        "pandas.Series",
        "pandas.Index",
        "pandas.GroupBy",
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_no_method_listed_as_pure_changes_its_object(kind):
    skipped = {"to_clipboard", "to_sql", "to_gbq", "to_iceberg", "plot", "hist", "boxplot", "info"}
    called = 0
    for name, behaviour in tables().group(kind).members.items():
        if behaviour.effect in ("mutates", "unknown") or name in skipped:
            continue
        for arguments in ARGUMENTS if "pandas" not in kind else ((), (1,), ("a",)):
            sample = samples()[kind]
            owner = sample.obj if kind == "pandas.GroupBy" else sample
            method = getattr(sample, name, None) if name != "mT" else None
            if not callable(method):
                continue
            before = fingerprint(owner)
            try:
                method(*copy.deepcopy(arguments))
            except Exception:  # wrong arguments for this method
                continue
            called += 1

            assert fingerprint(owner) == before, (name, arguments)

    assert called > 3


@pytest.mark.parametrize(
    "kind", ["list", "dict", "set", "numpy.ndarray", "pandas.DataFrame", "pandas.Series"]
)
@pytest.mark.filterwarnings("ignore")
def test_results_of_fresh_methods_share_nothing_that_a_change_shows(kind):
    for name, behaviour in tables().group(kind).members.items():
        if behaviour.effect != "fresh" or name in ("to_clipboard", "plot", "hist", "boxplot"):
            continue
        for arguments in ((), (1,), ("a",)):
            sample = samples()[kind]
            try:
                result = getattr(sample, name)(*arguments)
            except Exception:
                continue
            before = fingerprint(sample)
            if isinstance(result, np.ndarray) and result.flags.writeable and result.size:
                result.flat[0] = 99
            elif (
                isinstance(result, pd.DataFrame | pd.Series)
                and result.size
                and result is not sample
            ):
                try:
                    result.iloc[(0,) * result.ndim] = 99
                except (TypeError, ValueError):
                    continue

            assert fingerprint(sample) == before, name


@pytest.mark.parametrize("name", sorted(libraries.names()))
def test_tables_load_and_name_their_packages(name):
    table = libraries.library(name)

    assert table.packages
    assert table.functions or table.types
    assert all(other in libraries.names() for other in table.company)


def test_numpy_functions_that_draw_are_listed():
    group = libraries.library("numpy").functions["numpy.random"]
    quiet = {
        "default_rng",
        "get_state",
        "get_bit_generator",
        "test",
        "set_state",
        "seed",
        "set_bit_generator",
    }
    public = {
        n
        for n in dir(np.random)
        if not n.startswith("_")
        and callable(getattr(np.random, n))
        and not inspect.isclass(getattr(np.random, n))
    }

    assert public - quiet <= {n for n, b in group.members.items() if b.draws}


def test_random_functions_that_draw_are_listed():
    group = libraries.library("stdlib").functions["random"]
    public = {n for n in random.__all__ if not n[0].isupper()} - {"seed", "getstate", "setstate"}

    assert public <= {n for n, b in group.members.items() if b.draws}


@pytest.mark.parametrize(
    ("target", "field", "value"),
    [
        ("pandas.read_csv", "gives", "pandas.DataFrame"),
        ("os.environ.update", "settings", "environ"),
        ("os.environ.get", "settings", ""),
        ("pandas.options.display.max_rows", "settings", "pandas"),
        ("matplotlib.pyplot.style.use", "settings", "matplotlib"),
        ("sys.path.insert", "settings", "path"),
        ("numpy.add.at", "effect", "mutates"),
        ("sklearn.ensemble.RandomForestClassifier", "unseeded", "numpy_random"),
        (
            "sklearn.ensemble.RandomForestClassifier",
            "gives",
            "sklearn.ensemble.RandomForestClassifier",
        ),
        ("mylib.train", "effect", "unknown"),
        ("textwrap.dedent", "effect", "views"),
        ("datetime.datetime.now", "gives", "datetime.datetime"),
    ],
)
def test_functions_are_found(target, field, value):
    assert getattr(tables().function(target), field) == value
