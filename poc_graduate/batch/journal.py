"""What became of each run: a SQLite file that only the batch writes and anybody may read."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from poc_graduate.batch.model import Outcome
from poc_graduate.batch.naming import hashed
from poc_graduate.batch.records import Planned, Row, State, Waiting
from poc_graduate.batch.workspace import JOURNAL
from poc_graduate.errors import InputError

FORMAT = "1"

_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY, started REAL NOT NULL, ended REAL, host TEXT, process INTEGER,
    versions TEXT, ending TEXT
);
CREATE TABLE runs (
    key TEXT PRIMARY KEY, number INTEGER NOT NULL, parameters TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE COLLATE NOCASE, state TEXT NOT NULL, attempts INTEGER NOT NULL,
    inputs TEXT NOT NULL, staged TEXT, started REAL, seconds REAL, peak INTEGER, session INTEGER,
    failure TEXT, metrics TEXT, earlier INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX by_state ON runs (state, number);
CREATE TABLE attempts (
    key TEXT NOT NULL, number INTEGER NOT NULL, session INTEGER NOT NULL, started REAL,
    seconds REAL, worker TEXT, ending TEXT, failure TEXT, PRIMARY KEY (key, number)
) WITHOUT ROWID;
"""
_INSERT = """
INSERT INTO runs (key, number, parameters, path, state, attempts, inputs)
VALUES (?, ?, ?, ?, 'planned', 0, ?)
"""
_WAIT = 30.0


class Journal:
    """The file, open for reading, or for writing by the one batch that has the folder's lock.

    Each change is one transaction of a write-ahead log: a kill or a power failure cannot damage the
    file. How a run ended is on disk when `ended` returns; that an attempt began may be lost with
    the power, and the run is then begun again.

    Args:
        folder: The batch's folder.
        write: Whether it is opened for writing, and made where it is missing.
    """

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        path = folder / JOURNAL
        if not write and not path.is_file():
            raise InputError(f"{folder} holds no batch", remedy="give the folder of a batch")
        try:
            self._file = _opened(path, "mode=rwc" if write else "mode=rw")
            if write:
                self._file.execute("PRAGMA journal_mode = WAL")
            elif not _answers(self._file):
                self._file.close()
                self._file = _opened(path, "immutable=1")
            if not self._file.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                if not write:
                    raise InputError(f"{folder}: no run has been planned yet")
                # Together: a kill leaves all of it or nothing.
                noted = f"INSERT INTO about VALUES ('format', '{FORMAT}');"
                self._file.executescript(f"BEGIN;{_TABLES}{noted}COMMIT;")
            if self.about("format") != FORMAT:
                raise InputError(
                    f"{path} was written by another version of poc-graduate",
                    remedy="begin a new batch in another folder",
                )
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"{path} cannot be read: {error}", remedy="begin a new batch in another folder"
            ) from None
        self.session = 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _transaction(self, *, durable: bool = True) -> Iterator[None]:
        self._file.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # on a full disk it has ended already
                self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")

    # -- about the whole -------------------------------------------------------------------------

    def about(self, name: str) -> str:
        """What is noted under a name; empty for nothing."""
        found = self._file.execute("SELECT value FROM about WHERE name = ?", [name]).fetchone()
        return found[0] if found else ""

    def _about(self, **values: str) -> None:
        self._file.executemany("REPLACE INTO about VALUES (?, ?)", list(values.items()))

    def begin(self, versions: Mapping[str, str], host: str, process: int, **about: str) -> None:
        """A session begins: what earlier ones left running was cut off.

        Args:
            versions: Of what runs notebooks.
            host: Name of the machine.
            process: Of this batch.
            about: `source`, `kind`, `grid`, `varied`.
        """
        with self._transaction():
            self._about(**about)
            found = self._file.execute(
                "INSERT INTO sessions (started, host, process, versions) VALUES (?, ?, ?, ?)",
                [time.time(), host, process, json.dumps(dict(versions), sort_keys=True)],
            )
            self.session = found.lastrowid or 0
            self._file.execute("UPDATE attempts SET ending = 'cut off' WHERE ending IS NULL")
            self._file.execute("UPDATE runs SET state = 'planned' WHERE state = 'running'")

    def end(self, how: str) -> None:
        """The session ends.

        Args:
            how: `all done`, `stopped`, …
        """
        with self._transaction():
            self._file.execute(
                "UPDATE sessions SET ended = ?, ending = ? WHERE number = ?",
                [time.time(), how, self.session],
            )

    # -- planning --------------------------------------------------------------------------------

    def plan(
        self, runs: Iterable[Planned], there: Callable[[str], bool] = lambda path: True
    ) -> None:
        """Write down the runs of the grid.

        What is done stays done where its inputs are the same and its folder is there, all else is
        planned again. Runs that are no longer in the grid stay in the file, with a number below 0.

        Args:
            runs: All of them.
            there: Whether what a run left is still there, by the name of its folder.
        """
        with self._transaction():
            fresh = not self._file.execute("SELECT 1 FROM runs LIMIT 1").fetchone()
            self._file.execute("UPDATE runs SET number = -number WHERE number > 0")
            for run in runs:
                if fresh or not self._known(run, there):
                    self._insert(run)

    def _known(self, run: Planned, there: Callable[[str], bool]) -> bool:
        found = self._file.execute(
            "SELECT state, inputs, path FROM runs WHERE key = ?", [run.key]
        ).fetchone()
        if found is None:
            return False
        same = found[1] == run.inputs
        state = "done" if same and found[0] == "done" and there(found[2]) else "planned"
        self._file.execute(
            "UPDATE runs SET number = ?, inputs = ?, state = ?, "
            "earlier = CASE WHEN ? THEN earlier ELSE 0 END WHERE key = ?",
            [run.number, run.inputs, state, same, run.key],
        )
        return True

    def _insert(self, run: Planned) -> None:
        text = json.dumps(dict(run.parameters), ensure_ascii=False)
        row = [run.key, run.number, text, run.path, run.inputs]
        try:
            self._file.execute(_INSERT, row)
        except sqlite3.IntegrityError:  # another run has this name, or one that differs in case
            row[3] = hashed(run.path, run.parameters)
            self._file.execute(_INSERT, row)

    # -- while runs go on ------------------------------------------------------------------------

    def waiting(self, after: int, limit: int) -> list[Waiting]:
        """Planned runs in the grid's order.

        Args:
            after: Position behind which to look.
            limit: How many at most.
        """
        rows = self._file.execute(
            f"{Waiting.SELECT} WHERE state = 'planned' AND number > ? ORDER BY number LIMIT ?",
            [after, limit],
        )
        return [Waiting.of(row) for row in rows]

    def one(self, key: str) -> Waiting:
        """A run that is planned again."""
        return Waiting.of(self._file.execute(f"{Waiting.SELECT} WHERE key = ?", [key]).fetchone())

    def begun(self, key: str) -> int:
        """An attempt begins; its number."""
        with self._transaction(durable=False):
            self._file.execute(
                "UPDATE runs SET state = 'running', attempts = attempts + 1, session = ? "
                "WHERE key = ?",
                [self.session, key],
            )
            found = self._file.execute("SELECT attempts FROM runs WHERE key = ?", [key]).fetchone()
            self._file.execute(
                "INSERT INTO attempts (key, number, session, started) VALUES (?, ?, ?, ?)",
                [key, found[0], self.session, time.time()],
            )
        return int(found[0])

    def ended(self, outcome: Outcome, state: State) -> str:
        """An attempt has ended; the name of the run's folder.

        The run's state and what it left (`staged`) are written together, before anything is
        renamed: whatever happens then, the next session finds both and finishes the renaming.

        Args:
            outcome: How it ended.
            state: What the run is now: planned again, done or failed.
        """
        failure = json.dumps(asdict(outcome.failure)) if outcome.failure else None
        ending = outcome.failure.cause if outcome.failure else "done"
        staged = outcome.made if outcome.made and state != "planned" else None
        when = outcome.started, outcome.seconds
        metrics = json.dumps(dict(outcome.metrics))
        with self._transaction():
            self._file.execute(
                "UPDATE attempts SET started = ?, seconds = ?, worker = ?, ending = ?, failure = ? "
                "WHERE key = ? AND number = ?",
                [*when, outcome.worker, ending, failure, outcome.run, outcome.attempt],
            )
            self._file.execute(
                "UPDATE runs SET state = ?, staged = ?, started = ?, seconds = ?, peak = ?, "
                "failure = ?, metrics = ?, earlier = ? WHERE key = ?",
                [
                    state,
                    staged,
                    *when,
                    outcome.peak,
                    failure,
                    metrics,
                    state == "failed",
                    outcome.run,
                ],
            )
        path: str = self._file.execute(
            "SELECT path FROM runs WHERE key = ?", [outcome.run]
        ).fetchone()[0]
        return path

    def staged(self) -> list[tuple[str, str, State, str]]:
        """Runs whose folders have perhaps not been renamed yet: key, path, state, folder."""
        found: list[tuple[str, str, State, str]] = self._file.execute(
            "SELECT key, path, state, staged FROM runs WHERE staged IS NOT NULL"
        ).fetchall()
        return found

    def published(self, keys: Sequence[str]) -> None:
        """Their folders have been renamed."""
        with self._transaction(durable=False):
            self._file.executemany(
                "UPDATE runs SET staged = NULL WHERE key = ?", [[key] for key in keys]
            )

    # -- reading ---------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """State → how many runs are in it."""
        rows = self._file.execute(
            "SELECT state, count(*) FROM runs WHERE number > 0 GROUP BY state"
        )
        return dict(rows.fetchall())

    def rows(self, *states: State) -> Iterator[Row]:
        """Runs in the grid's order, one at a time.

        Args:
            states: Only in these; all by default.
        """
        chosen = states or ("planned", "running", "done", "failed")
        marks = ", ".join("?" * len(chosen))
        found = self._file.execute(
            f"{Row.SELECT} WHERE number > 0 AND state IN ({marks}) ORDER BY number",
            chosen,
        )
        for row in found:
            yield Row.of(row)

    def sessions(self) -> list[dict[str, Any]]:
        """All sessions, the first one first."""
        names = ("number", "started", "ended", "host", "process", "versions", "ending")
        rows = self._file.execute(f"SELECT {', '.join(names)} FROM sessions ORDER BY number")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def attempts(self) -> list[tuple[str, int, int, str | None]]:
        """All attempts: key, number, session, how it ended (None while it goes on)."""
        found: list[tuple[str, int, int, str | None]] = self._file.execute(
            "SELECT key, number, session, ending FROM attempts ORDER BY key, number"
        ).fetchall()
        return found

    def ended_in(self, session: int) -> int:
        """How many attempts have ended in a session."""
        found = self._file.execute(
            "SELECT count(*) FROM attempts WHERE session = ? AND ending IS NOT NULL", [session]
        )
        return int(found.fetchone()[0])

    def intact(self) -> bool:
        """Whether SQLite finds nothing wrong with the file."""
        return bool(self._file.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def _opened(path: Path, how: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?{how}"
    return sqlite3.connect(address, timeout=_WAIT, isolation_level=None, uri=True)


def _answers(file: sqlite3.Connection) -> bool:
    """Whether it can be read; where its folder may not be written to, SQLite has to be told."""
    try:
        file.execute("PRAGMA query_only = ON")
        file.execute("SELECT 1 FROM sqlite_master LIMIT 1")
    except sqlite3.OperationalError as error:
        if "unable to open" not in str(error) and "readonly" not in str(error):
            raise
        return False
    return True
