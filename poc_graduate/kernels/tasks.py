"""Kernels of a pipeline's tasks: what several import is imported once, and each forked from it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from poc_graduate.kernels.parent import Parent, start


class TaskParents:
    """Zygotes that have imported what tasks import first; one for each list of modules.

    Args:
        folder: Home of their sockets; new or empty.
    """

    def __init__(self, folder: str) -> None:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.folder = folder
        self.chains: Mapping[str, list[list[str]]] = {}
        root = os.path.join(folder, "0")
        self.process = start(root)
        self.known: dict[tuple[str, ...], Parent] = {(): Parent(root)}

    def prepare(self, chains: Mapping[str, list[list[str]]]) -> None:
        """Let all of them import, while others begin.

        Args:
            chains: Task → what to import, one process forked from the other; see
                `imports.chained`.
        """
        self.chains = chains
        for chain in chains.values():
            parent = self.known[()]
            for modules in chain:
                if tuple(modules) not in self.known:
                    address = os.path.join(self.folder, str(len(self.known)))
                    self.known[tuple(modules)] = parent.branch(modules, address)
                parent = self.known[tuple(modules)]

    def parent(self, task: str) -> Parent:
        """What a task's kernel is forked from."""
        chain = self.chains.get(task)  # empty where the task imports nothing
        return self.known[tuple(chain[-1]) if chain else ()]

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """Let the kernels of papermill's own engine be forks of these."""
        from papermill.engines import papermill_engines

        from poc_graduate.kernels.engine import WarmEngine

        parents = self

        class TaskEngine(WarmEngine):
            @classmethod
            def parent(cls, notebook: Any) -> Parent:
                output = str(notebook.metadata.papermill.output_path)
                return parents.parent(PurePath(output).stem)

        plain = papermill_engines.get_engine(None)
        papermill_engines.register(None, TaskEngine)
        try:
            yield
        finally:
            papermill_engines.register(None, plain)
