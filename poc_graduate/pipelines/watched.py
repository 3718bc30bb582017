"""Which files decide whether Ploomber would run a task, read from `pipeline.yaml` alone.

Source: Ploomber's `products/metadata.py` and `codediffer.py`: a task is outdated where its source,
its parameters, the content of its `resources_` or the time of what is upstream has changed, or a
product or its metadata is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PIPELINE = "pipeline.yaml"
ENV = "env.yaml"
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_PLAIN_KEYS = frozenset("source product params name upstream".split())
_PLAIN_TOPS = frozenset("tasks meta".split())
_SETTINGS = ("*.yaml", "*.yml", "*.toml", "*.cfg")
_CODE = ("src", "tasks")


@dataclass(frozen=True)
class Watched:
    """Files of a project.

    Attributes:
        tasks: Task → the script that it runs, in the order of `pipeline.yaml`.
        inputs: What a build depends on: more than Ploomber watches, never less.
        products: What it makes, Ploomber's notes beside it included.
        plain: Whether these are all; else only Ploomber knows what is up to date.
    """

    tasks: Mapping[str, Path]
    inputs: frozenset[Path]
    products: frozenset[Path]
    plain: bool


def watched(project: Path) -> Watched | None:
    """The files, or None where `pipeline.yaml` cannot be read as one: Ploomber says why.

    Args:
        project: Folder of a project.
    """
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        spec = yaml.load((project / PIPELINE).read_text(encoding="utf-8"), loader)
        env_file = project / ENV
        text = env_file.read_text(encoding="utf-8") if env_file.exists() else ""
        env = yaml.load(text, loader) or {}
        tasks = list(spec["tasks"])
        plain = spec.keys() <= _PLAIN_TOPS and all(one.keys() <= _PLAIN_KEYS for one in tasks)
        inputs = {path for pattern in _SETTINGS for path in project.glob(pattern)}
        inputs |= {path for folder in _CODE for path in (project / folder).rglob("*.py")}
        products: set[Path] = set()
        scripts = {}
        for one in tasks:
            source = project / _filled(one["source"], env)
            scripts[str(one.get("name", source.stem))] = source
            resources = one.get("params", {}).get("resources_", {})
            inputs |= {project / _filled(text, env) for text in resources.values()} | {source}
            for text in _texts(one["product"]):
                made = project / _filled(text, env)
                products |= {made, made.with_name(f".{made.name}.metadata")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError):
        return None  # whatever is wrong with it, Ploomber finds it and tells it better
    plain = plain and all(path.is_file() for path in inputs)
    return Watched(scripts, frozenset(inputs), frozenset(products), plain)


def _filled(text: str, env: Mapping[str, Any]) -> str:
    """A text with the values of `env.yaml`; KeyError where Ploomber alone knows them."""

    def value(match: re.Match[str]) -> str:
        found = env[match.group(1)]
        if not isinstance(found, str | int):
            raise TypeError(match.group(0))
        if "{{" in str(found):
            raise KeyError(match.group(0))
        return str(found)

    return _PLACEHOLDER.sub(value, text)


def _texts(product: Any) -> Iterator[str]:
    yield from product.values() if isinstance(product, Mapping) else [product]
