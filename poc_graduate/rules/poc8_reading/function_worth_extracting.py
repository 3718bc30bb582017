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


_Place = tuple[CellView, int]
"""A cell, and the first of its statements."""

_FIRST, _THIRD = _STEPS.format(1), _STEPS.format(3)
_SECOND = _STEPS.format(2).replace("part = df[df.year == 2]", "«part = df[df.year == 2]»")
_MORE = (
    "low = part[part.price < mean].copy()\n"
    "low['rest'] = (mean - low.price) / (low.price.std() + low.weight.max())\n"
    "low = low.groupby(['city', 'year'], as_index=False).rest.mean().sort_values('rest')\n"
    "low['share'] = low.rest / low.groupby('year').rest.transform('sum').clip(lower=mean)"
)


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
        Flagged(  # the longest run, not the one with the most places
            f"{_FIRST}\n{_MORE}\nlow.to_csv('1.csv')\nx = 1\n# %%\na = 2\n"
            f"{_SECOND}\n{_MORE}\nlow.to_csv('2.csv')\n# %%\n{_THIRD}\nb = f(a)",
            says="the 8 statements from here to line 9 stand 2 times (cells 1, 2)",
        ),
        Flagged(
            f"{_FIRST}\nkeep(part)\nx = 1\n# %%\n{_SECOND}\nkeep(top)\n# %%\ny = 2\n{_THIRD}\n"
            "keep(mean)",
            says="(cells 1, 2, 3) with other names or values; a change",
        ),
        Flagged(  # what begins it is small
            f"n = a.size\nc = b.size\n{_FIRST}\nx = 1\n# %%\ny = [2]\n"
            f"«k = d.size»\nl = e.size\n{_STEPS.format(2)}\n# %%\n"
            f"z = {{}}\nk = d.size\nl = e.size\n{_THIRD}\nx = (1,)",
            says="the 5 statements from here to line 6 stand 3 times (cells 1, 2, 3)",
        ),
        Flagged(  # two of the cells are alike as a whole
            f"{_FIRST}\n{_MORE}\nx = 1\n# %%\n{_SECOND}\n{_MORE}\ny = [2]\n# %%\n"
            f"{_THIRD}\n{_MORE}\ny = [2]",
            says="stand 3 times (cells 1, 2, 3)",
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
        "\n".join(
            f"t['{a}'] = t['{a}'].round(2)\nt['{a}'] = t['{a}'].astype(int)\n"
            f"t['{b}'] = t['{b}'].fillna(0)"
            for a, b in ("ab", "cd", "ef", "gh")
        ),  # columns, each by itself
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        long = [cell for cell in notebook.cells if len(cell.body) >= _WINDOW]
        whole = Counter(cell.parsed.once(shapes).keys for cell in long)
        windows: dict[tuple[int, ...], list[_Place]] = {}
        for cell in long:
            made = cell.parsed.once(shapes)
            if sum(made.sizes) < _SMALL:
                continue
            for start in range(len(made.keys) - _WINDOW + 1):
                key = made.keys[start : start + _WINDOW]
                # One statement over and over asks for a loop, not for a function.
                if len(set(key)) > 1 and sum(made.sizes[start : start + _WINDOW]) >= _SMALL:
                    windows.setdefault(key, []).append((cell, start))
        taken: set[tuple[int, int]] = set()
        told_of: list[set[int]] = []
        runs = [(length, alike, _saved(length, alike, whole)) for length, alike in _runs(windows)]
        runs.sort(key=lambda run: -run[2])
        for length, alike, saved in runs:
            if len(told_of) == _MOST or saved < _MUCH:
                break
            places = [p for p in _apart(alike, length) if not _covers(taken, *p, length)]
            distinct = len(_once_a_cell(places, whole))
            much = _TWICE if distinct == 2 else _MUCH
            if distinct < 2 or _saved(length, places, whole) < much:
                continue
            cell, start = _once_a_cell(places, whole)[1]
            if not _flows(cell, start, length) or _column_by_column(cell, start, length):
                continue
            where = {one.index for one, _ in places}
            if len(where) > 1 and any(where <= before for before in told_of):
                continue
            told_of.append(where)
            for one_cell, at in places:
                taken.update((one_cell.index, at + i) for i in range(length))
            yield self._found(cell, start, length, places)

    def _found(self, cell: CellView, start: int, length: int, places: list[_Place]) -> Finding:
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


def _alike(places: list[_Place]) -> list[list[_Place]]:
    """Places of one shape, apart where they call other functions."""
    found: dict[tuple[object, ...], list[_Place]] = {}
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


def _apart(places: list[_Place], length: int) -> list[_Place]:
    """The places that do not overlap."""
    kept: list[_Place] = []
    for cell, start in places:
        if not kept or kept[-1][0] is not cell or start >= kept[-1][1] + length:
            kept.append((cell, start))
    return kept


def _covers(taken: set[tuple[int, int]], cell: CellView, start: int, length: int) -> bool:
    return any((cell.index, at) in taken for at in range(start, start + length))


def _saved(length: int, places: list[_Place], whole: Counter[tuple[int, ...]]) -> int:
    """How much would stand once instead of several times."""
    apart = _apart(_once_a_cell(places, whole), length)
    return weight(*places[0], length) * (len(apart) - 1)


def _once_a_cell(places: list[_Place], whole: Counter[tuple[int, ...]]) -> list[_Place]:
    """The places, of cells that are alike as a whole those of the first: POC803 tells of them."""
    kept: dict[tuple[int, ...], CellView] = {}
    return [
        (cell, start)
        for cell, start in places
        if whole[keys := cell.parsed.once(shapes).keys] < 2 or kept.setdefault(keys, cell) is cell
    ]


def _runs(windows: dict[tuple[int, ...], list[_Place]]) -> Iterator[tuple[int, list[_Place]]]:
    """Runs of statements that stand in several places, each as long as all its places have it.

    Where some of the places go on alike, that is a longer run of fewer places.
    """
    for key, places in windows.items():
        if len(places) < 2 or _begins_before(places, windows):
            continue
        todo = [(len(key), alike) for alike in _alike(places)]
        while todo:
            length, group = todo.pop()
            following: dict[tuple[object, ...], list[_Place]] = {}
            for cell, start in group:
                if start + length < len(cell.body):
                    after = cell.parsed.once(shapes).keys[start + length]
                    told_next = (after, *told(cell, start + length, 1))
                    following.setdefault(told_next, []).append((cell, start))
            longer = [one for one in following.values() if len(one) > 1]
            todo += [(length + 1, one) for one in longer]
            if all(len(one) < len(group) for one in longer):
                up = _alike_above(group, length)
                yield length + up, [(cell, start - up) for cell, start in group]


def _alike_above(places: list[_Place], length: int) -> int:
    """How many statements above a run are alike in all its places, too.

    Small ones begin no run by themselves: a search for all of them would take long.
    """
    up = 0
    while True:
        up += 1
        above = [(cell, start - up) for cell, start in places]
        if any(at < 0 or isinstance(cell.body[at], _IMPORTS) for cell, at in above):
            return up - 1
        if len(_apart(above, length + up)) < len(places):
            return up - 1  # where one ends, the next begins
        if len({(cell.parsed.once(shapes).keys[at], told(cell, at, 1)) for cell, at in above}) > 1:
            return up - 1


_IMPORTS = (ast.Import, ast.ImportFrom)


def _begins_before(places: list[_Place], windows: dict[tuple[int, ...], list[_Place]]) -> bool:
    """Whether a run that begins one statement above has all these places in it."""
    above = {cell.parsed.once(shapes).keys[max(start - 1, 0) : start + 2] for cell, start in places}
    key = above.pop()
    return not above and all(at for _, at in places) and len(windows.get(key, ())) == len(places)


def _column_by_column(cell: CellView, start: int, length: int) -> bool:
    """Whether each statement does something to one column: that is a table of columns, and a loop.

    `df['a'] = df['a'].round(2)` and the like are of one shape whatever they do.
    """
    return all(
        isinstance(one, ast.Assign)
        and isinstance(one.targets[0], ast.Subscript)
        and isinstance(one.value, ast.Call | ast.BinOp)
        and ast.dump(one.targets[0].value) in ast.dump(one.value)
        for one in cell.body[start : start + length]
    )
