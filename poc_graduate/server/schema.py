"""What is asked and answered, as `schema.json` has it; the browser's types are made of it, too."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from poc_graduate.server.failures import BadRequest, TooLarge

LARGEST = 64 * 1024 * 1024
"""Bytes of a request."""


@cache
def schema() -> dict[str, Any]:
    """All of it."""
    text = resources.files("poc_graduate.server").joinpath("schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _validator(name: str) -> Callable[[Any], Any]:
    import fastjsonschema

    whole = {"$ref": f"#/definitions/{name}", "definitions": schema()["definitions"]}
    made: Callable[[Any], Any] = fastjsonschema.compile(whole)
    return made


def request(body: bytes, name: str) -> dict[str, Any]:
    """A request's body as the schema has it.

    Args:
        body: What was sent.
        name: The definition that it has to follow.

    Raises:
        TooLarge: it is.
        BadRequest: it is no JSON, or other JSON.
    """
    from fastjsonschema import JsonSchemaValueException

    if len(body) > LARGEST:
        raise TooLarge(
            f"the request is too large ({len(body) / 1e6:,.0f} MB; {LARGEST / 1e6:,.0f} MB are "
            "the most that is read)",
            remedy="clear the notebook's outputs",
        )
    try:
        found: dict[str, Any] = _validator(name)(json.loads(body))
    except JsonSchemaValueException as wrong:
        said = wrong.message.removeprefix("data").lstrip(". ")
        raise BadRequest(
            f"the request is no {name}: {said[:300]}",
            remedy="reload the page: server and browser may be of different versions",
        ) from None
    except (ValueError, RecursionError):
        raise BadRequest("the request is no JSON") from None
    return found
