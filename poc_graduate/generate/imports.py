"""Import lines in isort's order: standard library, installed, the package's own."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable

from poc_graduate.dataflow.model import Dataflow


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


def member_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as isort orders members."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def bound_by(line: str) -> set[str]:
    """Names that an import line binds."""
    return {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(ast.parse(line))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def kernel_imports(texts: Iterable[str], dataflow: Dataflow) -> list[str]:
    """Imports of what a kernel has without one, where the text uses it."""
    own = {name for s in dataflow.statements for name in s.defines | s.may_define}
    used = {
        node.id
        for text in texts
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name) and node.id not in own
    }
    known = {"get_ipython": "IPython", "display": "IPython.display"}
    return [f"from {module} import {name}" for name, module in known.items() if name in used]


def sorted_imports(lines: Iterable[str], own: Iterable[str] = ()) -> list[str]:
    """Import lines in isort's order; whatever is more than an import comes last, as it stood.

    Args:
        lines: Imports of the standard library and of installed packages.
        own: Imports from the generated package, which need its folder on the path.
    """
    own = list(own)
    plain: list[str] = []
    other: list[str] = []
    for line in dict.fromkeys(lines):
        body = ast.parse(line).body
        simple = len(body) == 1 and isinstance(body[0], ast.Import | ast.ImportFrom)
        (plain if simple else other).append(line)
    if own and "import sys" not in plain:
        plain.append("import sys")
    future = [line for line in plain if line.startswith("from __future__")]
    standard = [
        line for line in plain if _module(line) in sys.stdlib_module_names and line not in future
    ]
    installed = [line for line in plain if line not in standard and line not in future]
    result: list[str] = []
    for group in (future, standard, installed):
        if group:
            result += [*([""] if result else []), *sorted(group, key=_import_order)]
    if own:
        result += ["", 'sys.path.insert(0, "src")  # the package need not be installed', ""]
        result += own
    if other:
        result += ["", *other]
    return result


def _module(line: str) -> str:
    node = ast.parse(line).body[0]
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0]
    assert isinstance(node, ast.Import)
    return node.names[0].name.split(".")[0]


def _import_order(line: str) -> tuple[int, str]:
    return (line.startswith("from "), line.split()[1].lower())
