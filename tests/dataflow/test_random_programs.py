"""Random programs: whatever happens was foreseen."""

from __future__ import annotations

import sys

from hypothesis import HealthCheck, given, settings

from . import oracle
from .strategies import programs
from .test_soundness import closure


@settings(
    max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(program=programs)
def test_changes_bindings_and_sharing_of_random_programs_are_foreseen(flow, program):
    pairs: set[tuple[str, str]] = set()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(300)
    try:
        for happened in oracle.run(flow(program)):
            said = happened.statement
            pairs |= said.aliases
            assert happened.bound <= said.defines | said.may_define, said.source
            assert happened.deleted <= said.deletes, said.source
            foreseen = closure(said.changes | said.may_change, pairs)
            assert happened.changed <= foreseen | said.defines | said.may_define, said.source
            for one, other in happened.shared:
                assert other in closure({one}, pairs), (said.source, one, other)
    finally:
        sys.setrecursionlimit(limit)
