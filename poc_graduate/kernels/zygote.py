"""Kernels forked from a process that has imported what they would import first.

This file is run as a script, in a process of its own and without importing the package. It listens
on a socket; each request asks for another such process, which imports more, or for a kernel.
Method: the zygote of Android and Chromium. A fork shares nothing that it changes.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]  # the modules beside this script must not hide those of the same name

import builtins
import contextlib
import gc
import importlib
import importlib.util
import json
import logging
import os
import resource
import selectors
import signal
import socket
import threading
import types
from typing import Any

_LONGEST = 1_000_000
# Before its first cell every kernel imports them, all but the first when it is initialised.
_EVERY_KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "faulthandler",
    "runpy",
    "sqlite3",
    "tornado.platform.asyncio",
)
# They differ from process to process, and no import depends on them: Jupyter gives the first two
# to each kernel, shells and pytest set the others.
_VARY = frozenset(
    "JPY_PARENT_PID JPY_SESSION_NAME PWD OLDPWD SHLVL _ COLUMNS LINES PYTEST_CURRENT_TEST".split()
)
# pyarrow brings jemalloc with it, which in a fork returns memory when it is asked for some, as it
# does without that thread (jemalloc: src/background_thread.c, background_thread_postfork_child).
_DONE_WITHOUT = frozenset(["jemalloc_bg_thd"])
_OURS = frozenset(["JPY_PARENT_PID", "MPLBACKEND"])
_GPU = ("libcuda.so", "/dev/nvidia", "/dev/dri", "/dev/kfd")


def _beside(name: str) -> types.ModuleType:
    """A module beside this script, which no cell can import or see."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    module = types.ModuleType(name)
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), vars(module))
    return module


leaving = _beside("leaving")

Request = dict[str, Any]


class Zygote:
    """A process that forks whatever it is asked for.

    It ends with its owner, and all kernels with it, or after it had nothing to do for a while.

    Args:
        server: A socket that listens already: who asks early waits in its queue.
        owner: Process for which all this is done.
        idle: Seconds without work after which it ends.
        environment: Variables that it was started with.
    """

    def __init__(self, server: int, owner: int, idle: float, environment: dict[str, str]) -> None:
        self.server = socket.socket(fileno=server)
        self.owner, self.idle, self.environment = owner, idle, environment
        self.ready = selectors.DefaultSelector()
        self.ready.register(self.server, selectors.EVENT_READ, ("asked", 0))
        self.ready.register(os.pidfd_open(owner), selectors.EVENT_READ, ("orphaned", 0))
        self.kernels: dict[int, socket.socket] = {}
        self.branches: set[int] = set()
        self.brought: dict[str, tuple[str, float]] = {}
        self.logging: list[tuple[Any, str]] = []
        self.why = ""

    def prepare(self, modules: list[str]) -> None:
        """Import, and find out whether a fork would differ from a process that imports itself.

        Args:
            modules: What to import beside what every kernel does.
        """
        self.import_own()
        own = set(sys.modules)
        handlers = set(logging._handlerList)  # type: ignore[attr-defined]
        # A kernel has put its function there before any cell runs, and libraries look for it when
        # they are imported (pandas: pandas/core/config_init.py, is_terminal).
        vars(builtins)["get_ipython"] = lambda: types.SimpleNamespace(kernel=None)
        said = _listen_to_itself()
        try:
            for module in modules:
                importlib.import_module(module)
        except BaseException as failure:  # a fresh kernel says it better, in the user's own cell
            self.why = self.why or f"an import fails: {type(failure).__name__}: {failure}"
        del vars(builtins)["get_ipython"]
        self.why = self.why or said() or _unfit()
        self.logging += _logging(handlers)
        for name in {name.partition(".")[0] for name in set(sys.modules) - own}:
            origin = getattr(getattr(sys.modules.get(name), "__spec__", None), "origin", None)
            with contextlib.suppress(OSError):  # it is built in
                self.brought[name] = (str(origin), os.stat(str(origin)).st_mtime)
        # A kernel would take libraries apart object by object when it ends, three quarters of all
        # that it computes. What is frozen is left alone; what cells make ends as it always does.
        gc.collect()
        gc.freeze()

    def import_own(self) -> None:
        """Import what every kernel has before its first cell."""
        try:
            for module in _EVERY_KERNEL:
                importlib.import_module(module)
        except Exception as failure:  # a fresh kernel does not start either, and says it better
            self.why = f"no kernel starts: {type(failure).__name__}: {failure}"

    def serve(self) -> Request | None:
        """Fork what is asked for: what was asked, in the fork that becomes a kernel; else None."""
        signal.signal(signal.SIGTERM, self.terminated)
        working = self.kernels or self.branches
        while events := self.ready.select(None if working else self.idle):
            for key, _ in events:
                what, pid = key.data
                if what == "orphaned":
                    self.end()
                    return None
                if what == "asked":
                    asked, request = self.accept()
                    if asked:
                        return request
                elif what == "ended":
                    self.reap(pid, key.fd)
                elif pid in self.kernels:  # whoever asked for this kernel has gone
                    self.ready.unregister(key.fileobj)
                    _kill(pid)
            working = self.kernels or self.branches
        return None

    def terminated(self, *_: object) -> None:
        """Its owner does not need it any more."""
        self.end()
        os._exit(0)

    def end(self) -> None:
        """End what was forked."""
        for pid in self.kernels:
            _kill(pid)
        for pid in self.branches:  # each ends its own
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def accept(self) -> tuple[bool, Request | None]:
        """Answer one request; in a fork: True, and what it is to become, if it is a kernel."""
        asked, _ = self.server.accept()
        message, handed, _, _ = socket.recv_fds(asked, _LONGEST, 2)
        request: Request = json.loads(message or b"{}")
        why = self.why or self.refusal(request)
        if not why and not (pid := os.fork()):
            self.forget()
            if "modules" not in request:
                os.setsid()
                own = {
                    "asked": asked,
                    "streams": handed,
                    "logging": self.logging,
                    "set": _changed(self.environment),
                }
                return True, {**request, **own}
            asked.close()
            inner = Zygote(handed[0], self.owner, self.idle, self.environment)
            inner.brought, inner.logging = self.brought, self.logging
            inner.prepare(request["modules"])
            return True, inner.serve()
        for one in handed:
            os.close(one)
        if "modules" in request or why:
            with contextlib.suppress(OSError):  # it does not wait for an answer
                asked.send(json.dumps({"why": why}).encode())
            asked.close()
        if not why:
            ended = os.pidfd_open(pid)
            self.ready.register(ended, selectors.EVENT_READ, ("ended", pid))
            if "modules" in request:
                self.branches.add(pid)
            else:
                self.kernels[pid] = asked
                self.ready.register(asked, selectors.EVENT_READ, ("left", pid))
        return False, None

    def reap(self, pid: int, handle: int) -> None:
        """Tell whoever asked for a kernel how it ended."""
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self.ready.unregister(handle)
        os.close(handle)
        self.branches.discard(pid)
        asked = self.kernels.pop(pid, None)
        if asked is None:
            return
        with contextlib.suppress(KeyError):  # who asked had gone before
            self.ready.unregister(asked)
        with contextlib.suppress(OSError):
            asked.send(json.dumps({"status": status}).encode())
        asked.close()

    def refusal(self, request: Request) -> str:
        """Why a fork of this process would not be what a fresh process is; empty where it is."""
        if "env" not in request:
            return "" if "modules" in request else "nothing is asked for"
        wanted = _steady(request["env"])
        has = _steady(self.environment)
        if wanted != has:
            names = sorted(n for n in wanted.keys() | has.keys() if wanted.get(n) != has.get(n))
            return f"its environment is another one: {', '.join(names)}"
        with contextlib.suppress(OSError):
            beside = {entry.partition(".")[0] for entry in os.listdir(request["cwd"])}
            if hidden := sorted(beside & self.brought.keys()):
                return f"files beside it may hide modules: {', '.join(hidden)}"
        for name, (origin, time) in self.brought.items():
            try:
                changed = os.stat(origin).st_mtime != time
            except OSError:
                changed = True
            if changed:
                return f"{name} has been installed anew"
        return ""

    def forget(self) -> None:
        """Close in a fork what belongs to the process that it was forked from."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        handles = {key.fd for key in self.ready.get_map().values()}
        # Closed, not unregistered: the registry of the process that was forked is the same one.
        for handle in handles | {asked.fileno() for asked in self.kernels.values()}:
            os.close(handle)
        for one in (self.server, *self.kernels.values()):
            one.detach()
        self.ready.close()


def answer(asked: socket.socket) -> None:
    """Tell whoever asked who this is, and hand over what signals it for certain."""
    handle = os.pidfd_open(os.getpid())
    with contextlib.suppress(OSError):  # who asked has gone: the zygote ends this process
        socket.send_fds(asked, [json.dumps({"pid": os.getpid()}).encode()], [handle])
    os.close(handle)
    asked.close()


def become_kernel(request: Request) -> None:
    """Make of this fork what `python -m ipykernel_launcher` is at its start, and run it."""
    signal.set_wakeup_fd(-1)
    if request["looks_at_objects"]:
        gc.unfreeze()
    # As `jupyter_client.launcher.launch_kernel` gives it: a pipe into which nobody writes.
    nothing, closed = os.pipe()
    os.close(closed)
    os.dup2(nothing, 0)
    os.close(nothing)
    for number, stream in enumerate(request["streams"], start=1):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update({**request["env"], **request["set"]})
    os.chdir(request["cwd"])
    os.umask(request["umask"])
    os.sched_setaffinity(0, request["processors"])
    for limit, values in request["limits"].items():
        resource.setrlimit(getattr(resource, limit), tuple(values))
    launcher = importlib.util.find_spec("ipykernel_launcher")
    assert launcher is not None
    sys.argv = [str(launcher.origin), *request["arguments"]]
    sys.orig_argv = [sys.executable, "-m", "ipykernel_launcher", *request["arguments"]]
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:  # Python's own generator does so by itself
        numpy_random.seed()
    from ipykernel.kernelapp import IPKernelApp

    # As `IPKernelApp.launch_instance`, but that whoever asked hears of it when the ports are open:
    # a client that comes too early tries again after a tenth of a second only.
    app: Any = IPKernelApp.instance()
    write = app.write_connection_file

    def write_and_answer(*given: Any, **options: Any) -> None:
        write(*given, **options)
        answer(request["asked"])
        del app.write_connection_file

    app.write_connection_file = write_and_answer
    app.initialize()
    for handler, name in request["logging"]:
        handler.stream = getattr(sys, name)
    own = leaving.of_kernel()
    app.start()
    if not request["looks_at_objects"]:
        leaving.leave(app, own)


def _listen_to_itself() -> Any:
    """Catch what imports print, which a fresh kernel would show below the cell."""
    sys.stdout.flush()
    sys.stderr.flush()
    heard = os.memfd_create("said")
    streams = [os.dup(1), os.dup(2)]
    os.dup2(heard, 1)
    os.dup2(heard, 2)

    def said() -> str:
        sys.stdout.flush()
        sys.stderr.flush()
        size = os.fstat(heard).st_size
        text = os.pread(heard, 200, 0).decode(errors="replace").strip()
        os.dup2(streams[0], 1)
        os.dup2(streams[1], 2)
        for number in (heard, *streams):
            os.close(number)
        return f"an import prints: {text}" if size else ""

    return said


def _logging(before: set[Any]) -> list[tuple[Any, str]]:
    """Handlers that imports have made for a stream, which a kernel replaces before any cell."""
    made = [known() for known in set(logging._handlerList) - before]  # type: ignore[attr-defined]
    return [
        (handler, name)
        for handler in made
        for name in ("stdout", "stderr")
        if getattr(handler, "stream", None) is getattr(sys, name)
    ]


def _unfit() -> str:
    """Why this process cannot be forked; empty where it can."""
    others = [one.name for one in threading.enumerate() if one is not threading.main_thread()]
    if others:
        return f"an import starts threads: {', '.join(others)}"
    # OpenBLAS ends its threads before a fork, and starts them where they are needed again. A fork
    # has only the thread that forked: what others there are after this one would be missing.
    if not (trial := os.fork()):
        os._exit(0)
    os.waitpid(trial, 0)
    for number in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{number}/comm") as file:
            name = file.read().strip()
        if int(number) != os.getpid() and name not in _DONE_WITHOUT:
            return f"an import starts a thread, {name}"
    with open("/proc/self/maps") as maps:
        used = maps.read()
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            used += os.readlink(f"/proc/self/fd/{number}")
    return "an import has opened a GPU" if any(name in used for name in _GPU) else ""


def _changed(before: dict[str, str]) -> dict[str, str]:
    """Variables that imports have set, as they do in a fresh kernel."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in _OURS and before.get(name) != value
    }


def _steady(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in _VARY}


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def main(server: str, owner: str, idle: str, *modules: str) -> None:
    """Serve until it is not needed any more; a fork that became a kernel runs it."""
    environment = dict(os.environ)
    # ipykernel looks once, when it is imported, whether it ends with its parent.
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    # The kernel sets it before any cell runs; pyplot, imported here, would choose without it
    # another backend, and figures would be lost.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    try:
        zygote = Zygote(int(server), int(owner), float(idle), environment)
    except ProcessLookupError:  # the owner has ended already
        return
    zygote.prepare(list(modules))
    request = zygote.serve()
    if request is not None:
        become_kernel(request)


if __name__ == "__main__":
    main(*sys.argv[1:])
