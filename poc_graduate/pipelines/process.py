"""Ploomber builds a project, its tasks' kernels forks of processes that have their libraries.

This file is run as a script in a process of its own, in the project's folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile

from poc_graduate.kernels.parent import end, unfit
from poc_graduate.kernels.ploomber import EarlyEnvironment, load
from poc_graduate.kernels.tasks import TaskParents


def main(chains: str, *options: str) -> None:
    """Build; the exit status is Ploomber's.

    Args:
        chains: As JSON: task → what its kernel may have imported (`kernels.imports.chained`).
        options: Of `ploomber build`.
    """
    wanted = json.loads(chains)
    early = EarlyEnvironment()
    with contextlib.ExitStack() as stack:
        if wanted and not unfit():
            folder = tempfile.mkdtemp(prefix="poc-warm-")
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            parents = TaskParents(folder)
            stack.callback(end, parents.process)
            parents.prepare(wanted)  # they import while this process loads Ploomber
            router = load(early)
            stack.enter_context(parents.used())
        else:
            router = load(early)
        sys.argv = ["ploomber", "build", *options]
        router()


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())  # as `python -m ploomber` has it
    main(*sys.argv[1:])
