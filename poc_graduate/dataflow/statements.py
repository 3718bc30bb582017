"""Running statements on what is known: assignments, loops, definitions, imports."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, Literal

from poc_graduate.dataflow.aliases import FOREIGN, UNKNOWN, Root, Value, holding, join, part_of
from poc_graduate.dataflow.effects import Effects
from poc_graduate.dataflow.expressions import Expressions
from poc_graduate.dataflow.frame import root_name
from poc_graduate.dataflow.functions import Arguments, ClassCode, Code, Context, context_of
from poc_graduate.dataflow.names import ScopeNames, imported_name, parameter_names, target_names

_TRANSPARENT = frozenset(
    """
    lru_cache cache wraps contextmanager asynccontextmanager staticmethod classmethod property njit jit
    dataclass total_ordering abstractmethod cached_property setter getter deleter final override
    typechecked no_type_check singledispatch runtime_checkable vectorize unique
    """.split()
)
"""Decorators that leave a function what it is."""

_DEEPEST = 40
"""Calls inside calls that are followed; deeper ones are taken to hand back what they get."""


class Walker(Expressions):
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
            if len(node.targets) > 1 and isinstance(target, ast.Name):
                if not (value.flat and value.fixed):
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
            if source is not None and isinstance(source, ast.Tuple | ast.List):
                if _pairwise(target, source):
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

    def store(self, target: ast.expr, value: Value | None) -> None:
        """Set (or delete, without a value) an attribute, an item or a slice."""
        if not isinstance(target, ast.Attribute | ast.Subscript):
            return
        holder = self.evaluate(target.value)
        if isinstance(target, ast.Subscript):
            self.evaluate(target.slice)
        attribute = target.attr if isinstance(target, ast.Attribute) else ""
        if holder.target and not holder.kind:
            self._set_member(target, f"{holder.target}.{attribute}".rstrip("."))
            return
        if holder.kind == "IPython":
            self.effects.dynamic = True
        if holder.classes:
            name = "__setattr__" if attribute else "__setitem__"
            if any(code.find(name) for code in holder.classes):
                given = Arguments([UNKNOWN, value or UNKNOWN])
                self.call_method(holder, name, given, None)
            self._setter(holder, attribute, value)
        behaviour = self.knowledge.tables.method(holder.kind, attribute) if holder.kind else None
        if behaviour is not None and behaviour.settings:
            self.effects.settings.add(behaviour.settings)
        if holder.fixed and isinstance(target.value, ast.Attribute):
            holder = self.evaluate(target.value.value)  # `df.index.name = …` changes the frame
        self.change(holder, value)
        if value is not None:
            self.update(target.value, value)
            if holder.kind == "class" and attribute:
                for code in holder.code:
                    if isinstance(code, ClassCode):
                        code.attributes[attribute] = value

    def _setter(self, holder: Value, attribute: str, value: Value | None) -> None:
        for code in holder.classes:
            member = code.find(attribute)
            for method in member.code if member is not None else ():
                if isinstance(method, Code) and "setter" in method.decorators:
                    self._run_method(method, holder, Arguments([value or UNKNOWN]), None)

    def _set_member(self, target: ast.expr, name: str) -> None:
        """A member of a library is set: a setting, or a patch."""
        setting = self.knowledge.tables.setting(name)
        package = name.partition(".")[0]
        if not setting:
            setting = "builtins" if package == "builtins" else "other"
        self.effects.settings.add(setting)
        root = root_name(target)
        if root is not None and setting == "other" and root in self.knowledge.bound:
            self.effects.changes.add(Root("global", root))

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
        self.change(value, added if known else None, sure=known or self.function.kind == "notebook")
        kept = holding(value.kind, [value, added]) if known else value
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

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            package = alias.name.partition(".")[0]
            self.knowledge.tables.use(package)
            target = alias.name if alias.asname else package
            self.bind(imported_name(alias), Value(target=target, flat=True, fixed=True))
            if package == "__main__":
                self.effects.dynamic = True

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        self.knowledge.tables.use(module.partition(".")[0])
        if module == "__main__":
            self.effects.dynamic = True
        for alias in node.names:
            if alias.name == "*":
                self.effects.dynamic = True
                self.knowledge.stars.append(module)
            else:
                self.bind(imported_name(alias), self.member(f"{module}.{alias.name}", frozenset()))

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.effects.give(self.evaluate(node.value))
        self.dead = True

    def _raise(self, node: ast.Raise) -> None:
        for part in (node.exc, node.cause):
            if part is not None:
                self.evaluate(part)
        self.dead = True

    def _leave_loop(self, node: ast.Break | ast.Continue) -> None:
        # what holds here holds after the loop as well: keep it by joining with the state before
        self.dead = False

    # definitions

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        code = self.make_code(node)
        names = [_last_name(decorator) for decorator in node.decorator_list]
        code.decorators = frozenset(names)
        value = self.function_value(code)
        if self.kind == "notebook" and node.decorator_list:
            value = value._replace(roots=value.roots | {Root("global", node.name)})
        for decorator in reversed(node.decorator_list):
            known = self.evaluate(decorator)
            if _last_name(decorator) in _TRANSPARENT and not known.code:
                continue
            value = self.call_value(known, Arguments([value]), decorator)
        self.bind(node.name, value)

    def _class(self, node: ast.ClassDef) -> None:
        bases = tuple(self.evaluate(base) for base in node.bases)
        for keyword in node.keywords:
            self.evaluate(keyword.value)
        code = ClassCode(node, bases=bases)
        frame = self.inside("class", self.knowledge.scopes.of(node))
        frame.variables = code.attributes
        frame.run(node.body)
        for name, attribute in code.attributes.items():
            for method in attribute.code:
                if isinstance(method, Code) and method.owner is None:
                    method.owner = code
                    self.knowledge.methods.setdefault(name, []).append(method)
        value = Value("class", code=frozenset({code}))
        if self.kind == "notebook" and node.decorator_list:
            value = value._replace(roots=frozenset({Root("global", node.name)}))
        for decorator in reversed(node.decorator_list):
            known = self.evaluate(decorator)
            if _last_name(decorator) not in _TRANSPARENT or known.code:
                result = self.call_value(known, Arguments([value]), decorator)
                value = result._replace(kind="class") if code in result.code else result
        for base in bases:
            for parent in base.code:
                member = parent.find("__init_subclass__") if isinstance(parent, ClassCode) else None
                for method in member.code if member is not None else ():
                    if isinstance(method, Code):
                        self.call_code(method, base, Arguments([value]))
        self.bind(node.name, value)

    def summarise(self, code: Code, given_to: dict[str, Value]) -> Effects:
        """What a call of a function does, in terms of its parameters.

        Args:
            code: The function.
            given_to: Parameter → what the call gives it.
        """
        if isinstance(code.node, ast.GeneratorExp):
            return code.summary or Effects()
        context = context_of(code, given_to)
        known = code.summaries.get(context)
        if known is not None and self._still_valid(known):
            return known
        knowledge = self.knowledge
        if code.partial is not None:
            knowledge.unsettled.append(code)
            return code.partial
        if knowledge.calling >= _DEEPEST:
            return Effects(returns=holding("", given_to.values()))
        before = len(knowledge.unsettled)
        code.partial = Effects()
        knowledge.calling += 1
        summary = self._summary(code, context)
        if len(knowledge.unsettled) > before:
            if knowledge.calling == 1:  # functions that call each other: once more, knowing that
                for other in knowledge.unsettled:
                    other.summaries.clear()
                code.partial = summary
                summary = self._summary(code, context)
                knowledge.unsettled.clear()
            else:
                knowledge.unsettled.append(code)
        knowledge.calling -= 1
        code.partial = None
        code.summaries[context] = summary
        return summary

    def _still_valid(self, summary: Effects) -> bool:
        for name, seen in summary.seen.items():
            now = self.knowledge.variables.get(name)
            if now is not None and now is not seen and not _alike(now, seen):
                return False
        return True

    def _summary(self, code: Code, context: Context) -> Effects:
        node = code.node
        assert not isinstance(node, ast.GeneratorExp)
        effects = Effects()
        frame = self.inside("function", code.names, code=code, effects=effects)
        annotations = {
            a.arg: a.annotation
            for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            if a.annotation is not None
        }
        parameters = parameter_names(node.args)
        known = dict(context)
        for name in parameters:
            value = known.get(name, UNKNOWN)._replace(roots=frozenset({Root("parameter", name)}))
            if name in annotations and not value.kind:
                kind = frame.annotated(annotations[name])
                value = value._replace(kind=kind)
            frame.variables[name] = value
        is_method = code.owner is not None and parameters and "staticmethod" not in code.decorators
        if is_method and code.owner is not None:
            first = frame.variables[parameters[0]]
            if "classmethod" in code.decorators:
                value = first._replace(kind="class", code=frozenset({code.owner}))
            else:
                value = first._replace(classes=first.classes | {code.owner})
            frame.variables[parameters[0]] = value
        frame.given = dict(frame.variables)
        if isinstance(node, ast.Lambda):
            effects.give(frame.evaluate(node.body))
        else:
            frame.run(node.body)
        if effects.returns is not None:
            for made in effects.returns.code:
                if isinstance(made, Code) and made.around is frame:
                    roots = effects.returns.roots | self.captured(made)
                    effects.returns = effects.returns._replace(roots=roots)
        if is_method:
            receiver = frame.variables.get(parameters[0], UNKNOWN)
            held = receiver.roots - {Root("parameter", parameters[0])}
            effects.receiver = receiver._replace(roots=held)
        return effects

    def annotated(self, annotation: ast.expr) -> str:
        """Type that an annotation names, where a table describes it and its objects can change."""
        quiet = self.inside("comprehension", ScopeNames(), effects=Effects())
        if not isinstance(annotation, ast.Name | ast.Attribute):
            return ""
        target = quiet.evaluate(annotation).target.removeprefix("builtins.")
        tables = self.knowledge.tables
        return target if target in tables.types and not tables.immutable(target) else ""

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
        frame.variables[handler.name] = UNKNOWN
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


def _last_name(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _alike(one: Value, other: Value) -> bool:
    return (
        one.kind == other.kind
        and one.target == other.target
        and one.code == other.code
        and one.classes == other.classes
        and one.inner == other.inner
        and one.text == other.text
        and one.flat == other.flat
        and one.fixed == other.fixed
    )


_RUN: dict[type[ast.AST], Callable[[Walker, Any], None]] = {
    ast.Expr: Walker._expression,
    ast.Assign: Walker._assign,
    ast.AnnAssign: Walker._ann_assign,
    ast.AugAssign: Walker._aug_assign,
    ast.Delete: Walker._delete,
    ast.Import: Walker._import,
    ast.ImportFrom: Walker._import_from,
    ast.Return: Walker._return,
    ast.Raise: Walker._raise,
    ast.Break: Walker._leave_loop,
    ast.Continue: Walker._leave_loop,
    ast.FunctionDef: Walker._function,
    ast.AsyncFunctionDef: Walker._function,
    ast.ClassDef: Walker._class,
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
