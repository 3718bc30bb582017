"""The verbs, each a short script through the rooms: check, plan, export, verify."""

from __future__ import annotations

import keyword
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.dataflow.graph import analyse
from poc_graduate.dataflow.model import Dataflow
from poc_graduate.errors import GraduateError, InputError, Refusal, UsageError
from poc_graduate.notebook.read import read
from poc_graduate.plan.layout import Constraints
from poc_graduate.plan.model import Plan
from poc_graduate.plan.settle import cuts_of, settle, without_run
from poc_graduate.plan.withheld import withhold
from poc_graduate.verify.certificate import Certificate

if TYPE_CHECKING:
    from poc_graduate.dataflow.facts import RunFacts
    from poc_graduate.generate.merge import Decision
    from poc_graduate.notebook.model import Notebook
    from poc_graduate.rules.apply import Repairs
    from poc_graduate.rules.finding import Finding
    from poc_graduate.rules.survey import Survey
    from poc_graduate.settings import Settings

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Exported:
    """What an export left behind.

    Attributes:
        project: Its folder.
        plan: The plan that holds.
        certificate: What was compared; None without a run.
        conflicts: Files that somebody has to look at.
        decisions: What became of each file, where an earlier export was in the folder.
        notes: What else the user should know, one sentence each.
        diff: With `dry_run`, what would change.
    """

    project: Path
    plan: Plan
    certificate: Certificate | None = None
    conflicts: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    notes: tuple[str, ...] = ()
    diff: str = ""

    @property
    def edited(self) -> bool:
        """Whether the folder holds other text than what was proved: edits of the user's."""
        return any(d.action in ("keep_local", "merge", "conflict") for d in self.decisions)


@dataclass(frozen=True)
class Readiness:
    """What stands between a notebook and a pipeline, as far as its text tells.

    Attributes:
        notebook: Its path.
        findings: The shortcuts.
        plan: What an export would do; None where it would refuse.
        refusal: Why it would refuse.
    """

    notebook: Path
    findings: tuple[Finding, ...]
    plan: Plan | None = None
    refusal: Refusal | None = None


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
    found = read_text(text, path, keep_broken=True)
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
        write: Change the files; else only work out how they would change.
        progress: Called with the notebook's name, how many are done and of how many.

    Returns:
        What remains and what was done; a notebook that cannot be written is left as it is.
    """
    from poc_graduate.rules.apply import Mended, Repairs, is_wanted, mend
    from poc_graduate.rules.many import facts_of
    from poc_graduate.rules.mended import neighbours, write_mended
    from poc_graduate.rules.run import codes_for
    from poc_graduate.rules.survey import Survey
    from poc_graduate.settings import Nearest

    nearest, asked = Nearest(settings), tuple(codes)
    wanted, unwanted = tuple(select), tuple(ignore)
    mended: list[tuple[Path, Mended]] = []
    checked = []
    for number, one in enumerate(survey.checked):
        if progress is not None:
            progress(one.path.name, number, len(survey.checked))
        if any(is_wanted(finding, asked) for finding in one.findings):
            try:
                found = read(one.path)
                result = mend(
                    found,
                    asked,
                    run=codes_for(one.path, nearest.of(one.path), wanted, unwanted),
                    facts=facts_of(found, facts),
                    beside=neighbours(one.path),
                )
                if write:
                    write_mended(one.path, result)
                mended.append((one.path, result))
                one = replace(one, findings=result.remaining)
            except GraduateError as failure:
                one = replace(one, error=failure)
        checked.append(one)
    return Repairs(Survey(tuple(checked)), tuple(mended), written=write)


def readiness(notebook: Path) -> Readiness:
    """What an export would do, in short. Nothing is executed.

    Args:
        notebook: Path of the notebook.

    Raises:
        InputError: the notebook cannot be read.
    """
    from poc_graduate.notebook.magics import refuse_unknown
    from poc_graduate.settings import read_settings

    notebook = Path(notebook)
    settings = read_settings(notebook.parent)
    left_out = (*settings.ignore, *settings.ignored_in(notebook))
    found = check(notebook, select=settings.select, ignore=left_out)
    try:
        text = read(notebook)
        refuse_unknown(text)
        dataflow = analyse(text)
        facts = without_run(dataflow)
        made = settle(dataflow, facts, package=package_name(notebook), proved=False).plan
    except Refusal as refusal:
        return Readiness(notebook, found, refusal=refusal)
    return Readiness(notebook, found, made)


def package_name(notebook: Path) -> str:
    """`churn_poc.ipynb` → `churn`: an importable name that hides no module."""
    words = [w.lower() for w in re.findall(r"[A-Za-z0-9]+", notebook.stem)]
    noise = {"poc", "notebook", "final", "copy", "draft", "untitled", "v1", "v2", "v3", "nb"}
    kept = [word for word in words if word not in noise and not word.isdigit()] or words
    name = "_".join(kept[:4]) or "pipeline"
    if not name[0].isalpha():
        name = f"project_{name}"
    if keyword.iskeyword(name) or name in sys.stdlib_module_names or name in _KNOWN:
        name += "_pipeline"
    return name


_KNOWN = frozenset(
    "pandas numpy sklearn scipy matplotlib seaborn torch tasks tests data src pipeline products "
    "ploomber papermill nb utils main plotly statsmodels".split()
)


def write_text(path: Path, text: str) -> None:
    """Write a file by one rename.

    Raises:
        InputError: it cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
        temporary.replace(path)
    except OSError as failure:
        temporary.unlink(missing_ok=True)
        raise InputError(f"{path} cannot be written: {failure.strerror}") from None


def plan(
    notebook: Path,
    *,
    run: bool = False,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Plan:
    """What an export would do.

    Args:
        notebook: Path of the notebook.
        run: Run the notebook first, for a plan that rests on what happened.
        timeout: Seconds that one cell may take.
        progress: Called with what is going on, how much is done and of how much.

    Raises:
        InputError: the notebook cannot be read.
        Refusal: a cell fails in the run.
    """
    known, _ = withhold(read(notebook))
    dataflow = analyse(known)
    if not run:
        facts = without_run(dataflow)
        return settle(dataflow, facts, package=package_name(notebook), proved=False).plan
    from poc_graduate.verify.complete import observed

    facts = observed(dataflow, timeout=timeout, progress=progress)
    return settle(dataflow, facts, package=package_name(notebook)).plan


def export(
    notebook: Path,
    *,
    to: Path,
    plan: Path | None = None,
    run: bool = True,
    timeout: float | None = None,
    dry_run: bool = False,
    facts: Path | None = None,
    progress: Progress | None = None,
) -> Exported:
    """Turn a notebook into a project and prove that both compute the same.

    Args:
        notebook: Path of the notebook. It is executed, unless `run` is False.
        to: Folder of the project: new, empty, or an earlier export.
        plan: A plan that was edited.
        run: Observe the notebook and prove the project; without, it is marked unproven.
        timeout: Seconds that one cell may take.
        dry_run: Show what would change in the folder, and change nothing.
        facts: Where to write what the run showed, for `check`.
        progress: Called with what is going on, how much is done and of how much.

    Raises:
        InputError: the notebook, the plan or the folder cannot be used.
        Refusal: nothing that computes the same can be made.
    """
    from poc_graduate.generate.publish import check_target

    notebook = Path(notebook)
    original = read(notebook)
    known, withheld = withhold(original)
    dataflow = analyse(known)
    check_target(Path(to), notebook=notebook)
    constraints = _constraints(plan, dataflow) if plan is not None else Constraints()
    package = package_name(notebook)

    def inspect(facts: RunFacts | None) -> tuple[Finding, ...]:
        from poc_graduate.rules import run as rules

        return rules.check(original, facts=facts)

    with tempfile.TemporaryDirectory(prefix="poc-graduate-") as scratch:
        from poc_graduate.verify.complete import complete, unproven

        if not run:
            made = unproven(dataflow, package=package, constraints=constraints, withheld=withheld)
        else:
            made = complete(
                dataflow,
                package=package,
                constraints=constraints,
                scratch=Path(scratch).resolve(),
                withheld=withheld,
                inspect=inspect,
                timeout=timeout,
                progress=progress,
            )
        if facts is not None and made.facts is not None:
            from poc_graduate.dataflow.kept import to_json

            write_text(facts, to_json(made.facts, dataflow.notebook))
        return _publish(made, notebook, Path(to), dry_run)


def _publish(made: object, notebook: Path, to: Path, dry_run: bool) -> Exported:
    from poc_graduate.generate.publish import republish
    from poc_graduate.verify.complete import Made

    assert isinstance(made, Made)
    files = dict(made.files)
    if made.certificate is not None:
        from poc_graduate.report.certificate_html import render
        from poc_graduate.report.drawing import draw

        page = render(made.certificate, made.plan, drawing=draw(made.plan))
        files["graduation/certificate.html"] = page.encode()
    from poc_graduate.report.findings_html import as_html
    from poc_graduate.rules.survey import Checked, Survey

    survey = Survey((Checked(notebook, made.findings),))
    files["graduation/findings.html"] = as_html(survey, exported=True).encode()
    inputs = {path: (notebook.parent / source).resolve() for path, source in made.inputs.items()}
    published = republish(files, inputs, to=to, dry_run=dry_run)
    return Exported(
        published.project,
        made.plan,
        made.certificate,
        conflicts=published.conflicts,
        decisions=published.decisions,
        notes=published.notes,
        diff=published.diff,
    )


def _constraints(path: Path, dataflow: Dataflow) -> Constraints:
    from poc_graduate.plan.text import from_yaml, parameter_changes

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise InputError(f"the plan {path} cannot be read: {unreadable}") from None
    before = settle(dataflow, without_run(dataflow), package="plan", proved=False).plan
    edits = from_yaml(text, name=path.name, plan=before)
    dropped, renamed = parameter_changes(edits, before.parameters)
    return Constraints(
        cuts=cuts_of(tuple(cells for _, _, cells in edits.stages), dataflow),
        names={cells[0]: (name, title) for name, title, cells in edits.stages},
        crossing={
            cells[0]: frozenset(edits.crossing[name])
            for name, _, cells in edits.stages
            if name in edits.crossing
        },
        dropped=dropped,
        renamed=renamed,
    )


def verify(
    project: Path, *, timeout: float | None = None, progress: Progress | None = None
) -> Certificate:
    """Build a project again and compare it with what its notebook computed.

    Args:
        project: Folder of an earlier export.
        timeout: Seconds that one build may take.
        progress: Called with what is going on.

    Returns:
        The renewed certificate, which is also written into `graduation/`.

    Raises:
        InputError: the folder is no project of ours.
    """
    from poc_graduate.verify.again import verify_project

    folder = Path(project)
    if not (folder / "graduation" / "certificate.json").is_file():
        raise InputError(
            f"{project} is no exported project: it has no graduation/certificate.json",
            remedy="give the folder that `poc-graduate export` wrote",
        )
    return verify_project(folder, timeout=timeout, progress=progress)


__all__ = [
    "Exported",
    "Readiness",
    "against_baseline",
    "check",
    "check_all",
    "check_text",
    "export",
    "fix_all",
    "flags",
    "notebooks_in",
    "package_name",
    "plan",
    "readiness",
    "verify",
    "with_tools",
    "write_text",
]
