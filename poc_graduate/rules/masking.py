"""A notebook's cells as they may be shown: no secret in any of them, and no data about people."""

from __future__ import annotations

import re

from poc_graduate.notebook.model import Notebook
from poc_graduate.rules.personal import masked
from poc_graduate.rules.secrets import commented, secrets
from poc_graduate.rules.view import CellView, NotebookView

_SHOWN = re.compile(r"\S")


def masked_sources(notebook: Notebook) -> dict[int, str]:
    """Position of a cell → its source, each secret's characters covered, as wide as they were."""
    view = NotebookView(notebook)
    found = [(cell, secret) for cell in view.cells for secret in secrets(cell)]
    sources = {cell.index: cell.source for cell in notebook.cells}
    for cell, secret in found:
        if secret.text not in sources[cell.index]:
            # It is written with escapes, or in several parts: all that it is written with.
            sources[cell.index] = _without(sources[cell.index], cell, secret.node)
    texts = [secret.text for _, secret in found]
    texts += [one.text for cell in view.cells for one in commented(cell)]
    for text in texts:
        for index, source in sources.items():
            sources[index] = source.replace(text, _SHOWN.sub("•", text))
    return {index: masked(source) for index, source in sources.items()}


def _without(source: str, cell: CellView, node: object) -> str:
    span = cell.span_of(node)  # type: ignore[arg-type]
    lines = source.split("\n")
    for number in range(span.line, span.end_line + 1):
        line = lines[number - 1]
        start = span.column - 1 if number == span.line else 0
        end = span.end_column - 1 if number == span.end_line else len(line)
        lines[number - 1] = line[:start] + _SHOWN.sub("•", line[start:end]) + line[end:]
    return "\n".join(lines)
