"""POC805 function-worth-extracting."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from poc_graduate.dataflow.names import BUILTINS, last_name
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.poc8_reading._shape import but_for, shapes, told, weight
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_WINDOW = 3
_SMALL, _MUCH = 30, 60
_TWICE = 90
_MOST = 2
_STEPS = (
    "part = df[df.year == {0}]\nmean = part.price.mean() / part.weight.mean()\n"
    "top = part.sort_values('price', ascending=False).head({0})"
)


_FIRST, _THIRD = _STEPS.format(1), _STEPS.format(3)
_SECOND = _STEPS.format(2).replace("part = df[df.year == 2]", "«part = df[df.year == 2]»")


class FunctionWorthExtracting(Rule):
    """The same statements stand in several places, with other names or values.

    Why it bites: a mistake in one place is mended there and stays in the others.
    On export: they stay where they are; one function with what differs as argument would do.
    """

    code, name, severity = "POC805", "function-worth-extracting", Severity.NOTE
    message = "the {count} statements from here to line {last} stand {times} times \
({places}){but}; a change made in one place is forgotten in the others"

    flagged = (
        Flagged(
            f"{_FIRST}\nx = 1\n# %%\na = 2\n{_SECOND}\n# %%\n{_THIRD}\nb = f(a)",
            says="the 3 statements from here to line 4 stand 3 times (cells 1, 2, 3)",
        ),
        Flagged(f"{_FIRST}\n{_SECOND}\n{_THIRD}", says="(cell 1)"),
        Flagged(
            f"{_FIRST}\nkeep(part)\nx = 1\n# %%\n{_SECOND}\nkeep(top)\n# %%\ny = 2\n{_THIRD}\n"
            "keep(mean)",
            says="(cells 1, 2, 3) with other names or values; a change",
        ),
    )
    ignored = (
        f"{_FIRST}\n# %%\nx = 1",
        "\n".join(
            f"draw(ax, ({i}, 10), 1, depth, [1, 2, 3, 4], '{i}', color='red')" for i in "123456"
        ),
        "\n".join(
            f"df['has_{n}'] = df['names'].str.contains('{n}').astype(int)" for n in "abcdefgh"
        ),
        "\n".join(
            f"{n}_on = os.environ.get('{n}', '1') == '1'\n"
            f"{n}_low = float(os.environ.get('{n}_LOW', '0.25'))\n"
            f"{n}_most = int(os.environ.get('{n}_MOST', '20'))"
            for n in "abcd"
        )
        + "\nimport os",  # settings
        "a = 1\nb = 2\nc = 3\n# %%\nx = 1\na = 1\nb = 2\nc = 3",
        "plt.title('a')\nplt.xlabel('b')\nplt.show()\nx = 1\n# %%\nplt.title('c')\n"
        "plt.xlabel('d')\nplt.show()\ny = f(2)",
        f"{_FIRST}\n# %%\n{_STEPS.format(2)}\n# %%\n{_THIRD}",  # whole cells: POC803
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        long = [cell for cell in notebook.cells if len(cell.body) >= _WINDOW]
        whole = Counter(cell.parsed.once(shapes).keys for cell in long)
        windows: dict[tuple[int, ...], list[tuple[CellView, int]]] = {}
        for cell in long:
            made = cell.parsed.once(shapes)
            if whole[made.keys] > 1 or sum(made.sizes) < _SMALL:
                continue
            for start in range(len(made.keys) - _WINDOW + 1):
                key = made.keys[start : start + _WINDOW]
                # One statement over and over asks for a loop, not for a function.
                if len(set(key)) > 1 and sum(made.sizes[start : start + _WINDOW]) >= _SMALL:
                    windows.setdefault(key, []).append((cell, start))
        taken: set[tuple[int, int]] = set()
        shown = 0
        told_of: list[set[int]] = []
        repeated = [places for places in windows.values() if len(places) > 1]
        repeated.sort(key=lambda places: -len(places))
        for alike in (one for places in repeated for one in _alike(places)):
            places = [p for p in _apart(alike) if (p[0].index, p[1]) not in taken]
            if len(places) < 2 or shown == _MOST:
                continue
            length = _longest(places)
            cell, start = places[1]
            if not _flows(cell, start, length):
                continue
            if weight(cell, start, length) * (len(places) - 1) < (
                _TWICE if len(places) == 2 else _MUCH
            ):
                continue
            where = {one.index for one, _ in places}
            if len(where) > 1 and where in told_of:
                continue
            told_of.append(where)
            shown += 1
            for one_cell, at in places:
                taken.update((one_cell.index, at + i) for i in range(1 - _WINDOW, length))
            yield self._found(cell, start, length, places)

    def _found(
        self, cell: CellView, start: int, length: int, places: list[tuple[CellView, int]]
    ) -> Finding:
        at = cell.span_of(cell.body[start])
        numbers = list(dict.fromkeys(one.index for one, _ in places))
        listed = ", ".join(map(str, numbers[:6])) + (", …" if len(numbers) > 6 else "")
        return self.found_at(
            cell,
            Span(at.line, at.column, at.line, len(cell.line(at.line).rstrip()) + 1),
            count=length,
            last=cell.span_of(cell.body[start + length - 1]).end_line,
            times=len(places),
            but=but_for([(one, at, length) for one, at in places]),
            places=f"cell{'s' * (len(numbers) > 1)} {listed}",
        )


def _alike(places: list[tuple[CellView, int]]) -> list[list[tuple[CellView, int]]]:
    """Places of one shape, apart where they call other functions."""
    found: dict[tuple[object, ...], list[tuple[CellView, int]]] = {}
    for cell, start in places:
        found.setdefault(told(cell, start, _WINDOW), []).append((cell, start))
    return [alike for alike in found.values() if len(alike) > 1 and not _one_function(*alike[0])]


def _one_function(cell: CellView, start: int) -> bool:
    """Whether each statement calls the same function: it is there already."""
    called = {
        last_name(one.value.func)
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)
        else str(at)
        for at, one in enumerate(cell.body[start : start + _WINDOW])
    }
    return len(called) == 1


def _flows(cell: CellView, start: int, length: int) -> bool:
    """Whether the statements are steps of one thing: some of them work on what others made.

    Settings that stand one below the other are none.
    """
    made: set[str] = set()
    touched: set[str] = set()
    for names in cell.names.statements[start : start + length]:
        if names.reads & made:
            return True
        used = names.reads - cell.notebook.imports.keys() - BUILTINS
        if used & touched:  # one object is worked on by several
            return True
        made |= names.defines
        touched |= used
    return False


def _apart(places: list[tuple[CellView, int]]) -> list[tuple[CellView, int]]:
    """The places that do not overlap."""
    kept: list[tuple[CellView, int]] = []
    for cell, start in places:
        if not kept or kept[-1][0] is not cell or start >= kept[-1][1] + _WINDOW:
            kept.append((cell, start))
    return kept


def _longest(places: list[tuple[CellView, int]]) -> int:
    """How many statements are the same in all places."""
    length = _WINDOW
    starts = {(cell.index, start) for cell, start in places}
    while True:
        following = set()
        for cell, start in places:
            key = cell.parsed.once(shapes).keys[start + length : start + length + 1]
            if not key or (cell.index, start + length) in starts:
                return length
            following.add(key[0])
        if len(following) > 1:
            return length
        length += 1
