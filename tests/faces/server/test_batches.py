"""Batches of a project: which runs a form asks for, what is refused, how one goes on."""

from __future__ import annotations

import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from poc_graduate.api import write_text
from poc_graduate.batch.grid import read_grid
from poc_graduate.server import batches
from tests.batch.waiting import project
from tests.faces.server.conftest import TOKEN, Ask, ended

pytest.importorskip("jupyter_server")


def given(name: str, how: str, text: str = "", **ends: str) -> dict[str, str]:
    return {"name": name, "how": how, "text": text, "from": "", "to": "", "step": "", **ends}


def batch(path: str, to: str, *parameters: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "kind": "batch", "path": path, "to": to, "given": list(parameters), "workers": 2, **more
    }  # fmt: skip


class TestForm:
    def values(self, tmp_path: Path, *parameters: dict[str, str]) -> list[dict[str, Any]]:
        """The runs, read from the grid's file that was made of the form."""
        _, text = batches.grid(project(tmp_path / "p"), parameters)
        write_text(tmp_path / "grid.yaml", text)
        return list(read_grid(tmp_path / "grid.yaml", {}))

    def test_keeps_types_as_they_were_typed(self, tmp_path: Path) -> None:
        runs = self.values(
            tmp_path,
            given("rate", "list", "1.0, 1e-5, 2"),
            given("region", "list", "no, 2024, 1e-3, 'a, b'"),
        )

        rates = [run["rate"] for run in runs[::4]]
        assert [(type(rate), rate) for rate in rates] == [(float, 1.0), (float, 1e-5), (int, 2)]
        assert [run["region"] for run in runs[:4]] == ["no", "2024", "1e-3", "a, b"]

    @pytest.mark.parametrize(
        ("ends", "values"),
        [
            ({"from": "0.1", "to": "0.3", "step": "0.1"}, [0.1, 0.2, 0.3]),
            ({"from": "1", "to": "100", "step": "× 10"}, [1, 10, 100]),
            ({"from": "1", "to": "3", "step": ""}, [1, 2, 3]),
        ],
    )
    def test_ranges_of_numbers(
        self, tmp_path: Path, ends: dict[str, str], values: list[float]
    ) -> None:
        runs = self.values(tmp_path, given("rate", "range", **ends))

        assert [run["rate"] for run in runs] == values

    def test_ranges_of_dates_are_texts(self, tmp_path: Path) -> None:
        months = {"from": "2024-01", "to": "2024-03", "step": "month"}

        runs = self.values(tmp_path, given("region", "range", **months))

        assert [run["region"] for run in runs] == ["2024-01", "2024-02", "2024-03"]

    def test_single_values_are_one_run(self, tmp_path: Path) -> None:
        runs = self.values(tmp_path, given("region", "value", "no"), given("rate", "value", "2.0"))

        assert runs == [{"region": "no", "rate": 2.0}]


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ([], "no parameter differs"),
        ([given("rates", "value", "1")], "did you mean `rate`?"),
        ([given("rate", "list", "1, north")], "rate (env.yaml) is a number"),
        ([given("rate", "list", "[")], "rate"),
        ([given("region", "list", "a] , [")], "region"),
        ([given("region", "list", "[" * 5000)], "region"),
        ([given("region", "list", "")], "is no list"),
        ([given("rate", "list", "1, 1")], "are equal"),
        ([given("rate", "range", **{"from": "1", "to": "0", "step": "1"})], "do not lead"),
        ([given("rate", "range", **{"from": "1", "to": "", "step": ""})], "rate"),
        ([given("rate", "list", "1"), given("rate", "list", "2")], "rate"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_begins(
    ask: Ask, root: Path, parameters: list[dict[str, str]], says: str
) -> None:
    if not (root / "form").exists():
        project(root / "form")

    status, answer = ask("grid", {"path": "form", "given": parameters})
    begun, refused = ask("jobs", batch("form", "never", *parameters))

    assert (status, answer["runs"], begun) == (200, 0, 422)
    assert says in answer["problem"]["message"]
    assert refused["error"]["message"] == answer["problem"]["message"]
    assert not (root / "never").exists()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (batch("nothing", "never"), 404),
        (batch("form2", "../never", given("rate", "value", "0.1")), 404),
        (batch("form2", "link/never", given("rate", "value", "0.1")), 404),
        (batch("form2", ".hidden/never", given("rate", "value", "0.1")), 404),
        (batch("form2", "/", given("rate", "value", "0.1")), 400),
        (batch("form2", "never", given=None), 404),
        (batch("form2", "never", given("rate", "value", "0.1"), workers=0), 400),
        (batch("form2", "never", given("rate", "sideways")), 400),
        (batch("form2", "never", given("rate", "list", "1," * 6000)), 400),
    ],
)
def test_requests_that_are_refused(
    ask: Ask, root: Path, request_: dict[str, Any], status: int
) -> None:
    if not (root / "form2").exists():
        project(root / "form2")

    assert ask("jobs", request_)[0] == status


def test_folders_that_hold_no_batch(ask: Ask, root: Path) -> None:
    assert ask("batch?path=form-none")[1] == {"batch": None}
    assert ask("batch?path=link")[0] == 404
    assert ask("batch?path=../outside")[0] == 404
    (root / "damaged").mkdir(exist_ok=True)
    (root / "damaged" / "batch.sqlite").write_text("no database")

    status, answer = ask("batch?path=damaged")

    assert status == 422
    assert "cannot be read" in answer["error"]["message"]


@pytest.mark.build
def test_a_batch_is_run_and_its_runs_are_told(ask: Ask, server: str, root: Path) -> None:
    project(root / "told")
    asked = [given("rate", "list", "0.1, 0.95"), given("region", "value", "south")]
    _, answer = ask("grid", {"path": "told", "given": asked})
    assert answer["runs"] == 2

    status, job = ask("jobs", batch("told", "told-batch", *asked))
    done = ended(ask, job["id"])

    assert status == 201
    assert done["state"] == "done", done
    assert not done["result"]["proved"]
    assert done["result"]["summary"] == "1 of 2 runs done, 1 failed"
    _, found = ask("batch?path=told-batch")
    good, bad = found["batch"]["runs"]
    assert (good["state"], good["parameters"]) == ("done", ["0.1"])
    assert good["notebooks"] == [
        {"task": "work", "path": "told-batch/runs/rate=0.1/products/work.ipynb"}
    ]
    assert (root / good["notebooks"][0]["path"]).is_file()
    assert bad["state"] == "failed"
    assert bad["failure"]["task"] == "work"
    assert (bad["failure"]["cell"], bad["failure"]["line"]) == (3, 1)
    assert (root / bad["notebooks"][0]["path"]).is_file()
    assert len(ask("batch?path=told-batch&start=1")[1]["batch"]["runs"]) == 1
    known = ask("project?path=told")[1]["project"]
    assert [one["path"] for one in known["batches"]] == ["told-batch"]
    assert known["batch_to"] == "told-batch-2"
    assert {one["name"]: one["default"] for one in known["parameters"]} == {
        "rate": "1.0", "region": "north", "wait": "",
    }  # fmt: skip
    page = urllib.request.Request(
        f"{server}/poc-graduate/pages/told-batch/report.html",
        headers={"Authorization": f"token {TOKEN}"},
    )
    with urllib.request.urlopen(page) as shown:
        assert shown.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.build
def test_a_batch_that_is_cancelled_ends_what_is_under_way_and_goes_on_later(
    ask: Ask, root: Path
) -> None:
    project(root / "asked")
    go = root / "go"
    asked = [given("wait", "value", str(go)), given("rate", "list", "0.1, 0.2, 0.3, 0.4")]
    _, job = ask("jobs", batch("asked", "asked-batch", *asked, workers=1))
    for _ in range(600):
        found = ask("batch?path=asked-batch")[1]["batch"]
        if found and found["running"]:
            break
        time.sleep(0.1)

    _, told = ask(f"jobs/{job['id']}", method="DELETE")
    assert told["state"] == "running"
    go.touch()
    assert ended(ask, job["id"])["state"] == "cancelled"

    left = ask("batch?path=asked-batch")[1]["batch"]
    assert (left["done"], left["ending"], left["resumable"]) == (1, "stopped", True)
    _, job = ask("jobs", batch("asked", "asked-batch", given=None))
    assert ended(ask, job["id"])["result"]["summary"] == "4 of 4 runs done"


@pytest.mark.build
def test_a_batch_that_is_cancelled_twice_is_ended_at_once(ask: Ask, root: Path) -> None:
    project(root / "twice")
    never = given("wait", "value", str(root / "never-there"))
    _, job = ask("jobs", batch("twice", "twice-batch", never, given("rate", "list", "0.1, 0.2")))
    for _ in range(600):
        found = ask("batch?path=twice-batch")[1]["batch"]
        if found and found["running"]:
            break
        time.sleep(0.1)

    ask(f"jobs/{job['id']}", method="DELETE")
    _, told = ask(f"jobs/{job['id']}", method="DELETE")

    assert told["state"] == "cancelled"
    assert not ask("batch?path=twice-batch")[1]["batch"]["at_work"]
