"""Precision and recall of the leakage rules on labelled notebooks: `tests/leakage/README.md`.

Run as a script, it prints the table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from poc_graduate.notebook.read import read, read_text
from poc_graduate.rules.run import check

FOLDER = Path(__file__).parents[1] / "leakage"
HALVES = ("dev", "held_out")
CODES = ("POC501", "POC502", "POC503", "POC504", "POC505", "POC506")
_LABEL = re.compile(r"# leak: (.*)")


@dataclass
class Counted:
    """What was found of one rule; a cell with labelled lines is one leak."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self):
        return self.right / (self.right + len(self.wrong) or 1)

    @property
    def recall(self):
        return self.right / (self.right + len(self.missed) or 1)


def _labelled(notebook):
    """(code, cell) → lines."""
    found = {}
    for cell in notebook.code_cells:
        for number, line in enumerate(cell.source.split("\n"), 1):
            label = _LABEL.search(line)
            for code in re.findall(r"POC\d{3}", label[1]) if label else ():
                found.setdefault((code, cell.index), set()).add(number)
    return found


@cache
def measured(half):
    """Code → what was found of it in one half."""
    counted = {code: Counted() for code in CODES}
    for path in sorted((FOLDER / half).glob("*.py")):
        notebook = read(path)
        labelled = _labelled(notebook)
        hit = set()
        for finding in check(notebook, frozenset(CODES)):
            key = finding.code, finding.place.cell
            lines = range(finding.place.line, finding.end_line + 1)
            if labelled.get(key, set()) & set(lines):
                hit.add(key)
            else:
                place = f"{path.name}, cell {finding.place.cell}, line {finding.place.line}"
                counted[finding.code].wrong.append(place)
        for key in labelled:
            if key in hit:
                counted[key[0]].right += 1
            else:
                counted[key[0]].missed.append(f"{path.name}, cell {key[1]}")
    return counted


@pytest.mark.parametrize("code", ["POC501", "POC502", "POC503"])
@pytest.mark.parametrize("half", HALVES)
def test_leaks_are_found_precisely_and_most_of_them(half, code):
    counted = measured(half)[code]

    assert counted.precision >= 0.97, counted.wrong
    assert counted.recall >= 0.94, counted.missed


@pytest.mark.parametrize("code", ["POC504", "POC505", "POC506"])
def test_lesser_leaks_are_found_precisely(code):
    counted = [measured(half)[code] for half in HALVES]

    assert sum(one.right for one in counted)
    assert [one.wrong for one in counted] == [[], []]


def test_a_third_of_the_notebooks_are_clean_so_that_one_can_err():
    notebooks = [path for half in HALVES for path in (FOLDER / half).glob("*.py")]
    clean = [path for path in notebooks if "# leak:" not in path.read_text()]

    assert len(notebooks) >= 90
    assert len(clean) >= len(notebooks) // 3


def _table():
    print("half      rule     leaks  right  wrong  precision   recall")
    for half in HALVES:
        for code, one in measured(half).items():
            leaks = one.right + len(one.missed)
            print(
                f"{half:9} {code:7} {leaks:6} {one.right:6} {len(one.wrong):6} "
                f"{one.precision:10.3f} {one.recall:8.3f}"
            )


_TWO = (
    "# %%\nimport pandas as pd\nfrom sklearn.svm import SVC\ndf = pd.read_csv('a.csv')\n"
    "X_train, X_test, y_train, y_test = train_test_split(df.drop(columns='y'), df['y'])\n"
    "a = SVC().fit(X_train, y_train)\nprint(a.score(X_test, y_test))\n"
    "b = LogisticRegression().fit(X_train, y_train)\nprint(b.score(X_test, y_test))\n"
)


@pytest.mark.parametrize(
    ("then", "severity"),
    [
        ("", "note"),
        ("c = SVC(C=9).fit(X_train, y_train)\nprint(c.score(X_test, y_test))\n", "risk"),
        ("best = b\n", "blocker"),
        ("best = []\n", "note"),
        ("s = GridSearchCV(Lasso(), g).fit(X_train, y_train)\nbest = s.best_params_\n", "note"),
        ("name = max(scores, key=scores.get)\n", "blocker"),
        ("print(table.score.idxmax())\n", "blocker"),
        ("joblib.dump(b, 'm.joblib')\nb.predict(X_test)\n", "blocker"),
        ("# %%\nnew = df[df.y.isna()]\nnew['y'] = b.predict(new)\n", "blocker"),
        # all of them answer: none is taken
        ("# %%\nnew = df[df.y.isna()]\np, q = a.predict(new), b.predict(new)\n", "note"),
        ("lm_kbest = fit(SelectKBest(k=3))\n", "note"),  # the best of the columns
    ],
)
def test_a_reused_test_set_stops_where_one_candidate_is_taken(then, severity):
    (found,) = check(read_text(_TWO + then, "example.py"), frozenset({"POC503"}))

    assert found.severity.value == severity


@pytest.mark.parametrize(
    ("above", "severity"),
    [
        ("best_rounds = tried(df)\ni = np.argmax(scores)\n", "note"),  # by other figures
        ("def best_of(scores):\n    return max(scores, key=scores.get)\n", "blocker"),
    ],
)
def test_what_is_taken_above_the_comparison_is_not_taken_by_it(above, severity):
    (found,) = check(read_text(f"# %%\n{above}{_TWO}", "example.py"), frozenset({"POC503"}))

    assert found.severity.value == severity


if __name__ == "__main__":
    _table()
