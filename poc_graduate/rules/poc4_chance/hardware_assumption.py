"""POC406 hardware-assumption."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_MANY = 16
_ASKS = (
    "is_available", "device_count", "list_physical_devices", "list_logical_devices", "is_built",
    "gpu_device_name", "is_gpu_available", "getAvailableDevices", "Accelerator",
)  # fmt: skip
_GPU = re.compile(r"cuda(:\d+)?|gpu(:\d+)?|mps", re.I)
_GPU_WORDS = {
    "device": _GPU,
    "task_type": re.compile("GPU"),
    "accelerator": re.compile("gpu|cuda"),
    "tree_method": re.compile("gpu_hist"),
    "device_type": re.compile("gpu|cuda"),
}
# Their workers are processes, each with data of its own; those of forests are threads.
_PROCESSES = re.compile(
    r"^(cross_val|cross_validate|\w*SearchCV$|learning_curve|Parallel$|Pool$|\
ProcessPoolExecutor|permutation_|Bagging|Stacking|Voting)"
)
_WORKERS = frozenset("n_jobs nthread num_threads thread_count max_workers processes".split())
_LISTEN = frozenset({"cuda", "to", "device", "set_device"})


class HardwareAssumption(Rule):
    """A graphics card, or a number of cores, is taken for granted.

    Why it bites: the machine that runs the pipeline has none, or fewer; the run ends with an
    error, or takes days.
    On export: nothing; the value stays as it is.
    """

    code, name, severity = "POC406", "hardware-assumption", Severity.RISK
    message = "`{call}` wants {wanted}{more}; on a machine without {outcome}"

    flagged = (
        Flagged("model = «model.cuda()»\nx = x.cuda()", says="a graphics card, as in 1 more place"),
        Flagged("import torch\ndevice = «torch.device('cuda')»\nmodel.to(device)"),
        Flagged("model = «XGBClassifier(tree_method='gpu_hist')»", says="the run fails"),
        Flagged("scores = «cross_val_score(model, X, y, n_jobs=32)»", says="32 cores"),
        Flagged(
            "model = «RandomForestClassifier(n_jobs=50)»",
            says="50 cores; on a machine without them they wait for each other",
        ),
        Flagged("import torch\n«torch.cuda.set_device(3)»", says="graphics card number 3"),
        Flagged("import os\n«os.environ['CUDA_VISIBLE_DEVICES'] = '2'»", says="card number 2"),
    )
    ignored = (
        "import torch\ndevice = torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
        "import torch\nif torch.cuda.is_available():\n    model.cuda()",
        "model = XGBClassifier(n_jobs=-1)",
        "model = XGBClassifier(n_jobs=4)",
        "if device == 'gpu':\n    given.update(device_type='gpu')",  # somebody has asked before
        "pool = ThreadPoolExecutor(max_workers=32)",  # they wait for the network, not for a core
        "model.to('cpu')",
        "import os\nos.environ['CUDA_VISIBLE_DEVICES'] = '-1'",
        "import os\nos.environ['CUDA_VISIBLE_DEVICES'] = '0'",
        "import torch\nx = torch.cuda.synchronize()",
    )

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        cards = [*_cards(notebook)]
        if cards and not any(name in cell.calls for cell in notebook.cells for name in _ASKS):
            node, cell, wanted = min(cards, key=lambda one: (one[1].index, one[0].lineno))
            count = len(cards) - 1
            more = f", as in {count} more place{'s' * (count > 1)}" if count else ""
            yield self.found(
                node, cell, call=_cut(cell.source(node)), wanted=wanted, more=more,
                outcome="it the run fails",
            )  # fmt: skip
        for cell in notebook.cells:
            for call, word in _words(cell, _WORKERS):
                given = cell.literal(word.value)
                name = last_name(call.func)
                if isinstance(given, int) and given >= _MANY and name != "ThreadPoolExecutor":
                    alone = _PROCESSES.match(name) is None
                    crowd = "they wait" if alone else "the workers fill the memory and wait"
                    yield self.found(
                        call, cell, severity=Severity.NOTE, call=_cut(cell.source(call)),
                        wanted=f"{given} cores", more="",
                        outcome=f"them {crowd} for each other",
                    )  # fmt: skip
                    return


def _cards(notebook: NotebookView) -> Iterator[tuple[ast.expr | ast.stmt, CellView, str]]:
    """Where a graphics card is asked for, in words which."""
    for cell in notebook.cells:
        source = cell.cell.code
        if "cuda" not in source and "CUDA" not in source and "gpu" not in source.lower():
            continue
        for name in cell.calls.keys() & _LISTEN:
            for call in cell.calls[name]:
                if (wanted := _card_of(call, name, cell)) and not _is_chosen(call, cell):
                    yield call, cell, wanted
        for call, word in _words(cell, frozenset(_GPU_WORDS)):
            given = word.value.value if isinstance(word.value, ast.Constant) else None
            gpu = isinstance(given, str) and _GPU_WORDS[word.arg or ""].fullmatch(given)
            if gpu and last_name(call.func) not in _LISTEN and not _is_chosen(call, cell):
                yield call, cell, "a graphics card"
        for node in cell.body:
            match node:
                case ast.Assign(
                    targets=[
                        ast.Subscript(
                            value=ast.Attribute(attr="environ"),
                            slice=ast.Constant(value="CUDA_VISIBLE_DEVICES"),
                        )
                    ],
                    value=ast.Constant(value=str(cards)),
                ) if re.search(r"[1-9]", cards) and "-" not in cards:
                    yield node, cell, f"graphics card number {cards}"


def _card_of(call: ast.Call, name: str, cell: CellView) -> str:
    match call:
        case ast.Call(func=ast.Attribute(), args=[]) if name == "cuda" and not call.keywords:
            return "a graphics card"
        case ast.Call(args=[ast.Constant(value=str(device)), *_]) if name in ("to", "device"):
            attribute = isinstance(call.func, ast.Attribute)
            if attribute and re.fullmatch(r"cuda(:\d+)?", device):
                number = device.partition(":")[2]
                return f"graphics card number {number}" if number > "0" else "a graphics card"
        case ast.Call(args=[ast.Constant(value=int(number))]) if name == "set_device":
            if number and "cuda" in cell.source(call.func):
                return f"graphics card number {number}"
    return ""


def _is_chosen(call: ast.Call, cell: CellView) -> bool:
    """Whether it stands in `… if … else …`, or in an `if` or `try` of its own."""
    at = cell.parent(call)
    while at is not None:
        if isinstance(at, ast.IfExp | ast.Try) or (isinstance(at, ast.If) and not _is_main(at)):
            return True
        at = cell.parent(at)
    return False


def _is_main(node: ast.If) -> bool:
    """`if __name__ == '__main__':` is true in a notebook."""
    return any(isinstance(one, ast.Name) and one.id == "__name__" for one in ast.walk(node.test))


def _words(cell: CellView, names: frozenset[str]) -> Iterator[tuple[ast.Call, ast.keyword]]:
    if not any(name in cell.cell.code for name in names):
        return
    for calls in cell.calls.values():
        for call in calls:
            for word in call.keywords:
                if word.arg in names:
                    yield call, word


def _cut(text: str, longest: int = 60) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
