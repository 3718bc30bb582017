"""POC603 iterrows-loop."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.facts import CellFacts
from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.outputs import texts
from poc_graduate.rules.reached import function_around
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, keyword

_SHOWING = frozenset(
    "print display annotate text plot scatter bar barh hlines vlines axvline axhline axvspan "
    "add_patch add_artist imshow show add_to add_child add_edge add_node add_trace add_shape "
    "add_annotation Marker CircleMarker Circle".split()
)
_PICTURE = re.compile(r"(ax|axes|axs|axis|fig|figure|plt|sns|gca)(_?\d+|_\w+)?")
_SUMMARIES = frozenset(
    "groupby value_counts describe head tail nlargest nsmallest pivot_table crosstab corr agg "
    "association_rules apriori".split()
)
_HEAVY = frozenset(
    "generate predict predict_proba imread open urlopen sleep fit read_csv read_image load_img "
    "imwrite save savefig request post chat invoke cross_val_score cross_val_predict "
    "cross_validate fit_transform train".split()
)
_WORDING = frozenset("round len str int float format get max min join".split())
_FEW = 0.5
_SMALL = 200
_LONG = 30.0


class IterrowsLoop(Rule):
    """A loop goes through a frame row by row.

    Why it bites: it makes a Series of each row and loses the columns' types; ten times the rows
    take ten times the minutes.
    On export: nothing; the loop stays as it is.
    """

    code, name, severity = "POC603", "iterrows-loop", Severity.NOTE
    message = "`{frame}` is gone through row by row{took}; {loses}time grows with its rows"

    flagged = (
        Flagged("for i, row in «df.iterrows()»:\n    total += row['x']", says="`df`"),
        Flagged("out = [f(row) for _, row in «orders.iterrows()»]"),
        Flagged(
            "for i, row in «df.iterrows()»:\n    total += row['x']\n# %%\n"
            "for i, row in df.iterrows():\n    other += row['x']",
            says="as in 1 more place; each row",
        ),
        Flagged(  # one column's values spread out: there are no types to lose
            "t = df.pivot(index='day', columns='shop', values='sold')\n"
            "for day, row in «t.iterrows()»:\n    total += row['a']",
            says="row by row; time grows",
        ),
        Flagged("for i, row in «df.iterrows()»:\n    last = f(row)\n    print(last)\nlast.plot()"),
        Flagged(  # the last row is used after it
            "for i, row in «df.iterrows()»:\n    last = f(row)\n    print(last)\n# %%\nprint(last)"
        ),
        Flagged(  # it is not only drawn
            "for i, row in «df.iterrows()»:\n    ax.fill(row.x, row.y)\n    total += row.z\n"
            "# %%\nprint(total)"
        ),
        Flagged("def g(t):\n    for i, r in «t.iterrows()»:\n        yield r.x"),
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
        "for i, row in towns.iterrows():\n    ax.annotate(row.town, (row.x, row.y))",  # a drawing
        # a polygon for each row
        "for i, row in towns.iterrows():\n    sizes = row[cols].tolist()\n    sizes += sizes[:1]\n"
        "    ax.fill(angles, sizes, alpha=0.2)\n    ax.tick_params(labelsize=9)",
        "for i, row in towns.iterrows():\n    if row.big:\n        ax.annotate(row.town, row.at)",
        "for day, row in t.iterrows():\n    _, known = ax.get_legend_handles_labels()\n"
        "    label = None if str(day) in known else str(day)\n    ax.plot(row, label=label)",
        "for i, row in df.iterrows():\n    day = row.at.day()\n    print(day)\n# %%\n"
        "for day in days:\n    print(day)",
        "for i, row in df.head(3).iterrows():\n    print(row)",  # a few rows to show
        "top = df.groupby('a').b.sum().reset_index()\nfor _, r in top.iterrows():\n"
        "    lines.append(f'{r.a}: {r.b}')",  # a summary
        "found = []\nfor f in risks:\n    found.append({'risk': f, 'p': test(f)})\n"
        "t = pd.DataFrame(found).sort_values('p')\n# %%\n"
        "for _, r in t[t['p'] < 0.05].iterrows():\n    told.append({'at': r['risk']})",  # results
        "for _, r in best.iterrows():\n    y_pred = cross_val_predict(made(r.kind), X, y)\n"
        "    told.append(confusion_matrix(y, y_pred))",
        "for i, row in df.iterrows():\n    out.append(model.generate(row.text))",
        "for _, row in codes.iterrows():\n"
        "    df[row.column] = df[row.column].replace(row.missing, None)",  # a table of columns
        Flagged(
            "def use(df, codes):\n    for _, row in codes.iterrows():\n"
            "        x.append(f(df, row))\n# %%\nuse(df, few)\n# %%\nfew.shape",
            stored="(85, 4)",
        ),
        "rows = [{'a': 1, 'b': 'x'}, {'a': 2, 'b': 'y'}]\n# %%\ndf = pd.DataFrame(rows)\n"
        "for i, row in df.iterrows():\n    out.append(row.a * 2)",  # typed: few rows
        "table = {k: v['mean'] for k, v in summary(trace).iterrows()}",  # a table of results
        Flagged(
            "for i, row in results.iterrows():\n    print(row['x'])",
            ran=(CellFacts(cell=1, seconds=0.02),),
        ),
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        """Each loop that a run has timed; of the others one, with their number."""
        untimed: list[tuple[ast.Call, CellView, ast.expr]] = []
        for cell in notebook.cells:
            for call, frame, seconds in self._loops(cell):
                if seconds is None:
                    untimed.append((call, cell, frame))
                    continue
                severity = Severity.RISK if seconds >= _LONG else None
                took = f" (its cell took {seconds:,.0f} s in the run)"
                name, loses = cell.source(frame), _loses(frame, cell)
                yield self.found(call, cell, severity=severity, frame=name, took=took, loses=loses)
        if untimed:
            call, cell, frame = untimed[0]
            more = len(untimed) - 1
            took = f", as in {more} more place{'s' * (more > 1)}" if more else ""
            loses = _loses(frame, cell)
            yield self.found(call, cell, frame=cell.source(frame), took=took, loses=loses)

    def _loops(self, cell: CellView) -> Iterator[tuple[ast.Call, ast.expr, float | None]]:
        for call in cell.calls.get("iterrows", ()):
            match call.func:
                case ast.Attribute(
                    value=ast.Name() | ast.Subscript() | ast.Attribute() as frame
                ) if isinstance(cell.parent(call), ast.For | ast.comprehension):
                    if _is_inside_another(call, cell):
                        continue
                    seconds = self._seconds(call, cell)
                    if seconds is not None and seconds < _FEW:
                        continue
                    if seconds is None and _is_small(call, frame, cell):
                        continue
                    yield call, frame, seconds

    def _seconds(self, call: ast.Call, cell: CellView) -> float | None:
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


def _is_inside_another(call: ast.Call, cell: CellView) -> bool:
    """Whether the loop stands in another one like it, of which is told already."""
    at = cell.parent(cell.parent(call) or call)
    while at is not None:
        match at:
            case ast.For(iter=ast.Call(func=called)) if last_name(called) == "iterrows":
                return True
        at = cell.parent(at)
    return False


def _is_small(call: ast.Call, frame: ast.expr, cell: CellView) -> bool:
    """Whether it costs little, as far as the text tells: few rows, or much to do with each."""
    loop = cell.parent(call)
    if _shows_only(loop, cell) or (isinstance(loop, ast.For) and _has_more_to_do(loop, cell)):
        return True
    if isinstance(loop, ast.For) and _names_columns(loop):
        return True
    root = root_name(frame)
    if root and _are_results(root, cell.notebook):
        return True
    if not isinstance(frame, ast.Name):
        return False
    if any(_is_shown_small(name, cell.notebook) for name in _passed_as(frame.id, call, cell)):
        return True
    values = cell.notebook.assigned.get(frame.id, ())
    made = [one for one in values if one is not None and not _grows(one, frame.id, cell)]
    return bool(made) and all(_sums_up(one, cell) for one in made)


def _are_results(frame: str, notebook: NotebookView) -> bool:
    """Whether a frame is made of rows that a loop has put down one by one, or that were typed."""
    values = [one for one in notebook.assigned.get(frame, ()) if one is not None]
    fresh = [one for one in values if root_name(one) != frame]
    return bool(fresh) and all(_of_rows(one, notebook) for one in fresh)


def _of_rows(value: ast.expr, notebook: NotebookView) -> bool:
    """`pd.DataFrame(rows).sort_values('p')`, where each entry of `rows` is a dict put there."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        if value.func.attr == "DataFrame":
            break
        value = value.func.value
    match value:
        case ast.Call(args=[ast.List() | ast.Dict() as typed, *_]) if (
            last_name(value.func) == "DataFrame"
        ):
            return _holds_typed(typed)
        case ast.Call(args=[ast.Name(id=rows), *_]) if last_name(value.func) == "DataFrame":
            made = notebook.definition(rows)
            if isinstance(made, ast.List | ast.Dict) and _holds_typed(made):
                return True
            return any(
                isinstance(call.func, ast.Attribute)
                and isinstance(call.func.value, ast.Name)
                and call.func.value.id == rows
                and bool(call.args)
                and isinstance(call.args[0], ast.Dict)
                for view in notebook.cells
                for call in view.calls.get("append", ())
            )
    return False


def _holds_typed(table: ast.List | ast.Dict) -> bool:
    """Whether somebody typed all of a table: few rows. An empty one is filled elsewhere."""
    parts = [*ast.iter_child_nodes(table)]
    return any(isinstance(one, ast.expr) for one in parts) and all(map(_is_typed, parts))


def _is_typed(node: ast.AST) -> bool:
    return isinstance(node, ast.Load) or all(
        isinstance(one, ast.Constant | ast.List | ast.Dict | ast.Tuple | ast.Load | ast.UnaryOp)
        for one in ast.walk(node)
    )


def _names_columns(loop: ast.For) -> bool:
    """Whether each row names a column of another frame: `df[row.a] = df[row.a].replace(…)`."""
    rows = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
    for node in ast.walk(loop):
        match node:
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(), slice=key) as column],
                value=ast.Call(func=ast.Attribute(value=ast.Subscript() as changed)),
            ):
                named = any(isinstance(o, ast.Name) and o.id in rows for o in ast.walk(key))
                if named and ast.unparse(column) == ast.unparse(changed):
                    return True
    return False


def _passed_as(name: str, call: ast.Call, cell: CellView) -> Iterator[str]:
    """The frame's name, and those that are given for it where it is a function's parameter."""
    yield name
    function = function_around(call, cell)
    names = [one.arg for one in function.args.args] if function is not None else []
    if function is None or name not in names:
        return
    for view in cell.notebook.cells:
        for asked in view.calls.get(function.name, ()):
            at = names.index(name)
            given = asked.args[at] if at < len(asked.args) else keyword(asked, name)
            if isinstance(given, ast.Name):
                yield given.id


def _is_shown_small(frame: str, notebook: NotebookView) -> bool:
    """Whether the stored output of `df.shape` says that it has few rows."""
    for cell in notebook.cells:
        shown = cell.body[-1] if cell.body and f"{frame}.shape" in cell.cell.code else None
        if not isinstance(shown, ast.Expr) or not cell.source(shown).endswith(
            (f"{frame}.shape", f"{frame}.shape)")
        ):
            continue
        for text in texts(cell.cell):
            sizes = re.findall(r"\((\d+), \d+\)", text)
            if sizes and int(sizes[-1]) <= _SMALL:
                return True
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


def _sums_up(value: ast.expr, cell: CellView) -> bool:
    """`df.groupby(…).agg(…).reset_index()`, `df.value_counts()`, a frame of such columns."""
    for one in ast.walk(value):
        match one:
            case ast.Call(func=called) if last_name(called) in _SUMMARIES:
                return True
            case ast.Name(id=name):
                made = cell.notebook.definition(name)
                if isinstance(made, ast.Call) and last_name(made.func) in _SUMMARIES:
                    return True
    return False


def _grows(value: ast.expr, name: str, cell: CellView) -> bool:
    """`df = df.rename(…)`: what it is made of is told elsewhere."""
    return root_name(value) == name and not _sums_up(value, cell)


def _shows_only(loop: ast.AST | None, cell: CellView) -> bool:
    """Whether each turn draws or prints something: what is looked at has few rows."""
    return (
        isinstance(loop, ast.For)
        and (not _SHOWING.isdisjoint(_called(loop)) or any(map(_is_drawn, ast.walk(loop))))
        and all(_shows(one, loop, cell) for one in loop.body)
    )


def _is_drawn(node: ast.AST) -> bool:
    """`ax.fill(…)`, `axes[0].tick_params(…)`: whatever is done to a picture."""
    match node:
        case ast.Call(func=ast.Attribute() as called):
            return bool(_PICTURE.fullmatch(root_name(called) or ""))
    return False


def _shows(node: ast.stmt, loop: ast.For, cell: CellView) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=called) as done):
            return last_name(called) in _SHOWING or _is_drawn(done)
        case ast.AugAssign(target=ast.Name() as target):
            return _is_its_own(target, loop, cell)
        case ast.Assign(targets=targets, value=value):  # a word for what is printed
            if all(name in _WORDING for name in _called(value)):
                return True
            return all(_is_its_own(target, loop, cell) for target in targets)
        case ast.If(body=body, orelse=orelse):
            return all(_shows(one, loop, cell) for one in (*body, *orelse))
    return isinstance(node, ast.Continue | ast.Pass)


def _is_its_own(target: ast.expr, loop: ast.For, cell: CellView) -> bool:
    """Whether names are bound that nobody asks for outside of the loop, before they are again."""
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    return all(isinstance(n, ast.Name) and not _is_asked_for(n.id, loop, cell) for n in names)


def _is_asked_for(name: str, loop: ast.For, cell: CellView) -> bool:
    top = cell.parsed.top(loop)
    inside = {id(node) for node in ast.walk(loop)}
    around = (one for one in ast.walk(top) if isinstance(one, ast.Name) and id(one) not in inside)
    if any(one.id == name and isinstance(one.ctx, ast.Load) for one in around):
        return True
    if len(cell.names.statements) != len(cell.body):
        return True
    at = [one is top for one in cell.body].index(True)
    for names in cell.names.statements[at + 1 :]:
        if name in names.reads | names.reads_later:
            return True
        if name in names.defines:
            return False
    for view in cell.notebook.cells:
        if view.index > cell.index:
            if name in view.names.used or view.names.anything:
                return True
            if name in view.names.binds:
                return False
    return False
