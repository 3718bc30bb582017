"""What a task's kernel may have imported before the task begins, without the task noticing."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.plan.model import Stage

# Importing them starts no thread that a fork would miss (OpenBLAS stops its own before a fork),
# opens nothing, and asks the environment nothing but what no cell has changed.
_FIT = frozenset(
    "numpy pandas pandera pyarrow scipy sklearn matplotlib seaborn statsmodels PIL openpyxl".split()
)
# A change of these before an import may change what is imported, or how.
_DECIDE = ("environ", "path", "cwd", "locale")


def chains(
    files: Mapping[str, str], stages: Iterable[Stage], package: str, facts: RunFacts
) -> dict[str, list[list[str]]]:
    """Task → modules that processes import before they fork its kernel, one from the other.

    A task's kernel gets nothing that the task does not import itself, unconditionally, so that a
    missing import fails as it would in a fresh process: `a.b.c` brings `a` and `a.b`, no more.

    Args:
        files: The project's files.
        stages: Its tasks.
        package: Name of its package.
        facts: What the notebook's run showed.

    Returns:
        Nothing where the notebook changes what imports depend on.
    """
    if any(part in cell.ambient_values for cell in facts.cells for part in _DECIDE):
        return {}
    wanted = {stage.name: _imported(files, f"tasks/{stage.name}.py", package) for stage in stages}
    every = set().union(*wanted.values())
    shared = {
        frozenset.intersection(*(names for names in wanted.values() if name in names))
        for name in every
    }
    found = {}
    for task, names in wanted.items():
        chain: list[frozenset[str]] = []
        for common in sorted({*shared, names}, key=lambda one: (len(one), sorted(one))):
            if common <= names and all(before < common for before in chain):
                chain.append(common)
        found[task] = [sorted(common) for common in chain if common]
    return found


def _imported(files: Mapping[str, str], path: str, package: str) -> frozenset[str]:
    """Modules, and the packages that hold them, which a file surely imports."""
    found: set[str] = set()
    seen: set[str] = set()
    todo = [path]
    while todo:
        current = todo.pop()
        if current in seen or current not in files:
            continue
        seen.add(current)
        for module in _modules(ast.parse(files[current])):
            parts = module.split(".")
            if parts[0] == package:
                todo += [f"src/{'/'.join(parts)}.py", f"src/{'/'.join(parts)}/__init__.py"]
            elif parts[0] in _FIT:
                found.update(".".join(parts[:n]) for n in range(1, len(parts) + 1))
    return frozenset(found)


def _modules(tree: ast.Module) -> Iterable[str]:
    for statement in tree.body:
        match statement:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
