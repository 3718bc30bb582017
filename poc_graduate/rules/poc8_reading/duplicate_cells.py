"""POC803 duplicate-cells."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.poc8_reading._shape import but_for, shapes, told, weight
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_SMALL, _MUCH = 30, 75
_MOST = 3
_LISTED = 5
_CELL = (
    "part = df[df.year == {0}]\nmean = part.price.mean()\n"
    "top = part.sort_values('price').head({0})\n"
    "show(part.groupby('city').price.agg(['mean', 'max']), mean, top, title='year {0}')"
)


def _cells(first: int, second: int, third: int, more: str = "") -> str:
    """Three cells, the second marked."""
    line, _, rest = _CELL.format(second).partition("\n")
    cells = (_CELL.format(first), f"«{line}»\n{rest}", _CELL.format(third))
    return "\n# %%\n".join(cell + more for cell in cells)


class DuplicateCells(Rule):
    """Cells do the same, with other names or values.

    Why it bites: a mistake in one of them is mended there and stays in the others.
    On export: each becomes a step of its own; one function with what differs as argument would do.
    """

    code, name, severity = "POC803", "duplicate-cells", Severity.NOTE
    message = "cells {cells} do the same{but}; a change made in one is \
forgotten in the {others}"

    flagged = (
        Flagged(_cells(1, 2, 3), says="cells 1, 2 and 3 do the same with other names or values"),
        Flagged(_cells(1, 1, 1), says="do the same; a change"),
        Flagged(_cells(1, 5, 9).replace("# %%", "# %%\nx = 1\n# %%", 1), says="cells 1, 3 and 4"),
        Flagged(_cells(1, 2, 3, more="\nkeep(part, mean)\nprint(top)")),
    )
    ignored = (
        "df.head()\n# %%\ndf.head()\n# %%\ndf.head()",
        "a = f(1)\n# %%\na = g(1)",
        f"{_CELL.format(1)}\n# %%\n{_CELL.format(2).replace('mean', 'sum')}",
        # one takes the first rows, one the last
        _cells(1, 2, 3)
        .replace("«", "")
        .replace("»", "")
        .replace("(2)", "(2)[-int(0.2 * len(df)) :]")
        .replace("(1)", "(1)[: -int(0.2 * len(df))]")
        .replace("(3)", "(3)[: -int(0.2 * len(df))]"),
        "rain = np.array([" + "1.5, " * 99 + "])\n# %%\nsun = np.array([" + "2.5, " * 99 + "])",
        "import a\nimport b\n# %%\nimport c\nimport d",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        groups: dict[tuple[int, ...], list[CellView]] = {}
        for cell in notebook.cells:
            if len(cell.nodes) > _SMALL:
                groups.setdefault(cell.parsed.once(shapes).keys, []).append(cell)
        repeated: list[tuple[int, list[CellView]]] = []
        for group in groups.values():
            if len(group) < 2 or (size := weight(group[0])) * (len(group) - 1) < _MUCH:
                continue
            alike: dict[tuple[object, ...], list[CellView]] = {}
            for cell in group:
                alike.setdefault(told(cell), []).append(cell)
            repeated += [
                (size * (len(cells) - 1), cells)
                for cells in alike.values()
                if len(cells) > 1 and size * (len(cells) - 1) >= _MUCH
            ]
        repeated.sort(key=lambda group: -group[0])
        for _, cells in repeated[:_MOST]:
            second = cells[1]
            at = second.span_of(second.body[0])
            end = len(second.line(at.line).rstrip()) + 1
            *before, last = [str(cell.index) for cell in cells]
            if len(before) > _LISTED:
                before, last = before[:_LISTED], f"{len(cells) - _LISTED} more"
            yield self.found_at(
                second,
                Span(at.line, at.column, at.line, end),
                cells=f"{', '.join(before)} and {last}",
                but=but_for([(cell, 0, len(cell.body)) for cell in cells]),
                others="other" if len(cells) == 2 else f"{len(cells) - 1} others",
            )
