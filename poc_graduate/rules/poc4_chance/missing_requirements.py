"""POC405 missing-requirements."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from poc_graduate.dataflow.distributions import DISTRIBUTIONS, in_shared_folder
from poc_graduate.dataflow.names import imported_packages, imported_paths
from poc_graduate.rules.beside import (
    below,
    declarations,
    declared_below,
    entries,
    folders_of,
    is_a_known_library,
    is_a_namespace,
    is_declared,
    is_local,
    lies_above,
    names_a_file,
    names_unlisted,
    text_of,
    told_in_words,
)
from poc_graduate.rules.files import folder_text, looked_for, path_changes
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.outputs import texts as printed
from poc_graduate.rules.products import written_by_magic
from poc_graduate.rules.reached import function_around, reached
from poc_graduate.rules.requirement_lists import locked, refused
from poc_graduate.rules.rule import Rule
from poc_graduate.rules.view import CellView, NotebookView

_LISTED = 3
# Comes with Python, IPython or Jupyter, or belongs to the place where the notebook runs.
_THERE = frozenset(
    "IPython pylab ipykernel ipywidgets google kaggle_secrets dbutils __main__ builtins "
    "learntools otter nbgrader okpy "  # what grades an exercise
    "pkg_resources setuptools pip notebook jupyterlab nbformat mpl_toolkits poc_graduate".split()
)


# What people call files of their own; a library is called after something.
_OWN_WORDS = frozenset(
    "util utils utility utilities helper helpers function functions func funcs my custom common "
    "config configs configuration settings constants const data dataset datasets dataloader loader "
    "feature features engineering preprocess preprocessing processing cleaning clean model models "
    "modeling train training test inference predict prediction evaluate evaluation eval metric "
    "metrics plot plots plotting visualization viz src lib libs module modules tools "
    "scripts grader funs".split()
)


class MissingRequirements(Rule):
    """A library is imported that no file beside the notebook, or above it, declares.

    Why it bites: on another machine the import fails, or gives another release, and nobody knows
    with which one the results were computed.
    On export: the project's requirements name every library with the version of the observed run.
    """

    code, name, severity = "POC405", "missing-requirements", Severity.RISK
    message = "{modules} {declared}; on another machine {outcome}"

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        path = notebook.notebook.path
        if not path.is_file():  # text that was never saved has no files beside it
            return
        folders = tuple(folders_of(path))
        files = [file for folder in folders for file in declarations(folder)]
        # A notebook of its own is a draft; one in a repository is meant for others.
        if not files and ".git" not in entries(folders[-1]):
            return
        if not any(_works(node) for cell in notebook.cells for node in cell.body):
            return  # nothing but imports: it was left before it began
        found: dict[str, tuple[Span, CellView]] = {}
        written = {Path(name).stem for cell in notebook.cells for name in written_by_magic(cell)}
        imported = [*_imported(notebook, declared=bool(files))]
        put = _put_on_the_path(notebook, folders)
        looked = (*folders, *put)
        if any("sys.path" in text_of(folders[0] / f"{module}.py") for module, _, _ in imported):
            looked = (*looked, *below(folders[-1]))  # wherever that file may lead
        own = _own(notebook)
        for module, span, cell in imported:
            if module in written or module in own:
                continue
            if any(is_a_namespace(module, folder) for folder in (folders[0], *put)):
                continue
            if module not in found and not is_local(module, looked):
                found[module] = (span, cell)
        texts = [*map(text_of, files), *map(told_in_words, folders), *map(locked, folders)]
        text = "\n".join(filter(None, texts))
        installs = list(_installs(notebook))
        missing = [
            module
            for module, (span, cell) in found.items()
            if not is_declared(module, text)
            # What it brings along is there, and in whichever release: told where no file says one.
            and not is_declared(module, _before(span, cell, installs), brought=bool(files))
        ]
        own_files, others = declared_below(path) if missing else ([], [])
        aside: list[Path] = []  # files of other folders that declare some
        for file in own_files:
            left = [module for module in missing if not is_declared(module, text_of(file))]
            if len(left) < len(missing):
                missing = left
                aside.append(file)
                text += "\n" + text_of(file)
        if not missing:
            yield from self._refused(files, found)
            return
        above = {m: where for m in missing if (where := _lies_above(m, notebook))}
        if above and any(map(_leads_elsewhere, notebook.cells)):
            missing = [
                module for module in missing if module not in above
            ]  # there, for all we know
        gone = [m for m in missing if m in above or _is_a_gone_file(m, notebook)]
        if not missing:
            return
        if len(gone) == len(missing):
            span, cell = found[gone[0]]
            if gone[0] in above:
                gone = [module for module in gone if above.get(module) == above[gone[0]]]
            names = ", ".join(f"`{module}`" for module in gone[:_LISTED])
            names += f" and {len(gone) - _LISTED} more" if gone[_LISTED:] else ""
            declared = (
                "are imported, seem to be files of the project, and lie nowhere near"
                if gone[1:]
                else "is imported, seems to be a file of the project, and lies nowhere near"
            )
            if gone[0] in above:
                are, lie = ("are", "lie") if gone[1:] else ("is", "lies")
                declared = (
                    f"{are} imported, {lie} in {above[gone[0]]}, and no path to it is set here"
                )
            outcome = "the import fails"
            yield self.found_at(cell, span, modules=names, declared=declared, outcome=outcome)
            return
        missing = [module for module in missing if module not in gone]
        span, cell = found[missing[0]]
        names = ", ".join(_called(module, notebook) for module in missing[:_LISTED])
        if len(missing) > _LISTED:
            names += f" and {len(missing) - _LISTED} more"
        many = len(missing) > 1
        if files:
            declared = f"{'are' if many else 'is'} imported and not declared in {files[0].name}"
            outcome = "the import fails"
            if names_unlisted(text):
                outcome = f"{'they come' if many else 'it comes'} by way of another, if at all"
            yield self.found_at(cell, span, modules=names, declared=declared, outcome=outcome)
        else:
            says = "no file here says which release"
            if aside:
                says = f"not declared in {aside[0].relative_to(folders[-1]).as_posix()}"
                if aside[1:]:
                    says += f", nor in {len(aside) - 1} more such file{'s' * (len(aside) > 2)}"
            elif elsewhere := _elsewhere(missing, others):
                file, whole = elsewhere
                where = file.relative_to(folders[-1]).as_posix()
                says += f" ({where}, of another folder, names {'all' if whole else 'some'})"
            declared = f"{'are' if many else 'is'} imported and {says}"
            yield self.found_at(
                cell, span, severity=Severity.NOTE, modules=names, declared=declared,
                outcome="another one is installed, or none",
            )  # fmt: skip

    def _refused(
        self, files: list[Path], found: dict[str, tuple[Span, CellView]]
    ) -> Iterator[Finding]:
        """That a list which names all of them cannot be installed as it stands."""
        for file in files if found else ():
            listed = file.name.startswith("requirements") and file.suffix == ".txt"
            if listed and (line := refused(file)):
                module = next(iter(found))
                yield self.found_at(
                    found[module][1], found[module][0], modules=f"`{line}` in {file.name}",
                    declared="is no line that pip can read, and it then installs none of them",
                    outcome=f"the import of `{module}` fails",
                )  # fmt: skip
                return


def _lies_above(module: str, notebook: NotebookView) -> str:
    """The folder above the notebook's that holds what is imported of a module; empty where none."""
    path = notebook.notebook.path
    for cell in notebook.cells if not is_a_known_library(module) else ():
        for node in cell.of(ast.Import, ast.ImportFrom):
            match node:
                case ast.Import(names=imported):
                    names = [alias.name for alias in imported]
                case ast.ImportFrom(module=str(whole), level=0):
                    names = [whole]
                case _:
                    continue
            for name in names:
                if name.partition(".")[0] == module and (folder := lies_above(name, path)):
                    return f"'{Path(os.path.relpath(folder, path.absolute().parent)).as_posix()}'"
    return ""


def _leads_elsewhere(cell: CellView) -> bool:
    """Whether modules may be looked for, or the run may go on, in another folder."""
    goes = any(magic.name == "cd" for magic in cell.cell.magics)
    return goes or "chdir" in cell.calls or bool(path_changes(cell))


def _called(module: str, notebook: NotebookView) -> str:
    """The module; where a stored error says that there is none, also how it is imported.

    `scikit_learn` is how people spell the library's name, and no module.
    """
    missed = f"No module named '{module}'"
    if any(one.get("evalue") == missed for cell in notebook.cells for one in cell.cell.outputs):
        spelled = module.lower().replace("_", "-")
        for name, library in DISTRIBUTIONS.items():
            if library.lower() == spelled and name != module:
                return f"`{module}` (no module: the import is `{name}`)"
    return f"`{module}`"


def _elsewhere(missing: list[str], files: list[Path]) -> tuple[Path, bool] | None:
    """The file that names the most of the modules, half or more, and whether it names them all."""
    named = [(sum(is_declared(one, text_of(file)) for one in missing), file) for file in files]
    most, file = max(named, key=lambda one: one[0], default=(0, Path()))
    return (file, most == len(missing)) if most * 2 >= len(missing) else None


def _works(node: ast.stmt) -> bool:
    return not isinstance(node, ast.Import | ast.ImportFrom)


def _imported(notebook: NotebookView, *, declared: bool) -> Iterator[tuple[str, Span, CellView]]:
    """Modules of other people that a run imports, each with its place.

    What stands in a `try` or an `if` may be missing; what a function imports counts where
    something calls it. Of cells that are no Python of today the lines are read one by one.
    """
    local = _starts_spark(notebook, declared=declared)
    for cell in notebook.cells:
        for module, where in _imports_of(cell):
            known = module in sys.stdlib_module_names or module in _THERE
            known |= module == "pyspark" and not local
            if module and not known and not module.startswith("_"):
                yield module, where if isinstance(where, Span) else cell.span_of(where), cell


def _starts_spark(notebook: NotebookView, *, declared: bool) -> bool:
    """Whether a session of Spark is built on the machine itself: no cluster brings the library.

    One that is built here and names no cluster, nor a store of one, runs where the notebook does.
    Where files declare the other libraries, somebody has left this one to the cluster.
    """
    builds = False
    for cell in notebook.cells:
        masters = [cell.literal(call.args[0]) for call in cell.calls.get("master", ()) if call.args]
        if any(isinstance(master, str) and master.startswith("local") for master in masters):
            return True
        builds |= not _BUILDS_SPARK.isdisjoint(cell.calls)
        if masters or _OF_A_CLUSTER.search(cell.cell.code):
            return False
    return builds and not declared


def _imports_of(cell: CellView) -> Iterator[tuple[str, ast.stmt | Span]]:
    if cell.cell.broken is not None:
        for number, line in enumerate(cell.lines, 1):
            if match := _IMPORT.match(line):
                for name in (match["whole"] or match["part"]).split(","):
                    yield name.split()[0].partition(".")[0], cell.span_of_line(number)
        return
    if "import" not in cell.cell.code:
        return
    for node in sorted(cell.of(ast.Import, ast.ImportFrom), key=lambda node: node.lineno):
        if cell.parent(node) is cell.parsed.tree or _is_run(node, cell):
            for module in (*imported_packages(node), *_in_a_shared_folder(node)):
                yield module, node


def _in_a_shared_folder(node: ast.stmt) -> Iterator[str]:
    """`mpl_toolkits.basemap`, `google.cloud.storage`: a library in a folder of another one."""
    yield from sorted({part for name in imported_paths(node) if (part := in_shared_folder(name))})


def _is_run(node: ast.stmt, cell: CellView) -> bool:
    """Whether an import in a function is one of those that a run comes to."""
    at = cell.parent(node)
    while at is not None:
        if isinstance(at, ast.Try | ast.If | ast.ClassDef):
            return False
        at = cell.parent(at)
    around = function_around(node, cell)
    return around is not None and around.name in reached(cell.notebook)


def _installs(notebook: NotebookView) -> Iterator[tuple[int, int, str]]:
    """Commands that install something, to the shell or by `subprocess`; cell and line of each."""
    for cell in notebook.cells:
        for magic in cell.cell.magics:
            if "install" in magic.arguments:
                yield cell.index, magic.line, magic.arguments.lower()
        for name in _RUNS & cell.calls.keys():
            for call in cell.calls[name]:
                text = ast.unparse(call).lower()
                if "install" in text:
                    yield cell.index, call.lineno, text


def _before(span: Span, cell: CellView, installs: list[tuple[int, int, str]]) -> str:
    """The commands that a run comes to before an import; of one in a function, all of them."""
    at = (cell.index, span.line) if span.column == 1 else (sys.maxsize, 0)
    return "\n".join(text for *where, text in installs if tuple(where) <= at)


def _put_on_the_path(notebook: NotebookView, folders: tuple[Path, ...]) -> list[Path]:
    """Folders that are added to `sys.path`; those below the project's, where they are computed."""
    found: list[Path] = []
    for cell in notebook.cells:
        for _, added in path_changes(cell):
            text = folder_text(added, notebook)
            if text is not None:
                found.append(folders[0] / text)
            else:
                found += [one / part for one in folders for part in entries(one)]
    return found


def _own(notebook: NotebookView) -> frozenset[str]:
    """Modules for which a cell changes `sys.path`: the team's, though they may be gone from here.

    No declaration would bring them. Where the folder is not here, nobody knows which of the modules
    below are in it.
    """
    found: set[str] = set()
    gone = False
    for cell in notebook.cells:
        changes = path_changes(cell)
        if changes:
            found.update(looked_for(cell))
        elif gone:
            for module, _ in _imports_of(cell):
                found.update(() if is_a_known_library(module) else (module,))
        texts = [folder_text(added, notebook) for _, added in changes]
        gone |= any(t is None or not (notebook.notebook.path.parent / t).is_dir() for t in texts)
    return frozenset(found)


def _is_a_gone_file(module: str, notebook: NotebookView) -> bool:
    """Whether a module is, by what is here, a file of the project that is no longer here.

    It is called as people call their own, a README or git's list of what is left out names its
    file, or a warning that is stored came from it.
    """
    if is_a_known_library(module):
        return False
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", module)
    if words and all(word.lower() in _OWN_WORDS or word.isdigit() for word in words):
        return True
    folders_here = [*folders_of(notebook.notebook.path)]
    if any(names_a_file(folder, f"{module}.py") for folder in folders_here):
        return True
    own = {
        re.sub(r"[\W_]+", "", Path(name).stem.lower())
        for folder in folders_here
        for name in entries(folder)
        if name.endswith(".ipynb")
    }
    if module.lower().replace("_", "") in own:  # what was made of a notebook
        return True
    lies = re.compile(rf"[\\/]([\w.-]+)[\\/]{re.escape(module)}\.py\b")
    folders = {
        match[1]
        for cell in notebook.cells
        for text in printed(cell.cell)
        if f"{module}.py" in text
        for match in lies.finditer(text)
    }
    return bool(folders - {"site-packages", "dist-packages"})


_IMPORT = re.compile(
    r"import (?P<whole>\w[\w.]*(?: as \w+)?(?:, *\w[\w.]*(?: as \w+)?)*)\s*(?:#.*)?$"
    r"|from (?P<part>\w[\w.]*) import "
)
_BUILDS_SPARK = frozenset({"getOrCreate", "SparkContext"})
_OF_A_CLUSTER = re.compile(r"dbutils|dbfs|hdfs:|\b(?:gs|s3a?|wasbs|abfss)://|yarn|mesos|spark://")
_RUNS = frozenset("run call check_call check_output Popen system".split())
