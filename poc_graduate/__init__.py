"""From a notebook to a Ploomber pipeline that provably computes the same.

>>> import poc_graduate
>>> exported = poc_graduate.export("churn_poc.ipynb", to="churn")
>>> exported.certificate.equal
True
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from poc_graduate.api import batch, check, contract_check, contract_learn, export, plan, verify

__version__ = "0.1.0"
__all__ = ["batch", "check", "contract_check", "contract_learn", "export", "plan", "verify"]


def __getattr__(name: str) -> Any:
    """Load the verbs when they are first used: `import poc_graduate` itself stays fast."""
    if name in __all__:
        from poc_graduate import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext poc_graduate`."""
    import_module("poc_graduate.magics").load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext poc_graduate`."""
    import_module("poc_graduate.magics").unload(shell)


class _Package(ModuleType):
    """Keeps the rooms `plan` and `verify` from hiding the verbs of the same names."""

    def __setattr__(self, name: str, value: object) -> None:
        # the import system binds each room that it has loaded to a name in its parent
        if name not in __all__ or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
