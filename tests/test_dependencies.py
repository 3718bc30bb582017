"""What the package imports is what its installation brings."""

from __future__ import annotations

import ast
import itertools
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

HERE = Path(__file__).parents[1]
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
MADE_FOR_OTHERS = "poc_graduate/generate/templates/"


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~; (]", requirement)[0].lower().replace("_", "-")


def brought() -> set[str]:
    """Names of what the base installation and the extra `all` bring, with what that stands on."""
    extras = PROJECT["optional-dependencies"]
    (together,) = extras["all"]
    names = together[together.index("[") + 1 : together.index("]")].split(",")
    lines = [PROJECT["dependencies"], *(extras[name] for name in names)]
    declared = {name_of(line) for line in itertools.chain.from_iterable(lines)}
    beneath = (line for name in declared for line in requires(name) or () if "extra ==" not in line)
    return declared | {name_of(line) for line in beneath}


def imported() -> dict[str, str]:
    """Top-level module → a file that imports it."""
    found = {}
    for path in sorted((HERE / "poc_graduate").rglob("*.py")):
        name = path.relative_to(HERE).as_posix()
        if name.startswith(MADE_FOR_OTHERS):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            for module in modules:
                found.setdefault(module.split(".")[0], name)
    return found


def test_every_import_is_brought_by_an_extra_of_all() -> None:
    distributions = packages_distributions()
    there = brought()
    missing = {
        module: path
        for module, path in imported().items()
        if module not in {"poc_graduate", *sys.stdlib_module_names}
        and there.isdisjoint(map(name_of, distributions.get(module, [module])))
    }

    assert missing == {}
