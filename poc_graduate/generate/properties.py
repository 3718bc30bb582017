"""Unit tests of properties: what a function keeps, loses, makes unique or leaves alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from poc_graduate.generate.functions import Function


@dataclass(frozen=True)
class Property:
    """A test: what its name says, and its lines after what is given."""

    name: str
    lines: tuple[str, ...]


def properties(function: Function, known: Mapping[str, Any]) -> tuple[Property, ...]:
    """Tests of what held when a function was called on its sample.

    Args:
        function: A function made of a cell.
        known: What `evidence/properties.py` found.
    """
    name = function.name
    inputs = [a.name for a in function.inputs]
    frame = known.get("frame")

    def call(instead: str) -> str:
        """The call; the frame given is `instead`."""
        return function.call({str(frame): instead})

    found: list[Property] = []
    lines: tuple[str, ...]
    for argument in known.get("after", ()):
        expected = f'sample("{name}", "{argument}_after")'
        lines = (function.call(), "", f"assert_same({argument}, {expected})")
        found.append(Property(f"{name}_changes_{_word(argument)}_in_place", lines))
    for argument in known.get("unchanged", ())[:1]:
        lines = (
            f"before = {argument}.copy()",
            "",
            function.call(),
            "",
            f"assert_same({argument}, before)",
        )
        found.append(Property(f"{name}_leaves_{_word(argument)}_as_it_was", lines))
    if frame is None or frame not in inputs:
        return tuple(found)
    result = f"result = {call(f'{frame}.copy()')}"
    if known["rows"]:
        lines = (result, "", f"assert len(result) == len({frame})")
        found.append(Property(f"{name}_keeps_every_row", lines))
    if known["subset"]:
        lines = (result, "", f"assert result.index.isin({frame}.index).all()")
        found.append(Property(f"{name}_adds_no_row", lines))
    for column in known["unique"]:
        lines = (result, "", f"assert result[{column!r}].is_unique")
        found.append(Property(f"{name}_gives_each_{_word(column)}_once", lines))
    for column in known["complete"]:
        lines = (result, "", f"assert result[{column!r}].notna().all()")
        found.append(Property(f"{name}_leaves_no_{_word(column)}_missing", lines))
    if known["twice"]:
        lines = (
            f"once = {call(f'{frame}.copy()')}",
            "",
            f"twice = {call('once.copy()')}",
            "",
            "assert_same(twice, once)",
        )
        found.append(Property(f"{name}_twice_is_the_same_as_once", lines))
    if known["by_row"]:
        backwards = f"{frame}.iloc[::-1].copy()"
        lines = (
            f"backwards = {call(backwards)}",
            "",
            f"assert_same(backwards, {call(f'{frame}.copy()')}.iloc[::-1])",
        )
        found.append(Property(f"{name}_treats_each_row_alike_in_any_order", lines))
    unique = {one.name: one for one in found}
    return tuple(unique.values())


def _word(text: str) -> str:
    return "_".join(re.findall(r"[A-Za-z0-9]+", text)).lower() or "column"
