"""Kernels forked from a process that has imported what they would import first.

This file is run as a script, in a process of its own and without importing the package. It listens
on a socket; each request asks for another such process, which imports more, or for a kernel.
Method: the zygote of Android and Chromium. A fork shares nothing that it changes.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    del sys.path[0]  # the modules beside this script must not hide those of the same name

import builtins
import importlib
import importlib.util
import json
import os
import signal
import socket
import threading
import types

_LONGEST = 1_000_000
_EVERY_KERNEL = ["ipykernel.kernelapp"]


def listen(path: str) -> socket.socket:
    """The socket, before anything slow: who asks early waits in its queue."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server.bind(path)
    server.listen(64)
    return server


def serve(server: socket.socket, modules: list[str]) -> None:
    """Import, then fork whatever is asked for; returns in the child that becomes a kernel.

    The answer is the fork's process, or 0 where none is to be had.
    """
    # A kernel has put its function there before any cell runs, and libraries look for it when they
    # are imported (pandas: pandas/core/config_init.py, is_terminal).
    vars(builtins)["get_ipython"] = lambda: types.SimpleNamespace(kernel=None)
    try:
        for module in modules:
            importlib.import_module(module)
        fit = threading.active_count() == 1  # a fork has only the thread that forked
    except BaseException:  # the task's own import says it better, in a kernel of its own
        fit = False
    del vars(builtins)["get_ipython"]
    while True:
        asked, _ = server.accept()
        message, streams, _, _ = socket.recv_fds(asked, _LONGEST, 2)
        request = json.loads(message or b"{}")
        if not (fit and request):
            asked.send(b"0")
        elif not os.fork():
            server.close()
            if "modules" in request:
                inner = listen(request["socket"])
                answer(asked)
                serve(inner, request["modules"])
            else:
                os.setsid()  # before the answer: whoever asked signals its whole group
                answer(asked)
                become_kernel(request, streams)
            return
        for stream in streams:
            os.close(stream)
        asked.close()


def answer(asked: socket.socket) -> None:
    """Tell who this is."""
    asked.send(str(os.getpid()).encode())
    asked.close()


def become_kernel(request: dict[str, object], streams: list[int]) -> None:
    """Make of this fork what `python -m ipykernel_launcher` is at its start."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for number, stream in enumerate(streams, start=1):
        os.dup2(stream, number)
        os.close(stream)
    environment, folder, arguments = request["env"], request["cwd"], request["arguments"]
    assert isinstance(environment, dict)
    assert isinstance(folder, str)
    assert isinstance(arguments, list)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    launcher = importlib.util.find_spec("ipykernel_launcher")
    assert launcher is not None
    sys.argv = [str(launcher.origin), *arguments]
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:  # Python's own generator does so by itself
        numpy_random.seed()


def main() -> None:
    """Serve until killed; a fork that became a kernel runs it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the system
    # ipykernel looks once, when it is imported, whether it ends with its parent.
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    # The kernel sets it before any cell runs; pyplot, imported here, would choose without it
    # another backend, and figures would be lost.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    serve(listen(sys.argv[1]), _EVERY_KERNEL)
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()


if __name__ == "__main__":
    main()
