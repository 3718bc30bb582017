"""Import lines of a test file in isort's order: standard library, installed, the package's own."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable


def grouped(lines: Iterable[str], package: str) -> tuple[str, ...]:
    """The lines in three groups with an empty line between them; names of one module joined.

    Args:
        lines: `import x` and `from x import y`.
        package: The generated package.
    """
    members: dict[str, set[str]] = {}
    whole: set[str] = set()
    for line in lines:
        if line.startswith("from "):
            module, names = line[5:].split(" import ")
            members.setdefault(module, set()).update(name.strip() for name in names.split(","))
        else:
            whole.add(line)
    written = [(line.split()[1], line) for line in whole]
    for module, found in members.items():
        listed = ", ".join(sorted(found, key=_member))
        written.append((module, f"from {module} import {listed}"))
    groups: tuple[list[tuple[str, str]], ...] = ([], [], [])
    for module, line in written:
        root = module.split(".")[0]
        groups[0 if root in sys.stdlib_module_names else 2 if root == package else 1].append(
            (module, line)
        )
    result: list[str] = []
    for group in groups:
        if group:
            ordered = sorted(group, key=lambda one: (one[1].startswith("from "), one[0].lower()))
            result += [*([""] if result else []), *(line for _, line in ordered)]
    return tuple(result)


def _member(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions."""
    order = 0 if re.fullmatch(r"[A-Z][A-Z0-9_]+", name) else 1 if name[:1].isupper() else 2
    return order, name
