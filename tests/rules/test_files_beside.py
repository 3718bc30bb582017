"""What lies beside a notebook decides: libraries declared, models pinned, files made by scripts."""

from __future__ import annotations

import json

import pytest

from poc_graduate.notebook.read import read
from poc_graduate.rules.run import check


def _found(folder, *sources, code="POC405", stored="", ended=""):
    cells = [
        {"cell_type": "code", "source": s, "metadata": {}, "outputs": [], "execution_count": None}
        for s in (*sources, "x = 1")
    ]
    if stored:
        cells[0]["outputs"] = [{"output_type": "stream", "name": "stderr", "text": stored}]
    if ended:
        name, _, value = ended.partition(": ")
        error = {"output_type": "error", "ename": name, "evalue": value, "traceback": []}
        cells[0]["outputs"] = [error]
    file = folder / "churn.ipynb"
    record = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    file.write_text(json.dumps(record), encoding="utf-8")
    return check(read(file, keep_broken=True), frozenset({code}))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / ".git").mkdir()  # nothing above counts
    inner = tmp_path / "notebooks"
    inner.mkdir()
    return inner


def test_one_undeclared_library_is_told_with_the_file(folder):
    (folder.parent / "requirements.txt").write_text("pandas==2.2.3\n")

    (found,) = _found(folder, "import pandas as pd\nimport lightgbm")

    assert "`lightgbm` is imported and not declared in requirements.txt" in found.message
    assert (found.place.cell, found.place.line, found.severity.value) == (1, 2, "risk")


def test_without_any_file_all_are_told_once(folder):
    (found,) = _found(folder, "import pandas", "import sklearn, torch\nimport shap")

    assert "`pandas`, `sklearn`, `torch` and 1 more are imported" in found.message
    assert found.severity.value == "note"


def test_a_notebook_of_nothing_but_imports_was_left_before_it_began(folder):
    (folder / "started.ipynb").write_text(
        json.dumps({
            "cells": [{"cell_type": "code", "source": "import pandas", "metadata": {},
                       "outputs": [], "execution_count": None}],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 4,
        })
    )  # fmt: skip

    assert check(read(folder / "started.ipynb"), frozenset({"POC405"})) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "flake.nix",
            "pkgs.python3.withPackages (ps: with ps; [ numpy pkgs.python3Packages.pandas ])",
        ),
        ("environment_win.yml", "dependencies:\n  - pandas=2\n  - numpy\n"),
        ("churn_p1_p2.yml", "name: p\nchannels:\n- defaults\ndependencies:\n# all\n  - pandas=2\n"),
        ("requirements.txt", "seaborn==0.13\n"),
        ("requirements", "numpy==1.26\npandas==2.2\n"),
        ("requirement.txt", "numpy==1.26\npandas==2.2\n"),
        ("requirments_dev.txt", "numpy==1.26\npandas==2.2\n"),  # it is installed by its name
    ],
)
def test_libraries_are_declared_in_many_ways(folder, name, text):
    (folder.parent / name).write_text(text)

    assert _found(folder, "import numpy, pandas") == ()


def test_a_chart_of_a_cluster_declares_no_libraries(folder):
    (folder / "Chart.yaml").write_text("dependencies:\n  - name: pandas\n    version: 1\n")

    (found,) = _found(folder, "import pandas")

    assert "no file here says which release" in found.message


@pytest.mark.parametrize(
    ("built", "told"),
    [
        ("SparkSession.builder.appName('a').getOrCreate()", ["`pyspark` is"]),
        ("SparkSession.builder.master('yarn').getOrCreate()", []),
        ("SparkSession.builder.getOrCreate().read.csv('hdfs://a/b')", []),
        ("spark.read.csv('a.csv')", []),
    ],
)
def test_spark_is_brought_by_a_cluster_or_by_nobody(folder, built, told):
    found = _found(folder, f"from pyspark.sql import SparkSession\ns = {built}")

    assert [one.message.partition(" imported")[0] for one in found] == told


def test_a_library_in_the_folder_of_another_one_is_told_by_both_names(folder):
    (found,) = _found(folder, "from mpl_toolkits.basemap import Basemap")

    assert "`mpl_toolkits.basemap` is imported" in found.message
    (folder / "requirements.txt").write_text("basemap==1.4\n")
    assert _found(folder, "from mpl_toolkits.basemap import Basemap") == ()
    assert _found(folder, "from mpl_toolkits.mplot3d import Axes3D") == ()


@pytest.mark.parametrize(
    ("line", "module", "declared"),
    [
        ("import google.generativeai as genai", "google.generativeai", "google-generativeai"),
        ("from google.cloud import bigquery", "google.cloud.bigquery", "google-cloud-bigquery"),
        ("from google.cloud.storage import Client", "google.cloud.storage", "google_cloud_storage"),
        ("from google.cloud import vision_v1", "google.cloud.vision_v1", "google-cloud-vision"),
    ],
)
def test_a_library_of_google_is_declared_by_its_own_name(folder, line, module, declared):
    (folder.parent / "requirements.txt").write_text("google-auth\n")
    (found,) = _found(folder, line)
    (folder.parent / "requirements.txt").write_text(f"{declared}>=1\n")

    assert found.message.startswith(f"`{module}` is imported and not declared")
    assert _found(folder, line) == ()


@pytest.mark.parametrize(
    "line",
    ["from google.colab import drive", "import google", "from google.cloud import exceptions"],
)
def test_what_colab_or_another_library_of_google_brings_is_not(folder, line):
    (folder.parent / "requirements.txt").write_text("pandas\n")

    assert _found(folder, line) == ()


def test_a_module_that_was_made_of_a_notebook_is_no_library(folder):
    (folder / "Geo_plotting.ipynb").write_text("{}")

    (found,) = _found(folder, "import pandas\nfrom geoplotting import chart")

    assert found.message.startswith("`pandas` is imported and no file")


def test_a_notebook_outside_of_any_repository_is_a_draft(folder):
    (folder.parent / ".git").rmdir()

    assert _found(folder, "import pandas") == ()


@pytest.mark.parametrize(
    ("declared", "imported"),
    [
        ("scikit-learn>=1.4", "from sklearn.svm import SVC"),
        ("opencv-python-headless", "import cv2"),
        ("Pillow", "from PIL import Image"),
        ("umap-learn", "import umap"),
        ("pandas", "import numpy"),
        ("sentence-transformers", "import sentence_transformers"),
        ("snakemake", "import yaml"),  # which it requires
    ],
)
def test_what_is_declared_under_its_other_name_is_not(folder, declared, imported):
    (folder / "requirements.txt").write_text(declared.lower() + "\n")

    assert _found(folder, imported) == ()


def test_a_file_elsewhere_in_the_repository_declares_and_is_named(folder):
    (folder.parent / "src").mkdir()
    (folder.parent / "src" / "requirements.txt").write_text("pandas==2.3.0\n")

    assert _found(folder, "import pandas, numpy") == ()
    (found,) = _found(folder, "import pandas\nimport lightgbm")

    assert "`lightgbm` is imported and not declared in src/requirements.txt;" in found.message
    assert found.severity.value == "note"


def test_of_several_files_elsewhere_one_is_named_and_the_others_counted(folder):
    some = (("app", "scipy"), ("backend", "sphinx"), ("src/a", "torch"), ("src/b", "polars"))
    for name, declared in some:
        (folder.parent / name).mkdir(parents=True)
        (folder.parent / name / "requirements.txt").write_text(f"{declared}\n")

    (found,) = _found(folder, "import lightgbm, scipy, torch, polars")

    assert "`lightgbm` is imported and not declared in app/requirements.txt," in found.message
    assert "nor in 2 more such files;" in found.message  # the one that names none does not count


@pytest.mark.parametrize(("declared", "names"), [("torch\nscipy", "all"), ("scipy", "some")])
def test_what_a_project_in_another_folder_declares_is_told_and_not_declared(
    folder, declared, names
):
    (folder.parent / "shop" / "src").mkdir(parents=True)
    (folder.parent / "shop" / "src" / "requirements.txt").write_text(f"{declared}\n")
    (folder.parent / "rent").mkdir()
    (folder.parent / "rent" / "requirements.txt").write_text("sphinx\n")

    (found,) = _found(folder, "import torch, scipy")
    (of_many,) = _found(folder, "import torch, scipy, lightgbm, shap, umap")

    assert "another folder" not in of_many.message
    assert (
        "no file here says which release (shop/src/requirements.txt, of another folder, names "
        f"{names});" in found.message
    )


def test_a_file_elsewhere_that_declares_none_of_them_is_not_named(folder):
    (folder.parent / "docs").mkdir()
    (folder.parent / "docs" / "requirements.txt").write_text("sphinx\n")

    (found,) = _found(folder, "import lightgbm")

    assert "`lightgbm` is imported and no file here says which release;" in found.message


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("git+https://example.org/team/tools", "it comes by way of another, if at all"),
        ("tools @ git+ssh://git@example.org/tools", "it comes by way of another, if at all"),
        ("# git clone https://example.org/team/tools", "the import fails"),
    ],
)
def test_what_a_library_without_a_list_brings_along_is_not_known(folder, line, outcome):
    (folder.parent / "requirements.txt").write_text(f"pandas\n{line}\n")

    (found,) = _found(folder, "import lightgbm")

    assert found.message.endswith(f"on another machine {outcome}")


def test_what_an_install_in_the_notebook_brings_along_is_not(folder):
    (folder.parent / "requirements.txt").write_text("pandas\n")

    assert _found(folder, "!pip install dash\nimport plotly.express") == ()
    assert len(_found(folder, "!pip install dashing\nimport plotly.express")) == 1


def test_a_library_imported_by_its_spelled_name_is_told_so_where_that_failed(folder):
    ended = "ModuleNotFoundError: No module named 'scikit_learn'"

    (found,) = _found(folder, "import scikit_learn", "import numpy", ended=ended)
    (other,) = _found(folder, "import scikit_learn", "import numpy")

    told = "`scikit_learn` (no module: the import is `sklearn`), `numpy` are imported"
    assert found.message.startswith(told)
    assert other.message.startswith("`scikit_learn`, `numpy` are imported")


def test_an_install_says_no_release_of_what_it_brings_along(folder):
    (found,) = _found(folder, "!pip install xgboost\nimport numpy, xgboost")

    assert "`numpy` is imported and no file here says which release" in found.message


def test_an_install_below_an_import_comes_too_late(folder):
    (folder / "requirements.txt").write_text("pandas\n")
    late = "!pip install -q shap"

    (found,) = _found(folder, "import shap", late)
    (same_cell,) = _found(folder, f"import shap\n{late}")

    assert "`shap` is imported and not declared" in found.message
    assert same_cell.message == found.message
    # A function is called below, if at all.
    assert _found(folder, "def f():\n    import shap", late, "f()") == ()


@pytest.mark.parametrize(
    ("text", "declares"),
    [
        ("import pandas as pd\n\ndef setup(path):\n    return pd.read_csv(path)\n", False),
        ("from setuptools import setup\nsetup(install_requires=['pandas'])\n", True),
    ],
)
def test_a_module_called_setup_declares_where_it_sets_up(folder, text, declares):
    (folder.parent / "src").mkdir()
    (folder.parent / "src" / "setup.py").write_text(text)

    assert (_found(folder, "import pandas") == ()) is declares


def test_own_modules_and_the_standard_library_are_not(folder):
    (folder.parent / "helpers.py").write_text("")
    (folder.parent / "src" / "features").mkdir(parents=True)
    (folder.parent / "src" / "features" / "age.py").write_text("")

    assert _found(folder, "import json\nimport helpers\nfrom features import age") == ()


def test_a_folder_of_notebooks_called_like_a_library_is_none(folder):
    (folder.parent / "pandas").mkdir()
    (folder.parent / "pandas" / "series.ipynb").write_text("{}")

    assert len(_found(folder, "import pandas")) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "Set up:\n    conda create -n env pandas=1.2.1\n"),
        ("requirements_notebooks.txt", "numpy>=2\npandas>=2\n"),
    ],
)
def test_a_readme_that_installs_and_other_requirements_declare(folder, name, text):
    (folder.parent / name).write_text(text)

    assert _found(folder, "import pandas") == ()


def test_a_module_is_declared_by_a_name_with_signs_between_its_words(folder):
    (folder / "requirements.txt").write_text("auto-sklearn\n")

    assert _found(folder, "import autosklearn") == ()


def test_what_a_called_function_imports_is_told_too(folder):
    (found,) = _found(
        folder,
        "import numpy\n\ndef f():\n    import lightgbm\n\ndef g():\n    import shap",
        "f()",
    )

    assert "`numpy`, `lightgbm` are imported" in found.message


def test_imports_of_cells_in_python_2_are_told_too(folder):
    (found,) = _found(folder, "import numpy, scipy.stats as st\nprint 'x'", "import shap")

    assert "`numpy`, `scipy`, `shap` are imported" in found.message
    assert (found.place.cell, found.place.line) == (1, 1)


def test_what_the_notebook_installs_is_not(folder):
    (folder / "requirements.txt").write_text("pandas\n")

    assert _found(folder, "!pip install shap==0.46", "import shap") == ()


def test_a_file_that_changed_is_read_again(folder):
    file = folder / "requirements.txt"
    file.write_text("pandas\n")
    assert len(_found(folder, "import shap")) == 1

    file.write_text("pandas\nshap\n")

    assert _found(folder, "import shap") == ()


_SAVED = (
    "from sklearn.svm import SVC\nimport joblib\nm = SVC()\nm.fit(X, y)\nm.predict(X)\n"
    "joblib.dump(m, 'm.joblib')"
)


@pytest.mark.parametrize("declared", ["scikit-learn==1.5.2\n", "joblib\nscikit-learn == 1.5.2\n"])
def test_a_model_whose_library_is_pinned_beside_it_has_its_version(folder, declared):
    (folder.parent / "requirements.txt").write_text(declared)

    assert _found(folder, _SAVED, code="POC611") == ()


@pytest.mark.parametrize("declared", ["scikit-learn>=1.4\n", "scikit-learn\npandas==2.2.3\n"])
def test_a_range_or_another_librarys_pin_is_no_version(folder, declared):
    (folder.parent / "requirements.txt").write_text(declared)

    assert len(_found(folder, _SAVED, code="POC611")) == 1


def test_a_lock_file_holds_the_version(folder):
    (folder.parent / "uv.lock").write_text("version = 1\n")

    assert _found(folder, _SAVED, code="POC611") == ()


_CLEAN = "import pandas as pd\ndf = pd.read_csv('../data/orders_clean.csv')"


@pytest.mark.parametrize("read", ["pd.read_csv('data/orders.csv')", "load_data()"])
@pytest.mark.parametrize(
    "write",
    [
        "df.to_csv('data/orders_clean.csv')",
        "path = os.path.join(DATA, 'orders_clean.csv')\ndf.to_csv(path)",
    ],
)
def test_a_cleaned_file_that_a_script_of_the_project_writes_is_in_code(folder, read, write):
    scripts = folder.parent / "src"
    scripts.mkdir()
    (scripts / "clean.py").write_text(f"df = {read}\n{write}\n")

    assert _found(folder, _CLEAN, code="POC207") == ()


_NAMED_BY_THE_CALLER = """
class Orders:
    def plot(self, name):
        plt.savefig(name)

    def store(self, file_name, folder='data/'):
        if folder:
            print(folder)
        self.df.to_csv({path}, index=False)

def other(name):
    df.to_parquet(name + '.parquet')
"""


@pytest.mark.parametrize("path", ["folder + file_name + '.csv'", "f'{folder}{file_name}.csv'"])
def test_what_the_project_writes_under_the_name_that_it_is_given_has_its_steps(folder, path):
    (folder.parent / "orders.py").write_text(_NAMED_BY_THE_CALLER.replace("{path}", path))
    given = "orders.store(file_name='orders_clean')"

    assert _found(folder, given, _CLEAN, code="POC207") == ()
    assert len(_found(folder, _CLEAN, given, code="POC207")) == 1
    for other in ("orders.plot('orders_clean')", "other('orders_clean')"):
        assert len(_found(folder, other, _CLEAN, code="POC207")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "df = pd.read_csv('data/orders_clean.csv')",
        "invented().to_csv('data/orders_clean.csv')",
        "df = pd.read_csv('data/orders_clean.csv')\ndf.to_csv('scores.csv')",
    ],
)
def test_a_script_that_only_reads_it_or_invents_it_did_not_clean_it(folder, text):
    (folder.parent / "train.py").write_text(text)

    assert len(_found(folder, _CLEAN, code="POC207")) == 1


def test_requirements_as_powershell_writes_them_are_read(folder):
    text = "pandas==2.2.3\nscikit-learn==1.5.2\n"
    (folder.parent / "requirements.txt").write_bytes(text.encode("utf-16"))

    assert _found(folder, "import pandas\nfrom sklearn.svm import SVC") == ()


def test_what_is_installed_by_a_process_is_declared(folder):
    (folder.parent / "requirements.txt").write_text("pandas\n")
    install = (
        "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'pip', 'install', 'tqdm'])"
    )

    assert _found(folder, install, "import tqdm") == ()


@pytest.mark.parametrize("added", ["'../data/tools'", "str(ROOT / 'tools')"])
def test_a_module_in_a_folder_that_is_put_on_the_path_is_the_projects_own(folder, added):
    (folder.parent / "requirements.txt").write_text("pandas\n")
    for inside in ("data/tools", "tools"):
        (folder.parent / inside).mkdir(parents=True)
        (folder.parent / inside / "scoring.py").write_text("")

    assert _found(folder, f"import sys\nsys.path.append({added})", "import scoring") == ()
    assert len(_found(folder, "import sys", "import scoring")) == 1


@pytest.mark.parametrize(
    "added",
    [
        "os.path.abspath('../data/tools')",
        "str((Path.cwd().parent / 'data' / 'tools').resolve())",
        "os.path.join(os.path.dirname(os.getcwd()), 'data', 'tools')",
    ],
)
def test_a_folder_is_put_on_the_path_in_other_ways(folder, added):
    (folder.parent / "requirements.txt").write_text("pandas\n")
    (folder.parent / "data" / "tools").mkdir(parents=True)
    (folder.parent / "data" / "tools" / "pycaret.py").write_text("")

    assert _found(folder, f"import sys\nsys.path.append({added})", "import pycaret") == ()
    assert len(_found(folder, "import sys", "import pycaret")) == 1


def test_a_cleaned_file_that_another_notebook_of_the_repository_writes_is_in_code(folder):
    far = folder.parent / "chapters" / "one"
    far.mkdir(parents=True)
    text = "df = pd.read_csv('a.csv')\ndf.to_csv('../../data/orders_clean.csv')"
    (far / "prepare.ipynb").write_text(json.dumps({"cells": [{"source": text}]}))

    assert _found(folder, _CLEAN, code="POC207") == ()


def test_an_encoding_is_no_luck_where_the_file_is_no_utf_8(folder):
    read = "import pandas as pd\ndf = pd.read_csv('a.csv', encoding='latin1')"
    assert len(_found(folder, read, code="POC211")) == 1
    (folder / "a.csv").write_bytes("città\n".encode("latin1"))

    assert _found(folder, read, code="POC211") == ()


def test_a_file_of_windows_that_is_read_as_another_encoding_is_told(folder):
    (folder / "a.csv").write_bytes("Rue de l’Union\n".encode("cp1252"))

    (found,) = _found(
        folder, "import pandas as pd\ndf = pd.read_csv('a.csv', encoding='latin1')", code="POC211"
    )

    assert "the file is one of Windows (`cp1252`)" in found.message


def test_a_module_that_a_cell_writes_is_no_library(folder):
    (folder.parent / "requirements.txt").write_text("pandas\n")

    assert _found(folder, "%%writefile demo.py\nx = 1", "import demo") == ()


def test_a_pin_in_requirements_without_a_suffix_is_the_version(folder):
    (folder.parent / "requirements").write_text("scikit-learn==1.4.2\n")

    assert _found(folder, _SAVED, code="POC611") == ()


def test_a_folder_called_requirements_declares_by_its_files(folder):
    inside = folder.parent / "requirements"
    inside.mkdir()
    (inside / "base.txt").write_text("pandas\n")

    (found,) = _found(folder, "import pandas, shap")

    assert "`shap` is imported and not declared in base.txt" in found.message


def test_the_teams_modules_are_no_requirements_though_they_are_gone(folder):
    (folder.parent / "requirements.txt").write_text("pandas\n")
    below = "import sys\nsys.path.append('../scripts')\nfrom scoring_rules import best"

    (found,) = _found(folder, below + "\nimport seaborn")

    assert found.message.startswith("`seaborn` is imported and not declared")


def test_modules_of_cells_below_may_be_in_a_folder_that_is_gone(folder):
    (folder.parent / "requirements.txt").write_text("pandas\n")
    change = "import sys\nsys.path.append('../scripts')"

    (found,) = _found(folder, change, "from scoring_rules import best\nimport seaborn")

    assert found.message.startswith("`seaborn` is imported and not declared")


@pytest.mark.parametrize("module", ["Utils", "feature_engineering", "data_utils"])
def test_a_module_called_as_a_file_of_the_project_is_no_library(folder, module):
    (folder.parent / "requirements.txt").write_text("pandas\n")

    (gone,) = _found(folder, f"from {module} import *")
    (found,) = _found(folder, f"from {module} import *\nimport seaborn")

    assert gone.message.startswith(f"`{module}` is imported, seems to be a file of the project")
    assert found.message.startswith("`seaborn` is imported and not declared")


def test_a_module_whose_file_a_stored_warning_names_is_no_library(folder):
    (folder.parent / "requirements.txt").write_text("pandas\n")
    text = "C:\\shop\\notebooks\\dozing.py:21: SettingWithCopyWarning"
    site = "/env/lib/site-packages/dozing.py:21: SettingWithCopyWarning"

    (gone,) = _found(folder, "import dozing", stored=text)
    (found,) = _found(folder, "import dozing", stored=site)

    assert "seems to be a file of the project" in gone.message
    assert "not declared in requirements.txt" in found.message


def test_spark_is_declared_by_who_starts_it_here(folder):
    (folder.parent / "requirements.txt").write_text("pandas\n")
    start = "from pyspark.sql import SparkSession\nspark = SparkSession.builder"

    (found,) = _found(folder, f"{start}.master('local[1]').getOrCreate()")

    assert found.message.startswith("`pyspark` is imported and not declared")
    assert _found(folder, f"{start}.getOrCreate()") == ()


def test_a_folder_that_lies_elsewhere_is_named(folder):
    (folder.parent / "app").mkdir()
    (folder / "deep").mkdir()
    read = "with open('../app/config.yml') as f:\n    c = f.read()"

    (found,) = _found(folder / "deep", read, code="POC102")
    (there,) = _found(folder, read, code="POC102")
    (changed,) = _found(folder / "deep", "%cd /srv", read, code="POC102")[1:]

    assert "where it does not lie (`../../app` does)" in found.message
    assert "does not lie" not in there.message + changed.message


def test_a_change_on_which_no_import_rests_has_no_effect(folder):
    (folder.parent / "lib").mkdir()
    change = "import sys\nsys.path.append(str(root()))"
    assert _found(folder, change, "import pandas", code="POC107") == ()
    change = "import sys\nsys.path.append('../lib')"
    (folder.parent / "lib" / "pandas.py").write_text("")

    assert len(_found(folder, change, "import pandas", code="POC107")) == 1


def test_the_folder_that_has_the_module_is_named(folder):
    for name in ("lib", "scripts"):
        (folder.parent / name).mkdir()
    (folder.parent / "scripts" / "scoring.py").write_text("")
    change = "import sys\nsys.path.append('../lib')\nsys.path.append('../scripts')\nimport scoring"

    (found,) = _found(folder, change, code="POC107")

    assert found.message.startswith("modules are looked for in '../scripts', by")


def test_a_folder_from_which_nothing_is_imported_is_not(folder):
    (folder.parent / "lib").mkdir()
    change = "import sys\nsys.path.append('../lib')"

    assert _found(folder, change, "import pandas", code="POC107") == ()
    (gone,) = _found(folder, f"{change}\nimport scoring, pandas", code="POC107")

    assert "in '../lib', by a change of `sys.path`, and `scoring` is not there;" in gone.message


def test_of_folders_that_are_not_here_nobody_knows_what_they_hold(folder):
    (folder.parent / "lib").mkdir()
    change = "import sys\nsys.path.append('../lib')\nsys.path.append('/opt/more')"

    (found,) = _found(folder, f"{change}\nimport scoring", code="POC107")

    assert "not there" not in found.message


def test_a_file_that_is_opened_to_be_written_is_made_by_the_project(folder):
    load = "import pickle\nm = pickle.load(open(f'{MODELS}arima.pkl', 'rb'))"
    assert len(_found(folder, load, code="POC708")) == 1
    fit = "df = pd.read_csv('a.csv')\nwith open(f'{MODELS}arima.pkl', 'wb') as f:\n    dump(m, f)"
    (folder / "fit.ipynb").write_text(json.dumps({"cells": [{"source": fit}]}))

    assert _found(folder, load, code="POC708") == ()


_DUMPS = "df = pd.read_csv('a.csv')\njoblib.dump(scaler, f'{MODELS}scaler.pkl')"


@pytest.mark.parametrize(
    "load",
    [
        "m = joblib.load(f'{MODELS}scaler.pkl')",
        "m = joblib.load(MODELS / 'scaler.pkl')",
        "def load(p):\n    return joblib.load(p)\nm = load(os.path.join(MODELS, 'scaler.pkl'))",
        "with open(MODELS + 'scaler.pkl', 'rb') as f:\n    m = joblib.load(f)",
        "for p in [MODELS / 'scaler.pkl']:\n    m = joblib.load(p)",
    ],
)
def test_a_pickle_that_another_notebook_of_the_project_dumps_is_its_own(folder, load):
    assert len(_found(folder, "import joblib", load, code="POC708")) == 1
    (folder / "prepare.ipynb").write_text(json.dumps({"cells": [{"source": _DUMPS}]}))

    assert _found(folder, "import joblib", load, code="POC708") == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("poetry.lock", '[[package]]\nname = "typing-extensions"\nversion = "4.14.1"\n'),
        ("uv.lock", '[[package]]\nname = "typing-extensions"\nversion = "4.14.1"\n'),
        ("pixi.lock", "- conda: https://example.org\n  name: typing-extensions\n"),
        ("Pipfile.lock", '{\n    "default": {\n        "typing-extensions": {\n'),
    ],
)
def test_what_a_lock_file_pins_comes_with_what_is_declared(folder, name, text):
    (folder.parent / "pyproject.toml").write_text('dependencies = ["pandas"]\n')
    assert len(_found(folder, "import pandas, typing_extensions")) == 1
    (folder.parent / name).write_text(text)

    assert _found(folder, "import pandas, typing_extensions") == ()
    assert len(_found(folder, "import pandas, lightgbm")) == 1


@pytest.mark.parametrize(
    ("declared", "imported"), [("lazypredict", "tqdm"), ("mlflow", "scipy"), ("bertopic", "umap")]
)
def test_what_a_declared_library_requires_comes_along(folder, declared, imported):
    (folder.parent / "requirements.txt").write_text(f"{declared}==1.0\n")

    assert _found(folder, f"import {imported}") == ()


def test_a_package_of_the_project_above_misses_its_path_not_its_file(folder):
    (folder.parent / "requirements.txt").write_text("pandas\n")
    (folder.parent / "src" / "shop").mkdir(parents=True)
    (folder.parent / "src" / "shop" / "read.py").write_text("")
    wanted = "from src.shop.read import orders"

    (found,) = _found(folder, wanted)
    (gone,) = _found(folder, "from src.shop.write import orders")

    assert "`src` is imported, lies in '..', and no path to it is set here" in found.message
    assert "seems to be a file of the project, and lies nowhere near" in gone.message
    assert _found(folder, f"%cd ..\n{wanted}") == ()
    assert _found(folder, f"import os\nos.chdir('..')\n{wanted}") == ()


@pytest.mark.parametrize("line", ["python 3", "pandas = 2.0", "see the wiki, please"])
def test_a_list_that_pip_refuses_installs_nothing(folder, line):
    (folder.parent / "requirements.txt").write_text(f"# for the report\npandas>=2\n{line}\n")

    (found,) = _found(folder, "import pandas")

    assert f"`{line}` in requirements.txt is no line that pip can read" in found.message
    assert found.message.endswith("the import of `pandas` fails")


@pytest.mark.parametrize(
    "line",
    [
        "-r more.txt", "pandas [excel] >=2,<3 ; python_version>'3.8'", "git+https://example.org/a",
        "tools @ https://example.org/a.zip", "./wheels/a.whl", "numpy==1.26 \\\n  --hash=sha256:1",
        "numpy", "scipy (>=1.0)", "numpy===1.0  # old", "${EXTRA}",
    ],
)  # fmt: skip
def test_a_list_that_pip_reads_is_not_refused(folder, line):
    (folder.parent / "requirements.txt").write_text(f"pandas>=2\n{line}\n")

    assert _found(folder, "import pandas") == ()


def test_a_list_that_conda_wrote_is_none_for_pip(folder):
    text = "# This file may be used to create an environment using:\n# $ conda create --name a\n"
    (folder.parent / "requirements.txt").write_text(f"{text}pandas=2.0=py312\n")

    assert _found(folder, "import pandas") == ()


def test_what_grades_a_course_is_no_library_with_a_release(folder):
    (found,) = _found(folder, "import pandas, numpy, scipy\nfrom grader import Grader")

    assert "`pandas`, `numpy`, `scipy` are imported and no file here says" in found.message


def test_a_folder_whose_code_lies_deeper_is_the_projects_own(folder):
    (folder / "shop" / "orders").mkdir(parents=True)
    (folder / "shop" / "orders" / "read.py").write_text("")

    assert _found(folder, "from shop.orders.read import load") == ()


def test_an_install_that_a_readme_quotes_as_commented_out_declares_nothing(folder):
    (folder / "README.md").write_text("```\n# !pip install wordcloud\nimport wordcloud\n```\n")

    (found,) = _found(folder, "import wordcloud")

    assert "`wordcloud` is imported and no file here says which release" in found.message


@pytest.mark.parametrize(
    ("name", "text"), [("README.md", "You need your own env.py file."), (".gitignore", "env.py\n")]
)
def test_a_module_whose_file_is_kept_out_of_the_repository_is_no_library(folder, name, text):
    (folder.parent / name).write_text(text)

    (found,) = _found(folder, "from env import user\nimport pandas")

    assert found.message.startswith("`pandas` is imported")
