"""Modules of the notebook's own: which ones a cell has loaded, and their code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from . import ambient


class Modules:
    """Modules below the folder that the kernel started in.

    Attributes:
        first: Names of those that were loaded before the first cell.
    """

    def __init__(self, start_folder: str) -> None:
        self.start_folder = start_folder
        self.known: set[str] = set(sys.modules)
        self.first = frozenset(self.known)

    def new(self) -> dict[str, str]:
        """Modules loaded from below the start folder since the last cell."""
        now = set(sys.modules)
        found: dict[str, str] = {}
        for name in sorted(now - self.known):
            file = getattr(sys.modules.get(name), "__file__", None)
            if isinstance(file, str) and "site-packages" not in file and name != "__main__":
                path = ambient.relative(file, self.start_folder)
                if not os.path.isabs(path):
                    found[name] = path
        self.known = now
        return found

    def sources(self, modules: Mapping[str, str]) -> str:
        """Code of modules of the notebook's own."""
        parts = [""]
        for path in modules.values():
            try:
                with open(os.path.join(self.start_folder, path), encoding="utf-8") as text:
                    parts.append(text.read(200_000))
            except (OSError, UnicodeDecodeError):
                continue
        return "\n".join(parts)
