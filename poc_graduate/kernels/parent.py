"""Where forked kernels come from: asking a zygote for one, starting zygotes, ending them."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poc_graduate.kernels.forked import Forked

SCRIPT = Path(__file__).with_name("zygote.py")
IDLE = 300.0
"""Seconds without work after which a zygote ends by itself."""
PATIENCE = 60.0
"""Seconds for a kernel to open its ports, the imports of its zygote included."""
ENDS_WITHIN = 5.0
_LIMITS = tuple(name for name in dir(resource) if name.startswith("RLIMIT_"))


class NotForked(Exception):
    """A kernel has to start as any other; the text says why."""


def unfit() -> str:
    """Why this machine forks no kernels; empty where it does."""
    if not (sys.platform == "linux" and hasattr(os, "pidfd_open")):
        return f"kernels are forked on Linux only, not on {sys.platform}"
    return ""


@dataclass(frozen=True)
class Parent:
    """A zygote's address; any process of the same user may use it.

    Attributes:
        address: Path of its socket.
    """

    address: str

    def fork(
        self, command: list[str], options: Mapping[str, Any], *, looks_at_objects: bool = False
    ) -> Forked:
        """A kernel, which has opened its ports.

        Args:
            command: What `jupyter_client` would start.
            options: Of `jupyter_client.launcher.launch_kernel`: `env`, `cwd`, `stdout`, `stderr`.
            looks_at_objects: Whether its cells may ask which objects there are, those of
                libraries included; its end is slow then.

        Raises:
            NotForked: it has to start as any other.
        """
        request = {
            "arguments": _arguments(command),
            "env": dict(options.get("env") or os.environ),
            "cwd": str(options.get("cwd") or os.getcwd()),
            "umask": _umask(),
            "looks_at_objects": looks_at_objects,
            "processors": sorted(os.sched_getaffinity(0)),
            "limits": {name: resource.getrlimit(getattr(resource, name)) for name in _LIMITS},
        }
        streams = [_number(options.get("stdout"), 1), _number(options.get("stderr"), 2)]
        asked = self._ask(request, streams)
        try:
            asked.settimeout(PATIENCE)
            message, handles, _, _ = socket.recv_fds(asked, 1 << 16, 1)
            asked.settimeout(None)
        except OSError as failure:  # it ends, or its imports do not
            message, handles = json.dumps({"why": str(failure)}).encode(), []
        told = json.loads(message or b'{"why": "its parent has ended"}')
        if "why" in told:
            asked.close()
            raise NotForked(told["why"])
        if "pid" in told:
            return Forked(asked, told["pid"], handles[0])
        asked.close()
        return Forked.ended(told["status"])

    def branch(self, modules: list[str], address: str) -> Parent:
        """A zygote that has imported more, forked from this one, whenever that is ready.

        Args:
            modules: What it imports beside what this one has.
            address: Path of its socket; nothing is there yet.
        """
        with listening(address) as server, contextlib.suppress(NotForked):
            # Whoever has asked is refused when nobody has that socket any more.
            self._ask({"modules": modules}, [server.fileno()]).close()
        return Parent(address)

    def _ask(self, request: object, handed: list[int]) -> socket.socket:
        asked = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            asked.connect(self.address)
            socket.send_fds(asked, [json.dumps(request).encode()], handed)
        except OSError as failure:
            asked.close()
            raise NotForked(f"its parent has ended ({failure.strerror})") from None
        return asked


@dataclass(frozen=True)
class Warm:
    """What papermill is given, so that its kernels are forks.

    Attributes:
        engine: For `execute_notebook(engine_name=…)`.
        options: More keyword arguments of it, plain as JSON: another process may use them.
    """

    engine: str | None
    options: Mapping[str, str]


ENGINE = "warm"
"""Name of our engine among papermill's."""
FORKED = "forked"
"""What it writes into an executed notebook whose kernel was."""


def register() -> None:
    """Make our engine known to this process's papermill; an installed package need not ask."""
    # Papermill is loaded first: it loads the engines of installed packages while it is loaded
    # itself, and would find half of ours in a module that has begun to load papermill.
    from papermill.engines import papermill_engines

    from poc_graduate.kernels.engine import WarmEngine

    papermill_engines.register(ENGINE, WarmEngine)


@contextlib.contextmanager
def warm_parent(
    modules: Iterable[str], *, idle: float = IDLE, variables: Mapping[str, str] | None = None
) -> Iterator[Warm]:
    """A process that has imported modules, from which papermill's kernels are forked.

    It is shared: worker processes that get `engine` and `options` use the same one. It ends with
    the block, with this process however that ends, or after some minutes without work.

    Args:
        modules: What every notebook is known to import; see `imports.of_cells`.
        idle: Seconds without work after which it ends.
        variables: What the processes that ask have in their environment beside this one's.

    Yields:
        What papermill is given; where this machine forks no kernels, its own engine.
    """
    if why := unfit():
        logging.getLogger(__name__).info("kernels start as usual: %s", why)
        yield Warm(None, {})
        return
    with started(modules, idle=idle, variables=variables) as parent:
        yield Warm(ENGINE, {"warm_parent": parent.address})


@contextlib.contextmanager
def started(
    modules: Iterable[str], *, idle: float = IDLE, variables: Mapping[str, str] | None = None
) -> Iterator[Parent]:
    """A zygote, from its start to the end of the block.

    Args:
        modules: What it imports.
        idle: Seconds without work after which it ends.
        variables: Of its environment, beside this process's.
    """
    folder = tempfile.mkdtemp(prefix="poc-warm-")  # which nobody else may enter
    address = os.path.join(folder, "0")
    process = start(address, modules, idle=idle, variables=variables)
    try:
        yield Parent(address)
    finally:
        end(process)
        shutil.rmtree(folder, ignore_errors=True)


def start(
    address: str,
    modules: Iterable[str] = (),
    *,
    idle: float = IDLE,
    variables: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """A zygote with this process's environment; what is forked from it ends with this process.

    Args:
        address: Path of its socket; nothing is there yet.
        modules: What it imports.
        idle: Seconds without work after which it ends.
        variables: Of its environment, beside this process's.
    """
    with listening(address) as server:
        handle = server.fileno()
        arguments = [str(handle), str(os.getpid()), str(idle), *sorted(modules)]
        return subprocess.Popen(
            [sys.executable, str(SCRIPT), *arguments],
            env={**os.environ, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C is for whoever started it
            pass_fds=[handle],
        )


def end(process: subprocess.Popen[bytes]) -> None:
    """End a zygote, and what was forked from it."""
    process.terminate()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def listening(address: str) -> socket.socket:
    """A socket with a queue, for a process that will serve it."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server.bind(address)
    server.listen(128)
    return server


def _arguments(command: list[str]) -> list[str]:
    """Arguments of ipykernel, where a command starts one in this very environment."""
    if command[1:3] != ["-m", "ipykernel_launcher"]:
        raise NotForked(f"its kernel is started by {' '.join(command[:3])}")
    # Interpreters of several virtual environments may be links to one file.
    own, other = Path(sys.executable), Path(shutil.which(command[0]) or command[0])
    if own.parent.resolve() != other.parent.resolve() or own.resolve() != other.resolve():
        raise NotForked(f"its kernel runs on another interpreter, {other}")
    return command[3:]


def _number(stream: Any, default: int) -> int:
    if stream is None:
        return default
    return stream if isinstance(stream, int) else int(stream.fileno())


def _umask() -> int:
    before = os.umask(0)
    os.umask(before)
    return before
