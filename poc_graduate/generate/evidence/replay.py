"""A task run once more from the products of the build, every call of it seen."""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import os
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .calls import MARK, PREDICTS, Recorder, Seen, copied, rewritten

_ASKS = re.compile(rf"\.({'|'.join(PREDICTS)})\(|\bmetrics\b")


@dataclass
class Replayed:
    """A task that has run.

    Attributes:
        name: Its name.
        package: The project's package.
        space: Its names at the end.
        products: Name that a product holds as it is at the end → path and place in it: what the
            task takes from another one, and what it keeps itself.
        calls: Calls that its cells and the package's functions made, in order.
    """

    name: str
    package: str
    space: dict[str, Any]
    products: dict[str, tuple[str, int]]
    calls: list[Seen]


def asking(spec: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Tasks in whose text, or in that of the functions they call, a model or metric is asked."""
    functions: dict[str, str] = {}
    for module in spec["modules"]:
        text = _module_text(spec, module)
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                functions[node.name] = ast.get_source_segment(text, node) or ""
    for stage in spec["stages"]:
        texts = [cell["text"] for cell in stage["cells"]]
        reached: set[str] = set()
        todo = "\n".join(texts)
        while True:
            found = {n for n in functions if n not in reached and re.search(rf"\b{n}\b", todo)}
            if not found:
                break
            reached |= found
            todo = "\n".join(functions[name] for name in found)
        texts += [functions[name] for name in reached] + stage["before"]
        if any(_ASKS.search(text) for text in texts):
            yield stage


def _module_text(spec: dict[str, Any], module: str) -> str:
    return Path("src", spec["package"], f"{module}.py").read_text(encoding="utf-8")


def worth_keeping(seen: Seen) -> bool:
    """A call that may be an answer of a model, its fit, or a metric of one."""
    if seen.receiver is not None and hasattr(seen.receiver, "predict"):
        if seen.method in PREDICTS:
            seen.result = copied(seen.result)
            return True
        return seen.method in ("fit", "fit_transform", "fit_predict")
    if len(seen.args) + len(seen.kwargs) < 2 or isinstance(seen.result, bool):
        return False
    if type(seen.result).__name__ not in ("float", "float64", "float32"):
        return False
    sizes = [rows(value) for value in (*seen.args, *seen.kwargs.values())][:2]
    return sizes[0] is not None and sizes[0] == sizes[-1] and sizes[0] > 1


def rows(value: Any) -> int | None:
    """How many rows a column of figures or labels has; None where it is no column."""
    kind = type(value)
    if kind.__name__ == "ndarray":
        return len(value) if value.ndim == 1 else None
    if kind.__name__ == "Series" and kind.__module__.startswith("pandas"):
        return len(value)
    return None


def replayed(spec: dict[str, Any], stage: dict[str, Any]) -> Replayed | None:
    """Run a task's cells on all of its data; None where one of them fails."""
    recorder = Recorder(worth_keeping)
    space = {**start(spec, stage), MARK: recorder}
    texts = [("\n".join(stage["before"]), False), *((c["text"], True) for c in stage["cells"])]
    with quiet():
        try:
            rewrite_modules(spec, recorder)
            for text, sources in texts:
                _run(text, space, sources=sources)
        except (ImportError, SyntaxError):  # only a kernel reads it
            return None
    products = {
        name: (path, place if len(names) > 1 else -1)
        for names, path in (
            *zip(stage["loaded"], stage["loaded_from"], strict=True),
            *stage["keeps"],  # the later ones: what it has changed, it keeps anew
        )
        for place, name in enumerate(names)
    }
    return Replayed(stage["name"], spec["package"], space, products, recorder.calls)


def _run(text: str, space: dict[str, Any], *, sources: bool) -> None:
    """A cell; one that fails without its kernel keeps the others from nothing."""
    program = compile(rewritten(text, sources=sources), "<cell>", "exec")
    with contextlib.suppress(Exception):
        exec(program, space)


def start(spec: dict[str, Any], stage: dict[str, Any]) -> dict[str, Any]:
    """The names that papermill gives a task."""
    upstream = {
        task: {key: os.path.abspath(path) for key, path in products.items()}
        for task, products in stage["upstream"].items()
    }
    given = {"upstream": upstream, "product": {}, "resources_": None}
    return {"__name__": "__sample__", **spec["parameters"], **given}


def rewrite_modules(spec: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """The package's functions report their calls from now on; all of them by name."""
    found: dict[str, Any] = {}
    for _ in range(2):  # a module may import from one that comes later
        for name in spec["modules"]:
            module = importlib.import_module(f"{spec['package']}.{name}")
            vars(module)[MARK] = recorder
            tree = rewritten(_module_text(spec, name))
            exec(compile(tree, f"<{name}>", "exec"), vars(module))
            found.update(vars(module))
    return found


@contextlib.contextmanager
def quiet() -> Any:
    """Nothing is printed, warned of or shown."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
