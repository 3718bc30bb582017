"""`python -m poc_graduate.magics.worker`: an export, batch, score or more in a process of its own.

Reads one JSON record from standard input, writes JSON lines: progress while it works, then what
came of it. A kernel that waits for this stays free of everything that an export loads.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TextIO

from poc_graduate import api
from poc_graduate.errors import GraduateError
from poc_graduate.report.errors import error_sentence


def main(asked: dict[str, Any], out: TextIO) -> None:
    """Do what is asked and write down how it goes.

    Args:
        asked: `verb`, `notebook` and the arguments of the verb.
        out: Where the JSON lines go.
    """

    def say(**record: object) -> None:
        out.write(json.dumps(record) + "\n")
        out.flush()

    def progress(what: str, done: int, total: int, /) -> None:
        say(what=what, done=done, total=total)

    try:
        answer = _VERBS[asked["verb"]](asked, progress)
    except GraduateError as error:
        say(error=error_sentence(error))
    except OSError as error:
        say(error=f"{error.filename}: {error.strerror}" if error.filename else str(error))
    else:
        say(answer=answer)


def _plan(asked: dict[str, Any], progress: api.Progress) -> dict[str, Any]:
    from poc_graduate.report.plan_text import render

    plan = api.plan(
        Path(asked["notebook"]), run=asked["run"], timeout=asked["timeout"], progress=progress
    )
    return {"yaml": plan.to_yaml(), "text": render(plan)}


def _export(asked: dict[str, Any], progress: api.Progress) -> dict[str, Any]:
    made = api.export(
        Path(asked["notebook"]),
        to=Path(asked["output"]),
        plan=Path(asked["plan"]) if asked["plan"] else None,
        run=not asked["no_run"],
        timeout=asked["timeout"],
        dry_run=asked["dry_run"],
        progress=progress,
    )
    proof = made.certificate
    return {
        "project": str(made.project),
        "stages": [stage.name for stage in made.plan.stages],
        "proved": proof is not None and proof.equal,
        "equal": proof.count("equal") if proof else 0,
        "apart": proof.count("not comparable") if proof else 0,
        "different": proof.count("different") if proof else 0,
        "conflicts": list(made.conflicts),
        "notes": list(made.notes),
        "edited": made.edited,
        "diff": made.diff,
        "dry_run": bool(asked["dry_run"]),
        "executed": proof is not None,
    }


def _batch(asked: dict[str, Any], progress: api.Progress) -> dict[str, Any]:
    from poc_graduate.report.batch_text import summary_text

    made = api.batch(
        Path(asked["notebook"]),
        grid=Path(asked["grid"]),
        to=Path(asked["output"]),
        workers=asked["workers"],
        resume=asked["resume"],
        timeout=asked["timeout"],
        fail_fast=asked["fail_fast"],
        progress=progress,
    )
    return {"text": summary_text(made)}


def _score(asked: dict[str, Any], progress: api.Progress) -> dict[str, Any]:
    from poc_graduate.report.score_text import score_text

    found = api.score(Path(asked["project"]), run=asked["run"], progress=progress)
    return {"text": score_text(found)}


def _operate(asked: dict[str, Any], progress: api.Progress) -> dict[str, Any]:
    from poc_graduate.api.operating import operate
    from poc_graduate.report.operated_text import operated_lines

    progress("generating", 0, 1)
    choices = Path(asked["choices"]) if asked["choices"] else None
    done = operate(Path(asked["project"]), choices, dry_run=asked["dry_run"])
    text = done.diff if asked["dry_run"] else "\n".join(operated_lines(done))
    return {"text": text or "Nothing would change.", "conflicts": list(done.conflicts)}


_VERBS = {
    "plan": _plan, "export": _export, "batch": _batch, "score": _score, "operate": _operate,
}  # fmt: skip

if __name__ == "__main__":
    answers = sys.stdout
    sys.stdout = sys.stderr  # whatever libraries print is not ours
    main(json.load(sys.stdin), answers)
