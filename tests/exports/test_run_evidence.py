"""Rules that need what ran, over what a real kernel showed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.dataflow.kept import from_json, to_json
from poc_graduate.notebook.model import Notebook
from poc_graduate.notebook.read import read
from poc_graduate.observe.record import observe
from poc_graduate.rules.run import check

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pytest.importorskip("sklearn")
pytestmark = pytest.mark.kernel

CELLS = (
    "import numpy as np\nimport pandas as pd\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "from sklearn.metrics import accuracy_score\n"
    "from sklearn.model_selection import train_test_split",
    "visits = pd.read_csv('visits.csv')\nwards = pd.read_csv('wards.csv')",
    "visits['dose'] = pd.to_numeric(visits['dose'], errors='coerce')",
    "kept = visits.dropna()",
    "both = kept.merge(wards, on='ward', how='left')",
    "X = kept[['age', 'dose', 'closed_as']]\ny = kept['died']",
    "train, test = train_test_split(kept, random_state=0)",
    "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)",
    "model = LogisticRegression().fit(X_train[['age']], y_train)\n"
    "print(accuracy_score(y_test, model.predict(X_test[['age']])))",
    "big = pd.DataFrame({'x': np.ones(30_000_000)})",
    "spare = big.copy()\nspare['x'] += 1",
)
TOLD = {
    ("POC208", "40 "): 4,
    ("POC605", "560"): 5,
    ("POC613", "°F"): 2,
    ("POC614", "30,000,000"): 11,
    ("POC508", "`closed_as`"): 8,
    ("POC507", "`patient`"): 7,
    ("POC509", ""): 9,
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Notebook, RunFacts]:
    """A notebook that does what these rules look for, with what its run showed."""
    folder = tmp_path_factory.mktemp("ran")
    rng = np.random.default_rng(3)
    died = rng.random(600) < 0.06
    visits = pd.DataFrame(
        {
            "patient": rng.integers(0, 90, 600),
            "age": rng.integers(20, 90, 600),
            "ward": rng.choice(["a", "b", "c"], 600),
            "temp_c": np.where(rng.random(600) < 0.1, 98.1, 36.6 + rng.random(600)),
            "dose": rng.integers(1, 9, 600).astype(str),
            "closed_as": died.astype(int),
            "died": died.astype(int),
        }
    )
    visits.loc[:39, "dose"] = "n.n."
    visits.to_csv(folder / "visits.csv", index=False)
    pd.DataFrame({"ward": ["a", "a", "b", "c"], "beds": [1, 2, 3, 4]}).to_csv(
        folder / "wards.csv", index=False
    )
    cells = [
        {"cell_type": "code", "source": s, "metadata": {}, "outputs": [], "execution_count": None}
        for s in CELLS
    ]
    record = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path = Path(folder / "visits.ipynb")
    path.write_text(json.dumps(record), encoding="utf-8")
    notebook = read(path)
    facts = observe(notebook, candidates={})
    again = from_json(to_json(facts, notebook), notebook, name="facts")
    assert again is not None
    return notebook, again


@pytest.mark.parametrize(("code", "says"), TOLD)
def test_what_ran_is_told(ran: tuple[Notebook, RunFacts], code: str, says: str) -> None:
    notebook, facts = ran
    found = {(one.place.cell, one.message) for one in check(notebook, frozenset({code}), facts)}

    assert any(cell == TOLD[code, says] and says in message for cell, message in found), found
