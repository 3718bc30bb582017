"""What lies beside a notebook: its project's folders, and the files that declare libraries."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from poc_graduate.dataflow.distributions import DISTRIBUTIONS, distribution
from poc_graduate.dataflow.libraries import owners
from poc_graduate.rules.requires import brought_by

_FILES = (
    "requirements.txt", "pyproject.toml", "environment.yml", "environment.yaml", "setup.py",
    "setup.cfg", "Pipfile", "conda.yml", "conda.yaml", "requirements-dev.txt",
    "requirements_dev.txt", "dev-requirements.txt", "requirements.in", "env.yml", "env.yaml",
    "flake.nix", "shell.nix", "default.nix",
)  # fmt: skip
LOCKS = frozenset(
    "uv.lock poetry.lock Pipfile.lock pdm.lock conda-lock.yml pixi.lock flake.lock".split()
)
_FOLDERS = ("requirements", "binder", ".binder")
SOURCES = frozenset({"src", "lib", "code", "scripts", "utils", "notebooks"})
"""Folders in which a project keeps its code."""
# In these, beside a folder above the notebook, a project keeps what all of it needs.
_SHARED = SOURCES | frozenset(
    "app api backend server docker env environment environments config configs conf deploy "
    "deployment build install setup".split()
)
_AT_THE_TOP = frozenset({".gitignore", ".gitattributes"})
_SKIPPED = frozenset({"node_modules", "venv", "site-packages", "__pycache__"})
_MOST_FOLDERS = 300
_UP = 6
"""Folders above the notebook's that are looked into, where no repository begins before."""
_DEEP = 3
"""Folders below a package's own that may hold its code."""
_LARGEST = 200_000
_OPENCV = (
    "opencv", "opencv-python", "opencv-python-headless", "opencv-contrib-python",
    "opencv-contrib-python-headless",
)  # fmt: skip
_ON_SKLEARN = (
    "scikit-learn", "imbalanced-learn", "mlxtend", "yellowbrick", "lime", "librosa", "umap-learn",
    "pycaret", "sentence-transformers", "shap",
)  # fmt: skip
_ON_PANDAS = (
    "pandas", "seaborn", "statsmodels", "geopandas", "featuretools", "mlxtend", "plotnine",
    "prophet", "yfinance", "ydata-profiling", "shap", "pycaret", "category-encoders",
)  # fmt: skip
_ON_NUMPY = (
    *_ON_SKLEARN, *_ON_PANDAS, "scipy", "matplotlib", "xgboost", "lightgbm", "catboost",
    "tensorflow", *_OPENCV, "gensim", "wordcloud", "scikit-image", "torchvision", "gymnasium",
)  # fmt: skip
_ON_YAML = (
    "snakemake", "snakemake-minimal", "transformers", "huggingface-hub", "mlflow", "dask", "bokeh",
    "distributed", "jupyter", "jupyterlab", "notebook", "papermill", "ploomber", "jupytext",
    "optuna", "wandb", "omegaconf", "hydra-core", "ydata-profiling", "pytorch-lightning", "kedro",
    "mkdocs",
)  # fmt: skip
# Module → other names under which it is declared: earlier ones, and those of a part of it.
_ALSO_CALLED = {
    "bs4": ("bs4",), "cv2": _OPENCV, "dotenv": ("dotenv",), "faiss": ("faiss-cpu", "faiss-gpu"),
    "imblearn": ("imblearn",), "imdb": ("imdbpy",), "matplotlib": ("matplotlib-base",),
    "mpl_finance": ("mpl_finance",),
    "odc": ("odc-stac", "odc-geo"), "psycopg2": ("psycopg2",), "pytorch_lightning": ("lightning",),
    "sklearn": ("sklearn",), "tensorflow": ("tf-nightly", "tensorflow-gpu", "tensorflow-cpu"),
    "torch": ("pytorch",), "yaml": ("yaml",),
}  # fmt: skip
# Module → libraries that bring it along.
_BROUGHT_BY = {
    "bs4": ("yfinance",), "dateutil": ("matplotlib", *_ON_PANDAS), "joblib": _ON_SKLEARN,
    "keras": ("tensorflow",), "numpy": _ON_NUMPY,
    "matplotlib": ("seaborn", "wordcloud", "mlxtend", "yellowbrick", "plotnine", "pycaret"),
    "flask": ("dash", "mlflow"), "pandas": _ON_PANDAS,
    "plotly": ("dash", "jupyter-dash", "cufflinks", "chart-studio", "plotly-express", "pycaret"),
    "PIL": ("matplotlib", "torchvision", "wordcloud", "scikit-image"),
    "pyproj": ("geopandas",), "pytz": _ON_PANDAS,
    "requests": ("folium", "yfinance", "jupyter", "jupyterlab", "kaggle", "transformers"),
    "scipy": ("statsmodels", "xgboost", "lightgbm", "gensim", *_ON_SKLEARN),
    "shapely": ("geopandas",), "sklearn": _ON_SKLEARN,
    "tokenizers": ("transformers",), "torch": ("torchvision", "sentence-transformers"),
    "tqdm": ("nltk", "transformers", "shap", "kaggle"), "yaml": _ON_YAML,
}  # fmt: skip


def folders_of(notebook: Path) -> Iterator[Path]:
    """The notebook's folder and those above it, up to where the repository begins."""
    folder = notebook.absolute().parent
    for _ in range(_UP):
        yield folder
        if ".git" in entries(folder) or folder.parent == folder or folder == Path.home():
            return
        folder = folder.parent


def root_of(notebook: Path) -> Path | None:
    """Where the notebook's repository begins; None where it lies in none.

    A copy without its history is known by what a repository has at its top.
    """
    if not notebook.is_file():
        return None
    above = [*folders_of(notebook)]
    if ".git" in entries(above[-1]):
        return above[-1]
    return next((one for one in reversed(above) if _AT_THE_TOP & entries(one)), None)


def entries(folder: Path) -> frozenset[str]:
    """What a folder holds; a folder's time changes with its entries."""
    try:
        return _listed(str(folder), folder.stat().st_mtime_ns)
    except OSError:
        return frozenset()


def is_local(module: str, folders: tuple[Path, ...]) -> bool:
    """Whether a module's file lies in one of the folders, or in a folder for sources there."""
    for folder in folders:
        for where in (folder, *(folder / part for part in entries(folder) & SOURCES)):
            inside = entries(where)
            if f"{module}.py" in inside or f"{module}.py".lower() in _lowered(inside):
                return True  # where case counts, the import fails; declaring it would not help
            # A folder of notebooks may be called like the library that they are about.
            if module in inside and any(n.endswith(".py") for n in entries(where / module)):
                return True
    return False


def is_a_namespace(module: str, folder: Path) -> bool:
    """Whether a folder there is a package without an `__init__.py`, its code perhaps deeper down.

    A library that is installed comes before it: such a folder does not hide one.
    """
    if is_a_known_library(module) or not module.isidentifier():
        return False
    todo = [(folder / module, _DEEP)]
    while todo:
        here, depth = todo.pop()
        inside = entries(here)
        if any(name.endswith(".py") for name in inside):
            return True
        todo += [(here / name, depth - 1) for name in inside if depth and name.isidentifier()]
    return False


def names_a_file(folder: Path, file: str) -> bool:
    """Whether a folder's README, or its list of what git leaves out, names a file."""
    name = re.compile(rf"(?<![\w.-]){re.escape(file.lower())}(?![\w-])")
    return any(
        name.search(text_of(folder / one)) is not None
        for one in entries(folder)
        if one == ".gitignore" or one.lower().startswith("readme")
    )


@lru_cache(maxsize=512)
def _lowered(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def is_a_known_library(module: str) -> bool:
    """Whether a module is one that others publish, as far as the tables know."""
    return module in _known()


@cache
def _known() -> frozenset[str]:
    tables = (_ALSO_CALLED, _BROUGHT_BY)
    named = {name.replace("-", "_") for t in tables for group in t.values() for name in group}
    return frozenset(named.union(owners(), DISTRIBUTIONS, *tables))


def declarations(folder: Path) -> Iterator[Path]:
    """The files of a folder that declare which libraries are needed."""
    inside = entries(folder)
    # Without a suffix it may be a folder as well.
    yield from (
        folder / name
        for name in _declaring(inside)
        if "." in name or name in _FILES or (folder / name).is_file()
        # A module may be called `setup.py` as well.
        if name != "setup.py" or _SETS_UP.search(text_of(folder / name))
    )
    for name in sorted(inside - set(_declaring(inside)) - LOCKS):
        # An environment of conda may be called anything.
        if name.endswith((".yml", ".yaml")) and _LISTS.search(text_of(folder / name)):
            yield folder / name
    for name in _FOLDERS:
        if name in inside:
            texts = (n for n in sorted(entries(folder / name)) if n.endswith((".txt", ".yml")))
            yield from (folder / name / text for text in texts)


@lru_cache(maxsize=2048)
def _declaring(names: frozenset[str]) -> tuple[str, ...]:
    """Those names that declare libraries, the usual ones first."""
    usual = [name for name in _FILES if name in names]
    others = sorted(name for name in names if _DECLARES.search(name.lower()))
    return (*usual, *(name for name in others if name not in usual))


def text_of(file: Path) -> str:
    """The text of a small file in lower case; empty where it cannot be read."""
    try:
        facts = file.stat()
        known = (facts.st_mtime_ns, facts.st_size)  # a clock may stand still between two saves
        return _text_of(str(file), known) if facts.st_size < _LARGEST else ""
    except OSError:
        return ""


def declared_below(notebook: Path) -> tuple[list[Path], list[Path]]:
    """Files of the notebook's repository that declare libraries, aside from the folders above it.

    Those of its own project, in `src` or the like, and those of other folders, which may be
    projects of their own. None where it lies in no repository.
    """
    above = tuple(folders_of(notebook))
    own, others = list[Path](), list[Path]()
    for folder in below(above[-1]) if ".git" in entries(above[-1]) else ():
        if folder not in above:
            shared = next(one for one in above if folder.is_relative_to(one))
            part = folder.relative_to(shared).parts[0].lower()
            (own if part in _SHARED else others).extend(declarations(folder))
    return own, others


def lies_above(dotted: str, notebook: Path) -> Path | None:
    """The folder above the notebook's, or for sources there, that holds a module of a package.

    `src` of `src.orders.read` where `src/orders/read.py` is there: a folder without an
    `__init__.py` is a package, too, for whoever looks into the one that holds it.
    """
    parts = dotted.split(".")
    for folder in [*folders_of(notebook)][1:]:
        for where in (folder, *(folder / part for part in sorted(entries(folder) & SOURCES))):
            inner = where.joinpath(*parts[:-1])
            if f"{parts[-1]}.py" in entries(inner) or "__init__.py" in entries(inner / parts[-1]):
                return where
    return None


def names_unlisted(text: str) -> bool:
    """Whether a library is declared by its address: what that brings along is not known."""
    return _BY_ADDRESS.search(text) is not None


_BY_ADDRESS = re.compile(r"(?m)^\s*(?:-e\s+|-\s+|[\w.-]+\s*@\s*)?(?:git|hg|svn|bzr)\+\w+://")


def told_in_words(folder: Path) -> str:
    """The lines of a folder's README that install something, in lower case.

    A magic that is commented out is quoted from the notebook, and installs nothing.
    """
    readmes = (name for name in sorted(entries(folder)) if name.lower().startswith("readme"))
    lines = (line for name in readmes for line in text_of(folder / name).splitlines())
    return "\n".join(line for line in lines if _INSTALLS.search(line) and not _OFF.match(line))


def is_declared(module: str, text: str, release: str = "", *, brought: bool = True) -> bool:
    """Whether a text declares the library of a module.

    Args:
        module: As it is imported.
        text: Of declarations, in lower case.
        release: A regular expression for what has to follow the name.
        brought: A library that brings it along declares it, too.
    """
    names = (distribution(module).lower(), *_ALSO_CALLED.get(module, ()))
    names += (*_BROUGHT_BY.get(module, ()), *brought_by(module)) if brought else ()
    # As installers do: signs between words are one and the same (PEP 503).
    spelled = "|".join(re.sub(r"[-_.]+", "[-_.]+", name) for name in names)
    if re.search(rf"(?<![\w.-])(?:{spelled})(?![\w-]){release}", text) is not None:
        return True
    # Modules have no signs between their words: `autosklearn` of `auto-sklearn`.
    whole = re.escape(module.lower())
    return re.search(rf"(?<!\w){whole}(?!\w){release}", _without_signs(text)) is not None


@lru_cache(maxsize=4)  # asked for one module after the other
def _without_signs(text: str) -> str:
    """The text with the words of each name in one piece; versions keep their dots."""
    return re.sub(r"(?<=[a-z])[-_](?=[a-z])", "", text)


def is_pinned(module: str, notebook: Path) -> bool:
    """Whether the project says in which release a library is used: `==`, or a lock file."""
    if not notebook.is_file():  # text that was never saved has no files beside it
        return False
    for folder in folders_of(notebook):
        if entries(folder) & LOCKS:
            return True
        text = "\n".join(map(text_of, declarations(folder)))
        if is_declared(module, text, r"(?:\[[\w,]*\])?\s*={1,3}\s*\d"):
            return True
    return False


def below(root: Path) -> Iterator[Path]:
    """Folders of a repository, the nearest first; environments and hidden ones left out."""
    todo = [root]
    for _ in range(_MOST_FOLDERS):
        if not todo:
            return
        folder = todo.pop(0)
        yield folder
        try:
            inner = _inner(str(folder), folder.stat().st_mtime_ns)
        except OSError:
            continue
        todo += [folder / name for name in inner]


@lru_cache(maxsize=2048)  # a repository is gone through for each of its notebooks
def _inner(folder: str, changed: int) -> tuple[str, ...]:
    """Folders in a folder, environments and hidden ones left out."""
    del changed
    with os.scandir(folder) as found:
        names = [one.name for one in found if one.is_dir(follow_symlinks=False)]
    return tuple(sorted(name for name in names if name not in _SKIPPED and name[0] != "."))


_LISTS = re.compile(r"(?m)^dependencies:\s*(#.*)?\n(\s*(#.*)?\n)*\s*- (?!name:)")
"""An environment's list; a chart's, in which each has a name and a version, is another thing."""
_SETS_UP = re.compile(r"(?<!def )\bsetup\s*\(")
_DECLARES = re.compile(r"requi?re?i?ments?.*\.txt$|requirements?$|(environment|conda).*\.ya?ml$")
_OFF = re.compile(r"\s*#+\s*[!%]")
_INSTALLS = re.compile(r"\b(pip3?|conda|mamba|uv)\s+(install|create|add)\b")


@lru_cache(maxsize=512)
def _listed(folder: str, changed: int) -> frozenset[str]:
    del changed
    return frozenset(os.listdir(folder))


@lru_cache(maxsize=256)
def _text_of(file: str, changed: tuple[int, int]) -> str:
    del changed  # part of the key: a file that was edited is read again
    return decoded(Path(file))


def decoded(file: Path) -> str:
    """A file's text in lower case, as its first bytes say how it was written."""
    data = file.read_bytes()
    # As PowerShell writes what `pip freeze >` prints.
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data.decode("utf-16" if wide else "utf-8-sig", errors="replace").lower()
    return text.replace(".", " ") if file.suffix == ".nix" else text  # `pkgs.python3Packages.numpy`
