"""Why a run did not end well, and whether the same run may go well later."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping, Sequence
from typing import Any

from poc_graduate.batch.model import Cause, Failure

_FULL = {errno.ENOSPC, errno.EDQUOT}
_LATER_ERRNO = {
    errno.EAGAIN,
    errno.ECONNABORTED,
    errno.ECONNREFUSED,
    errno.ECONNRESET,
    errno.EHOSTUNREACH,
    errno.EINTR,
    errno.ENETUNREACH,
    errno.EPIPE,
    errno.ETIMEDOUT,
}
# Of the standard library, requests, urllib3, httpx, botocore, SQLAlchemy and drivers of databases.
_LATER_NAMES = frozenset(
    (
        "ConnectionError ConnectionResetError ConnectionRefusedError ConnectionAbortedError "
        "BrokenPipeError TimeoutError gaierror herror timeout URLError RemoteDisconnected "
        "IncompleteRead ConnectTimeout ReadTimeout Timeout ChunkedEncodingError ProtocolError "
        "MaxRetryError NewConnectionError ProxyError SSLError ConnectError ReadError "
        "ConnectTimeoutError ReadTimeoutError EndpointConnectionError InterfaceError "
        "ServiceUnavailable TooManyRequests"
    ).split()
)
_LATER_TEXT = re.compile(
    r"HTTP Error (?:429|50[0234])|\b(?:429|50[0234]) (?:Client|Server) Error|database is locked"
    r"|could not connect|connection (?:refused|reset|timed out)|server closed the connection"
    r"|temporary failure in name resolution",
    re.IGNORECASE,
)
_ERRNO = re.compile(r"\[Errno (\d+)\]")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_FRAME = re.compile(r"Cell In\[(\d+)\], line (\d+)")
INJECTED = "injected-parameters"
MARKER = "papermill-error-cell-tag"


def cause_of(name: str, text: str) -> Cause:
    """The kind of reason that an exception of the notebook's is.

    Args:
        name: Name of its class.
        text: What it said.
    """
    number = _ERRNO.search(text)
    if number is not None and int(number[1]) in _FULL:
        return "disk full"
    if name == "DeadKernelError":
        return "kernel died"
    later = name in _LATER_NAMES or _LATER_TEXT.search(text) is not None
    if later or (number is not None and int(number[1]) in _LATER_ERRNO):
        return "network"
    return "code"


def from_exception(error: BaseException) -> Failure:
    """A failure of ours, of papermill or of the machine, before or beside the notebook's code."""
    name, text = type(error).__name__, str(error)
    if isinstance(error, OSError) and error.errno in _FULL:
        return Failure("disk full", name, error.strerror or text)
    if name == "DeadKernelError":
        return Failure("kernel died", "the kernel died", "its process ended while a cell ran")
    if isinstance(error, RuntimeError) and "Kernel died before replying" in text:
        return Failure("kernel died", "the kernel died", "before it had answered once")
    first = text.strip().partition("\n")[0]
    cause: Cause = "network" if cause_of(name, text) == "network" else "setup"
    return Failure(cause, name, first)


def from_cells(cells: Sequence[Mapping[str, Any]]) -> Failure | None:
    """The failure that an executed notebook shows: of the cells that raised, the last.

    Args:
        cells: Its cells, as nbformat has them; those that papermill put in are not counted.
    """
    found = None
    for position, cell in enumerate(own_cells(cells), start=1):
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "error" and not _leaves_quietly(output):
                found = _raised(cell, position, output)
                break
    return found


def own_cells(cells: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The cells of the author's, without those that papermill put in."""
    put_in = {INJECTED, MARKER}
    return [c for c in cells if not put_in & set(c.get("metadata", {}).get("tags", ()))]


def _leaves_quietly(output: Mapping[str, Any]) -> bool:
    return output.get("ename") == "SystemExit" and output.get("evalue") in ("", "0")


def _raised(cell: Mapping[str, Any], position: int, output: Mapping[str, Any]) -> Failure:
    name, text = str(output.get("ename", "")), str(output.get("evalue", ""))
    source = cell.get("source", "")
    lines = (source if isinstance(source, str) else "".join(source)).split("\n")
    line = _line(output.get("traceback", ()), cell.get("execution_count"))
    text_of_line = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    first = text.strip().partition("\n")[0]
    return Failure(cause_of(name, text), name, first, position, line, source=text_of_line)


def _line(traceback: Sequence[str], count: int | None) -> int:
    """Where the cell itself stood when it was left: not where the function it called raised."""
    text = _COLOURS.sub("", "\n".join(traceback))
    frames = [(int(number), int(line)) for number, line in _FRAME.findall(text)]
    return next((line for number, line in frames if number == count), 0)
