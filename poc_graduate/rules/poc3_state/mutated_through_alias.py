"""POC306 mutated-through-alias."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.frame import root_name
from poc_graduate.rules.finding import Edit, Finding, Fix, Severity, Span
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, is_given

_CHANGES = frozenset(
    "append extend insert remove clear sort reverse update setdefault popitem pop add discard "
    "fill".split()
)


class MutatedThroughAlias(Rule):
    """Two names stand for one object; it is changed by the one and read by the other.

    Why it bites: what looks like a copy is none. The "original" has changed too, and what is
    computed from it further down is wrong without a word.
    On export: names that share an object stay together, so that the result is the notebook's,
    with the same mistake in it.
    """

    code, name, severity = "POC306", "mutated-through-alias", Severity.RISK
    message = "`{alias} = {name}` makes no copy; `{change}` changes `{other}` too, which cell \
{reader} reads as if it had not"
    fix_title = "Make a copy: the one keeps its values then, and what is computed from it changes"

    flagged = (
        Flagged(
            "df = pd.read_csv('a.csv')\n«clean = df»\nclean['age'] = 0\nprint(df.age.mean())\n"
            "fit(clean)",
            says="`clean['age'] = 0` changes `df` too",
            after="df = pd.read_csv('a.csv')\nclean = df.copy()\nclean['age'] = 0\n"
            "print(df.age.mean())\nfit(clean)",
        ),
        Flagged(
            "df = load()\n# %%\n«backup = df»\n# %%\ndf.drop(columns=['a'], inplace=True)\n"
            "# %%\nbackup.head()",
            says="`df.drop(columns=['a'], inplace=True)` changes `backup` too, which cell 4",
        ),
        Flagged(
            "df = load()\n«clean = df»\nclean[f'{x}_2'] = 0\nprint(df['age'], df['a_2'].mean())\n"
            "fit(clean)",
            after="df = load()\nclean = df.copy()\nclean[f'{x}_2'] = 0\n"
            "print(df['age'], df['a_2'].mean())\nfit(clean)",
        ),
        Flagged("rows = [1]\n«kept = rows»\n# %%\nkept.append(2)\n# %%\nprint(len(rows))"),
    )
    ignored = (
        "df = load()\nclean = df\nclean['p'] = 0\nprint(df['age'].mean(), df[['age', 'pay']])",
        "df = load()\nclean = df\nfor x in 'ab':\n    cols = ['age', 'pre' + x, x + '_1']\n"
        "    clean['p_' + x + '_2'] = f(clean[cols])\n# %%\nfor x in 'ab':\n"
        "    cols = ['age', f'pre{x}']\n    m.fit(df[cols])",
        "df = load()\nclean = df.copy()\nclean['age'] = 0\nprint(df.age.mean())",
        "df = load()\nclean = df\nclean['age'] = 0\nprint(clean.age.mean())",
        "df = load()\nclean = df\nclean = clean.dropna()\nclean['age'] = 0\nprint(df.age)",
        "df = load()\nclean = df\nprint(df.age)\nclean['age'] = 0",
        "df = load()\nclean = df\nclean['age'] = 0\ndf = load()\nprint(df.age)",
        "n = 1\nm = n\nm += 1\nprint(n)",
        "out = None\nresult = out\nresult = [1]\nprint(out)",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        for at, cell in enumerate(notebook.cells):
            for position, node in enumerate(cell.body):
                match node:
                    case ast.Assign(targets=[ast.Name(id=alias)], value=ast.Name(id=name)):
                        if (
                            alias != name
                            and not name.startswith("__")
                            and not _is_empty(notebook.definition(name))
                        ):
                            yield from self._follow(notebook, at, position, alias, name)

    def _follow(
        self, notebook: NotebookView, at: int, position: int, alias: str, name: str
    ) -> Iterator[Finding]:
        """Find a change by one of the names, and after it a reading by the other."""
        changed: dict[str, tuple[ast.stmt, str]] = {}
        for where in range(at, len(notebook.cells)):
            cell = notebook.cells[where]
            first = position + 1 if where == at else 0
            for node, names in zip(cell.body[first:], cell.names.statements[first:], strict=True):
                for own, other in ((alias, name), (name, alias)):
                    if own in changed and other in names.reads:
                        made, said = changed[own]
                        if _takes_other_columns(node, other, made, cell):
                            continue
                        if where == at and _looks(node):
                            return  # that is to show it
                        if _changes(node, other) is None:
                            yield self._told(
                                notebook.cells[at], position, alias, name,
                                change=said, other=other, reader=cell.index,
                                lives=_is_used(notebook, own, where, node),
                            )  # fmt: skip
                        return
                bound = names.defines | names.may_define | names.deletes
                if alias in bound or name in bound:
                    return
                for own in (alias, name):
                    change = _changes(node, own)
                    if change is not None and own not in changed:
                        changed[own] = change, cell.source(change)

    def _told(
        self, cell: CellView, position: int, alias: str, name: str, *, change: str, other: str,
        reader: int, lives: bool,
    ) -> Finding:  # fmt: skip
        node = cell.body[position]
        assert isinstance(node, ast.Assign)
        end = cell.span_of(node.value)
        behind = Span(end.end_line, end.end_column, end.end_line, end.end_column)
        copied = Fix(self.fix_title, (Edit(cell.index, behind, ".copy()"),))
        fix = copied if lives else None  # else the change is made for the other name's sake
        return self.found(
            node, cell, fix=fix, alias=alias, name=name, change=change, other=other, reader=reader
        )


def _takes_other_columns(node: ast.stmt, name: str, change: ast.stmt, cell: CellView) -> bool:
    """Whether a statement takes of a frame no column that a change made or overwrote.

    Only what is typed counts: `df['age']`, and `df[columns]` where `columns` is a list.
    """
    match change:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(), slice=made)]):
            pass
        case _:
            return False
    for one in ast.walk(node):
        if not (isinstance(one, ast.Name) and one.id == name):
            continue
        match cell.parent(one):
            case ast.Subscript(value=of, slice=taken) if of is one:
                columns = _columns(taken, cell.notebook)
            case _:
                return False
        if columns is None or any(_may_be_one(column, made) for column in columns):
            return False
    return True


def _columns(taken: ast.expr, notebook: NotebookView) -> list[ast.expr] | None:
    """The columns that are taken; None where that is computed."""
    match taken:
        case ast.Constant(value=str()) | ast.JoinedStr() | ast.BinOp(op=ast.Add()):
            return [taken]
        case ast.List(elts=elements):
            return elements
        case ast.Name(id=name):
            found: list[ast.expr] = []
            for value in notebook.assigned.get(name, (None,)):
                if not isinstance(value, ast.List):
                    return None
                found += value.elts
            return found
    return None


def _may_be_one(a: ast.expr, b: ast.expr) -> bool:
    """Whether two texts, of which the beginnings and ends are typed, may be the same."""
    (begins, ends), (other_begins, other_ends) = _affixes(a), _affixes(b)
    first = begins.startswith(other_begins) or other_begins.startswith(begins)
    whole = isinstance(a, ast.Constant) and isinstance(b, ast.Constant)
    return (
        begins == other_begins
        if whole
        else first and (ends.endswith(other_ends) or other_ends.endswith(ends))
    )


def _affixes(text: ast.expr) -> tuple[str, str]:
    """What a text begins and ends with, as far as it is typed."""
    match text:
        case ast.Constant(value=str(whole)):
            return whole, whole
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _affixes(left)[0], _affixes(right)[1]
        case ast.JoinedStr(values=[first, *_] as parts):
            return _affixes(first)[0], _affixes(parts[-1])[1]
    return "", ""


def _looks(node: ast.stmt) -> bool:
    """`print(a)`, or `a` alone."""
    match node:
        case ast.Expr(value=ast.Name() | ast.Tuple()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="print" | "display"), args=args)):
            return all(isinstance(one, ast.Name | ast.Constant) for one in args)
    return False


def _is_empty(made: ast.expr | None) -> bool:
    """Whether a name was given a container to be filled, by whatever name."""
    match made:
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id="list" | "dict" | "set"), args=[], keywords=[]):
            return True
    return False


def _is_used(notebook: NotebookView, name: str, at: int, since: ast.stmt) -> bool:
    """Whether something reads a name from a statement on, before it is bound anew."""
    begun = False
    for cell in notebook.cells[at:]:
        for node, names in zip(cell.body, cell.names.statements, strict=True):
            begun = begun or node is since
            if begun and name in names.reads | names.reads_later and _changes(node, name) is None:
                return True
            if begun and name in names.defines | names.deletes:
                return False
    return False


def _changes(node: ast.stmt, name: str) -> ast.stmt | None:
    """The simple statement in which the object of a name is changed in place, for certain."""
    for part in _simple(node):
        match part:
            case ast.Assign(targets=[target, *_]) | ast.AugAssign(target=target):
                inside = isinstance(target, ast.Subscript)
                if inside and root_name(target) == name and _is_own(target):
                    return part
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=of), attr=method)) as c
            ):
                if of == name and (method in _CHANGES or is_given(c, "inplace", True)):
                    return part
    return None


def _is_own(target: ast.expr) -> bool:
    """Whether `x[…]`, `x.loc[…]` is the object's own: not `x.parts[…]`."""
    match target:
        case ast.Subscript(value=ast.Name()):
            return True
        case ast.Subscript(value=ast.Attribute(value=ast.Name(), attr=indexer)):
            return indexer in ("loc", "iloc", "at", "iat")
    return False


def _simple(node: ast.stmt) -> Iterator[ast.stmt]:
    """Statements without blocks, those in loops and branches included."""
    if isinstance(node, ast.For | ast.While | ast.If | ast.With | ast.Try):
        for part in (*node.body, *getattr(node, "orelse", ())):
            yield from _simple(part)
    else:
        yield node
