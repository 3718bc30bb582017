"""A leak that is known: the export measures what the score owes to it, and its test can fail."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from tests.exports.conftest import write_notebook

pytestmark = pytest.mark.build

CELLS = (
    "import pandas as pd\nfrom sklearn.feature_selection import SelectKBest\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "from sklearn.metrics import accuracy_score\n"
    "from sklearn.model_selection import train_test_split\n"
    "df = pd.read_csv('genes.csv')\ny = df['ill']\nX = df.drop(columns='ill')",
    "selector = SelectKBest(k=20)\nX = selector.fit_transform(X, y)",
    "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, random_state=0)\n"
    "model = LogisticRegression().fit(X_train, y_train)",
    "predicted = model.predict(X_test)\naccuracy = accuracy_score(y_test, predicted)\n"
    "print(accuracy)",
)


def test_columns_chosen_on_all_rows_of_noise_are_worth_nothing_once_closed(tmp_path, poc):
    """Source of the example: Hastie, Tibshirani and Friedman, 7.10.2, the wrong way."""
    rng = np.random.default_rng(1)
    genes = pd.DataFrame(rng.normal(size=(160, 300)).round(2)).add_prefix("g")
    genes.assign(ill=rng.integers(0, 2, 160)).to_csv(tmp_path / "genes.csv", index=False)
    notebook = write_notebook(tmp_path, *CELLS)

    done = poc("export", notebook.name, "--output", "out", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    path = tmp_path / "out/tests/reference/leaks.json"
    known = json.loads(path.read_text())
    assert known["as_shipped"] - known["closed"] > 2 * known["margin"]
    assert abs(known["closed"] - 0.5) < known["margin"]
    readme = (tmp_path / "out/README.md").read_text()
    assert f"{known['as_shipped']:.4g} as shipped and {known['closed']:.4g}" in readme
    for page in ("findings", "certificate"):
        text = (tmp_path / f"out/graduation/{page}.html").read_text()
        assert f"{known['closed']:.4g}" in text

    # a reference that says that nothing is owed is contradicted
    path.write_text(json.dumps({**known, "closed": known["as_shipped"]}))
    command = [sys.executable, "-m", "pytest", "-q", "-rf", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, "tests/evaluation/test_leaks.py"],
        cwd=tmp_path / "out",
        capture_output=True,
        text=True,
        check=False,
    )
    failed = [line for line in run.stdout.splitlines() if line.startswith("FAILED")]
    assert len(failed) == 1
    assert "test_score_owes_no_more_to_the_leak_than_it_did" in failed[0]
