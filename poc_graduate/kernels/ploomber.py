"""Ploomber's command line, loaded without what no build needs."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable


def load() -> Callable[[], object]:
    """What runs the command that `sys.argv` names."""
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
