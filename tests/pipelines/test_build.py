"""`build` makes what plain Ploomber makes, goes on where it failed, and notices what changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import poc_graduate.api.building as building
from poc_graduate.api.building import build
from poc_graduate.errors import InputError, TaskFailed
from poc_graduate.pipelines.record import RECORD

pytestmark = pytest.mark.build

HEAD = """\
# %% tags=["parameters"]
upstream = {upstream}
product = None
rate = None
resources_ = None

# %%
import sys

import pandas as pd

sys.path.insert(0, "src")

from shop.prices import priced

# %%
"""
FILES = {
    "pipeline.yaml": """\
tasks:
  - source: tasks/load.py
    product: {nb: products/load.ipynb, df: products/load/df.parquet}
    params: {resources_: {prices: src/shop/prices.py, raw: "{{raw}}"}}
  - source: tasks/rate.py
    product: {nb: products/rate.ipynb, df: products/rate/df.parquet}
    params: {rate: "{{rate}}", resources_: {prices: src/shop/prices.py}}
""",
    "env.yaml": "rate: 3\nraw: raw.csv\n",
    "raw.csv": "a\n1\n2\n",
    "src/shop/__init__.py": "",
    "src/shop/prices.py": "import pandas as pd\n\n\ndef priced(df, rate):\n    return df * rate\n",
    "tasks/load.py": HEAD.format(upstream="None")
    + 'df = pd.read_csv("raw.csv")\ndf.to_parquet(product["df"])\ndf\n',
    "tasks/rate.py": HEAD.format(upstream=["load"])
    + 'df = pd.read_parquet(upstream["load"]["df"])\n'
    'df = priced(df, rate)\ndf.to_parquet(product["df"])\ndf\n',
}


def _project(folder: Path) -> Path:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("load", "rate"):
        (folder / "products" / name).mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = _project(tmp_path_factory.mktemp("warm") / "shop")
    return folder, build(folder)


@pytest.fixture
def no_ploomber(monkeypatch):
    """Ploomber must not be asked; an attempt shows as a failure."""

    def asked(*_: object, **__: object) -> None:
        raise AssertionError("Ploomber is asked")

    monkeypatch.setattr(building, "build_pipeline", asked)


@pytest.fixture
def copy(built, tmp_path):
    """The built project with its times, in a place of its own, as its own record has it."""
    folder = tmp_path / "shop"
    shutil.copytree(built[0], folder)
    files = building.watched(folder)
    before = building.taken(folder, files)
    (folder / RECORD).write_text(building.done(folder, before, files))
    return folder


def test_products_equal_those_of_plain_ploomber_which_finds_them_up_to_date(built, tmp_path):
    folder, result = built
    assert (result.ran, result.current) == (("load", "rate"), 0)
    plain = _project(tmp_path / "shop")
    _ploomber(plain, "--force")

    for name in ("load", "rate"):
        table = f"products/{name}/df.parquet"
        assert (folder / table).read_bytes() == (plain / table).read_bytes()
        ours, theirs = (
            json.loads((one / f"products/{name}.ipynb").read_text()) for one in (folder, plain)
        )
        assert ours["metadata"]["papermill"]["kernel"] == "forked"
        assert [c["source"] for c in ours["cells"]] == [
            _text(c["source"]).replace(str(plain), str(folder)).splitlines(keepends=True)
            for c in theirs["cells"]
        ]
        assert [c.get("outputs") for c in ours["cells"]] == [
            c.get("outputs") for c in theirs["cells"]
        ]
    assert "True" not in _ploomber(folder)


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _ploomber(folder: Path, *options: str) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ploomber")), "build", *options],
        cwd=folder, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout


def test_nothing_is_done_and_ploomber_not_asked_where_nothing_has_changed(copy, no_ploomber):
    assert build(copy).ran == ()
    assert build(copy).current == 2


@pytest.mark.parametrize(
    "name", ["raw.csv", "src/shop/prices.py", "tasks/rate.py", "env.yaml", "pipeline.yaml"]
)
def test_ploomber_decides_where_a_file_has_changed_even_at_once_and_in_size_and_time_alike(
    copy, no_ploomber, name
):
    path = copy / name
    stat = path.stat()
    text = path.read_text()
    path.write_text(text.replace("a", "b", 1) if "a" in text else text.replace("1", "2", 1))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    with pytest.raises(AssertionError, match="Ploomber is asked"):
        build(copy)


@pytest.mark.parametrize(
    "path", ["products/load/df.parquet", "products/.rate.ipynb.metadata", str(RECORD)]
)
def test_ploomber_decides_where_a_product_is_missing(copy, no_ploomber, path):
    (copy / path).unlink()

    with pytest.raises(AssertionError, match="Ploomber is asked"):
        build(copy)


def test_a_build_goes_on_with_the_task_that_failed(copy):
    task = copy / "tasks" / "rate.py"
    text = task.read_text()
    task.write_text(
        text.replace("df = priced", 'raise ValueError("no rate:\\n  at all")\ndf = priced')
    )
    with pytest.raises(TaskFailed, match=r"task rate, In \[\d+\]: ValueError: no rate") as caught:
        build(copy)
    assert caught.value.exit_status == 1
    assert "no rate:\n  at all\nSee products/rate.ipynb" in str(caught.value)

    task.write_text(text.replace("df = priced", "df = 2 * priced"))
    assert build(copy).ran == ("rate",)


def test_a_folder_without_a_pipeline_is_named(tmp_path):
    with pytest.raises(InputError, match=r"holds no pipeline\.yaml"):
        build(tmp_path)


def test_ploomber_is_loaded_without_what_a_terminal_needs_and_hides_nothing_from_a_project():
    code = (
        "import sys\n"
        "from poc_graduate.kernels.ploomber import EarlyEnvironment, load\n"
        "load(EarlyEnvironment())\n"
        "assert 'prompt_toolkit' not in sys.modules\n"
        "import ipdb, matplotlib.pyplot\n"
        "from IPython.terminal.debugger import Pdb\n"
        "assert callable(ipdb.set_trace) and callable(Pdb) and callable(matplotlib.pyplot.plot)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_functions_whose_tables_ploomber_keeps_itself_are_built_as_well(tmp_path):
    files = {
        "pipeline.yaml": "unserializer: keeping.read\nserializer: keeping.write\ntasks:\n"
        "  - {source: steps.load, product: products/load.csv}\n"
        "  - {source: steps.double, product: products/double.csv}\n",
        "keeping.py": "from ploomber.io import serializer, unserializer\n\n\n"
        "@serializer(defaults=['.csv'])\ndef write(obj, product):\n    pass\n\n\n"
        "@unserializer(defaults=['.csv'])\ndef read(product):\n    pass\n",
        "steps.py": "import pandas as pd\n\n\ndef load():\n    return pd.DataFrame({'a': [1, 2]})\n"
        "\n\ndef double(upstream):\n    return upstream['load'] * 2\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    assert build(tmp_path).ran == ("load", "double")
    made = pd.read_csv(tmp_path / "products" / "double.csv")
    assert made["a"].tolist() == [2, 4]
