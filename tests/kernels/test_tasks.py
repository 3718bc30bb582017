"""A task's kernel is forked from what has imported that task's modules, and nothing else."""

from __future__ import annotations

import pytest

from poc_graduate.kernels.imports import chained
from poc_graduate.kernels.parent import end
from poc_graduate.kernels.tasks import TaskParents


@pytest.mark.kernel
def test_a_task_that_imports_nothing_is_forked_from_what_has_imported_nothing(tmp_path):
    parents = TaskParents(str(tmp_path / "sockets"))
    try:
        parents.prepare(chained({"prepare": frozenset(), "start": frozenset({"numpy"})}))

        assert parents.parent("prepare") == parents.parent("unknown")
        assert parents.parent("start") != parents.parent("prepare")
    finally:
        end(parents.process)
