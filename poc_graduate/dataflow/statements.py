"""Running statements on what is known: assignments, loops, definitions, imports."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, Literal

from poc_graduate.dataflow.aliases import (
    FOREIGN,
    UNKNOWN,
    Value,
    holding,
    join,
    part_of,
    with_more,
)
from poc_graduate.dataflow.definitions import Definitions
from poc_graduate.dataflow.effects import Effects
from poc_graduate.dataflow.functions import Arguments, Code
from poc_graduate.dataflow.names import ScopeNames, target_names


class Walker(Definitions):
    """Frames that run statements."""

    def inside(
        self,
        kind: Literal["function", "class", "comprehension"],
        names: ScopeNames,
        *,
        code: Code | None = None,
        effects: Effects | None = None,
    ) -> Walker:
        """A frame for code inside this one."""
        parent = None if kind == "function" else self
        return Walker(
            self.knowledge, effects or self.effects, kind, names=names, code=code, parent=parent
        )

    def run(self, body: Iterable[ast.stmt]) -> None:
        """Run statements in order, as far as they are reached."""
        for node in body:
            if self.dead:
                break
            self.statement(node)

    def statement(self, node: ast.stmt) -> None:
        """Run one statement."""
        special = _RUN.get(type(node))
        if special is not None:
            special(self, node)
        else:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.evaluate(child)

    # simple statements

    def _expression(self, node: ast.Expr) -> None:
        self.last = self.evaluate(node.value)

    def _assign(self, node: ast.Assign) -> None:
        value = self.last = self._assigned(node.targets, node.value)
        for target in node.targets:
            self.assign(target, value, node.value)
            shared = len(node.targets) > 1 and not (value.flat and value.fixed)
            if shared and isinstance(target, ast.Name):
                value = value._replace(roots=value.roots | self.lookup(target.id).roots)

    def _assigned(self, targets: list[ast.expr], node: ast.expr) -> Value:
        if isinstance(node, ast.Tuple | ast.List) and len(targets) == 1:
            target = targets[0]
            if isinstance(target, ast.Tuple | ast.List) and _pairwise(target, node):
                values = [self.evaluate(element) for element in node.elts]
                for one, value in zip(target.elts, values, strict=True):
                    self.assign(one, value)
                return UNKNOWN
        return self.evaluate(node)

    def assign(self, target: ast.expr, value: Value, source: ast.expr | None = None) -> None:
        """Bind a target to a value.

        Args:
            target: The target.
            value: What is assigned.
            source: Its expression, where that is one for the whole target.
        """
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            pairs = isinstance(source, ast.Tuple | ast.List) and _pairwise(target, source)
            if pairs:
                return  # done one by one
            known = source is not None or bool(value.kind) or bool(value.classes)
            element = self.elements(value) if known else part_of(value)
            for one in target.elts:
                self.assign(one, element)
                inner = one.value if isinstance(one, ast.Starred) else one
                if value.related and isinstance(inner, ast.Name):
                    element = element._replace(roots=element.roots | self.lookup(inner.id).roots)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, holding("list", [value]))
        else:
            self.store(target, value)

    def _ann_assign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value))
        elif not isinstance(node.target, ast.Name):
            self.evaluate(node.target)

    def _aug_assign(self, node: ast.AugAssign) -> None:
        target = node.target
        if not isinstance(target, ast.Name):
            part = self.evaluate(target)
            added = self.evaluate(node.value)
            self.store(target, part if part.fixed else added)
            return
        value = self.lookup(target.id)
        added = self.evaluate(node.value)
        if value.flat and value.fixed:
            text = None
            if value.text is not None and added.text is not None:
                text = value.text + added.text
            kind = value.kind if value.kind == added.kind else "number"
            same = kind if kind != "number" or added.flat else ""
            plain = added.flat and added.fixed
            self.bind(target.id, Value(same, text=text, flat=plain, fixed=plain))
            return
        if value.classes:
            self.call_method(value, "__iadd__", Arguments([added]), None)
        known = bool(value.kind) and value.kind != FOREIGN
        array = "numpy.ndarray" in (value.kind, added.kind) or added.kind.startswith("pandas.")
        held = None if array else part_of(added)
        self.change(value, held, sure=known or self.function.kind == "notebook")
        kept = value if held is None else with_more(value, held)
        self.bind(target.id, kept._replace(classes=value.classes))

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._delete_target(target)

    def _delete_target(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.unbind(target.id)
        elif isinstance(target, ast.Tuple | ast.List):
            for one in target.elts:
                self._delete_target(one)
        else:
            self.store(target, None)

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.effects.give(self.evaluate(node.value))
        self.dead = True

    def _raise(self, node: ast.Raise) -> None:
        for part in (node.exc, node.cause):
            if part is not None:
                value = self.evaluate(part)
                self.effects.throw(value._replace(kind="", flat=False, fixed=False))
        self.dead = True

    def _leave_loop(self, node: ast.Break | ast.Continue) -> None:
        # what holds here holds after the loop as well: keep it by joining with the state before
        self.dead = False

    # definitions

    # compound statements

    def _if(self, node: ast.If) -> None:
        self.touch(self.evaluate(node.test), "__bool__", "__len__")
        self.branches([lambda: self.run(node.body), lambda: self.run(node.orelse)])

    def _while(self, node: ast.While) -> None:
        def once() -> None:
            self.touch(self.evaluate(node.test), "__bool__", "__len__")
            self.run(node.body)

        self.repeat(once)
        self.run(node.orelse)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        source = self.evaluate(node.iter)
        element = self.elements(source)

        def once() -> None:
            self.assign(node.target, element)
            self.run(node.body)

        self.repeat(once)
        self.run(node.orelse)

    def _try(self, node: ast.Try) -> None:
        frame = self.function if self.kind == "comprehension" else self
        after: list[dict[str, Value]] = []

        def body() -> None:
            self.run(node.body)
            after.append(dict(frame.variables))
            self.run(node.orelse)

        def handle(handler: ast.ExceptHandler) -> Callable[[], None]:
            def run() -> None:
                frame.join_with(after[0], set(), {})
                if handler.type is not None:
                    self.evaluate(handler.type)
                if handler.name:
                    self._handle_named(handler)
                else:
                    self.run(handler.body)

            return run

        self.branches([body, *(handle(handler) for handler in node.handlers)])
        dead, self.dead = self.dead, False
        self.run(node.finalbody)
        self.dead = self.dead or dead

    def _handle_named(self, handler: ast.ExceptHandler) -> None:
        assert handler.name is not None
        frame = self.function if self.kind == "comprehension" else self
        before = frame.variables.get(handler.name)
        frame.variables[handler.name] = self.effects.raised or UNKNOWN
        self.run(handler.body)
        if before is None:
            frame.variables.pop(handler.name, None)
        else:
            frame.variables[handler.name] = before

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        kept: set[str] = set()
        for item in node.items:
            value = self.evaluate(item.context_expr)
            if value.classes:
                for name in ("__enter__", "__exit__"):
                    self.call_method(value, name, Arguments(), None)
            elif value.code:
                self.run_held(value, [value])
            elif not value.target and value.kind in ("", FOREIGN):
                self.change(value, sure=False)
            restored = self._restored(item.context_expr)
            kept |= {restored} if restored else set()
            if item.optional_vars is not None:
                entered = join(part_of(value), value) if not value.classes else value
                known = value.kind if value.kind != FOREIGN else ""
                kind = known or entered.kind
                self.assign(item.optional_vars, entered._replace(kind=kind))
        before = set(self.effects.settings)
        self.run(node.body)
        self.effects.settings -= kept - before

    def _restored(self, node: ast.expr) -> str:
        """Component of ambient state that a context manager puts back."""
        called = node.func if isinstance(node, ast.Call) else node
        if not isinstance(called, ast.Attribute | ast.Name):
            return ""
        quiet = self.inside("comprehension", ScopeNames(), effects=Effects())
        target = quiet.evaluate(called).target
        if not target or not self.knowledge.tables.function(target).restores:
            return ""
        return target.partition(".")[0] if not target.startswith("seaborn") else "matplotlib"

    def _match(self, node: ast.Match) -> None:
        subject = self.evaluate(node.subject)
        element = part_of(subject)

        def case(one: ast.match_case) -> Callable[[], None]:
            def run() -> None:
                for name in target_names(one.pattern):
                    self.bind(name, join(element, subject))
                if one.guard is not None:
                    self.evaluate(one.guard)
                self.run(one.body)

            return run

        self.branches([*(case(one) for one in node.cases), lambda: None])

    last: Value = UNKNOWN


def _pairwise(target: ast.Tuple | ast.List, source: ast.Tuple | ast.List) -> bool:
    if len(target.elts) != len(source.elts):
        return False
    return not any(isinstance(e, ast.Starred) for e in (*target.elts, *source.elts))


_RUN: dict[type[ast.AST], Callable[[Walker, Any], None]] = {
    ast.Expr: Walker._expression,
    ast.Assign: Walker._assign,
    ast.AnnAssign: Walker._ann_assign,
    ast.AugAssign: Walker._aug_assign,
    ast.Delete: Walker._delete,
    ast.Import: Walker.import_,
    ast.ImportFrom: Walker.import_from,
    ast.Return: Walker._return,
    ast.Raise: Walker._raise,
    ast.Break: Walker._leave_loop,
    ast.Continue: Walker._leave_loop,
    ast.FunctionDef: Walker.define_function,
    ast.AsyncFunctionDef: Walker.define_function,
    ast.ClassDef: Walker.define_class,
    ast.If: Walker._if,
    ast.While: Walker._while,
    ast.For: Walker._for,
    ast.AsyncFor: Walker._for,
    ast.Try: Walker._try,
    ast.TryStar: Walker._try,
    ast.With: Walker._with,
    ast.AsyncWith: Walker._with,
    ast.Match: Walker._match,
}
