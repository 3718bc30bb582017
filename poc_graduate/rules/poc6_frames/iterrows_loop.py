"""POC603 iterrows-loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from poc_graduate.dataflow.facts import CellFacts
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc6_frames._few_rows import is_shown_small, is_small
from poc_graduate.rules.poc6_frames._row_work import columns_could_do, compared_with
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, keyword

_HEAVY = frozenset(
    "generate predict predict_proba imread open urlopen sleep fit read_csv read_image load_img "
    "imwrite save savefig request post chat invoke cross_val_score cross_val_predict "
    "cross_validate fit_transform train get_json display plot scatter".split()
)
_WRAPS = frozenset({"tqdm", "enumerate"})
_FEW = 0.5
_LONG = 30.0
_SMALL, _FEWER = 1_000, 50
"""Rows of which each costs a tenth of a millisecond, and a way through a whole column."""


class IterrowsLoop(Rule):
    """A loop goes through a frame row by row, for what whole columns do at once.

    Why it bites: it makes a Series of each row and loses the columns' types; ten times the rows
    take ten times the minutes. Where each turn calls a service, reads a file or draws, the loop
    costs nothing beside that, and is not told.
    On export: nothing; the loop stays as it is.
    """

    code, name, severity = "POC603", "iterrows-loop", Severity.NOTE
    message = "`{frame}` is gone through row by row{took}{why}; {loses}time grows with {rows}"

    flagged = (
        Flagged("for i, row in «df.iterrows()»:\n    total += row['x']", says="`df`"),
        Flagged("out = [row.a * 2 for _, row in «orders.iterrows()»]"),
        Flagged("n = sum(1 for _, row in «orders.iterrows()» if row.a > row.b)"),
        Flagged(
            "for i, row in «df.iterrows()»:\n    total += row['x']\n# %%\n"
            "for i, row in df.iterrows():\n    other += row['x']",
            says="as in 1 more place, for what whole columns do at once; each row",
        ),
        Flagged(  # one column's values spread out: there are no types to lose
            "t = df.pivot(index='day', columns='shop', values='sold')\n"
            "for day, row in «t.iterrows()»:\n    total += row['a']",
            says="whole columns do at once; time grows with its rows",
        ),
        Flagged("for i, r in «df.iterrows()»:\n    df.at[i, 'name'] = r['name'].strip().lower()"),
        Flagged("for i, r in «df.iterrows()»:\n    if r.a > 3:\n        df.loc[i, 'kind'] = 'big'"),
        Flagged(
            "import pandas as pd\nfor i, r in tqdm(«df.iterrows()», total=len(df)):\n"
            "    if pd.isna(r.a):\n        continue\n    kept.append(r.a)"
        ),
        Flagged(
            "def kind(age):\n    if age < 18:\n        return 'child'\n    return 'adult'\n# %%\n"
            "kinds = []\nfor i, r in «df.iterrows()»:\n    kinds.append(kind(r.age))"
        ),
        Flagged(
            "import math\nfor i, r in «df.iterrows()»:\n    dx, dy = r.x - a, r.y - b\n"
            "    rows.append({'id': i, 'far': math.sqrt(dx ** 2 + dy ** 2)})\n"
            "    if i % 1000 == 0:\n        print(i)",
        ),
        Flagged("for i, r in «df.iterrows()»:\n    sums[r.shop] = sums.get(r.shop, 0) + r.sold"),
        Flagged(
            "from shapely.geometry import box\nfor _, r in «df.iterrows()»:\n"
            "    boxes.append(box(r.a, r.b, r.c, r.d))"
        ),
        Flagged(
            "for i, r in «towns.iterrows()»:\n    near = df[(df.x > r.left) & (df.x < r.right)]\n"
            "    parts.append(near.assign(town=r.town))",
            says="`towns` is gone through row by row, and each turn compares a whole column of "
            "`df`, as one join would; time grows with the rows of both",
        ),
        Flagged(
            "for i, row in «df.iterrows()»:\n    total += row['x']",
            says="(its cell took 48 s in the run)",
            ran=(CellFacts(cell=1, seconds=48.2),),
        ),
    )
    ignored = (
        Flagged(
            "for i, a in df.iterrows():\n    for j, b in df.iterrows():\n        t += a.x * b.x",
            ran=(CellFacts(cell=1, seconds=0.1),),
        ),
        "for row in df.itertuples():\n    pass",
        # What each turn costs is in what it calls.
        "out = [f(row) for _, row in orders.iterrows()]",
        "for i, row in towns.iterrows():\n    found.append(weather_at(row.x, row.y))",
        "for i, row in df.iterrows():\n    out.append(model.generate(row.text))",
        "def near(x):\n    return requests.get(url, params={'x': x}).json()\n"
        "for i, row in df.iterrows():\n    out.append(near(row.x + 1))",
        "for i, row in df.iterrows():\n    time.sleep(1)\n    total += row.x",
        # Objects are built.
        "for _, row in df.iterrows():\n    feature = {'type': 'Feature', 'properties': {}}\n"
        "    feature['at'] = [row.x, row.y]\n    features.append(feature)",
        "table = {f'{r.name}_{r.id}': (r.x, r.y) for _, r in stations.iterrows()}",
        "for _, r in stations.iterrows():\n    at[r['name']] = (r.x, r.y)",
        "def pair(r):\n    return (r.a, r.b)\nfor _, r in t.iterrows():\n    all.add(pair(r))",
        "def g(t):\n    for i, r in t.iterrows():\n        yield r.x",
        # It is drawn, or told.
        "for i, row in towns.iterrows():\n    ax.annotate(row.town, (row.x, row.y))",
        "for i, row in towns.iterrows():\n    if row.big:\n        print(row.x * 2)",
        "for _, r in best.iterrows():\n    lines.append(f'{r.a}: {r.b}')",
        "for _, r in best.iterrows():\n    text += f'{r.a}: {r.b}'",
        # It looks for one.
        "for i, row in df.iterrows():\n    if row.x > 3:\n        first = row.x * 2\n        break",
        "for i, row in df.head(3).iterrows():\n    total += row.x",  # a few rows
        "top = df.groupby('a').b.sum().reset_index()\nfor _, r in top.iterrows():\n"
        "    out.append(r.a * 2)",  # a summary
        "found = []\nfor f in risks:\n    found.append({'risk': f, 'p': test(f)})\n"
        "t = pd.DataFrame(found).sort_values('p')\n# %%\n"
        "for _, r in t[t['p'] < 0.05].iterrows():\n    out.append(r['p'] * 2)",  # results
        "batches = [df.iloc[i:i + 50] for i in range(0, len(df), 50)]\n"
        "for batch in batches:\n    for i, row in batch.iterrows():\n        total += row.x",
        "for i in range(0, len(df), 50):\n    part = df[i:i + 50]\n"
        "    for j, row in part.iterrows():\n        total += row.x",
        "for _, row in codes.iterrows():\n"
        "    df[row.column] = df[row.column].replace(row.missing, None)",  # a table of columns
        Flagged(
            "def use(df, codes):\n    for _, row in codes.iterrows():\n"
            "        x.append(row.a * 2)\n# %%\nuse(df, few)\n# %%\nfew.shape",
            stored="(85, 4)",
        ),
        Flagged(
            "for _, row in few.iterrows():\n    x.append(row.a * 2)\n# %%\nfew",
            stored="    a\n0   1\n..\n[412 rows x 1 columns]",
        ),
        "rows = [{'a': 1, 'b': 'x'}, {'a': 2, 'b': 'y'}]\n# %%\ndf = pd.DataFrame(rows)\n"
        "for i, row in df.iterrows():\n    out.append(row.a * 2)",  # typed: few rows
        "df = pd.read_csv('a.csv', nrows=30)\nfor i, row in df.iterrows():\n    t += row.a",
        Flagged(
            "for i, row in results.iterrows():\n    total += row['x']",
            ran=(CellFacts(cell=1, seconds=0.02),),
        ),
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        """Each loop that a run has timed; of the others one, with their number."""
        untimed: list[_Loop] = []
        for cell in notebook.cells:
            for loop in _loops(cell):
                if loop.seconds is None:
                    untimed.append(loop)
                    continue
                severity = Severity.RISK if loop.seconds >= _LONG else None
                took = f" (its cell took {loop.seconds:,.0f} s in the run)"
                yield self._told(loop, took, severity)
        if untimed:
            more = len(untimed) - 1
            took = f", as in {more} more place{'s' * (more > 1)}" if more else ""
            yield self._told(untimed[0], took, None)

    def _told(self, loop: _Loop, took: str, severity: Severity | None) -> Finding:
        frame = loop.cell.source(loop.frame)
        loses, rows = _loses(loop.frame, loop.cell), "its rows"
        why = ", for what whole columns do at once"
        if loop.other:
            why = f", and each turn compares a whole column of `{loop.other}`, as one join would"
            loses, rows = "", "the rows of both"
        return self.found(
            loop.call, loop.cell, severity=severity, frame=frame, took=took, why=why,
            loses=loses, rows=rows,
        )  # fmt: skip


class _Loop(NamedTuple):
    """A loop over rows: of which frame, how long a run took for its cell, what it is compared with.

    Nothing of a run where there was none; no other frame where the work is done by columns alone.
    """

    call: ast.Call
    cell: CellView
    frame: ast.expr
    seconds: float | None
    other: str


def _loops(cell: CellView) -> Iterator[_Loop]:
    for call in cell.calls.get("iterrows", ()):
        match call.func:
            case ast.Attribute(value=ast.Name() | ast.Subscript() | ast.Attribute() as frame):
                pass
            case _:
                continue
        loop = _loop_of(call, cell)
        if loop is None or _is_inside_another(loop, cell):
            continue
        seconds = _seconds(call, cell)
        if seconds is not None and seconds < _FEW:
            continue
        if isinstance(loop, ast.For) and _has_more_to_do(loop, cell):
            continue
        other = ""
        if not columns_could_do(loop, cell):
            other = compared_with(loop, cell)
            if not other or is_shown_small(other, cell.notebook, most=_SMALL):
                continue
        if seconds is None and is_small(call, frame, cell, most=_FEWER if other else _SMALL):
            continue
        yield _Loop(call, cell, frame, seconds, other)


def _loop_of(call: ast.Call, cell: CellView) -> ast.For | ast.comprehension | None:
    """The loop that goes through the rows; `tqdm(…)` round them hands on what it is given."""
    around = cell.parent(call)
    while isinstance(around, ast.Call) and last_name(around.func) in _WRAPS:
        around = cell.parent(around)
    return around if isinstance(around, ast.For | ast.comprehension) else None


def _seconds(call: ast.Call, cell: CellView) -> float | None:
    """What the run says of the loop; nothing where it stands in a function."""
    node = cell.parent(call)
    while node is not None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return None
        node = cell.parent(node)
    return cell.facts.seconds if cell.facts is not None else None


def _loses(frame: ast.expr, cell: CellView) -> str:
    """What each row loses: nothing, where all columns hold the values of one."""
    name = frame.id if isinstance(frame, ast.Name) else ""
    made = cell.parsed.assigned.get(name, ()) or cell.notebook.assigned.get(name, ())
    if made and all(one is not None and _is_of_one_kind(one) for one in made):
        return ""
    return "each row loses its columns' types, and "


def _is_of_one_kind(value: ast.expr) -> bool:
    """`df.pivot(index='day', columns='shop', values='sold')`, `df.corr()`."""
    match value:
        case ast.Call(func=ast.Attribute(attr="pivot" | "pivot_table")):
            values = keyword(value, "values")
            return isinstance(values, ast.Constant) and isinstance(values.value, str)
        case ast.Call(func=ast.Attribute(attr="corr" | "cov")):
            return True
        case ast.Call(func=ast.Attribute(value=of, attr="fillna" | "sort_index" | "round")):
            return _is_of_one_kind(of)
    return False


def _is_inside_another(loop: ast.AST, cell: CellView) -> bool:
    """Whether the loop stands in another one like it, of which is told already."""
    at = cell.parent(loop)
    while at is not None:
        match at:
            case ast.For(iter=ast.Call(func=called)) if last_name(called) == "iterrows":
                return True
        at = cell.parent(at)
    return False


def _has_more_to_do(loop: ast.For, cell: CellView) -> bool:
    """Whether each turn asks a model, the network or the disk, or a function here that does."""
    own = {
        function.name: function
        for view in cell.notebook.cells
        for function in view.of(ast.FunctionDef)
    }
    for statement in loop.body:
        for name in _called(statement):
            if name in _HEAVY or (name in own and not _HEAVY.isdisjoint(_called(own[name]))):
                return True
    return False


def _called(node: ast.AST) -> set[str]:
    return {last_name(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
