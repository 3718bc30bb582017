"""Flags below each cell, while people work."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate import api
from poc_graduate.magics.evidence import Evidence
from poc_graduate.magics.history import Executed, History
from poc_graduate.observe.probe.ambient import generator_states
from poc_graduate.observe.probe.quiet import Undisturbed

if TYPE_CHECKING:
    from poc_graduate.rules.finding import Finding

LOG = logging.getLogger("poc_graduate.magics")


class Live:
    """Looks at each cell before and after it runs.

    Args:
        shell: The IPython shell.
        history: The cells run so far, without the one at hand.
        codes: Rules to run; None for all.
        show: Called with the cell's text and its findings, where there are some.
        path: The notebook's file, where it is known.
    """

    def __init__(
        self,
        shell: Any,
        history: Callable[[], History],
        *,
        codes: frozenset[str] | None,
        show: Callable[[str, tuple[Finding, ...]], None],
        path: Path | None = None,
    ) -> None:
        self._shell = shell
        self._history = history
        self._codes = codes
        self._show = show
        self._path = path
        self._evidence: Evidence | None = None
        self._began = 0.0
        self.seconds: list[float] = []

    def before(self, source: str, cell_id: str) -> None:
        """A cell is about to run."""
        started = time.perf_counter()
        self._evidence = None
        with _Guarded("before"), Undisturbed():
            notebook = self._history().without(cell_id, source).notebook(source, self._path)
            if notebook is not None:
                self._evidence = Evidence(notebook, self._shell.user_ns, generator_states)
        self._began = time.perf_counter()
        self.seconds.append(self._began - started)

    def after(self, run: Executed) -> None:
        """A cell has run."""
        ended = time.perf_counter()
        evidence, self._evidence = self._evidence, None
        found: tuple[Finding, ...] = ()
        with _Guarded("after"), Undisturbed():
            if evidence is not None:
                facts = evidence.observed(ended - self._began)
                last = len(evidence.notebook.cells)
                found = api.flags(evidence.notebook, facts, cell=last, codes=self._codes)
        if found:
            with _Guarded("shown"):
                self._show(run.source, found)
        self.seconds.append(time.perf_counter() - ended)

    def warm(self) -> None:
        """Load all rules, so that the first cell does not wait for them."""
        with _Guarded("loaded"), Undisturbed():
            notebook = History([]).notebook("x = 1\n%pwd")
            assert notebook is not None
            api.flags(notebook, Evidence(notebook, {}, dict).observed(0.0), cell=1)


class _Guarded:
    """Whatever goes wrong inside is our fault: one line, and the user's cell stays as it is."""

    def __init__(self, moment: str) -> None:
        self._moment = moment

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: Any) -> bool:
        if kind is None:
            return False
        if issubclass(kind, KeyboardInterrupt):
            print("poc_graduate: stopped looking at this cell.")
            return True
        if issubclass(kind, Exception):
            LOG.debug("a cell could not be looked at (%s)", self._moment, exc_info=error)
            print(
                f"poc_graduate: no flags for this cell: {kind.__name__}: "
                f"{' '.join(str(error).split())[:120]} (a defect of ours; the cell is unharmed)"
            )
            return True
        return False
