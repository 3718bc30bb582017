"""Fixes applied: each is tried, checked again, and kept only where its finding is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.errors import GraduateError
from poc_graduate.notebook.model import Notebook
from poc_graduate.notebook.write import Changes, changed
from poc_graduate.rules.finding import Edit, Finding, Fix, NewFile, Severity
from poc_graduate.rules.run import check
from poc_graduate.rules.survey import Survey

_MOST_PASSES = 500
SAFE = "SAFE"
"""Stands among codes for every safe fix."""


@dataclass(frozen=True)
class NotApplied:
    """A finding whose fix was wanted and not taken.

    Attributes:
        finding: As it stands in the notebook now.
        reason: Why, a sentence without a full stop.
    """

    finding: Finding
    reason: str


@dataclass(frozen=True)
class FileChange:
    """A file beside the notebook that fixes make or add to.

    Attributes:
        path: Relative to the notebook's folder.
        before: What it holds; None where it is not there.
        text: What it is to hold.
    """

    path: str
    before: str | None
    text: str


@dataclass(frozen=True)
class Mended:
    """A notebook with fixes in it; nothing is written yet.

    Attributes:
        notebook: As it was.
        result: As it would be read.
        steps: What changes, one after the other.
        files: Files beside it that are made or added to.
        fixed: Findings that are gone, in the order they went.
        not_applied: Findings whose fix would have done harm.
        remaining: Everything found in the result.
        origins: For each cell of the result, its position before; None for a new one.
    """

    notebook: Notebook
    result: Notebook
    steps: tuple[Changes, ...] = ()
    files: tuple[FileChange, ...] = ()
    fixed: tuple[Finding, ...] = ()
    not_applied: tuple[NotApplied, ...] = ()
    remaining: tuple[Finding, ...] = ()
    origins: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Repairs:
    """Fixes applied to all notebooks that somebody asked about.

    Attributes:
        survey: What remains, and what could not be written.
        mended: Notebooks that fixes were wanted in, with their paths as they were given.
        written: Whether the files hold the fixes now.
    """

    survey: Survey
    mended: tuple[tuple[Path, Mended], ...] = ()
    written: bool = False


def is_wanted(finding: Finding, codes: Iterable[str] = (SAFE,)) -> bool:
    """Whether codes ask for a finding's fix: `SAFE` for the safe ones, a code or prefix for all."""
    if finding.fix is None:
        return False
    return any(
        finding.fix.safe if code == SAFE else finding.code.startswith(code) for code in codes
    )


def mend(
    notebook: Notebook,
    codes: Iterable[str] = (SAFE,),
    *,
    run: frozenset[str] | None = None,
    facts: RunFacts | None = None,
    beside: Callable[[str], str | None] = lambda path: None,
    among: Callable[[Sequence[Finding]], Sequence[Finding]] = lambda found: found,
) -> Mended:
    """Apply fixes until none is left that can be.

    Args:
        notebook: What was read.
        codes: Whose fixes: `SAFE`, codes, prefixes.
        run: Rules to run; all by default.
        facts: What an earlier run of the notebook showed.
        beside: Gives the text of a file beside the notebook; None where there is none.
        among: Which of all findings may be mended: those that nobody accepted.
    """
    return _Mending(notebook, tuple(codes), run, facts, beside, among).done()


@dataclass(frozen=True)
class _Try:
    """What came of trying fixes together: the notebook then, or why not."""

    notebook: Notebook | None = None
    changes: Changes = field(default_factory=Changes)
    found: tuple[Finding, ...] = ()
    facts: RunFacts | None = None
    files: tuple[NewFile, ...] = ()
    reason: str = ""


class _Mending:
    def __init__(
        self,
        notebook: Notebook,
        codes: tuple[str, ...],
        run: frozenset[str] | None,
        facts: RunFacts | None,
        beside: Callable[[str], str | None],
        among: Callable[[Sequence[Finding]], Sequence[Finding]],
    ) -> None:
        self.notebook, self.codes, self.run, self.beside = notebook, codes, run, beside
        self.among = among
        self.now, self.facts = notebook, facts
        self.found = check(notebook, run, facts)
        self.steps: list[Changes] = []
        self.files: dict[str, str] = {}
        self.fixed: list[Finding] = []
        self.refused: dict[tuple[str, ...], str] = {}
        self.origins: list[int | None] = [cell.index for cell in notebook.cells]

    def done(self) -> Mended:
        for _ in range(_MOST_PASSES):
            wanted = [f for f in self.among(self.found) if is_wanted(f, self.codes)]
            batch = _compatible([f for f in wanted if _key(f) not in self.refused])
            if not batch:
                break
            tried = self._try(batch)
            if tried.notebook is None and len(batch) > 1:
                batch = batch[:1]  # which of them does harm, one alone tells
                tried = self._try(batch)
            if tried.notebook is None:
                self.refused[_key(batch[0])] = tried.reason
            else:
                self._take(tried, batch)
        refused = [
            NotApplied(f, self.refused[_key(f)])
            for f in self.among(self.found)
            if is_wanted(f, self.codes) and _key(f) in self.refused
        ]
        return Mended(
            self.notebook,
            self.now,
            tuple(self.steps),
            tuple(FileChange(path, self.beside(path), text) for path, text in self.files.items()),
            tuple(self.fixed),
            tuple(refused),
            self.found,
            tuple(self.origins),
        )

    def _try(self, batch: Sequence[Finding]) -> _Try:
        fixes = list(dict.fromkeys(f.fix for f in batch if f.fix is not None))
        files = []
        for new in (file for one in fixes for file in one.files):
            text = self.files.get(new.path)
            merged = together(text if text is not None else self.beside(new.path), new)
            if merged is None:
                return _Try(reason=f"{new.path} is there already and holds something else")
            files.append(NewFile(new.path, merged))
        changes = changes_of(self.now, fixes)
        try:
            notebook = changed(self.now, changes)
        except GraduateError as failure:
            return _Try(reason=failure.found)
        moved = _moved(len(self.now.cells), changes)
        facts = _moved_facts(self.facts, moved)
        found = check(notebook, self.run, facts)
        reason = _harm(self.found, found, batch, moved)
        if reason:
            return _Try(reason=reason)
        return _Try(notebook, changes, found, facts, tuple(files))

    def _take(self, tried: _Try, batch: Sequence[Finding]) -> None:
        assert tried.notebook is not None
        self.fixed += batch
        moved = _moved(len(self.now.cells), tried.changes)
        origins: list[int | None] = [None] * len(tried.notebook.cells)
        for old, new in moved.items():
            origins[new - 1] = self.origins[old - 1]
        self.now, self.found, self.facts = tried.notebook, tried.found, tried.facts
        self.steps.append(tried.changes)
        self.files |= {file.path: file.text for file in tried.files}
        self.origins = origins


def _key(finding: Finding) -> tuple[str, ...]:
    """A finding again, whatever came above it."""
    title = finding.fix.title if finding.fix is not None else ""
    return finding.code, finding.message, finding.line_text, finding.place.cell_id, title


def _compatible(found: Sequence[Finding]) -> list[Finding]:
    """Findings whose fixes can be made at once; of two that meet, the first."""
    kept: list[Finding] = []
    fixes: list[Fix] = []
    for finding in found:
        fix = finding.fix
        if fix is not None and (fix in fixes or not any(_meet(fix, one) for one in fixes)):
            kept.append(finding)
            fixes.append(fix)
    return kept


def _meet(one: Fix, other: Fix) -> bool:
    if (one.cells or one.removed or one.files) and (other.cells or other.removed or other.files):
        return True  # names of cells and files that both would choose
    mine, others = {e.cell for e in one.edits}, {e.cell for e in other.edits}
    if mine & set(other.removed) or others & set(one.removed):
        return True
    return any(_overlap(a, b) for a in one.edits for b in other.edits)


def _overlap(one: Edit, other: Edit) -> bool:
    a, b = one.span, other.span
    return (
        one.cell == other.cell
        and (a.line, a.column) <= (b.end_line, b.end_column)
        and (b.line, b.column) <= (a.end_line, a.end_column)
    )


def changes_of(notebook: Notebook, fixes: Iterable[Fix]) -> Changes:
    """What fixes that do not meet make of a notebook."""
    fixes = tuple(fixes)
    edits: dict[int, list[Edit]] = {}
    for fix in fixes:
        for edit in fix.edits:
            edits.setdefault(edit.cell, []).append(edit)
    return Changes(
        {cell: edited(notebook.cell(cell).source, these) for cell, these in edits.items()},
        tuple(cell for fix in fixes for cell in fix.cells),
        frozenset(index for fix in fixes for index in fix.removed),
    )


def edited(source: str, edits: Iterable[Edit]) -> str:
    """A cell's source with edits made, all of them in its own positions."""
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def at(line: int, column: int) -> int:
        return min(starts[line - 1] + column - 1, len(source))

    order = sorted(edits, key=lambda e: (e.span.line, e.span.column), reverse=True)
    for edit in order:
        span = edit.span
        start, end = at(span.line, span.column), at(span.end_line, span.end_column)
        source = source[:start] + edit.text + source[end:]
    return source


def together(there: str | None, new: NewFile) -> str | None:
    """What a file holds once a fix has added to it; None where something else is in it.

    Files of the environment take lines; other files are there with the same text, or not at all.
    """
    if there is None or there == new.text:
        return new.text
    if not new.path.startswith(".env"):
        return None
    known = {line.partition("=")[0].strip() for line in there.splitlines()}
    lines = [line for line in new.text.splitlines() if line.partition("=")[0].strip() not in known]
    ended = there if not there or there.endswith("\n") else f"{there}\n"
    return ended + "".join(f"{line}\n" for line in lines)


def _moved(cells: int, changes: Changes) -> dict[int, int]:
    """Position of a cell before → after."""
    return {
        index: index
        + sum(new.before <= index for new in changes.inserted)
        - sum(gone < index for gone in changes.removed)
        for index in range(1, cells + 1)
        if index not in changes.removed
    }


def _moved_facts(facts: RunFacts | None, moved: dict[int, int]) -> RunFacts | None:
    if facts is None:
        return None
    cells = (replace(one, cell=moved[one.cell]) for one in facts.cells if one.cell in moved)
    return replace(facts, cells=tuple(cells))


def _harm(
    before: Sequence[Finding],
    after: Sequence[Finding],
    batch: Sequence[Finding],
    moved: dict[int, int],
) -> str:
    """Why fixes are not taken: a finding that stays, or one that comes; empty where all is well."""
    # A rule that tells one place in a cell tells the next one then: that is another finding.
    told = Counter((f.code, moved.get(f.place.cell), f.message) for f in before)
    told -= Counter((f.code, moved.get(f.place.cell), f.message) for f in batch)
    still = Counter((f.code, f.place.cell, f.message) for f in after)
    for finding in batch:
        cell = moved.get(finding.place.cell)
        if cell is not None:
            same = finding.code, cell, finding.message
            if still[same] > told[same]:
                return "the finding is still there once it is applied"
    counts = Counter((f.code, moved.get(f.place.cell)) for f in before)
    now = Counter((f.code, f.place.cell) for f in after)
    for finding in after:
        key = finding.code, finding.place.cell
        # Notes cost the reader time; they do not make a result worse.
        if finding.severity is not Severity.NOTE and now[key] > counts[key]:
            return f"{finding.code} would be found in its place: {finding.message}"
    return ""
