"""A Ploomber that is loaded already: builds in forks of itself, as often as it is asked.

Loading Ploomber takes longer than building a small pipeline, and a proof may take several builds.
This file is run as a script, in a process of its own and without importing the package.
"""

from __future__ import annotations

import json
import os
import sys
import types
from collections.abc import Callable


def load() -> Callable[[], object]:
    """Ploomber's command line, without what no build needs."""
    # jsonschema compiles a grammar that nobody uses, and ploomber-engine, which papermill loads
    # with its other engines, imports pyplot to draw memory profiles.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    for name in ("matplotlib", "matplotlib.pyplot"):
        sys.modules[name] = types.ModuleType(name)
    import ploomber.cli.build  # noqa: F401
    from ploomber_cli.cli import cmd_router

    for name in ("matplotlib", "matplotlib.pyplot"):
        del sys.modules[name]
    router: Callable[[], object] = cmd_router
    return router


def build(router: Callable[[], object], folder: str, said: str) -> int:
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


if __name__ == "__main__":
    ploomber_cli = load()
    for line in sys.stdin:
        asked = json.loads(line)
        print(build(ploomber_cli, asked["folder"], asked["said"]), flush=True)
