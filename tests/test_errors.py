"""What a user reads of an error: the place, what was found, and what to do."""

from __future__ import annotations

import pytest

from poc_graduate.errors import GraduateError


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ("the file is empty", "the file is empty. Give another one"),
        ("the file is empty.", "the file is empty. Give another one"),
        ("print lacks brackets; did you mean print()?", "did you mean print()? Give another one"),
    ],
)
def test_what_was_found_ends_in_one_mark(found: str, says: str) -> None:
    assert str(GraduateError(found, remedy="give another one")).endswith(says)


def test_nothing_is_added_where_nothing_can_be_done() -> None:
    assert str(GraduateError("the disk is full")) == "the disk is full"
