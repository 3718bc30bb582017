"""Runs inside a kernel: after each cell, writes down what it changed.

Self-contained, started by an IPython start-up file; the user's namespace, options and random
state are left as they are. Configured by environment variables:
POC_PROBE_OUT (folder for one JSON-lines file a process), POC_PROBE_FINGERPRINT (path of
fingerprint.py), POC_PROBE_PACKAGE (generated package), POC_PROBE_CUTS (JSON file: ordinal of a
cell → names alive after it, to be tested for storage).
"""

from __future__ import annotations

import ast
import builtins
import ctypes
import hashlib
import io
import json
import os
import pickle
import re
import struct
import sys
import tempfile
import time
import types
import warnings
from typing import Any

_SKIP = {"In", "Out", "exit", "quit", "get_ipython", "open"}
_IPYTHON = re.compile(r"^_(i*|\d+|i\d+|_|__|oh|dh|ih|iii|ii)?$|^__\w+__$|^_exit_code$")
_SECRET = re.compile(r"passw|secret|token|api_?key|credential|private", re.IGNORECASE)
_ENVIRON_NOISE = re.compile(r"^(JPY_|PYDEVD|POC_|IPYTHONDIR|KMP_|_|COLUMNS|LINES|TERM|PAGER|GIT_PAGER|"
                            r"CLICOLOR|FORCE_COLOR|MPLBACKEND|PYTHONHASHSEED|PLOOMBER|PWD|OLDPWD|SHLVL)")  # fmt: skip
_SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/", "/lib/", "/opt/", "/run/", "/bin/")


def start(shell: Any) -> None:
    """Watch a shell from now on."""
    _Probe(shell)


class _Probe:
    def __init__(self, shell: Any) -> None:
        space: dict[str, Any] = {"__name__": "_poc_fingerprint"}
        path = os.environ["POC_PROBE_FINGERPRINT"]
        with io.open(path, encoding="utf-8") as source:
            module = types.ModuleType("_poc_fingerprint")
            sys.modules["_poc_fingerprint"] = module
            exec(compile(source.read(), path, "exec"), module.__dict__)
        del space
        self.fingerprint = module.fingerprint
        self.shell = shell
        self.package = os.environ.get("POC_PROBE_PACKAGE", "")
        self.root = os.path.realpath(os.getcwd())
        self.out = os.path.join(os.environ["POC_PROBE_OUT"], f"{time.time_ns()}-{os.getpid()}.jsonl")
        self.cuts: dict[str, list[str]] = {}
        cuts = os.environ.get("POC_PROBE_CUTS")
        if cuts:
            with io.open(cuts, encoding="utf-8") as source:
                self.cuts = json.load(source)
        self.prefixes = tuple(
            {os.path.realpath(p) + os.sep for p in (sys.prefix, sys.base_prefix, os.path.dirname(os.__file__))}
        )
        self.scratch = tempfile.mkdtemp(prefix="poc-probe-")
        self.ordinal = 0
        self.inside = False
        self.events: list[tuple[str, str]] = []
        self.ids: dict[str, tuple[int, str]] = {}
        self.prints: dict[str, str] = {}
        self.stored: dict[str, tuple[str, list[str]]] = {}
        self.path = list(sys.path)
        self.modules: set[str] = set(sys.modules)
        self.environ = dict(os.environ)
        self.options: dict[str, Any] = {}
        self.capture = 0.0
        self.began = 0.0
        self.watch = _Watch(self.root)
        self.tree = _snapshot(self.root)
        self.cwd = self.root
        for name, value in list(self.shell.user_ns.items()):
            if self._mine(name):
                self.ids[name] = (id(value), type(value).__name__)
                self.prints[name] = self.fingerprint(value, self.package)[0]
        sys.addaudithook(self._audit)
        shell.events.register("pre_run_cell", self.before)
        shell.events.register("post_run_cell", self.after)
        self._write({"start": self._ambient()})

    def _mine(self, name: str) -> bool:
        hidden = name in self.shell.user_ns_hidden and self.shell.user_ns_hidden[name] is self.shell.user_ns.get(name)
        return not (name in _SKIP and hidden) and not _IPYTHON.match(name) and not hidden

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.inside:
            return
        try:
            if event == "open":
                path, mode, flags = arguments
                if isinstance(path, int | type(None)):
                    return
                writes = bool(flags & (os.O_WRONLY | os.O_RDWR)) if isinstance(flags, int) else "w" in (mode or "")
                creates = isinstance(flags, int) and bool(flags & os.O_TRUNC)
                self.events.append(("write" if creates else "update" if writes else "read", os.fsdecode(path)))
            elif event in ("os.listdir", "os.scandir"):
                self.events.append(("list", os.fsdecode(arguments[0]) if arguments[0] else "."))
            elif event == "sqlite3.connect":
                self.events.append(("read", os.fsdecode(arguments[0])))
            elif event == "socket.connect":
                self.events.append(("network", repr(arguments[1])))
            elif event == "subprocess.Popen":
                self.events.append(("process", str(arguments[0])))
            elif event == "os.system":
                self.events.append(("process", os.fsdecode(arguments[0])))
        except (TypeError, ValueError, UnicodeError):
            self.events.append(("unknown", event))

    def before(self, info: Any = None) -> None:
        self.began = time.monotonic()
        self.watch.drain()
        self.events = []
        self.inside = True

    def after(self, result: Any = None) -> None:
        self.inside = False
        seconds = time.monotonic() - self.began
        begun = time.monotonic()
        record: dict[str, Any] = {"k": self.ordinal, "seconds": seconds}
        try:
            record["source"] = result.info.raw_cell if result is not None and result.info else ""
            record["error"] = result is not None and not result.success
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._names(record)
            self._files(record)
            record["ambient"] = self._ambient()
            record["ambient_values"] = self._details()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._storage(record)
            record["memory"] = _peak_memory()
        except Exception as failure:  # whatever happens here must not reach the user's cell
            import traceback

            record["probe_error"] = f"{type(failure).__name__}: {failure}\n{traceback.format_exc()}"
        self.ordinal += 1
        self.capture += time.monotonic() - begun
        record["capture"] = self.capture
        self._write(record)
        self.watch.drain()
        self.tree = _snapshot(self.root)

    def _write(self, record: dict[str, Any]) -> None:
        with io.open(self.out, "a", encoding="utf-8") as out:
            out.write(json.dumps(record, default=repr) + "\n")

    def _names(self, record: dict[str, Any]) -> None:
        space = self.shell.user_ns
        bound, changed, values = [], [], {}
        walks: dict[str, Any] = {}
        now: dict[str, tuple[int, str]] = {}
        prints: dict[str, str] = {}
        for name, value in list(space.items()):
            if not self._mine(name):
                continue
            now[name] = (id(value), type(value).__name__)
            if type(value) in (int, float, str, bool, type(None)) and self.ids.get(name) == now[name]:
                prints[name] = self.prints[name]
                continue
            digest, opaque, walk = self.fingerprint(value, self.package)
            walks[name] = walk
            prints[name] = digest or f"opaque:{opaque}"
            if self.ids.get(name) != now[name]:
                bound.append(name)
            elif self.prints.get(name) != prints[name]:
                changed.append(name)
            if name in bound or name in changed:
                values[name] = [digest, _kind(value), _summary(name, value), _annotation(value), opaque]
        record["bound"], record["changed"], record["values"] = sorted(bound), sorted(changed), values
        record["deleted"] = sorted(set(self.ids) - set(now))
        record["shared"] = _shared(walks, space)
        self.ids, self.prints = now, prints

    def _relative(self, path: str) -> str | None:
        """Relative to the folder where it lies below; None for what is no business of ours."""
        full = os.path.realpath(os.path.join(self.cwd, os.path.expanduser(path)))
        if full == self.root:
            return "."
        if full.startswith(self.root + os.sep):
            inside = os.path.relpath(full, self.root)
            parts = inside.split(os.sep)
            if any(p in ("__pycache__", ".ipynb_checkpoints", ".git") or p.endswith((".pyc", ".metadata")) for p in parts):
                return None
            return inside
        if full.startswith(self.prefixes) or full.startswith(_SYSTEM) or "site-packages" in full:
            return None
        if "/.cache/" in full or "/.config/" in full or "/.ipython/" in full or "poc-probe-" in full:
            return None
        if os.path.basename(full).startswith(("matplotlib", "fontlist")):
            return None
        return full

    def _files(self, record: dict[str, Any]) -> None:
        reads, writes, lists, makes, network, processes = set(), set(), set(), set(), set(), set()
        for kind, target in self.events:
            if kind == "network":
                network.add(target)
            elif kind == "process":
                processes.add(target)
            else:
                path = self._relative(target)
                if path is None:
                    continue
                if kind == "list":
                    lists.add(path)
                elif kind == "read":
                    if os.path.isfile(os.path.join(self.root, path)):
                        reads.add(path)
                elif kind == "write":
                    writes.add(path)
                elif kind == "update":
                    writes.add(path)
                    if path in self.tree:
                        reads.add(path)
        for kind, full in self.watch.drain():
            path = self._relative(full)
            if path is None:
                continue
            if kind == "read" and os.path.isfile(full):
                reads.add(path)
        after = _snapshot(self.root)
        for path, stat in after.items():
            inside = self._relative(os.path.join(self.root, path))
            if inside is None:
                continue
            if stat is None:
                if path not in self.tree:
                    makes.add(path)
            elif self.tree.get(path) != stat:
                writes.add(path)
        deletes = {p for p in set(self.tree) - set(after) if self._relative(os.path.join(self.root, p))}
        gone = {p for p in writes if not os.path.exists(os.path.join(self.root, p))}
        self.watch.extend(os.path.join(self.root, path) for path in makes)
        modules = {}
        for name in sorted(set(sys.modules) - self.modules):
            file = getattr(sys.modules.get(name), "__file__", None)
            if isinstance(file, str) and file.endswith(".py"):
                path = self._relative(file)
                if path is not None and not os.path.isabs(path) and not self._of_package(name):
                    modules[name] = path
        self.modules = set(sys.modules)
        # A file that is only written shows as read too where the writer opened it to look at it.
        reads -= {p for p in writes if p not in self.tree}
        record.update(
            reads=sorted(reads - set(modules.values())), writes=sorted(writes - gone), lists=sorted(lists),
            makes=sorted(makes), deletes=sorted(deletes), network=sorted(network),
            processes=sorted(processes), modules=modules,
        )  # fmt: skip
        try:
            self.cwd = os.path.realpath(os.getcwd())
        except OSError:
            self.cwd = self.root

    def _of_package(self, name: str) -> bool:
        return bool(self.package) and name.split(".")[0] == self.package

    def _ambient(self) -> dict[str, str]:
        found: dict[str, str] = {}
        environ = {k: v for k, v in os.environ.items() if not _ENVIRON_NOISE.match(k)}
        found["environ"] = _digest(sorted(environ.items()))
        try:
            found["cwd"] = _digest(os.path.relpath(os.path.realpath(os.getcwd()), self.root))
        except OSError:
            found["cwd"] = "gone"
        extra = [p for p in sys.path if p not in self.path]
        found["path"] = _digest([os.path.relpath(p, self.root) if os.path.isabs(p) else p for p in extra])
        found["recursion"] = _digest(sys.getrecursionlimit())
        found["builtins"] = _digest(sorted((n, getattr(v, "__qualname__", type(v).__name__)) for n, v in vars(builtins).items() if n not in ("_", "display", "get_ipython") and not n.startswith("__")))
        found["warnings"] = _digest([str(f[:1] + f[2:3]) for f in warnings.filters])
        import random

        found["random"] = _digest(random.getstate())
        locale = sys.modules.get("locale")
        found["locale"] = _digest(locale.setlocale(locale.LC_ALL)) if locale else ""
        decimal = sys.modules.get("decimal")
        found["decimal"] = _digest(repr(decimal.getcontext()).split("flags")[0]) if decimal else ""
        logging = sys.modules.get("logging")
        if logging:
            found["logging"] = _digest([logging.root.level, len(logging.root.handlers), logging.root.manager.disable])
        np = sys.modules.get("numpy")
        if np is not None and hasattr(np, "random") and hasattr(np, "get_printoptions"):
            found["numpy"] = _digest([np.geterr(), sorted(np.get_printoptions().items(), key=str)])
            state = np.random.get_state(legacy=True)
            found["numpy_random"] = _digest([state[0], state[1].tobytes(), state[2:]])
        pandas = sys.modules.get("pandas")
        if pandas is not None and hasattr(pandas, "get_option"):
            found["pandas"] = _digest(sorted(_pandas_options().items()))
        mpl = sys.modules.get("matplotlib")
        if mpl is not None and hasattr(mpl, "rcParams"):
            found["matplotlib"] = _digest(sorted((k, str(v)) for k, v in dict.items(mpl.rcParams) if "backend" not in k))
        torch = sys.modules.get("torch")
        if torch is not None and hasattr(torch, "get_rng_state"):
            found["torch_random"] = _digest(torch.get_rng_state().numpy().tobytes())
        return found

    def _details(self) -> dict[str, Any]:
        details: dict[str, Any] = {}
        changed: dict[str, Any] = {}
        for key in sorted({*os.environ, *self.environ}):
            value = os.environ.get(key)
            if value != self.environ.get(key) and not _ENVIRON_NOISE.match(key):
                secret = _SECRET.search(key) and value
                changed[key] = "***" if secret else value
        if changed:
            details["environ"] = changed
        self.environ = dict(os.environ)
        relative = os.path.relpath(self.cwd, self.root)
        if relative != "." and relative != self.options.get("__cwd"):
            details["cwd"] = relative
        self.options["__cwd"] = relative
        extra = [p for p in sys.path if p not in self.path]
        if extra:
            details["path"] = [os.path.relpath(p, self.root) if os.path.isabs(p) and os.path.realpath(p).startswith(self.root) else p for p in extra]
        if "pandas" in sys.modules and hasattr(sys.modules["pandas"], "get_option"):
            now = _pandas_options()
            before = self.options.get("__pandas")
            if before is not None:
                moved = {k: v for k, v in now.items() if before.get(k) != v}
                plain = {k: sys.modules["pandas"].get_option(k) for k in moved}
                if plain and all(isinstance(v, int | float | str | bool | type(None)) for v in plain.values()):
                    details["pandas"] = plain
            self.options["__pandas"] = now
        details["recursion"] = sys.getrecursionlimit()
        return details

    def _storage(self, record: dict[str, Any]) -> None:
        wanted = self.cuts.get(str(self.ordinal))
        if wanted is None:
            return
        space = self.shell.user_ns
        groups = [g for g in record["shared"] if len(set(g) & set(wanted)) > 1]
        together = {n for g in groups for n in g}
        keys = [[n] for n in wanted if n in space and n not in together]
        keys += [sorted(set(g) & set(wanted)) for g in groups]
        stored = {}
        for names in keys:
            names = [n for n in names if n in space]
            if not names:
                continue
            key = "+".join(names)
            seen = _digest([self.prints.get(n) for n in names])
            if self.stored.get(key, ("",))[0] != seen:
                value = space[names[0]] if len(names) == 1 else tuple(space[n] for n in names)
                self.stored[key] = (seen, self._try(value))
            stored[key] = self.stored[key][1]
        record["stored"] = stored

    def _try(self, value: Any) -> list[str]:
        if isinstance(value, types.FunctionType | type | types.ModuleType) and getattr(value, "__module__", "") == "__main__":
            try:
                pickle.dumps(value, protocol=5)
            except Exception as failure:  # any type may refuse in its own way
                return ["", f"a local function or class: {failure}"[:150]]
            return ["pickle", "a definition"]
        digest, opaque, _ = self.fingerprint(value, self.package)
        if opaque and opaque not in ("too large to compare", "too deeply nested"):
            try:
                pickle.dumps(value, protocol=5)
            except Exception as failure:  # any type may refuse in its own way
                return ["", str(failure)[:150] or opaque]
            if opaque not in ("a logger", "a figure"):
                return ["", f"it holds {opaque}" if not opaque.startswith("it ") else opaque]
            return ["pickle", opaque]
        why = ""
        pandas = sys.modules.get("pandas")
        if pandas is not None and type(value) is pandas.DataFrame:
            path = os.path.join(self.scratch, "frame.parquet")
            try:
                value.to_parquet(path)
                back = pandas.read_parquet(path)
                if self.fingerprint(back, self.package)[0] == digest:
                    return ["parquet", ""]
                why = "Parquet alters it"
            except Exception as failure:  # pyarrow raises many kinds
                why = f"Parquet cannot hold it: {type(failure).__name__}"
        try:
            back = pickle.loads(pickle.dumps(value, protocol=5))
        except Exception as failure:  # any type may refuse in its own way
            return ["", str(failure)[:150]]
        if self.fingerprint(back, self.package)[0] != digest:
            return ["", "a pickled copy differs from it"]
        return ["pickle", why]


def _digest(value: Any) -> str:
    return hashlib.blake2b(repr(value).encode("utf-8", "replace"), digest_size=10).hexdigest()


def _pandas_options() -> dict[str, str]:
    pandas = sys.modules["pandas"]
    config = sys.modules.get("pandas._config.config")
    found: dict[str, str] = {}

    def visit(prefix: str, tree: dict[str, Any]) -> None:
        for key, value in tree.items():
            if isinstance(value, dict):
                visit(f"{prefix}{key}.", value)
            else:
                found[prefix + key] = getattr(value, "__qualname__", None) or repr(value)

    if config is not None and hasattr(config, "_global_config"):
        visit("", config._global_config)
    else:
        found["display.max_rows"] = repr(pandas.get_option("display.max_rows"))
    return found


def _peak_memory() -> int:
    try:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    except ImportError:
        return 0


def _snapshot(root: str) -> dict[str, tuple[int, int, int] | None]:
    """Files below a folder → time, size and inode; folders → None."""
    found: dict[str, tuple[int, int, int] | None] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in (".git", "__pycache__", "node_modules", ".venv", "products", ".ipynb_checkpoints")]
        for name in folders:
            found[os.path.relpath(os.path.join(folder, name), root)] = None
        for name in files:
            path = os.path.join(folder, name)
            try:
                stat = os.stat(path)
            except OSError:
                continue
            found[os.path.relpath(path, root)] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if len(found) > 20_000:
            break
    return found


class _Watch:
    """Opens of files below a folder, as the kernel sees them: also those by C++ and subprocesses."""

    OPEN, CREATE, ISDIR = 0x20, 0x100, 0x40000000

    def __init__(self, root: str) -> None:
        self.folders: dict[int, str] = {}
        self.fd = -1
        try:
            self.libc = ctypes.CDLL(None, use_errno=True)
            self.fd = self.libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, AttributeError):
            return
        if self.fd >= 0:
            folders = [root] + [os.path.join(root, p) for p, s in _snapshot(root).items() if s is None]
            self.extend(folders[:2000])

    def extend(self, folders: Any) -> None:
        if self.fd < 0:
            return
        for folder in folders:
            number = self.libc.inotify_add_watch(self.fd, os.fsencode(folder), self.OPEN)
            if number >= 0:
                self.folders[number] = folder

    def drain(self) -> list[tuple[str, str]]:
        found = []
        while self.fd >= 0:
            try:
                data = os.read(self.fd, 65536)
            except (BlockingIOError, OSError):
                break
            offset = 0
            while offset < len(data):
                number, mask, _, length = struct.unpack_from("iIII", data, offset)
                name = os.fsdecode(data[offset + 16 : offset + 16 + length].rstrip(b"\0"))
                offset += 16 + length
                if mask & self.OPEN and not mask & self.ISDIR and number in self.folders and name:
                    found.append(("read", os.path.join(self.folders[number], name)))
        return found


def _shared(walks: dict[str, Any], space: dict[str, Any]) -> list[list[str]]:
    """Groups of names that reach one mutable object, or overlapping memory."""
    owner: dict[int, str] = {}
    parent = {name: name for name in walks}

    def find(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    ranges = []
    for name in sorted(walks):
        value = space.get(name)
        if isinstance(value, types.ModuleType):
            continue
        for key in walks[name].seen:
            if key in owner:
                parent[find(name)] = find(owner[key])
            else:
                owner[key] = name
        ranges += [(low, high, name) for low, high in walks[name].memory]
    ranges.sort()
    reach, holder = -1, ""
    for low, high, name in ranges:
        if low < reach:
            parent[find(name)] = find(holder)
        if high > reach:
            reach, holder = high, name
    groups: dict[str, list[str]] = {}
    for name in sorted(walks):
        groups.setdefault(find(name), []).append(name)
    return sorted(group for group in groups.values() if len(group) > 1)


def _kind(value: Any) -> str:
    kind = type(value)
    if kind.__module__ in ("builtins",):
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def _annotation(value: Any) -> str:
    kind = type(value)
    names = {"DataFrame": "pd.DataFrame", "Series": "pd.Series", "ndarray": "np.ndarray"}
    root = kind.__module__.split(".")[0]
    if root in ("pandas", "numpy") and kind.__name__ in names:
        return names[kind.__name__]
    if value is None:
        return "None"
    if kind in (int, float, str, bool, bytes, complex):
        return kind.__name__
    if kind in (list, set, frozenset) and value:
        inner = {_annotation(item) for item in list(value)[:200]}
        return f"{kind.__name__}[{inner.pop()}]" if len(inner) == 1 else f"{kind.__name__}[Any]"
    if kind is dict and value:
        keys = {_annotation(k) for k in list(value)[:200]}
        items = {_annotation(v) for v in list(value.values())[:200]}
        first = keys.pop() if len(keys) == 1 else "Any"
        second = items.pop() if len(items) == 1 else "Any"
        return f"dict[{first}, {second}]"
    if kind in (list, set, dict, tuple, frozenset):
        return {list: "list[Any]", set: "set[Any]", dict: "dict[Any, Any]", frozenset: "frozenset[Any]"}.get(kind, "tuple[Any, ...]")
    if root in ("numpy", "builtins", "pandas"):
        return "Any"
    return kind.__name__


def _summary(name: str, value: Any) -> str:
    kind = type(value)
    if kind in (int, float, bool, type(None), complex) or kind.__module__ == "numpy" and getattr(value, "ndim", 1) == 0:
        return repr(value)[:60]
    if kind is str:
        secret = _SECRET.search(name) or re.fullmatch(r"[A-Za-z0-9_\-]{24,}", value)
        return "***" if secret else repr(value if len(value) < 50 else value[:47] + "...")
    if kind.__name__ == "DataFrame" and hasattr(value, "shape"):
        return f"{value.shape[0]:,} rows × {value.shape[1]:,} columns"
    if kind.__name__ == "Series" and hasattr(value, "dtype"):
        return f"{len(value):,} values of {value.dtype}"
    if kind.__name__ == "ndarray":
        return f"array {value.shape} of {value.dtype}"
    if kind in (list, tuple, set, dict, frozenset):
        word = {list: "list", tuple: "tuple", set: "set", dict: "dictionary"}.get(kind, "set")
        return f"{word} of {len(value):,}"
    return kind.__name__


try:
    start(get_ipython())  # type: ignore[name-defined]  # noqa: F821
except NameError:
    ast.parse("")  # imported as a module, for its helpers
