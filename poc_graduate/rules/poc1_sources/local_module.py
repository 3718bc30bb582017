"""POC107 local-module."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from poc_graduate.dataflow.facts import CellFacts
from poc_graduate.dataflow.names import imported_packages
from poc_graduate.rules.beside import (
    below,
    declarations,
    entries,
    folders_of,
    is_a_known_library,
    is_a_namespace,
    is_declared,
    is_local,
    text_of,
)
from poc_graduate.rules.climbs import folder_at, is_climbed_to
from poc_graduate.rules.executed import scripts
from poc_graduate.rules.files import folder_text, looked_for, path_changes
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc1_sources._added import places_of
from poc_graduate.rules.products import written_by_magic
from poc_graduate.rules.reached import never_runs
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_LISTED = 3
_FETCHES = re.compile(r"\b(wget|curl)\b")
_BUILDS = ("pyproject.toml", "setup.py", "setup.cfg")


class LocalModule(Rule):
    """Code comes from a file that happens to lie near the notebook.

    Why it bites: the file is in no requirements and has no version; where the notebook is run
    without it, the import fails, and where it is another one, the results differ.
    On export: a module that the run loaded is copied into the project with its path; one from
    outside of the notebook's folder has to be brought beside it first.
    """

    code, name, severity = "POC107", "local-module", Severity.RISK
    message = "{what}; {then}"
    flagged = (
        Flagged("import sys\n«sys.path.append('../src')»\nimport shop", says="`sys.path`"),
        Flagged("import sys, os\n«sys.path.insert(0, os.path.abspath('..'))»\n# %%\nimport shop"),
        Flagged(
            "import sys\n«sys.path.append('../src')»\nsys.path.append('../lib')\nimport shop",
            says="(and 1 more folder)",
        ),
        Flagged(
            "import sys\nsys.path.append('.')\n«sys.path.append('../src')»\nimport shop",
            says="looked for in '../src', by",
        ),
        Flagged(
            "import sys\nroot = up()\n«sys.path.append(str(root))»\nroot = up()\n"
            "sys.path.append(str(root))\nimport shop",
            says="looked for in `root`, by",
        ),
        Flagged(
            "import sys\nroot = Path.cwd()\nwhile not (root / 'src').is_dir():\n"
            "    root = root.parent\n«sys.path.insert(0, str(root))»\nimport shop",
            says="in `root`, by a change of `sys.path`, found by going up from where the run",
        ),
        Flagged(
            "import os, sys\ndef found(mark):\n    here = os.getcwd()\n"
            "    while not os.path.isdir(os.path.join(here, mark)):\n"
            "        here = os.path.dirname(here)\n    return here\n"
            "«sys.path.append(found('src'))»\nimport shop",
            says="found by going up",
        ),
        Flagged(
            "import sys\nfor key in names:\n    f(key)\nfor root in [shared, '../lib']:\n"
            "    key = str(root)\n    «sys.path.insert(0, key)»\nimport shop",
            says="looked for in `shared` and '../lib', by",
        ),
        Flagged(
            "import sys, importlib\n«sys.path.append(str(root))»\n"
            "importlib.import_module(name)\nimport pandas"
        ),
        Flagged("«%run helpers.py»", says="`helpers.py` is run"),
        Flagged(
            "«%run -i '../src/a.py'»\n%run -i '../src/b.py'\n%run ../src/c.py",
            says="`../src/a.py` (and 2 more there) is run",
        ),
        Flagged(
            "with open(root / Path('data/fetch.py')) as file:\n    «exec(file.read())»",
            says="`data/fetch.py` is run as if it were a cell",
        ),
        Flagged("«from . import features»\n# %%\nfrom . import plots", says="`.`"),
        Flagged(
            "«import shop.orders»",
            says="`shop` is a file beside",
            ran=(CellFacts(cell=1, modules={"shop.orders": "shop/orders.py"}),),
        ),
    )
    ignored = (
        "import pandas as pd",
        "import sys\nprint(sys.path)",
        "paths.append('../src')",
        "import sys\nsys.path.append('../data')\nimport math",  # nothing comes from there
        "import sys\nsys.path.append(str(root))\n# %%\nimport pandas as pd",  # nor here
        "import sys\nsys.path.append('.')\nimport shop",  # Python looks there anyway
        Flagged("import shop", ran=(CellFacts(cell=1),)),  # installed, as the run showed
        "%run -d",
        "%%writefile shop.py\nx = 1\n# %%\n%run shop.py",  # POC902
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        changes = [
            change
            for change in path_changes(cell)
            if _imports_after(*change, cell) and not never_runs(change[0], cell)
        ]
        changes = _told(changes, cell)
        if changes:
            call, added = changes[0]
            where = " and ".join(places_of(added, cell))
            more = len({tuple(places_of(one, cell)) for _, one in changes}) - 1
            where += f" (and {more} more folder{'s' * (more > 1)})" if more else ""
            what = f"modules are looked for in {where}, by a change of `sys.path`"
            if gone := _gone(changes, cell):
                names = ", ".join(f"`{module}`" for module in gone[:_LISTED])
                names += f" and {len(gone) - _LISTED} more" if gone[_LISTED:] else ""
                what += f", and {names} {'are' if gone[1:] else 'is'} not there"
            if by := _installed_by(changes, cell):
                what = f"{what}, though `-e .` in {by} installs them"
                then = "where that was run, the change is superfluous"
                yield self.found(call, cell, severity=Severity.NOTE, what=what, then=then)
            elif _are_missing(changes, cell):
                what += ", and no such folder is in the repository"
                yield self.found(call, cell, what=what, then=_fails_here(cell))
            elif all(is_climbed_to(added, cell) for _, added in changes):
                what += ", found by going up from where the run begins"
                yield self.found(call, cell, severity=Severity.NOTE, what=what, then=_NOT_FOUND)
            else:
                yield self.found(call, cell, what=what, then=_ELSEWHERE)
        written = {
            name
            for view in cell.notebook.cells
            if view.index < cell.index
            for name in written_by_magic(view)
        }
        run: dict[str, list[tuple[str, int]]] = {}
        for file, line in scripts(cell):
            if file not in written:
                run.setdefault(os.path.dirname(file), []).append((file, line))
        for (file, at), *others in run.values():
            beside = f" (and {len(others)} more there)" if others else ""
            what = f"`{file}`{beside} is run as if it were a cell"
            yield self.found_at(cell, cell.span_of_line(at), what=what, then=_ELSEWHERE)

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        """One finding for the modules of a cell, each told where it is first imported."""
        told: set[str] = set()
        for cell in notebook.cells:
            own: list[tuple[str, ast.stmt]] = []
            for statement in cell.of(ast.Import, ast.ImportFrom):
                for top in _modules(statement):
                    if top in told:
                        continue
                    if top.startswith("."):
                        told.add(top)
                        yield self.found(
                            statement,
                            cell,
                            what=f"`{top}` is whatever lies beside",
                            then=_ELSEWHERE,
                        )
                    elif _is_local(top, cell) and not _is_fetched(top, notebook):
                        told.add(top)
                        own.append((top, statement))
            if own:
                own.sort(key=lambda one: one[1].lineno)
                names = ", ".join(f"`{top}`" for top, _ in own[:_LISTED])
                names += f" and {len(own) - _LISTED} more" if len(own) > _LISTED else ""
                kinds = {_kind(top, notebook) for top, _ in own}
                many = " and ".join(f"{kind}s" for kind in sorted(kinds))
                one = f"is a {kinds.copy().pop()}"
                what = f"{names} {f'are {many}' if own[1:] else one} beside the notebook"
                yield self.found(own[0][1], cell, what=what, then=_ELSEWHERE)


_ELSEWHERE = "elsewhere that is missing, or something else"
_NOT_FOUND = "outside of the project they are not found"
_INSTALLS_ITSELF = re.compile(r"(?m)^\s*(-\s+)?(-e|--editable)[ =]\.(\[[\w,]*\])?\s*$")


def _installed_by(changes: list[tuple[ast.Call, ast.expr]], cell: CellView) -> str:
    """The file by which the folder's modules are installed as a package; empty where none is."""
    for _, added in changes:
        folder = _folder(added, cell)
        if folder is None or not any((folder / build).is_file() for build in _BUILDS):
            return ""
        for file in declarations(folder):
            if _INSTALLS_ITSELF.search(text_of(file)):
                return file.name
    return ""


def _told(
    changes: list[tuple[ast.Call, ast.expr]], cell: CellView
) -> list[tuple[ast.Call, ast.expr]]:
    """The changes without those from which nothing is imported, as far as the folders tell.

    Where the notebook starts, Python looks anyway. A folder that lies there and has none of the
    modules is told only where the cell imports something that nobody else publishes: it is gone.
    """
    kept: list[tuple[ast.Call, ast.expr]] = []
    found_in: list[tuple[ast.Call, ast.expr]] = []
    for change in changes:
        text = folder_text(change[1], cell.notebook)
        if text is not None and os.path.normpath(text) == ".":
            continue
        folder = _folder(change[1], cell)
        if folder is None:
            kept.append(change)
        elif _holds(folder, cell):
            found_in.append(change)
        elif _wanted(cell):
            kept.append(change)
    return found_in or kept


def _wanted(cell: CellView) -> list[str]:
    """Modules that a cell imports, nobody declares, and Python would not find in any case."""
    changes = path_changes(cell)
    start = folder_at(changes[0][0].lineno, cell) if changes else None
    wanted = [
        one for one in dict.fromkeys(looked_for(cell)) if start is None or not _lies_in(start, one)
    ]
    path = cell.notebook.notebook.path
    if wanted and path.is_file():
        folders = tuple(folders_of(path))
        text = "\n".join(text_of(file) for folder in folders for file in declarations(folder))
        # The project's own name stands there, too.
        wanted = [one for one in wanted if is_local(one, folders) or not is_declared(one, text)]
    return wanted


def _lies_in(folder: Path, module: str) -> bool:
    return (folder / f"{module}.py").is_file() or (folder / module).is_dir()


def _folder(added: ast.expr, cell: CellView) -> Path | None:
    """The folder that is added, where its path was typed and it lies there."""
    text, start = folder_text(added, cell.notebook), folder_at(added.lineno, cell)
    folder = start / text if text is not None and start is not None else None
    return folder if folder is not None and folder.is_dir() else None


def _are_missing(changes: list[tuple[ast.Call, ast.expr]], cell: CellView) -> bool:
    """Whether none of the folders, all of them typed, lies in the repository that they name."""
    notebook = cell.notebook.notebook.path
    root = [*folders_of(notebook)][-1] if notebook.is_file() else None
    if root is None or ".git" not in entries(root):
        return False
    texts = [folder_text(added, cell.notebook) for _, added in changes]
    start = folder_at(changes[0][0].lineno, cell)
    if start is None:
        return False
    folders = [Path(os.path.abspath(start / text)) for text in texts if text is not None]
    return len(folders) == len(texts) and all(
        one.is_relative_to(root) and not one.exists() for one in folders
    )


def _fails_here(cell: CellView) -> str:
    """What comes of it, and where in the repository the module lies."""
    wanted = _wanted(cell)
    if not wanted:
        return "what is imported from there is not found here either"
    here = cell.notebook.notebook.path.absolute().parent
    for folder in below([*folders_of(cell.notebook.notebook.path)][-1]):
        if f"{wanted[0]}.py" in entries(folder):
            lies = Path(os.path.relpath(folder, here)).as_posix()
            return f"the import of `{wanted[0]}` fails here too: it lies in '{lies}'"
    return f"the import of `{wanted[0]}` fails here too"


def _gone(changes: list[tuple[ast.Call, ast.expr]], cell: CellView) -> list[str]:
    """Modules that the cell wants from folders which are there and have none of them."""
    folders = [_folder(added, cell) for _, added in changes]
    if any(folder is None or _holds(folder, cell) for folder in folders):
        return []
    return _wanted(cell)


def _holds(folder: Path, cell: CellView) -> bool:
    """Whether a module that this cell or one below imports lies in a folder."""
    return any(
        _lies_in(folder, top)
        for view in cell.notebook.cells
        if view.index >= cell.index
        for statement in view.of(ast.Import, ast.ImportFrom)
        for top in _modules(statement)
        if not top.startswith(".") and top not in sys.stdlib_module_names
    )


def _imports_after(call: ast.Call, added: ast.expr, cell: CellView) -> bool:
    """Whether something is imported below that others do not publish, or that lies there.

    A change on which no import rests has no effect.
    """
    folder = _folder(added, cell)
    if folder is not None and _holds(folder, cell):
        return True
    if any(map(_imports_unseen, cell.notebook.cells)):
        return True
    for view in cell.notebook.cells:
        for statement in view.of(ast.Import, ast.ImportFrom):
            below = view.index > cell.index or (
                view.index == cell.index and statement.lineno >= call.lineno
            )
            tops = {top.lstrip(".") for top in _modules(statement)}
            if below and any(
                top not in sys.stdlib_module_names and not is_a_known_library(top) for top in tops
            ):
                return True
    return False


def _imports_unseen(cell: CellView) -> bool:
    """Whether modules come by a call: the file that it runs, or the pickle, says which."""
    if not _BY_CALL.isdisjoint(cell.calls) or any(m.name == "run" for m in cell.cell.magics):
        return True
    return any(cell.module(c.func).startswith(_PICKLES) for c in cell.calls.get("load", ()))


_BY_CALL = frozenset("import_module __import__ exec_module run_path run_module exec".split())
_PICKLES = ("joblib", "pickle", "dill", "cloudpickle", "torch")


def _modules(statement: ast.stmt) -> list[str]:
    """The modules that are imported: the first part of their names, or dots and the whole."""
    if isinstance(statement, ast.ImportFrom) and statement.level:
        return [f"{'.' * statement.level}{statement.module or ''}"]
    return imported_packages(statement)


def _is_local(top: str, cell: CellView) -> bool:
    if cell.facts is not None:
        return top in {name.partition(".")[0] for name in cell.facts.modules}
    return _lies_beside(top, cell.notebook.notebook.path)


def _kind(top: str, notebook: NotebookView) -> str:
    beside = os.path.join(notebook.notebook.path.parent, top)
    return "folder" if os.path.isdir(beside) and not os.path.isfile(f"{beside}.py") else "file"


def _is_fetched(top: str, notebook: NotebookView) -> bool:
    """Whether the notebook downloads the file: it is there wherever the notebook runs (POC109)."""
    return any(
        f"{top}.py" in magic.arguments and _FETCHES.search(magic.arguments)
        for cell in notebook.cells
        for magic in cell.cell.magics
    )


def _lies_beside(name: str, notebook: Path) -> bool:
    """Whether a module's file lies in the notebook's folder, and is no package to be installed.

    A folder without an `__init__.py` is a package, too.
    """
    if name in sys.stdlib_module_names:
        return False
    beside = os.path.join(notebook.parent, name)  # a `Path` for each import takes longer
    if os.path.isfile(f"{beside}.py"):
        return True
    around = notebook.parent
    begun = os.path.isfile(os.path.join(beside, "__init__.py"))
    if not begun and not (name in entries(around) and is_a_namespace(name, around)):
        return False
    return not any((around / build).is_file() for build in _BUILDS)
