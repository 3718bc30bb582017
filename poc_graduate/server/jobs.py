"""Jobs: each in a process group of its own, its state on disk, so that it outlives page and server.

A job's folder holds `request.json`, what the server asked; `pid`; `state.json`, which is the job's
to write while it runs and the server's before and after; and `log.txt`. Several servers of a user
share the folder of all jobs: whoever looks at it holds its lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from poc_graduate.api import write_text
from poc_graduate.report.errors import error_record
from poc_graduate.server.failures import JobEnded

MOST_AT_ONCE = 2
LIMIT = 4 * 3600.0
"""Seconds that a job may take."""
PATIENT: Mapping[str, float] = {"batch": 72 * 3600.0}
"""The same for kinds of jobs that take longer, and that end by themselves when they are told to."""
KEPT = 7 * 24 * 3600.0
"""Seconds that one which has ended is remembered."""
MOST_KEPT = 50
OPEN_TEXT = "notebook.ipynb"
"""File of a job's folder: what an editor held, until the job has read it."""
PLAN = "plan.yaml"
_PAUSE = 1.0
"""Seconds between two looks at what runs."""
_PATIENCE = 10.0
"""Seconds that a job has to end by itself."""
_ENDED = ("done", "refused", "failed", "cancelled")

State = dict[str, Any]


class Jobs:
    """The jobs of a server, those of an earlier server among them.

    Args:
        folder: Where their state is kept.
        most: How many run at once; others wait.
        limit: Seconds after which one is ended.
        kept: Seconds after which one that has ended is forgotten.
        command: What runs a job, given its folder.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most: int = MOST_AT_ONCE,
        limit: float = LIMIT,
        kept: float = KEPT,
        command: Sequence[str] = (sys.executable, "-m", "poc_graduate.server.job"),
    ) -> None:
        self.folder = folder
        self._most, self._limit, self._kept, self._command = most, limit, kept, command
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._news = threading.Event()
        self._closed = False
        self._watcher: threading.Thread | None = None

    def watch(self) -> None:
        """Look after them from now on, whether or not anybody asks."""
        self._watcher = threading.Thread(target=self._watch, name="poc-graduate-jobs", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        """Look after them no longer; what runs goes on."""
        self._closed = True
        self._news.set()
        if self._watcher is not None:
            self._watcher.join(_PATIENCE)

    def _watch(self) -> None:
        while not self._closed:
            self._news.clear()
            busy = self.look()
            self._sweep()
            # With nothing to do: once an hour, for what is to be forgotten.
            self._news.wait(_PAUSE if busy else 3600.0)

    def start(self, request: Mapping[str, Any], files: Mapping[str, str] | None = None) -> State:
        """Begin a job, or let it wait for others.

        Args:
            request: What `job.py` is to do; its `subject` is the notebook or project.
            files: Name of a file in the job's folder → text; the request has its path by that name.
        """
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:8]}"
        home = self.folder / name
        asked = dict(request)
        state = {
            "id": name, "kind": request["kind"], "subject": request["subject"], "state": "queued",
            "step": "waiting", "done": 0, "of": 1, "error": None, "result": None,
            "begun": time.time(),
        }  # fmt: skip
        home.mkdir(parents=True, mode=0o700)
        for file, text in (files or {}).items():
            write_text(home / file, text)
            asked[file] = str(home / file)
        write_text(home / "request.json", json.dumps(asked))
        write_text(home / "state.json", json.dumps(state))
        self.look()
        self._news.set()
        return self.job(name) or state

    def job(self, name: str) -> State | None:
        """What is known of a job; None where there is none of this name."""
        if not name.replace("-", "").isalnum():
            return None
        self._news.set()  # the server that looked after it may be gone
        return _state(self.folder / name)

    def jobs(self) -> list[State]:
        """All of them, the newest first."""
        self._news.set()
        found = (_state(home) for home in reversed(self._homes()))
        return [state for state in found if state is not None]

    def cancel(self, name: str) -> State | None:
        """End a job with all that it has started; one that waits does not begin.

        A kind that is patient is asked to end what is under way; asked twice, it is ended.
        """
        state = self.job(name)
        if state is None:
            return None
        if state["kind"] not in PATIENT or not self._ask(self.folder / name):
            self._end(self.folder / name, {"state": "cancelled"})
        self.look()
        return self.job(name)

    def look(self) -> bool:
        """Note what has ended without a word, end what takes too long, begin what may begin.

        Returns:
            Whether any runs or waits.
        """
        overdue = []
        with self._locked():
            running, waiting = 0, []
            for home in self._homes():
                state = _state(home)
                if state is None or state["state"] in _ENDED:
                    self._processes.pop(home.name, None)
                elif state["state"] == "queued" and _pid(home) is None:
                    waiting.append((home, state))
                elif not self._alive(home):
                    self._gone(home)
                elif time.time() - state["begun"] > self._limit_of(state):
                    overdue.append((home, state))
                else:
                    running += 1
            for home, state in waiting[: max(0, self._most - running - len(overdue))]:
                self._begin(home, state)
        for home, state in overdue:
            self._end(home, _overdue(state["kind"], self._limit_of(state)))
        return bool(running or waiting or overdue)

    def _begin(self, home: Path, state: State) -> None:
        changed = {**state, "state": "running", "step": "starting", "begun": time.time()}
        write_text(home / "state.json", json.dumps(changed))
        with (home / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                [*self._command, str(home)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        write_text(home / "pid", str(process.pid))
        self._processes[home.name] = process

    def _gone(self, home: Path) -> None:
        """The process is no more: its last word is in the state, unless it had none."""
        state = _state(home)
        self._processes.pop(home.name, None)
        if state is not None and state["state"] not in _ENDED:
            failed = _failed("the job ended without a word", f"its log is {home / 'log.txt'}")
            _write_last(home, {**state, **(_read(home / "last.json") or failed)})

    def _ask(self, home: Path) -> bool:
        """Tell a job to end by itself; False where it does not run, or was told before."""
        with self._locked():
            state, pid = _state(home), _pid(home)
            told = (home / "last.json").exists()
            if state is None or state["state"] != "running" or pid is None or told:
                return False
            if not self._alive(home):
                return False
            write_text(home / "last.json", json.dumps({"state": "cancelled"}))
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGTERM)
            return True

    def _limit_of(self, state: State) -> float:
        return max(self._limit, PATIENT.get(state["kind"], 0.0))

    def _end(self, home: Path, last: State) -> None:
        """Kill what runs, unless it has ended; what becomes of it then is written down before."""
        with self._locked():
            state = _state(home)
            if state is None or state["state"] in _ENDED:
                return
            if state["state"] == "queued":
                _write_last(home, {**state, **last})
                return
            write_text(home / "last.json", json.dumps(last))
        self._kill(home)  # takes its time: others may look meanwhile
        with self._locked():
            self._gone(home)

    def _alive(self, home: Path) -> bool:
        process = self._processes.get(home.name)
        if process is not None:
            return process.poll() is None
        pid = _pid(home)
        return pid is not None and _is_job(home, pid)

    def _kill(self, home: Path) -> None:
        pid = _pid(home)
        if pid is None or not self._alive(home):
            return
        # First it may give back kernels, which have groups of their own, and folders.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE
        while self._alive(home) and time.monotonic() < deadline:
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        if (process := self._processes.get(home.name)) is not None:
            process.wait()

    def _homes(self) -> list[Path]:
        return sorted(self.folder.glob("*-*-*"))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone, among the threads of this server and among the servers of this user."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _sweep(self) -> None:
        """Forget what ended long ago, and the oldest of very many."""
        with self._locked():
            ended = [
                (home, state)
                for home in self._homes()
                if (state := _state(home)) is not None and state["state"] in _ENDED
            ]
            many = len(ended) - MOST_KEPT
            for number, (home, state) in enumerate(ended):
                if number < many or time.time() - state["begun"] > self._kept:
                    shutil.rmtree(home, ignore_errors=True)


def _state(home: Path) -> State | None:
    return _read(home / "state.json")


def _read(path: Path) -> State | None:
    try:
        found: State = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none, or being removed
        return None
    return found


def _write_last(home: Path, state: State) -> None:
    write_text(home / "state.json", json.dumps(state))
    (home / OPEN_TEXT).unlink(missing_ok=True)  # it may hold secrets


def _pid(home: Path) -> int | None:
    try:
        return int((home / "pid").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not begun
        return None


def _is_job(home: Path, pid: int) -> bool:
    """Whether a process is still that job, and no other of its number."""
    command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    for pause in (0.05, 0.2, 0.0):
        try:
            said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        except OSError:
            return False
        # A process that has only just begun is shown by its name in brackets.
        if str(home) in said or not said.startswith("[") or "defunct" in said:
            break
        time.sleep(pause)
    return str(home) in said


def _overdue(kind: str, limit: float) -> State:
    remedy = "make the notebook faster, or export it on the command line"
    if kind in PATIENT:
        remedy = "go on with it: what is done stays done"
    return _failed(f"it took over {limit:.0f} seconds", remedy)


def _failed(found: str, remedy: str) -> State:
    return {"state": "failed", "error": error_record(JobEnded(found, remedy=remedy))}
