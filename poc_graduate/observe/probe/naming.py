"""Names of types and paths, the same wherever the notebook's code runs."""

from __future__ import annotations

import os
import sys
import types
from typing import Any


class Naming:
    """Names of types and modules, the same before and after code has moved to a package.

    Args:
        package: Name of the generated package, whose classes count as the notebook's own.
        folder: Modules below it count as the notebook's own too, and paths from there.
        moved: The scratch copy, and what it is a copy of: modules and paths above the folder.
    """

    def __init__(
        self, package: str = "", folder: str = "", moved: tuple[str, str] = ("", "")
    ) -> None:
        self.package = package
        self.moves = tuple((here, there) for here, there in ((folder, "<folder>"), moved) if here)
        # Files above the folder lie in the same copy; in a project they lie below its own folder.
        self.folders = tuple(os.path.join(here, "") for here, _ in self.moves)
        self._local: dict[str, bool] = {"__main__": True}

    def local(self, module: Any) -> bool:
        """True for `__main__`, the generated package and modules in the notebook's folder."""
        if not isinstance(module, str):
            return False
        known = self._local.get(module)
        if known is None:
            file = getattr(sys.modules.get(module), "__file__", None) or ""
            below = str(file).startswith(self.folders) if self.folders else False
            known = module.split(".")[0] == self.package or (below and "site-packages" not in file)
            self._local[module] = known
        return known

    def is_moved(self, data: bytes) -> bool:
        """True where written text holds a path that is another one elsewhere."""
        return any(here.encode() in data for here, _ in self.moves)

    def unmoved(self, value: Any) -> Any:
        """The same primitives, with paths counted from the folder.

        The notebook runs in one folder and the pipeline in another: `os.getcwd()` is the same
        value in both, as far as anybody can compare it.
        """
        if isinstance(value, str):
            for here, there in self.moves:
                value = value.replace(here, there)
            return value
        if isinstance(value, (list, tuple)):
            return type(value)(map(self.unmoved, value))
        if isinstance(value, dict):
            return {self.unmoved(key): self.unmoved(item) for key, item in value.items()}
        return value

    def of(self, kind: type) -> str:
        """Qualified name of a type; only its last part for the notebook's own."""
        if self.local(kind.__module__):
            return kind.__qualname__.rpartition(".")[2]
        return qualified(kind)


def qualified(kind: type) -> str:
    """`module.Name` of a type."""
    return f"{kind.__module__}.{kind.__qualname__}"


def module_name(module: types.ModuleType) -> str:
    """Its name, without waking a module that loads itself when first looked at."""
    return str(types.ModuleType.__getattribute__(module, "__name__"))


def a(noun: str) -> str:
    """The noun with its article."""
    return "{} {}".format("an" if noun[:1].lower() in "aeiou" else "a", noun)
