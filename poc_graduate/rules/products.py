"""What a notebook leaves behind: files, tables, models."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Mapping

from poc_graduate.rules.parsed import Parsed
from poc_graduate.rules.view import CellView, NotebookView

WRITERS = frozenset(
    "to_csv to_excel to_parquet to_feather to_json to_sql to_gbq to_pickle to_hdf to_stata "
    "to_html to_markdown to_latex savetxt save savez savez_compressed savefig write_image "
    "write_html dump export_text save_model save_weights save_pretrained imwrite to_file "
    "write_text write_bytes writerow writerows writelines put_object upload_file "
    "upload_from_filename push_to_hub log_model saveAsTable ExcelWriter to_delta".split()
)
"""Calls that leave something for later."""
TABLES = frozenset("to_csv to_excel to_parquet to_feather to_json to_sql to_gbq".split())
"""Those of them that write a frame."""
_PLACES = frozenset({None, *"path_or_buf path fname excel_writer name destination_table".split()})
_SAVES = frozenset({"dump", "save", "save_model", "export_model", "save_pretrained"})
_MODELS = ("Classifier", "Regressor", "Regression", "SVC", "SVR", "NB", "KMeans", "CV", "Ridge")
_NO_MODEL = re.compile(r"(?i)scaler|optimi[sz]er|vocab|tokeni[sz]er")
_BUILTINS = frozenset(dir(builtins))
_NONE = frozenset[str]()
_PICKLERS = ("pickle", "joblib", "dill", "cloudpickle", "sklearn.externals.joblib")


def saved_models(notebook: NotebookView) -> Iterator[tuple[ast.Call, str, CellView]]:
    """Calls that store a fitted model, each with the model's name."""
    models: frozenset[str] | None = None
    for cell in notebook.cells:
        for call in _saves(cell):
            models = fitted(notebook) if models is None else models
            name = _stored_name(call, cell)
            network = cell.module(call.func) == "torch.save" and not _NO_MODEL.search(name)
            if name in models or (name and network):
                yield call, name, cell


def written_by_magic(cell: CellView) -> list[str]:
    """The file that `%%writefile` makes of a cell."""
    return [
        magic.arguments.split()[-1]
        for magic in cell.cell.magics
        if magic.name in ("writefile", "file") and magic.arguments.split()
    ]


def fitted(notebook: NotebookView) -> frozenset[str]:
    """Names on which `fit` is called and that predict, or are trained as a model is."""
    fits = _methods(notebook, ("fit", "fit_generator", "train", "partial_fit"))
    predicts = _methods(
        notebook, ("predict", "predict_proba", "score", "evaluate", "compile", "decision_function")
    )
    made = {
        name
        for name, values in notebook.assigned.items()
        for value in values
        if isinstance(value, ast.Call) and _is_a_model(value, fits=name in fits)
    }
    return frozenset(fits & predicts | made)


def _is_a_model(made: ast.Call, *, fits: bool) -> bool:
    """Whether a call makes a model that is fitted: here, as in `SVC().fit(X, y)`, or later."""
    match made.func:
        case ast.Attribute(value=ast.Call(func=kind), attr="fit"):
            fits = True
        case kind:
            pass
    return fits and ast.unparse(kind).endswith(_MODELS)


def writes_product(notebook: NotebookView) -> bool:
    """Whether a table or a model is left for others."""
    if any(is_written(call) for cell in notebook.cells for call in _tables(cell)):
        return True
    return next(saved_models(notebook), None) is not None


def is_written(call: ast.Call) -> bool:
    """Whether a frame goes to a place; without one, `to_csv()` and `to_json()` give a text."""
    return bool(call.args) or any(word.arg in _PLACES for word in call.keywords)


def _tables(cell: CellView) -> Iterator[ast.Call]:
    for name in sorted(TABLES & cell.library_calls.keys()):
        yield from cell.library_calls[name]


def written_from(notebook: NotebookView) -> frozenset[str]:
    """Names that hold, at some time, what a table or model left for others is made of.

    Names only: whatever is read by a statement that binds one of them is one of them too.
    """
    found = {name for _, name, _ in saved_models(notebook)}
    for cell in notebook.cells:
        writers = set(filter(is_written, _tables(cell)))
        if writers and len(cell.names.statements) == len(cell.body):
            for node, names in zip(cell.body, cell.names.statements, strict=True):
                if not writers.isdisjoint(ast.walk(node)):
                    found |= names.reads | names.reads_later
                    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                        found.add(node.name)
    if not found:
        return frozenset()
    read_by: list[tuple[frozenset[str], frozenset[str]]] = []
    for cell in notebook.cells:
        changed = cell.parsed.once(_changed)
        for function, reads in cell.names.functions.items():
            read_by.append((frozenset({function}), reads))
        for node, names in zip(cell.body, cell.names.statements, strict=False):
            bound = names.defines | names.may_define | (changed.get(node, _NONE) & names.reads)
            bound |= _filled_in(node) & names.reads
            read_by.append((bound, names.reads | names.reads_later))
    before = -1
    while before < len(found):
        before = len(found)
        for bound, reads in read_by:
            if not bound.isdisjoint(found):
                found |= reads
    return frozenset(found - notebook.imports.keys() - _BUILTINS)


def reaches_a_product(call: ast.Call, cell: CellView) -> bool:
    """Whether what this very call reads goes into a table or model that is left for others.

    The names are followed from top to bottom: one that is bound anew, to something else, holds
    other data from there on. What functions do with names is not followed: then it may.
    """
    held: set[str] = set()
    writing: set[str] = set()  # functions
    functions: dict[str, frozenset[str]] = {}
    saves = [*saved_models(cell.notebook)]
    for view in cell.notebook.cells:
        functions.update(view.names.functions)
        if len(view.names.statements) != len(view.body):
            return True
        changed = view.parsed.once(_changed)
        writers = [one for one in _tables(view) if is_written(one)]
        writers += [dump for dump, _, at in saves if at is view]
        writing_here = {view.parsed.top(one) for one in writers}
        for node, names in zip(view.body, view.names.statements, strict=True):
            starts = view is cell and node.lineno <= call.lineno <= (node.end_lineno or 0)
            writes = node in writing_here
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                if starts or (writes and isinstance(node, ast.ClassDef)):
                    return True
                writing |= {node.name} if writes else set()
                continue
            reads = _with_functions(names.reads | names.reads_later, functions)
            takes = starts or not held.isdisjoint(reads)
            if takes:
                held |= names.defines | names.may_define | (changed.get(node, _NONE) & names.reads)
                held |= _filled_in(node) & names.reads
                if writes or not writing.isdisjoint(reads):
                    return True
            elif isinstance(node, ast.Assign):
                held -= names.defines
    return False


def _with_functions(
    reads: frozenset[str], functions: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """What a statement reads, and what the functions read that it calls."""
    todo = [*(reads & functions.keys())]
    while todo:
        more = functions[todo.pop()] - reads
        reads |= more
        todo += more & functions.keys()
    return reads


def _filled_in(node: ast.stmt) -> set[str]:
    """Names whose methods a block calls for what they do: `rows` of `rows.append(…)` in a loop."""
    if not isinstance(node, ast.For | ast.While | ast.If | ast.With | ast.Try):
        return set()
    found: set[str] = set()
    for one in ast.walk(node):
        match one:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
                found.add(name)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                found.add(name)
    return found


def _changed(cell: Parsed) -> dict[ast.AST, set[str]]:
    """Statement at the top → names whose objects it may change.

    Such as `df` of `df['a'] = …` and of `df.drop(…)`.
    """
    changes: list[tuple[ast.AST, ast.expr]] = []
    for part in cell.of(ast.Subscript):
        if isinstance(part.ctx, ast.Store):
            changes.append((cell.top(part), part.value))
    for attribute in cell.of(ast.Attribute):
        if isinstance(attribute.ctx, ast.Store):
            changes.append((cell.top(attribute), attribute.value))
    for call in cell.of(ast.Call):
        if isinstance(call.func, ast.Attribute) and isinstance(top := cell.top(call), ast.Expr):
            changes.append((top, call.func.value))
    found: dict[ast.AST, set[str]] = {}
    for statement, owner in changes:
        names = {one.id for one in ast.walk(owner) if isinstance(one, ast.Name)}
        found.setdefault(statement, set()).update(names)
    return found


def _saves(cell: CellView) -> Iterator[ast.Call]:
    if not _SAVES.isdisjoint(cell.calls):
        for name, calls in cell.calls.items():
            if name in _SAVES:
                yield from calls


def _stored_name(call: ast.Call, cell: CellView) -> str:
    """`model` of `joblib.dump(model, …)`, `torch.save(model, …)` and `model.save(…)`."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=attr), args=args):
            module = cell.module(call.func)
            if attr == "dump" or module == "torch.save":
                return _first(args)
            return "" if module else owner
        case ast.Call(func=ast.Name(), args=args) if cell.module(call.func).startswith(_PICKLERS):
            return _first(args)
    return ""


def _first(args: list[ast.expr]) -> str:
    match args:
        case [ast.Name(id=name), *_]:
            return name
        case [ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="state_dict")), *_]:
            return name
    return ""


def _methods(notebook: NotebookView, wanted: tuple[str, ...]) -> set[str]:
    """Names of which one of these methods is called."""
    return {
        call.func.value.id
        for cell in notebook.cells
        for method in wanted
        for call in cell.calls.get(method, ())
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    }
