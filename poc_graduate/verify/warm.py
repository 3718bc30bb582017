"""What a task's kernel may have imported before the task begins, without the task noticing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.kernels.imports import chained, of_files
from poc_graduate.plan.model import Stage

# A change of these before an import may change what is imported, or how.
_DECIDE = ("environ", "path", "cwd", "locale")


def chains(
    files: Mapping[str, str], stages: Iterable[Stage], package: str, facts: RunFacts
) -> dict[str, list[list[str]]]:
    """Task → modules that processes import before they fork its kernel, one from the other.

    A task's kernel gets nothing that the task does not import itself, unconditionally, so that a
    missing import fails as it would in a fresh process: `a.b.c` brings `a` and `a.b`, no more.

    Args:
        files: The project's files.
        stages: Its tasks.
        package: Name of its package.
        facts: What the notebook's run showed.

    Returns:
        Nothing where the notebook changes what imports depend on.
    """
    if any(part in cell.ambient_values for cell in facts.cells for part in _DECIDE):
        return {}
    return chained(
        {stage.name: of_files(files, f"tasks/{stage.name}.py", package) for stage in stages}
    )
