"""A candidate model against the released one, on benchmark rows that were kept apart.

The exit status is the verdict: `CANDIDATE=model.pickle pytest tests/regression/test_candidate.py`.
Without `CANDIDATE` it is the model of a fresh build.
"""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Built, benchmark, product, reference, rows_at

from sales_forecast.train import mape


@pytest.fixture(scope="module")
def answers(request: pytest.FixtureRequest) -> np.ndarray:
    """What the candidate answers on the benchmark."""
    if path := os.environ.get("CANDIDATE"):
        model = pickle.loads(Path(path).read_bytes())
    else:
        built: Built = request.getfixturevalue("built")
        model = product(built, "products/train/m.pickle")
    rows = benchmark("rows")
    return np.asarray(model.predict(rows))


def losses(candidate: Any, released: Any, truth: Any) -> float:
    """The share of 200 resamples of the benchmark in which the candidate is worse."""
    rng = np.random.default_rng(0)
    lost = compared = 0
    for _ in range(200):
        places = rng.integers(0, len(truth), len(truth))
        known = rows_at(truth, places)
        try:
            new = mape(known, candidate[places])
            old = mape(known, released[places])
        except ValueError:  # a resample without one of the classes
            continue
        # Answers are kept to six digits: what differs less than that is no loss.
        lost += new - old > 1e-5 * abs(old)
        compared += 1
    return lost / compared


def test_candidate_is_not_surely_worse_than_the_released_model(answers: np.ndarray) -> None:
    released = np.array(reference("released")["answers"])

    share = losses(answers, released, benchmark("truth"))

    assert share < 0.975, f"the candidate is worse in {share:.1%} of the resamples"


def test_verdict_notices_a_worse_model(answers: np.ndarray) -> None:
    released = np.array(reference("released")["answers"])
    guessing = np.random.default_rng(0).permutation(released)

    assert losses(guessing, released, benchmark("truth")) >= 0.975
