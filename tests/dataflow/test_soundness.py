"""What happens when a notebook runs was foreseen: nothing changes or is shared unannounced."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import oracle


def notebooks() -> dict[str, str]:
    """Name → code of the sections of `mechanisms.txt`."""
    text = (Path(__file__).parent / "mechanisms.txt").read_text()
    sections = (section.partition("\n") for section in text.split("\n== ")[1:])
    return {name: code.strip("\n") for name, _, code in sections}


NOTEBOOKS = notebooks()


def closure(names, pairs):
    """Names connected to these through pairs that may share an object."""
    todo, found = list(names), set(names)
    while todo:
        one = todo.pop()
        for a, b in pairs:
            for here, there in ((a, b), (b, a)):
                if here == one and there not in found:
                    found.add(there)
                    todo.append(there)
    return found


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_changes_bindings_and_sharing_are_foreseen(flow, name):
    pairs: set[tuple[str, str]] = set()

    for happened in oracle.run(flow(NOTEBOOKS[name])):
        said = happened.statement
        if said.dynamic:
            return  # and it says so
        pairs |= said.aliases
        what = said.source
        assert happened.bound <= said.defines | said.may_define, what
        assert (
            said.defines <= happened.bound | happened.deleted | happened.changed | said.defines
        ), what
        assert happened.deleted <= said.deletes, what
        foreseen = closure(said.changes | said.may_change, pairs) | said.defines | said.may_define
        assert happened.changed <= foreseen, what
        for one, other in happened.shared:
            assert other in closure({one}, pairs), (what, one, other)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_everything_that_a_statement_cannot_do_without_is_read(flow, name):
    for statement, missing in oracle.needed(flow(NOTEBOOKS[name])):
        if statement.dynamic:
            return
        assert missing <= statement.reads | statement.deletes, statement.source
