"""An exported project → Served: its model, how it is asked and measured, what it is fed."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from poc_graduate.errors import InputError
from poc_graduate.generate.operating.preparation import Preparation, Unread, preparation

CANDIDATE = "tests/regression/test_candidate.py"
QUALITY = "tests/evaluation"


@dataclass(frozen=True)
class Served:
    """The model of a project, as its own tests speak of it.

    Attributes:
        product: Path of the pipeline's product that holds it.
        ask: Expression of `model` and `rows` for its answers.
        function: Name of the metric.
        imports: Line that imports the metric.
        options: What follows the two arguments in a call of it.
        higher: Whether more of it is better.
        slices: Columns of the benchmark's rows, each with a value, that are looked at apart.
        preparation: How its rows come from a table with a contract; None where that is not known.
        unread: Why it is not known.
    """

    product: str
    ask: str
    function: str
    imports: str
    options: str
    higher: bool
    slices: tuple[tuple[str, object], ...]
    preparation: Preparation | None
    unread: str = ""

    @property
    def task(self) -> str:
        """The task that makes it."""
        return Path(self.product).parent.name


def served(project: Path, package: str) -> tuple[Served | None, str]:
    """The model that a project's tests compare on its benchmark; or None, and why.

    Args:
        project: Folder of the project.
        package: Its package.

    Raises:
        InputError: a file cannot be read.
    """
    path = project / CANDIDATE
    if not path.is_file():
        return None, f"there is no {CANDIDATE}: the export found no model that is asked about rows"
    tree = _tree(path)
    assigned = {
        ast.unparse(node.targets[0]): node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
    }
    product = next(
        (
            node.value.args[1].value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) == "product"
            and isinstance(node.value.args[1], ast.Constant)
        ),
        None,
    )
    if not isinstance(product, str):
        return None, (
            "no product of the pipeline holds the model: let its stage keep it (`keeps:` in "
            "graduation/plan.yaml), export again with --plan"
        )
    asked = next(
        (
            ast.unparse(node.value.args[0])
            for node in ast.walk(tree)
            if isinstance(node, ast.Return)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func).endswith("asarray")
        ),
        None,
    )
    measured = assigned.get("new")
    if asked is None or not isinstance(measured, ast.Call):
        return None, f"{CANDIDATE} no longer says how the model is asked and measured"
    function = ast.unparse(measured.func)
    options = "".join(f", {ast.unparse(keyword)}" for keyword in measured.keywords)
    lost = next(node for node in ast.walk(tree) if isinstance(node, ast.AugAssign))
    imports = next(
        (
            ast.unparse(node)
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and function in {each.name for each in node.names}
        ),
        "",
    )
    if not imports:
        return None, f"{CANDIDATE} does not import {function} from a library"
    try:
        truth = _truth(project, function)
        found: Preparation | None = preparation(project, package, product, truth)
        unread = ""
    except Unread as reason:
        found, unread = None, str(reason)
    return Served(
        product, asked, function, imports, options,
        "old - new" in ast.unparse(lost), _slices(project), found, unread,
    ), ""  # fmt: skip


def _truth(project: Path, function: str) -> str:
    """The column that the metric takes as truth; empty where the tests name none."""
    for path in sorted((project / QUALITY).glob("test_quality*.py")):
        for node in ast.walk(_tree(path)):
            match node:
                case ast.Call(
                    func=ast.Name(id=name),
                    args=[ast.Subscript(slice=ast.Constant(str(column))), *_],
                ) if name == function:
                    return column
    return ""


def _slices(project: Path) -> tuple[tuple[str, object], ...]:
    found: list[tuple[str, object]] = []
    for path in sorted((project / QUALITY).glob("test_quality*.py")):
        for node in ast.walk(_tree(path)):
            match node:
                case ast.Call(
                    args=[ast.Tuple(elts=[ast.Constant("column"), ast.Constant("value")]), values]
                ):
                    found += ast.literal_eval(values)
    return tuple(dict.fromkeys(found))


def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, SyntaxError) as unreadable:
        raise InputError(f"{path} cannot be read: {unreadable}") from None
