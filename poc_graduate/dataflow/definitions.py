"""Functions, classes and imports: what defining them does, and what calling them will do."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.aliases import UNKNOWN, Root, Value, holding
from poc_graduate.dataflow.effects import Effects
from poc_graduate.dataflow.expressions import Expressions
from poc_graduate.dataflow.functions import Arguments, ClassCode, Code, Context, context_of
from poc_graduate.dataflow.names import ScopeNames, imported_name, last_name, parameter_names

_TRANSPARENT = frozenset(
    """
    lru_cache cache wraps contextmanager asynccontextmanager staticmethod classmethod property njit
    jit dataclass total_ordering abstractmethod cached_property setter getter deleter final override
    typechecked no_type_check singledispatch runtime_checkable vectorize unique
    """.split()
)
"""Decorators that leave a function what it is."""

_DEEPEST = 40
"""Calls inside calls that are followed; deeper ones are taken to hand back what they get."""


class Definitions(Expressions):
    """Frames that know what definitions do."""

    def define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        code = self.make_code(node)
        names = [_decorator_name(decorator) for decorator in node.decorator_list]
        code.decorators = frozenset(names)
        value = self.function_value(code)
        if self.kind == "notebook" and node.decorator_list:
            value = value._replace(roots=value.roots | {Root("global", node.name)})
        for decorator in reversed(node.decorator_list):
            known = self.evaluate(decorator)
            if _decorator_name(decorator) in _TRANSPARENT and not known.code:
                continue
            value = self.call_value(known, Arguments([value]), decorator)
        self.bind(node.name, value)

    def define_class(self, node: ast.ClassDef) -> None:
        bases = tuple(self.evaluate(base) for base in node.bases)
        metaclasses = [self.evaluate(keyword.value) for keyword in node.keywords]
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
            if _decorator_name(decorator) not in _TRANSPARENT or known.code:
                result = self.call_value(known, Arguments([value]), decorator)
                value = result._replace(kind="class") if code in result.code else result
        for metaclass in metaclasses:
            if metaclass.kind == "class":
                self.call_value(metaclass, Arguments(rest=[value]), node.keywords[0].value)
        for base in bases:
            for parent in base.code:
                member = parent.find("__init_subclass__") if isinstance(parent, ClassCode) else None
                for method in member.code if member is not None else ():
                    if isinstance(method, Code):
                        self.call_code(method, base, Arguments([value]))
        self.bind(node.name, value)

    def import_(self, node: ast.Import) -> None:
        for alias in node.names:
            package = alias.name.partition(".")[0]
            self.knowledge.tables.use(package)
            target = alias.name if alias.asname else package
            self.bind(imported_name(alias), Value(target=target, flat=True, fixed=True))
            if package == "__main__":
                self.effects.dynamic = True

    def import_from(self, node: ast.ImportFrom) -> None:
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
            roots = set(effects.returns.roots)
            for holder, held in effects.holds:  # what is returned holds what was put into it
                if holder.scope == "local" and holder in roots:
                    roots.add(held)
            effects.returns = effects.returns._replace(roots=frozenset(roots))
            for made in effects.returns.code:
                if isinstance(made, Code) and made.around is frame:
                    captured = effects.returns.roots | self.captured(made)
                    effects.returns = effects.returns._replace(roots=captured)
        if is_method:
            receiver = frame.variables.get(parameters[0], UNKNOWN)
            others = receiver.roots - {Root("parameter", parameters[0])}
            effects.receiver = receiver._replace(roots=others)
        return effects

    def annotated(self, annotation: ast.expr) -> str:
        """Type that an annotation names, where a table describes it and its objects can change."""
        quiet = self.inside("comprehension", ScopeNames(), effects=Effects())
        if not isinstance(annotation, ast.Name | ast.Attribute):
            return ""
        target = quiet.evaluate(annotation).target.removeprefix("builtins.")
        tables = self.knowledge.tables
        return target if target in tables.types and not tables.immutable(target) else ""


def _decorator_name(node: ast.expr) -> str:
    return last_name(node.func if isinstance(node, ast.Call) else node)


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
