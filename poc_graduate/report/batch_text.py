"""What came of a batch, for the terminal and for machines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from poc_graduate.batch.summary import Group, Status, Summary

_RUNS = 3


def status_text(status: Status) -> str:
    """How far a batch is, in a few lines."""
    counts = f"{status.done:,} of {status.planned:,} runs done, {status.failed:,} failed"
    lines = [f"{status.folder}: {counts}, {status.running:,} under way, {status.waiting:,} to do"]
    if status.at_work:
        parts = ["at work"]
        if status.rate:
            parts.append(f"{status.rate:,.0f} runs a minute")
        if status.left is not None:
            parts.append(f"done at about {clock(time.time() + status.left)}")
        lines.append(", ".join(parts).capitalize() + ".")
    elif status.waiting or status.running:
        why = {"": "It was cut off", "stopped": "It was stopped"}.get(
            status.ending, f"It ended early ({status.ending})"
        )
        lines.append(f"{why}; go on with `poc-graduate batch … --resume`.")
    return "\n".join(lines) + "\n"


def clock(moment: float) -> str:
    """A time of day, with the date where it is not today."""
    form = "%H:%M" if moment - time.time() < 20 * 3600 else "%d %b %H:%M"
    return time.strftime(form, time.localtime(moment))


def summary_text(summary: Summary) -> str:
    """What came of a batch, and of what its failures are."""
    status = summary.status
    lines = [f"{status.folder}: {status.done:,} of {status.planned:,} runs done"]
    if status.failed:
        lines[0] += f", {status.failed:,} failed"
    left = status.waiting + status.running
    if left:
        lines[0] += f", {left:,} not done"
    for group in summary.failures:
        lines += _group(group)
    lines.append(f"Table of all runs: {status.folder / 'results.parquet'}")
    lines.append(f"Next: poc-graduate batch report {status.folder}")
    return "\n".join(lines) + "\n"


def _group(group: Group) -> Iterator[str]:
    failure = group.failure
    others = group.messages - 1
    more = f", and {others} other message{'s' if others > 1 else ''}" if others else ""
    yield f"Failed {group.count:,} ×: {failure}{more}"
    if failure.source:
        yield f"    {failure.source}"
    for row in group.runs[:_RUNS]:
        yield f"    {row.folder}"


def status_record(status: Status) -> dict[str, Any]:
    """For machines."""
    return {
        "folder": str(status.folder),
        "source": status.source,
        "kind": status.kind,
        "at_work": status.at_work,
        "ending": status.ending,
        "planned": status.planned,
        "done": status.done,
        "failed": status.failed,
        "running": status.running,
        "waiting": status.waiting,
        "rate": round(status.rate, 1),
        "seconds_left": None if status.left is None else round(status.left),
    }


def summary_record(summary: Summary) -> dict[str, Any]:
    """For machines."""
    return {
        **status_record(summary.status),
        "failures": [
            {
                "count": group.count,
                "cause": group.failure.cause,
                "error": group.failure.error,
                "message": group.failure.message,
                "task": group.failure.task,
                "cell": group.failure.cell,
                "line": group.failure.line,
                "runs": [row.folder for row in group.runs],
            }
            for group in summary.failures
        ],
        "versions": dict(summary.versions),
    }
