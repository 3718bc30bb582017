"""POC401 unseeded-randomness."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, is_given

_SPLITTERS = ("train_test_split", "KFold", "StratifiedKFold", "ShuffleSplit")
_SEEDS = ("seed", "set_seed", "seed_everything", "set_random_seed", "manual_seed")


class UnseededRandomness(Rule):
    """A random split or sample is drawn without a seed.

    Why it bites: each run splits otherwise, so each run has other figures, and no two models can
    be compared.
    On export: what a second run does not repeat cannot be proved, and the certificate says so.
    """

    code, name, severity = "POC401", "unseeded-randomness", Severity.RISK
    message = "`{call}` draws without a seed; each run gives other rows and other figures"
    calls = (*_SPLITTERS, "sample")

    flagged = (
        Flagged("a, b = «train_test_split(df, test_size=0.2)»", says="`train_test_split`"),
        Flagged("df = pd.read_csv('a.csv')\npart = «df.sample(frac=0.1)»", says="`df.sample`"),
        Flagged("folds = «KFold(5, shuffle=True)»"),
    )
    ignored = (
        "a, b = train_test_split(df, random_state=1)",
        "a, b = train_test_split(df, shuffle=False)",
        "np.random.seed(1)\n# %%\na, b = train_test_split(df)",
        "folds = KFold(5)",  # does not shuffle
        "df = pd.read_csv('a.csv')\ndf.sample(5)",  # a look
        "a, b = train_test_split(df, **options)",
        "import random\nx = random.sample(items, 3)",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        if any(word.arg in (None, "random_state", "seed") for word in call.keywords):
            return
        name = cell.source(call.func)
        if name.endswith("sample"):
            if not _result_of_a_frame(call, cell):
                return
        elif name.endswith("KFold"):
            if not is_given(call, "shuffle", True):
                return
        elif is_given(call, "shuffle", False):
            return
        if not any(word in one.calls for one in cell.notebook.cells for word in _SEEDS):
            yield self.found(call, cell, call=name)


def _result_of_a_frame(call: ast.Call, cell: CellView) -> bool:
    """Whether `sample` is asked of a frame that was read, and its rows are used."""
    if isinstance(cell.statement(call), ast.Expr):
        return False
    match call.func:
        case ast.Attribute(value=ast.Name(id=frame)):
            return any(made.startswith("read_") for made in cell.notebook.made_by(frame))
    return False
