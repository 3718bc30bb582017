"""Jobs: what waits, what is ended and by whom, and what a new server finds of an old one's."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from poc_graduate.server import jobs as module
from poc_graduate.server.jobs import OPEN_TEXT, Jobs

# Stands for `job.py`: it writes as that does, and ends when a file of this name is there.
STAND_IN = """
import json, pathlib, sys, time
home = pathlib.Path(sys.argv[1])
state = json.loads((home / "state.json").read_text())
request = json.loads((home / "request.json").read_text())
if request["how"] == "dies":
    sys.exit(7)
while not (home.parent / "go").exists():
    time.sleep(0.02)
state.update(state="done", result={"project": request["subject"]})
new = home / "new"
new.write_text(json.dumps(state))
new.replace(home / "state.json")
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Jobs]]:
    """Servers' jobs in one folder."""
    script = tmp_path / "job.py"
    script.write_text(STAND_IN)
    monkeypatch.setattr(module, "_PAUSE", 0.05)
    servers: list[Jobs] = []

    def make(*, watched: bool = True, **more: Any) -> Jobs:
        jobs = Jobs(tmp_path / "jobs", command=(sys.executable, str(script)), **more)
        servers.append(jobs)
        if watched:
            jobs.watch()
        return jobs

    yield make
    for jobs in servers:
        jobs.close()
    for process in psutil.process_iter(["cmdline"]):
        if str(script) in (process.info["cmdline"] or ()):
            process.kill()


def begin(jobs: Jobs, how: str = "waits", **files: str) -> str:
    request = {"kind": "build", "subject": "/projects/one", "how": how}
    return str(jobs.start(request, {OPEN_TEXT: files["text"]} if files else None)["id"])


def becomes(jobs: Jobs, name: str, state: str) -> dict[str, Any]:
    """The job once it is so; its state is read as a file, nobody asks the server."""
    for _ in range(1000):
        found = json.loads((jobs.folder / name / "state.json").read_text())
        if found["state"] == state:
            return dict(found)
        time.sleep(0.02)
    raise AssertionError(f"{found['state']} instead of {state}")


def pid(jobs: Jobs, name: str) -> int:
    return int((jobs.folder / name / "pid").read_text())


def test_a_job_that_waits_begins_when_another_ends_and_nobody_has_to_ask(
    made: Callable[..., Jobs],
) -> None:
    jobs = made(most=1)
    first, second = begin(jobs), begin(jobs)
    assert [becomes(jobs, first, "running")["state"], jobs.job(second)["state"]] == [
        "running",
        "queued",
    ]

    (jobs.folder / "go").touch()

    becomes(jobs, first, "done")
    becomes(jobs, second, "done")


def test_one_that_takes_too_long_is_ended_and_nobody_has_to_ask(made: Callable[..., Jobs]) -> None:
    jobs = made(limit=0.2)
    name = begin(jobs)

    ended = becomes(jobs, name, "failed")

    assert "it took over 0 seconds" in ended["error"]["message"]
    assert not psutil.pid_exists(pid(jobs, name))


def test_one_that_dies_is_said_to_have(made: Callable[..., Jobs]) -> None:
    jobs = made()

    ended = becomes(jobs, begin(jobs, "dies"), "failed")

    assert ended["error"]["type"] == "JobEnded"
    assert "without a word" in ended["error"]["found"]


def test_one_that_waits_is_cancelled_before_it_begins(made: Callable[..., Jobs]) -> None:
    jobs = made(most=1)
    begin(jobs)
    waiting = begin(jobs, text="secret")

    assert jobs.cancel(waiting)["state"] == "cancelled"

    (jobs.folder / "go").touch()
    assert becomes(jobs, waiting, "cancelled")
    assert not (jobs.folder / waiting / "pid").exists()
    assert not (jobs.folder / waiting / OPEN_TEXT).exists()


def test_one_that_runs_is_cancelled_with_its_process(made: Callable[..., Jobs]) -> None:
    jobs = made()
    name = begin(jobs)
    becomes(jobs, name, "running")

    assert jobs.cancel(name)["state"] == "cancelled"

    assert not psutil.pid_exists(pid(jobs, name))
    assert jobs.cancel(name)["state"] == "cancelled"


def test_what_has_ended_cannot_be_cancelled(made: Callable[..., Jobs]) -> None:
    jobs = made()
    (jobs.folder).mkdir(parents=True, exist_ok=True)
    (jobs.folder / "go").touch()
    name = begin(jobs)
    becomes(jobs, name, "done")

    assert jobs.cancel(name)["state"] == "done"


class TestAnotherServer:
    def test_follows_what_the_first_began(self, made: Callable[..., Jobs]) -> None:
        first = made(most=1)
        name, waiting = begin(first), begin(first)
        becomes(first, name, "running")
        first.close()

        second = made(most=1)

        assert [one["id"] for one in second.jobs()] == sorted([name, waiting], reverse=True)
        assert second.job(name)["state"] == "running"
        (second.folder / "go").touch()
        assert becomes(second, name, "done")["result"] == {"project": "/projects/one"}
        becomes(second, waiting, "done")

    def test_cancels_what_the_first_began(self, made: Callable[..., Jobs]) -> None:
        first = made()
        name = begin(first)
        becomes(first, name, "running")
        first.close()

        assert made().cancel(name)["state"] == "cancelled"

        assert first._processes[name].wait(10) is not None

    def test_holds_its_own_limit(self, made: Callable[..., Jobs]) -> None:
        first = made(watched=False)
        name = begin(first)

        second = made(limit=0.1)

        becomes(second, name, "failed")

    def test_takes_no_other_process_for_the_job(self, made: Callable[..., Jobs]) -> None:
        first = made(watched=False)
        name = begin(first)
        first._processes[name].kill()
        first._processes[name].wait()
        (first.folder / name / "pid").write_text(str(os.getpid()))

        second = made()

        becomes(second, name, "failed")
        assert psutil.pid_exists(os.getpid())

    def test_and_this_one_begin_no_job_twice(self, made: Callable[..., Jobs]) -> None:
        first, second = made(most=2), made(most=2)
        names = [begin(jobs) for jobs in (first, second, first, second)]

        states = [second.job(name)["state"] for name in names]

        assert states == ["running", "running", "queued", "queued"]
        assert len(first._processes) + len(second._processes) == 2


class TestFolders:
    def test_are_removed_some_time_after_the_end(self, made: Callable[..., Jobs]) -> None:
        jobs = made(kept=0.3)
        name = begin(jobs, "dies")
        other = begin(jobs)

        for _ in range(500):
            if not (jobs.folder / name).exists():
                break
            time.sleep(0.02)

        assert jobs.job(name) is None
        assert jobs.job(other)["state"] == "running"

    def test_are_not_more_than_somebody_looks_at(
        self, made: Callable[..., Jobs], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MOST_KEPT", 2)
        jobs = made(watched=False)
        for _ in range(4):
            jobs.cancel(begin(jobs))

        jobs._sweep()

        assert len(jobs.jobs()) == 2


@pytest.mark.parametrize("name", ["", "..", "a/b", "lock"])
def test_a_name_that_is_none(made: Callable[..., Jobs], name: str) -> None:
    assert made(watched=False).job(name) is None
