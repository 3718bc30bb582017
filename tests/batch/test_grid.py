"""Which runs a grid describes, in which order; and how one that says nothing is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from poc_graduate.batch.grid import read_grid
from poc_graduate.errors import InputError


@pytest.fixture
def runs(tmp_path):
    def runs(text, **types):
        path = tmp_path / "grid.yaml"
        path.write_text(text, encoding="utf-8")
        return list(read_grid(path, types))

    return runs


def column(found, name="x"):
    return [one[name] for one in found]


def test_parts_are_crossed_and_the_last_one_varies_fastest(runs):
    found = runs("cross: {a: [1, 2, 3], b: [x, y]}\nfixed: {seed: 7}")

    assert found == [
        {"a": 1, "b": "x", "seed": 7},
        {"a": 1, "b": "y", "seed": 7},
        {"a": 2, "b": "x", "seed": 7},
        {"a": 2, "b": "y", "seed": 7},
        {"a": 3, "b": "x", "seed": 7},
        {"a": 3, "b": "y", "seed": 7},
    ]


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("{from: 1, to: 4}", [1, 2, 3, 4]),
        ("{from: 0.1, to: 0.4, step: 0.1}", [0.1, 0.2, 0.3, 0.4]),
        ("{from: 5, to: 1, step: -2}", [5, 3, 1]),
        ("{from: 0.01, to: 1, times: 10}", [0.01, 0.1, 1.0]),
        ("{from: 2024-01-31, to: 2024-04-30, every: month}",
         ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
        ("{from: 2024-11, to: 2025-01, every: month}", ["2024-11", "2024-12", "2025-01"]),
        ("{from: 2024-02-28, to: 2024-03-13, every: 2 weeks}", ["2024-02-28", "2024-03-13"]),
        ('{from: 2024-05-01, to: 2024-05-02, every: day, format: "%d.%m.%Y"}',
         ["01.05.2024", "02.05.2024"]),
        ("[NO, 1e-3, on, 2024-01-01]", ["NO", 0.001, "on", "2024-01-01"]),
    ],
)  # fmt: skip
def test_values_are_what_a_person_means_by_them(runs, given, values):
    found = column(runs(f"cross: {{x: {given}}}"))

    assert found == values
    assert [type(one) for one in found] == [type(one) for one in values]


def test_what_is_zipped_goes_in_pairs_and_groups_are_crossed(runs):
    found = runs("zip:\n- {a: [1, 2], b: [x, y]}\n- {c: [8, 9]}")

    assert [tuple(one.values()) for one in found] == [
        (1, "x", 8), (1, "x", 9), (2, "y", 8), (2, "y", 9),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_row_of_a_table_is_a_run(runs, tmp_path, form):
    table = pd.DataFrame({"region": ["north", "007"], "n": [1, 2], "left": [0.5, 1.5]})
    if form == "csv":
        table.to_csv(tmp_path / "t.csv", index=False)
    else:
        table.to_parquet(tmp_path / "t.parquet")

    found = runs(f"table: {{file: t.{form}, columns: {{area: region, n: n}}}}", area="str", n="int")

    assert found == [{"area": "north", "n": 1}, {"area": "007", "n": 2}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("crosss: {x: [1]}", "Did you mean `cross`"),
        ("x: [1, 2]", "write it below `cross:`"),
        ("cross: {x: 3}", r"Write `x: \[3\]`"),
        ("cross: {x: []}", "has no values"),
        ("cross: {x: [1, 2, 1]}", "rows 1 and 3 are equal"),
        ("zip: {a: [1, 2], b: [1]}", "a has 2, b has 1"),
        ("cross: {x: [1]}\nfixed: {x: 2}", "x has values in cross, x and in fixed"),
        ("cross: {x: {from: 1, to: 3, stepp: 1}}", "Did you mean `step`"),
        ("cross: {x: {from: 1, to: 3, step: -1}}", "do not lead from 1 to 3"),
        ("cross: {x: {from: 1, to: 9, every: day}}", "`every` is for dates"),
        ("table: nowhere.csv", "nowhere.csv"),
        ("fixed: {x: 1}", "varies nothing"),
        ("", "describes no runs"),
        ("cross: {x: [1", "grid.yaml"),
    ],
)
def test_a_grid_that_means_no_runs_is_refused_in_a_sentence(runs, text, said):
    with pytest.raises(InputError, match=said):
        runs(text)


def test_a_column_that_a_table_does_not_have_is_named_with_the_closest(runs, tmp_path):
    (tmp_path / "t.csv").write_text("region,n\nnorth,1\n")

    with pytest.raises(InputError, match=r"no column 'regin'.*region"):
        runs("table: {file: t.csv, columns: [regin]}")


def test_a_field_of_a_csv_that_is_not_what_the_notebook_declares_is_named(runs, tmp_path):
    (tmp_path / "t.csv").write_text("n\n1\nmany\n")

    with pytest.raises(InputError, match="row 2: 'many'"):
        runs("table: t.csv", n="int")
