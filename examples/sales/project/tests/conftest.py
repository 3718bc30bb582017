"""Samples of the prototype's run, and one build for every test that needs products."""

import contextlib
import json
import os
import pickle
import random
import re
import shutil
import time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import numpy as np
import pandas as pd
import pytest

from sales_forecast.storage import load

PROJECT = Path(__file__).parent.parent
INPUTS = [
    "data/sales_2023-01.csv",
    "data/sales_2023-02.csv",
    "data/sales_2023-03.csv",
    "data/sales_2023-04.csv",
    "data/sales_2023-05.csv",
    "data/sales_2023-06.csv",
    "data/sales_2023-07.csv",
    "data/sales_2023-08.csv",
    "data/sales_2023-09.csv",
    "data/sales_2023-10.csv",
    "data/sales_2023-11.csv",
    "data/sales_2023-12.csv",
    "data/sales_2024-01.csv",
    "data/sales_2024-02.csv",
    "data/sales_2024-03.csv",
    "data/sales_2024-04.csv",
    "data/sales_2024-05.csv",
    "data/sales_2024-06.csv",
    "data/stores_and_promo.xlsx",
]
SAMPLES = Path(__file__).parent / "unit" / "samples"
BY_IDENTITY: Any = object.__eq__
matplotlib.use("Agg")  # here figures are drawn, not shown
os.environ.pop("MPLBACKEND", None)  # in the tasks they are shown


def sample(function: str, name: str) -> Any:
    """An argument of a function, or its result, kept from the prototype's data."""
    path = SAMPLES / function / name
    if path.with_suffix(".parquet").exists():
        return pd.read_parquet(path.with_suffix(".parquet"))
    return pickle.loads(path.with_suffix(".pickle").read_bytes())


def few(value: Any) -> Any:
    """A part of what is large, since all of it would fill a disk.

    The number of rows of a table, with its first and last ones; an array's shape, with values from
    all over.
    """
    if isinstance(value, tuple):
        return tuple(few(one) for one in value)
    if hasattr(value, "iloc") and value.size > 1000:
        return [len(value), value.iloc[:30], value.iloc[-30:]]
    if type(value).__name__ == "ndarray" and value.size > 1000:
        return [value.shape, value.ravel()[:: value.size // 1000]]
    return value


def assert_same(actual: Any, expected: Any) -> None:
    """Equal in type and value, whatever it is; floats to nine digits."""
    assert type(actual) is type(expected)
    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(actual, expected, rtol=1e-9)
        return
    if isinstance(expected, pd.Series):
        pd.testing.assert_series_equal(actual, expected, rtol=1e-9)
        return
    if isinstance(expected, pd.Index):
        pd.testing.assert_index_equal(actual, expected)
        return
    if isinstance(expected, np.ndarray) and expected.dtype.kind in "fc":
        np.testing.assert_allclose(actual, expected, rtol=1e-9)
        return
    if isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(actual, expected)
        return
    if isinstance(expected, list | tuple):
        assert len(actual) == len(expected)
        for one, other in zip(actual, expected, strict=True):
            assert_same(one, other)
    elif isinstance(expected, dict):
        assert list(actual) == list(expected)
        for key in expected:
            assert_same(actual[key], expected[key])
    elif isinstance(expected, float):
        assert actual == pytest.approx(expected, rel=1e-9, nan_ok=True)
    elif type(expected).__eq__ is BY_IDENTITY and hasattr(expected, "__dict__"):
        assert_same(vars(actual), vars(expected))
    else:
        assert actual == expected


@pytest.fixture
def aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that holds the inputs only, so that what a function writes replaces no product."""
    for path in (path for pattern in INPUTS for path in PROJECT.glob(pattern) if path.is_file()):
        link = tmp_path / path.relative_to(PROJECT)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Every test starts from the same state of the random generators."""
    random.seed(0)
    np.random.seed(0)


class Built(NamedTuple):
    """A copy of the project in which every task has run."""

    folder: Path
    seconds: float
    untouched: tuple[str, ...]  # tasks done before the failure, which the restart left as they were


def build(project: Path) -> str:
    """Run the tasks that are not up to date, as `ploomber build` does; what failed, if any did."""
    from ploomber.exceptions import DAGBuildError, DAGRenderError
    from ploomber.spec import DAGSpec  # here, for it takes seconds that unit tests need not wait

    with contextlib.chdir(project):
        try:
            DAGSpec("pipeline.yaml").to_dag().build()
        except (DAGBuildError, DAGRenderError) as error:
            return str(error)
    return ""


def fresh(folder: Path) -> Path:
    """A copy of the project without products, as it comes from version control."""
    leave = shutil.ignore_patterns("products", ".*", "__pycache__", "graduation")
    return shutil.copytree(PROJECT, folder / PROJECT.name, ignore=leave)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The whole pipeline, built once for all tests: stopped by its last task, then restarted."""
    project = fresh(tmp_path_factory.mktemp("built"))
    last = project / "tasks/train.py"
    start = time.monotonic()
    last.write_text(last.read_text("utf-8") + '\n# %%\nraise RuntimeError("power cut")\n', "utf-8")
    failure = build(project)
    assert "power cut" in failure, failure[-4000:]
    done = {path: path.stat().st_mtime_ns for path in project.glob("products/*.ipynb")}

    shutil.copyfile(PROJECT / "tasks/train.py", last)
    failure = build(project)
    assert not failure, failure[-4000:]
    seconds = time.monotonic() - start
    untouched = (path.stem for path, moment in done.items() if path.stat().st_mtime_ns == moment)
    return Built(project, seconds, tuple(untouched))


def as_script(folder: Path, project: Path, task: str) -> str:
    """Write the code of an executed notebook for another copy of the project."""
    text = (folder / "products" / f"{task}.ipynb").read_text("utf-8")
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    code = "\n\n".join("".join(cell["source"]) for cell in cells)
    path = project / f"{task}.py"
    path.write_text(code.replace(str(folder), str(project)), "utf-8")
    return path.name


def product(built: Built, path: str) -> Any:
    """What a task of the build has kept."""
    return load(built.folder / path)


@cache
def replayed(built: Built, task: str) -> dict[str, Any]:
    """The names of a task at its end: the cells of its executed notebook, run once more."""
    notebook = json.loads((built.folder / "products" / f"{task}.ipynb").read_text("utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.chdir(built.folder):
        for cell in notebook["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and not source.startswith("save("):
                exec(source, names)  # noqa: S102
    return names


def reference(name: str) -> Any:
    """What the prototype's run showed: figures, shares and texts, no rows."""
    path = Path(__file__).parent / "reference" / f"{name}.json"
    return json.loads(path.read_text("utf-8"))


def benchmark(name: str) -> Any:
    """Rows that were kept apart to compare models on, and their truth."""
    return pickle.loads((Path(__file__).parent / "benchmark" / f"{name}.pickle").read_bytes())


def rows_at(values: Any, places: Any) -> Any:
    """Rows at some places, whatever holds them."""
    if hasattr(values, "iloc"):
        return values.iloc[places]
    return [values[place] for place in places] if isinstance(values, list) else values[places]


def last_digits_moved(rows: Any) -> Any:
    """The same rows, each figure larger by a billionth."""
    if not hasattr(rows, "select_dtypes"):
        return rows * (1 + 1e-9)
    figures = rows.select_dtypes("float").columns
    return rows.assign(**{name: rows[name] * (1 + 1e-9) for name in figures})


def assert_same_answers(actual: Any, expected: Any, rtol: float = 1e-6) -> None:
    """Labels equal, figures but for the rounding of libraries that work in other batches."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    if expected.dtype.kind in "fc":
        np.testing.assert_allclose(actual, expected, rtol=rtol, atol=1e-9)
    else:
        np.testing.assert_array_equal(actual, expected)


def outputs(built: Built, task: str, cell: int) -> list[dict[str, Any]]:
    """What a cell of an executed notebook has shown."""
    path = built.folder / "products" / f"{task}.ipynb"
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"][cell]["outputs"]
    return found


def shown(outputs: list[dict[str, Any]]) -> str:
    """Everything that a cell printed or showed as text."""
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


FIGURE = re.compile(r"-?\d+(?:\.(?P<places>\d+))?(?:e(?P<power>[-+]\d+))?")


def assert_reads_same(text: str, expected: str) -> None:
    """The same words; a figure may be off by one in the last place that was printed.

    Another machine may round the last place the other way; of long figures nine digits count.
    """
    assert FIGURE.sub("#", text).split() == FIGURE.sub("#", expected).split()
    for one, other in zip(FIGURE.finditer(text), FIGURE.finditer(expected), strict=True):
        place = 10.0 ** (int(other["power"] or 0) - len(other["places"] or ""))
        off = place if other["places"] or other["power"] else 0
        assert float(one[0]) == pytest.approx(float(other[0]), abs=1.01 * off, rel=1e-9), text
