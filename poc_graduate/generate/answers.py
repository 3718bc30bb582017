"""What a build shows in its executed notebooks: printed answers, small tables, figures."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poc_graduate.generate.imports import grouped
from poc_graduate.generate.project import Generated
from poc_graduate.observe.compare import ADDRESS
from poc_graduate.plan.settle import Settled
from poc_graduate.rules.personal import personal

_MOST_LINES, _LONGEST = 40, 3000
_ROWS = frozenset({"head", "tail", "sample"})
"""Methods that show single rows, which may be anybody's; tables of results are kept."""


@dataclass(frozen=True)
class Drawn:
    """A cell of a task that shows figures."""

    task: str
    cell: int
    figures: int


@dataclass(frozen=True)
class Answers:
    """What fills `tests/evaluation/test_answers.py.jinja`.

    Attributes:
        texts: (task, cell of its executed notebook) → what it prints or shows as text.
        drawn: Cells with figures.
    """

    texts: dict[tuple[str, int], str]
    drawn: tuple[Drawn, ...]

    @property
    def imports(self) -> tuple[str, ...]:
        """Import lines of its tests, sorted."""
        helpers = "Built, outputs"
        lines = ["import pytest"]
        if self.texts:
            helpers += ", assert_reads_same, reference, shown"
        if self.drawn:
            lines += ["import base64", "import io", "from PIL import Image"]
        return grouped([*lines, f"from conftest import {helpers}"], "")

    def without(self, hidden: tuple[str, ...]) -> Answers:
        """The same, less the texts in which a secret stands."""
        texts = {k: t for k, t in self.texts.items() if not any(h in t for h in hidden)}
        return Answers(texts, self.drawn)

    def reference(self) -> dict[str, dict[str, str]]:
        """What `tests/reference/answers.json` holds."""
        found: dict[str, dict[str, str]] = {}
        for (task, cell), text in sorted(self.texts.items()):
            found.setdefault(task, {})[str(cell)] = text
        return found


def answers(
    settled: Settled, generated: Generated, built: Path, unrepeated: Collection[int]
) -> Answers:
    """Read a build's notebooks.

    Args:
        settled: The plan.
        generated: The files, with the origin of each cell.
        built: The folder of the build.
        unrepeated: Cells of the prototype that showed something else in a second run.
    """
    texts: dict[tuple[str, int], str] = {}
    drawn: list[Drawn] = []
    # Pillow, which looks at figures, comes with these.
    draws = bool(re.search("matplotlib|seaborn", generated.files["pyproject.toml"]))
    for stage in settled.plan.stages:
        for number, cell in _cells(built, stage.name, generated.origins[stage.name], unrepeated):
            figures = sum("image/png" in o.get("data", {}) for o in cell["outputs"])
            if figures and draws:
                drawn.append(Drawn(stage.name, number, figures))
            text = shown(cell["outputs"])
            if _keeps(text, "".join(cell["source"]), str(built)):
                texts[stage.name, number] = text
    return Answers(texts, tuple(drawn))


def _cells(
    built: Path, task: str, origins: tuple[int, ...], unrepeated: Collection[int]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number in the executed notebook and content of the author's code cells."""
    path = built / "products" / f"{task}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    own = [
        (number, cell)
        for number, cell in enumerate(cells)
        if "injected-parameters" not in cell.get("metadata", {}).get("tags", ())
    ]
    if len(own) != len(origins):
        return
    for (number, cell), origin in zip(own, origins, strict=True):
        if origin and origin not in unrepeated and cell["cell_type"] == "code":
            yield number, cell


def shown(outputs: list[dict[str, Any]]) -> str:
    """Everything that a cell printed or showed as text; the tests have the same function."""
    text = ""
    for output in outputs:
        if output.get("name") == "stderr" or "image/png" in output.get("data", {}):
            continue
        if output["output_type"] == "stream":
            text += "".join(output["text"])  # what is printed may come in pieces
        else:
            text += "" if text.endswith("\n") or not text else "\n"
            text += "".join(output.get("data", {}).get("text/plain", "")) + "\n"
    return text.strip()


def _keeps(text: str, source: str, folder: str) -> bool:
    if not text or len(text) > _LONGEST or text.count("\n") >= _MOST_LINES:
        return False
    if ADDRESS.search(text) or folder in text or not any(c.isdigit() for c in text):
        return False
    return not _shows_rows(source) and not any(personal(text))


def _shows_rows(source: str) -> bool:
    """Whether a cell ends with, or prints, single rows of a table."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return True
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _ROWS
        for node in ast.walk(tree)
    )
