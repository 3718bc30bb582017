"""What the unit tests of a project look like."""

from __future__ import annotations

import pytest

from poc_graduate.generate.own_tests import own_test
from poc_graduate.generate.project import render
from poc_graduate.generate.tests import ModuleTests


def written(name: str, arguments: list[str], *calls: tuple[list[str], str], prints: bool) -> str:
    test = own_test(name, arguments, [list(call) for call in calls], prints=prints)
    tests = ModuleTests("Functions.", ("import pytest",), (test,), (), ())
    return render("tests/unit/test_module.py.jinja", tests=tests)


@pytest.mark.parametrize("prints", [False, True])
def test_arguments_are_not_taken_for_what_the_test_itself_needs(prints: bool) -> None:
    """A measure of quality is often asked for `expected`."""
    text = written("off", ["off", "expected"], (["3", "1"], "'2'"), prints=prints)

    compile(text, "test_off.py", "exec")
    assert "off(off_, expected_)" in text


def test_what_is_printed_is_expected_line_by_line() -> None:
    long = "\n".join(["*" * 40] * 2)

    text = written("told", ["n"], (["1"], "'a\\n'"), (["2"], repr(long)), prints=True)

    assert '(1, "a\\n")' in text
    assert f'(2, ("{"*" * 40}\\n" "{"*" * 40}"))' in text
    assert "assert_reads_same(capsys.readouterr().out, expected)" in text
