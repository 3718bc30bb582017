"""Fixes as a diff of each cell, as records, and what was done in one line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from poc_graduate.report.findings import as_document, as_record
from poc_graduate.report.formats import FORMATS
from poc_graduate.rules.apply import Mended, Repairs
from poc_graduate.rules.secrets import hidden_in
from poc_graduate.rules.survey import Survey
from poc_graduate.rules.view import NotebookView


def with_fixes(survey: Survey, repairs: Repairs, form: str) -> str:
    """The report on a survey together with what was done, or would be, about it."""
    if form == "json":
        document = {**as_document(survey), "fixes": as_fix_record(repairs)}
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return FORMATS[form](survey) if repairs.written else as_diffs(repairs)


def as_diffs(repairs: Repairs) -> str:
    """What changes, cell by cell, as one text."""
    return "".join(diff for path, mended in repairs.mended for diff in diffs_of(str(path), mended))


def diffs_of(path: str, mended: Mended) -> Iterator[str]:
    """A unified diff for each cell and file that changes; no secret stands in any of them.

    Args:
        path: The notebook.
        mended: With its fixes.
    """
    before, after = mended.notebook, mended.result
    cells = NotebookView(before).cells
    found: list[tuple[str, str, str, str]] = []
    kept = set(mended.origins)
    for cell in before.cells:
        if cell.index not in kept:
            found.append((f"{path} cell {cell.index}", "/dev/null", cell.source, ""))
    for cell, origin in zip(after.cells, mended.origins, strict=True):
        here = f"{path} cell {cell.index}"
        if origin is None:
            tags = f" [{', '.join(sorted(cell.tags))}]" if cell.tags else ""
            found.append(("/dev/null", here + tags, "", cell.source))
        elif before.cell(origin).source != cell.source:
            found.append((f"{path} cell {origin}", here, before.cell(origin).source, cell.source))
    for file in mended.files:
        name = str(Path(path).parent / file.path)
        there = "/dev/null" if file.before is None else name
        found.append((there, name, file.before or "", file.text))
    for old_name, new_name, old, new in found:
        lines = unified_diff(_lines(old), _lines(new), old_name, new_name)
        yield hidden_in("".join(lines), cells)


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.removesuffix("\n").split("\n")] if text else []


def fixes_summary(repairs: Repairs) -> str:
    """`Fixed 3 in 1 notebook; 2 more can be fixed with --fix POC202.`"""
    changed = [mended for _, mended in repairs.mended if mended.fixed]
    count = sum(len(mended.fixed) for mended in changed)
    refused = {id(one.finding) for _, mended in repairs.mended for one in mended.not_applied}
    more = [
        finding
        for _, finding in repairs.survey.findings
        if finding.fix is not None and id(finding) not in refused
    ]
    notebooks = "1 notebook" if len(changed) == 1 else f"{len(changed):,} notebooks"
    verb = "Fixed" if repairs.written else "Would fix"
    told = f"{verb} {count:,} in {notebooks}" if count else "Nothing fixed"
    if not count and not repairs.written:
        told = "Nothing would be fixed"
    if more:
        asked = ",".join(sorted({finding.code for finding in more}))
        again = " more" if count else ""
        told += f"; {len(more):,}{again} can be fixed with --fix {asked}"
    return f"{told}."


def not_fixed(repairs: Repairs) -> Iterator[str]:
    """One sentence for each fix that was wanted and would have done harm."""
    for path, mended in repairs.mended:
        for one in mended.not_applied:
            at = one.finding.place
            yield (
                f"{path}, cell {at.cell}, line {at.line}: {one.finding.code} is not fixed: "
                f"{one.reason}."
            )


def as_fix_record(repairs: Repairs) -> dict[str, object]:
    """What was done, for machines."""
    return {
        "written": repairs.written,
        "fixed": [
            as_record(str(path), finding)
            for path, mended in repairs.mended
            for finding in mended.fixed
        ],
        "not_fixed": [
            {**as_record(str(path), one.finding), "reason": one.reason}
            for path, mended in repairs.mended
            for one in mended.not_applied
        ],
        "diffs": [
            {"path": str(path), "diff": diff}
            for path, mended in repairs.mended
            for diff in diffs_of(str(path), mended)
        ],
    }
