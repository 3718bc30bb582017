"""What may be imported before a notebook begins: what it surely imports as things are then."""

from __future__ import annotations

import pytest

from poc_graduate.kernels.imports import chained, leading, of_cells


def test_imports_of_all_cells_count_with_the_packages_that_hold_them():
    cells = ["import numpy as np\nnp.random.seed(1)", "from sklearn.svm import SVC\nimport json"]

    assert of_cells(cells) == {"numpy", "sklearn", "sklearn.svm"}


def test_an_import_on_a_condition_and_an_unknown_library_do_not_count():
    assert of_cells(["if rare:\n    import scipy\ndef f():\n    import pandas"]) == frozenset()
    assert of_cells(["import torch"]) == frozenset()


@pytest.mark.parametrize(
    "cell",
    [
        "import os\nos.environ['OMP_NUM_THREADS'] = '1'",
        "import sys\nsys.path.insert(0, 'lib')",
        "import os\nos.chdir('data')",
        "!pip install pandas==2.0",
        "files = !ls",
        "%cd data",
        "%%bash\nls",
        "import my_helpers",
        "from . import helpers",
        "import warnings\nwarnings.simplefilter('error')",
        "import locale\nlocale.setlocale(locale.LC_ALL, 'de_DE')",
        "def f():\n    import my_helpers\nf()",
        "exec(text)",
        "x = (",
    ],
)
def test_nothing_counts_behind_what_an_import_may_depend_on(cell):
    assert of_cells(["import numpy", cell, "import pandas"]) == {"numpy"}


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline",
        "%%time\nx = 1",
        "%%html\n<b>data: here",
        "import warnings\nwarnings.filterwarnings('ignore')",
        "import os, sys\nprint(os.path.exists('x'), sys.version)",
        "",
    ],
)
def test_what_no_import_depends_on_is_passed_over(cell):
    assert of_cells([cell, "import pandas"]) == {"pandas"}


def test_what_several_import_is_imported_once_and_nothing_more():
    chains = chained({"a": frozenset({"numpy", "scipy"}), "b": frozenset({"numpy"})})

    assert chains == {"a": [["numpy"], ["numpy", "scipy"]], "b": [["numpy"]]}


@pytest.mark.parametrize(
    ("package", "found"),
    [
        ("import pandas as pd\n", {"numpy", "pandas", "scipy"}),
        ("import os\nos.environ['A'] = '1'\nimport pandas\n", {"numpy"}),
        ("import torch\n", {"numpy"}),
    ],
)
def test_a_script_is_followed_into_its_package_until_something_might_matter(package, found):
    script = (
        'import sys\nimport numpy\nsys.path.insert(0, "src")\nfrom shop.prices import a\n'
        "import scipy\ndel a\nprint(1)\nimport seaborn\n"
    )
    files = {"tasks/a.py": script, "src/shop/__init__.py": "", "src/shop/prices.py": package}

    assert leading(files, "tasks/a.py") == found
    assert leading({**files, "src/json.py": ""}, "tasks/a.py") == frozenset()
