"""Findings of open notebooks: cells come once, and again where they have changed."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poc_graduate.api import check_text
from poc_graduate.report.findings import as_record
from poc_graduate.server.failures import Outdated, Resend

MOST_CLIENTS = 200
MOST_TEXT = 100_000_000
"""Characters of the cells that are remembered."""

Cell = dict[str, Any]
"""A cell of a notebook file."""
Records = list[dict[str, Any]]


@dataclass
class Known:
    """What one client has sent and was told.

    Attributes:
        sequence: Of its newest request.
        cells: Hash → cell, of that request.
        size: Characters of these.
        answered: Sequence of the newest answer.
        findings: Id of a cell → what that answer said, empty lists left out.
    """

    sequence: int = 0
    cells: dict[str, Cell] = field(default_factory=dict)
    size: int = 0
    answered: int = 0
    findings: dict[str, Records] = field(default_factory=dict)


class Notebooks:
    """The cells that each client has sent; those of clients not heard of for longest are forgotten.

    Args:
        most: Clients.
        text: Characters of all cells together.
    """

    def __init__(self, *, most: int = MOST_CLIENTS, text: int = MOST_TEXT) -> None:
        self._most, self._text, self._size = most, text, 0
        self._known: OrderedDict[str, Known] = OrderedDict()

    def cells(self, client: str, sequence: int, sent: Sequence[Mapping[str, Any]]) -> list[Cell]:
        """The notebook's cells in their order; what was asked earlier is outdated from now on.

        Args:
            client: Which view of which notebook.
            sequence: Of the request.
            sent: Its cells; without `source` those that are known.

        Raises:
            Outdated: a newer request was here before.
            Resend: a cell is not known.
        """
        known = self._known.setdefault(client, Known())
        if sequence <= known.sequence:
            raise Outdated("a newer request was here before this one")
        self._known.move_to_end(client)
        known.sequence = sequence
        now: dict[str, Cell] = {}
        cells = []
        for cell in sent:
            if "source" in cell:
                plain = {
                    "cell_type": cell["type"],
                    "metadata": {"tags": cell.get("tags", [])},
                    "source": cell["source"],
                }
            elif cell["hash"] in known.cells:
                plain = known.cells[cell["hash"]]
            else:
                raise Resend("a cell is not known", remedy="send all cells")
            now[cell["hash"]] = plain
            cells.append({**plain, "id": cell["id"]})
        self._size -= known.size
        known.cells, known.size = now, sum(len(cell["source"]) for cell in now.values())
        self._size += known.size
        while len(self._known) > 1 and (len(self._known) > self._most or self._size > self._text):
            self._size -= self._known.popitem(last=False)[1].size
        return cells

    def is_newest(self, client: str, sequence: int) -> bool:
        """Whether this is still the newest request of a client."""
        known = self._known.get(client)
        return known is not None and known.sequence == sequence

    def news(
        self, client: str, sequence: int, seen: int, found: Mapping[str, Records]
    ) -> tuple[bool, dict[str, Records]]:
        """What a client has not been told yet.

        Args:
            client: Which.
            sequence: Of the request that is answered.
            seen: Sequence of the last answer that it took.
            found: Id of a cell → its findings.

        Returns:
            Whether all cells are meant, and the cells whose findings it has to be told.
        """
        known = self._known.get(client)
        if known is None:  # forgotten meanwhile
            return True, dict(found)
        before, same = known.findings, known.answered == seen and seen > 0
        known.answered, known.findings = sequence, dict(found)
        if not same:
            return True, dict(found)
        touched = dict.fromkeys([*found, *before])
        told = {cell: found.get(cell, []) for cell in touched}
        return False, {cell: now for cell, now in told.items() if now != before.get(cell, [])}


def as_notebook(cells: Sequence[Cell], language: str | None) -> str:
    """Cells as the text of a notebook file."""
    written = [
        {**cell, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else cell
        for cell in cells
    ]
    metadata = {"language_info": {"name": language}} if language else {}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": written})


def findings(
    cells: Sequence[Cell], path: Path, named: str, language: str | None, ignore: Sequence[str]
) -> dict[str, Records]:
    """Id of a cell → its findings, as records with the ids of the cells that fixes change.

    Args:
        cells: The notebook's.
        path: Where it lies, or would lie.
        named: The same as the browser names it.
        language: The kernel's, where it is known.
        ignore: Codes and prefixes that are not shown.

    Raises:
        InputError: it is no Python notebook.
    """
    if not any(cell["cell_type"] == "code" and cell["source"].strip() for cell in cells):
        return {}
    text = as_notebook(cells, language)
    ids = {number: cell["id"] for number, cell in enumerate(cells, start=1)}
    found: dict[str, Records] = {}
    for one in check_text(text, path, ignore=ignore, suffix=".ipynb"):
        record = with_cell_ids(as_record(named, one), ids)
        found.setdefault(ids[one.place.cell], []).append(record)
    return found


def with_cell_ids(record: dict[str, Any], ids: Mapping[int, str]) -> dict[str, Any]:
    """A finding's record whose edits name their cells by id, too."""
    for edit in record["fix"]["edits"] if record["fix"] else ():
        edit["cell_id"] = ids.get(edit["cell"], "")
    return record
