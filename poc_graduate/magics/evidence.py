"""What the kernel's namespace tells the rules.

Frames are profiled when a rule asks for them. Those that a cell binds again or changes are gone by
then: they are profiled before it runs. While it runs, no frame of the user's is held by us.
"""

from __future__ import annotations

import ast
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from poc_graduate.dataflow import kept
from poc_graduate.dataflow.facts import CellFacts, FrameFacts, RunFacts, Value
from poc_graduate.notebook.model import Notebook
from poc_graduate.observe.probe.profile import frame_facts, is_frame
from poc_graduate.rules.parsed import parsed

SECONDS = 0.003
"""Of computing: what looking at frames may cost before, and again after, a cell."""


class Frames(Mapping[str, FrameFacts]):
    """Name → the frame that it holds, profiled when asked for.

    Args:
        namespace: Where the names are looked up.
        listed: Names that are told when somebody asks which there are.
        known: What is known already; None for frames of which nothing is.
        first: Columns to begin with: those that the cell names.
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        listed: frozenset[str] = frozenset(),
        known: Mapping[str, FrameFacts | None] | None = None,
        first: frozenset[str] = frozenset(),
    ) -> None:
        self._namespace = namespace
        self._listed = listed
        self._first = first
        self._seen: dict[str, FrameFacts | None] = dict(known or {})
        self._left = SECONDS

    def __getitem__(self, name: str) -> FrameFacts:
        if name not in self._seen:
            self._seen[name] = self._look(name)
        found = self._seen[name]
        if found is None:
            raise KeyError(name)
        return found

    def _look(self, name: str) -> FrameFacts | None:
        value = self._namespace.get(name)
        if self._left <= 0 or not is_frame(value):
            return None
        began = time.thread_time()
        try:
            return kept.frame(frame_facts(value, self._left, self._first))
        except Exception:  # a frame of objects that do not behave: nothing is known of it
            return None
        finally:
            self._left -= time.thread_time() - began

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return (name for name in sorted(self._listed) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Values(Mapping[str, Value]):
    """Name → type of its value; fingerprints are not worth a wait."""

    def __init__(self, namespace: Mapping[str, Any], names: frozenset[str]) -> None:
        self._namespace, self._names = namespace, names

    def __getitem__(self, name: str) -> Value:
        if name not in self._names:
            raise KeyError(name)  # as the line below does for a name that is gone
        kind = type(self._namespace[name])
        return Value("", f"{kind.__module__}.{kind.__qualname__}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names & self._namespace.keys())

    def __len__(self) -> int:
        return len(self._names & self._namespace.keys())


class LocalModules:
    """Modules loaded from below the working folder; looked for again when more are loaded."""

    def __init__(self) -> None:
        self._folder = ""
        self._loaded = 0
        self._seen: dict[str, Any] = {}
        self._found: dict[str, str] = {}

    def found(self) -> Mapping[str, str]:
        """Name → file, below the folder that is the working one now."""
        folder = os.getcwd()
        if folder != self._folder:
            self._folder, self._loaded, self._seen, self._found = folder, 0, {}, {}
        if self._loaded == len(sys.modules):
            return self._found
        here = folder.rstrip(os.sep) + os.sep
        ours = __name__.partition(".")[0]
        loaded = dict(sys.modules)
        new = {name: one for name, one in loaded.items() if self._seen.get(name) is not one}
        for name, module in new.items():
            file = getattr(module, "__file__", None)
            if (
                isinstance(file, str)
                and file.startswith(here)
                and "site-packages" not in file
                and name.partition(".")[0] != ours
            ):
                self._found[name] = file[len(here) :]
        self._seen |= new
        self._loaded = len(loaded)
        self._found = {name: file for name, file in self._found.items() if name in loaded}
        return self._found


_MODULES = LocalModules()


@dataclass(frozen=True)
class Mentioned:
    """Names of a cell.

    Attributes:
        names: All.
        bound: Those that it binds.
        changed: Those whose value it changes, as far as its text tells.
        texts: Its strings and attributes, among them names of columns.
    """

    names: frozenset[str]
    bound: frozenset[str]
    changed: frozenset[str]
    texts: frozenset[str]


def mentioned(code: str) -> Mentioned:
    """Look through a cell."""
    names, bound, changed = set[str](), set[str](), set[str]()
    for node in parsed(code).nodes:
        match node:
            case ast.Name(id=name, ctx=context):
                names.add(name)
                if not isinstance(context, ast.Load):
                    bound.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.alias(name=name, asname=other):
                bound.add(other or name.partition(".")[0])
            case (
                ast.Subscript(ctx=ast.Store() | ast.Del())
                | ast.Attribute(ctx=ast.Store() | ast.Del())
            ):
                changed.add(_root(node))
            case ast.Call(func=ast.Attribute() as method, keywords=given):
                if method.attr in _CHANGING or any(k.arg == "inplace" for k in given):
                    changed.add(_root(method))
    texts = {text for _, text in parsed(code).texts}
    texts |= {node.attr for node in parsed(code).nodes if isinstance(node, ast.Attribute)}
    return Mentioned(
        frozenset(names | bound), frozenset(bound), frozenset(changed & names), frozenset(texts)
    )


_CHANGING = frozenset("insert pop update setdefault".split())


def _root(node: ast.expr) -> str:
    """`df` of `df.loc[rows, "a"]`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


class Evidence:
    """What is known about one cell, before and after it ran. Made when it is about to.

    Args:
        notebook: The cells, this one the last.
        namespace: The user's; only looked at.
        states: Gives the states of the random generators.
    """

    def __init__(
        self,
        notebook: Notebook,
        namespace: Mapping[str, Any],
        states: Callable[[], Mapping[str, Any]],
    ) -> None:
        self.notebook = notebook
        self._namespace = namespace
        self._cell = mentioned(notebook.cells[-1].code)
        self._states = states
        self._generators = _digests(states())
        leaving = Frames(namespace, first=self._cell.texts)
        changing = self._cell.bound | self._cell.changed
        self._before = {name: leaving.get(name) for name in sorted(changing & namespace.keys())}

    def observed(self, seconds: float) -> RunFacts:
        """After the cell ran.

        Args:
            seconds: What the user's code took.
        """
        frames = frozenset(n for n in self._cell.names if is_frame(self._namespace.get(n)))
        gone = {name: self._before.get(name) for name in self._cell.bound | self._cell.changed}
        last = len(self.notebook.cells)
        here = CellFacts(
            last,
            seconds=seconds,
            bound=self._cell.bound & self._namespace.keys(),
            changed=self._cell.changed & frames - self._cell.bound,
            values=Values(self._namespace, self._cell.names),
            ambient=_digests(self._states()),
            frames=Frames(
                self._namespace,
                frames & (self._cell.bound | self._cell.changed),
                first=self._cell.texts,
            ),
            modules=_MODULES.found(),
        )
        if last == 1:
            return RunFacts((here,))
        before = Frames(self._namespace, known=gone, first=self._cell.texts)
        return RunFacts((CellFacts(last - 1, frames=before, ambient=self._generators), here))


def _digests(states: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: hashlib.sha256(repr(state).encode()).hexdigest()[:32]
        for name, state in states.items()
    }
