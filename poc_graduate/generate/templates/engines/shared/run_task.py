"""Run one task of the pipeline in a folder of its own, then move what it wrote into the project.

    python deploy/run_task.py train --env--seed=42

An engine may start a task again elsewhere while a worker that it gave up is still at it. So no
task writes where others read: each attempt works in a copy of the project, and what it wrote is
renamed into place once it is complete, by the newest attempt only. A task whose products are up
to date does nothing, which is why a run that failed resumes where it failed.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
ATTEMPTS = PROJECT / ".attempts"
FAILED = PROJECT / "products" / "failed"
PLOOMBER = Path(sys.executable).with_name("ploomber")

LEFT_BEHIND = (".attempts", ".git", ".venv", "__pycache__", ".ipynb_checkpoints", ".*_cache")
LARGE = 100_000_000  # bytes; larger files are linked into the copy: a task must not change them

Files = dict[str, tuple[int, int, int]]


def main(task: str, *flags: str) -> int:
    """Build a task where it is outdated.

    Args:
        task: Its name in pipeline.yaml.
        flags: `--env--PARAMETER=VALUE`, the same for all tasks of a run: where they
            differ, Ploomber builds the task's upstream again.

    Returns:
        Ploomber's exit status; where it is not 0, nothing but the failed notebook was moved.
    """
    with attempt(task) as folder:
        before = files_in(folder)
        status = build(folder, task, *flags)
        if status == 0:
            publish(folder, task, before)
        else:
            keep_failed(folder, before)
    return status


@contextmanager
def attempt(task: str) -> Iterator[Path]:
    """A copy of the project that is gone afterwards; older attempts at the task are overruled."""
    ATTEMPTS.mkdir(exist_ok=True)
    (ATTEMPTS / ".gitignore").write_text("*\n")
    folder = Path(tempfile.mkdtemp(prefix=f"{task}-", dir=ATTEMPTS))
    try:
        with locked(fcntl.LOCK_SH):  # nothing is renamed while we copy
            newest(task).write_text(folder.name)
            shutil.copytree(
                PROJECT,
                folder,
                symlinks=True,
                ignore=shutil.ignore_patterns(*LEFT_BEHIND),
                copy_function=copy_or_link,
                dirs_exist_ok=True,
            )
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def build(folder: Path, task: str, *flags: str) -> int:
    """Let Ploomber build the task in its copy of the project."""
    # `ploomber task` fails where there is nothing to do; this builds what is outdated up to it.
    # The warning: the project that the copy lies in is no rival of it.
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore:Found project root:UserWarning"}
    command = [str(PLOOMBER), "build", "--partially", task, *flags]
    return subprocess.run(command, cwd=folder, env=quiet, check=False).returncode


def publish(folder: Path, task: str, before: Files) -> None:
    """Move what the task wrote into the project, each file by one rename.

    Raises:
        RuntimeError: a newer attempt at the task was started, and counts.
    """
    after = files_in(folder)
    written = [path for path in after if after[path] != before.get(path)]
    # Last, as they tell Ploomber that the products beside them are complete.
    metadata = [path for path in written if path.endswith(".metadata")]
    with locked(fcntl.LOCK_EX):
        if newest(task).read_text() != folder.name:
            raise RuntimeError(f"{task}: a newer attempt was started; this one is dropped")
        for path in [*(before.keys() - after.keys()), *metadata]:
            (PROJECT / path).unlink(missing_ok=True)
        for path in [*(path for path in written if path not in metadata), *metadata]:
            (PROJECT / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(folder / path, PROJECT / path)


def keep_failed(folder: Path, before: Files) -> None:
    """Move the notebook in which the task failed to products/failed/, to be looked at."""
    for path, seen in files_in(folder).items():
        if path.endswith(".ipynb") and seen != before.get(path):
            FAILED.mkdir(parents=True, exist_ok=True)
            os.replace(folder / path, FAILED / Path(path).name)


def files_in(folder: Path) -> Files:
    """Every file, with what changes when it is written to."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if "__pycache__" not in path.parts and (path.is_symlink() or path.is_file()):
            stat = path.lstat()
            found[path.relative_to(folder).as_posix()] = stat.st_mtime_ns, stat.st_size, stat.st_ino
    return found


def copy_or_link(source: str, target: str) -> None:
    """Copy a file with its times; link a large one."""
    if os.path.getsize(source) > LARGE:
        os.symlink(source, target)
    else:
        shutil.copy2(source, target)


def newest(task: str) -> Path:
    """The file that names the attempt which counts."""
    return ATTEMPTS / f"{task}.newest"


@contextmanager
def locked(kind: int) -> Iterator[None]:
    """Hold the project's lock; a process that dies lets go of it."""
    with (ATTEMPTS / "lock").open("w") as lock:
        fcntl.flock(lock, kind)
        yield


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
