"""A Ploomber that is loaded already: builds in forks of itself, as often as it is asked.

Loading Ploomber takes longer than building a small pipeline, and a proof may take several builds.
Where it is told what tasks import, their kernels are forks as well (`zygote.py`).
This file is run as a script, in a process of its own and without importing the package.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

_PATIENCE = 20.0
"""Seconds for a process to begin to listen."""
_NEVER = ".never"
"""What is behind the name of a socket that nobody will listen at."""


def load() -> Callable[[], object]:
    """Ploomber's command line, without what no build needs."""
    # jsonschema compiles a grammar that nobody uses, and ploomber-engine, which papermill loads
    # with its other engines, imports pyplot to draw memory profiles.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    for name in ("matplotlib", "matplotlib.pyplot"):
        sys.modules[name] = types.ModuleType(name)
    import ploomber.cli.build  # noqa: F401
    from ploomber_cli.cli import cmd_router

    for name in ("matplotlib", "matplotlib.pyplot"):
        del sys.modules[name]
    router: Callable[[], object] = cmd_router
    return router


class Forked:
    """A kernel that is another process's child, as `jupyter_client` knows `subprocess.Popen`.

    Args:
        pid: Its process.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """None while it runs; 0 afterwards, since its status is not ours to know."""
        if self.returncode is None and select.select([self.handle], [], [], 0)[0]:
            self.returncode = 0
            os.close(self.handle)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended."""
        if self.returncode is None and not select.select([self.handle], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Nothing where it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Zygotes:
    """Processes that have imported what tasks import first; one for each list of modules.

    Args:
        folder: Home of their sockets; new or empty.
    """

    def __init__(self, folder: str) -> None:
        self.chains: dict[str, list[list[str]]] = {}
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.root = os.path.join(folder, "0")
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "zygote.py")
        self.process = subprocess.Popen(
            [sys.executable, script, self.root],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.known: dict[tuple[str, ...], str] = {(): self.root}

    def prepare(self, chains: dict[str, list[list[str]]]) -> None:
        """Let all of them import, while Ploomber begins and the first tasks run.

        Args:
            chains: Task → what to import, one process forked from the other; see `warm.chains`.
        """
        self.chains = chains
        wanted: list[tuple[str, list[str], str]] = []
        for chain in chains.values():
            parent = self.root
            for modules in chain:
                path = self.known.get(tuple(modules))
                if path is None:
                    path = os.path.join(self.folder, str(len(self.known)))
                    self.known[tuple(modules)] = path
                    wanted.append((parent, modules, path))
                parent = path
        if not wanted or os.fork():
            return
        for parent, modules, path in wanted:  # each waits until its parent has imported
            if not self._ask(parent, {"modules": modules, "socket": path}):
                with open(path + _NEVER, "w"):
                    pass
        os._exit(0)

    def kernel(self, task: str, arguments: list[str], options: dict[str, Any]) -> Forked | None:
        """A kernel for a task; None where it has to start as any other."""
        path = self.known.get(tuple(self.chains.get(task, [[]])[-1]))
        if path is None:
            return None
        request = {
            "arguments": arguments,
            "env": {**options["env"], "JPY_PARENT_PID": str(os.getpid())},
            "cwd": options.get("cwd") or os.getcwd(),
        }
        pid = self._ask(path, request, streams=[1, 2])
        try:
            return Forked(pid) if pid else None
        except ProcessLookupError:
            return None

    def _ask(self, path: str, request: dict[str, object], streams: list[int] | None = None) -> int:
        deadline = time.monotonic() + _PATIENCE
        while True:
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
                try:
                    asked.connect(path)
                    socket.send_fds(asked, [json.dumps(request).encode()], streams or [])
                    return int(asked.recv(64) or b"0")
                except (FileNotFoundError, ConnectionRefusedError):  # it does not listen yet
                    if os.path.exists(path + _NEVER) or time.monotonic() > deadline:
                        return 0
                except OSError:
                    return 0
            time.sleep(0.01)

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """Let papermill's kernels be forks of these."""
        from jupyter_client.provisioning import local_provisioner as starter
        from papermill.clientwrap import PapermillNotebookClient

        task = ""
        plain: Any = vars(starter)["launch_kernel"]
        execute = PapermillNotebookClient.execute

        def execute_task(client: Any, **options: Any) -> Any:
            nonlocal task
            output = str(client.nb.metadata.get("papermill", {}).get("output_path", ""))
            task = os.path.splitext(os.path.basename(output))[0]
            return execute(client, **options)

        def launch(command: list[str], **options: Any) -> Any:
            same = command[1:3] == ["-m", "ipykernel_launcher"] and os.path.realpath(
                command[0]
            ) == os.path.realpath(sys.executable)
            forked = self.kernel(task, command[3:], options) if same else None
            return forked or plain(command, **options)

        vars(starter)["launch_kernel"] = launch
        PapermillNotebookClient.execute = execute_task
        try:
            yield
        finally:
            vars(starter)["launch_kernel"] = plain
            PapermillNotebookClient.execute = execute


def build(router: Callable[[], object], folder: str, said: str, zygotes: Zygotes | None) -> int:
    """`ploomber build --force` in a fork; its exit status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.chdir(folder)
        sys.argv = ["ploomber", "build", "--force"]
        with zygotes.used() if zygotes is not None else contextlib.nullcontext():
            router()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as failure:  # told to whoever asked, by the status and the text
        print(f"{type(failure).__name__}: {failure}", file=sys.stderr)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    """Answer each line of JSON with the exit status of the build that it asks for."""
    zygotes = Zygotes(sys.argv[1]) if hasattr(os, "pidfd_open") else None
    router = load()
    for line in sys.stdin:
        asked = json.loads(line)
        warm = zygotes if asked["chains"] else None
        if warm is not None:
            warm.prepare(asked["chains"])
        print(build(router, asked["folder"], asked["said"], warm), flush=True)


if __name__ == "__main__":
    main()
