"""Learning contracts in a build: a table that nothing can be said about costs only its own."""

import pickle
from pathlib import Path

import pandas as pd
import pytest

from poc_graduate.generate.placement import Checked
from poc_graduate.verify.learning import Learner
from poc_graduate.verify.trials.examiner import Examiner

FRAME = pd.DataFrame({"id": range(60), "price": [5.0 + n * 7 % 40 for n in range(60)]})


def check(table: str) -> Checked:
    return Checked(table, table, "load", 1, f'"{table}"', "as read in cell 1", clean=False)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "could not be kept"),
        (b"c__main__\nOnlyInTheNotebook\n.", "AttributeError"),
        (pickle.dumps(FRAME.set_axis(["id", "id"], axis=1)), "share a name"),
    ],
)
def test_a_table_that_teaches_nothing_is_named_alone(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    kept = tmp_path / "learnt"
    kept.mkdir()
    (kept / "raw_orders.pickle").write_bytes(pickle.dumps(FRAME))
    if content is not None:
        (kept / "raw_parts.pickle").write_bytes(content)

    never_asked = Examiner([], {})
    learner = Learner([check("raw_orders"), check("raw_parts")], tmp_path)
    made, tables, refused = learner.learnt("shop", {}, never_asked)

    assert (made, tables) == ({}, ())
    assert list(refused) == ["raw_parts"]
    assert says in refused["raw_parts"]


def test_a_table_that_is_kept_again_after_a_look_is_learnt_as_it_was_last(tmp_path: Path) -> None:
    kept = tmp_path / "learnt" / "raw_orders.pickle"
    kept.parent.mkdir()
    learner = Learner([check("raw_orders")], tmp_path)
    learner.look()  # it is not there yet
    kept.write_bytes(pickle.dumps(FRAME))
    learner.look()
    first = learner.known["raw_orders"]
    kept.write_bytes(pickle.dumps(FRAME.assign(price=FRAME["price"] * 100)))

    class Agrees(Examiner):
        def refused(self, *_: object) -> dict[str, str]:
            return {}

    _, (table,), refused = learner.learnt("shop", {"pyproject.toml": ""}, Agrees([], {}))

    assert refused == {}
    assert learner.known["raw_orders"] != first
    (price,) = [field for field in table.fields if field.name == "price"]
    assert "500 to 4400 seen" in price.seen
