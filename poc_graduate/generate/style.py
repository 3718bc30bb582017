"""Generated Python as ruff formats it; what remains of the author's own style is marked."""

from __future__ import annotations

import ast
import functools
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from poc_graduate.errors import GraduateError


def formatted(
    files: Mapping[str, str], pyproject: str, *, beside: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Format with ruff, then mark the lines of the author's that its default rules would flag.

    Args:
        files: Path → Python text.
        pyproject: The project's configuration, which ruff reads.
        beside: Files of the project that are there already: they tell ruff what is its own.

    Raises:
        GraduateError: formatting changed what the code says (a fault of ours).
    """
    with tempfile.TemporaryDirectory(prefix="poc-graduate-style-") as folder:
        root = Path(folder)
        (root / "pyproject.toml").write_text(pyproject, encoding="utf-8")
        for path, text in {**(beside or {}), **files}.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        _ruff("format", root)
        _ruff("check --add-noqa", root)
        _ruff("format", root)
        result = {path: (root / path).read_text(encoding="utf-8") for path in files}
    for path, text in result.items():
        if text != files[path] and _meaning(text) != _meaning(files[path]):
            raise GraduateError(f"formatting changed the meaning of {path}")
    return result


def tidied(
    files: Mapping[str, str], pyproject: str, *, beside: Mapping[str, str]
) -> dict[str, str]:
    """Files from which something was taken: without imports that nothing needs any more.

    Args:
        files: Path → Python text.
        pyproject: The project's configuration, which ruff reads.
        beside: Files of the project that are there already: they tell ruff what is its own.
    """
    with tempfile.TemporaryDirectory(prefix="poc-graduate-style-") as folder:
        root = Path(folder)
        (root / "pyproject.toml").write_text(pyproject, encoding="utf-8")
        for path, text in {**beside, **files}.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        _ruff("check --select F401 --fix", root)
        _ruff("format", root)
        return {path: (root / path).read_text(encoding="utf-8") for path in files}


@functools.lru_cache(maxsize=1000)
def _meaning(text: str) -> bytes:
    """A digest of the syntax tree, docstrings by their words: formatting indents them anew."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.kind = None  # the `u` of Python 2 before a string means nothing
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            match first:
                case ast.Expr(value=ast.Constant(value=str() as words) as constant):
                    constant.value = " ".join(words.split())
    return hashlib.sha256(ast.dump(tree).encode()).digest()


def _ruff(command: str, root: Path) -> None:
    arguments = [sys.executable, "-m", "ruff", *command.split(), "--quiet", "--no-cache", str(root)]
    done = subprocess.run(arguments, cwd=root, capture_output=True, text=True, check=False)
    # 1 is what a check ends with that found something, and what Python does without ruff.
    expected = (0, 1) if command.startswith("check") else (0,)
    if done.returncode not in expected:
        raise GraduateError(f"ruff failed: {done.stderr.strip()}")


def check_cells(name: str, text: str, expected: int) -> None:
    """Jupytext must find the cells that were written.

    Raises:
        GraduateError: it finds another number.
    """
    import jupytext

    found = len(jupytext.reads(text, fmt={"extension": ".py"}).cells)
    if found != expected:
        raise GraduateError(f"task {name}: {expected} cells were written, {found} are read back")
