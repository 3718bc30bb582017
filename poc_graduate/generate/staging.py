"""A folder put together beside the real one and exchanged for it in one step."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

from poc_graduate.errors import InputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

Seen = tuple[int, int, int]


class Staging:
    """The folder that is being put together.

    Left without `commit`, by an exception or a kill, it has changed nothing: an exception removes
    it, a kill leaves it for the next `recover`.

    Args:
        target: The folder that it will replace; absolute, links resolved.
        exchange: Whether `target` is an earlier export whose other files come along.
        seen: Files as they were when they were read to decide what becomes of them.
    """

    def __init__(self, target: Path, *, exchange: bool, seen: Mapping[str, Seen]) -> None:
        self._target = target
        self._exchange = exchange
        token = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._folder = target.parent / f"{_prefix(target)}{token}"
        self._written: set[str] = set()
        self._left_out: set[str] = set()
        self._seen = dict(seen)
        self._lock = -1
        self.stood_inside = False

    def __enter__(self) -> Staging:
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._folder.mkdir()
        self._lock = _locked(self._folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lock >= 0:
            os.close(self._lock)
        # After the commit this is the old folder, before it the half-made one.
        remove(self._folder)

    def write(self, path: str, data: bytes) -> None:
        """Write a file."""
        with readable_errors(self._target, path), self._new(path).open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())

    def copy(self, path: str, source: Path) -> None:
        """Copy a data file; its permissions stay behind, the copy is the user's to change."""
        with readable_errors(self._target, path):
            new = self._new(path)
            shutil.copyfile(source, new)
            with new.open("rb") as stream:
                os.fsync(stream.fileno())

    def link(self, path: str, source: Path) -> None:
        """Link to a data file that is too large to copy."""
        with readable_errors(self._target, path):
            self._new(path).symlink_to(source)

    def keep_as(self, path: str, name: str) -> None:
        """Keep the user's version of a file under another name."""
        with readable_errors(self._target, name):
            _link_or_copy(self._target / path, self._new(name))

    def leave_out(self, path: str) -> None:
        """Do not bring a file along."""
        self._left_out.add(path)

    def free_name(self, path: str, suffix: str) -> str:
        """`path.suffix`, or with a number where the user still has such a file."""
        name, number = f"{path}.{suffix}", 1
        while os.path.lexists(self._target / name) or name in self._written:
            number += 1
            name = f"{path}.{suffix}-{number}"
        return name

    def carry_over(self) -> None:
        """Bring along whatever lies in the old folder and was neither written nor left out."""
        if self._exchange:
            with readable_errors(self._target):
                self._carry("", self._target.stat().st_dev)

    def commit(self) -> tuple[str, ...]:
        """Put the folder in its place: the one step that changes something for the user.

        Returns:
            Files that were saved while we worked and had to be kept under another name.
        """
        inside = _inside(self._target)
        with readable_errors(self._target):
            _fsync_folder(self._folder)
            if self._exchange:
                exchange(self._folder, self._target)
            else:
                if os.name == "nt" and self._target.exists():
                    self._target.rmdir()
                os.rename(self._folder, self._target)
            _fsync_folder(self._target.parent)
        if inside is not None and self._exchange:
            self.stood_inside = True
            with contextlib.suppress(OSError):
                os.chdir(self._target / inside)
        return self._rescue() if self._exchange else ()

    def _new(self, path: str) -> Path:
        self._written.add(path)
        new = self._folder / path
        new.parent.mkdir(parents=True, exist_ok=True)
        return new

    def _carry(self, folder: str, device: int) -> None:
        with os.scandir(self._target / folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        (self._folder / folder).mkdir(exist_ok=True)
        for entry in listed:
            path = f"{folder}/{entry.name}" if folder else entry.name
            found = entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                if found.st_dev != device:
                    # Deleting the old folder would empty what is mounted there.
                    raise InputError(
                        f"{self._target / path} is another file system mounted in the project",
                        remedy="unmount it, or export to a new folder",
                    )
                self._carry(path, device)
                continue
            self._seen.setdefault(path, seen(found))
            if path in self._written:
                if not entry.is_symlink() and not (self._folder / path).is_symlink():
                    shutil.copymode(entry.path, self._folder / path)
            elif path not in self._left_out:
                _link_or_copy(Path(entry.path), self._folder / path)
        self._finish(folder)

    def _finish(self, folder: str) -> None:
        new = self._folder / folder
        emptied = any(os.path.dirname(path) == folder for path in self._left_out)
        if folder and emptied and not any(new.iterdir()):
            new.rmdir()
        else:
            shutil.copystat(self._target / folder, new)

    def _rescue(self) -> tuple[str, ...]:
        """Bring along what was saved between our look at the old folder and the exchange."""
        renamed = []
        old = self._folder
        for folder, _, names in os.walk(old):
            for name in names:
                file = Path(folder, name)
                path = file.relative_to(old).as_posix()
                if self._seen.get(path) == seen(file.lstat()):
                    continue
                home = path
                if path in self._written:
                    home = self.free_name(path, "yours")
                    renamed.append(home)
                (self._target / home).parent.mkdir(parents=True, exist_ok=True)
                os.replace(file, self._target / home)
        return tuple(renamed)


def exchange(new: Path, old: Path) -> None:
    """Let two folders change places; where the system can, in one atomic step."""
    if _exchanged_at_once(new, old):
        return
    aside = new.with_name(f"{new.name}-old")
    os.rename(old, aside)
    try:
        os.rename(new, old)
    except BaseException:
        os.rename(aside, old)
        raise
    os.rename(aside, new)


def _exchanged_at_once(new: Path, old: Path) -> bool:
    """Linux has renameat2(RENAME_EXCHANGE), macOS renamex_np(RENAME_SWAP)."""
    libc = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    names = os.fsencode(new), os.fsencode(old)
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        here = -100
        failed = libc.renameat2(here, names[0], here, names[1], 2)  # type: ignore[union-attr]
    elif sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        failed = libc.renamex_np(*names, 2)  # type: ignore[union-attr]
    else:
        return False
    # File systems without it answer EINVAL, old kernels ENOSYS; two renames then say what is wrong.
    return not failed


def recover(target: Path) -> None:
    """Clean up after killed exports to this folder; put back what one had moved aside.

    Raises:
        InputError: another export is writing to this folder now.
    """
    pattern = re.compile(rf"{re.escape(_prefix(target))}(\d+)-[0-9a-f]{{8}}(-old)?")
    if not target.parent.is_dir():
        return
    for left in sorted(target.parent.glob(f"{_glob_escaped(_prefix(target))}*")):
        match = pattern.fullmatch(left.name)
        if match is None:
            continue
        if _alive(left, int(match[1])):
            raise InputError(
                f"another export is writing to {target} (process {match[1]})",
                remedy=f"wait for it; if there is none, delete {left}",
            )
        if match[2] and not target.exists():
            os.rename(left, target)
        else:
            remove(left)


def remove(folder: Path) -> None:
    """Delete a folder of ours as far as possible; what resists is left to the next `recover`."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        return
    # Folders only: a file may be the very one that the user has, under its second name.
    for current, folders, _ in os.walk(folder):
        for each in (current, *(os.path.join(current, name) for name in folders)):
            if not os.path.islink(each):
                with contextlib.suppress(OSError):
                    os.chmod(each, stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def readable_errors(target: Path, path: str = "") -> Iterator[None]:
    """Turn what the system says while we write into one sentence.

    Raises:
        InputError: in place of any `OSError`.
    """
    try:
        yield
    except OSError as error:
        what = path or target
        match error.errno:
            case errno.ENOSPC | errno.EDQUOT:
                found, remedy = f"disk full while writing {what}", "free some space"
            case errno.EACCES | errno.EPERM | errno.EROFS:
                found = f"no permission for {error.filename or what}"
                remedy = "name a folder in a place of your own"
            case _:
                found = f"cannot write {what}: {error.strerror or error}"
                remedy = "name another folder"
        raise InputError(f"{found}; nothing was changed", remedy=remedy) from error


def _prefix(target: Path) -> str:
    # Shortened, as the whole has to fit into the 255 bytes of a file name.
    return f".poc-graduate-{target.name[:50]}-"


def _glob_escaped(text: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", text)


def seen(found: os.stat_result) -> Seen:
    """By what one can tell that a file was saved since it was looked at."""
    return found.st_ino, found.st_mtime_ns, found.st_size


def _inside(target: Path) -> Path | None:
    """Where in the target this process stands, if it does."""
    try:
        return Path.cwd().relative_to(target)
    except (ValueError, OSError):
        return None


def _link_or_copy(old: Path, new: Path) -> None:
    if old.is_symlink():
        new.symlink_to(os.readlink(old))
        return
    try:
        os.link(old, new)
    except OSError:
        # File systems without hard links, and files of other people that the kernel protects.
        shutil.copy2(old, new)


def _locked(folder: Path) -> int:
    """Lock the folder for as long as this process lives; -1 where there are no locks.

    Raises:
        BlockingIOError: another process holds it.
    """
    if fcntl is None:
        return -1
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            raise
        return -1  # network file systems without locks on folders
    return descriptor


def _alive(folder: Path, process: int) -> bool:
    """Whether the export that made this folder is still at work."""
    age = time.time() - folder.stat().st_ctime
    try:
        lock = _locked(folder)
    except BlockingIOError:
        return True
    if lock >= 0:
        os.close(lock)
        # Nobody holds it; within the first moments its maker may not have come to lock it.
        return age < 5 and process != os.getpid() and _runs(process)
    return age < 86_400 and _runs(process)


def _runs(process: int) -> bool:
    if os.name == "nt":  # where signal 0 is no question but Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # somebody else's
    return True


def _fsync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
