"""What a project needs to be operated, and how far it is: what the browser asks and is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from poc_graduate import api
from poc_graduate.api.operating import Answers, Operated, operate, operating_choices
from poc_graduate.operate import ran
from poc_graduate.operate.score import MOST, Verdict
from poc_graduate.report.operated_text import asked_for, file_lines, left_out, summary
from poc_graduate.report.score_html import Radar
from poc_graduate.report.score_text import remedy

READINESS = "readiness.html"
"""Page of a project's score, which is made when it is asked for."""
_SHOWN = 20_000
"""Characters of a difference that are shown, from its beginning."""
_STEPS = 3


def choices(project: Path, named: str) -> dict[str, Any]:
    """What can be chosen for a project: an `OperateAnswer`.

    Args:
        project: Its folder.
        named: The same as the browser names it.

    Raises:
        InputError: it cannot be read.
    """
    found = operating_choices(project)
    below = f"{named}/" if named else ""
    return {
        "operated": found.operated,
        "parts": [asdict(part) for part in found.parts],
        "unstated": [{**asdict(one), "path": below + one.path} for one in found.unstated],
    }


def check(project: Path, answers: Answers) -> None:
    """Refuse what cannot be chosen; nothing is generated.

    Raises:
        InputError: an answer is none, or the project cannot be read.
    """
    operating_choices(project, answers)


def generate(project: Path, answers: Answers, *, dry_run: bool) -> dict[str, Any]:
    """Generate, or show what would be: a `JobResult` without the project and its pages.

    Raises:
        InputError: the project or an answer cannot be used.
    """
    done = operate(project, answers=answers, dry_run=dry_run)
    notes = [f"{path}: you and the new version changed the same place" for path in done.conflicts]
    if dry_run:
        return {
            "proved": not done.conflicts,
            "summary": f"nothing was written; {summary(done)}",
            "notes": notes,
            "output": _difference(done),
        }
    notes += [f"left out: {one}" for one in left_out(done)]
    asked = asked_for(done)
    if asked:
        notes.append(f"asked for by name below: {', '.join(asked)}")
    return {
        "proved": not done.conflicts,
        "summary": summary(done),
        "notes": notes,
        "output": "\n".join(line for line in file_lines(done) if not line.startswith("unchanged")),
    }


def _difference(done: Operated) -> str:
    """Each file, then what changes in those that are there: new ones are read when they are."""
    new = {f"+++ b/{each.path}" for each in done.decisions if each.action == "add"}
    parts = done.diff.replace("\n--- ", "\n\0--- ").split("\0")
    changed = "".join(part for part in parts if not new & set(islice(part.splitlines(), 3)))
    text = "\n".join(line for line in file_lines(done) if not line.startswith("unchanged"))
    text = f"{text}\n\n{changed}".rstrip()
    if len(text) > _SHOWN:
        text = f"{text[:_SHOWN]}\n… all of it: poc-graduate operate . --dry-run"
    return text


def score(project: Path) -> dict[str, Any]:
    """How ready a project is, by what ran before: a `Score`. Nothing is run or written.

    Raises:
        InputError: the folder is no project, or a record in it cannot be read.
    """
    found = api.score(project, form=False)
    return {
        "points": round(found.total, 1),
        "most": MOST,
        "meaning": found.meaning,
        "ran": found.ran.date().isoformat() if found.ran else None,
        "rubric": _block(found.sections, found.next_steps),
        "domains": _block(found.by_domain, found.next_in_domains),
        "page": f"graduation/{READINESS}",
    }


def tested(project: Path) -> dict[str, Any]:
    """What came of running a project's tests: a `JobResult` without the project and its pages."""
    latest = ran.kept(project)
    counts = Counter(latest.outcomes.values() if latest else ())
    words = [f"{counts[how]} {how}" for how in ("passed", "failed", "skipped") if counts[how]]
    return {
        "proved": not counts["failed"],
        "summary": f"tests: {', '.join(words) or 'there are none'}",
        "notes": [],
        "output": "",
    }


def _block(points: Mapping[str, float], steps: Iterable[Verdict]) -> dict[str, Any]:
    radar = Radar.of(points)
    least = min(points.values(), default=0.0)
    return {
        "radar": {
            "spokes": [asdict(spoke) for spoke in radar.spokes],
            "rings": [corners for _, corners in radar.rings],
            "shape": radar.shape,
            "says": radar.says,
        },
        "weakest": [name for name, one in points.items() if one == least],
        "next": [
            {"asks": one.question.asks, "remedy": remedy(one)} for one in islice(steps, _STEPS)
        ],
    }
