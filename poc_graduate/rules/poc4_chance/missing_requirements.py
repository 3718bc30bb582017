"""POC405 missing-requirements."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Rule
from poc_graduate.rules.view import CellView, NotebookView

_FILES = (
    "requirements.txt", "pyproject.toml", "environment.yml", "environment.yaml", "setup.py",
    "setup.cfg", "Pipfile", "conda.yml", "conda.yaml", "requirements-dev.txt",
    "requirements_dev.txt", "dev-requirements.txt", "requirements.in", "env.yml", "env.yaml",
)  # fmt: skip
_FOLDERS = ("requirements", "binder", ".binder")
_SOURCES = frozenset({"src", "lib", "code", "scripts", "utils"})
_UP = 6
"""Folders above the notebook's that are looked into, where no repository begins before."""
_LARGEST = 200_000
_LISTED = 3
# Comes with Python, IPython or Jupyter, or belongs to the place where the notebook runs.
_THERE = frozenset(
    "IPython ipykernel ipywidgets google kaggle_secrets dbutils pyspark __main__ builtins "
    "pkg_resources setuptools pip notebook jupyterlab nbformat mpl_toolkits poc_graduate".split()
)
# Module → names under which it is declared, where that is another.
_DECLARED_AS = {
    "sklearn": ("scikit-learn", "sklearn"), "cv2": ("opencv",), "PIL": ("pillow",),
    "bs4": ("beautifulsoup4", "bs4"), "yaml": ("pyyaml", "yaml"), "skimage": ("scikit-image",),
    "dateutil": ("python-dateutil", "pandas"), "Bio": ("biopython",), "umap": ("umap-learn",),
    "imblearn": ("imbalanced-learn", "imblearn"), "dotenv": ("python-dotenv", "dotenv"),
    "pytorch_lightning": ("pytorch-lightning", "lightning"), "fitz": ("pymupdf",),
    "tensorflow": ("tensorflow", "tf-nightly"), "keras": ("keras", "tensorflow"),
    "numpy": ("numpy", "pandas", "scipy", "scikit-learn"), "joblib": ("joblib", "scikit-learn"),
    "scipy": ("scipy", "scikit-learn", "statsmodels"), "pytz": ("pytz", "pandas"),
    "torch": ("torch", "pytorch"), "MySQLdb": ("mysqlclient",), "psycopg2": ("psycopg2",),
    "mpl_finance": ("mpl-finance", "mpl_finance"), "docx": ("python-docx",), "wx": ("wxpython",),
    "serial": ("pyserial",), "OpenSSL": ("pyopenssl",), "jose": ("python-jose",),
    "slugify": ("python-slugify",), "magic": ("python-magic",), "Levenshtein": ("levenshtein",),
    "pkg_resources": ("setuptools",), "attr": ("attrs",), "git": ("gitpython",),
    "community": ("python-louvain",), "plotly": ("plotly",), "osgeo": ("gdal",),
    "faiss": ("faiss",), "sentence_transformers": ("sentence-transformers",),
}  # fmt: skip


class MissingRequirements(Rule):
    """A library is imported that no file of the repository declares.

    Why it bites: on another machine the import fails, or gives another release, and nobody knows
    with which one the results were computed.
    On export: the project's requirements name every library with the version of the observed run.
    """

    code, name, severity = "POC405", "missing-requirements", Severity.RISK
    message = "{modules} {declared}; on another machine {outcome}"

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        path = notebook.notebook.path
        if not path.is_file():  # text that was never saved has no files beside it
            return
        folders = tuple(_folders(path))
        files = [file for folder in folders for file in _declarations(folder)]
        # A notebook of its own is a draft; one in a repository is meant for others.
        if not files and ".git" not in _entries(folders[-1]):
            return
        found: dict[str, tuple[ast.stmt, CellView]] = {}
        for module, node, cell in _imported(notebook):
            if module not in found and not _is_local(module, folders):
                found[module] = (node, cell)
        text = "\n".join(filter(None, map(_read, files))) + _installed(notebook)
        missing = [module for module in found if not _is_declared(module, text)]
        if not missing:
            return
        node, cell = found[missing[0]]
        names = ", ".join(f"`{module}`" for module in missing[:_LISTED])
        if len(missing) > _LISTED:
            names += f" and {len(missing) - _LISTED} more"
        many = len(missing) > 1
        if files:
            declared = f"{'are' if many else 'is'} imported and not declared in {files[0].name}"
            yield self.found(
                node, cell, modules=names, declared=declared, outcome="the import fails"
            )
        else:
            declared = f"{'are' if many else 'is'} imported and no file here says which release"
            yield self.found(
                node, cell, severity=Severity.NOTE, modules=names, declared=declared,
                outcome="another one is installed, or none",
            )  # fmt: skip


def _imported(notebook: NotebookView) -> Iterator[tuple[str, ast.stmt, CellView]]:
    """Modules of other people that are imported at the top of a cell, each with its place."""
    for cell in notebook.cells:
        for node in cell.body:
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                module = name.partition(".")[0]
                known = module in sys.stdlib_module_names or module in _THERE
                if module and not known and not module.startswith("_"):
                    yield module, node, cell


def _folders(notebook: Path) -> Iterator[Path]:
    """The notebook's folder and those above it, up to where the repository begins."""
    folder = notebook.absolute().parent
    for _ in range(_UP):
        yield folder
        if ".git" in _entries(folder) or folder.parent == folder or folder == Path.home():
            return
        folder = folder.parent


def _entries(folder: Path) -> frozenset[str]:
    """What a folder holds; a folder's time changes with its entries."""
    try:
        return _listed(str(folder), folder.stat().st_mtime_ns)
    except OSError:
        return frozenset()


@lru_cache(maxsize=512)
def _listed(folder: str, changed: int) -> frozenset[str]:
    del changed
    return frozenset(os.listdir(folder))


def _is_local(module: str, folders: tuple[Path, ...]) -> bool:
    own = {f"{module}.py", module}
    for folder in folders:
        inside = _entries(folder)
        if inside & own or any(_entries(folder / part) & own for part in inside & _SOURCES):
            return True
    return False


def _declarations(folder: Path) -> Iterator[Path]:
    inside = _entries(folder)
    yield from (folder / name for name in _FILES if name in inside)
    for name in _FOLDERS:
        if name in inside:
            texts = (n for n in sorted(_entries(folder / name)) if n.endswith((".txt", ".yml")))
            yield from (folder / name / text for text in texts)


def _read(file: Path) -> str:
    try:
        facts = file.stat()
        known = (facts.st_mtime_ns, facts.st_size)  # a clock may stand still between two saves
        return _text_of(str(file), known) if facts.st_size < _LARGEST else ""
    except OSError:
        return ""


@lru_cache(maxsize=256)
def _text_of(file: str, changed: tuple[int, int]) -> str:
    del changed  # part of the key: a file that was edited is read again
    return Path(file).read_text(encoding="utf-8", errors="replace").lower()


def _installed(notebook: NotebookView) -> str:
    """Commands of the notebook that install something."""
    return "\n".join(
        magic.arguments.lower()
        for cell in notebook.cells
        for magic in cell.cell.magics
        if "install" in magic.arguments
    )


def _is_declared(module: str, text: str) -> bool:
    names = _DECLARED_AS.get(module, (module.lower(),))
    return any(
        re.search(rf"(?<![\w.]){re.escape(name).replace('_', '[-_.]')}", text)
        or re.search(rf"(?<![\w.]){re.escape(name.replace('-', '_'))}", text)
        or re.search(rf"(?<![\w.]){re.escape(name.replace('_', '-'))}", text)
        for name in names
    )
