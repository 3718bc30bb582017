"""POC307 ambient-setting-changes-results."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView, keyword

_HIDES = "warnings that point at wrong results stay away, in every cell below"
_CALLS = {
    "numpy.seterr": _HIDES,
    "locale.setlocale": "numbers and dates are read and sorted by this machine's locale, if it "
    "has it",
    "torch.set_default_dtype": "every tensor made below has another precision",
    "torch.set_default_tensor_type": "every tensor made below has another type",
    "tensorflow.keras.backend.set_floatx": "every layer made below has another precision",
    "keras.backend.set_floatx": "every layer made below has another precision",
    "sklearn.set_config": "every estimator below gives, or takes, something else",
    "torch.use_deterministic_algorithms": "operations below compute otherwise, or fail",
}
_OPTIONS = {
    "mode.chained_assignment": "writes into a copy, which are lost, are no longer reported",
    "mode.use_inf_as_na": "infinite values count as missing in every cell below",
    "mode.copy_on_write": "frames share or copy their values otherwise in every cell below",
    "future.infer_string": "columns of text have another type in every cell below",
}
_ENVIRON = {
    "PYTHONHASHSEED": "Python reads it at its start only; set here it does nothing",
    "KMP_DUPLICATE_LIB_OK": "two OpenMP libraries run side by side, which may compute wrongly "
    "without a word",
    "TZ": "times without a zone mean another hour from here on",
}
_OF_SKLEARN = ("transform_output", "assume_finite", "enable_metadata_routing")
_TRANSFORMED = "every transformer below gives another type"
_TRANSFORMS = frozenset(
    "transform fit_transform Pipeline make_pipeline ColumnTransformer make_column_transformer "
    "FeatureUnion make_union".split()
)
_SEEN = frozenset({"all", "divide", "invalid", "over", "under"})


class AmbientSettingChangesResults(Rule):
    """A setting of the whole process decides what cells further down compute, or hide.

    Why it bites: a cell that is moved, or run in a process of its own, computes without it; and
    what it hides is what would have told of a mistake.
    On export: the setting is made again at the start of each later task.
    """

    code, name, severity = "POC307", "ambient-setting-changes-results", Severity.RISK
    message = "`{setting}` {reach}; {effect}"
    calls = (
        *dict.fromkeys(name.rpartition(".")[2] for name in _CALLS),
        "set_option",
        "setdefault",
    )

    flagged = (
        Flagged("import numpy as np\n«np.seterr(all='ignore')»", says="`np.seterr(all='ignore')`"),
        Flagged(
            "import pandas as pd\n«pd.options.mode.chained_assignment = None»",
            says="writes into a copy",
        ),
        Flagged("import pandas as pd\n«pd.set_option('mode.use_inf_as_na', True)»"),
        Flagged("import os\n«os.environ['PYTHONHASHSEED'] = '0'»", says="does nothing"),
        Flagged(
            "import sklearn\n«sklearn.set_config(transform_output='pandas')»\n# %%\n"
            "X = make_pipeline(SVC()).fit(X)",
            says="every transformer below gives another type",
        ),
        Flagged(
            "import sklearn\nset_it = 1\n«sklearn.set_config(transform_output='pandas')»\n"
            "X = scaler.transform(X)"
        ),
        Flagged("import sklearn\n«sklearn.set_config(assume_finite=True)»\nm.predict(X)"),
        Flagged("import locale\n«locale.setlocale(locale.LC_ALL, 'de_DE')»", says="locale"),
    )
    ignored = (
        "import pandas as pd\npd.set_option('display.max_rows', 99)",
        "import pandas as pd\npd.options.display.max_rows = 99",
        "import numpy as np\nnp.seterr(all='raise')",  # tells more, not less
        "from sklearn import set_config\nset_config(display='diagram')",  # how they are drawn
        # nothing is transformed below
        "from sklearn import set_config\nX = scaler.fit_transform(X)\n# %%\n"
        "set_config(transform_output='pandas')\n# %%\nm.fit(X, y)\nm.score(X, y)",
        "import numpy as np\nwith np.errstate(all='ignore'):\n    x = a / b",
        "import os\nos.environ['MODE'] = 'test'",
        "import os\nprint(os.environ['TZ'])",
        "import locale\nlocale.setlocale(locale.LC_ALL)",
    )

    def check_call(self, call: ast.Call, cell: CellView) -> Iterator[Finding]:
        what = cell.module(call.func)
        effect = _CALLS.get(what)
        if what == "numpy.seterr":
            values = [word.value for word in call.keywords if word.arg in _SEEN]
            if not any(isinstance(v, ast.Constant) and v.value == "ignore" for v in values):
                effect = None
        elif what == "sklearn.set_config":
            asked = [word for word in _OF_SKLEARN if keyword(call, word)]
            if asked == ["transform_output"]:
                effect = _TRANSFORMED if _transforms_below(call, cell) else None
            elif not asked:
                effect = None
        elif what == "locale.setlocale" and len(call.args) < 2 and not keyword(call, "locale"):
            effect = None
        elif what == "pandas.set_option" and len(call.args) >= 2:
            effect = _OPTIONS.get(str(cell.literal(call.args[0])))
        elif what == "os.environ.setdefault" and call.args:
            effect = _ENVIRON.get(str(cell.literal(call.args[0])))
        if effect is not None:
            yield self.found(
                call, cell, setting=cell.source(call), reach=_reach(effect), effect=effect
            )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        for cell in notebook.cells:
            for node in cell.body:
                match node:
                    case ast.Assign(targets=[ast.Attribute() as target]):
                        option = notebook.module(target).removeprefix("pandas.options.")
                        effect = _OPTIONS.get(option)
                    case ast.Assign(
                        targets=[ast.Subscript(value=of, slice=ast.Constant(value=str(name)))]
                    ) if name in _ENVIRON and notebook.module(of) == "os.environ":
                        effect = _ENVIRON[name]
                    case _:
                        continue
                if effect is not None:
                    yield self.found(
                        node, cell, setting=cell.source(node), reach=_reach(effect), effect=effect
                    )


def _reach(effect: str) -> str:
    late = effect == _ENVIRON["PYTHONHASHSEED"]
    return "comes too late" if late else "holds for the whole process"


def _transforms_below(call: ast.Call, cell: CellView) -> bool:
    """Whether something is transformed, or a pipeline made that does so, below a call."""
    return any(
        view.index > cell.index or (view is cell and one.lineno > call.lineno)
        for view in cell.notebook.cells
        for one in view.calls_of(_TRANSFORMS)
    )
