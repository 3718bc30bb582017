"""The notebook from top to bottom, each name with what is known of its value; nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from poc_graduate.dataflow.names import parameter_names
from poc_graduate.rules.poc5_evaluation import _calls, _folds, _thresholds
from poc_graduate.rules.poc5_evaluation._chosen import constant, typed_for
from poc_graduate.rules.poc5_evaluation._groups import group_key
from poc_graduate.rules.poc5_evaluation._listed import list_of, together
from poc_graduate.rules.poc5_evaluation._names import Names, Scope
from poc_graduate.rules.poc5_evaluation._tables import NOT_ROWS
from poc_graduate.rules.poc5_evaluation._values import (
    MASK,
    NOTHING,
    Learned,
    Step,
    Value,
    combined,
    joined,
)
from poc_graduate.rules.switches import UNKNOWN, outcome
from poc_graduate.rules.view import NotebookView

_DRAWING = frozenset("plt sns ax axes fig axs display px go".split())
_SAME = frozenset("values iloc loc str dt at iat T array flat data".split())
_INNER = frozenset("best_estimator_ named_steps steps estimator_ base_estimator_ layers".split())
_DEPTH = 4
_CALLS = 300
_UNROLLED = 4


class Interpreter(Names):
    """Goes through the statements once."""

    def __init__(self, notebook: NotebookView) -> None:
        super().__init__(notebook.imports)
        self._calls_left = _CALLS
        for view in notebook.cells:
            self.cell = view.index
            self.run(view.body)

    # Statements

    def run(self, body: Iterable[ast.stmt]) -> bool:
        """The statements of a block; whether it certainly leaves the function."""
        for statement in body:
            match statement:
                case ast.Assign(targets=targets, value=value):
                    found = self.value(value)
                    for target in targets:
                        self.store(target, self.side_by_side(target, value, found), rebinds=True)
                        if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
                            self.scopes[-1].constants[target.id] = value.value
                case ast.Expr(value=value):
                    if not _draws(value):
                        self.value(value)
                case ast.AugAssign(target=target, op=op, value=value):
                    left, right = self.value(target), self.value(value)
                    self.store(target, together(op, left, right) or combined((left, right)))
                case ast.AnnAssign(target=target, value=value) if value is not None:
                    self.store(target, self.value(value), rebinds=True)
                case ast.For(target=target, iter=over, body=inner):
                    self._loop(id(statement), target, over, inner)
                    self.run(statement.orelse)
                case ast.If():
                    self.value(statement.test)
                    holds = self._holds(statement.test)
                    if holds is UNKNOWN:
                        self._either(id(statement), statement.body, statement.orelse)
                    elif self.run(statement.body if holds else statement.orelse):
                        return True
                case ast.While():
                    self.loops.append(id(statement))
                    self.run(statement.body)
                    self.loops.pop()
                case ast.With(items=items, body=inner):
                    for item in items:
                        found = self.value(item.context_expr)
                        if item.optional_vars is not None:
                            self.store(item.optional_vars, found, rebinds=True)
                    self.run(inner)
                case ast.Try():
                    self.run(statement.body)
                    for handler in statement.handlers:
                        self.run(handler.body)
                    self.run(statement.orelse)
                    self.run(statement.finalbody)
                case ast.FunctionDef(name=name):
                    self.functions[name] = (statement, self.cell)
                case ast.Return(value=value):
                    self.scopes[-1].returned.append(self.value(value) if value else NOTHING)
                    return True
                case ast.Delete(targets=targets):
                    for target in targets:
                        if isinstance(target, ast.Name):
                            self.scopes[-1].names.pop(target.id, None)
        return False

    def _holds(self, test: ast.expr) -> object:
        """What a test gives in this call of a function: one that chooses is given a constant."""
        return outcome(test, self._constant) if self.context else UNKNOWN

    def _constant(self, node: ast.expr) -> object:
        return constant(node, self.scopes[-1].constants)

    def _typed_by_call(self, argument: ast.expr) -> object:
        """What somebody typed for an argument; a loop gives a name something else by turns."""
        typed = isinstance(argument, ast.Constant) or not self.loops
        return self._constant(argument) if typed else UNKNOWN

    def _either(self, condition: int, body: list[ast.stmt], orelse: list[ast.stmt]) -> None:
        scope = self.scopes[-1]
        before, outside = dict(scope.names), self.ways
        self.ways = outside | {((condition, self.context), True)}
        self.run(body)
        after, scope.names = scope.names, before
        self.ways = outside | {((condition, self.context), False)}
        self.run(orelse)
        self.ways = outside
        for name, value in after.items():
            other = scope.names.get(name)
            scope.names[name] = value if other is None else joined((other, value))

    def _loop(self, loop: int, target: ast.expr, over: ast.expr, inner: Iterable[ast.stmt]) -> None:
        items = self.value(over).items
        if items and len(items) <= _UNROLLED and any(map(_holds_rows, items)):
            for item in items:  # parts of the data by turns: each is looked at by itself
                self.store(target, item, rebinds=True)
                self.run(inner)
            return
        self._bind(loop, target, over)
        self.loops.append(loop)
        self.run(inner)
        self.loops.pop()

    def _bind(self, loop: int, target: ast.expr, over: ast.expr) -> None:
        """A loop's target, to any of the elements."""
        found = _looped(self._element(over, loop), loop)
        self.store(target, found, rebinds=True)

    def _element(self, over: ast.expr, loop: int) -> Value:
        match over:
            case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
                return Value(items=(NOTHING, self._element(inner, loop)))
            case ast.Call(func=ast.Name(id="tqdm" | "list" | "tqdm_notebook"), args=[inner, *_]):
                return self._element(inner, loop)
            case ast.Call(func=ast.Name(id="zip"), args=several):
                return Value(items=tuple(self._element(one, loop) for one in several))
            case ast.Call(func=ast.Attribute(value=mapping, attr="items"), args=[]):
                return Value(items=(NOTHING, self.value(mapping).element()))
        value = self.value(over)
        if value.rows and (key := group_key(over)):  # each group with its key
            return Value(items=(NOTHING, value.narrowed(Step("group", key, None))))
        if _folds.is_splitter(self, value):
            value = Value(folds=(id(over), self.context))
        if value.folds is not None:
            made = frozenset((loop,))
            sides = (Step("part", value.folds, side, made) for side in (0, 1))
            return Value(items=tuple(Value(steps=(side,)) for side in sides))
        return value.element()

    # Functions

    def inlined(
        self, name: str, node: ast.Call, args: list[Value], keywords: dict[str, Value]
    ) -> Value:
        """A call of the notebook's own function: its body, with these arguments."""
        function, cell = self.functions[name]
        if len(self.context) >= _DEPTH or not self._calls_left:
            return combined((*args, *keywords.values()))
        self._calls_left -= 1
        names = parameter_names(function.args)
        local = Scope(dict.fromkeys(names, NOTHING))
        defaults = function.args.defaults
        for parameter, default in zip(names[len(names) - len(defaults) :], defaults, strict=False):
            local.names[parameter] = self.value(default)
        local.names.update(zip(names, args, strict=False))
        local.names.update({key: held for key, held in keywords.items() if key in local.names})
        words = dict(zip(names, node.args, strict=False))
        words.update({word.arg: word.value for word in node.keywords if word.arg in local.names})
        for parameter, argument in words.items():
            local.given[parameter] = (self.as_called(argument), local.names[parameter])
        local.constants.update(typed_for(function.args, node, words, self._typed_by_call))
        before, self.cell, here = self.context, cell, self.cell
        self.context = (*self.context, id(node))
        outside = self.called_from
        self.called_from = outside or (node, here)
        self.scopes.append(local)
        self.run(function.body)
        self.scopes.pop()
        self.context, self.cell, self.called_from = before, here, outside
        given = dict(zip(names, node.args, strict=False))
        for parameter in local.changed & given.keys():  # frames are changed for the caller, too
            if isinstance(given[parameter], ast.Name):
                self.store(given[parameter], local.names[parameter])
        return joined(local.returned)

    def as_called(self, node: ast.expr) -> ast.expr:
        """An expression in the words of who called the function that it stands in."""
        if not isinstance(node, ast.Name):
            return node
        scope = self.scopes[-1]
        argument, held = scope.given.get(node.id, (node, None))
        return argument if held is scope.names.get(node.id) else node

    # Expressions

    def value(self, node: ast.expr) -> Value:
        """What is known of an expression's value."""
        kind = type(node)  # the frequent ones first: this is where the time goes
        if kind is ast.Name:
            return self.lookup(node.id)  # type: ignore[attr-defined]
        if kind is ast.Constant:
            typed = node.value  # type: ignore[attr-defined]
            return Value(typed=typed) if isinstance(typed, str) else NOTHING
        if kind is ast.Call:
            return _calls.call(self, node)  # type: ignore[arg-type]
        match node:
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._subscript(node)
            case ast.BinOp(left=left, op=op, right=right):
                return self._operation(op, self.value(left), self.value(right))
            case ast.Compare(left=left, comparators=[right, *_]):
                one, other = self.value(left), self.value(right)
                found = combined((one, other))
                if not (found.rows or found.learned or found.predicted):
                    return MASK
                wrong = bool(one.predicted) != bool(other.predicted) and bool(
                    one.rows or other.rows
                )
                return found._replace(is_mask=True, is_error=wrong, typed=None)
            case ast.UnaryOp(op=op, operand=inner):
                found = self.value(inner)
                if isinstance(op, ast.Invert) and found.steps and found.steps[-1].kind == "draw":
                    last = found.steps[-1]  # the rows that were not drawn
                    opposite = replace(last, part=not last.part)
                    return Value(steps=(*found.steps[:-1], opposite))
                return found
            case ast.BoolOp(values=several):
                return combined(map(self.value, several))
            case ast.Tuple(elts=several) | ast.List(elts=several):
                return list_of(several, tuple(map(self.value, several)))
            case ast.Dict(values=several):
                return Value(items=tuple(map(self.value, several)))
            case ast.IfExp(test=test) if (holds := self._holds(test)) is not UNKNOWN:
                return self.value(node.body if holds else node.orelse)
            case ast.IfExp(body=one, orelse=other):
                learned = self.value(node.test).learned
                found = joined((self.value(one), self.value(other)))
                return found._replace(learned=found.learned | learned) if learned else found
            case ast.ListComp(elt=made) | ast.GeneratorExp(elt=made) | ast.SetComp(elt=made):
                return self._comprehension(node.generators, made)
            case ast.DictComp(value=held):
                return self._comprehension(node.generators, held)
            case ast.Starred(value=inner) | ast.NamedExpr(value=inner) | ast.Await(value=inner):
                return self.value(inner)
            case ast.JoinedStr(values=several):
                for part in several:
                    if isinstance(part, ast.FormattedValue):
                        self.value(part.value)
        return NOTHING

    def _comprehension(self, generators: list[ast.comprehension], made: ast.expr) -> Value:
        scope = self.scopes[-1]
        before = dict(scope.names)
        for one in generators:
            self._bind(id(one), one.target, one.iter)
            self.loops.append(id(one))
            for condition in one.ifs:
                self.value(condition)
        found = self.value(made)
        if not found.learned and generators:  # names chosen by what was learned
            carried = (self.value(one) for g in generators for one in (g.iter, *g.ifs))
            learned = [_choosing(value) for value in carried]
            found = found._replace(learned=frozenset().union(*learned))
        del self.loops[len(self.loops) - len(generators) :]
        scope.names = before
        return found._replace(items=None) if found.items is None else Value(items=(found,))

    def _operation(self, op: ast.operator, left: Value, right: Value) -> Value:
        if (listed := together(op, left, right)) is not None:
            return listed
        found = combined((left, right))
        if left.is_mask and right.is_mask:
            return found._replace(is_mask=True)
        if isinstance(op, ast.Mult) and left.items is not None and right.items is None:
            return left._replace(typed="repeated")
        if isinstance(op, ast.Sub) and bool(left.predicted) != bool(right.predicted):
            return found._replace(is_error=bool(left.rows and right.rows))
        if left.is_error or right.is_error:
            return found._replace(is_error=True)
        return found

    def _attribute(self, node: ast.Attribute) -> Value:
        held, attr = self.value(node.value), node.attr
        if held is NOTHING or attr in _SAME:
            return held
        if held.objects and not held.rows:
            if attr == "labels_":
                return Value(learned=_calls.state(self, held))
            return held if attr in _INNER or not attr.endswith("_") else NOTHING
        if attr in NOT_ROWS:
            return Value(learned=_choosing(held)) if held.learned else NOTHING
        if attr == "index":
            steps = next(iter(held.rows)).steps if len(held.rows) == 1 else None
            return Value(learned=_choosing(held), steps=steps or None)
        if held.rows and held.items is None:
            return held.columns((attr,))._replace(column=attr)
        return held

    def _subscript(self, node: ast.Subscript) -> Value:
        held, index = self.value(node.value), node.slice
        if isinstance(node.value, ast.Attribute) and node.value.attr == "c_":
            return self.value(index)._replace(typed=None)  # beside one another, as in a list
        if held.items is not None:
            match index:
                case ast.Constant(value=int(place)) if -len(held.items) <= place < len(held.items):
                    return held.items[place]
            chosen = self.value(index) if not isinstance(index, ast.Slice) else NOTHING
            element = held.element()
            return element._replace(loops=element.loops | chosen.loops)
        match node.value:
            case ast.Attribute(attr="str" | "columns"):
                return held
        if not held.rows and held.steps is None:
            found = self._of_statistic(held, index)
            return _thresholds.at(found, self.value(index)) if found.curves else found
        by_label = isinstance(node.value, ast.Attribute) and node.value.attr in ("loc", "iloc")
        match index:
            case ast.Tuple(elts=[first, second, *_]):
                return self._columns(self._rows(held, first, positional=by_label), second)
        return self._rows(held, index, positional=by_label)

    def _of_statistic(self, held: Value, index: ast.expr) -> Value:
        if any(one.kind == "correlations" for one in held.learned) and isinstance(
            self.value(index).typed, str
        ):
            changed = (one._replace(kind="correlation") for one in held.learned)
            return held._replace(learned=frozenset(changed))
        return held

    def _rows(self, held: Value, index: ast.expr, *, positional: bool = False) -> Value:
        match index:
            case ast.Slice(lower=None, upper=None):
                return held
            case ast.Slice(lower=lower, upper=upper):
                bounds = tuple(ast.unparse(one) if one else "" for one in (lower, upper))
                step = Step("slice", None, bounds, frozenset(self.loops))
                if held.steps is not None:
                    return Value(steps=(*held.steps, step))
                return held.narrowed(step)
        chosen = self.value(index)
        if chosen.steps is not None:
            return held.narrowed(*_folds.taken(self, chosen.steps, held, index))
        unknown = not (chosen.rows or chosen.is_mask or chosen.typed)
        if positional and unknown:  # rows that nobody here knows
            return held.narrowed(_condition(index, frozenset(self.loops)))
        if chosen.is_mask or (chosen.rows and chosen.column is None and chosen.items is None):
            return held.narrowed(_condition(index, frozenset(self.loops)))
        return self._columns(held, index, chosen)

    def _columns(self, held: Value, index: ast.expr, chosen: Value | None = None) -> Value:
        chosen = chosen or (self.value(index) if not isinstance(index, ast.Slice) else NOTHING)
        found = held
        if isinstance(chosen.typed, str):
            found = held.columns((chosen.typed,))._replace(column=chosen.typed)
        elif isinstance(chosen.typed, tuple):
            found = held.columns(chosen.typed)
        loops = chosen.loops.union(*(item.loops for item in chosen.items or ()))
        if found.predicted or not (loops or chosen.learned):
            return found
        return found._replace(loops=found.loops | loops, learned=found.learned | _choosing(chosen))


def _draws(node: ast.expr) -> bool:
    """Whether a statement only draws."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id in _DRAWING


def _holds_rows(value: Value) -> bool:
    return bool(value.rows) or any(map(_holds_rows, value.items or ()))


def _looped(value: Value, loop: int) -> Value:
    """A loop's element: another one with each turn, unless it is rows of the data."""
    if value.items is not None:
        return value._replace(items=tuple(_looped(item, loop) for item in value.items))
    if value is NOTHING:
        return Value(loops=frozenset((loop,)))
    if value.rows or value.steps is not None:
        return value
    return value._replace(loops=value.loops | {loop})


def _choosing(value: Value) -> frozenset[Learned]:
    """What names taken from a statistic carry: something only where they were chosen by it."""
    return frozenset(one for one in value.learned if one.kind == "correlation")


def _condition(index: ast.expr, loops: frozenset[int]) -> Step:
    negated = False
    while isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.Invert):
        index, negated = index.operand, not negated
    return Step("filter", ast.unparse(index), negated, loops)
