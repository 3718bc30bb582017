"""What the tasks show: printed answers and tables read as in the prototype, figures are drawn."""

import base64
import io

import pytest
from conftest import Built, assert_reads_same, outputs, reference, shown
from PIL import Image

# Task and cell of its executed notebook: what it printed, or showed as text.
ANSWERS = reference("answers")


@pytest.mark.parametrize(
    ("task", "cell"), [(task, cell) for task in ANSWERS for cell in ANSWERS[task]]
)
def test_answer_reads_as_in_the_prototype(built: Built, task: str, cell: str) -> None:
    text = shown(outputs(built, task, int(cell)))

    assert_reads_same(text, ANSWERS[task][cell])


@pytest.mark.parametrize(
    ("task", "cell", "figures"),
    [
        ("explore", 11, 1),
        ("train", 11, 1),
    ],
)
def test_figures_are_drawn_and_not_blank(built: Built, task: str, cell: int, figures: int) -> None:
    pictures = [
        Image.open(io.BytesIO(base64.b64decode(output["data"]["image/png"])))
        for output in outputs(built, task, cell)
        if "image/png" in output.get("data", {})
    ]

    assert len(pictures) == figures
    darkest_and_lightest = [picture.convert("L").getextrema() for picture in pictures]
    assert all(darkest != lightest for darkest, lightest in darkest_and_lightest)
