"""Modules beside a notebook: what lies in its folder decides, without a run."""

from __future__ import annotations

import pytest

from poc_graduate.notebook.read import read_text
from poc_graduate.rules.run import check


def _found(folder, source, code="POC107"):
    notebook = read_text("# %%\n" + source + "\n", str(folder / "example.py"))
    return [finding.message for finding in check(notebook, frozenset({code}))]


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


@pytest.mark.parametrize("file", ["shop/orders.py", "shop/orders/read.py"])
def test_a_folder_of_code_without_a_file_of_its_own_is_told_as_well(tmp_path, file):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text("")
    (tmp_path / "helps.py").write_text("")

    assert [m.partition(";")[0] for m in _found(tmp_path, "import shop.orders\nimport helps")] == [
        "`shop`, `helps` are files and folders beside the notebook"
    ]


def test_a_folder_called_as_a_library_does_not_hide_it(tmp_path):
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "first.py").write_text("")

    assert _found(tmp_path, "import torch") == []


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


_CLIMB = "import os, sys\nwhile {}:\n    os.chdir('..')\nsys.path.append('{}')\nimport shop"


@pytest.mark.parametrize(
    "test",
    [
        "not os.path.isdir('shop')",
        "not os.path.exists('./shop')",
        "'shop' not in os.listdir()",
        "'shop' not in os.listdir(os.getcwd())",
        "not (Path.cwd() / 'shop').is_dir()",
        "not Path('shop').exists()",
        "os.path.basename(os.getcwd()) != 'project'",
        "not os.getcwd().endswith('project')",
    ],
)
@pytest.mark.parametrize("added", ["shop", "."])
def test_a_package_where_a_loop_has_climbed_to_is_found_there(tmp_path, test, added):
    notebooks = tmp_path / "project" / "notebooks" / "old"
    for folder in (notebooks, tmp_path / "project" / "shop", tmp_path / "project" / ".git"):
        folder.mkdir(parents=True)
    (notebooks / "example.py").write_text("")

    assert _found(notebooks, _CLIMB.format(test, added)) == []
    (message,) = _found(
        notebooks, f"import sys\nsys.path.append('{added or '.'}/lib')\nimport shop"
    )
    assert message.startswith("modules are looked for in")


def test_a_folder_below_where_a_loop_has_climbed_to_is_told(tmp_path):
    notebooks = tmp_path / "notebooks" / "old"
    notebooks.mkdir(parents=True)
    (notebooks / "example.py").write_text("")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "shop.py").write_text("")

    (message,) = _found(notebooks, _CLIMB.format("not os.path.isdir('src')", "src"))

    assert message == (
        "modules are looked for in 'src', by a change of `sys.path`; elsewhere that is missing, or "
        "something else"
    )


@pytest.mark.parametrize(
    ("marker", "then"),
    [
        ("src", "started outside of the project, the loop never ends"),
        ("data", "no folder above the notebook makes an end of that, and the loop never ends"),
    ],
)
def test_a_loop_that_climbs_ends_only_below_what_it_looks_for(tmp_path, marker, then):
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "example.py").write_text("")
    (tmp_path / "src").mkdir()
    source = f"import os\nwhile not os.path.isdir('{marker}'):\n    os.chdir('..')"

    (message,) = _found(notebooks, source, code="POC102")

    assert message.endswith(then)


def test_a_library_that_is_declared_is_not_missed_in_a_folder(tmp_path):
    (tmp_path / "example.py").write_text("")
    (tmp_path / "src").mkdir()
    source = "import sys\nsys.path.append('src')\nimport tomlish"

    assert "and `tomlish` is not there" in _found(tmp_path, source)[0]
    (tmp_path / "requirements.txt").write_text("tomlish\n")
    assert _found(tmp_path, source) == []


def test_a_package_that_is_called_as_its_project_is_missed(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "__init__.py").write_text("")
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "example.py").write_text("")

    (message,) = _found(tmp_path / "tasks", "import sys\nsys.path.append('src')\nimport shop")

    assert message.endswith("the import of `shop` fails here too")
