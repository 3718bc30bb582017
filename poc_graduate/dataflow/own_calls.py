"""What calls of the notebook's own functions and classes do where they are called."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable, Iterable

from poc_graduate.dataflow.aliases import (
    NO_ROOTS,
    NONE,
    UNKNOWN,
    Root,
    Value,
    holding,
    join,
)
from poc_graduate.dataflow.effects import Effects
from poc_graduate.dataflow.files import translated
from poc_graduate.dataflow.frame import Frame
from poc_graduate.dataflow.functions import Arguments, ClassCode, Code, matched

Resolve = Callable[[Root], frozenset[Root]]

_CACHES = frozenset({"lru_cache", "cache", "cached_property"})
_MAKING = ("__new__", "__init__", "__post_init__")


class OwnCalls(Frame):
    """Frames that know what functions and classes of the notebook do."""

    @abstractmethod
    def summarise(self, code: Code, given_to: dict[str, Value]) -> Effects:
        """What a call of a function does, in terms of its parameters."""

    @abstractmethod
    def call_method(
        self, receiver: Value, name: str, given: Arguments, node: ast.Call | None
    ) -> Value:
        """Call a method, of a class of the notebook or of a library."""

    @abstractmethod
    def hand_library_function(self, target: str, others: list[Value]) -> None:
        """Somebody may call a function of a library with any of these."""

    def note_call(self, callee: Value) -> None:
        """A function of the notebook is called or handed on."""
        if self.function.kind == "notebook":
            self.effects.calls.update(root.name for root in callee.roots)

    def call_all(self, callee: Value, given: Arguments) -> Value:
        """Call each function that a value may be."""
        result: Value | None = None
        sure = len(callee.code) == 1
        for code in callee.code:
            if isinstance(code, ClassCode):
                value = self.make(code, callee, given)
            elif callee.kind == "method":
                receiver = Value(roots=callee.roots, classes=callee.classes)
                value = self.call_code(code, callee, given.after(receiver, None), sure=sure)
            else:
                value = self.call_code(code, callee, given, sure=sure)
            result = join(result, value)
        return result or UNKNOWN

    def call_code(self, code: Code, callee: Value, given: Arguments, *, sure: bool = True) -> Value:
        """Call a function of the notebook: everything that it does happens here.

        Args:
            code: The function.
            callee: The object that is called, which keeps its defaults and its closure.
            given: The arguments.
            sure: Whether it is surely this function that is called, with these arguments.
        """
        given_to = matched(code, given, callee)
        summary = self.summarise(code, given_to)
        resolve = self._resolver(code, callee, given_to)
        effects, function = self.effects, self.function
        effects.include(summary, function.here)
        if summary is not effects:
            effects.translate(summary, self._not_made_here(resolve), sure=sure)
            for name, written in summary.writes.items():
                if function.kind == "notebook":
                    function.variables[name] = join(function.variables.get(name), written)
            for root in summary.unflattened:
                for one in resolve(root):
                    self.unflatten(one)
            effects.files += [translated(use, given_to, given) for use in summary.files]
            self._fill(code, given, summary, given_to)
        handed = UNKNOWN
        if any(value.code or value.kind == "bound method" for value in given_to.values()):
            handed = self.hand_on(given)
        result = self._result(code, callee, summary, resolve, given)
        if not (result.flat and result.fixed):
            result = result._replace(roots=result.roots | handed.roots)
        return result

    def _not_made_here(self, resolve: Resolve) -> Resolve:
        """Objects that the statement at hand made are nobody else's yet."""
        if self.function.kind != "notebook" or not self.function.here:
            return resolve
        made = {Root("global", name) for name in self.function.here}
        return lambda root: resolve(root) - made

    def _resolver(self, code: Code, callee: Value, given_to: dict[str, Value]) -> Resolve:
        """From a function's roots to those of the objects that it was given."""

        def resolve(root: Root) -> frozenset[Root]:
            if root.scope == "global":
                return frozenset({root})
            if isinstance(code.node, ast.GeneratorExp):
                inside = code.around is not None and code.around is self.function
                return frozenset({root}) if inside else callee.roots
            if root.scope == "local":
                return NO_ROOTS
            if root.scope == "parameter":
                value = given_to.get(root.name)
                if value is None:
                    return callee.roots
                return NO_ROOTS if value.flat and value.fixed else value.roots
            return self._outer_roots(root, code, callee)

        return resolve

    def _outer_roots(self, root: Root, code: Code, callee: Value) -> frozenset[Root]:
        """What a function's enclosing variable is at the place of the call."""
        around = code.around
        while around is not None and root.name not in around.names.bound:
            outer = around.function.code
            around = outer.around if outer is not None else None
        if around is None:
            return callee.roots
        if around is self.function:
            return around.variables.get(root.name, UNKNOWN).roots
        if self.owner_of(root.name) is around:
            return frozenset({root})
        return callee.roots

    def _fill(
        self, code: Code, given: Arguments, summary: Effects, given_to: dict[str, Value]
    ) -> None:
        """A function put some of its arguments into others."""
        if isinstance(code.node, ast.GeneratorExp):
            return
        names = [a.arg for a in (*code.node.args.posonlyargs, *code.node.args.args)]
        for holder, held in list(summary.holds):
            if holder.scope != "parameter" or held.scope != "parameter":
                continue
            position = names.index(holder.name) if holder.name in names else len(given.nodes)
            if held.name in given_to and position < len(given.nodes):
                self.update(given.nodes[position], given_to[held.name])

    def _result(
        self, code: Code, callee: Value, summary: Effects, resolve: Resolve, given: Arguments
    ) -> Value:
        returned = summary.returns
        if code.is_generator and not isinstance(code.node, ast.GeneratorExp):
            everything = holding("generator", given.everything())
            yielded = {one for root in (returned or UNKNOWN).roots for one in resolve(root)}
            return everything._replace(
                roots=everything.roots | callee.roots | yielded,
                code=everything.code | {code},
                flat=False,
            )
        if returned is None:
            return NONE
        roots = {one for root in returned.roots for one in resolve(root)}
        held = returned.code
        if held or any(root.scope == "parameter" for root in returned.roots):
            for value in given.everything():
                held |= value.code
        if code.decorators & _CACHES and not (returned.flat and returned.fixed):
            roots |= callee.roots
        return returned._replace(roots=frozenset(roots), code=held, name="")

    def make(self, code: ClassCode, callee: Value, given: Arguments) -> Value:
        """Make an instance of a class of the notebook."""
        roots: set[Root] = set(callee.roots) if code.shares_state else set()
        held: set[Code | ClassCode] = set()
        inner: set[ClassCode] = set()
        known = False
        for name in _MAKING:
            member = code.find(name)
            for method in member.code if member is not None else ():
                if not isinstance(method, Code):
                    continue
                known = known or name == "__init__"
                arguments = given if name != "__post_init__" else Arguments()
                arguments = arguments.after(Value(classes=frozenset({code})), None)
                self.call_code(method, callee, arguments)
                given_to = matched(method, arguments, callee)
                kept = _kept_by(method, self.summarise(method, given_to))
                held |= kept.code
                inner |= kept.inner
                resolve = self._resolver(method, callee, given_to)
                roots.update(one for root in kept.roots for one in resolve(root))
        everything = holding("", given.everything())
        if not known:
            roots |= everything.roots
        return Value(
            roots=frozenset(roots),
            code=frozenset(held) | everything.code,
            classes=frozenset({code}),
            inner=frozenset(inner) | everything.inner,
        )

    # functions and instances that are handed on

    def hand_on(self, given: Arguments, receiver: Value | None = None) -> Value:
        """Whoever gets these arguments may call the functions among them.

        Returns:
            What those calls may give.
        """
        results: list[Value] = []
        everything = given.everything()
        if self.handing:  # whoever was handed these has been taken to call all of them
            return UNKNOWN
        for value in everything:
            if not (value.code or value.kind == "bound method" or value.target):
                continue
            others = [other for other in everything if other is not value]
            if receiver is not None:
                others.append(receiver)
            if value.code:
                self.note_call(value)
                results.append(self.run_held(value, others))
            elif value.kind == "bound method":
                self.change(value, holding("", others, fixed=True), sure=False)
            elif value.target and not value.kind:
                self.hand_library_function(value.target, others)
        return holding("", results) if results else UNKNOWN

    def run_held(self, value: Value, others: Iterable[Value]) -> Value:
        """Functions in a value may be called with any of these.

        Returns:
            What they may give.
        """
        if self.handing:
            return UNKNOWN
        self.handing = True
        rest = Arguments(rest=list(others))
        result: Value | None = None
        for code in value.code:
            if isinstance(code, ClassCode):
                result = join(result, self.make(code, value, rest))
            else:
                result = join(result, self.call_code(code, value, rest, sure=False))
        self.handing = False
        return result or UNKNOWN

    def use_instances(self, values: Iterable[Value], *, special: bool) -> None:
        """A library may call methods of these instances of classes of the notebook.

        Args:
            values: The instances, among others.
            special: It only calls methods such as `__len__` or `__str__`.
        """
        if not self.knowledge.methods:
            return
        for value in values:
            for code in value.classes | value.inner:
                for method in code.methods():
                    name = getattr(method.node, "name", "")
                    if name == "__init__" or (special and not name.startswith("__")):
                        continue
                    given = Arguments(rest=[value]).after(value, None)
                    self.call_code(method, value, given, sure=False)

    def run_method(
        self,
        method: Code | ClassCode,
        receiver: Value,
        given: Arguments,
        node: ast.Call | None = None,
        *,
        sure: bool = True,
    ) -> Value:
        """Call a method of a class of the notebook on an object.

        Args:
            method: The method.
            receiver: The object.
            given: The other arguments.
            node: The call, if there is one.
            sure: Whether it is surely this method that is called.
        """
        if isinstance(method, ClassCode):
            return self.make(method, receiver, given)
        if "staticmethod" in method.decorators:
            return self.call_code(method, receiver, given, sure=sure)
        named = node is not None and isinstance(node.func, ast.Attribute)
        place = node.func.value if named else None  # type: ignore[union-attr]
        return self.call_code(method, receiver, given.after(receiver, place), sure=sure)

    def touch(self, value: Value, *names: str, given: Arguments | None = None) -> Value | None:
        """An operation that may run special methods of a class of the notebook.

        Args:
            value: The operand.
            names: The special methods, `__bool__`.
            given: Their other arguments.

        Returns:
            What they give, if there are any.
        """
        result: Value | None = None
        given = given or Arguments()
        for name in names:
            methods = self.knowledge.methods.get(name)
            if not methods:
                continue
            if value.classes:
                if any(code.find(name) for code in value.classes):
                    result = join(result, self.call_method(value, name, given, None))
            elif value.kind == "" and not value.flat:
                for method in methods:
                    result = join(result, self.run_method(method, value, given, sure=False))
        return result


def _kept_by(method: Code, summary: Effects) -> Value:
    """What a constructor put into the new object."""
    kept = summary.receiver or UNKNOWN
    if isinstance(method.node, ast.GeneratorExp):
        return kept
    arguments = method.node.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    if not names:
        return kept
    own = Root("parameter", names[0])
    return kept._replace(roots=kept.roots | {two for one, two in summary.holds if one == own})
