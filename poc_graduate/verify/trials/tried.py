"""A project that is about to be published, with its tests put to the proof."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.generate import style
from poc_graduate.verify.complete import Made
from poc_graduate.verify.prove import write_tree
from poc_graduate.verify.trials.prove_tests import prove_tests

if TYPE_CHECKING:
    from poc_graduate.observe.record import Progress


def tried(
    made: Made, package: str, beside: Path, scratch: Path, progress: Progress | None = None
) -> Made:
    """The project with what its tests noticed on its certificate, less those that notice nothing.

    Args:
        made: The project.
        package: Name of its package.
        beside: Folder of the notebook, which the inputs are taken from.
        scratch: A folder that does not exist yet, to work in.
        progress: Called with what is going on, how much is done and of how much.

    Raises:
        Refusal: its tests fail as they are.
    """
    assert made.certificate is not None
    folder = scratch / package
    write_tree(folder, made.files, made.inputs, beside)
    trials = prove_tests(folder, package, progress=progress)
    files = {**made.files, **without(made, trials.idle)}
    files = {path: content for path, content in files.items() if content is not GONE}
    certificate = replace(made.certificate, trials=trials)
    files["graduation/certificate.json"] = certificate.to_json().encode()
    return replace(made, files=files, certificate=certificate)


GONE = b"\0"
"""Stands for the content of a file that is no more."""


def without(made: Made, idle: Iterable[str]) -> dict[str, bytes]:
    """Test files without the tests that noticed nothing; `GONE` for one that is empty then."""
    by_file: dict[str, set[str]] = {}
    for test in idle:
        path, _, name = test.partition("::")
        by_file.setdefault(path, set()).add(name.partition("[")[0])
    texts = {path: made.files[path].decode() for path in by_file if path in made.files}
    shorter = {path: _less(text, by_file[path]) for path, text in texts.items()}
    left = {path: text for path, text in shorter.items() if "def test_" in text}
    code = {
        path: content.decode()
        for path, content in made.files.items()
        if path.endswith(".py") and path not in shorter
    }
    tidy = style.tidied(left, made.files["pyproject.toml"].decode(), beside=code) if left else {}
    return {path: tidy[path].encode() if path in tidy else GONE for path in shorter}


def _less(text: str, names: set[str]) -> str:
    """A test file without some of its tests."""
    lines = text.split("\n")
    for node in reversed(ast.parse(text).body):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            del lines[first - 1 : node.end_lineno]
    return "\n".join(lines)
