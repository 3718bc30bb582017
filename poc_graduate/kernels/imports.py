"""What a process may have imported before a notebook begins, without the notebook noticing."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping

# Importing them starts no thread that a fork would miss (OpenBLAS stops its own before a fork),
# opens nothing, and asks the environment nothing but what no cell has changed.
FIT = frozenset(
    "numpy pandas pandera pyarrow scipy sklearn matplotlib seaborn statsmodels PIL openpyxl".split()
)
# Behind a statement that names one of these, an import may find something else, or say something.
_DECIDE = frozenset(
    "environ environb putenv unsetenv chdir fchdir setlocale addsitedir meta_path path_hooks "
    "modules exec eval compile __import__ import_module reload builtins subprocess system popen "
    "CDLL dlopen seterr errstate setattr set_start_method get_ipython simplefilter "
    "filterwarnings settrace setprofile addaudithook".split()
)
_STILL = re.compile(r"%(matplotlib|config|time|timeit|precision)\b")
_STILL_CELL = re.compile(r"%%(time|timeit|capture)\b")
_TEXT_CELL = re.compile(r"%%(html|markdown|latex|javascript|js|svg|HTML)\b")


def of_cells(sources: Iterable[str]) -> frozenset[str]:
    """Modules, and the packages that hold them, which code cells surely import as they are now.

    Only what is imported at the top level counts, and only as long as nothing has happened that an
    import may depend on: a change of the environment or the folder, a line for the shell, code
    that is not a library's. What stands behind that is left to the cells.

    Args:
        sources: Text of the code cells, in order.
    """
    found: set[str] = set()
    for source in sources:
        if _TEXT_CELL.match(source):
            continue
        tree = _parsed(source)
        if tree is None:
            return frozenset(found)
        for statement in tree.body:
            if not _harmless(statement):
                return frozenset(found)
            for module in modules_of(statement):
                parts = module.split(".")
                if parts[0] in FIT:
                    found.update(with_packages(module))
    return frozenset(found)


def of_files(files: Mapping[str, str], path: str, package: str) -> frozenset[str]:
    """Modules, and the packages that hold them, which a file of a project surely imports.

    Args:
        files: The project's files.
        path: The file that is run.
        package: Name of its package, whose modules are looked into.
    """
    found: set[str] = set()
    seen: set[str] = set()
    todo = [path]
    while todo:
        current = todo.pop()
        if current in seen or current not in files:
            continue
        seen.add(current)
        for statement in ast.parse(files[current]).body:
            for module in modules_of(statement):
                parts = module.split(".")
                if parts[0] == package:
                    todo += [f"src/{'/'.join(parts)}.py", f"src/{'/'.join(parts)}/__init__.py"]
                elif parts[0] in FIT:
                    found.update(with_packages(module))
    return frozenset(found)


def leading(files: Mapping[str, str], path: str) -> frozenset[str]:
    """Modules, and the packages that hold them, which a project's script imports before all else.

    What stands behind the first statement that could change what an import finds is left out: that
    is any but imports, definitions, constants and a library's folder put on the path.

    Args:
        files: Text of the project's Python files, those of its package below `src/`.
        path: The script.
    """
    found: set[str] = set()
    own = {one.split("/")[1].removesuffix(".py") for one in files if one.startswith("src/")}
    if own & (FIT | sys.stdlib_module_names):
        return frozenset()  # it hides a library, or a part of one
    _lead(files, path, own, found, set())
    return frozenset(found)


def _lead(
    files: Mapping[str, str], path: str, own: set[str], found: set[str], seen: set[str]
) -> bool:
    """Whether the file came to its end, and what is behind it may be looked at."""
    if path in seen or path not in files:
        return True
    seen.add(path)
    for statement in ast.parse(files[path]).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for module in modules_of(statement):
                parts = module.split(".")
                if parts[0] in own:
                    inner = [f"src/{'/'.join(parts[:n])}" for n in range(1, len(parts) + 1)]
                    names = [f"{one}/__init__.py" for one in inner] + [f"{inner[-1]}.py"]
                    if not all(_lead(files, name, own, found, seen) for name in names):
                        return False
                elif parts[0] in FIT:
                    found.update(with_packages(module))
                elif parts[0] not in sys.stdlib_module_names:
                    return False  # nobody knows what it does to those behind it
        elif not _defines(statement):
            return False
    return True


def _defines(statement: ast.stmt) -> bool:
    """Whether a statement at the top level runs nothing that an import may depend on."""
    match statement:
        case ast.FunctionDef(decorator_list=[]) | ast.ClassDef(decorator_list=[]):
            return True
        case ast.Expr(value=ast.Constant()) | ast.Delete():
            return True
        case ast.Assign(targets=[ast.Name()], value=value):
            return not any(isinstance(one, ast.Call) for one in ast.walk(value))
        case ast.Expr(value=ast.Call() as call):  # "the package need not be installed"
            return ast.unparse(call) == "sys.path.insert(0, 'src')"
    return False


def chained(wanted: Mapping[str, frozenset[str]]) -> dict[str, list[list[str]]]:
    """Who imports what → modules that processes import before the last of them is forked.

    What several want is imported once, in a process from which those of each are forked; none has
    anything that was not wanted.
    """
    every = set().union(*wanted.values())
    shared = {
        frozenset.intersection(*(names for names in wanted.values() if name in names))
        for name in every
    }
    found = {}
    for who, names in wanted.items():
        chain: list[frozenset[str]] = []
        for common in sorted({*shared, names}, key=lambda one: (len(one), sorted(one))):
            if common <= names and all(before < common for before in chain):
                chain.append(common)
        found[who] = [sorted(common) for common in chain if common]
    return found


def with_packages(module: str) -> list[str]:
    """`a.b.c` brings `a` and `a.b`, no more."""
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def modules_of(statement: ast.stmt) -> Iterator[str]:
    """What a statement at the top level imports."""
    match statement:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module


def _parsed(source: str) -> ast.Module | None:
    """The cell without lines that change nothing for an import; None where others are in it."""
    lines = _STILL_CELL.sub("%time", source, count=1).splitlines()
    kept = ["" if _STILL.match(line) else line for line in lines]
    try:
        return ast.parse("\n".join(kept))
    except (SyntaxError, ValueError):
        return None


def _harmless(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        tops = {module.partition(".")[0] for module in modules_of(statement)}
        return bool(tops) and tops <= FIT | sys.stdlib_module_names
    for node in ast.walk(statement):
        match node:
            case ast.Import() | ast.ImportFrom() if not _harmless(node):
                return False
            case ast.Call(func=ast.Attribute(attr="filterwarnings" | "simplefilter"), args=args):
                if not (args and isinstance(args[0], ast.Constant) and args[0].value == "ignore"):
                    return False
            case ast.Attribute(value=ast.Name(id="sys"), attr="path"):
                return False
            case ast.Attribute(attr=("filterwarnings" | "simplefilter")):
                continue  # looked at with its call
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in _DECIDE:
                return False
            case _:
                continue
    return True
