"""An export from the notebook: in a process of its own, with its progress shown."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate import api
from poc_graduate.errors import GraduateError, InputError
from poc_graduate.magics import screen
from poc_graduate.report.exported import exported_html, exported_lines, plan_html, progress_html

if TYPE_CHECKING:
    from poc_graduate.magics.graduate import Magics

PATIENCE = 10.0
"""Seconds that a stopped export has to put its scratch copies away."""
# What belongs to this kernel; the export starts others.
_OURS = ("JPY_", "MPLBACKEND", "PYDEVD", "IPYTHON")


WORKER = (sys.executable, "-m", "poc_graduate.magics.worker")


def environment() -> dict[str, str]:
    """Of the worker: this kernel's, without what belongs to it alone."""
    return {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}


def plan(
    magics: Magics, notebook: Path, *, output: Path | None, run: bool, timeout: float | None
) -> None:
    """Show the plan, or write it."""
    if run:
        _announce(magics, notebook)
        asked = {"verb": "plan", "notebook": str(notebook), "run": True, "timeout": timeout}
        answer = _watched(magics, asked)
        text, yaml = answer["text"], answer["yaml"]
    else:
        from poc_graduate.report.plan_text import render

        made = api.plan(notebook)
        text, yaml = render(made), made.to_yaml()
    if output is not None:
        api.write_text(output, yaml)
        print(f"{output}: edit it, then `%graduate export --plan {output}`")
        return
    screen.show(magics, text, plan_html(text, yaml))


def export(magics: Magics, notebook: Path, **options: Any) -> None:
    """Export the notebook and say what came of it."""
    output = options["output"] or notebook.with_name(api.package_name(notebook))
    if not options["no_run"]:
        _announce(magics, notebook)
    answer = _watched(magics, request(notebook, **{**options, "output": output}))
    if answer["dry_run"]:
        print(answer["diff"] or "Nothing would change.")
        return
    project = Path(answer["project"])
    shown = os.path.relpath(project)
    screen.show(magics, "\n".join(exported_lines(answer, shown)), exported_html(answer, shown))


def request(
    notebook: Path,
    *,
    output: Path,
    plan: Path | None = None,
    no_run: bool = False,
    dry_run: bool = False,
    timeout: float | None = None,
) -> dict[str, Any]:
    """What the worker is asked, so that it exports: `api.export`, as a record."""
    return {
        "verb": "export",
        "notebook": str(notebook.resolve()),
        "output": str(output.resolve()),
        "plan": str(plan.resolve()) if plan else None,
        "no_run": no_run,
        "dry_run": dry_run,
        "timeout": timeout,
    }


def batch(magics: Magics, notebook: Path, **options: Any) -> None:
    """Run the notebook for each run of a grid, and say what came of it."""
    asked = {
        **options,
        "verb": "batch",
        "notebook": str(notebook.resolve()),
        "grid": str(options["grid"].resolve()),
        "output": str(options["output"].resolve()),
    }
    stopped = "stopped; what is done stays done, and --resume goes on"
    print(_watched(magics, asked, stopped)["text"], end="")


def score(magics: Magics, project: Path, *, run: bool) -> None:
    """Say how ready an exported project is."""
    asked = {"verb": "score", "project": str(project.resolve()), "run": run}
    screen.show(magics, _watched(magics, asked)["text"])


def operate(magics: Magics, project: Path, *, choices: Path | None, dry_run: bool) -> None:
    """Generate what a project needs to be operated, and say what came of it."""
    asked = {
        "verb": "operate",
        "project": str(project.resolve()),
        "choices": str(choices.resolve()) if choices else None,
        "dry_run": dry_run,
    }
    answer = _watched(magics, asked, "stopped; the next run does what is left")
    print(answer["text"])
    if answer["conflicts"]:
        print(f"Both changed: {', '.join(answer['conflicts'])}; mend what is marked there.")


def announcement(notebook: Path) -> str:
    """What the user is told before a notebook is executed."""
    return f"{notebook.name} will be executed, as it is saved, in scratch copies of its folder."


def _announce(magics: Magics, notebook: Path) -> None:
    print(announcement(notebook))


def _watched(
    magics: Magics, asked: dict[str, Any], stopped: str = "stopped; nothing was written"
) -> dict[str, Any]:
    """Run the worker, show its progress, return its answer; an interrupt is told as `stopped`.

    Raises:
        GraduateError: it says so, or it died.
    """
    bar = _Bar(magics)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        worker = subprocess.Popen(
            WORKER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            env=environment(),
            start_new_session=True,  # an interrupt of the kernel is passed on by us, once
        )
        assert worker.stdin is not None
        assert worker.stdout is not None
        try:
            worker.stdin.write(json.dumps(asked))
            worker.stdin.close()
            last: dict[str, Any] = {}
            for line in worker.stdout:
                last = json.loads(line)
                if "what" in last:
                    bar.show(last["what"], last["done"], last["total"])
            worker.wait()
        except KeyboardInterrupt:
            _stop(worker)
            raise InputError(stopped) from None
        finally:
            bar.clear()
            worker.stdout.close()
            if worker.poll() is None:
                _stop(worker)
        if "answer" in last:
            answer: dict[str, Any] = last["answer"]
            return answer
        if "error" in last:
            raise GraduateError(last["error"])
        errors.seek(0)
        said = errors.read().strip().splitlines()[-1:]
        raise GraduateError(f"the {asked['verb']} died: {''.join(said) or worker.returncode}")


def _stop(worker: subprocess.Popen[str]) -> None:
    for kind in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(worker.pid, kind)
            worker.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            pass
        return


class _Bar:
    """Where an export is: one output that changes."""

    def __init__(self, magics: Magics) -> None:
        self._magics = magics
        self._handle: Any = None

    def show(self, what: str, done: int, total: int) -> None:
        if not self._magics.rich:
            if sys.stderr.isatty():
                print(f"\r\033[K{what} ({done} of {total})", end="", file=sys.stderr, flush=True)
            return
        bundle = {"text/plain": f"{what} ({done} of {total})",
                  "text/html": progress_html(what, done, total)}  # fmt: skip
        if self._handle is None:
            self._handle = screen.display(bundle, changes=True)
        else:
            self._handle.update(bundle, raw=True)

    def clear(self) -> None:
        if self._handle is not None:
            self._handle.update({"text/plain": "", "text/html": ""}, raw=True)
        elif not self._magics.rich and sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)
