"""Modules beside a notebook: what lies in its folder decides, without a run."""

from __future__ import annotations

import pytest

from poc_graduate.notebook.read import read_text
from poc_graduate.rules.run import check


def _found(folder, source):
    notebook = read_text("# %%\n" + source + "\n", str(folder / "example.py"))
    return [finding.message for finding in check(notebook, frozenset({"POC107"}))]


@pytest.mark.parametrize("source", ["import shop", "from shop import orders", "import shop.orders"])
@pytest.mark.parametrize("file", ["shop.py", "shop/__init__.py"])
def test_a_module_beside_the_notebook_is_found(tmp_path, source, file):
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("")

    assert [message.split(" is ")[0] for message in _found(tmp_path, source)] == ["`shop`"]


def test_a_package_that_can_be_installed_is_not(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "pyproject.toml").write_text("")

    assert _found(tmp_path, "import shop") == []


def test_a_module_that_lies_nowhere_is_not(tmp_path):
    assert _found(tmp_path, "import shop\nimport random") == []


def test_the_modules_of_one_cell_are_told_together(tmp_path):
    for name in ("shop", "orders"):
        (tmp_path / f"{name}.py").write_text("")

    (message,) = _found(tmp_path, "import shop\nimport orders")

    assert message.startswith("`shop`, `orders` are files beside the notebook")


def test_a_module_that_two_cells_import_is_told_once(tmp_path):
    (tmp_path / "shop.py").write_text("")

    assert len(_found(tmp_path, "import shop\n# %%\nfrom shop import orders")) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("-e .", "though `-e .` in requirements.txt installs them; where that was run"),
        ("-e ./other", "by a change of `sys.path`; elsewhere that is missing"),
    ],
)
def test_a_path_to_a_package_that_is_installed_is_superfluous(tmp_path, line, says):
    (tmp_path / "shop").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "requirements.txt").write_text(f"numpy\n{line}\n")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "example.py").write_text("")

    (message,) = _found(tmp_path / "notebooks", "import sys\nsys.path.append('..')\nimport shop")

    assert says in message


def test_a_folder_that_the_repository_does_not_have_is_told_with_the_right_one(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "src" / "Cleaning").mkdir(parents=True)
    (tmp_path / "src" / "Cleaning" / "orders_en.py").write_text("")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "example.py").write_text("")
    source = "import sys\nsys.path.insert(0, '{}')\nfrom {} import clean"

    (moved,) = _found(tmp_path / "notebooks", source.format("../src/02 Cleaning", "orders_en"))
    (gone,) = _found(tmp_path / "notebooks", source.format("../src/02 Cleaning", "orders_fr"))
    (outside,) = _found(tmp_path / "notebooks", source.format("../../src", "orders_en"))

    assert moved.endswith(
        "in '../src/02 Cleaning', by a change of `sys.path`, and no such folder is in the "
        "repository; the import of `orders_en` fails here too: it lies in '../src/Cleaning'"
    )
    assert gone.endswith("; the import of `orders_fr` fails here too")
    assert outside.endswith("; elsewhere that is missing, or something else")
