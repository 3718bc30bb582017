"""POC402 global-seed."""

from __future__ import annotations

from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.poc4_chance._generators import (
    NUMPY,
    PYTHON,
    SPLITTERS,
    only_shown,
    plain_draws,
    seeds,
    splits_unseeded,
)
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_SETUP = "import numpy as np\n"
_DRAWN = "\n# %%\na = np.random.rand(3)\n# %%\nb = np.random.rand(3)"


class GlobalSeed(Rule):
    """One seed for the whole process, and several cells draw from it in turn.

    Why it bites: what a cell draws depends on how often all cells above have drawn. One line
    more up there, or a cell run twice, and every figure below is another.
    On export: the state of the generator is carried from task to task, so that each draws what
    it drew in the notebook.
    """

    code, name, severity = "POC402", "global-seed", Severity.NOTE
    message = "`{seed}` serves cells {cells} together; one draw more in cell {first} and cell \
{last} draws other values"

    flagged = (
        Flagged(
            f"{_SETUP}«np.random.seed(1)»{_DRAWN}",
            says="serves cells 2 and 3 together; one draw more in cell 2 and cell 3",
        ),
        Flagged(
            f"{_SETUP}«np.random.seed(1)»\n# %%\nnp.random.shuffle(rows)\n# %%\n"
            "a, b = train_test_split(rows)"
        ),
        Flagged(
            "import random\n«random.seed(7)»\n# %%\nx = random.random()\n# %%\n"
            "y = random.random()\n# %%\nz = random.random()",
            says="cells 2, 3 and 4",
        ),
        Flagged(  # by another name for the module
            f"{_SETUP}rng = np.random\n«rng.seed(1)»\n# %%\na = rng.rand(3)\n# %%\nb = rng.rand(3)",
            says="`rng.seed(1)` serves cells 2 and 3 together",
        ),
    )
    ignored = (
        f"{_SETUP}np.random.seed(1)\n# %%\na = np.random.rand(3)",
        f"{_SETUP}np.random.seed(1)\n# %%\nx, y = train_test_split(a, random_state=1)\n# %%\n"
        "x, y = train_test_split(b, random_state=1)",
        f"{_SETUP}np.random.seed(1){_DRAWN}\nplt.imshow(X[b > 0.5])",  # a look
        f"{_SETUP}rng = np.random.default_rng(1)\n# %%\na = rng.random(3)\n# %%\nb = rng.random(3)",
        f"{_SETUP}def begin():\n    np.random.seed(1){_DRAWN}",
        f"{_SETUP}{_DRAWN}\n# %%\nnp.random.seed(1)",
        f"{_SETUP}# %%\nnp.random.seed(1)\na = np.random.rand(3)\n# %%\nnp.random.seed(1)\n"
        "b = np.random.rand(3)",  # each begins anew
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        found = [(call, cell, of) for call, cell, of in seeds(notebook) if of & {NUMPY, PYTHON}]
        if not found or len({cell.index for _, cell, _ in found}) > 1:
            return
        call, cell, generators = found[0]
        if cell.statement(call) not in cell.body:
            return
        users = [
            each.index
            for each in notebook.cells
            if each.index > cell.index and _draws_from(each, generators)
        ]
        if len(users) > 1:
            shown = f"{', '.join(map(str, users[:-1]))} and {users[-1]}"
            if len(users) > 4:
                shown = f"{users[0]}, {users[1]}, … and {users[-1]}"
            yield self.found(
                call, cell, seed=cell.source(call), cells=shown, first=users[0], last=users[-1]
            )


def _draws_from(cell: CellView, generators: frozenset[str]) -> bool:
    if only_shown(cell):
        return False
    if any(generator in generators for _, generator in plain_draws(cell)):
        return True
    return NUMPY in generators and any(
        splits_unseeded(call, name)
        for name in cell.library_calls.keys() & SPLITTERS
        for call in cell.library_calls[name]
    )
