"""Where the notebook is cut, and where it cannot be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from poc_graduate.dataflow.facts import RunFacts, Stored
from poc_graduate.dataflow.graph import analyse
from poc_graduate.dataflow.model import Dataflow
from poc_graduate.errors import Refusal
from poc_graduate.notebook.read import read_text
from poc_graduate.plan.layout import Constraints
from poc_graduate.plan.settle import Settled, settle, without_run
from poc_graduate.plan.stages import identifier, role


def dataflow(text: str) -> Dataflow:
    """Cells are separated by `# %%`; lines `## Title` before code become headings."""
    cells = []
    for block in text.strip().split("# %%\n"):
        while block.startswith(("# ", "## ", "### ")):
            title, _, block = block.partition("\n")
            cells.append({"cell_type": "markdown", "source": title, "metadata": {}})
        if block.strip():
            cells.append({"cell_type": "code", "source": block.strip(), "metadata": {}})
    record = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return analyse(read_text(json.dumps(record), Path("story.ipynb")))


def settled(text: str, **constraints: object) -> Settled:
    flow = dataflow(text)
    return settle(
        flow,
        without_run(flow),
        package="story",
        constraints=Constraints(**constraints),  # type: ignore[arg-type]
        proved=False,
    )


THREE = """## Load
xs = [n * 2 for n in range(3)]
# %%
## Clean
xs.append(sum(xs))
# %%
## Report
total = max(xs)
"""


def test_headings_become_stages_with_their_names():
    plan = settled(THREE).plan

    assert [stage.name for stage in plan.stages] == ["load", "clean", "report"]


def test_a_section_is_called_by_its_own_heading_not_by_the_smaller_ones_that_follow_at_once():
    text = """# Odd rows
# Read
rows = open("x.csv").read()
# %%
# Left out
## Simple
### pandas
kept = rows[:5]
# %%
# Filled
### pandas
filled = kept + rows
"""

    plan = settled(text).plan

    assert [stage.name for stage in plan.stages] == ["read", "left_out", "filled"]


def test_no_stage_is_called_like_a_module_that_checks_tables():
    plan = settled(THREE.replace("Load", "Readings").replace("Clean", "Drift")).plan

    assert [stage.name for stage in plan.stages] == ["readings_stage", "drift_stage", "report"]


def test_stages_of_one_heading_are_told_apart_by_its_other_words_or_by_what_they_compute():
    text = THREE.replace("Load", "Price against level of interest: bathrooms")
    text = text.replace("Clean", "Price against level of interest: bedrooms")

    plan = settled(text.replace("Report", "Price against level of interest: bathrooms")).plan

    assert [stage.name for stage in plan.stages] == [
        "price_against_level_interest",
        "price_against_level_interest_bedrooms",
        "price_against_level_interest_bathrooms",
    ]

    plan = settled(THREE.replace("Report", "Load")).plan

    assert [stage.name for stage in plan.stages] == ["load", "clean", "load_total"]


def test_what_fits_a_model_is_called_train_even_where_it_is_scored_at_once():
    text = """data = open("x.csv").read()
# %%
model = make(data)
print(model.fit(data).score(data))
# %%
open("y.txt", "w").write(str(model))
"""
    plan = settled(text).plan

    assert [stage.name for stage in plan.stages] == ["load", "train", "save"]


def test_a_file_that_is_opened_to_be_written_loads_nothing():
    text = """total = sum(range(9))
# %%
with open("total.txt", mode="w") as file:
    file.write(str(total))
# %%
with open("other.txt", "rb") as file:
    raw = file.read()
"""
    assert [role(settled(text).time, position) for position in range(3)] == [
        "compute", "save", "load",
    ]  # fmt: skip


def test_a_changed_name_is_kept_by_the_stage_that_changed_it_last():
    plan = settled(THREE).plan

    assert plan.stages[2].loads[0].stage == "clean"
    assert [p.names for p in plan.stages[1].products] == [("xs",)]


def test_what_a_loop_binds_anew_is_not_handed_on_where_nobody_reads_it():
    text = """## Load
rows = [4, 5]
for i in rows: print(i)
# %%
## Show
for i in rows: print(i)
# %%
## Report
print(max(rows))
"""
    told = text.replace("max(rows)", "i, rows")

    def handed(text: str) -> set[str]:
        plan = settled(text).plan
        return {name for stage in plan.stages for kept in stage.products for name in kept.names}

    assert handed(text) == {"rows"}
    assert handed(told) == {"rows", "i"}  # a loop may not run at all


def test_names_that_share_state_travel_together():
    plan = settled("""## A
a = list(range(3))
b = a
# %%
## B
b.append(sum(a))
# %%
## C
print(len(a), len(b))
""").plan

    assert plan.stages[1].products[0].names == ("a", "b")


def test_imports_alone_are_no_stage():
    plan = settled("""## Set up
import math
# %%
## Compute
x = math.sqrt(sum(range(9)))
# %%
## Show
print(x)
""").plan

    assert [stage.name for stage in plan.stages] == ["compute", "show"]


def test_what_cannot_be_kept_joins_its_stages_and_says_why():
    flow = dataflow(THREE)
    facts = without_run(flow)
    first = replace(facts.cells[0], stored={"xs": Stored("", "it holds a lock")})

    plan = settle(flow, RunFacts((first, *facts.cells[1:])), package="story").plan

    assert len(plan.stages) == 2
    assert any("`xs` cannot be kept" in note.text for note in plan.notes)


def test_a_cut_that_the_user_asks_for_and_cannot_be_is_refused_with_its_cell():
    flow = dataflow(THREE)
    facts = without_run(flow)
    first = replace(facts.cells[0], stored={"xs": Stored("", "it holds a lock")})

    with pytest.raises(Refusal, match="it holds a lock") as refusal:
        settle(
            flow,
            RunFacts((first, *facts.cells[1:])),
            package="story",
            constraints=Constraints(cuts=(1, 2)),
        )

    assert refusal.value.place is not None
    assert refusal.value.place.cell == 2


def test_a_function_over_globals_stays_in_the_tasks():
    plan = settled("""## A
count = sum([0])
def bump():
    global count
    count += 1
# %%
## B
bump()
# %%
## C
print(count)
""")

    assert "bump" in plan.definitions.repeatable
    assert "bump" not in plan.definitions.movable


def test_a_pure_function_and_the_constant_that_it_reads_move_to_the_package():
    found = settled("""## A
RATE = 0.2
def tax(x):
    return x * RATE
# %%
## B
y = tax(sum([5]))
# %%
## C
print(y)
""")

    assert set(found.definitions.movable) == {"RATE", "tax"}


def test_literals_that_people_tune_become_parameters_named_after_their_keyword():
    plan = settled("""## A
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
df = pd.read_csv('data/customers_final_v3.csv')
# %%
## B
model = RandomForestClassifier(n_estimators=50, random_state=3).fit(df, df)
# %%
## C
print(model)
""").plan

    values = {parameter.name: parameter.value for parameter in plan.parameters}
    assert values["customers_csv"] == "data/customers_final_v3.csv"
    assert values["n_estimators"] == 50
    assert values["random_state"] == 3


def test_a_seed_is_replayed_where_nothing_drew_since():
    found = settled("""## A
import numpy as np
np.random.seed(4)
x = sum(range(3))
# %%
## B
y = np.random.rand(x)
""")

    assert found.layouts[1].seeds or found.layouts[1].carries


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("3. Train the model!", "train_model"),
        ("Análise de dados", "analise_de_dados"),
        ("class", "class_step"),
        ("12", ""),
        ("Step 2: Clean & merge tables of all stores", "clean_merge_tables_all"),
    ],
)
def test_titles_become_identifiers(title, name):
    assert identifier(title) == name
