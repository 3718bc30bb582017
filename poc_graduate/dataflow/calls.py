"""What a call does: to its object, its arguments, and through the functions that it runs."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable, Iterable

from poc_graduate.dataflow.aliases import (
    FOREIGN,
    NO_ROOTS,
    NONE,
    TYPE,
    UNKNOWN,
    Root,
    Value,
    copied,
    holding,
    instance,
    join,
    part_of,
)
from poc_graduate.dataflow.effects import Effects
from poc_graduate.dataflow.files import named_files, translated
from poc_graduate.dataflow.frame import Frame
from poc_graduate.dataflow.functions import Arguments, ClassCode, Code, matched
from poc_graduate.dataflow.ipython import run_ipython
from poc_graduate.dataflow.libraries import UNKNOWN as UNKNOWN_BEHAVIOUR
from poc_graduate.dataflow.libraries import Behaviour
from poc_graduate.dataflow.textual import names_in_text

_DYNAMIC = frozenset({"builtins.exec", "builtins.eval", "builtins.globals"})
_DYNAMIC_AT_TOP = frozenset({"builtins.vars", "builtins.locals"})
_CONSUMES = frozenset(
    f"builtins.{name}"
    for name in (
        "list tuple set frozenset dict sum min max sorted any all next zip enumerate map filter iter "
        "reversed"
    ).split()
)
_ONLY_LOOKS = frozenset(
    f"builtins.{name}"
    for name in (
        "hasattr isinstance issubclass callable getattr setattr delattr id type print repr str vars "
        "dir len help hash bool"
    ).split()
)
_CACHES = frozenset({"lru_cache", "cache", "cached_property"})
_FLAT_PACKAGES = frozenset({"os", "glob", "re", "string", "time", "math"})


class Calls(Frame):
    """Frames that know what calls do."""

    def call(self, node: ast.Call) -> Value:
        """Evaluate a call."""
        if isinstance(node.func, ast.Attribute):
            receiver = self.evaluate(node.func.value)
            given = self.arguments(node)
            name = node.func.attr
            if receiver.target and not receiver.kind:
                return self.call_library(f"{receiver.target}.{name}", given, node)
            return self.call_method(receiver, name, given, node)
        callee = self.evaluate(node.func)
        return self.call_value(callee, self.arguments(node), node)

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
            self.run_held(callee, everything)
            return holding("", everything)._replace(flat=False)
        if callee.target:
            return self.call_library(callee.target, given, node)
        if callee.classes:
            return self.call_method(callee, "__call__", given, None)
        if callee.kind == "type":
            self.hand_on(given)
            return holding("", given.everything())
        return self.behave(UNKNOWN_BEHAVIOUR, callee, given, None)

    def note_call(self, callee: Value) -> None:
        """A function of the notebook is called or handed on."""
        if self.function.kind == "notebook":
            self.effects.calls.update(root.name for root in callee.roots)

    # functions and classes of the notebook

    def call_all(self, callee: Value, given: Arguments, *, sure: bool = True) -> Value:
        """Call each function that a value may be."""
        result: Value | None = None
        sure = sure and len(callee.code) == 1
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
        """Call a function of the notebook: everything that it does happens here."""
        given_to = matched(code, given, callee)
        summary = self.summarise(code, given_to)

        effects, function = self.effects, self.function

        def resolve(root: Root) -> frozenset[Root]:
            if root.scope == "global":
                return frozenset({root})
            if isinstance(code.node, ast.GeneratorExp):
                inside = code.around is not None and code.around is function
                return frozenset({root}) if inside else callee.roots
            if root.scope == "local":
                return NO_ROOTS
            if root.scope == "parameter":
                value = given_to.get(root.name)
                if value is None:
                    return callee.roots
                return NO_ROOTS if value.flat and value.fixed else value.roots
            return self.outer_roots(root, code, callee)

        effects.include(summary, function.here)
        if summary is not effects:
            if function.kind == "notebook":
                # objects that this statement made are nobody else's yet
                made = {Root("global", name) for name in function.here}
                effects.translate(summary, lambda root: resolve(root) - made, sure=sure)
                for name, written in summary.writes.items():
                    function.variables[name] = written
            else:
                effects.translate(summary, resolve, sure=sure)
            effects.files += [translated(use, given_to, given) for use in summary.files]
            for holder, held in list(summary.holds):
                self._fill(code, given, holder, held, given_to)
        handed = [value for value in given_to.values() if value.code]
        if handed:
            self.hand_on(given)
        return self._result(code, callee, summary, resolve, given)

    def _fill(
        self,
        code: Code,
        given: Arguments,
        holder: Root,
        held: Root,
        given_to: dict[str, Value],
    ) -> None:
        """A function put one of its arguments into another."""
        if holder.scope != "parameter" or held.scope != "parameter":
            return
        if isinstance(code.node, ast.GeneratorExp) or held.name not in given_to:
            return
        names = [a.arg for a in (*code.node.args.posonlyargs, *code.node.args.args)]
        if holder.name in names and names.index(holder.name) < len(given.nodes):
            self.update(given.nodes[names.index(holder.name)], given_to[held.name])

    def _result(
        self,
        code: Code,
        callee: Value,
        summary: Effects,
        resolve: Callable[[Root], frozenset[Root]],
        given: Arguments,
    ) -> Value:
        if code.is_generator and not isinstance(code.node, ast.GeneratorExp):
            everything = holding("generator", [*given.everything()])
            given_back = summary.returns or UNKNOWN
            yielded = {one for root in given_back.roots for one in resolve(root)}
            return everything._replace(
                roots=everything.roots | callee.roots | yielded,
                code=everything.code | {code},
                flat=False,
            )
        returned = summary.returns
        if returned is None:
            return NONE
        roots: set[Root] = set()
        for root in returned.roots:
            roots |= resolve(root)
        held = returned.code
        if held or any(root.scope == "parameter" for root in returned.roots):
            for value in given.everything():
                held |= value.code
        if code.decorators & _CACHES and not (returned.flat and returned.fixed):
            roots |= callee.roots
        return returned._replace(roots=frozenset(roots), code=held, name="")

    def outer_roots(self, root: Root, code: Code, callee: Value) -> frozenset[Root]:
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

    def make(self, code: ClassCode, callee: Value, given: Arguments) -> Value:
        """Make an instance of a class of the notebook."""
        roots: set[Root] = set(callee.roots) if code.shares_state else set()
        held: set[Code | ClassCode] = set()
        known = False
        for name in ("__new__", "__init__", "__post_init__"):
            member = code.find(name)
            if member is None:
                continue
            known = known or name == "__init__"
            for method in member.code:
                if not isinstance(method, Code):
                    continue
                self_value = Value(classes=frozenset({code}))
                arguments = given if name != "__post_init__" else Arguments()
                self.call_code(method, callee, arguments.after(self_value, None))
                given_to = matched(method, arguments.after(self_value, None), callee)
                summary = self.summarise(method, given_to)
                kept = _kept_by(method, summary)
                if kept is not None:
                    held |= kept.code
                    for root in kept.roots:
                        if root.scope == "parameter":
                            roots |= given_to.get(root.name, UNKNOWN).roots
                        elif root.scope == "global":
                            roots.add(root)
                        elif root.scope == "outer":
                            roots |= self.outer_roots(root, method, callee)
        everything = holding("", given.everything())
        if not known:
            roots |= everything.roots
        return Value(
            roots=frozenset(roots),
            code=frozenset(held) | everything.code,
            classes=frozenset({code}),
        )

    def hand_on(self, given: Arguments, receiver: Value | None = None) -> None:
        """Whoever gets these arguments may call the functions among them."""
        if self.handing:  # whoever was handed these has been taken to call all of them
            return
        everything = given.everything()
        for value in everything:
            if value.code:
                self.note_call(value)
                others = [other for other in everything if other is not value]
                self.run_held(value, others if receiver is None else [*others, receiver])

    def run_held(self, value: Value, others: Iterable[Value]) -> None:
        """Functions in a value may be called with any of these."""
        if self.handing:
            return
        self.handing = True
        rest = Arguments(rest=list(others))
        for code in value.code:
            if isinstance(code, ClassCode):
                self.make(code, value, rest)
            else:
                self.call_code(code, value, rest, sure=False)
        self.handing = False

    def use_instances(self, values: Iterable[Value], *, special: bool) -> None:
        """A library may call methods of these instances of classes of the notebook.

        Args:
            values: The instances, among others.
            special: It only calls methods such as `__len__` or `__str__`.
        """
        for value in values:
            for code in value.classes | value.inner:
                for method in code.methods():
                    name = getattr(method.node, "name", "")
                    if name == "__init__" or (special and not name.startswith("__")):
                        continue
                    given = Arguments(rest=[value]).after(value, None)
                    self.call_code(method, value, given, sure=False)

    # libraries

    def call_library(self, target: str, given: Arguments, node: ast.expr | None) -> Value:
        """Call a function or class of a library."""
        tables = self.knowledge.tables
        at_top = self.function.kind == "notebook" and not given.everything()
        if target in _DYNAMIC or (target in _DYNAMIC_AT_TOP and at_top):
            self.effects.dynamic = True
        if target == "builtins.get_ipython":
            self.effects.ipython = True
            return Value(kind="IPython")
        if target == "builtins.super":
            return self._super()
        kind, _, name = target.removeprefix("builtins.").rpartition(".")
        behaviour = (
            tables.method(kind, name) if tables.group(kind) and kind in tables.types else None
        )
        if behaviour is None:
            behaviour = tables.function(target)
        if target in _CONSUMES:
            for value in given.everything():
                self.consume(value)
        self.note_files(behaviour, target, given, None, node)
        value = self.behave(behaviour, None, given, node, target=target)
        if target.startswith("pathlib.") or target in ("os.path.join", "builtins.str"):
            value = _path(value, given)
        if behaviour.resources and node is not None:
            texts = [v.text for v in given.everything()]
            value = value._replace(remade=":memory:" not in texts and "" not in texts)
        if (not tables.knows(target) and not value.kind) or _works_in_place(given):
            value = value._replace(kind=FOREIGN)
        return value

    def _super(self) -> Value:
        code = self.function.code
        if code is None or code.owner is None or isinstance(code.node, ast.GeneratorExp):
            return UNKNOWN
        parameters = [*code.node.args.posonlyargs, *code.node.args.args]
        receiver = self.lookup(parameters[0].arg) if parameters else UNKNOWN
        bases = {c for base in code.owner.bases for c in base.code if isinstance(c, ClassCode)}
        return Value(kind="" if bases else "super", roots=receiver.roots, classes=frozenset(bases))

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
        tables = self.knowledge.tables
        if receiver.kind == "":
            return self._by_name(receiver, name, given, node)
        behaviour = tables.method(receiver.kind, name) or UNKNOWN_BEHAVIOUR
        self.note_files(behaviour, receiver.kind, given, receiver, node)
        value = self.behave(behaviour, receiver, given, node, name=name)
        if behaviour.resources:
            value = value._replace(remade=receiver.remade)
        if receiver.kind == "pathlib.Path" and value.kind == "pathlib.Path":
            value = (
                _path(value, Arguments([receiver, *given.positional]))
                if name == "joinpath"
                else value
            )
        return value

    def _class_method(self, receiver: Value, name: str, given: Arguments) -> Value:
        result: Value | None = None
        for code in receiver.code:
            member = code.find(name) if isinstance(code, ClassCode) else None
            for method in member.code if member is not None else ():
                if isinstance(method, Code):
                    passed = (
                        given.after(receiver, None) if "classmethod" in method.decorators else given
                    )
                    result = join(result, self.call_code(method, receiver, passed))
        if result is None:
            self.hand_on(given)
            return holding("", [*given.everything(), receiver])
        return result

    def _own_method(
        self, receiver: Value, name: str, given: Arguments, node: ast.Call | None
    ) -> Value:
        result: Value | None = None
        for code in receiver.classes:
            member = code.find(name)
            if member is not None and member.code:
                for method in member.code:
                    result = join(result, self._run_method(method, receiver, given, node))
                continue
            behaviours = [
                found
                for base in code.library_bases()
                if (found := self.knowledge.tables.method(base.removeprefix("builtins."), name))
            ]
            behaviour = behaviours[0] if behaviours else UNKNOWN_BEHAVIOUR
            plain = receiver._replace(classes=frozenset())
            result = join(result, self.behave(behaviour, plain, given, node, name=name))
            self.use_instances([receiver], special=False)
        return result or UNKNOWN

    def _run_method(
        self,
        method: Code | ClassCode,
        receiver: Value,
        given: Arguments,
        node: ast.Call | None,
        *,
        sure: bool = True,
    ) -> Value:
        if isinstance(method, ClassCode):
            return self.make(method, receiver, given)
        if "staticmethod" in method.decorators:
            return self.call_code(method, receiver, given, sure=sure)
        place = (
            node.func.value if node is not None and isinstance(node.func, ast.Attribute) else None
        )
        return self.call_code(method, receiver, given.after(receiver, place), sure=sure)

    def _by_name(
        self, receiver: Value, name: str, given: Arguments, node: ast.Call | None
    ) -> Value:
        """A method of an object of unknown type: what all types do that have one of this name."""
        result: Value | None = None
        for method in self.knowledge.methods.get(name, ()):
            result = join(result, self._run_method(method, receiver, given, node, sure=False))
        behaviours = self.knowledge.tables.by_name(name)
        if result is not None and not behaviours:
            return result
        behaviour = _common(behaviours)
        self.note_files(behaviour, "", given, receiver, node)
        sure = all(one.effect == "mutates" for one in behaviours)
        value = self.behave(behaviour, receiver, given, node, sure=sure, name=name)
        return join(result, value) if result is not None else value

    def note_files(
        self,
        behaviour: Behaviour,
        target: str,
        given: Arguments,
        receiver: Value | None,
        node: ast.expr | None,
    ) -> None:
        """Files that a call names."""
        if behaviour.files and node is not None:
            self.effects.files += named_files(behaviour.files, target, given, receiver, node)

    def behave(
        self,
        behaviour: Behaviour,
        receiver: Value | None,
        given: Arguments,
        node: ast.expr | None,
        *,
        sure: bool = True,
        target: str = "",
        name: str = "",
    ) -> Value:
        """Do what a table says.

        Args:
            behaviour: What the table says.
            receiver: The object, where a method is called or the callee is unknown.
            given: The arguments.
            node: The call.
            sure: Whether the table is surely the right one.
            target: The function's full name, where it is one.
            name: The method's name, where it is one.

        Returns:
            What the call gives.
        """
        everything = given.everything()
        if target not in _ONLY_LOOKS:
            self.hand_on(given, receiver)
        self.use_instances(everything, special=target.startswith("builtins."))
        self._ambient(behaviour, given, target, node)
        for value in everything:
            if value.kind and self.knowledge.tables.iterator(value.kind):
                self.consume(value)
        place = (
            node.func.value
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            else None
        )
        changed, changed_node = receiver, place
        if receiver is None:
            changed, changed_node = given.get(0)
        out = given.keywords.get("out")
        if out is not None and not (out.flat and out.fixed):
            self.change(out)
            return out
        in_place = given.keyword_nodes.get("inplace")
        if in_place is not None and changed is not None:
            if not isinstance(in_place, ast.Constant) or in_place.value:
                self.change(changed, sure=isinstance(in_place, ast.Constant))
                return NONE if isinstance(in_place, ast.Constant) else UNKNOWN
        if _works_in_place(given):
            for value in everything:
                self.change(value, sure=False)
        inserted = everything if receiver is not None else everything[1:]
        held = holding("", inserted, fixed=True)
        if behaviour.effect == "mutates" and changed is not None:
            self.change(changed, held if behaviour.keeps else None, sure=sure)
            if behaviour.keeps:
                self.update(changed_node, held)
        elif behaviour.effect == "own" and receiver is not None:
            self.change(receiver, sure=False)
        elif behaviour.effect == "unknown":
            for value in everything:
                if value.kind not in ("function", "class"):
                    self.change(value, sure=False)
            if receiver is not None and receiver.kind not in ("function", "class", "module"):
                self.change(receiver, held, sure=False)
                self.update(changed_node, held)
        return self._given_back(behaviour, receiver, given, target)

    def _copied(self, gives: str, receiver: Value | None, given: Arguments, target: str) -> Value:
        """A new container of the elements of the first argument, and of other arguments."""
        sources, others = [], [v for v in given.everything() if v.kind != "function"]
        chooses = target in ("builtins.max", "builtins.min")
        if receiver is not None:
            sources = [receiver]
        elif len(given.positional) == 1 or (given.positional and not chooses):
            sources, others = others[:1], others[1:]
        value = (
            join(copied(gives, sources), holding(gives, others))
            if others
            else copied(gives, sources)
        )
        if (
            target in ("builtins.max", "builtins.min", "builtins.next", "builtins.sum")
            and value.flat
        ):
            return Value(gives, flat=True, fixed=True)
        return value if "." not in gives else value._replace(flat=False, fixed=False)

    def _given_back(
        self, behaviour: Behaviour, receiver: Value | None, given: Arguments, target: str
    ) -> Value:
        everything = given.everything()
        if behaviour.none:
            return NONE
        gives = self.knowledge.tables.called(behaviour.gives) or behaviour.gives
        if gives == "type":
            return TYPE
        if gives and (self.knowledge.tables.immutable(gives) or instance(gives).fixed):
            fixed = instance(gives)
            return fixed if fixed.fixed else Value(gives, flat=True, fixed=True)
        if behaviour.effect == "fresh" and not behaviour.keeps:
            package = target.partition(".")[0]
            flat = package in _FLAT_PACKAGES or (receiver is not None and receiver.kind == "str")
            return Value(gives, flat=flat)
        shared = everything if receiver is None else [*everything, receiver]
        if behaviour.effect == "own" and receiver is not None:
            shared = [receiver]
        if behaviour.effect == "mutates" and receiver is not None and not behaviour.keeps:
            shared = [receiver]
            if gives == receiver.kind and gives:
                return receiver
        if behaviour.effect == "copies":
            return self._copied(gives, receiver, given, target)
        value = holding(gives, shared)
        if "." in gives:
            return value._replace(flat=False, fixed=False)
        if not gives and value.flat and behaviour.effect == "unknown":
            value = value._replace(flat=False)
        if not gives and value.flat:
            return part_of(value) if shared else value
        return value

    def _ambient(
        self, behaviour: Behaviour, given: Arguments, target: str, node: ast.expr | None
    ) -> None:
        effects = self.effects
        effects.shows = effects.shows or behaviour.shows
        effects.acts = effects.acts or behaviour.acts
        if behaviour.settings:
            effects.settings.add(behaviour.settings)
        if behaviour.seeds:
            effects.seeds.add(behaviour.seeds)
        if behaviour.draws:
            effects.draws.add(behaviour.draws)
        generator = behaviour.unseeded or (behaviour.sometimes if _asks_to_draw(given) else "")
        if generator and not _seeded(given):
            if target.rpartition(".")[2][:1].isupper():
                self.knowledge.unseeded.add(generator)
            else:
                effects.draws.add(generator)
        if behaviour.fits:
            effects.draws |= self.knowledge.unseeded
        if behaviour.text and isinstance(node, ast.Call):
            for name in names_in_text(node, given, behaviour.text):
                if name in self.knowledge.bound and name not in self.function.here:
                    self.lookup(name)
                    self.effects.reads.add(name)

    # going through things

    def touch(self, value: Value, *names: str) -> None:
        """An operation that may run special methods of a class of the notebook."""
        for name in names:
            if name not in self.knowledge.methods:
                continue
            if value.classes:
                if any(code.find(name) for code in value.classes):
                    self.call_method(value, name, Arguments(), None)
            elif value.kind == "" and not value.flat:
                for method in self.knowledge.methods[name]:
                    self._run_method(method, value, Arguments(), None, sure=False)

    def consume(self, value: Value) -> None:
        """Something goes through an object, which may use it up."""
        if value.flat and value.fixed:
            return
        if value.classes:
            for name in ("__iter__", "__next__"):
                self.call_method(value, name, Arguments(), None)
            return
        iterator = self.knowledge.tables.iterator(value.kind)
        if value.kind and value.kind != FOREIGN and not iterator:
            return
        for root in value.roots:
            kind = self.kind_of(root)
            if self.knowledge.tables.iterator(kind):
                self.change(Value(roots=frozenset({root})))
            elif kind in ("", FOREIGN):
                self.change(Value(roots=frozenset({root})), sure=False)
        if value.code:
            self.run_held(value, [value])

    def kind_of(self, root: Root) -> str:
        """Type of the object that a root stands for."""
        found: Value | None = None
        if root.scope == "global":
            found = self.knowledge.variables.get(root.name)
        elif root.scope == "outer":
            owner = self.owner_of(root.name)
            found = owner.variables.get(root.name) if owner is not None else None
        else:
            found = self.function.given.get(root.name, self.function.variables.get(root.name))
        if found is None:
            return ""
        return "instance" if found.classes and not found.kind else found.kind

    def elements(self, value: Value) -> Value:
        """What going through an object gives, one at a time."""
        self.consume(value)
        if value.kind == "str":
            return instance("str")
        if value.kind == "range":
            return instance("int")
        return part_of(value)

    def summarise(self, code: Code, given_to: dict[str, Value]) -> Effects:
        """What a call of a function does, in terms of its parameters."""
        raise NotImplementedError


def _common(behaviours: tuple[Behaviour, ...]) -> Behaviour:
    if not behaviours:
        return UNKNOWN_BEHAVIOUR
    if len(behaviours) == 1:
        return (
            behaviours[0]
            if behaviours[0].gives != "self"
            else dataclasses.replace(behaviours[0], gives="")
        )
    effects = {one.effect for one in behaviours}
    effect = next(
        e for e in ("mutates", "unknown", "own", "views", "copies", "fresh") if e in effects
    )
    gives = {one.gives for one in behaviours}
    first = behaviours[0]
    return Behaviour(
        effect=effect,
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


def _kept_by(method: Code, summary: Effects) -> Value | None:
    """What a constructor put into the new object."""
    if isinstance(method.node, ast.GeneratorExp) or summary.receiver is None:
        return summary.receiver
    arguments = method.node.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    if not names:
        return summary.receiver
    own = Root("parameter", names[0])
    held = {two for one, two in summary.holds if one == own}
    return summary.receiver._replace(roots=summary.receiver.roots | held)


def _seeded(given: Arguments) -> bool:
    for name in ("random_state", "seed", "rng"):
        value = given.keywords.get(name)
        if value is not None:
            return value.kind != "NoneType"
    return bool(given.rest)


def _asks_to_draw(given: Arguments) -> bool:
    """Whether arguments ask for a way of working that draws: `shuffle=True`, `solver="saga"`."""
    for name, node in given.keyword_nodes.items():
        if name in ("shuffle", "solver", "svd_solver", "probability", "n_restarts_optimizer"):
            return not (isinstance(node, ast.Constant) and node.value in (False, 0, "lbfgs"))
    return False


def _works_in_place(given: Arguments) -> bool:
    """Whether arguments ask for work in place: `copy=False`, `overwrite_a=True`."""
    for name, node in given.keyword_nodes.items():
        if isinstance(node, ast.Constant):
            if name == "copy" and node.value is False:
                return True
            if name.startswith("overwrite_") and node.value is True:
                return True
    return False


def _path(value: Value, given: Arguments) -> Value:
    """A path joined from parts, if all of them are known."""
    texts = [one.text for one in given.everything()]
    if not texts or any(text is None for text in texts):
        return value
    name = given.positional[0].name if len(texts) == 1 and given.positional else ""
    joined = "/".join(text.rstrip("/") if text != "/" else "" for text in texts if text is not None)
    return value._replace(text=joined, name=name)
