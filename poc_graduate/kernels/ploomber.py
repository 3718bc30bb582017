"""Ploomber's command line, loaded without what no build needs."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable

_SETS = "KMP_INIT_AT_FORK"
_UNUSED: dict[str, tuple[str, ...]] = {
    # ploomber-engine, which papermill loads with its other engines, draws memory profiles.
    "matplotlib": (),
    "matplotlib.pyplot": (),
    # Debuggers, with all of a terminal's comforts: a build has no terminal.
    "ipdb": (),
    "IPython.terminal.debugger": ("Pdb", "TerminalPdb"),
}
"""Modules that Ploomber imports at once, and what of them it names then."""
_FOR_OTHER_TASKS = ("numpy", "pandas", "pyarrow", "sqlalchemy")
"""It does without them where they are not installed: for tasks in SQL and for serializers alone."""


class EarlyEnvironment:
    """The environment as it will be when Ploomber is loaded, so that zygotes can start before.

    joblib, which Ploomber loads, sets a variable, which its kernels inherit; a zygote that was
    started without it would refuse them. Where joblib is not loaded after all it is taken back:
    kernels then start as usual. Source: joblib/__init__.py.
    """

    def __init__(self) -> None:
        self.ours = _SETS not in os.environ
        os.environ.setdefault(_SETS, "FALSE")

    def settle(self) -> None:
        """Ploomber is loaded."""
        if self.ours and "joblib" not in sys.modules:
            del os.environ[_SETS]


def load(early: EarlyEnvironment, *, plain: bool = False) -> Callable[[], object]:
    """What runs the command that `sys.argv` names.

    Args:
        early: Made before the first zygote was started.
        plain: Whether all tasks are scripts, with products that are files.
    """
    # jsonschema compiles a grammar that nobody uses.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    for name, given in _UNUSED.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(dict.fromkeys(given))
    missed = [name for name in _FOR_OTHER_TASKS if plain and name not in sys.modules]
    for name in missed:
        sys.modules[name] = None  # type: ignore[assignment]
    import ploomber.cli.build  # noqa: F401
    from ploomber_cli.cli import cmd_router

    for name in (*_UNUSED, *missed):
        del sys.modules[name]
    early.settle()
    router: Callable[[], object] = cmd_router
    return router
