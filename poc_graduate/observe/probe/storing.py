"""Whether a value comes back from disk as it was, tried in a forked copy of the process.

The copy takes everything with it that storing could disturb: imports, warnings, random numbers
drawn, output of the user's own `__reduce__`. Where processes cannot be forked, and where the copy
dies, it is tried in place.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import signal
import sys
import tempfile
import time
from typing import Any, Dict, List, Mapping, Tuple

from .fingerprint import Known, Naming, look, qualified

Outcome = Tuple[str, str]
SECONDS = 120.0


def try_storing(
    things: Mapping[str, Tuple[Any, str]], naming: Naming, folder: str
) -> Dict[str, Outcome]:
    """Format and reason for each thing.

    Args:
        things: Key → (value, its fingerprint).
        naming: How types are named.
        folder: For temporary files.
    """
    if not things:
        return {}
    found: Dict[str, Outcome] = {}
    if hasattr(os, "fork") and sys.platform == "linux":
        found = _in_a_copy(things, naming, folder)
    rest = {key: thing for key, thing in things.items() if key not in found}
    for key, (value, expected) in rest.items():
        found[key] = how_to_store(value, expected, naming, folder)
    return found


def _in_a_copy(
    things: Mapping[str, Tuple[Any, str]], naming: Naming, folder: str
) -> Dict[str, Outcome]:
    handle, path = tempfile.mkstemp(dir=folder, suffix=".stored")
    os.close(handle)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            found: Dict[str, Outcome] = {}
            with open(path, "w") as results:
                for key, (value, expected) in things.items():
                    found = {key: how_to_store(value, expected, naming, folder)}
                    results.write(json.dumps(found) + "\n")
                    results.flush()
            status = 0
        finally:
            os._exit(status)
    _wait(child)
    with open(path) as results:
        lines: List[str] = results.read().splitlines()
    os.unlink(path)
    stored: Dict[str, Outcome] = {}
    for line in lines:
        stored.update({key: (one[0], one[1]) for key, one in json.loads(line).items()})
    return stored


def _wait(child: int) -> None:
    """Wait for the copy; a lock that another thread held can leave it stuck."""
    until = time.monotonic() + SECONDS
    pause = 0.001
    while time.monotonic() < until:
        done, _ = os.waitpid(child, os.WNOHANG)
        if done:
            return
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def how_to_store(value: Any, expected: str, naming: Naming, folder: str) -> Outcome:
    """`parquet`, `pickle` or nothing, and why the simpler one did not do."""
    reason = ""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        if qualified(type(value)) in ("pandas.DataFrame", "pandas.core.frame.DataFrame"):
            reason = _parquet_fails(value, expected, naming, folder)
            if not reason:
                return ("parquet", "")
        missing = _pickle_fails(value, expected, naming)
    return ("", missing) if missing else ("pickle", reason)


def _parquet_fails(value: Any, expected: str, naming: Naming, folder: str) -> str:
    path = os.path.join(folder, "stored-{}.parquet".format(os.getpid()))
    pandas = sys.modules["pandas"]
    try:
        value.to_parquet(path, engine="pyarrow")
        back = pandas.read_parquet(path, engine="pyarrow")
    except Exception as error:
        return "parquet: {}".format(_first_line(error))
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)
    if _is(back, expected, naming):
        return ""
    return "parquet does not keep it exactly{}".format(_what_changed(value, back))


def _pickle_fails(value: Any, expected: str, naming: Naming) -> str:
    try:
        back = pickle.loads(pickle.dumps(value, protocol=5))
    except Exception as error:
        return _first_line(error)
    return "" if _is(back, expected, naming) else "it comes back from a pickle changed"


def _is(value: Any, expected: str, naming: Naming) -> bool:
    seen = look(value, Known(naming))
    return seen.fingerprint == expected and not seen.opaque


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    said = text[0] if text else ""
    return said[:200] if said else type(error).__name__


def _what_changed(value: Any, back: Any) -> str:
    """The first part of a frame that parquet loses, for the report."""
    known = Known()
    if look(value.columns, known).fingerprint != look(back.columns, known).fingerprint:
        return ": column labels"
    if look(value.index, known).fingerprint != look(back.index, known).fingerprint:
        return ": the index"
    for place in range(value.shape[1]):
        one, other = value.iloc[:, place], back.iloc[:, place]
        if look(one.array, known).fingerprint != look(other.array, known).fingerprint:
            return ": column {!r} ({})".format(value.columns[place], value.dtypes.iloc[place])
    return ""
