"""Findings of notebooks that are open in a browser: what is sent, remembered and told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from poc_graduate.server.checking import Notebooks
from poc_graduate.server.failures import Outdated, Resend
from tests.faces.server.conftest import Ask, cells, check

pytest.importorskip("jupyter_server")
PATH_CELL = 'import pandas as pd\nframe = pd.read_csv("/home/me/data.csv")'


def codes(answer: dict[str, Any]) -> dict[str, list[str]]:
    """Id of a cell → codes that were told about it."""
    return {one["id"]: [f["code"] for f in one["findings"]] for one in answer["cells"]}


def known(*sent: dict[str, Any]) -> list[dict[str, Any]]:
    """The same cells, by their hashes."""
    return [{key: cell[key] for key in ("id", "type", "hash")} for cell in sent]


def test_findings_of_unsaved_cells_name_their_cell(ask: Ask) -> None:
    status, answer = ask("check", check("a", cells("x = 1", PATH_CELL)))

    assert status == 200
    assert answer["whole"]
    told = next(one for one in answer["cells"] if one["id"] == "c1")
    found = next(one for one in told["findings"] if one["code"].startswith("POC1"))
    assert (found["cell_id"], found["line"]) == ("c1", 2)
    assert told["hash"] == PATH_CELL


def test_cells_that_are_known_are_not_sent_again(ask: Ask) -> None:
    first, second = cells(PATH_CELL, "y = 2")
    ask("check", check("b", [first, second]))

    status, answer = ask("check", check("b", known(second, first)))

    assert status == 200
    paths = {cell: [c for c in found if c[:4] == "POC1"] for cell, found in codes(answer).items()}
    assert paths["c0"]
    assert not paths.get("c1")


def test_only_what_has_changed_is_told(ask: Ask) -> None:
    first, second = cells(PATH_CELL, "y = 2")
    _, before = ask("check", check("news", [first, second]))
    mended = {**second, "source": "import os\nos.chdir('/tmp')", "hash": "mended"}

    seen = before["sequence"]
    _, same = ask("check", check("news", known(first, second), seen=seen))
    _, other = ask("check", check("news", [*known(first), mended], seen=same["sequence"]))
    _, gone = ask("check", check("news", known(first), seen=other["sequence"]))

    assert (same["whole"], same["cells"]) == (False, [])
    assert list(codes(other)) == ["c1"]
    assert codes(other)["c1"]
    assert gone["cells"] == []


def test_who_missed_an_answer_is_told_everything(ask: Ask) -> None:
    sent = cells(PATH_CELL)
    _, before = ask("check", check("missed", sent))
    ask("check", check("missed", sent, seen=before["sequence"]))

    _, answer = ask("check", check("missed", sent, seen=before["sequence"]))

    assert answer["whole"]
    assert codes(answer)["c0"]


def test_a_cell_that_is_not_known_has_to_be_sent(ask: Ask) -> None:
    status, answer = ask("check", check("c", known(*cells("x = 1"))))

    assert status == 409
    assert (answer["error"]["type"], answer["error"]["remedy"]) == ("Resend", "send all cells")


def test_a_request_that_was_overtaken_is_outdated(ask: Ask) -> None:
    late, new = check("late", cells("x = 1")), check("late", cells("x = 2"))
    ask("check", new)

    status, answer = ask("check", late)

    assert status == 409
    assert answer["error"]["type"] == "Outdated"


def test_a_script_that_is_open_as_a_notebook_is_checked_as_one(ask: Ask, root: Path) -> None:
    (root / "steps.py").write_text("# %%\nx = 1\n")

    status, answer = ask("check", check("script", cells(PATH_CELL), path="steps.py"))

    assert status == 200
    assert codes(answer)["c0"]


def test_a_notebook_of_another_language_is_refused(ask: Ask) -> None:
    status, answer = ask("check", check("r", cells("x <- 1"), language="R"))

    assert status == 422
    assert "is written in R" in answer["error"]["found"]


def test_a_cell_that_is_no_python_keeps_the_others_findings(ask: Ask) -> None:
    status, answer = ask("check", check("broken", cells("x = (", PATH_CELL)))

    assert status == 200
    assert codes(answer)["c1"]


class TestNotebooks:
    def test_a_notebook_of_a_client_not_heard_of_for_longest_is_forgotten(self) -> None:
        notebooks = Notebooks(most=2)
        for client in ("a", "b"):
            notebooks.cells(client, 1, cells("x = 1"))
        notebooks.cells("a", 2, known(*cells("x = 1")))
        notebooks.cells("c", 1, cells("x = 1"))

        notebooks.cells("a", 3, known(*cells("x = 1")))
        with pytest.raises(Resend):
            notebooks.cells("b", 2, known(*cells("x = 1")))

    def test_long_texts_push_out_those_of_others(self) -> None:
        notebooks = Notebooks(text=100)
        notebooks.cells("a", 1, cells("#" * 60))
        notebooks.cells("b", 1, cells("#" * 60))

        with pytest.raises(Resend):
            notebooks.cells("a", 2, known(*cells("#" * 60)))

    def test_a_request_that_is_outdated_leaves_what_is_known_as_it_is(self) -> None:
        notebooks = Notebooks()
        notebooks.cells("a", 2, cells("new"))

        with pytest.raises(Outdated):
            notebooks.cells("a", 1, cells("old"))

        assert notebooks.cells("a", 3, known(*cells("new")))[0]["source"] == "new"
        assert not notebooks.is_newest("a", 2)

    def test_cells_are_known_by_their_text_and_not_by_their_name(self) -> None:
        notebooks = Notebooks()
        notebooks.cells("a", 1, cells("x", "y"))
        first, second = known(*cells("x", "y"))
        swapped = [{**second, "id": "c0"}, {**first, "id": "c1"}]

        found = notebooks.cells("a", 2, swapped)

        assert [(cell["id"], cell["source"]) for cell in found] == [("c0", "y"), ("c1", "x")]


def test_others_are_answered_while_twenty_notebooks_are_checked(ask: Ask) -> None:
    """By the order of the answers: nothing here depends on how fast the machine is."""

    def look(number: int) -> None:
        sources = [f"{PATH_CELL}\nx_{number}_{n} = {n}" for n in range(300)]
        status, _ = ask("check", check(f"many {number}", cells(*sources)))
        assert status == 200

    answered = 0
    with ThreadPoolExecutor(20) as browsers:
        asked = [browsers.submit(look, number) for number in range(20)]
        while not all(one.done() for one in asked):
            assert ask("explain/POC203")[0] == 200
            answered += not all(one.done() for one in asked)
        for one in asked:
            one.result()

    assert answered


def test_what_waits_and_is_overtaken_is_not_worked_on(ask: Ask) -> None:
    def look(number: int) -> str:
        sources = [f"{PATH_CELL}\ny_{number}_{n} = {n}" for n in range(60)]
        body = {**check("typist", cells(*sources)), "sequence": 1_000_000 + number}
        status, answer = ask("check", body)
        return "answered" if status == 200 else str(answer["error"]["type"])

    with ThreadPoolExecutor(12) as browsers:
        said = list(browsers.map(look, range(12)))

    assert said[-1] == "answered"
    assert "Outdated" in said
