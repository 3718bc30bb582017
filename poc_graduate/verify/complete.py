"""From a notebook's dataflow to everything that is published: project, tests, proof."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from poc_graduate.dataflow import kept
from poc_graduate.dataflow.facts import CellFacts, RunFacts
from poc_graduate.dataflow.model import Dataflow
from poc_graduate.generate.contracts import Table
from poc_graduate.generate.leaks import LEAKS, told
from poc_graduate.generate.project import Generated, generate
from poc_graduate.generate.sampler import Sampler
from poc_graduate.generate.tests import project_tests
from poc_graduate.observe.compare import widened
from poc_graduate.observe.record import Progress, observe
from poc_graduate.plan.layout import Constraints
from poc_graduate.plan.model import Note, Plan
from poc_graduate.plan.outcomes import CLEANING, Step, notes_of, repeatable, with_outcomes
from poc_graduate.plan.settle import draft, settle, without_run
from poc_graduate.plan.withheld import Withheld, masked
from poc_graduate.rules.finding import Finding
from poc_graduate.verify.build import Ploomber
from poc_graduate.verify.certificate import Certificate
from poc_graduate.verify.prove import Again, Proved, hashes, prove
from poc_graduate.verify.trials.examiner import Examiner, surroundings
from poc_graduate.verify.trials.first_run import GONE, FirstRun, first_run, without

_CHECKING = ("pandera.pandas",)
_HASH_SEED = 1
"""Another one than what the tests assert was sampled under."""
Inspect = Callable[[RunFacts | None], tuple[Finding, ...]]


@dataclass(frozen=True)
class Made:
    """A project ready to be published.

    Attributes:
        files: Path → content, text or bytes.
        inputs: Path in the project → path as the notebook names it.
        plan: The plan.
        certificate: What was compared; None where nothing ran.
        facts: What the notebook's run showed; likewise.
        findings: Shortcuts in the notebook, each with what was done about it.
        tables: What the tasks check, with what it holds to.
    """

    files: Mapping[str, bytes]
    inputs: Mapping[str, str]
    plan: Plan
    certificate: Certificate | None
    facts: RunFacts | None = None
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()


def unproven(
    dataflow: Dataflow,
    *,
    package: str,
    constraints: Constraints,
    withheld: tuple[Withheld, ...] = (),
    inspect: Inspect = lambda _: (),
) -> Made:
    """A project from the text alone, which says of itself that nothing was proved."""
    facts = without_run(dataflow)
    settled = settle(dataflow, facts, package=package, constraints=constraints, proved=False)
    generated = generate(settled, facts)
    files = dict(generated.files)
    findings = with_outcomes(
        inspect(None), settled.plan, withheld, _steps(package, generated, files)
    )
    plan = _noted(settled.plan, findings)
    files["graduation/plan.yaml"] = plan.to_yaml()
    files["graduation/UNPROVEN.md"] = (
        "# Unproven\n\nThis project was made without running the notebook. Nothing says that it "
        f"computes the same as `{settled.plan.notebook}`: build it and compare, or export again "
        "with a run.\n"
    )
    published = _without(_encoded(files), withheld)
    return Made(published, generated.inputs, plan, None, findings=findings)


def complete(
    dataflow: Dataflow,
    *,
    package: str,
    constraints: Constraints,
    scratch: Path,
    withheld: tuple[Withheld, ...] = (),
    inspect: Inspect = lambda _: (),
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Made:
    """Observe, plan, generate, prove, and add tests and the certificate's page.

    Args:
        dataflow: The notebook's statements.
        package: Name of the package.
        constraints: What planning has to respect.
        scratch: An empty folder to work in.
        withheld: Secrets of the notebook, which the project reads from its environment.
        inspect: Finds the notebook's shortcuts, given what a run showed.
        timeout: Seconds that one cell may take.
        progress: Called with what is going on.

    Raises:
        Refusal: a cell fails, or nothing that computes the same can be made.
    """
    notebook = dataflow.notebook
    secrets = {one.variable: one.value for one in withheld}
    with contextlib.ExitStack() as processes:
        ploomber = processes.enter_context(Ploomber(scratch / "ploomber", package, secrets))
        facts = observed(dataflow, timeout=timeout, progress=progress)
        libraries = _libraries(dataflow, facts)
        sampler = processes.enter_context(Sampler(libraries, secrets))
        around = {**surroundings(_HASH_SEED), **secrets}
        examiner = processes.enter_context(Examiner({*libraries, *_CHECKING}, around))
        proved, tables, contracts = _proved(
            dataflow,
            facts,
            replace(constraints, contracts=find_spec("pandera") is not None),
            package=package,
            source=notebook.path.parent.resolve(),
            scratch=scratch,
            ploomber=ploomber,
            examiner=examiner,
            again=partial(observed_again, dataflow, timeout=timeout),
            timeout=None if timeout is None else timeout * max(4, len(notebook.code_cells)),
            progress=progress,
        )
        facts = proved.facts
        settled = proved.settled
        generated = replace(proved.generated, files={**proved.generated.files, **contracts})
        if progress is not None:
            progress("writing tests", 0, 1)
        files: dict[str, str | bytes] = dict(generated.files)
        found = inspect(repeatable(facts))
        tests = project_tests(
            settled,
            generated,
            proved.built.folder,
            sampler,
            hidden=tuple({text for one in withheld for text in one.texts}),
            secrets=tuple(sorted(secrets)),
            cleaning=frozenset(one.place.cell for one in found if one.code in CLEANING),
            facts=facts,
            found=found,
        )
        files.update(tests)
        tried = first_run(proved.built.folder, {**contracts, **tests}, examiner)
        shorter = without(_encoded(files), tried.failed) if tried.failed else {}
        for path, content in shorter.items():
            files[path] = content.decode()
            if content is GONE:
                del files[path]
    measured = json.loads(files.get("tests/reference/leaks.json", "{}"))
    found = told(found, measured)
    learnt = {one.name for one in tables}
    held = {
        one.cell: f"`{one.constant}` in `src/{package}/contracts.py`"
        for one in generated.checks
        if not one.clean and one.table in learnt
    }
    steps = _steps(package, generated, files)
    findings = with_outcomes(found, settled.plan, withheld, steps, held)
    plan = _noted(settled.plan, findings, tried, settled.constraints.uncontracted)
    leaking = (one for one in findings if measured and one.code in LEAKS)
    leaks = (Note("leak", one.place.cell, one.place.line, one.message) for one in leaking)
    plan = replace(plan, notes=(*plan.notes, *leaks))
    files["graduation/plan.yaml"] = plan.to_yaml()
    files["graduation/reference.json"] = replace(proved.reference, plan=plan).to_json()
    published = _without(_encoded(files), withheld)
    of_project = {path: published[path] for path in generated.files if path in published}
    proof = replace(proved.certificate, files_sha256=hashes(of_project))
    certificate = Certificate.from_json(masked(proof.to_json(), withheld))
    published["graduation/certificate.json"] = certificate.to_json().encode()
    return Made(published, generated.inputs, plan, certificate, facts, findings, tables)


def _proved(
    dataflow: Dataflow,
    facts: RunFacts,
    constraints: Constraints,
    *,
    package: str,
    source: Path,
    scratch: Path,
    ploomber: Ploomber,
    examiner: Examiner,
    again: Again,
    timeout: float | None,
    progress: Progress | None,
) -> tuple[Proved, tuple[Table, ...], dict[str, str]]:
    """A proof, its tables and files of their contracts.

    Tables that nothing can be learnt about are left alone in a second build; where that does not
    do either, all are in a third.
    """

    def proof(constraints: Constraints, folder: str) -> Proved:
        return prove(
            dataflow, facts, package=package, constraints=constraints, source=source,
            scratch=scratch / folder, ploomber=ploomber, again=again, timeout=timeout,
            progress=progress,
        )  # fmt: skip

    for folder in ("build", "again"):
        proved = proof(constraints, folder)
        generated, checks = proved.generated, proved.generated.checks
        if not checks:
            return proved, (), {}
        if progress is not None:
            progress("learning contracts", 0, 1)
        files, tables, refused = proved.learner.learnt(package, generated.files, examiner)
        if not refused:
            return proved, tables, files
        known = {**proved.settled.constraints.uncontracted, **refused}
        constraints = replace(proved.settled.constraints, uncontracted=known)
    others = dict.fromkeys((one.table for one in checks), "contracts of other tables failed, too")
    bare = replace(constraints, contracts=False, uncontracted={**others, **known})
    return proof(bare, "bare"), (), {}


def _noted(
    plan: Plan,
    findings: tuple[Finding, ...],
    tried: FirstRun | None = None,
    uncontracted: Mapping[str, str] | None = None,
) -> Plan:
    failed = tried.failed if tried is not None else ()
    left_out = [Note("left out", 0, 0, f"{test} failed when it was first run") for test in failed]
    if tried is not None and tried.untried:
        why = f"the tests that need no build were not tried before: {tried.untried}"
        left_out.append(Note("untried", 0, 0, why))
    for table, why in (uncontracted or {}).items():
        left_out.append(Note("left out", 0, 0, f"{table} has no contract: {why}"))
    return replace(plan, notes=(*plan.notes, *notes_of(findings), *left_out))


def _steps(package: str, generated: Generated, files: Mapping[str, str | bytes]) -> dict[int, Step]:
    """Position of a cell → the function made of it, and whether a test counts what it touches."""
    steps = {}
    for function in generated.functions.values():
        tests = files.get(f"tests/unit/test_{function.module}.py", "")
        mark = rf"def test_{function.name}_(leaves_out|changes)_\d"
        counted = isinstance(tests, str) and re.search(mark, tests) is not None
        path = f"src/{package}/{function.module}.py"
        steps[function.cell] = Step(function.name, path, counted)
    return steps


def _libraries(dataflow: Dataflow, facts: RunFacts) -> set[str]:
    """What the notebook imports and somebody installed, by dotted names."""
    return {
        target
        for statement in dataflow.statements
        for _, target in statement.imports
        if target.split(".")[0] in facts.distributions
    }


def observed(
    dataflow: Dataflow, *, timeout: float | None = None, progress: Progress | None = None
) -> RunFacts:
    """Run the notebook twice in copies of its folder; `check` finds what it showed in the cache.

    Raises:
        CellFailed: a cell raised or did not end.
        KernelError: the kernel cannot be started, or died.
    """
    notebook = dataflow.notebook
    facts = observe(notebook, candidates=draft(dataflow), timeout=timeout, progress=progress)
    facts = from_folder(facts, notebook.path.parent.resolve())
    kept.keep(facts, notebook)
    return facts


def observed_again(
    dataflow: Dataflow, facts: RunFacts, *, timeout: float | None = None
) -> RunFacts:
    """The same facts, with what one more run of the notebook does not repeat.

    Two runs may agree by luck where a value is drawn from few possible ones.

    Raises:
        CellFailed: a cell raised or did not end.
        KernelError: the kernel cannot be started, or died.
    """
    notebook = dataflow.notebook
    other = observe(notebook, candidates={}, second=False, timeout=timeout)
    other = from_folder(other, notebook.path.parent.resolve())
    cells = (widened(one, more) for one, more in zip(facts.cells, other.cells, strict=True))
    return replace(facts, cells=tuple(cells))


def from_folder(facts: RunFacts, folder: Path) -> RunFacts:
    """Paths counted from the notebook's folder, those of its surroundings with `..`."""

    def named(path: str) -> str:
        near = folder.parents[min(2, len(folder.parents) - 1)]
        if os.path.isabs(path) and path.startswith(str(near) + os.sep) and len(near.parts) > 1:
            return os.path.relpath(path, folder)
        return path

    def renamed(cell: CellFacts) -> CellFacts:
        files = cell.ambient_values.get("files")
        values = dict(cell.ambient_values)
        if files:
            values["files"] = {named(path): mark for path, mark in files.items()}
        return replace(
            cell,
            ambient_values=values,
            reads=tuple(sorted(map(named, cell.reads))),
            writes=tuple(sorted(map(named, cell.writes))),
            lists=tuple(sorted(map(named, cell.lists))),
            makes=tuple(sorted(map(named, cell.makes))),
            deletes=tuple(sorted(map(named, cell.deletes))),
        )

    return replace(facts, cells=_made_unseen([renamed(cell) for cell in facts.cells], folder))


def _made_unseen(cells: list[CellFacts], folder: Path) -> tuple[CellFacts, ...]:
    """A file that was not there before was made by the first cell that touched it.

    Libraries in C, such as those behind `dbm` and `shelve`, write without being seen.
    """
    made: set[str] = set()
    found = []
    for cell in cells:
        unseen = {
            path
            for path in cell.reads
            if path not in made and not os.path.isabs(path) and not (folder / path).exists()
        }
        made |= unseen | set(cell.writes)
        reads = tuple(path for path in cell.reads if path not in unseen)
        writes = tuple(sorted({*cell.writes, *unseen}))
        found.append(replace(cell, reads=reads, writes=writes))
    return tuple(found)


def _without(files: dict[str, bytes], withheld: tuple[Withheld, ...]) -> dict[str, bytes]:
    """The files with `.env.example` and a section of the README, and no secret in any."""
    if not withheld:
        return files
    made = {}
    for path, content in files.items():
        with contextlib.suppress(UnicodeDecodeError):  # samples, which hold none
            content = masked(content.decode(), withheld).encode()
        made[path] = content
    variables = sorted({one.variable for one in withheld})
    lines = ["# Secrets that the prototype held; set them where the pipeline runs."]
    made[".env.example"] = "\n".join([*lines, *(f"{name}=" for name in variables), ""]).encode()
    told = [f"- `{name}`" for name in variables]
    section = ["", "## Secrets it needs", "", "Environment variables, never files:", "", *told, ""]
    made["README.md"] += "\n".join(section).encode()
    return made


def _encoded(files: Mapping[str, str | bytes]) -> dict[str, bytes]:
    return {
        path: content.encode() if isinstance(content, str) else content
        for path, content in sorted(files.items())
    }
