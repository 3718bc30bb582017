"""Names of types and paths, the same wherever the notebook's code runs."""

from __future__ import annotations

import os
import sys
from typing import Any


class Naming:
    """Names of types and modules, the same before and after code has moved to a package.

    Args:
        package: Name of the generated package, whose classes count as the notebook's own.
        folder: Modules below it count as the notebook's own too.
    """

    def __init__(self, package: str = "", folder: str = "") -> None:
        self.package = package
        self.root = folder
        self.folder = os.path.join(folder, "") if folder else ""
        self._local: dict[str, bool] = {"__main__": True}

    def local(self, module: Any) -> bool:
        """True for `__main__`, the generated package and modules in the notebook's folder."""
        if not isinstance(module, str):
            return False
        known = self._local.get(module)
        if known is None:
            file = getattr(sys.modules.get(module), "__file__", None) or ""
            below = bool(self.folder) and str(file).startswith(self.folder)
            known = module.split(".")[0] == self.package or (below and "site-packages" not in file)
            self._local[module] = known
        return known

    def of(self, kind: type) -> str:
        """Qualified name of a type; only its last part for the notebook's own."""
        if self.local(kind.__module__):
            return kind.__qualname__.rpartition(".")[2]
        return qualified(kind)


def qualified(kind: type) -> str:
    """`module.Name` of a type."""
    return f"{kind.__module__}.{kind.__qualname__}"


def from_root(value: Any, root: str) -> Any:
    """The same primitives, with paths below the folder `root` counted from there.

    The notebook runs in one folder and the pipeline in another: `os.getcwd()` is the same value
    in both, as far as anybody can compare it.
    """
    if isinstance(value, str):
        return value.replace(root, "<folder>")
    if isinstance(value, (list, tuple)):
        return type(value)(from_root(item, root) for item in value)
    if isinstance(value, dict):
        return {from_root(key, root): from_root(item, root) for key, item in value.items()}
    return value
