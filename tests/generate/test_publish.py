"""Old folder or new folder, never half; and nothing of the user's is lost."""

from __future__ import annotations

import errno
import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from poc_graduate.errors import InputError
from poc_graduate.generate import publish as publishing
from poc_graduate.generate import staging
from poc_graduate.generate.publish import check_target, publish, republish

FIRST = {
    "README.md": b"# Churn\n\none\ntwo\nthree\n",
    "tasks/clean.py": b"a = 1\nb = 2\nc = 3\nd = 4\n",
    "tasks/train.py": b"model = fit()\n",
    "src/churn/logo.png": b"\0\1\2",
    "graduation/certificate.json": b"{}\n",
}
SECOND = {
    **FIRST,
    "tasks/clean.py": b"a = 1\nb = 2\nc = 3\nd = 5\n",
    "tasks/score.py": b"score = 1\n",
    "graduation/certificate.json": b'{"equal": true}\n',
}
del SECOND["tasks/train.py"]


@pytest.fixture(autouse=True)
def _no_waiting_for_disks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a power cut leaves cannot be tested here; a kill leaves what the kernel knows."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "notebook" / "customers.csv"
    file.parent.mkdir()
    file.write_text("id\n1\n")
    return file


@pytest.fixture
def project(tmp_path: Path, data: Path) -> Path:
    """An export with a life of its own: edits, products, a git folder, links."""
    to = tmp_path / "out" / "churn"
    publish(FIRST, {"data/customers.csv": data}, to=to)
    (to / "README.md").write_text("# Churn\n\nmine\ntwo\nthree\n")
    (to / "products").mkdir()
    (to / "products" / "model.pickle").write_bytes(b"model")
    (to / ".git" / "objects").mkdir(parents=True)
    (to / ".git" / "objects" / "ab").write_bytes(b"blob")
    (to / ".git" / "objects" / "ab").chmod(0o444)
    (to / "tasks" / "mine.py").write_text("x = 1\n")
    (to / "latest").symlink_to("products")
    (to / "empty").mkdir()
    return to


def tree(folder: Path) -> dict[str, str]:
    """Path → kind and content of everything below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        elif path.is_dir():
            found[name] = "folder"
        else:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def leftovers(to: Path) -> list[str]:
    return sorted(path.name for path in to.parent.iterdir() if path != to)


def test_a_new_folder_holds_files_data_and_base(tmp_path: Path, data: Path) -> None:
    to = tmp_path / "deep" / "er" / "churn"

    published = publish(FIRST, {"data/customers.csv": data}, to=to)

    assert published.project == to
    assert {path: (to / path).read_bytes() for path in FIRST} == FIRST
    assert (to / "data" / "customers.csv").read_text() == "id\n1\n"
    base = json.loads((to / "graduation" / "base.json").read_text())
    assert base["text"]["tasks/clean.py"] == FIRST["tasks/clean.py"].decode()
    assert set(base["sha256"]) == {
        "data/customers.csv",
        "graduation/certificate.json",
        "src/churn/logo.png",
    }
    assert leftovers(to) == []
    assert {each.action for each in published.decisions} == {"add"}


def test_two_exports_give_the_same_bytes(tmp_path: Path, data: Path) -> None:
    inputs = {"data/customers.csv": data}

    publish(FIRST, inputs, to=tmp_path / "a")
    publish(dict(reversed(FIRST.items())), inputs, to=tmp_path / "b")

    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "churn").mkdir()

    publish(FIRST, {}, to=tmp_path / "churn")

    assert (tmp_path / "churn" / "README.md").exists()


def test_the_folder_is_readable_as_any_other(tmp_path: Path) -> None:
    publish(FIRST, {}, to=tmp_path / "churn")
    (tmp_path / "other").mkdir()

    assert (tmp_path / "churn").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_folder_that_is_not_ours_is_never_touched(tmp_path: Path) -> None:
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "README.md").write_text("my life's work")
    before = tree(tmp_path)

    with pytest.raises(InputError, match="exists and was not written by poc-graduate"):
        publish(FIRST, {}, to=thesis)
    with pytest.raises(InputError, match="exists and was not written by poc-graduate"):
        check_target(thesis, notebook=tmp_path / "nb.ipynb")

    assert tree(tmp_path) == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "churn").write_text("")

    for to in (tmp_path / "churn", tmp_path / "churn" / "below"):
        with pytest.raises(InputError, match="churn is a file"):
            publish(FIRST, {}, to=to)


def test_the_notebooks_own_folder_is_refused_and_one_in_it_is_not(tmp_path: Path) -> None:
    notebook = tmp_path / "nb.ipynb"

    with pytest.raises(InputError, match="folder of the notebook itself"):
        check_target(tmp_path / ".", notebook=notebook)
    check_target(tmp_path / "pipeline", notebook=notebook)


def test_a_place_that_is_not_ours_to_write_is_said_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write everywhere, and containers test as root.
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)

    with pytest.raises(InputError, match=f"no permission to write in {tmp_path}. Name a folder"):
        check_target(tmp_path / "new" / "churn", notebook=tmp_path / "nb" / "nb.ipynb")


def test_a_linked_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "churn").symlink_to("disk/churn")

    for files in (FIRST, SECOND):
        publish(files, {}, to=tmp_path / "churn")

    assert (tmp_path / "churn").is_symlink()
    assert (tmp_path / "disk" / "churn" / "tasks" / "score.py").exists()


def test_merging_keeps_everything_of_the_users(project: Path, data: Path) -> None:
    (project / "tasks" / "clean.py").write_text("a = 0\nb = 2\nc = 3\nd = 4\n")
    before = tree(project)

    published = republish(SECOND, {"data/customers.csv": data}, to=project)

    after = tree(project)
    gone = {path for path in before if after.get(path) != before[path]}
    assert gone == {
        "tasks/clean.py",
        "tasks/train.py",
        "graduation/certificate.json",
        "graduation/base.json",
    }
    assert (project / "tasks" / "clean.py").read_text() == "a = 0\nb = 2\nc = 3\nd = 5\n"
    assert (project / "README.md").read_text() == "# Churn\n\nmine\ntwo\nthree\n"
    assert set(after) - set(before) == {"tasks/score.py"}
    assert published.conflicts == ()
    assert leftovers(project) == []
    assert (project / ".git" / "objects" / "ab").stat().st_mode & 0o777 == 0o444


def test_a_conflict_is_marked_listed_and_has_to_be_settled_first(project: Path, data: Path) -> None:
    clean = project / "tasks" / "clean.py"
    clean.write_text("a = 1\nb = 2\nc = 3\nd = 'mine'\n")
    inputs = {"data/customers.csv": data}

    published = republish(SECOND, inputs, to=project)

    assert published.conflicts == ("tasks/clean.py",)
    marked = clean.read_text()
    assert "<<<<<<< yours\nd = 'mine'\n=======\nd = 5\n>>>>>>> generated\n" in marked
    before = tree(project)
    with pytest.raises(InputError, match=r"clean.py, line 4: a conflict .* still marked"):
        republish(SECOND, inputs, to=project)
    with pytest.raises(InputError, match="still marked"):
        check_target(project, notebook=data)
    assert tree(project) == before

    clean.write_text("a = 1\nb = 2\nc = 3\nd = 'mine'\n")
    assert republish(SECOND, inputs, to=project).conflicts == ()
    assert clean.read_text().endswith("d = 'mine'\n")


def test_binary_files_changed_by_both_lie_beside_each_other(project: Path) -> None:
    logo = project / "src" / "churn" / "logo.png"
    logo.write_bytes(b"\0mine")
    (logo.parent / "logo.png.generated").write_bytes(b"from an earlier time")

    published = republish({**FIRST, "src/churn/logo.png": b"\0new"}, {}, to=project)

    assert "src/churn/logo.png" in published.conflicts
    assert logo.read_bytes() == b"\0mine"
    assert (logo.parent / "logo.png.generated").read_bytes() == b"from an earlier time"
    assert (logo.parent / "logo.png.generated-2").read_bytes() == b"\0new"


def test_edited_data_is_kept_and_listed(project: Path, data: Path) -> None:
    (project / "data" / "customers.csv").write_text("id\n7\n")

    published = republish(FIRST, {"data/customers.csv": data}, to=project)

    (decision,) = (each for each in published.decisions if each.path == "data/customers.csv")
    assert (decision.action, decision.why) == ("keep_local", "you edited it")
    assert (project / "data" / "customers.csv").read_text() == "id\n7\n"


def test_a_deleted_file_stays_deleted_until_it_changes(project: Path) -> None:
    (project / "tasks" / "clean.py").unlink()

    assert republish(FIRST, {}, to=project).conflicts == ()
    assert not (project / "tasks" / "clean.py").exists()

    assert republish(SECOND, {}, to=project).conflicts == ("tasks/clean.py",)
    assert (project / "tasks" / "clean.py").exists()


def test_a_folder_that_we_emptied_goes_and_one_of_the_users_stays(project: Path) -> None:
    files = {path: text for path, text in FIRST.items() if not path.startswith("src/")}

    republish(files, {}, to=project)

    assert not (project / "src" / "churn").exists()
    assert (project / "empty").is_dir()


def test_a_dry_run_shows_the_change_and_makes_none(project: Path, data: Path) -> None:
    before = tree(project.parent)

    published = republish(SECOND, {"data/customers.csv": data}, to=project, dry_run=True)

    assert tree(project.parent) == before
    assert "--- a/tasks/clean.py\n+++ b/tasks/clean.py\n" in published.diff
    assert "-d = 4\n+d = 5\n" in published.diff
    assert "--- /dev/null\n+++ b/tasks/score.py\n" in published.diff
    assert "+++ /dev/null" in published.diff
    assert "README.md" not in published.diff


def test_nothing_is_written_through_a_folder_that_the_user_linked(
    project: Path, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shutil.move(project / "tasks", shared)
    (project / "tasks").symlink_to(shared)
    before = tree(shared)

    published = republish(SECOND, {}, to=project)

    assert tree(shared) == before
    assert (project / "tasks").is_symlink()
    assert "tasks/clean.py" in published.conflicts


@pytest.mark.parametrize("blocker", ["file", "folder"])
def test_a_file_in_the_way_of_a_folder_is_named(project: Path, blocker: str) -> None:
    (project / "docs").mkdir() if blocker == "folder" else (project / "docs").write_text("")
    path = "docs" if blocker == "folder" else "docs/index.md"
    before = tree(project)

    with pytest.raises(InputError, match=r"docs is a .*, and the export needs a"):
        republish({**FIRST, path: b"x"}, {}, to=project)

    assert tree(project) == before


def test_large_data_is_linked_and_said_to_be(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "LARGEST_COPY", 3)
    inputs = {"data/customers.csv": data}

    published = publish(FIRST, inputs, to=tmp_path / "churn")

    linked = tmp_path / "churn" / "data" / "customers.csv"
    assert linked.is_symlink()
    assert linked.read_text() == "id\n1\n"
    assert published.notes == (f"data/customers.csv (0.0 GB) is a link to {data}, not a copy",)
    data.write_text("id\n1\n2\n")
    again = republish(FIRST, inputs, to=tmp_path / "churn")
    assert {each.action for each in again.decisions} == {"unchanged"}


def test_data_that_vanished_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.csv is not there any more"):
        publish(FIRST, {"data/gone.csv": tmp_path / "gone.csv"}, to=tmp_path / "churn")

    assert not (tmp_path / "churn").exists()


@pytest.mark.parametrize("path", ["../escape", "/etc/passwd", "a/../../b", "graduation/base.json"])
def test_paths_that_leave_the_project_are_a_bug_of_ours(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="no path in a project"):
        publish({path: b""}, {}, to=tmp_path / "churn")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "disk full while writing .*; nothing was changed. Free some space"),
        (errno.EDQUOT, "disk full while writing .*; nothing was changed"),
        (errno.EACCES, "no permission for .*; nothing was changed"),
        (errno.EIO, "cannot write .*; nothing was changed"),
    ],
)
@pytest.mark.parametrize("fresh", [True, False])
def test_a_system_error_is_one_sentence_and_changes_nothing(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    sentence: str,
    fresh: bool,
) -> None:
    to = tmp_path / "new" / "churn" if fresh else project
    (tmp_path / "new").mkdir()
    before = tree(to.parent)
    calls = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(InputError, match=sentence):
        republish(SECOND, {}, to=to)

    assert tree(to.parent) == before


@pytest.mark.parametrize("moment", [(publishing, "decide"), (staging, "exchange")])
def test_a_save_in_the_last_moment_is_not_lost(
    project: Path, monkeypatch: pytest.MonkeyPatch, moment: tuple[Any, str]
) -> None:
    then = getattr(*moment)

    def late(*arguments: Any) -> Any:
        for name in ("tasks/mine.py", "tasks/clean.py", "tasks/just_now.py"):
            (project / "saving").write_text("saved late\n")
            os.replace(project / "saving", project / name)
        return then(*arguments)

    monkeypatch.setattr(*moment, late)

    published = republish(SECOND, {}, to=project)

    assert (project / "tasks" / "mine.py").read_text() == "saved late\n"
    assert (project / "tasks" / "just_now.py").read_text() == "saved late\n"
    assert (project / "tasks" / "clean.py").read_bytes() == SECOND["tasks/clean.py"]
    assert (project / "tasks" / "clean.py.yours").read_text() == "saved late\n"
    assert published.conflicts == ("tasks/clean.py.yours",)


def test_a_failing_second_rename_is_rolled_back(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(project.parent)
    monkeypatch.setattr(staging, "_exchanged_at_once", lambda new, old: False)
    real, calls = os.rename, []

    def rename(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == 2:
            raise OSError(errno.EIO, "the disk coughs")
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)

    with pytest.raises(InputError, match="nothing was changed"):
        republish(SECOND, {}, to=project)

    assert tree(project.parent) == before


def test_another_export_at_work_is_not_disturbed(project: Path) -> None:
    at_work = staging.Staging(project, exchange=True, seen={})
    with at_work, pytest.raises(InputError, match="another export is writing"):
        republish(SECOND, {}, to=project)

    republish(SECOND, {}, to=project)


def test_shells_that_stand_in_the_folder_are_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "tasks")

    published = republish(SECOND, {}, to=Path(".."))

    assert Path.cwd() == project / "tasks"
    assert "cd ." in published.notes[0]


def _killed_at(step: int, work: Callable[[], object]) -> bool:
    """Run work in a child that is killed at its n-th touch of the file system.

    Steps are counted from the first folder that it makes: nothing was written before.
    """
    child = os.fork()
    if child == 0:
        count = 0

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal count
            if count or event == "os.mkdir":
                if not event.startswith(("os.", "open", "shutil.", "ctypes.")):
                    return
                count += 1
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(hook)
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _sweep(to: Path, aside: Path, *, at_once: bool) -> tuple[int, int]:
    """Kill at every step; return how often the old and how often the new folder was left.

    To be called in a process of its own: a fork for each step of one that holds the libraries of
    all other tests takes several times as long.
    """
    files = SECOND
    os.fsync = lambda descriptor: None
    if not at_once:
        staging._exchanged_at_once = lambda new, old: False
    shutil.copytree(to.parent, aside, symlinks=True)
    old = tree(to)
    republish(files, {}, to=to)
    new = tree(to)
    counts = {"old": 0, "new": 0}
    for step in range(1, 10_000):
        shutil.rmtree(to.parent)
        shutil.copytree(aside, to.parent, symlinks=True)
        killed = _killed_at(step, lambda: republish(files, {}, to=to))
        if not to.exists():
            staging.recover(to)
        left = tree(to)
        assert left in (old, new), f"half a project after step {step}"
        counts["old" if left == old else "new"] += 1
        if step % 4 == 0:
            republish(files, {}, to=to)
            assert tree(to) == new
            assert leftovers(to) == []
        if not killed:
            return counts["old"], counts["new"]
    raise AssertionError("never came to an end")


@pytest.mark.process
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("at_once", [True, False], ids=["one step", "two renames"])
def test_killed_at_any_moment_the_folder_is_old_or_new(
    project: Path, tmp_path: Path, at_once: bool
) -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
        old, new = apart.submit(_sweep, project, tmp_path / "aside", at_once=at_once).result()

    assert old > 20
    assert new > 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_any_moment_a_new_folder_is_there_or_not(tmp_path: Path) -> None:
    to = tmp_path / "out" / "churn"
    publish(FIRST, {}, to=to)
    whole = tree(to)
    for step in range(1, 10_000):
        shutil.rmtree(to.parent, ignore_errors=True)
        killed = _killed_at(step, lambda: publish(FIRST, {}, to=to))
        assert not to.exists() or tree(to) == whole
        if not killed:
            break
    assert step > 20
