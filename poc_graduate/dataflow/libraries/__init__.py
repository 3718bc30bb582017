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
    telling = "…"                       # an object with such a member is of this type
    parts = "copies"                    # going through it gives copies
    called = "…"                        # kind of what calling such an attribute gives
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    telling: frozenset[str] = frozenset()


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


@cache
def path_takers() -> frozenset[str]:
    """Last names of the functions and methods, of all libraries, that take a path."""
    found: set[str] = set()
    for name in names():
        known = library(name)
        for group in (*known.functions.values(), *known.types.values()):
            found.update(member for member, what in group.members.items() if what.files)
    return frozenset(found)


def _inherited(
    entries: Mapping[str, Any], types: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """A type's table with what its base says put first, where that is in the same file."""
    base = types.get(entries.get("base", ""))
    if base is None:
        return dict(entries)
    merged = _inherited(base, types)
    merged.pop("telling", None)
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
        telling=frozenset(entries.get("telling", "").split()),
    )


@cache
def owners() -> Mapping[str, str]:
    """Package → table that describes it, from the first lines of the tables."""
    owners: dict[str, str] = {}
    for name in names():
        with (files(__package__) / f"{name}.toml").open(encoding="utf-8") as file:
            first = next((line for line in file if line.startswith("packages")), "")
        listed = first.partition("=")[2].strip().strip('"').split() or [name]
        owners.update(dict.fromkeys(listed, name))
    return owners
