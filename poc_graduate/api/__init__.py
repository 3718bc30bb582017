"""The verbs, each a short script through the rooms, from check to batch."""

from __future__ import annotations

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
