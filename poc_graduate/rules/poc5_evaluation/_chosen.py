"""What calls of the notebook's own functions choose by a constant: which branch is taken."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from poc_graduate.rules.switches import UNKNOWN


def constant(node: ast.expr, held: Mapping[str, object]) -> object:
    """What somebody typed, in place or for a name; `UNKNOWN` where nobody did."""
    match node:
        case ast.Constant(value=typed):
            return typed
        case ast.Name(id=name):
            return held.get(name, UNKNOWN)
    return UNKNOWN


def typed_for(
    parameters: ast.arguments,
    call: ast.Call,
    words: Mapping[str, ast.expr],
    typed: Callable[[ast.expr], object],
) -> Iterator[tuple[str, object]]:
    """The parameters that hold a constant in one call, each with it.

    Args:
        parameters: The function's.
        call: Of it.
        words: Parameter → what the call gives for it.
        typed: What somebody typed for an argument.
    """
    unpacks = any(isinstance(one, ast.Starred) for one in call.args)
    if unpacks or any(word.arg is None for word in call.keywords):
        return  # nobody knows which parameter gets what
    places = [*parameters.posonlyargs, *parameters.args]
    ends = zip(reversed(places), reversed(parameters.defaults), strict=False)
    only = zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
    for place, default in (*ends, *only):
        if place.arg not in words and isinstance(default, ast.Constant):
            yield place.arg, default.value
    for word, argument in words.items():
        if (held := typed(argument)) is not UNKNOWN:
            yield word, held
