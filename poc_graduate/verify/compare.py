"""Every value, output, file and piece of state of the pipeline against the notebook's own run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from poc_graduate.dataflow.facts import GENERATORS, CellFacts
from poc_graduate.observe.replay import CellRecord
from poc_graduate.verify.build import Built, TaskRun
from poc_graduate.verify.certificate import Outcome, Verdict
from poc_graduate.verify.equal import comparable, difference, plain, short
from poc_graduate.verify.reference import Reference, StageReference

_HOW_VALUE = "type, labels and every element, by canonical fingerprint"
_HOW_OUTPUT = "text without memory addresses; figures by pixels, 0.1 % may differ"
_HOW_FILE = "content, by hash"
_HOW_STATE = "fingerprint of the component"
_TWO_RUNS = "two runs of the notebook itself differ"

# Pictures, warnings and logs show in the outputs; the search path differs by design.
_STATES = ("environ", "cwd", "pandas", "numpy", "locale", "decimal", "recursion", *GENERATORS)


def compare(reference: Reference, built: Built) -> tuple[Verdict, ...]:
    """One verdict for everything that the notebook computed, in its order.

    Args:
        reference: What the notebook's run showed.
        built: What the build did.
    """
    verdicts: list[Verdict] = []
    for stage in reference.stages:
        run = built.tasks.get(stage.name)
        if run is None:
            verdicts.append(_gone(stage))
        else:
            verdicts += _Comparison(reference, stage, run, str(built.folder)).verdicts()
    # What a task hands on is looked at again at its end; the same answer is told once.
    return tuple(dict.fromkeys(verdicts))


def _gone(stage: StageReference) -> Verdict:
    reason = "the project has no such task any more"
    return Verdict(
        "output", "task", stage.cells[0], stage.name, "different", "presence", reason=reason
    )


class _Comparison:
    """One task against the notebook's cells that it came from."""

    def __init__(
        self, reference: Reference, stage: StageReference, run: TaskRun, folder: str
    ) -> None:
        self.folder = folder
        self.reference = reference
        self.stage = stage
        self.run = run
        self.values: dict[str, Any] = {}

    def verdicts(self) -> list[Verdict]:
        """Values, outputs and state, cell by cell."""
        found: list[Verdict] = []
        consumed = 0
        done = self._by_cell()
        for cell in self.stage.cells:
            observed = self.reference.cells[cell]
            if cell in done:
                position, outputs = done[cell]
                for past in self.run.records[consumed : position + 1]:
                    self.values.update(past.facts.values)
                    for name in past.facts.deleted:
                        self.values.pop(name, None)
                consumed = position + 1
                record = self.run.records[position] if position < len(self.run.records) else None
            else:
                outputs, record = [], None
            names = set(observed.values)
            if cell == self.stage.cells[-1]:
                names |= self.stage.boundary
            names -= self.reference.inner.get(cell, frozenset())
            for name in sorted(names - self.reference.apart):
                found += self._value(name, observed)
            found += self._outputs(observed, outputs)
            if record is not None:
                found += self._state(observed, record)
        return found

    def _by_cell(self) -> dict[int, tuple[int, list[Mapping[str, Any]]]]:
        """Notebook cell → position and outputs of the task's cell that came from it.

        The executed notebook has one code cell more than the script: the parameters that
        papermill injects after the first.
        """
        code = [origin for origin in self.stage.origins if origin in (0, *self.stage.cells)]
        first = next((i for i, origin in enumerate(code) if origin), len(code))
        start = len(self.run.cells) - len(code[first:])
        return {
            origin: (start + offset, list(self.run.cells[start + offset][1]))
            for offset, origin in enumerate(code[first:])
            if origin and 0 <= start + offset < len(self.run.cells)
        }

    def _value(self, name: str, observed: CellFacts) -> list[Verdict]:
        there = self.values.get(name)
        if name not in observed.values:
            latest = self.reference.latest(name, observed.cell)
            if latest is None:
                return []
            observed = latest
        here = observed.values[name]
        if there is None:
            return []  # a step's own variable, which a function keeps to itself
        outcome: Outcome = "equal"
        reason = ""
        if here.opaque or there.opaque:
            outcome, reason = "not comparable", here.opaque or there.opaque
        elif name in observed.nondeterministic:
            outcome, reason = "not comparable", _TWO_RUNS
        elif name in self.reference.moved:
            outcome, reason = "not comparable", "a path that now points into the project"
        elif here.fingerprint != there.fingerprint:
            outcome, reason = "different", "the values differ"
            if here.kind != there.kind:
                reason = f"{here.kind} in the notebook, {there.kind} in the pipeline"
        if reason == _TWO_RUNS:
            here, there = replace(here, summary=""), replace(there, summary="")
        boundary = name in self.stage.boundary
        return [
            Verdict(
                "value",
                name,
                observed.cell,
                self.stage.name,
                outcome,
                _HOW_VALUE,
                here.summary,
                there.summary,
                reason,
                boundary,
            )
        ]

    def _outputs(self, observed: CellFacts, outputs: list[Mapping[str, Any]]) -> list[Verdict]:
        # Each ran in a folder of its own: a path counts from there.
        first = comparable(observed.outputs, self.reference.folder)
        second = comparable(outputs, self.folder)
        found = []
        for number in range(max(len(first), len(second))):
            one = first[number] if number < len(first) else None
            other = second[number] if number < len(second) else None
            if one is None or other is None:
                reason = "shown on one side only"
            else:
                reason = difference(one, other, self.reference.package)
                if reason and not difference(
                    _with_new_places(one, self.reference.places), other, self.reference.package
                ):
                    reason = ""
            outcome: Outcome = "different" if reason else "equal"
            if observed.outputs_nondeterministic:
                outcome, reason = "not comparable", _TWO_RUNS
                one = other = None  # different at each run: nothing to show
            found.append(
                Verdict(
                    "output",
                    f"output {number + 1}",
                    observed.cell,
                    self.stage.name,
                    outcome,
                    _HOW_OUTPUT,
                    short(one) if one else "",
                    short(other) if other else "",
                    plain(reason, self.reference.package),
                )
            )
        return found

    def _state(self, observed: CellFacts, record: CellRecord) -> list[Verdict]:
        """State that the cell changed; and at a task's start, all that was changed before."""
        found = []
        begins = observed.cell == self.stage.cells[0]
        for component in _STATES:
            here = observed.ambient.get(component, "")
            before = self.reference.before(observed.cell, component)
            there = record.facts.ambient.get(component, "")
            touched = before != here
            inherited = begins and here != self.reference.start.get(component, "")
            if component in GENERATORS:
                inherited = False  # whoever draws shows it: a state that nobody uses is not kept
            if not here or not there or not (touched or inherited):
                continue
            if component in GENERATORS and component in observed.ambient_nondeterministic:
                continue  # never seeded; the values drawn are judged by themselves
            outcome: Outcome = "equal" if here == there else "different"
            reason = "" if here == there else "the state differs"
            if outcome == "different" and component in observed.ambient_nondeterministic:
                outcome, reason = "not comparable", _TWO_RUNS
            found.append(
                Verdict(
                    "state",
                    component,
                    observed.cell,
                    self.stage.name,
                    outcome,
                    _HOW_STATE,
                    reason=reason,
                )
            )
        return found


def _with_new_places(output: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    """An output whose text names files where the project has them."""
    changed = dict(output)
    for old in sorted(places, key=lambda path: (-len(path), path)):
        for kind, text in changed.items():
            if isinstance(text, str) and kind.startswith("text/"):
                changed[kind] = text.replace(old, places[old])
    return changed


def compare_files(reference: Reference, built: Built) -> tuple[Verdict, ...]:
    """Files that the notebook wrote below its folder against those that the pipeline wrote."""
    last: dict[str, tuple[int, str]] = {}
    for number in sorted(reference.cells):
        facts = reference.cells[number]
        for path, mark in facts.ambient_values.get("files", {}).items():
            last[path] = (number, mark)
        for path in facts.deletes:
            last.pop(path, None)
    there: dict[str, str] = {}
    for run in built.tasks.values():
        for record in run.records:
            there.update(record.files)
    stage_of = {cell: stage.name for stage in reference.stages for cell in stage.cells}
    verdicts = []
    for path, (cell, mark) in sorted(last.items(), key=lambda item: (item[1][0], item[0])):
        place = reference.places.get(path, path)
        if place.startswith(("/", "..")) or "__pycache__" in path:
            continue
        # A path that the code makes absolute by itself leads both sides to the same file.
        written = there.get(place) or there.get(f"{reference.folder}/{path}")
        outcome: Outcome = "equal"
        reason = ""
        if written is None:
            outcome, reason = "different", "the pipeline did not write it"
        elif written != mark and path in reference.unrepeated_files:
            outcome, reason = "not comparable", _TWO_RUNS
        elif written != mark and PurePosixPath(place).suffix.lower() in _CONTAINERS:
            suffix = PurePosixPath(place).suffix
            outcome = "not comparable"
            reason = f"{suffix} files hold dates, versions or layout of their own"
        elif written != mark:
            outcome, reason = "different", "the contents differ"
        verdicts.append(
            Verdict("file", place, cell, stage_of[cell], outcome, _HOW_FILE, reason=reason)
        )
    return tuple(verdicts)


# Formats that hold dates, versions or a layout of their own beside the content.
_CONTAINERS = frozenset(
    ".xlsx .xls .png .jpg .jpeg .pdf .svg .pkl .pickle .joblib .zip .gz .parquet .feather .npz "
    ".h5 .hdf5 .html .log .db .sqlite .sqlite3".split()
)
