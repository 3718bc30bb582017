"""The verbs that make a pipeline of a notebook: plan, export, verify; what stands in between."""

from __future__ import annotations

import keyword
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from poc_graduate.api.checking import check
from poc_graduate.api.files import write_text
from poc_graduate.dataflow.graph import analyse
from poc_graduate.dataflow.model import Dataflow
from poc_graduate.errors import InputError, Refusal
from poc_graduate.notebook.read import read, read_text
from poc_graduate.notebook.rehome import rehomed
from poc_graduate.plan.layout import Constraints
from poc_graduate.plan.model import Plan
from poc_graduate.plan.paths import OutOfReach
from poc_graduate.plan.settle import cuts_of, settle, without_run
from poc_graduate.plan.withheld import withhold
from poc_graduate.verify.certificate import Certificate

if TYPE_CHECKING:
    from poc_graduate.dataflow.facts import RunFacts
    from poc_graduate.generate.merge import Decision
    from poc_graduate.notebook.model import Notebook
    from poc_graduate.plan.withheld import Withheld
    from poc_graduate.rules.finding import Finding

Progress = Callable[[str, int, int], None]
_T = TypeVar("_T")


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


def readiness(notebook: Path) -> Readiness:
    """What an export would do, in short. Nothing is executed.

    Args:
        notebook: Path of the notebook.

    Raises:
        InputError: the notebook cannot be read.
    """
    from poc_graduate.notebook.known_magics import refuse_unknown
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


def plan(
    notebook: Path,
    *,
    text: str | None = None,
    edits: str | None = None,
    run: bool = False,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Plan:
    """What an export would do.

    Args:
        notebook: Path of the notebook.
        text: What an editor holds of it, saved or not, as `.ipynb`; by default the file.
        edits: A plan that was edited, as YAML.
        run: Run the notebook first, for a plan that rests on what happened.
        timeout: Seconds that one cell may take.
        progress: Called with what is going on, how much is done and of how much.

    Raises:
        InputError: the notebook or the edited plan cannot be read.
        Refusal: a cell fails in the run, or a cut that was asked for cannot be made.
    """
    known, _ = withhold(_read(Path(notebook), text))
    package = package_name(notebook)

    def made(dataflow: Dataflow) -> Plan:
        constraints = Constraints() if edits is None else _constraints(edits, "the plan", dataflow)
        if not run:
            facts = without_run(dataflow)
            settled = settle(
                dataflow, facts, package=package, constraints=constraints, proved=False
            )
            return settled.plan
        from poc_graduate.verify.complete import observed

        facts = observed(dataflow, timeout=timeout, progress=progress)
        return settle(dataflow, facts, package=package, constraints=constraints).plan

    return _from_above(known, made)


def _from_above(notebook: Notebook, make: Callable[[Dataflow], _T]) -> _T:
    """What is made of a notebook; seen from a folder above, where its code reaches up there."""
    try:
        return make(analyse(notebook))
    except OutOfReach as refusal:
        other = rehomed(notebook, refusal.steps)
        if other is None:
            raise
        return make(analyse(other))


def _read(notebook: Path, text: str | None) -> Notebook:
    return read(notebook) if text is None else read_text(text, notebook, suffix=".ipynb")


def export(
    notebook: Path,
    *,
    to: Path,
    text: str | None = None,
    plan: Path | None = None,
    run: bool = True,
    timeout: float | None = None,
    dry_run: bool = False,
    facts: Path | None = None,
    prove_tests: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Turn a notebook into a project and prove that both compute the same.

    Args:
        notebook: Path of the notebook. It is executed, unless `run` is False.
        to: Folder of the project: new, empty, or an earlier export.
        text: What an editor holds of it, saved or not, as `.ipynb`; by default the file. It is
            run where the notebook lies, and written nowhere.
        plan: A plan that was edited.
        run: Observe the notebook and prove the project; without, it is marked unproven.
        timeout: Seconds that one cell may take.
        dry_run: Show what would change in the folder, and change nothing.
        facts: Where to write what the run showed, for `check`.
        prove_tests: Show the project's tests mistakes in its functions, and run them 20 times
            unchanged; those that notice none are left out.
        progress: Called with what is going on, how much is done and of how much.

    Raises:
        InputError: the notebook, the plan or the folder cannot be used.
        Refusal: nothing that computes the same can be made.
    """
    from poc_graduate.generate.publish import check_target

    notebook = Path(notebook)
    original = _read(notebook, text)
    known, withheld = withhold(original)
    check_target(Path(to), notebook=notebook)
    edits = None if plan is None else (_plan_text(plan), plan.name)
    package = package_name(notebook)

    def inspect(facts: RunFacts | None) -> tuple[Finding, ...]:
        from poc_graduate.rules import run as rules

        return rules.check(original, facts=facts)

    def made(dataflow: Dataflow) -> Exported:
        constraints = _constraints(*edits, dataflow) if edits else Constraints()
        from poc_graduate.verify.complete import complete, unproven

        folder = dataflow.notebook.path.parent
        with tempfile.TemporaryDirectory(prefix="poc-graduate-") as scratch:
            if not run:
                made = unproven(
                    dataflow, package=package, constraints=constraints, withheld=withheld
                )
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
            if prove_tests and made.certificate is not None:
                from poc_graduate.verify.trials.tried import tried

                made = tried(made, package, folder, Path(scratch) / "trials", progress)
            if facts is not None and made.facts is not None:
                from poc_graduate.dataflow.kept import to_json

                write_text(facts, to_json(made.facts, original))
            return _publish(made, notebook, folder, Path(to), dry_run, withheld)

    return _from_above(known, made)


def _publish(
    made: object,
    notebook: Path,
    folder: Path,
    to: Path,
    dry_run: bool,
    withheld: tuple[Withheld, ...],
) -> Exported:
    from poc_graduate.generate.publish import republish
    from poc_graduate.verify.complete import Made

    assert isinstance(made, Made)
    files = dict(made.files)
    if made.certificate is not None:
        page = _page(made.certificate, made.plan, contracts=bool(made.tables))
        files["graduation/certificate.html"] = page.encode()
    if made.tables:
        from poc_graduate.plan.withheld import masked
        from poc_graduate.report.tables_html import tables_html

        files["graduation/contracts.html"] = masked(tables_html(made.tables), withheld).encode()
    from poc_graduate.report.findings_html import as_html
    from poc_graduate.rules.survey import Checked, Survey

    survey = Survey((Checked(notebook, made.findings),))
    files["graduation/findings.html"] = as_html(survey, exported=True).encode()
    inputs = {path: (folder / source).resolve() for path, source in made.inputs.items()}
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


def _plan_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise InputError(f"the plan {path} cannot be read: {unreadable}") from None


def _constraints(text: str, name: str, dataflow: Dataflow) -> Constraints:
    from poc_graduate.plan.edits import from_yaml, parameter_changes

    before = settle(dataflow, without_run(dataflow), package="plan", proved=False).plan
    edits = from_yaml(text, name=name, plan=before)
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
    project: Path,
    *,
    timeout: float | None = None,
    prove_tests: bool = False,
    progress: Progress | None = None,
) -> Certificate:
    """Build a project again and compare it with what its notebook computed.

    Args:
        project: Folder of an earlier export.
        timeout: Seconds that one build may take.
        prove_tests: Show its tests mistakes in its functions, too, and run them 20 times unchanged.
        progress: Called with what is going on.

    Returns:
        The renewed certificate, which is also written into `graduation/`, its page included.

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
    certificate, plan = verify_project(
        folder, timeout=timeout, tests=prove_tests, progress=progress
    )
    graduation = folder / "graduation"
    write_text(graduation / "certificate.json", certificate.to_json())
    if plan is not None:
        contracts = (graduation / "contracts.html").is_file()
        write_text(graduation / "certificate.html", _page(certificate, plan, contracts=contracts))
    return certificate


def _page(certificate: Certificate, plan: Plan, *, contracts: bool) -> str:
    from poc_graduate.report.certificate_html import render
    from poc_graduate.report.drawing import draw

    return render(certificate, plan, drawing=draw(plan), contracts=contracts)
