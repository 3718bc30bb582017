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
from typing import NoReturn

from poc_graduate.kernels.leaving import call_exit_functions
from poc_graduate.kernels.parent import end as end_zygote
from poc_graduate.kernels.parent import unfit
from poc_graduate.kernels.ploomber import EarlyEnvironment, load
from poc_graduate.kernels.tasks import TaskParents


def main(chains: str, plain: str, *options: str) -> None:
    """Build; the exit status is Ploomber's.

    Args:
        chains: As JSON: task → what its kernel may have imported (`kernels.imports.chained`).
        plain: As JSON: whether all tasks are scripts, with products that are files.
        options: Of `ploomber build`.
    """
    wanted, all_scripts = json.loads(chains), json.loads(plain)
    early = EarlyEnvironment()
    with contextlib.ExitStack() as stack:
        if wanted and not unfit():
            folder = tempfile.mkdtemp(prefix="poc-warm-")
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            parents = TaskParents(folder)
            stack.callback(end_zygote, parents.process)
            parents.prepare(wanted)  # they import while this process loads Ploomber
            router = load(early, plain=all_scripts)
            stack.enter_context(parents.used())
        else:
            router = load(early, plain=all_scripts)
        sys.argv = ["ploomber", "build", *options]
        router()


def end(status: int) -> NoReturn:
    """End this process without taking two thousand modules apart, which takes as long as a task."""
    call_exit_functions()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())  # as `python -m ploomber` has it
    try:
        main(*sys.argv[1:])
    except SystemExit as ended:
        if isinstance(ended.code, str):
            raise  # a text is for standard error
        end(ended.code or 0)
