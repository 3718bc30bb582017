"""What the namespace tells the rules, without a kernel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from poc_graduate.dataflow import kept
from poc_graduate.magics.evidence import Evidence, mentioned
from poc_graduate.magics.history import Executed, History
from poc_graduate.observe.probe import profile
from poc_graduate.observe.probe.profile import is_frame
from poc_graduate.rules.view import NotebookView


def _facts(value, **how):
    return kept.frame(profile.frame_facts(value, **how))


class Rude:
    """A value that must not be asked anything."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared")

    def __hash__(self) -> int:
        raise AssertionError("hashed")


FRAME = pd.DataFrame(
    {
        "n": [3, 1, 2, None],
        "s": ["x", "y", None, "x"],
        "c": pd.Categorical(["u", "u", "v", "v"]),
        "i": pd.array([1, None, 3, 4], dtype="Int64"),
        "even": [4, 1, 3, 2],
    }
)


def test_columns_are_told_as_pandas_counts_them():
    facts = _facts(FRAME, seconds=10)

    for column in facts.columns:
        assert column.missing == FRAME[column.name].isna().sum()
        assert column.distinct == FRAME[column.name].nunique()
    for name in ("n", "even"):
        column = facts.column(name)
        assert (column.minimum, column.maximum, column.mean, column.median) == (
            FRAME[name].min(), FRAME[name].max(), FRAME[name].mean(), FRAME[name].median(),
        )  # fmt: skip


def test_looking_changes_nothing():
    before = FRAME.copy(deep=True)

    _facts(FRAME, seconds=10)

    pd.testing.assert_frame_equal(FRAME, before)


def test_values_of_other_classes_are_not_asked():
    frame = pd.DataFrame({"a": [Rude(), Rude()], "b": [[1], [2]]})

    facts = _facts(frame, seconds=10)

    assert [column.distinct for column in facts.columns] == [-1, -1]
    assert not is_frame(type("Own", (pd.DataFrame,), {})())


def test_when_time_is_over_columns_that_the_cell_names_were_looked_at():
    wide = pd.DataFrame(np.zeros((10, 300)), columns=[f"c{n}" for n in range(300)])

    facts = _facts(wide, seconds=0.0005, first=frozenset({"c250"}))

    assert facts.rows == 10
    assert facts.column("c250") is not None
    assert len(facts.columns) < 300


@pytest.mark.parametrize(
    ("code", "bound", "changed"),
    [
        ("df = df.dropna()", {"df"}, set()),
        ("df['a'] = 1", set(), {"df"}),
        ("df.loc[0, 'a'] = 1", set(), {"df"}),
        ("del df['a']", set(), {"df"}),
        ("df.dropna(inplace=True)", set(), {"df"}),
        ("df.a.fillna(0, inplace=True)", set(), {"df"}),
        ("x = df.pop('a')", {"x"}, {"df"}),
        ("n = len(df)", {"n"}, set()),
        ("import numpy as np\ndef f(): pass", {"np", "f"}, set()),
    ],
)
def test_what_a_cell_binds_and_changes(code, bound, changed):
    found = mentioned(code)

    assert (set(found.bound), set(found.changed)) == (bound, changed)


def test_the_frame_before_is_the_one_that_was_there():
    space = {"df": FRAME, "other": FRAME}
    history = History(["", "import pandas as pd"])
    evidence = Evidence(history.notebook("df = df.dropna()"), space, dict)
    space["df"] = FRAME.dropna()

    cell = NotebookView(evidence.notebook, evidence.observed(0.1)).cells[-1]

    assert cell.frame_before("df").rows == 4
    assert cell.frame_after("df").rows == 1
    assert cell.frame_before("other").rows == 4
    assert cell.frame_before("nobody") is None


def test_the_newest_text_of_a_cell_counts():
    history = History([])
    history.add(Executed(1, "a", "x = 1"))
    history.add(Executed(2, "b", "y = 1"))
    history.add(Executed(3, "a", "x = 2"))
    history.add(Executed(4, "c", "not python ("))

    sources = [cell.source for cell in history.notebook("z = 3").cells]

    assert sources == ["y = 1", "x = 2", "z = 3"]
