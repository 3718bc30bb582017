"""Bounds of what each run draws anew hold for two draws, and not for one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from poc_graduate.generate.evidence.profiles import of_value, shares_below
from poc_graduate.generate.unsteady import Unsteady, unsteady, widened
from poc_graduate.plan.layout import Kept, Layout

DRAWN = Unsteady(products=frozenset({"products/split/rows.pickle"}), tasks=frozenset({"score"}))
METRIC = {"name": "accuracy", "value": 0.9, "margin": 0.02, "count": 100}


def test_two_draws_of_the_same_rows_stay_within_the_tolerance() -> None:
    rng = np.random.default_rng(0)
    known = of_value(rng.normal(size=45))
    evidence = {"profiles": {"products/split/rows.pickle": known}}

    column = widened(evidence, DRAWN)["profiles"]["products/split/rows.pickle"]["columns"]["values"]

    for _ in range(2000):
        shares = shares_below(rng.normal(size=45), column["points"])
        assert np.abs(shares - np.array(column["shares"])).max() <= column["tolerance"]
    assert "drawn anew" in column["tolerance_from"]


def test_what_every_run_repeats_keeps_its_tolerance() -> None:
    evidence = {"profiles": {"products/load/rows.pickle": of_value(np.arange(50.0))}}

    assert widened(evidence, DRAWN)["profiles"] == evidence["profiles"]


def test_answers_of_a_task_that_draws_are_drawn_too() -> None:
    assert DRAWN.profile("answers of model in score")
    assert not DRAWN.profile("answers of model in load")


def test_a_figure_of_rows_drawn_anew_has_the_margin_of_two_draws() -> None:
    evidence = {"evaluation": [{"task": task, "metrics": [METRIC]} for task in ("score", "load")]}

    drawn, steady = (one["metrics"][0] for one in widened(evidence, DRAWN)["evaluation"])

    assert drawn["margin"] == 0.071  # 5 √2 times a deviation of 0.01
    assert steady == METRIC


def test_what_no_run_repeats_is_followed_into_the_tasks_that_load_it() -> None:
    rows, count = Kept(("rows",), "pickle"), Kept(("count",), "pickle")
    stages = [
        SimpleNamespace(name=name, cells=[cell])
        for cell, name in enumerate(("load", "split", "fit"), 1)
    ]
    layouts = [
        Layout(0, 1, keeps=[count]),
        Layout(1, 2, keeps=[rows], loads=[(0, count)]),
        Layout(2, 3, loads=[(1, rows)]),
    ]
    settled: Any = SimpleNamespace(plan=SimpleNamespace(stages=stages), layouts=layouts)
    cells = [
        SimpleNamespace(cell=cell, nondeterministic=frozenset({"rows"} if cell == 2 else ()))
        for cell in (1, 2, 3)
    ]
    facts: Any = SimpleNamespace(cells=cells)

    found = unsteady(settled, facts)

    assert found.products == {"products/split/rows.pickle"}
    assert found.tasks == {"split", "fit"}
