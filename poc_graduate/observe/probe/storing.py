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

from .fingerprint import look
from .known import Known
from .naming import qualified

Outcome = tuple[str, str]
SECONDS = 120.0
AT_ONCE = 3


class Trials:
    """All values of a run that were tried.

    Args:
        known: How types are named, and digests of what was read before.
        folder: For results.
    """

    def __init__(self, known: Known, folder: str) -> None:
        self.known = known
        self.folder = folder
        self.outcomes: dict[str, Outcome] = {}
        self.begun: set[str] = set()
        self.copies: list[tuple[int, str, tuple[str, ...]]] = []
        self.count = 0

    def begin(self, values: Mapping[str, Any]) -> None:
        """Try values (fingerprint → value) that were not tried before; does not wait for it."""
        todo = {mark: value for mark, value in values.items() if mark not in self.begun}
        if not todo:
            return
        self.begun.update(todo)
        if sys.platform != "linux":
            for mark, value in todo.items():
                self.outcomes[mark] = how_to_store(value, mark, self.known)
            return
        while len(self.copies) >= AT_ONCE:  # each holds the memory that the notebook has let go
            self._collect()
        self.count += 1
        results = os.path.join(self.folder, f"stored-{self.count}")
        child = os.fork()
        if child == 0:
            self._try(todo, results)
        self.copies.append((child, results, tuple(todo)))

    def _try(self, todo: Mapping[str, Any], results: str) -> None:
        """In the copy: try each value, write down how it went, and end."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            os.nice(5)  # the notebook itself comes first
            with open(results, "w", encoding="utf-8") as lines:
                for mark, value in todo.items():
                    lines.write(json.dumps({mark: how_to_store(value, mark, self.known)}) + "\n")
                    lines.flush()
        finally:
            os._exit(0)

    def wait(self) -> dict[str, Outcome]:
        """Outcomes by fingerprint, when all copies have ended."""
        while self.copies:
            self._collect()
        return self.outcomes

    def _collect(self) -> None:
        child, results, marks = self.copies.pop(0)
        _wait(child)
        with contextlib.suppress(OSError), open(results, encoding="utf-8") as lines:
            for line in lines:
                for mark, (form, reason) in json.loads(line).items():
                    self.outcomes[mark] = (form, reason)
        for mark in marks:
            self.outcomes.setdefault(mark, ("", "storing it was tried and did not end"))


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


def how_to_store(value: Any, expected: str, known: Known) -> Outcome:
    """`parquet`, `pickle` or nothing, and why the simpler one did not do."""
    reason = ""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        if qualified(type(value)) in ("pandas.DataFrame", "pandas.core.frame.DataFrame"):
            reason = _parquet_fails(value, expected, known)
            if not reason:
                return ("parquet", "")
        missing = _pickle_fails(value, expected, known)
    return ("", missing) if missing else ("pickle", reason)


def _parquet_fails(value: Any, expected: str, known: Known) -> str:
    pandas = sys.modules["pandas"]
    try:
        # Compression keeps every bit, so that none tells as much as any. Dictionary encoding
        # keeps the order of categories, and without categories there is nothing to keep.
        kinds = [*value.dtypes, value.index.dtype, *getattr(value.index, "dtypes", ())]
        encode = any("dictionary" in str(kind) or str(kind) == "category" for kind in kinds)
        quick = {"compression": None, "use_dictionary": encode, "write_statistics": False}
        written = value.to_parquet(None, engine="pyarrow", **quick)
        back = pandas.read_parquet(io.BytesIO(written), engine="pyarrow")
    except Exception as error:  # pyarrow has many ways to refuse
        return f"parquet: {_first_line(error)}"
    if _is(back, expected, known):
        return ""
    return f"parquet does not keep it exactly{_what_changed(value, back)}"


def _pickle_fails(value: Any, expected: str, known: Known) -> str:
    try:
        back = pickle.loads(pickle.dumps(value, protocol=5))
    except Exception as error:  # whatever the notebook's own __reduce__ raises
        return _first_line(error)
    return "" if _is(back, expected, known) else "it comes back from a pickle changed"


def _is(value: Any, expected: str, known: Known) -> bool:
    seen = look(value, known)
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
