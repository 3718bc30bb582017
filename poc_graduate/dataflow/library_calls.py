"""What calls into libraries do, to their object and arguments, as the tables say."""

from __future__ import annotations

import ast

from poc_graduate.dataflow.aliases import (
    FOREIGN,
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
from poc_graduate.dataflow.files import named_files
from poc_graduate.dataflow.functions import Arguments
from poc_graduate.dataflow.libraries import Behaviour
from poc_graduate.dataflow.own_calls import OwnCalls
from poc_graduate.dataflow.textual import names_in_text

_ONLY_LOOKS = frozenset(
    f"builtins.{name}"
    for name in (
        "hasattr isinstance issubclass callable getattr setattr delattr id type print repr str "
        "vars dir len help hash bool"
    ).split()
)
_FLAT_PACKAGES = frozenset({"os", "glob", "re", "string", "time", "math"})
_ITSELF = ("function", "class", "module")


class LibraryCalls(OwnCalls):
    """Frames that know what libraries do."""

    def behave(
        self,
        behaviour: Behaviour,
        receiver: Value | None,
        given: Arguments,
        node: ast.expr | None,
        *,
        sure: bool = True,
        target: str = "",
    ) -> Value:
        """Do what a table says.

        Args:
            behaviour: What the table says.
            receiver: The object, where a method is called or the callee is unknown.
            given: The arguments.
            node: The call.
            sure: Whether the table is surely the right one.
            target: The function's full name, where it is one.

        Returns:
            What the call gives.
        """
        everything = given.everything()
        handed = UNKNOWN if target in _ONLY_LOOKS else self.hand_on(given, receiver)
        self.use_instances(everything, special=target.startswith("builtins."))
        self._ambient(behaviour, given, target, node)
        for value in everything:
            if value.kind and self.knowledge.tables.iterator(value.kind):
                self.consume(value)
        changed, changed_node = receiver, _object_of(node)
        if receiver is None:
            changed, changed_node = given.get(0)
        if given.keywords:
            done = self._asked_for(given, changed)
            if done is not None:
                return done
        inserted = everything if receiver is not None else everything[1:]
        if behaviour.effect == "mutates" and changed is not None:
            if behaviour.keeps:
                held = holding("", inserted, fixed=True)
                self.change(changed, held, sure=sure)
                self.update(changed_node, held)
            else:
                self.change(changed, sure=sure)
        elif behaviour.effect == "own" and receiver is not None:
            self.change(receiver, sure=False)
        elif behaviour.effect == "unknown":
            for value in everything:
                if value.kind not in _ITSELF:
                    self.change(value, sure=False)
            if receiver is not None and receiver.kind not in _ITSELF:
                held = holding("", inserted, fixed=True)
                self.change(receiver, held, sure=False)
                self.update(changed_node, held)
        return self._given_back(behaviour, receiver, given, handed, target)

    def _asked_for(self, given: Arguments, changed: Value | None) -> Value | None:
        """Changes that arguments ask for: `out=`, `inplace=True`, `file=`, `copy=False`."""
        for name in ("file", "stream"):
            if name in given.keywords:
                self.change(given.keywords[name], sure=False)
        out = given.keywords.get("out")
        if out is not None and not (out.flat and out.fixed):
            self.change(out)
            return out
        in_place = given.keyword_nodes.get("inplace")
        if in_place is not None and changed is not None:
            known = isinstance(in_place, ast.Constant)
            if not isinstance(in_place, ast.Constant) or in_place.value:
                self.change(changed, sure=known)
                return NONE if known else UNKNOWN
        if works_in_place(given):
            for value in given.everything():
                self.change(value, sure=False)
        return None

    # what comes back

    def _given_back(
        self,
        behaviour: Behaviour,
        receiver: Value | None,
        given: Arguments,
        handed: Value,
        target: str,
    ) -> Value:
        if behaviour.none:
            return NONE
        everything = given.everything()
        tables = self.knowledge.tables
        gives = tables.called(behaviour.gives) or behaviour.gives
        if gives == "type":
            return TYPE
        plain = instance(gives)
        if plain.fixed:
            return plain
        if gives and tables.immutable(gives):
            return Value(gives, flat=True, fixed=True)
        effect = behaviour.effect
        if effect == "fresh" and not behaviour.keeps and not _keeps_objects(given):
            flat = target.partition(".")[0] in _FLAT_PACKAGES
            return Value(gives, flat=flat or (receiver is not None and receiver.kind == "str"))
        if effect == "copies":
            return self._copied(gives, receiver, given, handed, target)
        shared = everything if receiver is None else [*everything, receiver]
        if receiver is not None and (
            effect == "own" or (effect == "mutates" and not behaviour.keeps)
        ):
            shared = [receiver]
            if effect == "mutates" and gives == receiver.kind and gives:
                return receiver
        value = holding(gives, [*shared, handed] if handed is not UNKNOWN else shared)
        if "." in gives or effect == "unknown":
            return value._replace(flat=False, fixed=False)
        if not gives and value.flat and shared:
            return part_of(value)
        return value

    def _copied(
        self,
        gives: str,
        receiver: Value | None,
        given: Arguments,
        handed: Value,
        target: str,
    ) -> Value:
        """A new container of the elements of the first argument, and of other arguments."""
        sources = []
        chosen_by = given.keywords.get("key")
        others = [value for value in given.everything() if value is not chosen_by]
        chooses = target in ("builtins.max", "builtins.min")
        if receiver is not None:
            sources = [receiver]
        elif len(given.positional) == 1 or (given.positional and not chooses):
            sources, others = others[:1], others[1:]
        if handed is not UNKNOWN and target != "builtins.sorted":
            others.append(handed)
        value = copied(gives, sources)
        if others:
            value = join(value, holding(gives, others))
        one_of_them = chooses or target in ("builtins.next", "builtins.sum")
        if one_of_them and value.flat:
            return Value(gives, flat=True, fixed=True)
        return value if "." not in gives else value._replace(flat=False, fixed=False)

    # what happens around

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

    def hand_library_function(self, target: str, others: list[Value]) -> None:
        """Somebody may call a function of a library with any of these."""
        behaviour = self.knowledge.tables.function_or_method(target)
        if behaviour.draws:
            self.effects.draws.add(behaviour.draws)
        if behaviour.shows:
            self.effects.shows = True
        known = self.knowledge.tables.knows(target)
        if behaviour.effect == "mutates" or (behaviour.effect == "unknown" and not known):
            held = holding("", others, fixed=True)
            for other in others:
                self.change(other, held if behaviour.keeps else None, sure=False)

    # going through things

    def consume(self, value: Value) -> None:
        """Something goes through an object, which may use it up."""
        if value.flat and value.fixed:
            return
        if value.classes:
            self.touch(value, "__iter__", "__next__")
            return
        iterator = self.knowledge.tables.iterator(value.kind)
        if value.kind and value.kind != FOREIGN and not iterator:
            return
        for root in value.roots:
            kind = self._kind_of(root)
            one = Value(roots=frozenset({root}))
            if self.knowledge.tables.iterator(kind):
                self.change(one)
            elif kind in ("", FOREIGN):
                self.change(one, sure=False)
        if value.code:
            self.run_held(value, [value])

    def _kind_of(self, root: Root) -> str:
        """Type of the object that a root stands for."""
        found: Value | None = None
        if root.scope == "global":
            found = self.knowledge.variables.get(root.name)
        elif root.scope == "outer":
            owner = self.owner_of(root.name)
            found = owner.variables.get(root.name) if owner is not None else None
        else:
            function = self.function
            found = function.given.get(root.name, function.variables.get(root.name))
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
        if self.knowledge.tables.gives_copies(value.kind):
            return UNKNOWN
        return part_of(value)


def _object_of(node: ast.expr | None) -> ast.expr | None:
    """The object of a method call."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value
    return None


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


def works_in_place(given: Arguments) -> bool:
    """Whether arguments ask for work in place: `copy=False`, `overwrite_a=True`."""
    for name, node in given.keyword_nodes.items():
        if isinstance(node, ast.Constant):
            if name == "copy" and node.value is False:
                return True
            if name.startswith("overwrite_") and node.value is True:
                return True
    return False


def _keeps_objects(given: Arguments) -> bool:
    """Whether an array is to hold Python objects as they are: `dtype=object`."""
    match given.keyword_nodes.get("dtype"):
        case ast.Name(id="object") | ast.Constant(value="object" | "O"):
            return True
    return False
