"""POC714 model-without-card."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.products import saved_models
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_FEW_WORDS = 40
_CARD = re.compile(
    r"(?i)model.?card|meta_?data|limitation|intended|model_info|log_metric|mlflow|register_model|"
    r"model.?registry|"
    # a text beside the model
    r"(report|summary|metrics|scores|evaluation|readme)\w*\.(txt|md|json|csv|html|ya?ml)\b"
)
_MODEL = "model.fit(X, y)\nmodel.predict(Z)"


class ModelWithoutCard(Rule):
    """A model is saved from a notebook that has next to no text.

    Why it bites: in half a year the file is found, and nobody knows on what it was trained, how
    good it was, and for whom it must not be used.
    On export: the certificate says from which run it came; the rest nobody can derive.
    """

    code, name, severity = "POC714", "model-without-card", Severity.NOTE
    message = "`{model}` is saved and nothing here says what it is for, on what it was trained, or \
where it fails; the file alone tells nobody"

    flagged = (
        Flagged(f"{_MODEL}\n«joblib.dump(model, 'm')»", says="`model`"),
        Flagged(f"{_MODEL}\n# %%\nwith open('m', 'wb') as f:\n    «pickle.dump(model, f)»"),
        Flagged("import torch\n«torch.save(net, 'a.pt')»", says="`net`"),
        Flagged(  # figures of the training, and no words
            f"import json\n{_MODEL}\n«joblib.dump(model, 'm')»\njson.dump(h.history, f)"
        ),
        Flagged("m = SVC()\nm.fit(X, y)\n# %%\n«joblib.dump(m, 'm')»"),
    )
    ignored = (
        f"{_MODEL}\njoblib.dump(model, 'm')\njson.dump(model_info, f)",
        f"{_MODEL}\nprint(model)",
        f"{_MODEL}\njoblib.dump(model, 'm')\n# %% [markdown]\n# " + "what the model is for " * 10,
        f"{_MODEL}\njoblib.dump(model, 'm')\n# %%\n# " + "what the model is for " * 10,
        f"{_MODEL}\njoblib.dump(model, 'm')\nopen('out/class_report.txt', 'w').write(text)",
        # a record beside the model
        f"import json\n{_MODEL}\njoblib.dump(model, 'm')\n"
        "about = {'features': cols, 'auc': auc}\n# %%\n"
        "with open('m.json', 'w') as f:\n    json.dump(about, f)",
        "pickle.dump(rows, f)",
        "import torch\ntorch.save(batter_scaler, 'a.pt')",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        for call, model, cell in saved_models(notebook):
            # Some write their texts as comments, in cells that hold nothing else.
            words = sum(
                len(one.source.split()) for one in notebook.notebook.cells if one.kind == "markdown"
            ) + sum(len(one.cell.source.split()) for one in notebook.cells if _only_says(one))
            told = any(_CARD.search(one.source) for one in notebook.notebook.cells)
            if words < _FEW_WORDS and not told and not any(map(_writes_a_record, notebook.cells)):
                yield self.found(call, cell, model=model)
            return


def _writes_a_record(cell: CellView) -> bool:
    """Whether a table of a few words is written as JSON or YAML: `{'features': …, 'auc': …}`."""
    return any(
        cell.module(call.func).partition(".")[0] in ("json", "yaml", "ujson", "orjson", "toml")
        and any(_has_words(one, cell) for one in call.args[:1])
        for name in _DUMPS
        for call in cell.calls.get(name, ())
    )


def _has_words(table: ast.expr, cell: CellView) -> bool:
    match table:
        case ast.Name(id=name):
            made = cell.notebook.assigned.get(name, ())
            return any(
                isinstance(one, ast.Dict | ast.Call) and _has_words(one, cell) for one in made
            )
        case ast.Dict(keys=keys):
            typed = [one for one in keys if isinstance(one, ast.Constant)]
            return sum(isinstance(one.value, str) for one in typed) >= _WORDS
        case ast.Call(func=ast.Name(id="dict"), keywords=words):
            return len(words) >= _WORDS
    return False


_DUMPS = ("dump", "dumps", "safe_dump")
_WORDS = 2


def _only_says(cell: CellView) -> bool:
    """Whether a cell is nothing but comments, or a text in quotes."""
    return cell.cell.broken is None and all(
        isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in cell.body
    )
