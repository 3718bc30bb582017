"""Findings of open notebooks: cells come once, and again where they have changed."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from poc_graduate.api import check_text
from poc_graduate.report.findings import as_record

_MOST_CLIENTS = 200
_KINDS = ("code", "markdown", "raw")


class Resend(Exception):
    """A cell is named whose text is not known here: all cells have to be sent."""


class Notebooks:
    """The cells that each view of a notebook has sent."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, dict[str, dict[str, Any]]] = OrderedDict()

    def cells(self, client: str, sent: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The notebook's cells in their order.

        Args:
            client: Which view of which notebook.
            sent: Cells; without `source` those that are known.

        Raises:
            Resend: one is not known.
        """
        before = self._known.get(client, {})
        now: dict[str, dict[str, Any]] = {}
        for cell in sent:
            name = str(cell["id"])
            if "source" in cell:
                now[name] = {
                    "cell_type": cell["type"] if cell["type"] in _KINDS else "raw",
                    "id": name,
                    "metadata": {"tags": list(cell.get("tags", ()))},
                    "source": str(cell["source"]),
                }
            elif name in before:
                now[name] = before[name]
            else:
                raise Resend
        self._known[client] = now
        self._known.move_to_end(client)
        while len(self._known) > _MOST_CLIENTS:
            self._known.popitem(last=False)
        return list(now.values())


def as_notebook(cells: Sequence[Mapping[str, Any]]) -> str:
    """Cells as the text of a notebook file."""
    written = [
        {**cell, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else cell
        for cell in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": written})


def findings(
    cells: Sequence[Mapping[str, Any]], path: Path, named: str, ignore: Sequence[str]
) -> list[dict[str, object]]:
    """The findings of a notebook, as records with the ids of their cells.

    Args:
        cells: Its cells.
        path: Where it lies, or would lie.
        named: The same as the browser names it.
        ignore: Codes and prefixes that are not shown.
    """
    if not cells:
        return []
    found = check_text(as_notebook(cells), path, ignore=ignore)
    ids = {number: cell["id"] for number, cell in enumerate(cells, start=1)}
    records = [as_record(named, one) for one in found]
    for record in records:
        fix: Any = record["fix"]
        for edit in fix["edits"] if fix else ():
            edit["cell_id"] = ids.get(edit["cell"], "")
    return records
