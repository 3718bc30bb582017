"""`check --watch`, without waiting: each pause of its loop is a step of the test."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import pytest

from poc_graduate.cli import _watch
from poc_graduate.cli._watch import Changes, changes

DROP = "df = df.drop([12, 45])"


def _steps(*steps):
    """A wait that takes one step each time, and then Ctrl-C."""
    left = iter(steps)

    def wait():
        step = next(left, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    return wait


def _newer(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    facts = path.stat()
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 10_000_000))


def test_what_comes_changes_and_goes_is_seen_and_nothing_else(tmp_path):
    a, b = tmp_path / "a.ipynb", tmp_path / "b.ipynb"
    a.write_text("1", encoding="utf-8")
    wait = _steps(
        lambda: None,
        lambda: b.write_text("1", encoding="utf-8"),
        lambda: _newer(a, "2"),
        lambda: None,
        a.unlink,
    )

    seen = list(islice(changes(lambda: sorted(tmp_path.glob("*.ipynb")), wait), 4))

    assert seen == [
        Changes((a,), (a,)),
        Changes((a, b), (b,)),
        Changes((a, b), (a,)),
        Changes((b,), ()),
    ]


@pytest.fixture
def watched(poc, monkeypatch):
    def run(*arguments, steps=()):
        monkeypatch.setattr(_watch.watch, "__kwdefaults__", {"wait": _steps(*steps)})
        return poc("check", "--watch", *arguments)

    return run


def test_the_report_is_made_anew_and_the_last_one_gives_the_status(watched, prototype, tmp_path):
    prototype(DROP, name="b.ipynb")
    prototype("x = 1", name="a.ipynb")

    answer = watched(
        tmp_path,
        steps=[
            lambda: prototype("breakpoint()", "y = 1", name="a.ipynb"),
            lambda: prototype("x = 1", "y = 2", "z = 3", name="b.ipynb"),
            (tmp_path / "a.ipynb").unlink,
        ],
    )

    assert [line for line in answer.out.splitlines() if line.endswith("notebooks.")] == [
        "1 blocker in 2 notebooks.",
        "1 blocker, 1 risk in 2 notebooks.",
        "1 risk in 2 notebooks.",
    ]
    assert answer.out.endswith("Nothing found in 1 notebook.\n")
    assert answer.status == 0


def test_ctrl_c_ends_with_what_was_found(watched, prototype):
    answer = watched(prototype(DROP))

    assert answer.status == 1
    assert "Watching 1 notebook; Ctrl-C ends." in answer.err
    assert "Stopped" not in answer.err


def test_a_notebook_being_written_is_an_error_that_passes(watched, prototype):
    notebook = prototype(DROP)

    answer = watched(
        notebook, steps=[lambda: _newer(notebook, "{"), lambda: prototype("x = 1", "y = 1")]
    )

    assert "is not valid JSON" in answer.err
    assert answer.status == 0


def test_a_notebook_of_text_in_a_folder_is_passed_over(watched, prototype, tmp_path):
    prototype("x = 1")
    text = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'

    answer = watched(tmp_path, steps=[lambda: _newer_file(tmp_path / "text.ipynb", text)])

    assert answer.status == 0
    assert "no code" not in answer.err


def _newer_file(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def test_a_baseline_holds_while_watching(watched, poc, prototype, tmp_path):
    notebook, baseline = prototype(DROP), tmp_path / "baseline.json"
    poc("check", notebook, "--baseline", baseline, "--write-baseline")

    answer = watched(
        notebook, "--baseline", baseline, steps=[lambda: prototype("x = 1", DROP, "breakpoint()")]
    )

    assert answer.status == 1
    assert answer.out.splitlines()[0] == "Nothing new found in 1 notebook; 1 accepted before."
    assert "POC202" not in answer.out


@pytest.mark.parametrize("option", ["--fix", "--diff"])
def test_it_changes_nothing(watched, prototype, option):
    assert watched(prototype(DROP), option).status == 2


def test_without_a_terminal_nothing_is_cleared(watched, prototype):
    assert "\033" not in watched(prototype(DROP)).out
