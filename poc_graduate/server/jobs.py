"""Jobs: each in a process group of its own, its state on disk, so that it outlives a page."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MOST_AT_ONCE = 2
_KEPT = 50
_PATIENCE = 10.0
"""Seconds that a job has to end by itself."""
_SHOWN = ("id", "kind", "path", "state", "step", "done", "of", "error", "result")
_ENDED = ("done", "refused", "failed", "cancelled")


class Jobs:
    """The jobs of a server, those of an earlier server among them.

    Args:
        folder: Where their state is kept.
        most: How many run at once; others wait.
        limit: Seconds after which one is ended.
    """

    def __init__(self, folder: Path, *, most: int = MOST_AT_ONCE, limit: float = 4 * 3600) -> None:
        self.folder = folder
        self.most = most
        self.limit = limit
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self, request: Mapping[str, Any], path: str, plan: str | None = None
    ) -> dict[str, Any]:
        """Begin a job, or let it wait for others.

        Args:
            request: What `job.py` is to do.
            path: The notebook or project, as the browser names it.
            plan: An edited plan, as YAML.
        """
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:8]}"
        home = self.folder / name
        home.mkdir(parents=True, mode=0o700)
        asked = dict(request)
        if plan is not None:
            (home / "plan.yaml").write_text(plan, encoding="utf-8")
            asked["plan"] = str(home / "plan.yaml")
        state = {
            "id": name, "kind": request["kind"], "path": path, "state": "queued", "step": "waiting",
            "done": 0, "of": 1, "error": None, "result": None, "pid": None, "begun": time.time(),
        }  # fmt: skip
        (home / "request.json").write_text(json.dumps(asked), encoding="utf-8")
        (home / "state.json").write_text(json.dumps(state), encoding="utf-8")
        self._sweep()
        self.look()
        return self.job(name) or {}

    def job(self, name: str) -> dict[str, Any] | None:
        """What is known of a job; None where there is none of this name."""
        if not name.replace("-", "").isalnum():
            return None
        state = self._state(self.folder / name)
        return None if state is None else {key: state.get(key) for key in _SHOWN}

    def jobs(self) -> list[dict[str, Any]]:
        """All of them, the newest first."""
        self.look()
        names = sorted((path.name for path in self.folder.glob("*-*")), reverse=True)
        return [job for name in names if (job := self.job(name)) is not None]

    def cancel(self, name: str) -> dict[str, Any] | None:
        """End a job with all that it has started."""
        if self.job(name) is None:
            return None
        home = self.folder / name
        state = self._state(home) or {}
        if state["state"] not in _ENDED:
            self._kill(name, state.get("pid"))
            self._write(home, {**state, "state": "cancelled"})
        self.look()
        return self.job(name)

    def look(self) -> None:
        """Note what has ended without a word, or takes too long; begin what may begin."""
        running, waiting = 0, []
        for home in sorted(self.folder.glob("*-*")):
            state = self._state(home)
            if state is None or state["state"] in _ENDED:
                continue
            if state["state"] == "queued" and home.name not in self._processes:
                waiting.append(home)
                continue
            if not self._alive(home.name, state.get("pid")):
                state = self._state(home) or state
                if state["state"] not in _ENDED:
                    self._fail(home, state, "the job ended without a word", "look at its log")
            elif time.time() - state["begun"] > self.limit:
                self._kill(home.name, state.get("pid"))
                self._fail(home, state, f"it took over {self.limit:.0f} seconds", "raise the limit")
            else:
                running += 1
        for home in waiting[: max(0, self.most - running)]:
            state = self._state(home) or {}
            self._write(home, {**state, "state": "running", "begun": time.time()})
            with (home / "log.txt").open("wb") as log:
                self._processes[home.name] = subprocess.Popen(
                    [sys.executable, "-m", "poc_graduate.server.job", str(home)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip

    def _alive(self, name: str, pid: int | None) -> bool:
        process = self._processes.get(name)
        if process is not None:
            return process.poll() is None
        return pid is not None and self._is_job(name, pid)

    def _is_job(self, name: str, pid: int) -> bool:
        """Whether a process of an earlier server is still that job, and no other of its number."""
        command = ["ps", "-o", "command=", "-p", str(pid)]
        try:
            said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        except OSError:
            return False
        return str(self.folder / name) in said

    def _kill(self, name: str, pid: int | None) -> None:
        process = self._processes.get(name)
        if process is None and (pid is None or not self._is_job(name, pid)):
            return
        group = process.pid if process is not None else pid
        assert group is not None
        # First it may give back kernels, which have groups of their own, and folders.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(group, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE
        while self._alive(name, pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        if process is not None:
            process.wait()

    def _fail(self, home: Path, state: dict[str, Any], found: str, remedy: str) -> None:
        blank = dict.fromkeys(("cell", "cell_id", "line", "column"))
        message = f"{found}. {remedy.capitalize()}"
        error = {"type": "JobEnded", "message": message, "found": found, "remedy": remedy, **blank}
        self._write(home, {**state, "state": "failed", "error": error})

    def _state(self, home: Path) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads((home / "state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def _write(self, home: Path, state: Mapping[str, Any]) -> None:
        temporary = home / "state.server"
        temporary.write_text(json.dumps(dict(state)), encoding="utf-8")
        temporary.replace(home / "state.json")

    def _sweep(self) -> None:
        """Forget the oldest that have ended."""
        ended = [
            home
            for home in sorted(self.folder.glob("*-*"))
            if (state := self._state(home)) is not None and state["state"] in _ENDED
        ]
        for home in ended[: max(0, len(ended) - _KEPT)]:
            shutil.rmtree(home, ignore_errors=True)
