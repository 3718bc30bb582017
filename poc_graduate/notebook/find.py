"""Notebooks among files, folders and patterns."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SKIPPED = frozenset("__pycache__ node_modules site-packages build dist products".split())
_HEAD = 16_384
"""Bytes of a text file in which it shows that it is a notebook."""
_SCRIPT = re.compile(
    r"\A\s*(#!.*\n|# -\*-.*\n|\s)*# ---\n(#.*\n)*?# (jupyter|jupytext):|^# ?%%", re.MULTILINE
)
_MARKDOWN = re.compile(r"\A\s*---\n(?:(?!---).*\n)*?(jupyter|jupytext):")


@dataclass(frozen=True)
class Place:
    """A notebook to look at.

    Attributes:
        path: Its file.
        named: Somebody named this very file; else it was come across.
    """

    path: Path
    named: bool


def notebooks_among(paths: Iterable[Path]) -> Iterator[Place]:
    """Notebooks among files, folders and patterns, in order, each once.

    In folders and for patterns, `.ipynb` files are taken, and of scripts and Markdown files those
    that show it; hidden folders and checkpoints are passed over.

    Args:
        paths: Files, taken as they are; folders; patterns such as `notebooks/*.py`.
    """
    seen = set[Path]()
    for place in _all(paths):
        if place.path not in seen:
            seen.add(place.path)
            yield place


def _all(paths: Iterable[Path]) -> Iterator[Place]:
    for path in paths:
        if path.is_dir():
            yield from (Place(found, False) for found in _within(path))
        elif glob.has_magic(str(path)) and not os.path.lexists(path):
            for name in sorted(glob.glob(str(path), recursive=True)):
                found = Path(name)
                if found.is_dir():
                    yield from (Place(inner, False) for inner in _within(found))
                elif _is_notebook(name):
                    yield Place(found, False)
        else:
            yield Place(path, True)


def _within(folder: Path) -> Iterator[Path]:
    for here, inner, files in os.walk(folder):
        inner[:] = sorted(n for n in inner if not n.startswith(".") and n not in _SKIPPED)
        yield from (Path(here, n) for n in sorted(files) if _is_notebook(os.path.join(here, n)))


def _is_notebook(name: str) -> bool:
    suffix = os.path.splitext(name)[1].lower()
    if suffix == ".ipynb":
        return True
    shows = {".py": _SCRIPT, ".md": _MARKDOWN}.get(suffix)
    if shows is None or not os.path.isfile(name):  # to open a pipe may never end
        return False
    try:
        with open(name, encoding="utf-8", errors="replace") as file:
            return shows.search(file.read(_HEAD)) is not None
    except OSError:
        return False
