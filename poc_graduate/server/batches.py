"""Batches of an exported project: what a form asks for as a grid, and the runs of a batch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import yaml

from poc_graduate.batch import declared
from poc_graduate.batch.grid import Grid, grid_of
from poc_graduate.batch.grid_text import parsed
from poc_graduate.batch.journal import Journal
from poc_graduate.batch.lock import held
from poc_graduate.batch.records import Row
from poc_graduate.batch.summary import status_of
from poc_graduate.batch.workspace import JOURNAL
from poc_graduate.errors import InputError

GRID = "grid.yaml"
"""File of a batch's folder: what it was begun with, for going on with it."""
MOST_RUNS = 200
"""Runs that are told at once."""
MOST_BATCHES = 50
MOST_METRICS = 6
_FIRST = 5
_PART = "the form"

Given = Mapping[str, Any]
"""Of the form: `name`, `how` (value, list, range), and what was typed for it."""


def parameters(project: Path) -> list[dict[str, Any]]:
    """What a project's `env.yaml` declares, with defaults as somebody would type them.

    Raises:
        InputError: it cannot be read.
    """
    known = declared.of_project(project)
    values = yaml.safe_load((project / "env.yaml").read_text(encoding="utf-8"))
    return [
        {"name": name, "type": one.type, "default": typed(values[name])}
        for name, one in known.items()
        if name in values  # a name that is no text is none of the tasks' parameters
    ]


def typed(value: Any) -> str:
    """A value as somebody would type it in the form: texts as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def grid(project: Path, given: Sequence[Given]) -> tuple[Grid, str]:
    """The runs that a form asks for, and the text of a grid's file that says the same.

    Args:
        project: The project.
        given: Its parameters that do not keep their defaults.

    Raises:
        InputError: it does not fit the project, with the parameter's name.
    """
    known = declared.of_project(project)
    types = {name: one.type for name, one in known.items()}
    record: dict[str, dict[str, Any]] = {"cross": {}, "fixed": {}}
    for one in given:
        name = one["name"]
        if name in record["cross"] or name in record["fixed"]:
            raise InputError(f"{name} is given twice", remedy="give its values in one place")
        kind = types.get(name, "")
        if one["how"] == "value":
            record["fixed"][name] = _value(name, one["text"], kind)
        elif one["how"] == "list":
            record["cross"][name] = _list(name, one["text"], kind)
        else:
            record["cross"][name] = _range(name, one)
    if not record["cross"]:  # one run, with other values than the defaults
        record = {"cross": {name: [value] for name, value in record["fixed"].items()}}
    if not record["cross"]:
        raise InputError(
            "no parameter differs from its default", remedy="give at least one another value"
        )
    record = {part: columns for part, columns in record.items() if columns}
    runs = grid_of(record, _PART, project, types)
    declared.check(runs, known, project.name)
    return runs, _written(record)


def described(runs: Grid) -> dict[str, Any]:
    """A grid before it is begun: what a `GridAnswer` says of it."""
    columns = [
        {"name": name, "values": len(column), "first": [typed(v) for v in islice(column, _FIRST)]}
        for name, column in runs.columns.items()
    ]
    return {"runs": runs.count, "columns": columns}


def batches_of(project: Path) -> Iterator[Path]:
    """Folders of batches of a project: those beside it and in it, the newest first."""
    places = chain(project.parent.glob(f"*/{JOURNAL}"), project.glob(f"*/{JOURNAL}"))
    newest = sorted(places, key=_when, reverse=True)
    wanted = str(project.resolve())
    for path in islice(newest, MOST_BATCHES):
        try:
            with Journal(path.parent) as journal:
                if journal.about("source") == wanted:
                    yield path.parent
        except InputError:  # of another version, or damaged: whoever opens it is told
            continue


def standing(folder: Path) -> dict[str, Any]:
    """How far a batch is: a `Batch` without its path.

    Raises:
        InputError: the folder holds none, or no run is planned yet.
    """
    with Journal(folder) as journal:
        status = status_of(folder, journal, at_work=held(folder))
    return {
        "at_work": status.at_work, "ending": status.ending, "planned": status.planned,
        "done": status.done, "failed": status.failed, "running": status.running,
    }  # fmt: skip


def table(folder: Path, start: int) -> dict[str, Any]:
    """The runs of a batch, in the grid's order: a `BatchAnswer` without paths of the server's.

    Args:
        folder: Its folder.
        start: How many runs to leave out before the first that is told.

    Raises:
        InputError: the folder holds no batch.
    """
    with Journal(folder) as journal:
        varied = [name for name in journal.about("varied").split("\n") if name]
        rows = list(islice(journal.rows(), start, start + MOST_RUNS))
    names = list(dict.fromkeys(chain.from_iterable(row.metrics for row in rows)))
    metrics = names[:MOST_METRICS]
    return {
        **standing(folder),
        "varied": varied,
        "metrics": metrics,
        "start": start,
        "resumable": (folder / GRID).is_file(),
        "runs": [_run(folder, row, varied, metrics) for row in rows],
    }


def _run(folder: Path, row: Row, varied: Sequence[str], metrics: Sequence[str]) -> dict[str, Any]:
    failure = row.failure if row.state == "failed" else None
    why = None
    if failure is not None:
        place = {"task": failure.task, "cell": failure.cell, "line": failure.line}
        why = {"text": str(failure), **place}
    notebooks = [{"task": path.stem, "path": path.as_posix()} for path in _executed(folder, row)]
    return {
        "number": row.number,
        "state": row.state,
        "parameters": [typed(row.parameters.get(name)) for name in varied],
        "metrics": [typed(row.metrics[name]) if name in row.metrics else "" for name in metrics],
        "seconds": row.seconds if row.state in ("done", "failed") else None,
        "attempts": row.attempts,
        "failure": why,
        "notebooks": notebooks,
    }


def _executed(folder: Path, row: Row) -> list[Path]:
    """Executed notebooks that a run left, relative to the batch's folder; in a failure its own."""
    if not row.folder:
        return []
    found = sorted((folder / row.folder / "products").glob("*.ipynb"), key=_when)
    if row.failure is not None and row.failure.task:
        of_task = [path for path in found if path.stem == row.failure.task]
        found = of_task or found
    return [path.relative_to(folder) for path in found]


def _when(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # gone meanwhile
        return 0.0


def _value(name: str, text: str, kind: str) -> Any:
    return text if kind == "str" else parsed(text, name)


def _list(name: str, text: str, kind: str) -> list[Any]:
    """Values between commas; those of a text parameter are texts, `2024` and `no` too."""
    try:
        if kind == "str":  # nothing that stands there is anything else
            found: Any = yaml.load(f"[{text}]", yaml.BaseLoader)
        else:
            found = parsed(f"[{text}]", name)
    except (yaml.YAMLError, RecursionError):
        found = None
    if not isinstance(found, list) or not found:
        raise InputError(f"{name}: {text!r} is no list", remedy="put commas between the values")
    return found


def _range(name: str, one: Given) -> dict[str, Any]:
    """`step` is a number, `× 10`, or a time like `month`."""
    ends = {end: parsed(one[end], name) for end in ("from", "to")}
    step = one["step"].strip()
    if all(isinstance(value, int | float) for value in ends.values()):
        times = step[:1] in ("×", "*", "x")
        by = parsed(step[1:].strip() if times else step or "1", name)
        return {**ends, "times" if times else "step": by}
    return {**{end: one[end].strip() for end in ends}, **({"every": step} if step else {})}


def _written(record: Mapping[str, Mapping[str, Any]]) -> str:
    """Values as JSON, which YAML takes for the same: 0.1 stays a number, "no" a text."""
    lines = []
    for part, columns in record.items():
        lines.append(f"{part}:")
        lines += [
            f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}"
            for name, value in columns.items()
        ]
    return "\n".join(lines) + "\n"
