"""Runs a project's tests in a shuffled order: a script, without importing poc_graduate.

    python unchanged.py SEED

It is run in a copy of the project, and exits as pytest does.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    del sys.path[0]  # the modules beside this script must not hide those of the same name

import random
from typing import Any

import pytest


class Shuffled:
    """Pytest plugin: tests in an order drawn from a seed, those of a file together."""

    def __init__(self, seed: int) -> None:
        self.drawn = random.Random(seed)

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Called by pytest when it knows all tests."""
        files: dict[str, list[Any]] = {}
        for item in items:
            files.setdefault(str(item.path), []).append(item)
        order = sorted(files)
        self.drawn.shuffle(order)
        for path in order:
            self.drawn.shuffle(files[path])
        items[:] = [item for path in order for item in files[path]]


if __name__ == "__main__":
    options = ["tests", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:randomly"]
    raise SystemExit(pytest.main(options, plugins=[Shuffled(int(sys.argv[1]))]))
