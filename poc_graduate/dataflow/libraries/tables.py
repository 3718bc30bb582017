"""The tables of the libraries that one notebook uses, asked by name."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace

from poc_graduate.dataflow.libraries import UNKNOWN, Behaviour, Group, library, owners

LOOKS = Behaviour("fresh")
VIEWS = Behaviour("views")

_LOOKS = frozenset({"get", "copy", "items", "keys", "values", "index", "count"})


class Tables:
    """The tables of the libraries that one notebook uses."""

    def __init__(self, packages: Iterable[str]) -> None:
        self._functions: dict[str, Group] = {}
        self._types: dict[str, Group] = {}
        self._packages: set[str] = set()
        self._loaded: set[str] = set()
        self._methods: dict[str, tuple[Behaviour, ...]] = {}
        self._known: dict[str, Behaviour] = {}
        self._telling: dict[str, str] = {}
        self._members: dict[tuple[str, str], Behaviour | None] = {}
        self._immutable: dict[str, bool] = {}
        self._add("builtins")
        self._add("stdlib")
        for package in packages:
            self.use(package)

    @property
    def types(self) -> Mapping[str, Group]:
        """Qualified type → its table."""
        return self._types

    def use(self, package: str) -> None:
        """Load the table that describes a package, if there is one."""
        owner = owners().get(package)
        if owner is not None:
            self._add(owner)

    def _add(self, name: str) -> None:
        if name in self._loaded:
            return
        self._loaded.add(name)
        found = library(name)
        self._packages.update(found.packages)
        self._functions.update(found.functions)
        self._types.update(found.types)
        for kind, group in found.types.items():
            self._telling.update(dict.fromkeys(group.telling, kind))
        self._methods.clear()
        self._known.clear()
        self._members.clear()
        self._immutable.clear()
        for other in found.company:
            self._add(other)

    def knows(self, target: str) -> bool:
        """Whether a member of a library belongs to a package that a table describes."""
        package = target.partition(".")[0]
        return package in self._packages or package in sys.stdlib_module_names

    def function_or_method(self, target: str) -> Behaviour:
        """What calling a member of a library does, `list.append` included.

        Args:
            target: Its full name.
        """
        kind, _, name = target.removeprefix("builtins.").rpartition(".")
        found = self.method(kind, name) if kind in self._types else None
        return found if found is not None else self.function(target)

    def function(self, target: str) -> Behaviour:
        """What calling a member of a library does.

        Args:
            target: Its full name, `numpy.random.seed`.
        """
        found = self._known.get(target)
        if found is None:
            found = self._known[target] = self._function(target)
        return found

    def _function(self, target: str) -> Behaviour:
        module, _, name = target.rpartition(".")
        group = self._functions.get(module)
        if group is not None and name in group.members:
            return _settled(target, group.members[name])
        while module:
            group = self._functions.get(module)
            if group is not None:
                found = group.members.get(name)
                if found is not None and group.default is not None:
                    return _settled(target, found)
                setting = self.setting(target)
                if setting:
                    return LOOKS if name in _LOOKS else Behaviour("views", settings=setting)
                return _settled(target, group.default or self._unlisted(target))
            module = module.rpartition(".")[0]
        return _settled(target, self._unlisted(target))

    def _unlisted(self, target: str) -> Behaviour:
        """The standard library changes its arguments in few places, which are all listed."""
        return VIEWS if target.partition(".")[0] in sys.stdlib_module_names else UNKNOWN

    def setting(self, target: str) -> str:
        """Component of ambient state that a member of a library belongs to, or nothing."""
        while "." in target:
            module, _, name = target.rpartition(".")
            group = self._functions.get(module)
            if group is not None and name in group.members:
                return group.members[name].settings
            target = module
        return ""

    def group(self, kind: str) -> Group | None:
        """The table of a type, or of all types of its package (`sklearn.*`)."""
        found = self._types.get(kind)
        if found is None and "." in kind:
            found = self._types.get(kind.partition(".")[0] + ".*")
        return found

    def method(self, kind: str, name: str) -> Behaviour | None:
        """What a method or attribute of a type does, or None where no table says.

        Args:
            kind: Qualified name of the type.
            name: The method's.
        """
        key = (kind, name)
        if key not in self._members:
            self._members[key] = self._method(kind, name)
        return self._members[key]

    def _method(self, kind: str, name: str) -> Behaviour | None:
        group = self.group(kind)
        while group is not None:
            found = group.members.get(name)
            if found is not None:
                return _own(kind, found)
            if group.default is not None:
                return _own(kind, group.default)
            group = self._types.get(group.base)
        return None

    def by_name(self, name: str) -> tuple[Behaviour, ...]:
        """What methods of this name do, over all types whose tables are loaded."""
        found = self._methods.get(name)
        if found is None:
            groups = [group for group in self._types.values() if name in group.members]
            changeable = [group for group in groups if not group.immutable]
            found = self._methods[name] = tuple(g.members[name] for g in changeable or groups)
        return found

    def immutable(self, kind: str) -> bool:
        """Whether objects of a type never change."""
        if kind not in self._immutable:
            group = self.group(kind)
            while group is not None and not group.immutable:
                group = self._types.get(group.base)
            self._immutable[kind] = group is not None
        return self._immutable[kind]

    def called(self, kind: str) -> str:
        """Type of what calling an object of a type gives, where that is known."""
        group = self.group(kind)
        return group.called if group is not None else ""

    def told(self, name: str) -> str:
        """Type of an object that has a member of this name, if only one type has."""
        return self._telling.get(name, "")

    def gives_copies(self, kind: str) -> bool:
        """Whether going through an object of a type gives copies of its parts."""
        group = self.group(kind) if kind else None
        return group is not None and group.parts == "copies"

    def iterator(self, kind: str) -> bool:
        """Whether going through an object of a type uses it up."""
        group = self.group(kind)
        return group is not None and group.iterator


def _own(kind: str, behaviour: Behaviour) -> Behaviour:
    """`gives.self` in a table means the type of the object itself."""
    return replace(behaviour, gives=kind) if behaviour.gives == "self" else behaviour


def _settled(target: str, behaviour: Behaviour) -> Behaviour:
    """A class gives its own instances."""
    name = target.rpartition(".")[2]
    if not behaviour.gives and name[:1].isupper() and not name.isupper():
        return replace(behaviour, gives=target)
    return replace(behaviour, gives=target) if behaviour.gives == "self" else behaviour
