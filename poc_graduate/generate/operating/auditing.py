"""The audit trail: who did what, chained, with its head anchored in another place."""

from __future__ import annotations

from dataclasses import dataclass

from poc_graduate.generate.operating.part import (
    Part,
    Project,
    Swap,
    Target,
    choice,
    from_templates,
    needs_rows,
)


@dataclass(frozen=True)
class Auditing:
    """Choices."""

    anchor: str = choice(
        "~/.local/state/ops-anchor",
        "Folder, best on another volume, that the audit trail's head is noted in",
        dialog=True,
    )
    key_file: str = choice(
        "~/.config/ops/audit.key", "File of the trail's key, outside of the project"
    )
    keep_days: int = choice(730, "After how many days lines of the trail are dropped", least=1)


def _files(project: Project) -> dict[str, str]:
    return from_templates(
        project,
        "ops/private.py.jinja",
        "ops/audit.py.jinja",
        "tests/operate/test_audit.py.jinja",
    )


PART = Part(
    "audit",
    "Audit trail",
    _files,
    Auditing,
    needs_rows,
    swaps=(
        Swap(
            "the anchor in a folder",
            "a volume with object lock, a syslog of another machine",
            "ops/audit.py",
            "`_append(anchor, …)` and `_against`",
        ),
        Swap(
            "key files of mode 0600",
            "a secret manager",
            "ops/private.py",
            "`read`; or it sets OPS_API_KEYS and OPS_AUDIT_KEY",
        ),
    ),
    targets=(
        Target(
            "audit-verify",
            ("$(PYTHON) -m ops.audit verify",),
            "check the audit trail; names the first bad line",
        ),
    ),
)
