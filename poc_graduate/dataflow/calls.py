"""What a call does: who is called, and with what."""

from __future__ import annotations

import ast
import dataclasses
from functools import cache

from poc_graduate.dataflow.aliases import FOREIGN, UNKNOWN, Value, holding, join
from poc_graduate.dataflow.frame import Frame
from poc_graduate.dataflow.functions import Arguments, ClassCode, Code
from poc_graduate.dataflow.ipython import run_ipython
from poc_graduate.dataflow.libraries import UNKNOWN as UNKNOWN_BEHAVIOUR
from poc_graduate.dataflow.libraries import Behaviour
from poc_graduate.dataflow.library_calls import LibraryCalls, works_in_place

_DYNAMIC = frozenset({"builtins.exec", "builtins.eval", "builtins.globals"})
_DYNAMIC_AT_TOP = frozenset({"builtins.vars", "builtins.locals"})
_CONSUMES = frozenset(
    f"builtins.{name}"
    for name in (
        "list tuple set frozenset dict sum min max sorted any all next zip enumerate map filter "
        "iter reversed"
    ).split()
)


class Calls(LibraryCalls):
    """Frames that evaluate calls."""

    def call(self, node: ast.Call) -> Value:
        """Evaluate a call."""
        if isinstance(node.func, ast.Attribute):
            receiver = self.evaluate(node.func.value)
            given = self.arguments(node)
            name = node.func.attr
            kind = self.told(receiver, name)
            if kind:
                receiver = receiver._replace(kind=kind)
                self.refine(node.func.value, kind)
            if receiver.target and not receiver.kind:
                return self.call_library(f"{receiver.target}.{name}", given, node)
            return self.call_method(receiver, name, given, node)
        callee = self.evaluate(node.func)
        return self.call_value(callee, self.arguments(node), node)

    def told(self, value: Value, name: str) -> str:
        """Type of an unknown object that has an attribute which only objects of one type have."""
        if value.kind not in ("", FOREIGN) or value.classes or value.code:
            return ""
        if value.target and not value.kind:
            return ""
        return "" if name in self.knowledge.methods else self.knowledge.tables.told(name)

    def refine(self, node: ast.expr, kind: str) -> None:
        """What a variable holds has turned out to be of a type."""
        if isinstance(node, ast.Name):
            frame: Frame | None = self
            while frame is not None:
                found = frame.variables.get(node.id)
                if found is not None:
                    frame.variables[node.id] = found._replace(kind=kind, target="")
                    return
                frame = frame.parent

    def arguments(self, node: ast.Call) -> Arguments:
        """Evaluate a call's arguments."""
        given = Arguments()
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                given.rest.append(self.elements(self.evaluate(argument.value)))
            elif given.rest:
                given.rest.append(self.evaluate(argument))
            else:
                given.positional.append(self.evaluate(argument))
                given.nodes.append(argument)
        for keyword in node.keywords:
            if keyword.arg is None:
                given.rest.append(self.elements(self.evaluate(keyword.value)))
            else:
                given.keywords[keyword.arg] = self.evaluate(keyword.value)
                given.keyword_nodes[keyword.arg] = keyword.value
        return given

    def call_value(self, callee: Value, given: Arguments, node: ast.expr) -> Value:
        """Call whatever a value is."""
        if callee.code:
            self.note_call(callee)
            if callee.kind in ("function", "method", "class"):
                return self.call_all(callee, given)
            # it holds functions: a partial, a decorated function, a container
            self.hand_on(given)
            everything = [*given.everything(), callee]
            given_back = self.run_held(callee, everything)
            self.change(callee, holding("", given.everything(), fixed=True), sure=False)
            return holding("", [*everything, given_back])._replace(flat=False)
        if callee.target:
            return self.call_library(callee.target, given, node)
        if callee.classes:
            return self.call_method(callee, "__call__", given, None)
        if callee.kind == "type":
            self.hand_on(given)
            return holding("", given.everything())
        return self.behave(UNKNOWN_BEHAVIOUR, callee, given, None)

    # functions of libraries

    def call_library(self, target: str, given: Arguments, node: ast.expr | None) -> Value:
        """Call a function or class of a library."""
        patched = self.knowledge.patched.get(target)
        if patched is not None and patched.code:
            return self.call_value(patched, given, node or ast.Constant(None))
        tables = self.knowledge.tables
        if target.startswith("builtins."):
            special = self._builtin(target, given)
            if special is not None:
                return special
        if target.endswith("_accessor"):  # pandas.api.extensions.register_dataframe_accessor
            self.knowledge.accessors.update(v.text for v in given.positional if v.text)
        behaviour = tables.function_or_method(target)
        self.note_files(behaviour, target, given, None, node)
        value = self.behave(behaviour, None, given, node, target=target)
        if target.startswith("pathlib.") or target in ("os.path.join", "builtins.str"):
            value = _path(value, given)
        if behaviour.resources and node is not None:
            texts = [v.text for v in given.everything()]
            value = value._replace(remade=":memory:" not in texts and "" not in texts)
        if (not tables.knows(target) and not value.kind) or works_in_place(given):
            value = value._replace(kind=FOREIGN)
        return value

    def _builtin(self, target: str, given: Arguments) -> Value | None:
        """Builtin functions that no table can describe."""
        at_top = self.function.kind == "notebook" and not given.everything()
        if target in _DYNAMIC or (target in _DYNAMIC_AT_TOP and at_top):
            self.effects.dynamic = True
            for namespace in given.positional[1:]:
                self.change(namespace, sure=False)
        if target == "builtins.get_ipython":
            self.effects.ipython = True
            return Value(kind="IPython")
        if target == "builtins.super":
            return self._super()
        if target == "builtins.getattr" and len(given.positional) > 1:
            return self._getattr(given)
        chooses = target in ("builtins.max", "builtins.min") and len(given.positional) > 1
        if target in _CONSUMES and not chooses:
            for value in (*given.positional, *given.rest):
                self.consume(value)
        return None

    def _getattr(self, given: Arguments) -> Value:
        holder, name = given.positional[0], given.positional[1].text
        if name is not None:
            value = self.attribute(holder, name)
        else:
            methods = {method for code in holder.classes for method in code.methods()}
            value = Value(roots=holder.roots, code=holder.code | methods, classes=holder.inner)
        return join(value, given.positional[2]) if len(given.positional) > 2 else value

    def attribute(self, value: Value, name: str) -> Value:
        """An attribute of a value."""
        raise NotImplementedError

    def _super(self) -> Value:
        code = self.function.code
        if code is None or code.owner is None or isinstance(code.node, ast.GeneratorExp):
            return UNKNOWN
        parameters = [*code.node.args.posonlyargs, *code.node.args.args]
        receiver = self.lookup(parameters[0].arg) if parameters else UNKNOWN
        bases = {c for base in code.owner.bases for c in base.code if isinstance(c, ClassCode)}
        return Value(kind="" if bases else "super", roots=receiver.roots, classes=frozenset(bases))

    # methods

    def call_method(
        self, receiver: Value, name: str, given: Arguments, node: ast.Call | None
    ) -> Value:
        """Call a method, of a class of the notebook or of a library."""
        if receiver.kind == "IPython":
            return run_ipython(self, name, given)
        if receiver.kind == "class":
            return self._class_method(receiver, name, given)
        if receiver.code and receiver.kind not in ("function", "method"):
            self.note_call(receiver)
            self.run_held(receiver, [*given.everything(), receiver])
        if receiver.classes:
            return self._own_method(receiver, name, given, node)
        if receiver.kind == "":
            return self._by_name(receiver, name, given, node)
        behaviour = self.knowledge.tables.method(receiver.kind, name)
        if behaviour is None and name in self.knowledge.methods:  # somebody put it there
            return self._by_name(receiver, name, given, node)
        behaviour = behaviour or UNKNOWN_BEHAVIOUR
        self.note_files(behaviour, receiver.kind, given, receiver, node)
        value = self.behave(behaviour, receiver, given, node)
        if behaviour.resources:
            value = value._replace(remade=receiver.remade)
        if receiver.kind == value.kind == "pathlib.Path" and name == "joinpath":
            value = _path(value, Arguments([receiver, *given.positional]))
        return value

    def _class_method(self, receiver: Value, name: str, given: Arguments) -> Value:
        result: Value | None = None
        for code in receiver.code:
            member = code.find(name) if isinstance(code, ClassCode) else None
            for method in member.code if member is not None else ():
                if isinstance(method, Code):
                    own = "classmethod" in method.decorators
                    passed = given.after(receiver, None) if own else given
                    result = join(result, self.call_code(method, receiver, passed))
        if result is not None:
            return result
        self.hand_on(given)
        if name == "register":  # abstract base classes
            self.change(receiver, holding("", given.everything()), sure=False)
        return holding("", [*given.everything(), receiver])

    def _own_method(
        self, receiver: Value, name: str, given: Arguments, node: ast.Call | None
    ) -> Value:
        result: Value | None = None
        for code in receiver.classes:
            member = code.find(name)
            if member is not None and member.code:
                for method in member.code:
                    result = join(result, self.run_method(method, receiver, given, node))
                continue
            bases = [base.removeprefix("builtins.") for base in code.library_bases()]
            found = (self.knowledge.tables.method(base, name) for base in bases)
            behaviour = next((one for one in found if one is not None), UNKNOWN_BEHAVIOUR)
            plain = receiver._replace(classes=frozenset())
            result = join(result, self.behave(behaviour, plain, given, node))
            self.use_instances([receiver], special=False)
        return result or UNKNOWN

    def _by_name(
        self, receiver: Value, name: str, given: Arguments, node: ast.Call | None
    ) -> Value:
        """A method of an object of unknown type: what all types do that have one of this name."""
        result: Value | None = None
        for method in self.knowledge.methods.get(name, ()):
            result = join(result, self.run_method(method, receiver, given, node, sure=False))
        behaviours = self.knowledge.tables.by_name(name)
        if result is not None and not behaviours:
            return result
        behaviour = _common(behaviours)
        self.note_files(behaviour, "", given, receiver, node)
        sure = all(one.effect == "mutates" for one in behaviours)
        value = self.behave(behaviour, receiver, given, node, sure=sure)
        return join(result, value) if result is not None else value


@cache
def _common(behaviours: tuple[Behaviour, ...]) -> Behaviour:
    """What holds for a method whose object may be of any of several types."""
    if not behaviours:
        return UNKNOWN_BEHAVIOUR
    first = behaviours[0]
    if len(behaviours) == 1:
        return first if first.gives != "self" else dataclasses.replace(first, gives="")
    effects = {one.effect for one in behaviours}
    order = ("mutates", "unknown", "own", "views", "copies", "fresh")
    gives = {one.gives for one in behaviours}
    return Behaviour(
        effect=next(effect for effect in order if effect in effects),
        gives=first.gives if len(gives) == 1 and first.gives != "self" else "",
        keeps=any(one.keeps for one in behaviours),
        none=all(one.none for one in behaviours),
        shows=all(one.shows for one in behaviours),
        fits=any(one.fits for one in behaviours),
        acts=any(one.acts for one in behaviours),
        unseeded=next((one.unseeded for one in behaviours if one.unseeded), ""),
        files=next((one.files for one in behaviours if one.files), ""),
        text=next((one.text for one in behaviours if one.text), ""),
    )


def _path(value: Value, given: Arguments) -> Value:
    """A path joined from parts, if all of them are known."""
    texts = [one.text for one in given.everything()]
    if not texts or any(text is None for text in texts):
        return value
    name = given.positional[0].name if len(texts) == 1 and given.positional else ""
    joined = "/".join(text.rstrip("/") if text != "/" else "" for text in texts if text is not None)
    return value._replace(text=joined, name=name)
