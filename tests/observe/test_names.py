"""Which names a cell binds, changes, deletes and lets share, and what is said of their values."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poc_graduate.dataflow.facts import RunFacts, Stored
from poc_graduate.notebook.model import Cell, Notebook
from poc_graduate.observe.record import observe

pytestmark = pytest.mark.kernel

TOUR = """\
# %% start
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
rows = [3, 1, 2]
same = rows
limit = 0.25
label = "north"
api_key = "sk-abcdefghijklmnop1234567890"
df = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None]})
def rate(v, k=2):
    return v * k
class Model:
    def __init__(self):
        self.w = None
model = Model()
# %% in_place
rows.sort()
df["c"] = df["a"] * 2
model.w = {"a": 1}
# %% rebound
rows = [1, 2, 3]
limit = 0.25
df = df[df.a > 1]
# %% deleted
del label
for i in range(3):
    pass
# %% views
array = np.arange(6.0)
window = array[2:4]
apart = array[:2].copy()
frame = df.copy()
column = frame["a"].values
weights = model.w
gen = (v for v in rows)
# %% through_views
window[0] = 100
weights["b"] = 2
# %% displays
df
# %% redisplayed
n = len(_)
# %% functions
log = []
def note(text, to=log):
    to.append(text)
note("a")
square = lambda v: v * v
# %% call
note("b")
model.w = None
"""


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFacts, dict[str, int]]:
    path = tmp_path_factory.mktemp("tour") / "tour.ipynb"
    path.write_text("{}")
    parts = [part.partition("\n") for part in TOUR.split("# %% ")[1:]]
    cells = [Cell(k, f"c{k}", "code", part[2], part[2]) for k, part in enumerate(parts, start=1)]
    places = {part[0]: k for k, part in enumerate(parts, start=1)}
    live = frozenset({"rows", "same", "df", "model", "gen", "array", "window", "weights", "rate"})
    candidates = {places[name]: live for name in ("in_place", "views", "through_views")}
    return observe(Notebook(path, tuple(cells)), candidates=candidates), places


def test_new_names_are_bound(tour: tuple[RunFacts, dict[str, int]]) -> None:
    facts, at = tour
    first = facts.of_cell(at["start"])

    assert {"rows", "same", "limit", "df", "rate", "Model", "model", "np", "pd"} <= first.bound
    assert first.changed == first.deleted == frozenset()
    assert not {"In", "Out", "exit", "get_ipython", "_", "_i"} & first.bound


def test_values_are_told_in_words_without_secrets(tour: tuple[RunFacts, dict[str, int]]) -> None:
    facts, at = tour
    values = facts.of_cell(at["start"]).values

    assert values["df"].kind == "pandas.DataFrame"
    assert values["df"].summary == "3 rows × 2 columns"
    assert values["df"].annotation == "pd.DataFrame"
    assert values["rows"].annotation == "list[int]"
    assert values["limit"].summary == "0.25"
    assert values["model"].kind == "__main__.Model"
    assert values["LogisticRegression"].annotation == "type[Any]"
    assert values["api_key"].summary == "***"


def test_changes_in_place_are_told_from_rebinding(tour: tuple[RunFacts, dict[str, int]]) -> None:
    facts, at = tour

    assert facts.of_cell(at["in_place"]).changed == {"rows", "same", "df", "model"}
    assert facts.of_cell(at["in_place"]).bound == frozenset()
    assert {"rows", "df"} <= facts.of_cell(at["rebound"]).bound
    assert facts.of_cell(at["rebound"]).changed == frozenset()
    assert facts.of_cell(at["deleted"]).deleted == {"label"}
    assert facts.of_cell(at["deleted"]).bound == {"i"}


def test_two_names_of_one_object_share(tour: tuple[RunFacts, dict[str, int]]) -> None:
    facts, at = tour

    assert frozenset({"rows", "same"}) in facts.of_cell(at["start"]).shared
    assert not any("rows" in group for group in facts.of_cell(at["rebound"]).shared)


def test_views_and_parts_share_and_copies_do_not(tour: tuple[RunFacts, dict[str, int]]) -> None:
    facts, at = tour
    shared = facts.of_cell(at["views"]).shared

    assert frozenset({"array", "window"}) in shared
    assert frozenset({"model", "weights"}) in shared
    assert frozenset({"gen", "rows"}) in shared
    assert not any({"apart", "df"} & group for group in shared)
    # Before pandas 3 the array of a column can be written to, and shows in the frame.
    assert (frozenset({"column", "frame"}) in shared) != facts.pandas_copy_on_write


def test_a_change_through_a_view_changes_both(tour: tuple[RunFacts, dict[str, int]]) -> None:
    facts, at = tour

    assert facts.of_cell(at["through_views"]).changed == {"array", "window", "model", "weights"}


def test_a_mutable_default_is_shared_state(tour: tuple[RunFacts, dict[str, int]]) -> None:
    facts, at = tour

    assert frozenset({"log", "note"}) in facts.of_cell(at["functions"]).shared
    assert {"log", "note", "model"} == facts.of_cell(at["call"]).changed


def test_how_values_can_be_stored_is_tried(tour: tuple[RunFacts, dict[str, int]]) -> None:
    facts, at = tour
    early = facts.of_cell(at["in_place"]).stored
    views = facts.of_cell(at["views"]).stored

    assert early["df"] == Stored("parquet")
    assert early["rows+same"] == Stored("pickle")
    assert early["model"] == Stored("pickle")
    assert "rate" not in early
    assert views["gen+rows"] == Stored("", "holds a generator")
    assert views["array+window"].format == ""
    assert views["model+weights"] == Stored("pickle")


def test_outputs_are_kept_and_the_last_result_can_be_read(
    tour: tuple[RunFacts, dict[str, int]],
) -> None:
    facts, at = tour
    [shown] = facts.of_cell(at["displays"]).outputs

    assert shown["output_type"] == "execute_result"
    assert "text/html" in shown["data"]
    assert facts.of_cell(at["redisplayed"]).values["n"].summary == "2"


def test_a_deterministic_notebook_is_found_so(tour: tuple[RunFacts, dict[str, int]]) -> None:
    facts, _ = tour

    assert all(cell.nondeterministic == frozenset() for cell in facts.cells)
    assert all(cell.outputs_nondeterministic == frozenset() for cell in facts.cells)
    assert facts.packages.keys() >= {"numpy", "pandas", "scikit-learn"}
    assert facts.distributions["sklearn"] == "scikit-learn"
    assert facts.python.startswith("3.")


def test_what_another_run_does_not_repeat_is_named(notebook: Callable[..., Notebook]) -> None:
    facts = observe(
        notebook(
            """\
# %%
import random, time
order = list({"a", "b", "c", "d", "e", "f"})
draw = random.random()
fixed = 1
# %%
random.seed(3)
draw = random.random()
print(time.time_ns())
print(object())
open("stamp.txt", "w").write(str(time.time_ns()))
open("fixed.txt", "w").write("x")
# %%
print("same")
object()
"""
        ),
        candidates={},
    )
    first, second, third = facts.cells

    assert first.nondeterministic == {"order", "draw"}
    assert "random" in first.ambient_nondeterministic
    assert second.nondeterministic == frozenset()
    assert "random" not in second.ambient_nondeterministic
    assert second.outputs_nondeterministic == {0}
    assert second.ambient_values["unrepeated_files"] == ["stamp.txt"]
    assert third.outputs_nondeterministic == frozenset()
