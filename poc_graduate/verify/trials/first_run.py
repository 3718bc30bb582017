"""Generated tests run once before they are published: one that fails is no test, and is left out.

Only those that need no build: what the others assert was read off the build that was proved.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from poc_graduate.generate import style
from poc_graduate.verify.tree import write_files
from poc_graduate.verify.trials.examiner import ENDED, Examiner

GONE = b"\0"
"""Stands for the content of a file that is no more."""

_LEVELS = ("tests/unit/", "tests/regression/test_dependencies.py")


@dataclass(frozen=True)
class FirstRun:
    """What the first run of a project's tests showed.

    Attributes:
        failed: Names of tests as pytest gives them, or paths of files that cannot be imported.
        untried: Why the tests did not run to their end; empty where they did.
    """

    failed: tuple[str, ...] = ()
    untried: str = ""


def first_run(folder: Path, files: Mapping[str, str | bytes], examiner: Examiner) -> FirstRun:
    """Run the tests that need no build, in the project as it is.

    Args:
        folder: The project, built; the files are written into it.
        files: Path → content of what belongs to its tests.
        examiner: Runs them, with the variables of the environment that the project reads.
    """
    tests = [
        path for path in files if path.startswith(_LEVELS) and Path(path).name.startswith("test_")
    ]
    if not tests:
        return FirstRun()
    write_files(folder, files)
    (answer,) = examiner.trials(folder, tests)
    untried = ENDED[answer["ended"]] if "ended" in answer else ""
    return FirstRun(tuple(sorted(set(answer["failed"]))), untried)


def without(files: Mapping[str, bytes], tests: Iterable[str]) -> dict[str, bytes]:
    """The files that change where tests are left out; `GONE` for one that is empty then.

    Args:
        files: Path → content of the project.
        tests: Names of tests as pytest gives them; a path alone stands for all tests in it.
    """
    by_file: dict[str, set[str]] = {}
    for test in tests:
        path, _, name = test.partition("::")
        by_file.setdefault(path, set()).add(name.partition("[")[0])
    texts = {path: files[path].decode() for path in by_file if path in files}
    shorter = {path: _less(text, by_file[path]) for path, text in texts.items()}
    left = {path: text for path, text in shorter.items() if "def test_" in text}
    code = {
        path: content.decode()
        for path, content in files.items()
        if path.endswith(".py") and path not in shorter
    }
    tidy = style.tidied(left, files["pyproject.toml"].decode(), beside=code) if left else {}
    return {path: tidy[path].encode() if path in tidy else GONE for path in shorter}


def _less(text: str, names: set[str]) -> str:
    """A test file without some of its tests; nothing where a name is empty."""
    if "" in names:
        return ""
    lines = text.split("\n")
    for node in reversed(ast.parse(text).body):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            del lines[first - 1 : node.end_lineno]
    return "\n".join(lines)
