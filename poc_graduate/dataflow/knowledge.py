"""What is known of a notebook so far, while its statements are looked at one by one."""

from __future__ import annotations

from dataclasses import dataclass, field

from poc_graduate.dataflow.aliases import Value
from poc_graduate.dataflow.functions import Code
from poc_graduate.dataflow.libraries.tables import Tables
from poc_graduate.dataflow.names import Scopes


@dataclass
class Knowledge:
    """What all code of one notebook shares while it is looked at, statement by statement.

    Attributes:
        scopes: Names of each function.
        tables: What the libraries do.
        bound: Names that the notebook binds anywhere.
        variables: The notebook's globals as they are by now.
        methods: Method name → methods of that name of all classes so far.
        stars: Modules of star imports so far.
        unseeded: Generators that estimators made without `random_state` may use.
        calling: How many calls of functions are being worked out, one inside the other.
        patched: Members of libraries that the notebook has set → what to.
        accessors: Attributes that the notebook has given to all frames.
        links: Name → names that share an object with it.
        unsettled: Functions looked at while a function that they call was not yet known.
    """

    scopes: Scopes
    tables: Tables
    bound: frozenset[str]
    variables: dict[str, Value] = field(default_factory=dict)
    methods: dict[str, list[Code]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    unseeded: set[str] = field(default_factory=set)
    patched: dict[str, Value] = field(default_factory=dict)
    accessors: set[str] = field(default_factory=set)
    links: dict[str, set[str]] = field(default_factory=dict)
    calling: int = 0
    unsettled: list[Code] = field(default_factory=list)

    def link(self, one: str, other: str) -> None:
        """Two names may share an object."""
        self.links.setdefault(one, set()).add(other)
        self.links.setdefault(other, set()).add(one)

    def linked(self, name: str) -> set[str]:
        """Names that may share an object with this one, itself included."""
        todo, found = [name], {name}
        while todo:
            for other in self.links.get(todo.pop(), set()) - found:
                found.add(other)
                todo.append(other)
        return found
