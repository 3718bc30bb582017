"""Tests of the author's own functions: calls as literals, or with arguments kept beside them."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

_SHORT = 60
"""Characters of a printed text that stand on one line."""
_TAKEN = frozenset({"expected", "capsys", "pytest", "assert_reads_same", "Any"})
"""Names that mean something in a test of literals."""
_ORDINALS = ("", "_of_a_second_call", "_of_a_third_call")


@dataclass(frozen=True)
class OwnTest:
    """Calls of one of the author's functions, as literals, with what they give or print."""

    name: str
    arguments: str
    called: str
    signature: str
    cases: tuple[str, ...]
    prints: bool


@dataclass(frozen=True)
class Called:
    """A call of one of the author's functions, with arguments kept from the run.

    Attributes:
        name: Of the test.
        given: Its arguments, each as a line.
        lines: The call, and what it is to give, print and change.
        prints: Whether the test reads what is printed.
        folders: Texts of the folders of samples that it is run with, where there are several.
    """

    name: str
    given: tuple[str, ...]
    lines: tuple[str, ...]
    prints: bool
    folders: str = ""

    @property
    def takes(self) -> str:
        """What pytest gives the test, as it stands in the signature."""
        wanted = {"call: str": self.folders, "capsys: pytest.CaptureFixture[str]": self.prints}
        return ", ".join(name for name, needed in wanted.items() if needed)


def fits(arguments: list[str], calls: list[Any]) -> bool:
    """Whether calls by position give all arguments, of which there are some."""
    return bool(arguments) and all(len(args) == len(arguments) for args, _ in calls)


def own_test(name: str, arguments: list[str], calls: list[Any], *, prints: bool) -> OwnTest:
    """The test of a function's calls.

    Args:
        name: Its name.
        arguments: Names of its arguments.
        calls: For each the texts of its arguments, and that of what it gives or prints.
        prints: Whether that is what it prints.
    """
    own = [f"{a}_" if a in {*_TAKEN, name} else a for a in arguments]
    return OwnTest(
        name,
        ", ".join(f'"{a}"' for a in own),
        ", ".join(own),
        ", ".join(f"{a}: Any" for a in own),
        tuple(
            ", ".join([*args, _by_line(ast.literal_eval(told)) if prints else told])
            for args, told in calls
        ),
        prints,
    )


def _by_line(text: str) -> str:
    """A text as Python reads it; a long one with a line of it on each line."""
    if len(text) <= _SHORT:
        return _text(text)
    return f"({' '.join(_text(line) for line in text.splitlines(keepends=True))})"


def called_tests(name: str, calls: list[dict[str, Any]]) -> tuple[Called, ...]:
    """Tests of calls whose arguments are kept beside them: one where they read the same."""
    shared = [_call(name, call, "call") for call in calls]
    texts = {(test.given, test.lines) for test in shared}
    if len(calls) > 1 and len(texts) == 1 and not any("raises" in call for call in calls):
        return (replace(shared[0], folders=_folders(calls)),)
    tests: list[Called] = []
    for call in calls:
        test = _call(name, call, _text(call["folder"]))
        alike = sum(one.name.startswith(test.name) for one in tests)
        tests.append(replace(test, name=f"{test.name}{_ORDINALS[alike]}"))
    return tuple(tests)


def _folders(calls: list[dict[str, Any]]) -> str:
    return ", ".join(_text(call["folder"]) for call in calls)


def _call(name: str, call: Mapping[str, Any], folder: str) -> Called:
    """The test of one call, whose samples lie in a folder that is given as an expression."""
    given = tuple(
        f"{argument} = {known or f'sample({folder}, {_text(argument)})'}"
        for argument, known in call["given"].items()
    )
    asked = f"{name}({call['passed']})"
    if "raises" in call:
        told = f"match=re.escape({_text(call['message'])})"
        refused = (f"with pytest.raises({call['raises']}, {told}):", f"    {asked}")
        return Called(f"{name}_refuses", given, refused, prints=False)
    lines = [f"result = {asked}" if call["result"] else asked, ""]
    if call["result"]:
        lines.append(f'assert_same(result, sample({folder}, "result"))')
    if call["drawn"]:
        lines.append(f'assert_same(drawn(), sample({folder}, "drawn"))')
    if call["printed"]:
        lines += ["assert_reads_same(", "    capsys.readouterr().out,"]
        lines += [f"    {_text(line)}" for line in call["printed"].splitlines(keepends=True)]
        lines.append(")")
    lines += [
        f"assert_same({argument}, sample({folder}, {_text(f'{argument}_after')}))"
        for argument in call["changed"]
    ]
    does = "on_arguments" if call["result"] or call["changed"] else "accepts"
    does = "draws" if call["drawn"] and does == "accepts" else does
    does = "prints" if call["printed"] else does
    return Called(f"{name}_{does}", given, tuple(lines), prints=bool(call["printed"]))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
