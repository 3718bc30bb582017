"""The verbs, each a short script through the rooms, from check to batch."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from poc_graduate.api.batching import batch, batch_page, batch_status, batch_summary
    from poc_graduate.api.checking import (
        against_baseline,
        check,
        check_all,
        check_text,
        fix_all,
        flags,
        notebooks_in,
        with_tools,
    )
    from poc_graduate.api.contracts import contract_check, contract_learn, contract_read
    from poc_graduate.api.exporting import (
        Exported,
        Progress,
        Readiness,
        export,
        package_name,
        plan,
        readiness,
        verify,
    )
    from poc_graduate.api.files import write_text
    from poc_graduate.api.scoring import score, score_page, score_record

__all__ = [
    "Exported",
    "Progress",
    "Readiness",
    "against_baseline",
    "batch",
    "batch_page",
    "batch_status",
    "batch_summary",
    "check",
    "check_all",
    "check_text",
    "contract_check",
    "contract_learn",
    "contract_read",
    "export",
    "fix_all",
    "flags",
    "notebooks_in",
    "package_name",
    "plan",
    "readiness",
    "score",
    "score_page",
    "score_record",
    "verify",
    "with_tools",
    "write_text",
]
_HOMES = ("files", "batching", "checking", "contracts", "exporting", "scoring")


def __getattr__(name: str) -> Any:
    """Load a verb with what it needs when it is first used: no verb waits for the others' rooms."""
    if name in __all__:
        for home in _HOMES:
            module = import_module(f"{__name__}.{home}")
            if name in vars(module):
                globals()[name] = vars(module)[name]
                return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
