"""What a call does to rows: it splits, learns, trains, evaluates, or hands them on."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from poc_graduate.rules.poc5_evaluation import _models, _statistics, _tables, _thresholds
from poc_graduate.rules.poc5_evaluation._called import Called
from poc_graduate.rules.poc5_evaluation._events import Split
from poc_graduate.rules.poc5_evaluation._values import (
    MASK,
    NOTHING,
    Learned,
    Rows,
    Step,
    Value,
    combined,
    joined,
)
from poc_graduate.rules.view import keyword

if TYPE_CHECKING:
    from poc_graduate.rules.poc5_evaluation._interpret import Interpreter

_READS = re.compile(
    r"(read|load|fetch|get|make|import|from|query|open|gen|download)_?\w*|\w*(data|sql|csv|query)\w*",
    re.I,
)
_NO_DATA = re.compile(
    r"load_model|get_dummies|make_scorer|getenv|get_ipython|make_\w*(pipeline|transformer|union)"
    r"|load_ext|get_?logger|makedirs",
    re.I,
)
_APPLIED = frozenset("apply map applymap transform pipe agg assign".split())


def call(here: Interpreter, node: ast.Call) -> Value:
    """What is known of a call's result; what it does is written into the flow."""
    called = Called(here, node)
    name = called.name
    if isinstance(node.func, ast.Name) and name in here.functions:
        return here.inlined(name, node, called.args, called.keywords)
    if name == "train_test_split":
        return _split(here, called)
    if name in ("dump", "load") and (kept := _kept(here, called)) is not None:
        return kept
    if not called.receiver.objects or called.receiver.rows:
        made = _models.made(here, called)
        if made is not None:
            return made
    done = _models.done(here, called)
    if done is not None:
        return done
    known = _KNOWN.get(name)
    if known is not None:
        found = known(here, called)
        if found is not None:
            return found
    return _handed_on(here, called)


def _kept(here: Interpreter, called: Called) -> Value | None:
    """What a file holds that the notebook has written itself: the model it dumped is loaded."""
    path = called.given(0 if called.name == "load" else 1, "filename")[0].typed
    if not isinstance(path, str):
        return None
    if called.name == "load":
        return here.files.get(path)
    here.files[path] = called.given(0, "value")[0]
    return NOTHING


def state(here: Interpreter, value: Value) -> frozenset[Learned]:
    """What transformers have learned."""
    return _models.state(here, value)


def _split(here: Interpreter, called: Called) -> Value:
    """`train_test_split`: two parts of each argument, the same rows of all."""
    node = called.node
    options = {word.arg: word.value for word in node.keywords}
    seed = options.get("random_state")
    if isinstance(seed, ast.Constant) and seed.value is not None and not here.loops:
        # The same seed and sizes deal the same rows alike, wherever the call stands.
        key: object = tuple(sorted(f"{k}={ast.unparse(v)}" for k, v in options.items()))
    else:
        key = (id(node), here.context)
    shuffle = options.get("shuffle")
    shuffled = not (isinstance(shuffle, ast.Constant) and shuffle.value is False)
    loops = frozenset(here.loops)
    parts: list[Value] = []
    for value in called.args:
        dealt = value
        if not dealt.rows:  # groups of rows, each a row of its own from here on
            dealt = value._replace(rows=frozenset((Rows(("made", id(node))),)), learned=frozenset())
        parts += [dealt.narrowed(Step("part", key, side, loops, here.ways)) for side in (0, 1)]
    if called.args:
        argument = node.args[0] if node.args else None
        here.flow.splits.append(Split(node, here.cell, called.args[0], shuffled, argument))
    return Value(items=tuple(parts))


def _stacked(here: Interpreter, called: Called) -> Value | None:
    """Rows below one another; beside one another they stay those of the first."""
    if called.receiver.items is not None and called.name == "append":
        return _grown(here, called)
    if _statistics.along_columns(called):
        several = called.given(0, "objs")[0]
        return combined(several.items or (several,))
    parts = [called.receiver] if called.receiver.rows else []
    for value in called.args:
        if value.typed == "repeated":
            return _copied(here, called, joined(value.items or ())._replace(typed=None))
        parts += value.items or (value,)
    return _without_groups(joined(parts)._replace(items=None)) if parts else None


def _without_groups(value: Value) -> Value:
    """Groups below one another are together what was grouped."""
    rows = (
        Rows(one.source, tuple(step for step in one.steps if step.kind != "group"))
        for one in value.rows
    )
    return value._replace(rows=frozenset(rows))


def _gathered(here: Interpreter, called: Called) -> Value | None:
    """An array of a list: pieces that a loop has put there are together what it went through."""
    held, _ = called.given(0, "object", "a", "data")
    if held.items is None or held.rows:
        return None
    found = joined(held.items)._replace(items=None, typed=None)
    rows = frozenset(Rows(one.source, _outside(one.steps, here.loops)) for one in found.rows)
    return found._replace(rows=rows) if rows else None


def _outside(steps: tuple[Step, ...], loops: list[int]) -> tuple[Step, ...]:
    """Steps without the last ones that loops took which are over."""
    while steps and steps[-1].kind == "slice" and steps[-1].loops - set(loops):
        steps = steps[:-1]
    return steps


def _aligned(here: Interpreter, called: Called) -> Value | None:
    """`one.align(other)`: both, each with its own rows."""
    other, _ = called.given(0, "other")
    return Value(items=(called.receiver, other)) if called.receiver.rows else None


def _grown(here: Interpreter, called: Called) -> Value | None:
    """A list that grows."""
    if isinstance(called.node.func, ast.Attribute) and called.args:
        held, added = called.receiver, called.args[0]
        if held.items is not None and added is not NOTHING:
            more = (added,) if called.name == "append" else (added.items or ())
            here.store(called.node.func.value, held._replace(items=(*held.items, *more)))
            return NOTHING
    return None


def _sample(here: Interpreter, called: Called) -> Value | None:
    subject, node = called.receiver, called.node
    if not subject.rows:
        return None
    replaces = keyword(node, "replace")
    if isinstance(replaces, ast.Constant) and replaces.value is True:
        return _drawn(here, called, _copied(here, called, subject))
    size = called.given(1, "frac")[1]
    if isinstance(size, ast.Constant) and size.value == 1:
        return subject
    return _drawn(here, called, subject)


def _drawn(here: Interpreter, called: Called, subject: Value) -> Value:
    key = (id(called.node), here.context)
    return subject.narrowed(Step("draw", key, True, frozenset(here.loops), here.ways))


def _resample(here: Interpreter, called: Called) -> Value | None:
    """`sklearn.utils.resample` draws with replacement unless told not to."""
    if called.receiver is not NOTHING:
        return None
    replaces = keyword(called.node, "replace")
    if isinstance(replaces, ast.Constant) and replaces.value is False:
        return called.given(0)[0]
    results = [_copied(here, called, value) for value in called.args if value.rows]
    return results[0] if len(results) == 1 else Value(items=tuple(results))


def _copied(here: Interpreter, called: Called, subject: Value) -> Value:
    learned = here.learn(called.node, subject.rows, "copies")
    return subject._replace(learned=subject.learned | learned)


def _drop(here: Interpreter, called: Called) -> Value | None:
    """Columns, and what they carry, or the rows that another part has."""
    subject = called.receiver
    if not subject.rows:
        return None
    labels = called.given(0, "columns", "labels", "index")[0]
    dropped = subject
    if labels.steps and labels.steps[-1].kind in ("draw", "slice", "filter"):
        last = labels.steps[-1]
        opposite = False if last.kind != "filter" else not last.part
        if last.kind != "slice":
            dropped = subject.narrowed(replace(last, part=opposite))
        else:
            dropped = subject.narrowed(Step("filter", ("dropped", last.part), True))
    elif isinstance(labels.typed, str):
        dropped = subject.without((labels.typed,))
    elif isinstance(labels.typed, tuple):
        dropped = subject.without(labels.typed)
    elif labels is NOTHING and _drops_unknown_rows(called.node):
        unknown = ast.unparse(called.node.args[0])
        dropped = subject.narrowed(Step("filter", ("dropped", unknown), True))
    chosen = frozenset(one for one in labels.learned if one.kind == "correlation")
    dropped = dropped._replace(learned=dropped.learned | chosen, column=None)
    return _in_place(here, called, dropped)


def _drops_unknown_rows(node: ast.Call) -> bool:
    """Whether labels are dropped that are worked out, and no columns."""
    match node:
        case ast.Call(args=[ast.List() | ast.Constant()]):
            return False
        case ast.Call(args=[_]):
            return keyword(node, "axis") is None
    return False


def _end(here: Interpreter, called: Called) -> Value | None:
    """The first or last rows."""
    size = called.given(0, "n")[1]
    text = ast.unparse(size) if size is not None else "5"
    bounds = ("", text) if called.name == "head" else (f"-{text}", "")
    return called.receiver.narrowed(Step("slice", None, bounds)) if called.receiver.rows else None


def _pop(here: Interpreter, called: Called) -> Value | None:
    name = called.given(0)[0].typed
    if not called.receiver.rows or not isinstance(name, str):
        return None
    if isinstance(called.node.func, ast.Attribute):
        here.store(called.node.func.value, called.receiver.without((name,)))
    return called.receiver.columns((name,))._replace(column=name)


def _condition(here: Interpreter, called: Called) -> Value | None:
    found = called.receiver if called.receiver is not NOTHING else called.given(0)[0]
    labels = called.given(0)[0]
    if called.name == "isin" and labels.steps:
        return labels
    return found._replace(is_mask=True) if found.rows else MASK


def _random_mask(here: Interpreter, called: Called) -> Value | None:
    return NOTHING


def _permuted(here: Interpreter, called: Called) -> Value | None:
    subject = called.given(0)[0]
    return subject if subject.rows else Value(steps=())


def _applied(here: Interpreter, called: Called) -> Value | None:
    """A function of each value, row or column: a lambda is looked into, for what it closes over."""
    subject = called.receiver
    inner = next((arg for arg in called.node.args if isinstance(arg, ast.Lambda)), None)
    function = called.node.args[0] if called.node.args else None
    elementwise = (
        subject.column is not None
        or called.name in ("map", "applymap")
        or _statistics.along_columns(called)
    )
    windowed = inner is not None and _statistics.of_neighbours(inner.body)
    if called.name in ("transform", "agg") and _statistics.grouped(called.node) and not windowed:
        return _statistics.statistic(here, called)
    param = subject._replace(rows=frozenset()) if elementwise else subject
    if inner is not None and subject.rows:
        scope = here.scopes[-1]
        before = dict(scope.names)
        for argument in inner.args.args:
            scope.names[argument.arg] = param
        made = here.value(inner.body)
        scope.names = before
        found = subject._replace(learned=subject.learned | made.learned)
        return found
    if isinstance(function, ast.Name) and function.id in here.functions and subject.rows:
        made = here.inlined(function.id, called.node, [param], {})
        return subject._replace(learned=subject.learned | made.learned)
    return None


def _in_place(here: Interpreter, called: Called, found: Value) -> Value:
    """The result, put back where the call changes its receiver."""
    inplace = keyword(called.node, "inplace")
    if isinstance(inplace, ast.Constant) and inplace.value is True:
        if isinstance(called.node.func, ast.Attribute):
            here.store(called.node.func.value, found)
        return NOTHING
    return found


def _handed_on(here: Interpreter, called: Called) -> Value:
    """Any other call: rows of what it is given, with all that this carries."""
    name, node = called.name, called.node
    everything = called.everything
    if everything.rows:
        if name in _tables.NOT_ROWS:
            return Value(
                learned=frozenset(o for o in everything.learned if o.kind == "correlation")
            )
        if name in _tables.NO_ROWS - {"list", "sorted", "round", "abs", "array"}:
            return NOTHING
        found = everything
        if found.typed is not None or found.items is not None:
            found = everything._replace(typed=None, items=None)
        if called.receiver.is_mask:
            found = found._replace(is_mask=True)
        if called.receiver.rows and name in (
            "reset_index",
            "set_index",
            "copy",
            "astype",
            "to_numpy",
        ):
            found = called.receiver._replace(column=called.receiver.column)
        return _in_place(here, called, found)
    if everything.predicted or everything.learned or everything.objects or everything.curves:
        return everything._replace(typed=None)
    reads = isinstance(node.func, ast.Name) or called.receiver is NOTHING
    if reads and _READS.fullmatch(name) and not _NO_DATA.search(name):
        return Value(rows=frozenset((Rows(("call", id(node), here.context)),)))
    if name in ("list", "sorted", "tuple", "tqdm", "next"):
        found = called.given(0)[0]
        return _next(found) if name == "next" else found
    return everything if everything.steps is not None or everything.items else NOTHING


def _next(value: Value) -> Value:
    if value.folds is None:
        return value.element()
    sides = (Step("part", value.folds, side) for side in (0, 1))
    return Value(items=tuple(Value(steps=(side,)) for side in sides))


_Handler = Callable[["Interpreter", Called], "Value | None"]
_KNOWN: dict[str, _Handler] = {
    **dict.fromkeys(_tables.STATISTICS, _statistics.statistic),
    **dict.fromkeys(_tables.LEARNING_FUNCTIONS, _statistics.learning_function),
    **dict.fromkeys(_tables.LAGS, _statistics.lag),
    **dict.fromkeys(_tables.STACKED, _stacked),
    **dict.fromkeys(_APPLIED - {"agg", "assign"}, _applied),
    **dict.fromkeys(
        "isin isna isnull notna notnull contains between duplicated startswith endswith".split(),
        _condition,
    ),
    **dict.fromkeys(("array", "asarray", "stack", "tensor"), _gathered),
    **dict.fromkeys(_thresholds.CHOOSES, _thresholds.choice),
    "align": _aligned,
    "cut": _statistics.cut,
    "corr": _statistics.correlations,
    "corrwith": _statistics.correlations,
    "sample": _sample,
    "resample": _resample,
    "drop": _drop,
    "pop": _pop,
    "extend": _grown,
    "permutation": _permuted,
    "head": _end,
    "tail": _end,
}
