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
    r"(?i)model.?card|metadata|limitation|intended|model_info|log_metric|mlflow|"
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
        Flagged("m = SVC()\nm.fit(X, y)\n# %%\n«joblib.dump(m, 'm')»"),
    )
    ignored = (
        f"{_MODEL}\njoblib.dump(model, 'm')\njson.dump(model_info, f)",
        f"{_MODEL}\nprint(model)",
        f"{_MODEL}\njoblib.dump(model, 'm')\n# %% [markdown]\n# " + "what the model is for " * 10,
        f"{_MODEL}\njoblib.dump(model, 'm')\n# %%\n# " + "what the model is for " * 10,
        f"{_MODEL}\njoblib.dump(model, 'm')\nopen('out/class_report.txt', 'w').write(text)",
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
            if words < _FEW_WORDS and not told:
                yield self.found(call, cell, model=model)
            return


def _only_says(cell: CellView) -> bool:
    """Whether a cell is nothing but comments, or a text in quotes."""
    return cell.cell.broken is None and all(
        isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in cell.body
    )
