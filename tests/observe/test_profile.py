"""Figures of frames that the probe writes down, and how they are kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from poc_graduate.dataflow import kept
from poc_graduate.dataflow.facts import CellFacts, FrameFacts, Overlap, RunFacts, Value
from poc_graduate.errors import InputError
from poc_graduate.notebook.read import read_text
from poc_graduate.observe.probe import profile
from poc_graduate.observe.record import observe


def _frame(rows: int, seed: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": np.arange(rows) + seed * 1_000,
            "age": draw.normal(size=rows),
            "spent": draw.normal(size=rows),
        }
    )


class TestFrameFacts:
    def test_numbers_have_their_statistics(self):
        told = kept.frame(profile.frame_facts(pd.DataFrame({"x": [1.0, 2.0, None, 9.0]})))

        column = told.column("x")
        assert (told.rows, column.missing, column.distinct) == (4, 1, 3)
        assert (column.minimum, column.median, column.mean, column.maximum) == (1, 2, 4, 9)

    def test_few_values_are_named_with_their_rows(self):
        told = kept.frame(profile.frame_facts(pd.Series(["no", "no", "yes"], name="churn")))

        assert told.column("churn").common == (("no", 2), ("yes", 1))

    def test_values_of_a_column_with_many_are_not_kept(self):
        people = pd.DataFrame({"name": [f"Person {n}" for n in range(80)]})

        assert "Person" not in str(profile.frame_facts(people))

    def test_cells_that_cannot_be_hashed_are_not_counted(self):
        told = profile.frame_facts(pd.DataFrame({"x": [[1], [2]]}))

        assert kept.frame(told).column("x").distinct == -1

    def test_two_columns_of_one_name_and_an_index_that_repeats(self):
        frame = pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"], index=[7, 7])

        told = kept.frame(profile.frame_facts(frame))

        assert [column.name for column in told.columns] == ["a", "a"]
        assert not told.unique_index

    def test_an_array_has_rows_and_one_of_one_dimension_its_values(self):
        labels = kept.frame(profile.frame_facts(np.array([0, 1, 1])))
        table = kept.frame(profile.frame_facts(np.ones((4, 2))))

        assert labels.columns[0].common == (("1", 2), ("0", 1))
        assert (table.rows, table.columns) == (4, ())

    @pytest.mark.parametrize("value", [1, "text", [1, 2], np.ones((2, 2, 2)), {"a": 1}])
    def test_other_values_have_no_profile(self, value):
        assert not profile.is_frame(value)


class TestOverlaps:
    def test_rows_on_both_sides_are_counted(self):
        everything = _frame(100)
        names = {"train": everything.iloc[:80], "test": everything.iloc[70:]}

        found = profile.overlaps(names, {"test"})

        assert {"left": "train", "right": "test", "rows": 10} in found

    def test_an_identifier_on_both_sides_is_counted_by_itself(self):
        train, test = _frame(50), _frame(50, seed=3).assign(customer_id=range(50))

        found = profile.overlaps({"X_train": train, "X_test": test}, {"X_train"})

        assert found == [
            {"left": "X_train", "right": "X_test", "rows": 50, "column": "customer_id"}
        ]

    def test_disjoint_parts_and_parts_of_other_things_are_silent(self):
        names = {"train": _frame(50), "test": _frame(50, seed=1), "other_test": _frame(50)}

        assert profile.overlaps(names, set(names)) == []

    def test_parts_that_the_cell_left_alone_were_told_before(self):
        names = {"train": _frame(50), "test": _frame(50)}

        assert profile.overlaps(names, set()) == []


class TestTwins:
    def test_a_renamed_target_among_the_features_is_found(self):
        target = pd.Series([0, 1] * 20)
        features = pd.DataFrame(
            {"label": target.map({0: "no", 1: "yes"}), "copy": target, "age": range(40)}
        )

        found = profile.twins({"X": features, "y": target}, {"y"})

        assert [(one["column"], one["how"]) for one in found] == [
            ("label", "one to one"),
            ("copy", "equal"),
        ]

    def test_keys_tell_nothing(self):
        features = pd.DataFrame({"row": range(40), "noise": [0, 1, 1, 0] * 10})

        assert profile.twins({"X": features, "y": pd.Series(range(100, 140))}, {"X"}) == []


class TestKept:
    def test_what_was_written_is_read_again(self, tmp_path):
        notebook = read_text("# %%\nx = 1\n", tmp_path / "nb.py")
        picture = {"output_type": "display_data", "data": {"image/png": "…", "text/plain": "<F>"}}
        facts = RunFacts(
            (
                CellFacts(
                    1,
                    seconds=2.5,
                    bound=frozenset({"x", "df"}),
                    values={"x": Value("abc", "int")},
                    shared=(frozenset({"x", "df"}),),
                    frames={"df": FrameFacts(3)},
                    overlaps=(Overlap("train", "test", 4),),
                    outputs=(picture,),
                    outputs_nondeterministic=frozenset({0}),
                ),
            ),
            packages={"pandas": "3"},
        )

        kept.keep(facts, notebook)
        again = kept.kept(notebook)

        assert again.packages == facts.packages
        (cell,) = again.cells
        assert cell.outputs == ({**picture, "data": {"text/plain": "<F>"}},)
        for name in ("seconds", "bound", "values", "shared", "frames", "overlaps"):
            assert getattr(cell, name) == getattr(facts.cells[0], name)
        assert cell.outputs_nondeterministic == {0}

    def test_other_code_has_no_facts(self, tmp_path):
        kept.keep(RunFacts(()), read_text("# %%\nx = 1\n", tmp_path / "nb.py"))

        assert kept.kept(read_text("# %%\nx = 2\n", tmp_path / "nb.py")) is None

    def test_a_file_of_another_kind_is_told(self, tmp_path):
        notebook = read_text("# %%\nx = 1\n", tmp_path / "nb.py")

        with pytest.raises(InputError, match="holds no facts of a run"):
            kept.from_json("[1]", notebook, name="facts.json")


@pytest.mark.kernel
def test_an_observed_run_tells_the_figures_of_its_frames(notebook):
    made = notebook("# %%\nimport pandas as pd\ndf = pd.DataFrame({'x': [1, 1, None]})\n"
                    "# %%\ndf = df.dropna()\n# %%\ntrain = df\n")  # fmt: skip

    facts = observe(made, candidates={})

    before, after, other = (cell.frames for cell in facts.cells)
    assert (before["df"].rows, before["df"].column("x").missing) == (3, 1)
    assert after["df"].rows == 2
    assert other.keys() == {"train"}
