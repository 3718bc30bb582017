"""What the tasks show: printed answers and tables read as in the prototype, figures are drawn."""

import pytest
from conftest import Built, assert_reads_same, outputs, reference, shown

# Task and cell of its executed notebook: what it printed, or showed as text.
ANSWERS = reference("answers")


@pytest.mark.parametrize(
    ("task", "cell"), [(task, cell) for task in ANSWERS for cell in ANSWERS[task]]
)
def test_answer_reads_as_in_the_prototype(built: Built, task: str, cell: str) -> None:
    text = shown(outputs(built, task, int(cell)))

    assert_reads_same(text, ANSWERS[task][cell])
