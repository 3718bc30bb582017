"""Operating a project from the browser: what can be chosen, what is refused, how ready it is."""

from __future__ import annotations

import shutil
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from poc_graduate.server import operating
from tests.batch.waiting import project
from tests.faces.server.conftest import TOKEN, Ask, ended

pytest.importorskip("jupyter_server")
EXAMPLES = Path(__file__).parents[3] / "examples"


def exported(root: Path, name: str, example: str = "churn") -> Path:
    """A copy of an example's project below the server's root."""
    return Path(shutil.copytree(EXAMPLES / example / "project", root / name))


def request(path: str, answers: Any = None, **more: Any) -> dict[str, Any]:
    """An `OperateRequest`."""
    return {"kind": "operate", "path": path, "answers": answers or {}, "dry_run": False, **more}


def content(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_every_choice_is_told_with_its_question_its_value_and_what_it_may_be(
    ask: Ask, root: Path
) -> None:
    folder = exported(root, "asked-churn")
    (folder / "operate.yaml").write_text("serving: {port: 9000}\n")

    status, answer = ask("operate?path=asked-churn")

    assert (status, answer["operated"], answer["unstated"]) == (200, False, [])
    parts = {part["name"]: part for part in answer["parts"]}
    assert not any(part["left_out"] for part in parts.values())
    port = next(one for one in parts["serving"]["questions"] if one["name"] == "port")
    assert port == {
        "name": "port", "asks": "Port that the service listens on", "kind": "int",
        "default": 8080, "value": 9000, "least": 1, "dialog": True,
    }  # fmt: skip


def test_a_part_that_does_not_apply_says_why(ask: Ask, root: Path) -> None:
    exported(root, "asked-sensors", "sensors")

    _, answer = ask("operate?path=asked-sensors")

    why = {part["name"]: part["left_out"] for part in answer["parts"]}
    assert "the export found no model" in why["serving"]
    assert not why["business"]


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"servin": {}}, "Did you mean `serving`"),
        ({"serving": {"prot": 1}}, "Did you mean `port`"),
        ({"serving": {"port": "high"}}, "Write a whole number"),
        ({"serving": {"port": 0}}, "Write at least 1"),
        ({"updating": {"rule": "yes"}}, "Write true or false"),
    ],
)
def test_an_answer_that_is_none_is_refused_before_a_job_begins(
    ask: Ask, root: Path, answers: Any, says: str
) -> None:
    if not (root / "wrong").exists():
        exported(root, "wrong")
    before = content(root / "wrong")

    status, answer = ask("jobs", request("wrong", answers))

    assert status == 422
    assert says in answer["error"]["message"]
    assert content(root / "wrong") == before


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (request("nothing"), 404),
        (request("../outside"), 404),
        (request("link"), 404),
        (request(".hidden"), 404),
        (request("plain", {"serving": 1}), 400),
        (request("plain", {"serving": {"host": "x" * 1001}}), 400),
        (request("plain", {"serving": {"port": [1]}}), 400),
        (request("plain", choices="/etc/passwd"), 400),
        ({"kind": "score", "path": "link"}, 404),
    ],
)
def test_requests_that_are_refused(
    ask: Ask, root: Path, request_: dict[str, Any], status: int
) -> None:
    if not (root / "plain").exists():
        project(root / "plain")

    assert ask("jobs", request_)[0] == status


@pytest.mark.parametrize("folder", ["nothing", "../outside", "link", ".hidden", ""])
@pytest.mark.parametrize("what", ["operate", "score"])
def test_only_projects_below_the_root_are_looked_at(ask: Ask, what: str, folder: str) -> None:
    assert ask(f"{what}?path={folder}")[0] == 404


@pytest.mark.build
def test_what_is_generated_and_what_is_then_asked_of_people_by_name(ask: Ask, root: Path) -> None:
    folder = exported(root, "operated")
    before = content(folder)
    answers = {"serving": {"port": 9100}, "updating": {"margin": 0}}

    _, job = ask("jobs", request("operated", answers, dry_run=True))
    shown = ended(ask, job["id"])["result"]

    assert "nothing was written" in shown["summary"]
    assert "add: ops/serve.py" in shown["output"]
    assert content(folder) == before

    status, job = ask("jobs", request("operated", answers))
    done = ended(ask, job["id"])["result"]

    assert status == 201
    assert done["proved"], done
    assert "lines of OWNERS.yaml" in done["notes"][0]
    kept = yaml.safe_load((folder / "operate.yaml").read_text())
    assert (kept["serving"]["port"], kept["updating"]["margin"]) == (9100, 0.0)
    _, answer = ask("operate?path=operated")
    assert answer["operated"]
    owner = answer["unstated"][0]
    assert (owner["path"], owner["name"]) == ("operated/OWNERS.yaml", "owner.name")
    line = (folder / "OWNERS.yaml").read_text().splitlines()[owner["line"] - 1]
    assert line.strip().startswith("name:")
    form = (folder / "OWNERS.yaml").read_text()
    (folder / "OWNERS.yaml").write_text(form.replace("  name:", "  name: Ada", 1))
    _, answer = ask("operate?path=operated")
    assert answer["unstated"][0]["name"] == "owner.contact"


@pytest.mark.build
def test_an_edit_of_the_same_place_is_told_as_a_conflict(root: Path) -> None:
    folder = exported(root, "conflict")
    operating.generate(folder, {}, dry_run=False)
    settings = folder / "ops/settings.py"
    settings.write_text(settings.read_text().replace('_text("PORT", "8080")', '_text("PORT", "1")'))

    told = operating.generate(folder, {"serving": {"port": 9100}}, dry_run=False)

    assert not told["proved"]
    assert "ops/settings.py" in told["notes"][0]


def test_a_score_is_told_and_nothing_is_run_or_written(ask: Ask, server: str, root: Path) -> None:
    folder = exported(root, "scored")
    before = content(folder)

    status, answer = ask("score?path=scored")

    assert status == 200
    score = answer["score"]
    assert (score["points"], score["most"], score["ran"]) == (0, 7, None)
    assert len(score["domains"]["radar"]["spokes"]) == 10
    assert len(score["rubric"]["next"]) == 3
    page = urllib.request.Request(
        f"{server}/poc-graduate/pages/scored/{score['page']}",
        headers={"Authorization": f"token {TOKEN}"},
    )
    with urllib.request.urlopen(page) as shown:
        assert shown.headers["Content-Security-Policy"].startswith("sandbox")
        assert "What an owner asks beside the score" in shown.read().decode()
    assert content(folder) == before


@pytest.mark.build
def test_a_score_after_its_tests_rests_on_them(ask: Ask, root: Path) -> None:
    folder = project(root / "ran")
    (folder / "tests" / "unit").mkdir(parents=True)
    (folder / "tests" / "unit" / "test_work.py").write_text("def test_work():\n    pass\n")

    _, job = ask("jobs", {"kind": "score", "path": "ran"})
    done = ended(ask, job["id"])

    assert done["state"] == "done", done
    assert done["result"]["proved"]
    assert done["result"]["summary"] == "tests: 1 passed"
    _, answer = ask("score?path=ran")
    assert answer["score"]["ran"] is not None
    assert (folder / "readiness.yaml").is_file()
