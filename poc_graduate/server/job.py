"""One job in a process of its own: `python -m poc_graduate.server.job FOLDER`.

The folder holds `request.json`; what goes on is written to `state.json`, always whole.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from poc_graduate.api import write_text
from poc_graduate.errors import GraduateError
from poc_graduate.report.errors import error_record
from poc_graduate.server.batches import GRID
from poc_graduate.server.failures import Fault
from poc_graduate.server.jobs import OPEN_TEXT, PLAN

_SHOWN = 20_000
"""Characters of a program's output that are kept, from its end."""


class Journal:
    """`state.json`, as the server and the browser read it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "state.json"
        self.state: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))

    def write(self, **changes: Any) -> None:
        """Change what is known, at once and whole."""
        self.state.update(changes)
        write_text(self.path, json.dumps(self.state))

    def progress(self, what: str, done: int, of: int) -> None:
        """Said by whoever works."""
        self.write(step=what, done=done, of=of)


def main(folder: Path) -> None:
    """Do what is asked, and say how it ended."""
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    write_text(folder / "pid", str(os.getpid()))  # the server may die before it does
    journal = Journal(folder)
    try:
        result = _WORK.get(request["kind"], _run)(request, journal)
    except GraduateError as error:
        state = "refused" if error.exit_status == 3 else "failed"
        journal.write(state=state, error=error_record(error))
    except Exception as defect:  # the browser is told, whatever it was; the log has the rest
        import traceback

        traceback.print_exc()
        fault = Fault(
            f"poc_graduate failed: {type(defect).__name__}: {defect}",
            remedy=f"report it, please, with {folder / 'log.txt'}",
        )
        journal.write(state="failed", error=error_record(fault))
    else:
        journal.write(state="cancelled" if result is None else "done", result=result)


def _export(request: dict[str, Any], journal: Journal) -> dict[str, Any]:
    from poc_graduate import api

    notebook, project = Path(request["subject"]), Path(request["to"])
    plan = Path(request[PLAN]) if PLAN in request else None
    text = None
    if OPEN_TEXT in request:
        held = Path(request[OPEN_TEXT])
        text = held.read_text(encoding="utf-8")
        held.unlink()  # nobody needs it again, and it may hold secrets
    done = api.export(notebook, to=project, text=text, plan=plan, progress=journal.progress)
    certificate = done.certificate
    summary = "not proved"
    if certificate is not None:
        from poc_graduate.report.certificate_text import headline, remainder

        summary = "; ".join(filter(None, [headline(certificate), remainder(certificate)]))
    notes = [*done.notes, *(f"conflict in {path}" for path in done.conflicts)]
    if text is not None:
        notes.insert(0, f"this is about {notebook.name} as it was open here, not as it was saved")
    return {
        "project": str(project),
        "proved": certificate is not None and certificate.equal,
        "summary": summary,
        "notes": notes,
        "pages": pages(project),
        "output": "",
    }


def pages(project: Path) -> list[str]:
    """The pages of a project, the certificate first."""
    found = sorted(path.name for path in (project / "graduation").glob("*.html"))
    found.sort(key=lambda name: name != "certificate.html")
    return [f"graduation/{name}" for name in found]


_PLOOMBER = "from ploomber_cli.cli import cmd_router; cmd_router()"
_COMMANDS = {
    "build": ["-c", _PLOOMBER, "build"],
    "test": ["-m", "pytest", "-q", "-p", "no:cacheprovider"],
    "verify": ["-m", "poc_graduate", "verify", "."],
}


def _batch(request: dict[str, Any], journal: Journal) -> dict[str, Any] | None:
    """Run a batch; None where it was stopped before its end, which leaves what is done."""
    from poc_graduate import api

    project, folder = Path(request["subject"]), Path(request["to"])
    resume = GRID not in request
    grid = folder / GRID if resume else Path(request[GRID])
    stopping: list[str] = []

    def tell(sentence: str) -> None:
        stopping[:] = ["stopping when the runs that are under way have ended"]
        journal.write(step=stopping[0])

    def progress(what: str, done: int, of: int) -> None:
        if not (folder / GRID).exists():  # kept for going on with the batch
            write_text(folder / GRID, grid.read_text(encoding="utf-8"))
        journal.progress(stopping[0] if stopping else what, done, of)

    journal.write(step="preparing the runs")
    summary = api.batch(
        project, grid=grid, to=folder, workers=request["workers"], resume=resume,
        progress=progress, tell=tell,
    )  # fmt: skip
    status = summary.status
    if status.ending == "stopped":
        return None
    failed = f", {status.failed:,} failed" if status.failed else ""
    return {
        "project": str(project),
        "proved": summary.all_done,
        "summary": f"{status.done:,} of {status.planned:,} runs done{failed}",
        "notes": [f"{group.count:,} ×: {group.failure}" for group in summary.failures],
        "pages": pages(project),
        "output": "",
    }


def _run(request: dict[str, Any], journal: Journal) -> dict[str, Any]:
    project, kind = Path(request["subject"]), request["kind"]
    words = {"build": "building", "test": "running its tests", "verify": "proving it again"}
    journal.progress(words[kind], 0, 1)
    run = subprocess.run(
        [sys.executable, *_COMMANDS[kind]], cwd=project, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env={**os.environ, "PLOOMBER_STATS_ENABLED": "false"}, check=False,
    )  # fmt: skip
    output = run.stdout[-_SHOWN:]
    return {
        "project": str(project),
        "proved": run.returncode == 0,
        "summary": f"{kind} {'passed' if run.returncode == 0 else 'failed'}",
        "notes": [],
        "pages": pages(project),
        "output": output,
    }


def _operate(request: dict[str, Any], journal: Journal) -> dict[str, Any]:
    """Generate what a project needs to be operated, or say what would be."""
    from poc_graduate.server.operating import generate

    project = Path(request["subject"])
    journal.progress("generating", 0, 1)
    done = generate(project, request["answers"], dry_run=request["dry_run"])
    return {"project": str(project), "pages": pages(project), **done}


def _score(request: dict[str, Any], journal: Journal) -> dict[str, Any]:
    """Run a project's tests, and say how ready it is."""
    from poc_graduate import api
    from poc_graduate.server.operating import tested

    project = Path(request["subject"])
    api.score(project, run=True, progress=journal.progress)
    return {"project": str(project), "pages": pages(project), **tested(project)}


_WORK: dict[str, Callable[[dict[str, Any], Journal], dict[str, Any] | None]] = {
    "export": _export,
    "batch": _batch,
    "operate": _operate,
    "score": _score,
}


def _ended(*_: object) -> None:
    raise SystemExit("cancelled")  # whoever holds kernels and folders gives them back


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _ended)
    main(Path(sys.argv[1]))
