"""Which part of a cell becomes a function, with what it takes, returns and is called."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from poc_graduate.dataflow.facts import Value
from poc_graduate.dataflow.model import Statement
from poc_graduate.generate import naming
from poc_graduate.plan import stages
from poc_graduate.plan.cells import Timeline, kept_statements, ordered
from poc_graduate.plan.layout import Layout
from poc_graduate.plan.settle import Settled

_MOST_INPUTS, _MOST_OUTPUTS = 8, 6

# Called with an expression, these look names up in the caller's frame by themselves or keep it.
_FRAMES = frozenset({"locals", "vars", "globals", "__file__", "__name__", "super", "breakpoint"})


@dataclass(frozen=True)
class Argument:
    """A value that a function takes or returns.

    Attributes:
        name: Its name in the notebook and in the function.
        annotation: Type seen in the run, `Any` where it is not known or changes inside.
        seen: What it was in the run, for the docstring.
    """

    name: str
    annotation: str = "Any"
    seen: str = ""


@dataclass(frozen=True)
class Function:
    """A stretch of a cell that becomes an importable function.

    Attributes:
        name: Function name.
        module: Module in the package, the stage's name.
        position: Position of its cell among the code cells, from 0.
        cell: Position of its cell among all cells, from 1.
        title: What it does in the author's words, for the docstring.
        statements: Its statements, in order.
        inputs: Data that it takes, in order of first use.
        parameters: Parameters that it takes, keyword only.
        outputs: What it returns.
        imports: Imported names that it reads.
        package: Names of the package that it reads.
        shows: A name that the task shows after the call, because the cell's last expression,
            now in the function, showed it.
    """

    name: str
    module: str
    position: int
    cell: int
    title: str
    statements: tuple[Statement, ...]
    inputs: tuple[Argument, ...]
    parameters: tuple[Argument, ...]
    outputs: tuple[Argument, ...]
    imports: frozenset[str]
    package: frozenset[str]
    shows: str = ""

    @property
    def keys(self) -> frozenset[tuple[int, int]]:
        """Its statements by cell and index."""
        return frozenset(s.key for s in self.statements)

    @property
    def hides(self) -> frozenset[str]:
        """Names that it binds and does not return: its task has them no more."""
        bound = {name for s in self.statements for name in s.defines | s.may_define}
        return frozenset(bound - {argument.name for argument in self.outputs})

    def call(self, instead: Mapping[str, str] | None = None) -> str:
        """Its call with each argument's own name, or the expression that stands for it."""
        given = [(instead or {}).get(a.name, a.name) for a in self.inputs]
        given += [f"{p.name}={p.name}" for p in self.parameters]
        return f"{self.name}({', '.join(given)})"


def extract(settled: Settled) -> dict[int, Function]:
    """Functions by position of their cell; a cell that cannot safely become one is left out."""
    time = settled.time
    taken = _taken_names(settled)
    found: dict[int, Function] = {}
    for stage, layout in zip(settled.plan.stages, settled.layouts, strict=True):
        for position in range(layout.start, layout.stop):
            if time.cells[position] in settled.constraints.inline_cells:
                continue
            function = _function(settled, layout, position, stage.name)
            if function is None:
                continue
            found[position] = function
    headings = Counter(_heading(settled, function) for function in found.values())
    for position, function in found.items():
        alone = headings[_heading(settled, function)] == 1
        name, title = naming.named(_story(settled, function, alone), taken, cell=function.cell)
        taken.add(name)
        found[position] = replace(function, name=name, title=title)
    return found


def _heading(settled: Settled, function: Function) -> str:
    return settled.time.dataflow.notebook.cell(function.cell).heading


def _taken_names(settled: Settled) -> set[str]:
    names = {"save", "load"}
    for statement in settled.time.dataflow.statements:
        names |= statement.defines | statement.may_define | statement.reads
        names |= {n.id for n in ast.walk(statement.node) if isinstance(n, ast.Name)}
    return names | {p.name for p in settled.plan.parameters}


def _function(settled: Settled, layout: Layout, position: int, module: str) -> Function | None:
    time, variables = settled.time, settled.parameters.variables
    kept = kept_statements(time, position, variables)
    if not kept:
        return None
    ending = time.statements[position][-1]
    # The last expression of a cell is shown: it stays in the task.
    shown = len(kept) - 1 if kept and kept[-1] is ending and _is_expression(ending) else len(kept)
    first = next((i for i, s in enumerate(kept[:shown]) if s.role in ("compute", "constant")), None)
    if first is None:
        return None
    last = first
    while last < shown and _belongs(kept, last):
        last += 1
    while last > first and kept[last - 1].role == "display":
        last -= 1
    body, after = kept[first:last], kept[last:]
    shows = ""
    if after and _fits(after[0]):
        # `model.fit(X)` computes and shows the model: the function fits, the task shows.
        shows = _fits(after[0]) if after[0] is time.statements[position][-1] else ""
        body, after = (*body, after[0]), after[1:]
    if not _worth_it(body) or any(s.role == "compute" and s is not ending for s in after):
        return None
    if not all(_safe(time, s) for s in body):
        return None
    facts = time.cell_facts[position]
    bound_here = {n for s in time.statements[position] for n in s.defines | s.may_define}
    if facts.bound - bound_here - time.definitions.stars:
        return None
    return _signature(settled, layout, position, module, kept[:first], body, after, shows)


def _is_expression(statement: Statement) -> bool:
    return isinstance(statement.node, ast.Expr)


def _fits(statement: Statement) -> str:
    """The name of a model that a bare `model.fit(…)` fits; empty for anything else."""
    match statement.node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="fit"))):
            return name if not statement.source.rstrip().endswith(";") else ""
    return ""


def _belongs(kept: Sequence[Statement], index: int) -> bool:
    """Computation, and prints between computations."""
    statement = kept[index]
    if statement.role in ("compute", "constant"):
        return True
    printing = statement.role == "display" and ast.unparse(statement.node).startswith("print(")
    return printing and any(s.role == "compute" for s in kept[index + 1 :])


def _worth_it(body: Sequence[Statement]) -> bool:
    """More than one step, or one with a body of its own: a single call reads better in place."""
    steps = [s for s in body if s.role == "compute" or _fits(s)]
    compound = [
        s for s in steps if isinstance(s.node, ast.For | ast.While | ast.If | ast.With | ast.Try)
    ]
    return len(steps) >= 2 or any((s.node.end_lineno or 0) - s.node.lineno >= 2 for s in compound)


def _safe(time: Timeline, statement: Statement) -> bool:
    """Whether the statement means the same inside a function."""
    if statement.dynamic or statement.ipython or statement.awaits or statement.settings:
        return False
    if (
        statement.resource
        or statement.writes_later
        or statement.role not in ("compute", "constant", "display")
    ):
        return False
    d = time.definitions
    if statement.changes & set(d.imports) or statement.calls - set(d.movable):
        return False
    if time.needs(statement) & (set(d.repeatable) | set(d.why_not)):
        return False
    imported = {n for s in time.dataflow.statements if s.role == "import" for n in s.defines}
    if time.needs(statement) & (imported - set(d.imports)):
        return False
    for node in ast.walk(statement.node):
        if isinstance(node, ast.Name) and node.id in _FRAMES:
            return False
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Global):
            return False
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.GeneratorExp | ast.Lambda):
            return False
        # A kept closure would see later rebindings in the notebook, and not in the function.
        if isinstance(node, ast.Lambda) and _captures(time, node):
            return False
        if isinstance(node, ast.Import | ast.ImportFrom):
            return False
    return True


def _captures(time: Timeline, node: ast.Lambda) -> bool:
    own = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
    inner = {n.id for n in ast.walk(node.body) if isinstance(n, ast.Name)} - own
    bindings = time.dataflow.bindings
    return any(len(bindings.get(name, ())) > 1 for name in inner - time.fixed)


def _signature(
    settled: Settled,
    layout: Layout,
    position: int,
    module: str,
    before: Sequence[Statement],
    body: Sequence[Statement],
    after: Sequence[Statement],
    shows: str,
) -> Function | None:
    time, chosen = settled.time, settled.parameters
    d = time.definitions
    inputs: list[str] = []
    parameters: list[str] = []
    defined: set[str] = set()
    rebound: set[str] = set()
    imports: set[str] = set()
    package: set[str] = set()
    known = time.exists[position] | {n for s in before for n in s.defines}
    bound: set[str] = set()
    for statement in body:
        for name in _in_order(statement, time.needs(statement) | statement.changes):
            if name in defined:
                continue
            if name in chosen.variables:
                _append(parameters, name)
            elif name in d.imports:
                imports.add(name)
            elif name in d.movable:
                package.add(name)
            elif name in known:
                _append(inputs, name)
            elif name in bound or name in {n for s in body for n in s.defines | s.may_define}:
                return None  # bound on some path only: whether it exists depends on the data
        for name in chosen.used_by(statement):
            _append(parameters, name)
        if statement.deletes - defined:
            return None
        unsure = statement.may_define - defined
        if unsure & known - set(inputs):
            inputs += [n for n in ordered(unsure & known) if n not in inputs]
        bound |= statement.may_define
        rebound |= (statement.defines | statement.may_define) & set(inputs)
        defined |= statement.defines
        defined -= statement.deletes
    wanted = set(time.live[position + 1]) | ({shows} if shows else set())
    for statement in after:
        wanted |= time.needs(statement)
    outputs = [n for n in _bound_order(body) if n in wanted and n not in time.fixed]
    changed = {n for s in body for n in s.changes} | set(time.cell_facts[position].changed)
    if not outputs:
        outputs = [n for n in inputs if n in changed and n in wanted]
    if any(n not in defined and n not in inputs for n in outputs):
        return None
    if not outputs or len(inputs) > _MOST_INPUTS or len(outputs) > _MOST_OUTPUTS:
        return None
    if set(outputs) & chosen.variables or any(n.startswith("_") and n == "_" for n in outputs):
        return None
    return Function(
        name="",
        module=module,
        position=position,
        cell=time.cells[position],
        title="",
        statements=tuple(body),
        inputs=tuple(_argument(time, n, position, rebound) for n in inputs),
        parameters=tuple(_parameter(settled, n) for n in parameters),
        outputs=tuple(_argument(time, n, position + 1, set()) for n in outputs),
        imports=frozenset(imports),
        package=frozenset(package),
        shows=shows,
    )


def _append(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _in_order(statement: Statement, names: frozenset[str]) -> list[str]:
    """Names by where they first stand in the text, then those that only called code reads."""
    seen = [n for n in ast.walk(statement.node) if isinstance(n, ast.Name) and n.id in names]
    seen.sort(key=lambda n: (n.lineno, n.col_offset))
    result: list[str] = []
    for node in seen:
        _append(result, node.id)
    return result + [name for name in ordered(names) if name not in result]


def _bound_order(body: Sequence[Statement]) -> list[str]:
    result: list[str] = []
    for statement in body:
        for name in _in_order(statement, statement.defines | statement.may_define):
            _append(result, name)
    return result


def _argument(time: Timeline, name: str, cut: int, rebound: set[str]) -> Argument:
    value = time.value(name, cut)
    if value is None:
        return Argument(name)
    annotation = public_annotation(time, value)
    if name in rebound and annotation not in ("pd.DataFrame", "pd.Series"):
        annotation = "Any"
    return Argument(name, annotation, value.summary)


def public_annotation(time: Timeline, value: Value) -> str:
    """The annotation, where all its names can be imported from public places; else Any."""
    annotation = value.annotation or "Any"
    words = set(re.findall(r"[A-Za-z_][\w.]*", annotation))
    plain = {"int", "float", "str", "bool", "bytes", "complex", "None", "Any", "list", "dict",
             "set", "tuple", "frozenset", "object", "pd.DataFrame", "pd.Series", "pd.Index",
             "np.ndarray", "range"}  # fmt: skip
    for word in words - plain:
        known = word in time.definitions.imports or word in time.definitions.movable
        if not known or value.kind.split(".")[-1] != word:
            return "Any"
    return annotation


def _parameter(settled: Settled, name: str) -> Argument:
    value = next((p.value for p in settled.plan.parameters if p.name == name), None)
    return Argument(name, type(value).__name__ if value is not None else "Any", "")


def _story(settled: Settled, function: Function, alone: bool) -> naming.Story:
    return naming.Story(
        body=[s.node for s in function.statements],
        comment=_leading_comment(function.statements[0]),
        heading=_heading(settled, function),
        alone=alone,
        kind=stages.role(settled.time, function.position),
        outputs=[a.name for a in function.outputs],
        files=_files(settled, function),
    )


def _files(settled: Settled, function: Function) -> dict[str, str]:
    """Parameters and literals that name a file → what the file is: `sales_csv` → `sales`."""
    named = {p.name: p.name.lower() for p in settled.plan.parameters if p.kind in ("path", "url")}
    for statement in function.statements:
        for replacement in settled.parameters.replaced.get(statement.key, ()):
            match replacement.node:
                case ast.Constant(value=str() as literal):
                    named[literal] = replacement.name
    return {key: re.sub(r"_[a-z]+$", "", name) for key, name in named.items()}


def _leading_comment(statement: Statement) -> str:
    for line in statement.source.split("\n"):
        text = line.strip()
        if text.startswith("#"):
            words = text.strip("#-=* ").strip()
            if re.match(r"^[A-Za-z][^=({\[]{2,90}$", words):
                return words.rstrip(".:")
        elif text:
            break
    return ""
