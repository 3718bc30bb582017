"""What exported contracts excuse by time, and what they see of rows beside their neighbours."""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from poc_graduate.generate.contracts import Table, table
from poc_graduate.generate.contracts.emit import profile, schema
from poc_graduate.generate.contracts.trial import evaluated, exported

HOURS = 240


def tanks(day: int, hours: int = HOURS) -> pd.DataFrame:
    """Three tanks that report by the hour but at night, one of them in a state for a while."""
    random = np.random.default_rng(day)
    at = np.datetime64("2024-01-01T00") + 24 * day + np.arange(hours)
    at = at[(at.astype(int) % 24 >= 6)]
    slow = np.sin((np.arange(len(at))[:, None] + 18 * day) / 20 + np.arange(3))
    level = 40 * np.arange(3) + 6 * slow + random.normal(0, 0.1, slow.shape)
    states = np.repeat(np.arange(len(at)) // 30 % 2, 3)
    return pd.DataFrame(
        {
            "at": np.repeat(at, 3),
            "tank": np.tile(["a", "b", "c"], len(at)),
            "level": level.ravel().round(2),
            "state": pd.Series(states).map({0: "fills", 1: "empties"}),
            "flow": random.uniform(100, 200, 3 * len(at)).round(1),
            "later": np.nan,
        }
    )


Admit = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture(scope="module")
def learnt() -> Table:
    found = table(tanks(0), "raw_tanks", about="as read", clean=False)
    assert isinstance(found, Table)
    return found


@pytest.fixture
def admit(learnt, tmp_path) -> Admit:
    reference = tmp_path / "reference.json"
    reference.write_text(json.dumps(profile(learnt)), encoding="utf-8")
    made = evaluated(schema(learnt))
    return lambda batch: exported("batches").admit(batch, made, source="it", reference=reference)


def some(frame: pd.DataFrame, share: float = 0.2) -> np.ndarray:
    return np.random.default_rng(7).random(len(frame)) < share


def test_the_next_batch_is_admitted_whole(admit):
    batch = tanks(10)

    assert admit(batch) is batch


def test_rows_far_from_those_of_the_same_tank_stop(admit):
    batch = tanks(10)
    batch.loc[some(batch), "level"] += 5  # all within the range of the others

    with pytest.raises(ValueError, match=r"level: .* far from the rows next to them"):
        admit(batch)


def test_a_state_that_the_rows_on_both_sides_do_not_share_stops(admit):
    batch = tanks(10)
    odd = some(batch)
    batch.loc[odd, "state"] = batch["state"].map({"fills": "empties", "empties": "fills"})[odd]

    with pytest.raises(ValueError, match=r"state: .* have another value than both rows"):
        admit(batch)


def test_rows_out_of_range_are_admitted_where_the_others_went_there_too(admit, caplog):
    batch, damaged = tanks(10), tanks(10)
    batch["flow"] += 45
    damaged.loc[some(damaged), "flow"] += 90

    assert admit(batch) is batch
    assert "flow: not in_range" in caplog.text
    with pytest.raises(ValueError, match="flow: not in_range"):
        admit(damaged)


def test_a_column_that_was_empty_may_be_filled_from_a_row_on(admit, caplog):
    begun = tanks(10).astype({"later": object})
    here_and_there = begun.copy()
    begun.loc[300:, "later"] = "soon"
    here_and_there.loc[some(begun), "later"] = "soon"

    assert admit(begun) is begun
    assert "later: something stands where nothing did" in caplog.text
    with pytest.raises(ValueError, match="later: something stands"):
        admit(here_and_there)


def test_a_column_that_was_empty_may_be_measured_here_and_there_since(admit, caplog):
    begun, damaged = (tanks(10).astype({"later": object}) for _ in range(2))
    rows = some(begun)
    begun.loc[rows, "later"] = begun.loc[rows, "flow"] / 7
    damaged.loc[rows, "later"] = 0.0

    assert admit(begun) is begun
    assert "later: something stands where nothing did" in caplog.text
    with pytest.raises(ValueError, match="later: something stands"):
        admit(damaged)


def test_a_few_blanks_are_put_aside_and_more_of_them_stop(admit):
    few, many = tanks(10), tanks(10)
    few.loc[::42, "flow"] = np.nan
    many.loc[::25, "flow"] = np.nan

    pd.testing.assert_frame_equal(admit(few), few.dropna(subset="flow"))
    with pytest.raises(ValueError, match="flow: missing, none seen"):
        admit(many)


def test_a_few_repeated_rows_are_told_and_more_of_them_stop(admit, caplog):
    batch = tanks(10)

    def twice(rows: int) -> pd.DataFrame:
        place = np.sort([*range(len(batch)), *range(0, 20 * rows, 20)])
        return batch.iloc[place].reset_index(drop=True)

    few = twice(10)

    assert admit(few) is few
    assert "1.8% of the rows repeat another one" in caplog.text
    with pytest.raises(ValueError, match="of the rows repeat another one"):
        admit(twice(24))


def test_a_night_is_no_gap_and_some_lost_days_are_one(admit):
    batch = tanks(10)
    lost = batch[~batch["at"].dt.day.isin([15, 16, 17, 18])].reset_index(drop=True)

    with pytest.raises(ValueError, match="at: no row for"):
        admit(lost)


def test_keys_that_left_make_room_for_new_ones():
    drift = exported("drift")
    reference = pd.Series([f"K{n % 60}" for n in range(1200)])
    hashes = exported("readings").key_hashes(reference)
    held, counts = np.unique(hashes, return_counts=True)
    encode = exported("arrivals").base64.b64encode
    known = {
        "hashes": encode(held.astype(">u8").tobytes()).decode(),
        "often": encode(counts.astype(">u2").tobytes()).decode(),
    }
    of_rows = {"rows": len(reference)}

    assert drift.left(hashes, known, of_rows) == 0.0
    assert drift.left(hashes[hashes > held[14]], known, of_rows) == pytest.approx(0.25, abs=0.01)


def test_more_in_a_burst_than_the_reference_has_rows_is_one_observation():
    chance = exported("chance")
    bound = {"seen": 0.0, "allowed": 0.01, "together": 900.0}

    assert not chance.too_many(1200, 1200, bound, {"rows": 300, "rules": 10})
