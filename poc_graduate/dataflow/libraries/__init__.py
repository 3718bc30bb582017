"""What calls into libraries do, by table: one TOML file for each, read when it is needed.

A file describes functions by module and methods by type. Values are names between blanks:

    [functions."numpy.random"]          # calls of numpy.random.…
    default = "fresh"                   # what names that are not listed do
    fresh = "…"                         # change nothing, share nothing with their arguments
    copies = "…"                        # change nothing; a new container of the same elements
    views = "…"                         # change nothing; the result may share state with arguments
    own = "…"                           # may change their object, not their arguments
    mutates = "…"                       # change their first argument (a method: its object)
    keeps = "…"                         # the result (a mutating method: its object) keeps arguments
    none = "…"                          # return None
    shows = "…"                         # draw or print
    acts = "…"                          # change something outside the notebook, or take time
    fits = "…"                          # run estimators, which draw if one has no random_state
    resources = "…"                     # open something that cannot be stored
    gives."pandas.DataFrame" = "…"      # kind of the result
    draws.numpy_random = "…"            # use a global generator
    unseeded.numpy_random = "…"         # …unless they are given random_state
    sometimes.numpy_random = "…"        # …if asked to shuffle or to use a random solver
    seeds.random = "…"                  # seed it
    settings.pandas = "…"               # change ambient state; everything below the name as well
    restores = "…"                      # context managers that undo settings made inside
    files.read = "…"                    # take a path, first or by keyword
    text.marked = "…"                   # their text names variables: `@name`; text.any: any word

    [types."pandas.DataFrame"]          # the same, for methods and attributes
    base = "pandas.NDFrame"             # what holds for it holds here as well
    immutable = true                    # no object of this type ever changes
    iterator = true                     # going through it uses it up
    parts = "copies"                    # going through it gives copies
    called = "…"                        # kind of what calling such an attribute gives
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Effect = Literal["fresh", "copies", "views", "own", "mutates", "unknown"]

_EFFECTS: tuple[Effect, ...] = ("fresh", "copies", "views", "own", "mutates", "unknown")
_FLAGS = ("keeps", "none", "shows", "resources", "restores", "fits", "acts")
_WORDS = ("gives", "draws", "unseeded", "sometimes", "seeds", "settings", "files", "text")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a function or method does, as a table says.

    Attributes:
        effect: fresh, copies, views, own, mutates or unknown; see the module's text.
        gives: Kind of the result.
        keeps: Arguments are kept, by the result or by the object that changes.
        none: It returns None.
        shows: It draws or prints.
        resources: It opens something that cannot be stored and can be opened again.
        restores: A context manager that undoes settings made inside it.
        fits: It runs estimators, which draw where one was made without `random_state`.
        acts: It changes something outside the notebook, or takes time.
        draws: Global generator that it uses.
        unseeded: Global generator that it uses unless it is given `random_state`.
        sometimes: The same, where it is asked to: `shuffle=True`, `solver="saga"`.
        seeds: Global generator that it seeds.
        settings: Component of ambient state that it changes.
        files: read, write, append or list, where its argument is a path; see `dataflow.files`.
        text: marked or any, where its text names variables.
    """

    effect: Effect = "unknown"
    gives: str = ""
    keeps: bool = False
    none: bool = False
    shows: bool = False
    resources: bool = False
    restores: bool = False
    fits: bool = False
    acts: bool = False
    draws: str = ""
    unseeded: str = ""
    sometimes: str = ""
    seeds: str = ""
    settings: str = ""
    files: str = ""
    text: str = ""


UNKNOWN = Behaviour()
LOOKS = Behaviour("fresh")
VIEWS = Behaviour("views")

_LOOKS = frozenset({"get", "copy", "items", "keys", "values", "index", "count"})


@dataclass(frozen=True)
class Group:
    """Functions of one module, or methods and attributes of one type."""

    members: Mapping[str, Behaviour]
    default: Behaviour | None = None
    base: str = ""
    immutable: bool = False
    iterator: bool = False
    called: str = ""
    parts: str = ""


@dataclass(frozen=True)
class Library:
    """One table file.

    Attributes:
        name: The file's name without its ending.
        packages: Top-level packages that it describes.
        company: Libraries whose objects its functions hand out.
        functions: Module → its functions.
        types: Qualified type → its methods.
    """

    name: str
    packages: tuple[str, ...]
    company: tuple[str, ...] = ()
    functions: Mapping[str, Group] = field(default_factory=dict)
    types: Mapping[str, Group] = field(default_factory=dict)


@cache
def library(name: str) -> Library:
    """Read a table.

    Args:
        name: Its file's name without `.toml`.
    """
    text = (files(__package__) / f"{name}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return Library(
        name=name,
        packages=tuple(data.get("packages", name).split()),
        company=tuple(data.get("with", "").split()),
        functions={
            module: _group(entries) for module, entries in data.get("functions", {}).items()
        },
        types={
            kind: _group(_inherited(entries, data["types"]))
            for kind, entries in data.get("types", {}).items()
        },
    )


@cache
def names() -> tuple[str, ...]:
    """Names of all tables."""
    found = (entry.name for entry in files(__package__).iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in found if n.endswith(".toml")))


def _inherited(
    entries: Mapping[str, Any], types: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """A type's table with what its base says put first, where that is in the same file."""
    base = types.get(entries.get("base", ""))
    if base is None:
        return dict(entries)
    merged = _inherited(base, types)
    own = {name for key in _EFFECTS for name in entries.get(key, "").split()}
    for effect in _EFFECTS:  # what the type says itself holds instead
        kept = [name for name in merged.get(effect, "").split() if name not in own]
        merged[effect] = " ".join([*kept, *entries.get(effect, "").split()])
    for key, value in entries.items():
        if key in _FLAGS:
            merged[key] = f"{merged.get(key, '')} {value}"
        elif key in _WORDS:
            words = dict(merged.get(key, {}))
            for word, names_of_word in value.items():
                words.pop(word, None)
                words[word] = f"{merged.get(key, {}).get(word, '')} {names_of_word}"
            merged[key] = words
        elif key not in _EFFECTS:
            merged[key] = value
    return merged


def _group(entries: Mapping[str, Any]) -> Group:
    collected: dict[str, dict[str, Any]] = {}
    for key, listed in entries.items():
        if key in _EFFECTS:
            for name in listed.split():
                collected.setdefault(name, {})["effect"] = key
        elif key in _FLAGS:
            for name in listed.split():
                collected.setdefault(name, {})[key] = True
        elif key in _WORDS:
            for word, names_of_word in listed.items():
                for name in names_of_word.split():
                    collected.setdefault(name, {})[key] = word
    default = entries.get("default")
    fallback: Effect = default or "fresh"
    for given in collected.values():
        given.setdefault("effect", fallback)
    return Group(
        members={name: Behaviour(**given) for name, given in collected.items()},
        default=Behaviour(effect=default) if default else None,
        base=entries.get("base", ""),
        immutable=entries.get("immutable", False),
        iterator=entries.get("iterator", False),
        called=entries.get("called", ""),
        parts=entries.get("parts", ""),
    )


class Tables:
    """The tables of the libraries that one notebook uses."""

    def __init__(self, packages: Iterable[str]) -> None:
        self._functions: dict[str, Group] = {}
        self._types: dict[str, Group] = {}
        self._packages: set[str] = set()
        self._loaded: set[str] = set()
        self._methods: dict[str, tuple[Behaviour, ...]] = {}
        self._known: dict[str, Behaviour] = {}
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
        owner = _owners().get(package)
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
        self._methods.clear()
        self._known.clear()
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
        group = self.group(kind)
        while group is not None:
            if group.immutable:
                return True
            group = self._types.get(group.base)
        return False

    def called(self, kind: str) -> str:
        """Type of what calling an object of a type gives, where that is known."""
        group = self.group(kind)
        return group.called if group is not None else ""

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


@cache
def _owners() -> Mapping[str, str]:
    """Package → table that describes it, from the first lines of the tables."""
    owners: dict[str, str] = {}
    for name in names():
        with (files(__package__) / f"{name}.toml").open(encoding="utf-8") as file:
            first = next((line for line in file if line.startswith("packages")), "")
        listed = first.partition("=")[2].strip().strip('"').split() or [name]
        owners.update(dict.fromkeys(listed, name))
    return owners
