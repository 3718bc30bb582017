"""Formatting of generated code: it looks another way and means the same."""

from __future__ import annotations

import pytest

from poc_graduate.errors import GraduateError
from poc_graduate.generate import style

PYPROJECT = "[tool.ruff]\nline-length = 100\n"


@pytest.mark.parametrize(
    ("written", "reads"),
    [
        ("x = u'é'\n", 'x = "é"\n'),
        ("def f():\n    u'''What\n       it does.\n    '''\n", '    """What\n    it does.\n'),
        ("x = B'a'; y = 0XFF\n", 'x = b"a"\ny = 0xFF\n'),
        ("print(y)\n", "print(y)  # noqa: F821\n"),
    ],
)
def test_old_and_odd_ways_of_writing_are_formatted(written: str, reads: str) -> None:
    formatted = style.formatted({"tasks/a.py": written}, PYPROJECT)

    assert reads in formatted["tasks/a.py"]


def test_a_formatter_that_changes_what_the_code_says_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def changes(command: str, root) -> None:
        (root / "tasks/a.py").write_text("x = 2\n")

    monkeypatch.setattr(style, "_ruff", changes)

    with pytest.raises(GraduateError, match=r"changed the meaning of tasks/a\.py"):
        style.formatted({"tasks/a.py": "x = 1\n"}, PYPROJECT)
