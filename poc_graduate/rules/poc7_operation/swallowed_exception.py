"""POC703 swallowed-exception."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.products import WRITERS
from poc_graduate.rules.reached import function_around, never_runs
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView

_CLEARS = frozenset(
    "remove unlink rmtree rmdir close kill terminate cleanup clear_session empty_cache collect "
    "disconnect shutdown stop release removedirs".split()
)
_SHOWS = frozenset({"print", "display"})
# Fetch access, or what the environment says.
_SETS_UP = frozenset(
    "get getenv getpass get_secret UserSecretsClient load_dotenv login authenticate "
    "authenticate_user config set_page_config set_option setdefault basicConfig".split()
)


_SEARCHES = frozenset({"find", "find_all", "findAll"})


class SwallowedException(Rule):
    """Every error is caught and nothing is done about it.

    Why it bites: the day the source delivers rubbish, the step skips it in silence, and the
    result is made of what is left.
    On export: nothing; name the error that may happen, and count how often it does.
    """

    code, name, severity = "POC703", "swallowed-exception", Severity.RISK
    message = "any error here{more} is passed over{said}; {then}"

    flagged = (
        Flagged("try:\n    x = float(t)\n«except:»\n    pass"),
        Flagged(
            "for t in texts:\n    try:\n        x = f(t)\n    «except Exception:»\n        continue"
        ),
        Flagged(
            "try:\n    load()\n«except:»\n    print('wrong order')",
            says="passed over, with the same words whatever it was; bad data may vanish from the",
        ),
        Flagged(
            "try:\n    a()\n«except:»\n    pass\ntry:\n    b()\nexcept:\n    pass",
            says="1 more place of",
        ),
        Flagged(
            "try:\n    a.columns + b.columns\n    print('fine')\n«except:»\n    print('not fine')",
            says="whatever it was; no data pass here, and why the look has failed is not told",
        ),
        Flagged(  # of none, nothing can be found
            "soup = BeautifulSoup(page, 'lxml')\ntry:\n    table = soup.find('table')\n"
            "    rows = table.find_all('tr')\n«except:»\n    pass"
        ),
        Flagged("try:\n    load()\n«except BaseException as e:»\n    pass"),
        Flagged(  # the library is given data
            "try:\n    import fast\n    fast.clean(df)\n«except:»\n    pass"
        ),
        Flagged(
            "def figure(names):\n    sizes = []\n    for n in names:\n        try:\n"
            "            sizes.append(size(n))\n        «except:»\n            continue\n"
            "    plt.hist(sizes)\n    plt.show()\n# %%\nfigure(names)",
            says="bad data may vanish from the figure unnoticed",
        ),
        Flagged(
            "for i in range(9):\n    try:\n        df['size'][i] = float(df['size'][i])\n"
            "    «except:»\n        continue",
            says="passed over; values of `df['size']` stay as they were, unnoticed",
        ),
        Flagged(  # the first error ends the loop
            "try:\n    for c in names:\n        df[c] = df[c].astype('category')\n«except:»\n"
            "    print('no category')",
            says="whatever it was; from there on `df` stays as it was",
        ),
        Flagged(  # an entry that is not made is not there
            "for n in names:\n    try:\n        sizes[n] = size(n)\n    «except:»\n        pass",
            says="bad data may vanish from the result unnoticed",
        ),
        Flagged(
            "for f in files:\n    image = load(f)\n    try:\n        image = turned(image)\n"
            "    «except:»\n        pass\n    image.save(f)",
            says="`image` stays as it was, and what follows goes on with it, unnoticed",
        ),
        Flagged(
            "for f in files:\n    image = load(f)\n    try:\n        image = turned(image)\n"
            "    «except:»\n        continue\n    image.save(f)",
            says="bad data may vanish from the result unnoticed",
        ),
        Flagged("try:\n    load()\n«except (»\n    Exception\n):\n    pass"),
    )
    ignored = (
        "try:\n    os.environ['KEY'] = userdata.get('KEY')\n    print('set')\nexcept:\n"
        "    print('not set: needed for the download')",  # no data passes
        "try:\n    x = float(t)\nexcept ValueError:\n    pass",
        "try:\n    x = float(t)\nexcept Exception as e:\n    failed.append(e)",
        "try:\n    import fast\nexcept Exception:\n    pass",  # an optional library
        "try:\n    import fast\n    print('fast', fast.__version__)\nexcept Exception:\n"
        "    print('not there')",
        # a session is kept alive
        "try:\n    from google.colab import output\n    output.eval_js('click()')\n"
        "    print('on')\nexcept Exception:\n    print('off')",
        "try:\n    print(df['size'].mean())\nexcept Exception:\n    print('no size')",  # a look
        "try:\n    os.remove(path)\nexcept:\n    pass",
        # the next way is tried, and the last one raises
        "def load(p):\n    try:\n        return fast(p)\n    except Exception:\n        pass\n"
        "    return slow(p)",
        "def find(names):\n    for n in names:\n        try:\n            return load(n)\n"
        "        except Exception:\n            continue\n    raise OSError(names)",
        "def find(names):\n    for n in names:\n        try:\n            x = load(n)\n"
        "        except Exception:\n            continue\n        if x.fits:\n"
        "            return x\n    raise OSError(names)",
        # where there is none, that gives an empty list
        "soup = BeautifulSoup(page, 'lxml')\nfor url in urls:\n    try:\n"
        "        tables = soup.find_all('table')\n    except:\n        continue",
        "try:\n    %tensorflow_version 2.x\nexcept Exception:\n    pass",
        "def f(t):\n    try:\n        return g(t)\n    except Exception:\n        pass\n"
        "# %%\nprint(1)",
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        """One finding a cell."""
        figures: set[int] = set()
        places = sorted(self._places(cell, figures), key=lambda span: (span.line, span.column))
        if places:
            count = len(places) - 1
            more = f" (and in {count} more place{'s' * (count > 1)} of this cell)" if count else ""
            drawn = all(at.line in figures for at in places)
            then = f"bad data may vanish from the {'figure' if drawn else 'result'}"
            changed = {_changed_in_place(node, cell) for node in _with_handlers_at(places, cell)}
            if len(changed) == 1 and (what := changed.pop()):
                then = f"values of `{what}` stay as they were,"
                if any(map(_goes_through, _with_handlers_at(places, cell))):
                    then = f"from there on `{what}` stays as it was,"
            kept = {_kept(node) for node in _with_handlers_at(places, cell)}
            if len(kept) == 1 and (name := kept.pop()):
                then = f"`{name}` stays as it was, and what follows goes on with it,"
            looked = all(map(_only_looks, _with_handlers_at(places, cell)))
            severity = Severity.NOTE if drawn or looked else None
            said = ""
            if all(map(_reports, _handlers_at(places, cell))):
                said = ", with the same words whatever it was"
                then = then.removesuffix(",")
            else:
                then += " unnoticed"
            then = "no data pass here, and why the look has failed is not told" if looked else then
            yield self.found_at(cell, places[0], severity=severity, more=more, said=said, then=then)

    def _places(self, cell: CellView, figures: set[int]) -> Iterator[Span]:
        """Handlers that do nothing; the lines of those whose loss only a figure sees."""
        for node in cell.of(ast.Try):
            if _only_imports(node) or _only_clears(node, cell) or _goes_on(node, cell):
                continue
            if _sets_up(node) or _only_tells(node) or _cannot_fail(node, cell):
                continue
            if never_runs(node, cell):
                continue
            only_drawn = _only_draws(function_around(node, cell))
            for handler in node.handlers:
                if _catches_all(handler) and all(map(_says_nothing, handler.body)):
                    at = cell.span_of(handler)
                    text = cell.line(at.line)
                    colon = text.find(":", at.column - 1)
                    end = len(text) if colon < 0 else colon + 1
                    figures.update({at.line} if only_drawn else ())
                    yield Span(at.line, at.column, at.line, end + 1)


def _handlers_at(places: list[Span], cell: CellView) -> Iterator[ast.ExceptHandler]:
    lines = {span.line for span in places}
    for node in cell.of(ast.Try):
        yield from (handler for handler in node.handlers if handler.lineno in lines)


def _reports(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(one, ast.Expr) for one in handler.body)


def _sets_up(node: ast.Try) -> bool:
    """Whether it only fetches access or settings, and says so where it cannot: no data passes."""
    if not all(map(_reports, node.handlers)):
        return False
    called = {last_name(n.func) for one in node.body for n in ast.walk(one)
              if isinstance(n, ast.Call)}  # fmt: skip
    return called <= _SETS_UP | {"print"} and not called <= {"print"}


def _cannot_fail(node: ast.Try, cell: CellView) -> bool:
    """Whether it only searches a page that was parsed: what is not there gives an empty result.

    Source: `find_all` and `find` in Beautiful Soup's documentation.
    """
    return all(isinstance(one, ast.Assign) and _searches(one.value, cell) for one in node.body)


def _searches(value: ast.expr, cell: CellView) -> bool:
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=page), attr=how), args=given):
            made = cell.notebook.assigned.get(page, ())
            typed = all(isinstance(one, ast.Constant | ast.Dict | ast.List) for one in given)
            return how in _SEARCHES and typed and bool(made) and all(map(_parses, made))
    return False


def _parses(made: ast.expr | None) -> bool:
    return isinstance(made, ast.Call) and last_name(made.func) == "BeautifulSoup"


def _only_looks(node: ast.Try) -> bool:
    """Whether it works something out, keeps nothing of it, and says that it could."""
    return all(
        isinstance(one, ast.Expr)
        and (not isinstance(one.value, ast.Call) or last_name(one.value.func) in _SHOWS)
        for one in node.body
    ) and any(not isinstance(getattr(one, "value", None), ast.Call) for one in node.body)


def _with_handlers_at(places: list[Span], cell: CellView) -> Iterator[ast.Try]:
    lines = {span.line for span in places}
    for node in cell.of(ast.Try):
        if any(handler.lineno in lines for handler in node.handlers):
            yield node


def _changed_in_place(node: ast.Try, cell: CellView) -> str:
    """What a `try` reads and writes part by part, where it makes nothing else; empty for none."""
    changed: set[str] = set()
    read: set[str] = set()
    turns = {
        id(name)
        for loop in node.body
        if isinstance(loop, ast.For)
        for name in ast.walk(loop.target)
    }
    for part in (one for statement in node.body for one in ast.walk(statement)):
        match part:
            case ast.Subscript(value=of, ctx=ast.Store()):
                changed.add(cell.source(of))
            case ast.Subscript(value=of, ctx=ast.Load()):
                read.add(cell.source(of))
            case ast.Return() | ast.Yield() | ast.YieldFrom() | ast.AugAssign():
                return ""
            case ast.Expr(value=ast.Call(func=called)) if last_name(called) != "print":
                return ""  # `rows.append(…)`
            case ast.Name(ctx=ast.Store()) if id(part) not in turns:
                return ""
    return changed.pop() if len(changed) == 1 and changed <= read else ""


def _goes_through(node: ast.Try) -> bool:
    """Whether it holds a whole loop: with the first error, all later turns are left out."""
    return any(isinstance(one, ast.For) for one in node.body)


def _kept(node: ast.Try) -> str:
    """The name that a `try` changes by itself, and nothing else: `image = turned(image)`.

    Where it fails, the name holds what it held; empty where the rest is left out then.
    """
    match node:
        case ast.Try(body=[ast.Assign(targets=[ast.Name(id=name)], value=value)], orelse=[]):
            leaves = any(isinstance(one, ast.Continue) for h in node.handlers for one in h.body)
            read = any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(value))
            return name if read and not leaves else ""
    return ""


def _only_imports(node: ast.Try) -> bool:
    """Whether a library is looked for, at most told which release it is, or called without data.

    No data pass there: nothing is kept, and what is called is given what somebody typed.
    """
    # A magic that only serves the screen leaves `pass` behind.
    kinds = ast.Import | ast.ImportFrom | ast.Pass
    names = set[str]()
    for one in node.body:
        if isinstance(one, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in one.names}
    return any(isinstance(one, kinds) for one in node.body) and all(
        isinstance(one, kinds) or _is_shown(one) or _asks_only(one, names) for one in node.body
    )


def _asks_only(statement: ast.stmt, names: set[str]) -> bool:
    """Whether a statement calls something of these libraries with what somebody typed."""
    read = {one.id for one in ast.walk(statement) if isinstance(one, ast.Name)}
    called = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return called and bool(read) and read <= names


def _only_tells(node: ast.Try) -> bool:
    """Whether it prints something, or that it could not: nothing is kept of it."""
    return all(map(_is_shown, node.body)) and all(map(_reports, node.handlers))


def _is_shown(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in _SHOWS
    return False


def _only_draws(function: ast.FunctionDef | ast.AsyncFunctionDef | None) -> bool:
    """Whether a function leaves a figure and nothing else."""
    if function is None:
        return False
    drawn = False
    for node in ast.walk(function):
        match node:
            case ast.Return(value=value) if value is not None:
                return False
            case ast.Yield() | ast.YieldFrom() | ast.Global() | ast.Nonlocal():
                return False
            case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
                return False
            case ast.Call(func=called):
                name = last_name(called)
                if name in WRITERS - {"savefig"}:
                    return False
                drawn |= name in ("show", "savefig", "subplots", "figure")
    return drawn


def _only_clears(node: ast.Try, cell: CellView) -> bool:
    """Whether it puts away what is no longer needed: nothing of the data passes here."""
    around = function_around(node, cell)
    if around is not None and around.name in ("__del__", "__exit__", "close", "cleanup"):
        return True
    return all(
        isinstance(one, ast.Expr)
        and isinstance(one.value, ast.Call)
        and last_name(one.value.func) in _CLEARS
        for one in node.body
    )


def _goes_on(node: ast.Try, cell: CellView) -> bool:
    """Whether one of several ways is tried, or one of several candidates looked at.

    Where it succeeds it leaves; what comes after takes its place, or raises.
    """
    at: ast.AST | None = node
    while at is not None:
        around = cell.parent(at)
        leaves = any(isinstance(one, ast.Return | ast.Break) for one in ast.walk(at))
        for block in ("body", "orelse", "handlers", "finalbody") if leaves else ():
            inside = getattr(around, block, [])
            if isinstance(inside, list) and at in inside:
                after = inside[inside.index(at) + 1 :]
                if any(isinstance(one, ast.Return | ast.Raise) for one in after):
                    return True
        if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            return False
        at = around
    return False


def _says_nothing(node: ast.stmt) -> bool:
    """`pass`, or a line that is the same whatever has happened."""
    match node:
        case ast.Pass() | ast.Continue():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=given, keywords=[])):
            return all(isinstance(one, ast.Constant) for one in given)
    return False


def _catches_all(handler: ast.ExceptHandler) -> bool:
    match handler.type:
        case None | ast.Name(id="Exception" | "BaseException"):
            return True
    return False
