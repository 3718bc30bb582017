"""Files, folders, addresses and commands that a cell used.

Three witnesses, because none sees all: Python's audit events (whoever opens through Python, any
folder), inotify (Linux: pyarrow, duckdb, h5py and shell commands too, in the notebook's folder),
and the folder's own times and sizes before and after the cell (what was written).
"""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from typing import Any

from .inotify import Notify

Stamp = tuple[int, int, int]

SKIPPED_FOLDERS = frozenset(
    (".git", "__pycache__", ".ipynb_checkpoints", "node_modules", ".venv", ".mypy_cache")
)
MOST_FILES = 50_000
SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr/share", "/usr/lib", "/var/cache", "/lib")
WRITTEN_WHOLE = (".parquet", ".feather", ".arrow", ".orc")
"""Nobody adds to these; they are written in C, so that no event tells how they were opened."""
OWN_READERS = ("linecache.py", "tokenize.py", "inspect.py", "ultratb.py", "font_manager.py")
IMPORT_MACHINERY = ("/importlib/", "/importlib_metadata/", "/pkg_resources/", "pkgutil.py")
HOUSEKEEPING = ("ldconfig", "fc-list", "uname", "lscpu", "gcc", "objdump", "ld", "cc")


class Used:
    """What one cell used, paths absolute.

    Attributes:
        reads, writes, lists, makes, deletes: Paths in the order in which they were used.
        emptied: Paths that were opened from scratch before anything was read of them.
        network: Addresses.
        commands: Commands started.
        refused: Paths that the notebook may not write to, and tried to.
        blind: True where so much happened that some reads may have been missed.
    """

    def __init__(self) -> None:
        self.reads: dict[str, None] = {}
        self.writes: dict[str, None] = {}
        self.emptied: dict[str, None] = {}
        self.lists: dict[str, None] = {}
        self.makes: dict[str, None] = {}
        self.deletes: dict[str, None] = {}
        self.network: dict[str, None] = {}
        self.commands: dict[str, None] = {}
        self.refused: dict[str, None] = {}
        self.blind = False


class Forbidden(PermissionError):
    """A write to the user's own folder, which an observed run never touches."""


class Witness:
    """Watches while a cell runs.

    Args:
        root: The scratch copy; everything below it is watched.
        forbidden: Folder that must not be written to: the user's own.
        ignored: Folders of the capture itself.
    """

    def __init__(self, root: str, forbidden: str = "", ignored: tuple[str, ...] = ()) -> None:
        self.root = root
        self.forbidden = os.path.join(forbidden, "") if forbidden else ""
        self.first = frozenset(self.snapshot()[0])
        self.ignored = tuple(os.path.join(folder, "") for folder in (*ignored, *_own_folders()))
        self.used: Used | None = None
        self.stamps: dict[str, Stamp] = {}
        self.folders: set[str] = set()
        self.notify = Notify()
        self.busy = False
        sys.addaudithook(self.hear)

    # -- a cell ----------------------------------------------------------------------------

    def begin(self) -> None:
        """A cell is about to run."""
        # Anew: whoever runs the cells (papermill) writes between them.
        self.stamps, self.folders = self.snapshot()
        self.notify.watch(self.folders, self.links())
        self.notify.drain()
        self.used = Used()

    def end(self) -> Used:
        """The cell has ended."""
        used, self.used = self.used or Used(), None
        noticed = self.notify.drain()
        used.blind = noticed is None
        for path, to_write in (noticed or {}).items():
            if not to_write:
                used.emptied.pop(path, None)
            elif path.endswith(WRITTEN_WHOLE) and path not in used.reads:
                used.emptied.setdefault(path)
            if path in self.stamps and not self.is_ignored(path):
                used.reads.setdefault(path)
        stamps, folders = self.snapshot()
        for path, stamp in stamps.items():
            if self.stamps.get(path) != stamp:
                used.writes.setdefault(path)
        for path in self.stamps.keys() - stamps.keys():
            used.deletes.setdefault(path)
        for path in sorted(folders - self.folders):
            used.makes.setdefault(path)
        self.tidy(used, stamps)
        self.stamps, self.folders = stamps, folders
        return used

    def tidy(self, used: Used, stamps: dict[str, Stamp]) -> None:
        """Leave out what came and went within the cell, and reads of what it wrote itself."""
        for path in list(used.writes):
            below = path.startswith(self.root)
            if not os.path.exists(path) or (below and stamps.get(path) == self.stamps.get(path)):
                del used.writes[path]
        for path in list(used.reads):
            if path not in self.stamps and (path in used.writes or not os.path.isfile(path)):
                if path not in used.deletes:
                    del used.reads[path]
            elif path in used.emptied:  # what an earlier run left there, and this one replaces
                del used.reads[path]
        for path in list(used.deletes):
            if os.path.exists(path) or (path.startswith(self.root) and path not in self.stamps):
                del used.deletes[path]
        for path in list(used.makes):
            if not os.path.isdir(path):
                del used.makes[path]

    # -- folders ---------------------------------------------------------------------------

    def snapshot(self) -> tuple[dict[str, Stamp], set[str]]:
        """Stamp of every file below the root, and every folder."""
        stamps: dict[str, Stamp] = {}
        folders = {self.root}
        todo = [self.root]
        while todo and len(stamps) < MOST_FILES:
            for entry in _entries(todo.pop()):
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in SKIPPED_FOLDERS:
                            folders.add(entry.path)
                            todo.append(entry.path)
                    else:
                        found = entry.stat()
                        stamps[entry.path] = (found.st_size, found.st_mtime_ns, found.st_ino)
                except OSError:  # gone meanwhile, or a link to nothing
                    continue
        return stamps, folders

    def links(self) -> list[str]:
        """Large files that were linked instead of copied."""
        return [path for path in self.stamps if os.path.islink(path)]

    def is_ignored(self, path: str) -> bool:
        """True for files of the system, of libraries and of the capture itself."""
        if path.startswith(self.ignored):
            return True
        if path.startswith(os.path.join(self.root, "")):
            return "/__pycache__/" in path or path.endswith((".pyc", ".pyo"))
        return path.startswith(SYSTEM) or "site-packages" in path or "/." in path

    # -- audit events ----------------------------------------------------------------------

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Called by Python for each audit event of the process; most are of no interest."""
        used = self.used
        if used is None or self.busy or event not in EVENTS:
            return
        self.busy = True
        try:
            EVENTS[event](self, used, arguments)
        except Forbidden:
            raise
        except Exception:  # an odd argument: the call itself will say what is wrong with it
            return
        finally:
            self.busy = False

    def absolute(self, path: Any) -> str:
        """The path as text; empty for what is not one."""
        if isinstance(path, int) or path is None:
            return ""
        text = os.fsdecode(path)
        if text.startswith("<") or text == ":memory:" or text == "":
            return ""
        return os.path.abspath(text)

    def opened(self, used: Used, arguments: tuple[Any, ...]) -> None:
        path = self.absolute(arguments[0])
        if not path or self.is_ignored(path) or _imports(sys._getframe(2)):
            return
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            self.writing(used, path)
            if flags & os.O_RDWR and not flags & os.O_TRUNC and os.path.isfile(path):
                used.reads.setdefault(path)
            used.writes.setdefault(path)
            if flags & os.O_TRUNC and path not in used.reads:
                used.emptied.setdefault(path)
        elif os.path.isfile(path):
            used.reads.setdefault(path)

    def writing(self, used: Used, path: str) -> None:
        """Stop a change to a file that the user had before the run, by an absolute path."""
        real = os.path.realpath(path)
        if self.forbidden and real.startswith(self.forbidden) and self._was_there(real):
            used.refused.setdefault(path)
            raise Forbidden(
                13, "the observed run must not change a file of the notebook's own folder", path
            )

    def _was_there(self, path: str) -> bool:
        """In the scratch copy from the start; what the run makes, its twin may make again."""
        copy = os.path.join(self.root, path[len(self.forbidden) :])
        while len(copy) > len(self.root):
            if copy in self.first:  # or below a folder that was linked as a whole
                return True
            copy = os.path.dirname(copy)
        return False

    def listed(self, used: Used, arguments: tuple[Any, ...]) -> None:
        path = self.absolute(arguments[0] if arguments[0] is not None else ".")
        if path and not self.is_ignored(path) and not _imports(sys._getframe(2)):
            used.lists.setdefault(path)

    def made(self, used: Used, arguments: tuple[Any, ...]) -> None:
        path = self.absolute(arguments[0])
        if path and not self.is_ignored(path):
            self.writing(used, path)
            used.makes.setdefault(path)

    def removed(self, used: Used, arguments: tuple[Any, ...]) -> None:
        path = self.absolute(arguments[0])
        if path and not self.is_ignored(path):
            self.writing(used, path)
            used.deletes.setdefault(path)

    def renamed(self, used: Used, arguments: tuple[Any, ...]) -> None:
        source, target = self.absolute(arguments[0]), self.absolute(arguments[1])
        for path in (source, target):
            if path and not self.is_ignored(path):
                self.writing(used, path)
        if source and not self.is_ignored(source):
            used.deletes.setdefault(source)
        if target and not self.is_ignored(target):
            used.writes.setdefault(target)

    def connected_database(self, used: Used, arguments: tuple[Any, ...]) -> None:
        path = self.absolute(arguments[0])
        if path and os.path.isfile(path) and not self.is_ignored(path):
            used.reads.setdefault(path)  # whether it changes shows when the cell has ended

    def connected(self, used: Used, arguments: tuple[Any, ...]) -> None:
        address = arguments[1]
        if isinstance(address, tuple) and len(address) >= 2:
            host = str(address[0])
            if not any(name.rpartition(":")[2] == str(address[1]) for name in used.network):
                used.network.setdefault(f"{host}:{address[1]}")

    def looked_up(self, used: Used, arguments: tuple[Any, ...]) -> None:
        host, port = arguments[0], arguments[1]
        if host and port:
            text = host.decode() if isinstance(host, bytes) else str(host)
            used.network.setdefault(f"{text}:{port}")

    def started(self, used: Used, arguments: tuple[Any, ...]) -> None:
        given = arguments[1] if len(arguments) > 1 else arguments[0]
        parts = [given] if isinstance(given, (str, bytes)) else list(given)
        words = [os.fsdecode(part) for part in parts]
        first = os.path.basename(words[0].split()[0]) if words and words[0] else ""
        if first in HOUSEKEEPING or _helper_process(words):
            return
        if len(words) > 2 and words[1] in ("-c", "-lc") and first in ("sh", "bash", "dash", "zsh"):
            words = words[2:3]
        used.commands.setdefault(" ".join(words))

    def called_system(self, used: Used, arguments: tuple[Any, ...]) -> None:
        used.commands.setdefault(os.fsdecode(arguments[0]))

    def forked(self, used: Used, arguments: tuple[Any, ...]) -> None:
        # `!command` runs in a pseudo terminal: no event has its text, IPython's own frame has.
        frame: Any = sys._getframe(2)
        for _ in range(16):
            if frame is None:
                return
            if frame.f_code.co_name == "system" and "cmd" in frame.f_locals:
                used.commands.setdefault(str(frame.f_locals["cmd"]))
                return
            frame = frame.f_back


EVENTS: dict[str, Any] = {
    "open": Witness.opened,
    "os.listdir": Witness.listed,
    "os.scandir": Witness.listed,
    "os.mkdir": Witness.made,
    "os.remove": Witness.removed,
    "os.rmdir": Witness.removed,
    "os.rename": Witness.renamed,
    "os.truncate": Witness.removed,
    "sqlite3.connect": Witness.connected_database,
    "socket.connect": Witness.connected,
    "socket.getaddrinfo": Witness.looked_up,
    "subprocess.Popen": Witness.started,
    "os.posix_spawn": Witness.started,
    "os.system": Witness.called_system,
    "os.forkpty": Witness.forked,
    "pty.spawn": Witness.started,
}


def _own_folders() -> Iterator[str]:
    """Folders of Python and its libraries, of caches and settings."""
    for name in ("stdlib", "platstdlib", "purelib", "platlib", "scripts", "data"):
        folder = sysconfig.get_paths().get(name)
        if folder and folder not in ("/usr", "/usr/local", "/"):
            yield folder
    for folder in (sys.prefix, sys.base_prefix):
        yield os.path.join(folder, "lib")
        yield os.path.join(folder, "share")
        yield os.path.join(folder, "bin")
    home = os.path.expanduser("~")
    for name in (".cache", ".config", ".ipython", ".jupyter", ".local", ".matplotlib", ".keras"):
        yield os.path.join(home, name)
    for variable in ("MPLCONFIGDIR", "IPYTHONDIR", "XDG_CACHE_HOME", "JUPYTER_RUNTIME_DIR"):
        if os.environ.get(variable):
            yield os.environ[variable]
    yield os.path.join(tempfile.gettempdir(), f"ipykernel_{os.getpid()}")


def _imports(frame: Any) -> bool:
    """True where Python looks for a module, or for source text to show in a traceback."""
    for _ in range(2):
        if frame is None:
            return False
        file = frame.f_code.co_filename
        if file.startswith("<frozen importlib") or file.endswith(OWN_READERS):
            return True
        if any(part in file for part in IMPORT_MACHINERY):
            return True
        frame = frame.f_back
    return False


def _helper_process(words: list[str]) -> bool:
    """True for processes that libraries start to compute in parallel."""
    text = " ".join(words)
    return "multiprocessing" in text or "loky" in text or "resource_tracker" in text


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []
