"""Build, compare, and settle what disagrees by merging, until it is the same or refused."""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.dataflow.model import Dataflow
from poc_graduate.errors import Refusal
from poc_graduate.generate.project import Generated, generate
from poc_graduate.plan.layout import Constraints
from poc_graduate.plan.models import trained
from poc_graduate.plan.settle import Settled, settle
from poc_graduate.verify.build import Built, Ploomber, build
from poc_graduate.verify.certificate import Certificate, Verdict
from poc_graduate.verify.compare import compare, compare_files
from poc_graduate.verify.learning import Learner, learning
from poc_graduate.verify.reference import Reference, reference
from poc_graduate.verify.tree import write_tree
from poc_graduate.verify.warm import chains

if TYPE_CHECKING:
    from poc_graduate.observe.record import Progress

_MOST_TRIES = 6
_MORE_RUNS = 4
"""Of the notebook, where it and the pipeline differ: labels of two clusters agree every other time
by luck, and then it is the notebook that does not repeat itself."""
Again = Callable[[RunFacts], RunFacts]
_CHECKING = re.compile(r"\badmit\b|batches\.py|pandera|_quarantine")


@dataclass(frozen=True)
class Proved:
    """A project that computes the same as its notebook.

    Attributes:
        settled: The plan that held.
        generated: The project's files.
        certificate: What was compared.
        built: The build that was compared; its folder is in `scratch`.
        reference: What it was compared with.
        learner: What it learnt about its tables.
        facts: What the notebook's runs showed, those included that a difference asked for.
    """

    settled: Settled
    generated: Generated
    certificate: Certificate
    built: Built
    reference: Reference
    learner: Learner
    facts: RunFacts


def prove(
    dataflow: Dataflow,
    facts: RunFacts,
    *,
    package: str,
    constraints: Constraints,
    source: Path,
    scratch: Path,
    ploomber: Ploomber,
    again: Again,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Proved:
    """Generate and build until everything comparable is equal.

    Args:
        dataflow: The notebook's statements.
        facts: What the notebook's run showed.
        package: Name of the package.
        constraints: What planning has to respect from the start.
        source: The notebook's folder, where its input files lie.
        scratch: An empty folder to build in.
        ploomber: Who builds.
        again: Runs the notebook once more, and adds to what is known what that did not repeat.
        timeout: Seconds that one build may take.
        progress: Called with what is going on.

    Raises:
        Refusal: no plan, not even one task, computes the same.
    """
    worst: Verdict | None = None
    may_warm = True
    runs_left = _MORE_RUNS
    for attempt in range(_MOST_TRIES):
        if attempt == _MOST_TRIES - 1 and constraints.cuts is None:
            constraints = _single(dataflow, constraints)
        settled = settle(dataflow, facts, package=package, constraints=constraints)
        generated = generate(settled, facts)
        folder = scratch / f"try-{attempt + 1}" / package
        files = {**generated.files, **learning(generated.checks, package)}
        write_tree(folder, files, generated.inputs, source)
        stages = tuple(stage.name for stage in settled.plan.stages)
        if progress is not None:
            progress(f"building {len(stages)} tasks", attempt, _MOST_TRIES)
        expected = reference(settled, facts, generated, str(source))
        warm = chains(generated.files, settled.plan.stages, package, facts) if may_warm else {}
        learner = Learner(generated.checks, folder)
        run = partial(_built, folder, expected, ploomber, stages, timeout)
        built, verdicts = run(warm, learner)
        different = [v for v in verdicts if v.outcome == "different"]
        if warm and (built.failed or different):
            # What fresh processes compute decides; none of the later plans is built otherwise.
            may_warm = False
            shutil.rmtree(folder)
            write_tree(folder, files, generated.inputs, source)
            learner = Learner(generated.checks, folder)
            built, verdicts = run({}, learner)
            different = [v for v in verdicts if v.outcome == "different"]
        if not built.failed:
            # Where a merge may mend it, a notebook that seems to repeat itself is asked once only.
            spared = 0 if len(stages) == 1 else _MORE_RUNS - (2 if _unsteady(facts) else 1)
            while different and runs_left > spared:
                if progress is not None:
                    progress("running the notebook once more", _MORE_RUNS - runs_left, _MORE_RUNS)
                runs_left -= 1
                facts = again(facts)
                expected = reference(settled, facts, generated, str(source))
                verdicts = compare(expected, built) + compare_files(expected, built)
                different = [v for v in verdicts if v.outcome == "different"]
            if not different:
                certificate = certify(settled, facts, verdicts)
                return Proved(settled, generated, certificate, built, expected, learner, facts)
            worst = different[0]
            following = _after_difference(settled, constraints, different)
        else:
            worst = None
            following = _after_failure(settled, constraints, built)
            if generated.checks and _CHECKING.search(built.error):
                names = [one.table for one in generated.checks]
                why = dict.fromkeys(names, "checking it stopped the build")
                known = {**why, **constraints.uncontracted}
                following = replace(constraints, contracts=False, uncontracted=known)
        shutil.rmtree(folder.parent, ignore_errors=True)
        if following is None or following == constraints:
            following = _single(dataflow, constraints)
            if constraints.cuts is not None or following == constraints:
                break
        constraints = following
    refuse(dataflow, settled, built, worst)
    raise AssertionError("unreachable")


def _unsteady(facts: RunFacts) -> bool:
    """Whether the notebook is known not to repeat everything that it computes."""
    return any(cell.nondeterministic or cell.outputs_nondeterministic for cell in facts.cells)


def _built(
    folder: Path,
    expected: Reference,
    ploomber: Ploomber,
    stages: tuple[str, ...],
    timeout: float | None,
    warm: Mapping[str, list[list[str]]],
    learner: Learner,
) -> tuple[Built, tuple[Verdict, ...]]:
    """One build, and how it compares where no task failed."""
    built = build(
        folder, ploomber=ploomber, stages=stages, timeout=timeout, chains=warm,
        meanwhile=learner.look,
    )  # fmt: skip
    if built.failed:
        return built, ()
    return built, compare(expected, built) + compare_files(expected, built)


def _single(dataflow: Dataflow, constraints: Constraints) -> Constraints:
    count = len(dataflow.notebook.code_cells)
    everything = dict.fromkeys(range(1, count), "earlier plans did not compute the same")
    cells = frozenset(cell.index for cell in dataflow.notebook.code_cells)
    names = frozenset(dataflow.bindings)
    return replace(
        constraints,
        forbidden=everything,
        inline_cells=cells,
        inline=names,
        all_imports=True,
        contracts=False,
    )


def _stage_index(settled: Settled, name: str) -> int:
    return next(i for i, stage in enumerate(settled.plan.stages) if stage.name == name)


def _after_difference(
    settled: Settled, constraints: Constraints, different: list[Verdict]
) -> Constraints | None:
    """Nothing of the first stage that disagrees is moved, and it joins the one before."""
    index = min(_stage_index(settled, verdict.stage) for verdict in different)
    stage = settled.plan.stages[index]
    inline_cells = constraints.inline_cells | set(stage.cells)
    used = {
        name
        for position in range(settled.layouts[index].start, settled.layouts[index].stop)
        for statement in settled.time.statements[position]
        for name in settled.time.needs(statement) | statement.defines
    }
    inline = constraints.inline | (
        used & set(settled.definitions.movable) - settled.parameters.variables
    )
    changed = replace(constraints, inline_cells=inline_cells, inline=inline)
    tried = set(stage.cells) <= constraints.inline_cells
    first = [v for v in different if v.stage == stage.name]
    outputs_only = all(v.subject == "output" for v in first)
    if outputs_only and not tried:
        return changed
    if index == 0:
        return changed if changed != constraints else None
    if constraints.cuts is not None:
        return changed if changed != constraints else None
    cut = settled.layouts[index].start
    why = f"`{first[0].name}` came out differently when the cells were apart"
    return replace(changed, forbidden={**constraints.forbidden, cut: why})


# Ploomber's static check; names that the run has made all the same are there when code runs.
_UNDEFINED = re.compile(r"undefined name '(\w+)'")
_SAVES = re.compile(r"\bsave\(\w+, product\[")
_NAME = re.compile(r"NameError: name '(\w+)' is not defined")


def _after_failure(settled: Settled, constraints: Constraints, built: Built) -> Constraints | None:
    """A missing name is loaded; anything else joins the stage with the one before.

    A model that is kept for its own sake is no reason: it is let go of first.
    """
    if not constraints.untrained and _SAVES.search(built.error) and trained(settled.time):
        return replace(constraints, untrained=True)
    undefined = set(_UNDEFINED.findall(built.error))
    made = bool(undefined) and undefined <= settled.time.exists[-1]
    if (made or not built.tasks) and not constraints.unchecked:
        return replace(constraints, unchecked=True)
    index = _stage_index(settled, built.failed)
    layout = settled.layouts[index]
    match = _NAME.search(built.error)
    if match and match.group(1) in settled.time.exists[layout.start]:
        need = (settled.time.cells[layout.start], match.group(1))
        if need not in constraints.needs:
            return replace(constraints, needs=constraints.needs | {need})
    stage = settled.plan.stages[index]
    if not constraints.all_imports and re.search(
        r"AttributeError|ModuleNotFoundError|ImportError|KeyError", built.error
    ):
        constraints = replace(constraints, all_imports=True)
    changed = replace(constraints, inline_cells=constraints.inline_cells | set(stage.cells))
    if index == 0:
        names = frozenset(settled.definitions.movable) - settled.parameters.variables
        return replace(changed, inline=changed.inline | names)
    why = "the cells failed when they were apart"
    return replace(changed, forbidden={**changed.forbidden, layout.start: why})


def refuse(dataflow: Dataflow, settled: Settled, built: Built, worst: Verdict | None) -> None:
    """Say what keeps the last and simplest plan from being the same.

    Raises:
        Refusal: always.
    """
    if worst is not None:
        raise Refusal(
            f"{worst.subject} `{worst.name}` is not the same in the pipeline ({worst.reason})",
            remedy="make the cell depend only on values, files and seeds that the notebook sets",
            place=dataflow.notebook.place(worst.cell),
        )
    for name in _UNDEFINED.findall(built.error):
        user = next((s for s in dataflow.statements if _mentions(s.node, name)), None)
        if user is not None:
            raise Refusal(
                f"`{name}` is defined by no cell, and a pipeline has not what a session keeps",
                remedy="give the value that it stands for a name of its own, and use that",
                place=user.place,
            )
    index = _stage_index(settled, built.failed)
    last = [line for line in built.error.splitlines() if re.match(r"^\w*(Error|Exception): ", line)]
    raise Refusal(
        f"the cell does not run in a pipeline: {last[0] if last else built.error[-200:]}",
        remedy="see whether it needs something that only the notebook's own session has",
        place=dataflow.notebook.place(settled.plan.stages[index].cells[0]),
    )


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node))


def certify(settled: Settled, facts: RunFacts, verdicts: tuple[Verdict, ...]) -> Certificate:
    """The certificate of a build, without dates and timings: same notebook, same bytes.

    The hashes of the project's files belong to it as soon as they are what is published.
    """
    notebook = settled.time.dataflow.notebook
    return Certificate(
        notebook.name,
        hashlib.sha256(notebook.text.encode()).hexdigest(),
        settled.plan.package,
        verdicts,
        facts.python,
        dict(sorted(facts.packages.items())),
        facts.kernel_note,
    )


def hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """Path → hash of the content."""
    return {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
