"""From a notebook to a Ploomber pipeline that provably computes the same."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["export", "plan", "verify"]


def __getattr__(name: str) -> Any:
    """Load the verbs when they are first used: `import poc_graduate` itself stays fast."""
    if name in __all__:
        from poc_graduate import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
