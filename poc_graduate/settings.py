"""`[tool.poc_graduate]` of the nearest `pyproject.toml`, read once, typed."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from poc_graduate.errors import UsageError

_LISTS = ("select", "ignore", "exclude")
_KEYS = (*_LISTS, "per-file-ignores")


@dataclass(frozen=True)
class Settings:
    """What a project asks of `check`.

    Attributes:
        select: Codes and prefixes to run; empty for all.
        ignore: Codes and prefixes left out.
        exclude: Patterns of files and folders that are not looked at.
        per_file_ignores: Pattern → codes and prefixes left out in files that match.
        folder: Where the file stands; patterns are relative to it.
        file: The file; None where nothing is asked.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    folder: Path = field(default_factory=Path)
    file: Path | None = None

    def ignored_in(self, path: Path) -> tuple[str, ...]:
        """Codes and prefixes left out in one file, by its own patterns."""
        return tuple(
            code
            for pattern, codes in self.per_file_ignores
            if self._matches(path, pattern)
            for code in codes
        )

    def excludes(self, path: Path) -> bool:
        """Whether a file is not looked at."""
        return any(self._matches(path, pattern) for pattern in self.exclude)

    def _matches(self, path: Path, pattern: str) -> bool:
        full = path.resolve()
        try:
            within = full.relative_to(self.folder.resolve())
        except ValueError:
            within = full
        names = [str(within), path.name, *(str(parent) for parent in within.parents)]
        return any(fnmatch(name, pattern.rstrip("/")) for name in names)


class Nearest:
    """The settings of each notebook: those nearest above its folder, each file read once.

    Args:
        always: What holds for all notebooks instead.
    """

    def __init__(self, always: Settings | None = None) -> None:
        self._always, self._of = always, dict[Path, Settings]()

    def of(self, notebook: Path) -> Settings:
        """What holds for a notebook.

        Raises:
            UsageError: the file is no TOML, or a key is unknown or of the wrong type.
        """
        if self._always is not None:
            return self._always
        return self._in(Path(os.path.abspath(notebook)).parent)

    def _in(self, folder: Path) -> Settings:
        if folder not in self._of:
            found = _settings_in(folder)
            if found is None and folder.parent != folder:
                found = self._in(folder.parent)
            self._of[folder] = found or Settings()
        return self._of[folder]


def read_settings(start: Path) -> Settings:
    """The settings that hold in a folder.

    Args:
        start: Where to begin; folders above it are searched for `[tool.poc_graduate]`.

    Raises:
        UsageError: the file is no TOML, or a key is unknown or of the wrong type.
    """
    return Nearest().of(start / "notebook.ipynb")


def _settings_in(folder: Path) -> Settings | None:
    """What the folder's own `pyproject.toml` asks; None where it asks nothing."""
    file = folder / "pyproject.toml"
    if not file.is_file():
        return None
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError) as broken:
        raise UsageError(f"{file} cannot be read: {broken}", remedy="mend it") from None
    tools = table.get("tool")
    ours = tools.get("poc_graduate") if isinstance(tools, dict) else None
    return _settings(ours, file) if isinstance(ours, dict) else None


def _settings(table: dict[str, Any], file: Path) -> Settings:
    for key in table:
        if key not in _KEYS:
            raise UsageError(
                f"{file}: [tool.poc_graduate] has no key {key!r}",
                remedy=f"the keys are {', '.join(_KEYS)}",
            )
    lists = {key: _words(table.get(key, []), key, file) for key in _LISTS}
    per_file = table.get("per-file-ignores", {})
    if not isinstance(per_file, dict):
        raise UsageError(f"{file}: per-file-ignores is no table of patterns and codes")
    return Settings(
        **lists,
        per_file_ignores=tuple(
            (pattern, _words(codes, f"per-file-ignores.{pattern}", file))
            for pattern, codes in per_file.items()
        ),
        folder=file.parent,
        file=file,
    )


def _words(value: object, key: str, file: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise UsageError(f"{file}: {key} is no list of texts", remedy=f'write {key} = ["POC1"]')
    return tuple(value)
