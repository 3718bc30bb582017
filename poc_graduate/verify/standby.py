"""A Ploomber that is loaded already: builds in forks of itself, as often as it is asked.

Loading Ploomber takes longer than building a small pipeline, and a proof may take several builds.
Where it is told what tasks import, their kernels are forks as well (`kernels/tasks.py`).
This file is run as a script, in a process of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable

from poc_graduate.kernels.parent import unfit
from poc_graduate.kernels.ploomber import EarlyEnvironment, load
from poc_graduate.kernels.tasks import TaskParents


def build(router: Callable[[], object], folder: str, said: str, parents: TaskParents | None) -> int:
    """`ploomber build --force` in a fork; its exit status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.chdir(folder)
        sys.argv = ["ploomber", "build", "--force"]
        with parents.used() if parents is not None else contextlib.nullcontext():
            router()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as failure:  # told to whoever asked, by the status and the text
        print(f"{type(failure).__name__}: {failure}", file=sys.stderr)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    """Answer each line of JSON with the exit status of the build that it asks for."""
    early = EarlyEnvironment()
    parents = None if unfit() else TaskParents(sys.argv[1])
    router = load(early)
    for line in sys.stdin:
        asked = json.loads(line)
        warm = parents if asked["chains"] else None
        if warm is not None:
            warm.prepare(asked["chains"])
        print(build(router, asked["folder"], asked["said"], warm), flush=True)


if __name__ == "__main__":
    main()
