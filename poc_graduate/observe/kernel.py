"""A kernel process and its surroundings: the only module that talks to one."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from poc_graduate.errors import KernelError

PROBE = Path(__file__).with_name("probe")
ANSWER_WITHIN = 60.0
STOPS_WITHIN = 5.0
LOOK_EVERY = 0.5

IPYTHON_SETTINGS = """\
c = get_config()
c.HistoryManager.enabled = False
c.HistoryAccessor.enabled = False
c.IPCompleter.use_jedi = False
"""

LOAD_PROBE = """\
import importlib.util, sys
spec = importlib.util.spec_from_file_location(
    "_poc_probe", {init!r}, submodule_search_locations=[{folder!r}]
)
package = importlib.util.module_from_spec(spec)
sys.modules["_poc_probe"] = package
writes, sys.dont_write_bytecode = sys.dont_write_bytecode, {no_bytecode}
try:
    spec.loader.exec_module(package)
finally:
    sys.dont_write_bytecode = writes
    for name in [n for n in sys.modules if n.partition(".")[0] == "_poc_probe"]:
        del sys.modules[name]
from IPython import get_ipython
package.install(get_ipython(), **{arguments})
"""
"""Loads the probe under a private name and forgets that name again."""

CALL_PROBE = """\
from IPython import get_ipython
for call in get_ipython().events.callbacks["post_run_cell"]:
    if type(getattr(call, "__self__", None)).__module__.startswith("_poc_probe"):
        getattr(call.__self__, {method!r})({arguments})
"""


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Records of a probe's file."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return []
    return [json.loads(line) for line in text.splitlines()]


def last_line(path: Path) -> dict[str, Any]:
    """The last record of a probe's file."""
    lines = path.read_text(encoding="utf-8").rstrip("\n").rpartition("\n")
    record: dict[str, Any] = json.loads(lines[2])
    return record


# -- the surroundings of a kernel --------------------------------------------------------------


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """A folder for connection files, IPython's settings and what the probe writes."""
    folder = Path(tempfile.mkdtemp(prefix="poc-kernel-")).resolve()
    try:
        profile = folder / "ipython" / "profile_default"
        profile.mkdir(parents=True)
        (profile / "ipython_kernel_config.py").write_text(IPYTHON_SETTINGS)
        (profile / "ipython_config.py").write_text(IPYTHON_SETTINGS)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clean_environment(private: Path) -> dict[str, str]:
    """Variables for a kernel that the user's own IPython settings do not reach.

    Used for the observed run and for replays, so that both have the same.

    Args:
        private: A folder made by `private_folder`.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        # Set by a kernel or server that we may be running in, and wrong for any other.
        if not name.startswith(("JPY_", "PYDEVD_", "POC_")) and name != "MPLBACKEND"
    }
    environment["IPYTHONDIR"] = str(private / "ipython")
    environment["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    environment["PLOOMBER_STATS_ENABLED"] = "false"
    # Our own magics in the notebook show nothing here: the pipeline does without them.
    environment["POC_OBSERVED"] = "1"
    return environment


def probe_loader(**arguments: Any) -> str:
    """One expression that loads the probe and leaves no name behind."""
    code = LOAD_PROBE.format(
        init=str(PROBE / "__init__.py"),
        folder=str(PROBE),
        no_bytecode=not os.access(PROBE, os.W_OK),
        arguments=repr(arguments),
    )
    return _apart(code)


def _apart(code: str) -> str:
    """Code that runs in a dictionary of its own; the user may have shadowed `exec`."""
    return f"__import__('builtins').exec({code!r}, {{'__name__': '_poc_probe_loader'}})"


# -- a kernel ----------------------------------------------------------------------------------

PORT_TAKEN = "Address already in use"
"""What a kernel dies of where another process took one of its ports first."""
ATTEMPTS = 3


class Kernel:
    """A kernel process, from `with` to its end.

    Args:
        name: Kernelspec named by the notebook.
        folder: Where it runs.
        environment: All of its variables.
        private: Folder for its connection file.
        stop: Set from outside to give up.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        environment: dict[str, str],
        private: Path,
        stop: threading.Event | None = None,
    ) -> None:
        self.name = name
        self.note = ""
        self.folder = folder
        self.environment = environment
        self.private = private
        self.stop = stop or threading.Event()
        self.group: int | None = None

    def __enter__(self) -> Kernel:
        for _ in range(ATTEMPTS - 1):
            try:
                return self._started()
            except KernelError as failure:
                # Free ports are looked up before the kernel takes them: another may be faster.
                if PORT_TAKEN not in str(failure):
                    raise
        return self._started()

    def _started(self) -> Kernel:
        manager_class, spec = self._choose()
        self.manager = manager_class(connection_file=str(self.private / "kernel.json"))
        self.manager._kernel_spec = spec
        try:
            with open(self.private / "kernel.log", "wb") as log:
                self.manager.start_kernel(
                    cwd=str(self.folder), env=self.environment, stdout=log, stderr=log
                )
            self.group = getattr(self.manager.provisioner, "pgid", None)
            self.client = self.manager.client()
            self.client.start_channels()
            self._wait_until_ready()
        except OSError as error:
            self.__exit__()
            raise self._not_started(str(error)) from None
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(Exception):
            self.client.stop_channels()
        with contextlib.suppress(Exception):
            self.manager.shutdown_kernel(now=True)
        if self.group is not None and self.group != os.getpgid(0):
            with contextlib.suppress(OSError):  # workers that the notebook started
                os.killpg(self.group, signal.SIGKILL)
        with contextlib.suppress(Exception):
            self.manager.cleanup_resources()

    def _choose(self) -> tuple[Any, Any]:
        """The kernel manager, and the kernelspec to start."""
        # jsonschema compiles a grammar for a second; it does without where this is absent.
        sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
        try:
            from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
            from jupyter_client.manager import KernelManager
        except ImportError as missing:
            raise KernelError(
                f"running a notebook needs jupyter_client, which is not installed ({missing})",
                remedy="pip install jupyter_client ipykernel",
            ) from None
        own = KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python",
            language="python",
        )
        if self.name in ("python3", "python", ""):
            self.name = "python3"
            return KernelManager, own
        try:
            specs: Any = KernelSpecManager()
            spec = specs.get_kernel_spec(self.name)
        except NoSuchKernel:
            spec = None
        if spec is not None and spec.language.lower() == "python":
            return KernelManager, spec
        version = ".".join(map(str, sys.version_info[:3]))
        why = "is not installed here" if spec is None else f"runs {spec.language}"
        self.note = f"kernel {self.name!r} {why}; ran on Python {version} of this environment"
        return KernelManager, own

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + ANSWER_WITHIN
        while time.monotonic() < until:
            self._check_stop()
            try:
                self.client.wait_for_ready(timeout=LOOK_EVERY * 4)
                return
            except RuntimeError:
                if not self.manager.is_alive():
                    break
        raise self._not_started(self._log())

    def _not_started(self, why: str) -> KernelError:
        return KernelError(
            f"kernel {self.name!r} did not start{': ' if why else ''}{why}",
            remedy=f"pip install ipykernel for {sys.executable}, or choose another kernel",
        )

    def _log(self) -> str:
        """The last thing that the kernel process itself printed."""
        with contextlib.suppress(OSError):
            text = (self.private / "kernel.log").read_text(errors="replace").strip()
            return text.splitlines()[-1] if text else ""
        return ""

    def _check_stop(self) -> None:
        if self.stop.is_set():
            raise KeyboardInterrupt

    def load_probe(self, **arguments: Any) -> None:
        """Load the probe, before the first cell.

        Raises:
            KernelError: it does not load in this kernel.
        """
        self._quietly(probe_loader(**arguments))

    def call_probe(self, method: str, *arguments: Any) -> None:
        """Call a method of the probe."""
        given = ", ".join(map(repr, arguments))
        self._quietly(_apart(CALL_PROBE.format(method=method, arguments=given)))

    def _quietly(self, code: str) -> None:
        error = self.execute(code, lambda _: None, timeout=ANSWER_WITHIN, silent=True)
        if error is not None:
            trace = "\n".join(error.get("traceback", ()))
            raise KernelError(f"the capture does not work in kernel {self.name!r}:\n{trace}")

    def execute(
        self,
        code: str,
        take: Callable[[Mapping[str, Any]], None],
        *,
        timeout: float | None,
        silent: bool = False,
    ) -> dict[str, Any] | None:
        """Run code to its end.

        Args:
            code: As a user would type it.
            take: Given each message about outputs.
            timeout: Seconds that it may take.
            silent: True for code that is not the user's.

        Returns:
            The error reply, or None where nothing was raised.

        Raises:
            TimeoutError: it did not end in time; it has been interrupted.
            ProcessLookupError: the kernel died.
        """
        request = self.client.execute(
            code, silent=silent, store_history=not silent, allow_stdin=False, stop_on_error=False
        )
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            message = self._next(self.client.get_iopub_msg, until)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                break
            take(message)
        while True:
            reply: dict[str, Any] = self._next(self.client.get_shell_msg, until)
            if reply["parent_header"].get("msg_id") == request:
                break
        content = reply["content"]
        return content if content["status"] == "error" else None

    def _next(self, get: Callable[..., Any], until: float | None) -> Any:
        while True:
            self._check_stop()
            wait = LOOK_EVERY
            if until is not None:
                wait = min(wait, until - time.monotonic())
                if wait <= 0:
                    self._interrupt(get)
                    raise TimeoutError
            try:
                return get(timeout=wait)
            except queue.Empty:
                if not self.manager.is_alive():
                    raise ProcessLookupError(self._last_words()) from None

    def _interrupt(self, get: Callable[..., Any]) -> None:
        """Give the cell a moment to end by itself: it may hold files open."""
        with contextlib.suppress(Exception):
            self.manager.interrupt_kernel()
            until = time.monotonic() + STOPS_WITHIN
            while time.monotonic() < until:
                message = get(timeout=LOOK_EVERY)
                if message["content"].get("execution_state") == "idle":
                    return

    def _last_words(self) -> str:
        process = getattr(getattr(self.manager, "provisioner", None), "process", None)
        status = getattr(process, "returncode", None)
        if status is None:
            return ""
        return f" (killed by signal {-status})" if status < 0 else f" (exit status {status})"
