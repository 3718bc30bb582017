"""Which calls draw random numbers, from which generator, and which calls seed it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.view import CellView, NotebookView, is_given

PYTHON, NUMPY, TORCH, TENSORFLOW = "random", "numpy_random", "torch_random", "tensorflow"

SPLITTERS = frozenset(
    "train_test_split KFold StratifiedKFold ShuffleSplit StratifiedShuffleSplit "
    "GroupShuffleSplit RepeatedKFold RepeatedStratifiedKFold".split()
)
_SHUFFLE_IF_ASKED = frozenset({"KFold", "StratifiedKFold"})
ESTIMATORS = frozenset(
    "RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor "
    "GradientBoostingClassifier GradientBoostingRegressor BaggingClassifier BaggingRegressor "
    "AdaBoostClassifier AdaBoostRegressor IsolationForest MLPClassifier MLPRegressor "
    "SGDClassifier SGDRegressor KMeans MiniBatchKMeans GaussianMixture BayesianGaussianMixture "
    "TSNE LatentDirichletAllocation RandomizedSearchCV Perceptron".split()
)
"""Of scikit-learn, whose results hang on what they draw, unless `random_state` is given."""
TREES = frozenset({"DecisionTreeClassifier", "DecisionTreeRegressor"})
"""They draw the order of the features, which decides between splits that are equally good."""
_DRAWS = frozenset(
    "beta binomial bytes chisquare choice dirichlet exponential gamma geometric integers laplace "
    "logistic lognormal multinomial multivariate_normal normal pareto permutation permuted "
    "poisson rand randint randn random random_integers random_sample ranf rayleigh sample shuffle "
    "standard_normal standard_t triangular uniform vonmises weibull zipf "
    "betavariate choices expovariate gauss getrandbits normalvariate paretovariate randbytes "
    "randrange rand_like randn_like randperm".split()
)
_SEEDS = frozenset(
    "seed set_seed seed_everything set_random_seed manual_seed manual_seed_all fix_seed "
    "fix_seeds set_seeds seed_all random_seed set_all_seeds fix_all_seeds".split()
)
_SEEDED = {
    "random.seed": PYTHON,
    "numpy.random.seed": NUMPY,
    "torch.manual_seed": TORCH,
    "torch.cuda.manual_seed": "",
    "torch.cuda.manual_seed_all": "",
    "tensorflow.set_random_seed": TENSORFLOW,
    "tensorflow.random.set_seed": TENSORFLOW,
    "tensorflow.random.set_random_seed": TENSORFLOW,
    "tensorflow.compat.v1.set_random_seed": TENSORFLOW,
}
_SHOWS = frozenset("imshow show subplot subplots matshow display HTML".split())
_LEARNS = frozenset("fit fit_transform train_test_split train partial_fit append".split())
ALL = frozenset({PYTHON, NUMPY, TORCH, TENSORFLOW})


def seeds(notebook: NotebookView) -> Iterator[tuple[ast.Call, CellView, frozenset[str]]]:
    """Calls that seed generators, each with the generators."""
    for cell in notebook.cells:
        for name in cell.calls.keys() & _SEEDS:
            for call in cell.calls[name]:
                if call.args or call.keywords:
                    one = _SEEDED.get(_called(call, cell))
                    yield call, cell, ALL if one is None else frozenset({one} - {""})


def seeded(notebook: NotebookView) -> frozenset[str]:
    """Generators that some cell seeds."""
    return frozenset[str]().union(*(each for _, _, each in seeds(notebook)))


def generator_of(call: ast.Call, cell: CellView) -> str:
    """The generator of the process that a plain call draws from; empty where it draws from none.

    Splitters and estimators of scikit-learn draw from NumPy's, where they are given no seed.
    """
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", "")
    if name not in _DRAWS:
        return ""
    module = _called(call, cell)
    if module == f"random.{name}":
        return PYTHON
    if module == f"numpy.random.{name}":
        return NUMPY
    return TORCH if module == f"torch.{name}" and name != "normal" else ""


def _called(call: ast.Call, cell: CellView) -> str:
    """What is called, by the notebook's imports; of `rng = np.random`, too, what it stands for."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=attr) as called:
            whole = cell.notebook.definition(name)
            if isinstance(whole, ast.Attribute) and (module := cell.module(whole)):
                return f"{module}.{attr}"
            return cell.module(called)
    return cell.module(call.func)


def plain_draws(cell: CellView) -> Iterator[tuple[ast.Call, str]]:
    """Calls in a cell that draw from a generator of the process, each with the generator."""
    for name, calls in cell.calls.items():
        if name not in _DRAWS:
            continue
        for call in calls:
            if generator := generator_of(call, cell):
                yield call, generator


def only_shown(cell: CellView) -> bool:
    """Whether what a cell draws only chooses what it shows: no other cell reads it."""
    if cell.calls.keys().isdisjoint(_SHOWS) or not cell.calls.keys().isdisjoint(_LEARNS):
        return False
    at = cell.notebook.cells.index(cell)
    bound = cell.names.bound
    return not any(cell.notebook.names.is_used_elsewhere(name, at) for name in bound)


def is_seeded(call: ast.Call) -> bool:
    """Whether a call is given a seed, or what may hold one; `random_state=None` is none."""
    return any(
        word.arg is None
        or (
            word.arg in ("random_state", "seed")
            and not (isinstance(word.value, ast.Constant) and word.value.value is None)
        )
        for word in call.keywords
    )


def splits_unseeded(call: ast.Call, name: str) -> bool:
    """Whether a splitter draws, and nothing is said about its seed."""
    if is_seeded(call):
        return False
    if name in _SHUFFLE_IF_ASKED:
        return is_given(call, "shuffle", True)
    return not is_given(call, "shuffle", False)
