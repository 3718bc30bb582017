"""Is a text Python? Its tree, or what is wrong with it, worked out once for each text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from poc_graduate.notebook.quiet import Quiet

Value = TypeVar("Value")
_KEPT = 2_000_000
"""Characters of source: some notebooks, which an editor asks about again after each edit."""


@dataclass(frozen=True)
class Problem:
    """Why a text is no Python: Python's own message, line and column from 1."""

    message: str
    line: int = 1
    column: int = 1


class Kept(Generic[Value]):
    """What was worked out from texts; those asked for longest ago are forgotten.

    Args:
        limit: Characters of all the texts together.
    """

    def __init__(self, limit: int = _KEPT) -> None:
        self._limit, self._size, self._lock = limit, 0, Lock()
        self._values: dict[Hashable, tuple[Value, int]] = {}

    def get(self, key: Hashable, size: int, work: Callable[[], Value]) -> Value:
        """What `work` gave for this key, or gives now.

        Args:
            key: A text, or a tuple with one.
            size: Its length.
            work: Called where the key is new.
        """
        with self._lock:
            found = self._values.pop(key, None)
            if found is not None:
                self._values[key] = found  # asked for just now
                return found[0]
        value = work()
        with self._lock:
            if key not in self._values:
                self._values[key] = value, size
                self._size += size
            while self._size > self._limit and len(self._values) > 1:
                self._size -= self._values.pop(next(iter(self._values)))[1]
        return value

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self._size = 0


_TREES = Kept[ast.Module | Problem]()


def problem_of(code: str) -> Problem | None:
    """What keeps `code` from being Python (top-level `await` allowed); None if nothing does."""
    found = _TREES.get(code, len(code), lambda: _tree_or_problem(code))
    return found if isinstance(found, Problem) else None


def tree_of(code: str) -> ast.Module:
    """The tree of a cell, top-level `await` allowed; others hold it too: to be read only.

    Raises:
        SyntaxError: it is no Python.
    """
    found = _TREES.get(code, len(code), lambda: _tree_or_problem(code))
    return _compiled(code) if isinstance(found, Problem) else found


def forget_trees() -> None:
    """Forget all trees: who reads many notebooks one after the other meets no cell again."""
    _TREES.forget()


def _tree_or_problem(code: str) -> ast.Module | Problem:
    if "\0" in code:  # Python tells no place
        before = code.partition("\0")[0]
        return Problem("a null byte", before.count("\n") + 1, len(before) - before.rfind("\n"))
    try:
        return _compiled(code)
    except SyntaxError as broken:
        return Problem(broken.msg or "invalid syntax", broken.lineno or 1, broken.offset or 1)
    except UnicodeEncodeError as broken:
        # The offset counts characters of the whole text.
        before = code[: broken.start]
        column = broken.start - before.rfind("\n")
        return Problem("a character is half of a pair", before.count("\n") + 1, column)
    except (RecursionError, MemoryError):
        return Problem("nested too deeply for Python")


def _compiled(code: str) -> ast.Module:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with Quiet():  # doubtful escapes and the like are ruff's business
        tree: ast.Module = compile(code, "<cell>", "exec", flags)
    return tree
