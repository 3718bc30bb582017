"""POC309 commented-out-code-cell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.names import last_name
from poc_graduate.notebook.python import tree_of
from poc_graduate.rules.edits import fix, without_lines
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.products import WRITERS
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, keyword

_LEAST = 3
"""Lines of code that a block of comments must hold."""
_LONGEST = 60
"""Characters of it that the message shows."""
_NOWHERE = "whether the results were made with them is told nowhere here"
_UNWRITTEN = "they only write files, and who reads one finds it as it was, or none"
# Bounded: a line of a million `#` would else be tried from each of them.
_CODE = re.compile(
    r"^[ \t]{0,200}#{1,20} ?[ \t]{0,200}(?=\S{0,200}[\w)\]]).{0,500}[=(\[]", re.MULTILINE
)
_CANVAS = frozenset("plt sns px go pyplot matplotlib seaborn display".split())
_SHOWS = frozenset("print display head tail info describe show plot hist sleep".split())
# Without `inplace=True` these give something, which as a line of its own is only shown.
_GIVES = frozenset(
    "unique nunique value_counts corr cov isnull isna notnull notna sum mean median std var min "
    "max count keys groupby sort_values sort_index drop_duplicates duplicated dropna fillna rename "
    "astype query merge pivot_table quantile mode idxmax idxmin nlargest nsmallest select_dtypes "
    "memory_usage equals isin agg reset_index set_index copy to_frame round abs clip".split()
)
_MAKERS = frozenset({"pd", "np", "pandas", "numpy"})
"""Libraries whose functions, but for those that write, change nothing that they are not given."""
_OFFERS = re.compile(
    r"(?i)\b(uncomment|comment(ed)? out|optional|if you (want|like|wish|need)|to (run|try) this|"
    r"takes (too )?(long|a while)|alternative(ly)?|feel free|un-?#)\b"
)
# Why the lines are there, which tells as well that no result was made with them.
_SAYS_WHY = re.compile(
    r"(?i)^\W*(an? )?example\b|\b(for example|e\.g\.|template|needed (for|if|when|only)|"
    r"only (needed|necessary|if|for|when)|in case|for (reference|debugging|testing)|"
    r"not (needed|used|necessary)|no longer|deprecated|unused|"
    # They were run, and when: what they have made is there.
    r"(has|have|was|were|is|are)? ?already (been )?(ran|run|done|executed|saved|created|made|"
    r"written|downloaded|loaded|processed|computed|trained)|(ran|run|executed|needed) (only )?once|"
    r"only (ran|run) once|one[- ]time|once only)\b"
)
_COMMENT = re.compile(r"([ \t]*)#+ ?(?!%%)(.*)")


class CommentedOutCodeCell(Rule):
    """Lines of code are switched off by `#`.

    Why it bites: whether the stored results were made with these lines or without them is known
    to nobody; the next reader switches them on, or does not dare to delete them.
    On export: nothing; comments go along.
    """

    code, name, severity = "POC309", "commented-out-code-cell", Severity.NOTE
    message = "{lines} lines of code are switched off by `#`, from `{first}` on; {then}"
    fix_title = "Delete them; version control keeps what they were"

    flagged = (
        Flagged(
            "«# df = df.dropna()\n# df = df[df.age > 3]\n# df.to_csv('a.csv')»\n# %%\ndf.mean()",
            says="3 lines",
        ),
        Flagged(
            "total = 1\n«# for row in rows:\n#     total += row.price\n#     print(total)»\ny = 2",
            after="total = 1\ny = 2",
            says="`for row in rows:`",
        ),
        Flagged(
            "«# '''\n# Short sleep is no sleep.\n# '''\n# limit = f(361)\n"
            "# ones = df.eq(1).sum()\n# df[ones < limit] = 1»\n# %%\nlimit = ones = df",
            says="3 lines of code are switched off by `#`, from `limit = f(361)` on",
        ),
        Flagged(
            "«#a = 1\n#df['b'] = a * 2\n#df»\n# %%\ndf.mean()\n# %%\na = 1\n"
            "df['b'] = a*2  # now\ndf",
            says="from `a = 1` on; cell 3 has the same, switched on",
        ),
        Flagged(
            "«#a = 1\n#df['b'] = a * 2\n#print(a)»\n# %%\na = 1\ndf['b'] = a * 3\nprint(a)",
            says="is told nowhere here",
        ),
        Flagged(
            "X = f(df)\n«# X.to_parquet('X.parquet')\n# y.to_csv('y.csv')\n"
            "# np.save(arr=z, file='z.npy')»\n# %%\nm.fit(X, y, z)",
            says="they only write files, and who reads one finds it as it was, or none",
            after="X = f(df)\n# %%\nm.fit(X, y, z)",
        ),
        Flagged(
            "«#a, m = fit('a', df)\n#with start(name='a'):\n    #log(a)\n    #m.save(a)»\n# %%\n"
            "a = df.mean()",
            says="4 lines of code are switched off by `#`, from `a, m = fit('a', df)` on",
        ),
        Flagged(
            "«# df.dropna(inplace=True)\n# df.rename(columns=new, inplace=True)\n"
            "# df.sort_values('a', inplace=True)»\n# %%\ndf.mean()"
        ),
        Flagged("«#model = Ridge()\n#model.fit(X, y)\n#print(model.score(X, y))»\nmodel = Lasso()"),
    )
    ignored = (
        # of these, two lines would run
        "# '''\n# Short sleep is no sleep.\n# '''\n# limit = f(361)\n# ones = df.eq(1).sum()\n"
        "# #df[ones < limit] = 1\n# %%\nlimit = ones = df",
        "# df = df.dropna()\n# df = df[df.age > 3]",  # two lines
        # they were run: so it says
        "# Code has already been ran\n# for day in days:\n#     df[day] = f(df)\n"
        "#     df.to_json(day)\n# %%\ndf.mean()",
        "# Run only once:\n# df = read()\n# df['a'] = 1\n# df.to_csv('a.csv')\n# %%\ndf.mean()",
        # shown, each by itself
        "# pd.Series([f(x) for x in df.age])\n# df.age.unique()\n# df.groupby('age').count()\n"
        "# %%\npd.concat([df])",
        "# Load the data (from last year),\n# clean it = drop what is empty,\n# and fit.\nx = 1",
        "# x\n# y\n# z",
        "# told = shap.Explainer(m)\n# values = told(X)\n# shap.summary_plot(values)\nvalues = 1",
        "#df.age.unique().max()\n#df.loc[df.age.idxmax(), 'name']\n#list(df)\nx = df.age",
        "# df = df.dropna()\n# df = df[df.age > 3]\n# df.to_csv('a.csv')\nx = 1",  # of no use here
        "m.fit(X)\n# nn.Conv2d(\n#     3, 32, kernel_size=3, padding=1\n# )\nn.fit(X)",
        "# Uncomment to train on all of it:\n# df = read('all.csv')\n# m.fit(df)\n# save(m)",
        "# Example of a client with a password (needed for data that are not public):\n"
        "# client = Client('a',\n#                 'b',\n#                 'c')\nclient = 1",
        "#whitegrid\n#size = 4\n#hue = species",
        # arguments that a call is not given
        "f = go.Figure(\n    go.Map(lat=a),\n    # marker=go.Marker(\n    #     size=3,\n"
        "    # ),\n    # layout = go.Layout(b),\n)\n# %%\nmarker = layout = f",
        # of these the last is live
        "#df = load('a.csv')\n#df = load('b.csv', index='c')\n#df = load('d.csv')\n"
        "df = load('e.csv')\n# %%\ndf.mean()",
        "# plt.figure()\n# plt.plot(a)\n# plt.show()",
        "# print(a)\n# print(b)\n# df.head(3)",
        "# Args:\n#     rows: what was read\n#     limit: at most (default 3)",
        'text = """\n# a = 1\n# b = 2\n# c = 3\n"""',
        "# usage\n# $ python train.py --seed=1\n# $ python test.py --seed=1\n# $ python x.py --s=1",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        source = cell.cell.source
        if source.count("#") < _LEAST or len(_CODE.findall(source)) < _LEAST - 1:
            return
        found = _switched_off(source)
        if found is None or not _concerns(cell, *found):
            return
        first, last = found
        if _is_offered(first, cell):
            return
        start = cell.line(first).index("#") + 1
        if any(n.lineno <= first <= (n.end_lineno or 0) for n, _ in cell.texts):
            return  # lines of a text
        if _is_within_a_line(first, cell) or _is_a_choice(first, last, cell):
            return
        lines = _lines_of_code(_comments(cell.lines[first - 1 : last]))
        again = _stands_again(cell, first, last)
        then = _NOWHERE if again is None else f"cell {again.index} has the same, switched on"
        if again is None and _only_writes(_comments(cell.lines[first - 1 : last])):
            then = _UNWRITTEN
        edits = without_lines(range(first, last + 1), cell)
        gone = fix(self.fix_title, *edits, removed=() if edits else (cell.index,))
        yield self.found_at(
            cell,
            Span(first, start, last, len(cell.line(last).rstrip()) + 1),
            fix=gone,
            lines=len(lines),
            first=lines[0] if len(lines[0]) <= _LONGEST else f"{lines[0][:_LONGEST]}…",
            then=then,
        )


def _is_within_a_line(first: int, cell: CellView) -> bool:
    """Whether the lines stand among the arguments of a call, or the parts of another value."""
    simple = (*cell.of(ast.Expr), *cell.of(ast.Assign), *cell.of(ast.Return))
    return any(one.lineno < first <= (one.end_lineno or 0) for one in simple)


def _is_a_choice(first: int, last: int, cell: CellView) -> bool:
    """Whether each gives what one live line gives, by the same call: that one says what was run."""
    body = tree_of(_dedented(_comments(cell.lines[first - 1 : last]))).body
    offered = {_by(one) for one in body}
    return len(offered) == 1 and None not in offered and offered <= {_by(one) for one in cell.body}


def _by(statement: ast.stmt) -> tuple[str, str] | None:
    """The name that a statement gives the result of a call, and the call's."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
            return name, ast.dump(func)
    return None


def _stands_again(cell: CellView, first: int, last: int) -> CellView | None:
    """The cell that runs the very same statements."""
    body = tree_of(_dedented(_comments(cell.lines[first - 1 : last]))).body
    wanted = {ast.dump(node) for node in body}
    for view in cell.notebook.cells:
        if view is not cell and wanted <= {ast.dump(node) for node in view.body}:
            return view
    return None


def _only_writes(lines: list[str]) -> bool:
    """Whether lines do no more than save what other lines have made: no result here needs them."""
    return all(
        isinstance(node, ast.Expr | ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.Expr) and not _writes(node.value))
        for node in tree_of(_dedented(lines)).body
    )


def _writes(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=called):
            name = last_name(called)
            return name in WRITERS or name in _SHOWS
        case ast.Constant():
            return True
    return False


def _concerns(cell: CellView, first: int, last: int) -> bool:
    """Whether the lines, switched on, would bind or change something that the notebook works with.

    What stands by itself, such as a trial, or a piece of a lesson, can have made no result.
    """
    touched = _touched(tuple(cell.lines[first - 1 : last]))
    return any(name.id in touched for view in cell.notebook.cells for name in view.of(ast.Name))


@lru_cache(maxsize=256)
def _touched(lines: tuple[str, ...]) -> frozenset[str]:
    """Names that lines of code in comments bind, and those of objects that they may change."""
    found: set[str] = set()
    for block in _code_in(list(enumerate(_comments([*lines])))):
        tree = tree_of(_dedented([text for _, text in block]))
        drawn = _ends_in_a_drawing(tree)
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if drawn:
                    own = any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(value))
                    found.update({name} if own else ())
                case ast.AugAssign(target=ast.Name(id=name)):
                    found.add(name)
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if not drawn:
                    found.add(name)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    found.add(name)
                case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
                    found.add(root_name(node) or "")
                case ast.Expr(
                    value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=how)) as call
                ):
                    found.update({name} if not _only_gives(call, name, how) else ())
    return frozenset(found)


def _only_gives(call: ast.Call, name: str, how: str) -> bool:
    """Whether a call that stands alone shows what it gives, and changes nothing."""
    if name in _MAKERS:
        return how not in WRITERS
    return how in _SHOWS or (how in _GIVES and keyword(call, "inplace") is None)


def _ends_in_a_drawing(tree: ast.Module) -> bool:
    """Whether what is made is for a picture, or for the screen."""
    match tree.body[-1]:
        case ast.Expr(value=ast.Call(func=called) as call):
            name = last_name(called)
            return _draws(call) or name in _SHOWS or "plot" in name
        case ast.For(body=body):
            return _ends_in_a_drawing(ast.Module(body, []))
    return False


def _is_offered(first: int, cell: CellView) -> bool:
    """Whether words above say what the lines are for: who wants to switches them on."""
    above = [line for line in cell.lines[max(first - 4, 0) : first + 1] if "#" in line]
    cells = cell.notebook.notebook.cells
    before = cells[cell.index - 2] if cell.index > 1 else None
    if before is not None and before.kind == "markdown":
        above.append(before.source)
    if any(_OFFERS.search(line) for line in above):
        return True
    # In words, directly above: the line of a text in the code says nothing.
    last = cell.line(first - 1).strip()
    return last.startswith("#") and _SAYS_WHY.search(last) is not None


def _comments(lines: list[str]) -> list[str]:
    """The lines without their signs, in the way that makes code of them."""
    *others, last = _variants(lines)
    return next(filter(_parses, others), last)


def _variants(lines: list[str]) -> list[list[str]]:
    """With the blanks before the signs, by which a block may be indented, and without them."""
    found = [match if (match := _COMMENT.fullmatch(line)) else None for line in lines]
    plain = [match[2] if match else "" for match in found]
    indented = [match[1] + match[2] if match and match[2].strip() else "" for match in found]
    same = len({match[1] for match in found if match and match[2].strip()}) < 2
    return [plain] if same else [indented, plain]


def _parses(lines: list[str]) -> bool:
    try:
        tree_of(_dedented(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _lines_of_code(lines: list[str]) -> list[str]:
    """Those lines of a block that would run: no text that stands alone, nothing commented again."""
    text = {
        number
        for node in tree_of(_dedented(lines)).body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return [
        line.strip()
        for number, line in enumerate(lines, 1)
        if number not in text and line.strip() and not line.lstrip().startswith("#")
    ]


@lru_cache(maxsize=1024)
def _switched_off(source: str) -> tuple[int, int] | None:
    """First and last line of the longest block of comments that is code."""
    best: tuple[int, int] | None = None
    most = 0
    run: list[tuple[int, str]] = []
    for number, line in enumerate([*source.split("\n"), "x"], 1):
        # A blank line: one step of it below the other.
        if _COMMENT.fullmatch(line) or (not line.strip() and run):
            run.append((number, line))
            continue
        for texts in _variants([text for _, text in run]) if len(run) >= _LEAST else ():
            for block in _code_in([(at, text) for (at, _), text in zip(run, texts, strict=True)]):
                lines = len(_lines_of_code([text for _, text in block]))
                if lines >= _LEAST and lines > most:
                    best, most = (block[0][0], block[-1][0]), lines
        run = []
    return best


def _code_in(run: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """The block, without prose above the code and behind it."""
    for skip in range(min(3, max(len(run) - _LEAST + 1, 0))):
        rest = run[skip:]
        while rest and not rest[-1][1].strip():
            rest = rest[:-1]
        while rest and rest[0][1].lstrip()[:1] == "#":
            rest = rest[1:]  # words that were switched off with it
        if len(rest) >= _LEAST and rest[0][1].strip() and _is_code([text for _, text in rest]):
            yield rest
            return


def _dedented(lines: list[str]) -> str:
    margin = min((len(t) - len(t.lstrip()) for t in lines if t.strip()), default=0)
    return "\n".join(text[margin:] for text in lines)


def _is_code(lines: list[str]) -> bool:
    try:
        body = tree_of(_dedented(lines)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    acts = sum(map(_acts, body))
    return acts >= max(1, (len(body) + 1) // 2) and any(map(_computes, body))


def _acts(node: ast.stmt) -> bool:
    """Whether a statement is code beyond doubt: `a: b`, `x` and `(…)` may be prose."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name() | ast.Attribute())):
            return True
        case ast.Expr() | ast.AnnAssign():
            return False
    return True


def _computes(node: ast.stmt) -> bool:
    """Whether a statement makes something: a plot, a table or a line printed less is no loss."""
    match node:
        case ast.Assign(value=value) | ast.AugAssign(value=value):
            plain = isinstance(value, ast.Name | ast.Constant)  # a list of notions, as likely
            return not plain and not (isinstance(value, ast.Call) and _draws(value))
        case ast.Expr(value=ast.Call() as call):
            return not _draws(call) and last_name(call.func) not in _SHOWS
        case ast.Import() | ast.ImportFrom() | ast.Expr():
            return False
    return any(_computes(one) for one in getattr(node, "body", ()))


def _draws(call: ast.Call) -> bool:
    root = root_name(call.func)
    return root in _CANVAS or (root or "").startswith(("ax", "fig"))
