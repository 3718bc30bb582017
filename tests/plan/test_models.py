"""What a notebook trains is kept, also where no later stage needs it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from poc_graduate.dataflow.facts import RunFacts, Stored
from poc_graduate.plan.layout import Constraints
from poc_graduate.plan.settle import Settled, draft, settle, without_run
from poc_graduate.verify import prove
from poc_graduate.verify.build import Built

from .test_stages import dataflow, settled

START = """## Load
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("a.csv")
# %%
## Train
"""


def kept(plan: Settled) -> set[str]:
    """What the last stage keeps."""
    return {name for product in plan.plan.stages[-1].products for name in product.names}


@pytest.mark.parametrize(
    ("train", "names"),
    [
        ("m = LinearRegression()\nm.fit(df, df.y)\nm.predict(df)", {"m"}),
        ("m = LinearRegression().fit(df, df.y)\nanswers = m.predict(df)", {"m"}),
        ("def train(X):\n    return LinearRegression().fit(X, X.y)\n"
         "def show(model, X):\n    print(model.predict(X))\nm = train(df)\nshow(m, X=df)", {"m"}),
        ("search = LinearRegression().fit(df, df.y)\nbest = search.best_estimator_\n"
         "best.predict(df)", {"best"}),
        ("one = LinearRegression().fit(df, df.y)\none.predict(df)\n"
         "two = LinearRegression().fit(df, df.y)\ntwo.predict(df)", {"two"}),
        ("s = StandardScaler().fit(df)\nX = s.transform(df)\n"
         "m = LinearRegression().fit(X, df.y)\nm.predict(X)", {"s", "m"}),
        ("for m in [LinearRegression()]:\n    m.fit(df, df.y)\n    m.predict(df)", set()),
        ("m = LinearRegression().fit(df, df.y)\nm.coef_", set()),
        ("m = LinearRegression().fit(df, df.y)\nm.predict(df)\n# %%\ndel m", set()),
    ],
)  # fmt: skip
def test_the_model_that_was_fitted_last_of_those_that_were_asked(
    train: str, names: set[str]
) -> None:
    assert kept(settled(START + train)) == names


def test_a_model_that_a_later_stage_takes_is_kept_once() -> None:
    plan = settled(
        START
        + "m = LinearRegression().fit(df, df.y)\nm.predict(df)\n# %%\n## Report\nprint(m.coef_)"
    ).plan

    assert [product.names for product in plan.stages[1].products] == [("m",)]
    assert not plan.stages[2].products


MODEL = START + "m = LinearRegression().fit(df, df.y)\nm.predict(df)"


ROWS = "rows = df.assign(x=1)\nm = LinearRegression()\nm.fit(rows, rows.y)\nm.predict(df)"
IN_FUNCTION = (
    "def train(X):\n    return LinearRegression().fit(X, X.y)\n"
    "rows = df.assign(x=1)\nm = train(rows)\nm.predict(df)"
)
PICKED = (
    "rows = df.assign(x=1)\nsome = rows[rows.x > 1]\n"
    "m = LinearRegression().fit(some, 1)\nm.predict(df)"
)


@pytest.mark.parametrize("train", [ROWS, IN_FUNCTION, PICKED])
def test_its_rows_are_kept_as_they_were_at_the_fit(train: str) -> None:
    for then, names in [("", {"m", "rows"}), ("\n# %%\nrows['y'] = 0", {"m"})]:
        flow = dataflow(START + train + then)
        cells = tuple(
            replace(cell, stored={"rows": Stored("parquet"), "m": Stored("pickle")})
            for cell in without_run(flow).cells
        )
        assert kept(settle(flow, RunFacts(cells), package="story")) == names


def test_a_plan_of_the_users_decides() -> None:
    flow = dataflow(MODEL)
    last = flow.notebook.code_cells[-1].index

    assert not kept(settled(MODEL, crossing={last: frozenset()}))


def test_what_nothing_keeps_or_what_was_not_tried_is_not_kept() -> None:
    flow = dataflow(MODEL)

    for stored in ({"m": Stored("", "it holds a lock")}, {}):
        cells = tuple(replace(cell, stored=stored) for cell in without_run(flow).cells)
        plan = settle(flow, RunFacts(cells), package="story")
        assert not kept(plan)


def test_the_probe_is_told_to_try_it() -> None:
    flow = dataflow(MODEL)

    assert draft(flow)[flow.notebook.code_cells[-1].index] == {"m", "df"}


def test_one_that_cannot_be_written_in_a_build_is_let_go_of() -> None:
    plan = settled(MODEL)
    error = 'Cell In[6], line 1\n----> 1 save(m, product["m"])\nTypeError: not here\n'
    built = Built(Path("project"), {"load": None}, failed="train", error=error)  # type: ignore[dict-item]

    following = prove._after_failure(plan, Constraints(), built)

    assert following == Constraints(untrained=True)
    assert not kept(settled(MODEL, untrained=True))
