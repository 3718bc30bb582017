"""Whether a value comes back from disk as it was, tried in a forked copy of the process.

The copy takes everything with it that storing could disturb: imports, warnings, random numbers
drawn, output of the user's own `__reduce__`. The notebook goes on meanwhile. Where processes
cannot be forked it is tried in place.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any

from .fingerprint import Known, Naming, look, qualified

Outcome = tuple[str, str]
SECONDS = 120.0


class Trials:
    """All values of a run that were tried.

    Args:
        naming: How types are named.
        folder: For temporary files.
    """

    def __init__(self, naming: Naming, folder: str) -> None:
        self.naming = naming
        self.folder = folder
        self.outcomes: dict[str, Outcome] = {}
        self.pending: tuple[str, ...] = ()
        self.child = 0
        self.count = 0

    def begin(self, values: Mapping[str, Any]) -> None:
        """Try values (fingerprint → value) that were not tried before; does not wait for it."""
        self.wait()
        todo = {mark: value for mark, value in values.items() if mark not in self.outcomes}
        if not todo:
            return
        if sys.platform != "linux":
            for mark, value in todo.items():
                self.outcomes[mark] = how_to_store(value, mark, self.naming, self.folder)
            return
        self.count += 1
        self.pending = tuple(todo)
        self.child = os.fork()
        if self.child == 0:
            try:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                with open(self._results(), "w", encoding="utf-8") as results:
                    for mark, value in todo.items():
                        outcome = how_to_store(value, mark, self.naming, self.folder)
                        results.write(json.dumps({mark: outcome}) + "\n")
                        results.flush()
            finally:
                os._exit(0)

    def wait(self) -> dict[str, Outcome]:
        """Outcomes by fingerprint, the last copy's included."""
        if self.child:
            _wait(self.child)
            self.child = 0
            with contextlib.suppress(OSError), open(self._results(), encoding="utf-8") as results:
                for line in results:
                    for mark, (form, reason) in json.loads(line).items():
                        self.outcomes[mark] = (form, reason)
            for mark in self.pending:
                self.outcomes.setdefault(mark, ("", "storing it was tried and did not end"))
        return self.outcomes

    def _results(self) -> str:
        return os.path.join(self.folder, f"stored-{self.count}")


def _wait(child: int) -> None:
    """Wait for the copy; a lock that another thread held can leave it stuck."""
    until = time.monotonic() + SECONDS
    pause = 0.001
    with contextlib.suppress(ChildProcessError):  # the notebook waits for all its children
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
    path = os.path.join(folder, f"stored-{os.getpid()}.parquet")
    pandas = sys.modules["pandas"]
    try:
        value.to_parquet(path, engine="pyarrow")
        back = pandas.read_parquet(path, engine="pyarrow")
    except Exception as error:
        return f"parquet: {_first_line(error)}"
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)
    if _is(back, expected, naming):
        return ""
    return f"parquet does not keep it exactly{_what_changed(value, back)}"


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
            return f": column {value.columns[place]!r} ({value.dtypes.iloc[place]})"
    return ""
