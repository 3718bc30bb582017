"""What a replay of built tasks says about models and metrics, and nothing by their names alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from poc_graduate.generate import evaluation, sampling
from poc_graduate.generate.evidence.calls import Seen
from poc_graduate.generate.evidence.libraries import written

GATHER = f"""
import json, os, runpy, sys
from pathlib import Path
os.chdir(sys.argv[1])
sys.path.insert(0, "src")
script = runpy.run_path({sampling.__file__!r})
script["beside"]("evidence").gather(json.loads(Path("spec.json").read_text()), Path("."), {{}})
"""
DATA = """
import numpy as np, pandas as pd
rng = np.random.default_rng(1)
rows = pd.DataFrame({"size": rng.normal(size=120), "kind": ["a", "b"] * 60})
rows["noise"] = rng.random(120)
truth = 3 * rows["size"] + rng.normal(size=120) / 5
"""
LINE = """
import numpy as np

class Line:
    def fit(self, rows, truth):
        self.slope = float(np.dot(rows["size"], truth) / np.dot(rows["size"], rows["size"]))
        return self

    def predict(self, rows):
        return rows["size"].to_numpy() * self.slope

def off_by(truth, guess):
    return float(np.mean(np.abs(np.asarray(truth) - guess)))
"""


def gathered(
    folder: Path,
    *cells: str,
    module: str = LINE,
    kept: tuple[str, ...] = (),
    keeps: tuple[tuple[list[str], str], ...] = (),
) -> dict[str, Any]:
    """Evidence of a project with one task of these cells, which has kept these files."""
    (folder / "src" / "story").mkdir(parents=True)
    (folder / "src" / "story" / "__init__.py").touch()
    (folder / "src" / "story" / "work.py").write_text(module)
    stage = {
        "name": "work",
        "upstream": {},
        "before": [DATA, "from story.work import *"],
        "loaded": [],
        "loaded_from": [],
        "keeps": keeps,
        "reads": sorted(path.name for path in folder.glob("*.csv")),
        "cells": [{"text": text, "call": None} for text in cells],
    }
    spec = {"package": "story", "modules": ["work"], "parameters": {}, "stages": [stage]}
    spec["kept"] = list(kept)
    (folder / "spec.json").write_text(json.dumps(spec))
    done = subprocess.run(
        [sys.executable, "-c", GATHER, str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads((folder / "evidence.json").read_text())
    return found


FIT = "model = Line().fit(rows[:80], truth[:80])\ntest, known = rows[80:], truth[80:]"


def test_a_model_of_the_authors_own_is_found_by_what_it_does(tmp_path: Path) -> None:
    evidence = gathered(tmp_path, FIT, "answers = model.predict(test)")

    (model,) = evidence["evaluation"][0]["models"]

    assert model["model"] == "task.model"
    assert model["rows"] == "task.test"
    assert model["apart"] is True
    assert model["properties"]["order"] is True
    assert model["properties"]["unused"] == ["kind", "noise"]


def test_what_the_task_keeps_is_read_from_its_product(tmp_path: Path) -> None:
    keeps = (["model"], "products/work/model.pickle"), (["a", "test"], "products/work/both.pickle")
    evidence = gathered(tmp_path, FIT, "a = 1", "answers = model.predict(test)", keeps=keeps)

    (quality,) = evaluation.qualities(evidence, "story")

    assert quality.expressions == {
        "model": 'product(built, "products/work/model.pickle")',
        "test": 'product(built, "products/work/both.pickle")[1]',
    }
    assert not quality.replayed


def test_the_benchmark_is_of_the_model_that_is_kept(tmp_path: Path) -> None:
    first = "other = known + 1\nworse = Line().fit(rows[:9], truth[:9])\n"
    first += "print(off_by(other, worse.predict(test)))"
    then = "print(off_by(known, model.predict(test)))"
    keeps = ((["model"], "products/work/model.pickle"),)
    evidence = gathered(tmp_path, FIT, first, then, keeps=keeps)

    known = [one.get("candidate") for one in evidence["evaluation"][0]["metrics"]]

    assert [one["model"] for one in known if one] == ["task.model"]


def test_a_property_that_did_not_hold_is_told_and_not_tested(tmp_path: Path) -> None:
    ranks = LINE.replace("* self.slope", "* self.slope - rows['size'].mean()")
    evidence = gathered(tmp_path, FIT, "answers = model.predict(test)", module=ranks)

    (quality,) = evaluation.qualities(evidence, "story")

    assert "alone" not in quality.models[0].properties
    assert any("a row alone" in line for line in evaluation.not_held(evidence))


def test_a_metric_has_a_margin_and_a_direction_from_its_rows(tmp_path: Path) -> None:
    evidence = gathered(tmp_path, FIT, "print(off_by(known, model.predict(test)))")

    (metric,) = evidence["evaluation"][0]["metrics"]

    assert metric["higher"] is False
    assert 0 < metric["margin"] < metric["value"]
    assert ["kind", "a"] in metric["slices"] or metric["count"] < 60


FRAME = pd.DataFrame({"town": ["a", "b", "c"], "price": [3, 1, 2]})


@pytest.mark.parametrize(
    ("method", "arguments", "answer"),
    [
        (
            "set_index",
            {"keys": "town"},
            "pd.DataFrame({'price': [3, 1, 2]}, index=pd.Index(['a', 'b', 'c'], name='town'))",
        ),
        (
            "sort_values",
            {"by": "price"},
            "pd.DataFrame({'town': ['b', 'c', 'a'], 'price': [1, 2, 3]}, index=[1, 2, 0])",
        ),
        ("rename", {"columns": {"price": "cost"}},
         "pd.DataFrame({'town': ['a', 'b', 'c'], 'cost': [3, 1, 2]})"),
    ],
)  # fmt: skip
def test_an_answer_of_a_library_is_written_with_the_labels_of_its_rows(
    method: str, arguments: dict[str, Any], answer: str
) -> None:
    function = getattr(FRAME, method)
    seen = Seen(function, FRAME, method, (), arguments, function(**arguments))

    probe = written(seen)

    assert probe is not None
    assert probe["result"] == answer
    space = {"pd": pd}
    pd.testing.assert_frame_equal(eval(answer, space), eval(probe["call"], space))


@pytest.mark.parametrize(
    "cell",
    [
        "print(off_by(known, np.zeros(len(known))))",
        "class Predictor:\n    def predict(self, n):\n        return 1.0\nPredictor().predict(5)",
    ],
)
def test_what_no_model_answered_is_no_quality(tmp_path: Path, cell: str) -> None:
    evidence = gathered(tmp_path, FIT, cell, "x = ' model.predict(rows) '")

    assert evaluation.qualities(evidence, "story") == []


def test_a_cell_that_fails_takes_nothing_from_the_others(tmp_path: Path) -> None:
    evidence = gathered(tmp_path, FIT, "1 / 0", "answers = model.predict(test)")

    assert len(evidence["evaluation"][0]["models"]) == 1


def test_profiles_hold_shares_and_no_rows(tmp_path: Path) -> None:
    people = [f"person {number}" for number in range(50)]
    table = pd.DataFrame({"who": people, "age": range(20, 70), "sex": ["f", "m"] * 25})
    table.to_parquet(tmp_path / "kept.parquet")

    evidence = gathered(tmp_path, kept=("kept.parquet",))

    known = evidence["profiles"]["kept.parquet"]
    assert sorted(known["columns"]) == ["age", "sex"]
    assert known["columns"]["sex"]["categories"] == {"f": 0.5, "m": 0.5}
    assert len(known["columns"]["age"]["points"]) == 11
    assert 0 < known["columns"]["age"]["tolerance"] < 0.5


@pytest.mark.parametrize(
    ("cell", "stopped"),
    [
        ("read = pd.read_csv('in.csv')", [["in.csv", "work"]]),
        ("read = open('in.csv').read()", []),
        ("get_ipython().run_line_magic('who', '')", []),
    ],
)
def test_a_task_stops_at_an_empty_file_only_where_it_was_seen_to(
    tmp_path: Path, cell: str, stopped: list[list[str]]
) -> None:
    (tmp_path / "in.csv").write_text("a,b\n1,2\n")

    evidence = gathered(tmp_path, cell)

    assert evidence["stops"] == stopped
    assert (tmp_path / "in.csv").read_text() == "a,b\n1,2\n"


def test_every_name_that_a_model_or_a_metric_uses_is_read() -> None:
    model = {
        "model": "task.tree", "kind": "classifier", "method": "predict", "rows": "task.X",
        "properties": {"unused": []}, "apart": False,
    }  # fmt: skip
    metric = {
        "name": "f1", "call": "f1_score(task.y, task.told)", "function": "f1_score",
        "import": "", "higher": True, "slices": [],
    }  # fmt: skip
    names = {name: [f"products/{name}.pickle", -1] for name in ("X", "told", "tree", "y", "z")}
    record = {"task": "score", "models": [model], "metrics": [metric], "names": names}

    (quality,) = evaluation.qualities({"evaluation": [record]}, "story")

    assert sorted(quality.expressions) == ["X", "told", "tree", "y"]
