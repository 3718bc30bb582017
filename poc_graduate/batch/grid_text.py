"""YAML as grids are written in: only `true` and `false` are truth values, `1e-3` is a number."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Any

from poc_graduate.errors import InputError

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)$")
_FLOAT = re.compile(
    r"[-+]?(?:(?:0|[1-9][0-9]*)?\.[0-9]+|(?:0|[1-9][0-9]*)\.?)(?:[eE][-+]?[0-9]+)?$"
    r"|[-+]?\.(?:inf|Inf|INF)$|\.(?:nan|NaN|NAN)$"
)


def parsed(text: str, name: str) -> Any:
    """What a YAML text holds.

    YAML 1.1, which PyYAML reads, takes the country `NO` for false, `1e-3` for a text and `010` for
    eight. Here a text stays one unless it is written as JSON would write a value.

    Args:
        text: The text.
        name: Its file, for messages.

    Raises:
        InputError: it is no YAML, or names something twice.
    """
    import yaml

    try:
        return yaml.load(text, Loader=_loader())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise InputError(f"{name}{where}: {error.problem or 'this is no YAML'}") from None
    except yaml.YAMLError as error:
        raise InputError(f"{name} is no YAML: {error}") from None


@cache
def _loader() -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """Of the core schema of YAML 1.2, with dates."""

    Loader.yaml_implicit_resolvers = {}
    for tag, pattern, first in (
        ("bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
        ("null", re.compile(r"(?:null|Null|NULL|~|)$"), ["n", "N", "~", ""]),
        ("int", _INT, "-+0123456789"),
        ("float", _FLOAT, "-+.0123456789"),
        ("timestamp", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}$"), "0123456789"),
    ):
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", pattern, list(first))
    Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
    Loader.add_constructor("tag:yaml.org,2002:float", _float)
    Loader.add_constructor("tag:yaml.org,2002:timestamp", _date)
    return Loader


def _mapping(loader: Any, node: Any) -> dict[Any, Any]:
    import yaml

    seen: set[object] = set()
    for key, _ in node.value:
        name = loader.construct_object(key, deep=True)
        if not isinstance(name, str | int | float | bool):
            raise yaml.MarkedYAMLError(None, None, "a name must be a text", key.start_mark)
        if name in seen:
            raise yaml.MarkedYAMLError(None, None, f"{name!r} is named twice", key.start_mark)
        seen.add(name)
    loader.flatten_mapping(node)
    return {
        loader.construct_object(key, deep=True): loader.construct_object(value, deep=True)
        for key, value in node.value
    }


def _float(loader: Any, node: Any) -> float:
    text = loader.construct_scalar(node).lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


def _date(loader: Any, node: Any) -> str:
    import yaml

    text: str = loader.construct_scalar(node)
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise yaml.MarkedYAMLError(None, None, f"{text} is no date", node.start_mark) from None
