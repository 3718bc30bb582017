"""The verbs that find shortcuts and mend them. Nothing is executed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.api.files import write_text
from poc_graduate.errors import GraduateError, InputError, UsageError
from poc_graduate.notebook.read import read

if TYPE_CHECKING:
    from poc_graduate.dataflow.facts import RunFacts
    from poc_graduate.notebook.model import Notebook
    from poc_graduate.rules.apply import Repairs
    from poc_graduate.rules.finding import Finding
    from poc_graduate.rules.many import Progress
    from poc_graduate.rules.survey import Survey
    from poc_graduate.settings import Settings


def notebooks_in(paths: Iterable[Path]) -> list[Path]:
    """Notebooks among files, folders and patterns, without those that their settings exclude.

    Args:
        paths: Files, taken as they are; folders, searched for notebooks; patterns.
    """
    from poc_graduate.notebook.find import notebooks_among
    from poc_graduate.settings import Nearest

    nearest = Nearest()
    among = (found.path for found in notebooks_among(paths))
    return [path for path in among if not nearest.of(path).excludes(path)]


def check(
    notebook: Path,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    facts: Path | None = None,
) -> tuple[Finding, ...]:
    """The shortcuts in a notebook that would bite in production. Nothing is executed.

    Args:
        notebook: Path of the notebook.
        select: Codes and prefixes of the rules to run; all by default.
        ignore: Codes and prefixes left out.
        facts: What an earlier run showed, as `export` writes it; by default what the last observed
            run of the same code left in the user's cache.

    Raises:
        InputError: the notebook or the facts cannot be read, or they are about other code.
    """
    from poc_graduate.rules import run
    from poc_graduate.rules.many import facts_of

    found = read(notebook, keep_broken=True)
    return run.check(found, run.chosen(select, ignore), facts_of(found, facts))


def flags(
    notebook: Notebook,
    facts: RunFacts,
    *,
    cell: int,
    codes: frozenset[str] | None = None,
) -> tuple[Finding, ...]:
    """The shortcuts in one cell of a notebook that is being worked on.

    Args:
        notebook: The cells there are.
        facts: What the kernel knows about them.
        cell: Position of the cell, from 1.
        codes: Rules to run; all by default.
    """
    from poc_graduate.rules import run

    return run.check(notebook, codes, facts, only=cell)


def check_all(
    paths: Iterable[Path],
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    settings: Settings | None = None,
    facts: Path | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Survey:
    """The shortcuts in all notebooks among files and folders. Nothing is executed.

    Args:
        paths: Notebooks, folders that are searched for some, and patterns such as `nb/*.py`.
        select: Codes and prefixes of the rules to run; by default those of the settings.
        ignore: Codes and prefixes left out, beside those of the settings.
        settings: What holds for all of them; by default `[tool.poc_graduate]` of the nearest
            `pyproject.toml` above each notebook.
        facts: What an earlier run of the only notebook showed; see `check`.
        jobs: Processes at most, where there are many notebooks.
        progress: Called with the notebook's name, how many are done and of how many.

    Returns:
        One record a notebook; one that cannot be read hides no other.

    Raises:
        InputError: there is no notebook.
        UsageError: facts are given and there are several notebooks, or the settings cannot be
            used.
    """
    from poc_graduate.notebook.find import notebooks_among
    from poc_graduate.rules.many import Job, check_many
    from poc_graduate.rules.run import codes_for
    from poc_graduate.rules.survey import Survey
    from poc_graduate.settings import Nearest

    nearest, wanted, unwanted = Nearest(settings), tuple(select), tuple(ignore)
    found = []
    for one in notebooks_among(paths):
        its = nearest.of(one.path)
        if not its.excludes(one.path):
            codes = codes_for(one.path, its, wanted, unwanted)
            found.append(Job(one.path, codes, named=one.named, facts=facts))
    if not found:
        raise InputError("no notebook found", remedy="give an .ipynb file, or a folder with some")
    if facts is not None and len(found) > 1:
        raise UsageError(
            f"{facts} is about one notebook, and {len(found)} are to be checked",
            remedy="give that notebook only",
        )
    return Survey(check_many(found, processes=jobs, progress=progress))


def check_text(
    text: str,
    path: Path,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    settings: Settings | None = None,
    suffix: str = "",
) -> tuple[Finding, ...]:
    """The shortcuts in a notebook that is open in an editor, saved or not. Nothing is executed.

    What was worked out for a cell is kept: asked again after an edit, it looks at what changed.

    Args:
        text: What the file would hold.
        path: Where the notebook is, or would be; by its suffix the format.
        select: Codes and prefixes of the rules to run; by default those of the settings.
        ignore: Codes and prefixes left out, beside those of the settings.
        settings: What its project asks for; by default `[tool.poc_graduate]` of the nearest
            `pyproject.toml` above it.
        suffix: Of the text's format, where that is not the file's.

    Raises:
        InputError: the text is no notebook.
        UsageError: the settings cannot be used.
    """
    from poc_graduate.notebook.read import read_text
    from poc_graduate.rules import run
    from poc_graduate.rules.many import facts_of
    from poc_graduate.settings import Nearest

    path = Path(path)
    codes = run.codes_for(path, Nearest(settings).of(path), tuple(select), tuple(ignore))
    found = read_text(text, path, keep_broken=True, suffix=suffix)
    return run.check(found, codes, facts_of(found))


def with_tools(survey: Survey, tools: Sequence[str], *, progress: Progress | None = None) -> Survey:
    """A survey with what other linters find in its notebooks.

    Args:
        survey: What we found.
        tools: `ruff`, or what nbqa can run. They read their own settings and plugins beside the
            notebooks, and some of them execute these.
        progress: Called with the tool's name, how many have answered and of how many.

    Returns:
        One finding where a tool says the same as a rule of ours; a tool that failed is among the
        errors.
    """
    from poc_graduate.rules.external.survey import with_tools

    return with_tools(survey, tools, progress)


def against_baseline(
    survey: Survey,
    file: Path,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    tools: Iterable[str] = (),
    write: bool = False,
) -> Survey:
    """What is new in a survey since its findings were accepted.

    Args:
        survey: What was found.
        file: Where accepted findings are kept.
        select: Codes and prefixes that the survey was asked for.
        ignore: Codes and prefixes that it left out.
        tools: Other tools that it asked.
        write: Accept what the survey holds, first.

    Raises:
        UsageError: the file cannot be read, or is none.
        InputError: it cannot be written.
    """
    from poc_graduate.rules.baseline import Baseline, looked_for, read_baseline

    looked = looked_for(select, ignore, tools)
    if write:
        before = read_baseline(file) if file.exists() else Baseline(file)
        write_text(file, before.renewed(survey, looked).text())
    return read_baseline(file).without_accepted(survey, looked)


def fix_all(
    survey: Survey,
    codes: Iterable[str] = ("SAFE",),
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    settings: Settings | None = None,
    facts: Path | None = None,
    baseline: Path | None = None,
    write: bool = True,
    progress: Progress | None = None,
) -> Repairs:
    """Apply the fixes of what was found. Nothing is executed.

    Args:
        survey: What was found, all of it.
        codes: Whose fixes: `SAFE` for the safe ones; codes and prefixes for all of theirs.
        select: Codes and prefixes that the survey was asked for.
        ignore: Codes and prefixes that it left out.
        settings: What holds for all of them, as in `check_all`.
        facts: What an earlier run showed, as the survey was given it.
        baseline: Where accepted findings are kept: they stay as they are.
        write: Change the files; else only work out how they would change.
        progress: Called with the notebook's name, how many are done and of how many.

    Returns:
        What remains and what was done; a notebook that cannot be written is left as it is.

    Raises:
        UsageError: the baseline cannot be read, or is none.
    """
    from poc_graduate.rules.apply import Mended, Repairs, is_wanted, mend
    from poc_graduate.rules.baseline import Baseline, read_baseline
    from poc_graduate.rules.many import facts_of
    from poc_graduate.rules.mended import neighbours, write_mended
    from poc_graduate.rules.run import codes_for
    from poc_graduate.rules.survey import Survey
    from poc_graduate.settings import Nearest

    nearest, asked = Nearest(settings), tuple(codes)
    wanted, unwanted = tuple(select), tuple(ignore)
    accepted = Baseline(Path()) if baseline is None else read_baseline(baseline)
    mended: list[tuple[Path, Mended]] = []
    checked = []
    for number, one in enumerate(survey.checked):
        if progress is not None:
            progress(one.path.name, number, len(survey.checked))
        among = partial(accepted.new_in, one.path)
        if any(is_wanted(finding, asked) for finding in among(one.findings)):
            try:
                found = read(one.path)
                result = mend(
                    found,
                    asked,
                    run=codes_for(one.path, nearest.of(one.path), wanted, unwanted),
                    facts=facts_of(found, facts),
                    beside=neighbours(one.path),
                    among=among,
                )
                if write:
                    write_mended(one.path, result)
                mended.append((one.path, result))
                one = replace(one, findings=result.remaining)
            except GraduateError as failure:
                one = replace(one, error=failure)
        checked.append(one)
    return Repairs(Survey(tuple(checked)), tuple(mended), written=write)
