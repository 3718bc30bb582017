"""A survey with what other tools found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from poc_graduate.errors import GraduateError, NoCode
from poc_graduate.notebook.model import Notebook
from poc_graduate.notebook.read import read
from poc_graduate.rules.external.nbqa import nbqa
from poc_graduate.rules.external.reported import Reported, findings_in
from poc_graduate.rules.external.ruff import ruff
from poc_graduate.rules.external.same import told_once
from poc_graduate.rules.survey import Survey

_AT_ONCE = 300
"""Notebooks handed to a tool in one call: command lines have a limit."""


def with_tools(
    survey: Survey,
    tools: Sequence[str],
    progress: Callable[[str, int, int], None] | None = None,
) -> Survey:
    """Ask other tools about the notebooks that could be read.

    Args:
        survey: What we found.
        tools: `ruff`, or the name of a tool for nbqa to run.
        progress: Called with the tool's name, how many are done and of how many.

    Returns:
        The survey with their findings; a tool that failed is told and hides no other.
    """
    notebooks = dict(_read(survey))
    reported: dict[Path, list[Reported]] = {}
    failures: list[GraduateError] = []
    for number, tool in enumerate(tools):
        if progress is not None:
            progress(tool, number, len(tools))
        try:
            for one in _asked(tool, list(notebooks.values())):
                reported.setdefault(one.path, []).append(one)
        except GraduateError as failure:
            failures.append(failure)
    checked = tuple(
        replace(
            one,
            findings=told_once(one.findings, findings_in(notebooks[one.path], reported[one.path])),
        )
        if one.path in reported
        else one
        for one in survey.checked
    )
    return replace(survey, checked=checked, failures=(*survey.failures, *failures))


def _read(survey: Survey) -> Iterator[tuple[Path, Notebook]]:
    for one in survey.checked:
        if one.error is None and one.path.suffix.lower() == ".ipynb":
            with suppress(NoCode):
                yield one.path, read(one.path, keep_broken=True)


def _asked(tool: str, notebooks: Sequence[Notebook]) -> Iterator[Reported]:
    for start in range(0, len(notebooks), _AT_ONCE):
        some = notebooks[start : start + _AT_ONCE]
        if tool == "ruff":
            yield from ruff([one.path for one in some])
        else:
            yield from nbqa(tool, some)
