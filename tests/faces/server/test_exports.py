"""Exports as jobs of a real server: what they leave, refuse, and survive."""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.exports.conftest import write_notebook
from tests.faces.server.conftest import TOKEN, Ask, asking, ended, export, started

pytest.importorskip("jupyter_server")
pytestmark = pytest.mark.build


def test_an_export_ends_with_a_certificate_that_is_shown_in_a_sandbox(
    ask: Ask, server: str, root: Path
) -> None:
    before = (root / "story.ipynb").read_bytes()

    status, job = ask("jobs", export("story.ipynb", "made"))
    done = ended(ask, job["id"])

    assert status == 201
    assert done["state"] == "done", done
    assert done["result"]["proved"]
    assert done["result"]["project"] == "made"
    assert done["result"]["pages"][0] == "graduation/certificate.html"
    assert (root / "made" / "pipeline.yaml").is_file()
    assert (root / "story.ipynb").read_bytes() == before
    request = urllib.request.Request(
        f"{server}/poc-graduate/pages/made/graduation/certificate.html",
        headers={"Authorization": f"token {TOKEN}"},
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert b"<html" in answer.read()
    assert ask("pages/made/pipeline.yaml")[0] == 404
    _, known = ask("project?path=made")
    assert [t["name"] for t in known["project"]["tasks"]] == ["part_a", "part_b", "part_c"]
    assert job["id"] in [one["id"] for one in ask("jobs")[1]["jobs"]]


def test_what_is_typed_and_not_saved_is_exported_and_outlives_the_server(
    root: Path, tmp_path: Path
) -> None:
    """The file stays as it is, and paths lead from where it lies; a new server has the result."""
    folder = root / "unsaved"
    folder.mkdir()
    (folder / "data.csv").write_text("a\n1\n2\n")
    write_notebook(folder, "x = 1", "print(x)", name="typed.ipynb")
    saved = (folder / "typed.ipynb").read_bytes()
    content = json.loads(saved)
    content["cells"][1]["source"] = "import pandas as pd\nx = pd.read_csv('data.csv')['a'].sum()"
    with started(root, tmp_path) as url:
        _, job = asking(url)("jobs", export("unsaved/typed.ipynb", "unsaved/p", content=content))

    with started(root, tmp_path) as url:
        done = ended(asking(url), job["id"])

    assert done["state"] == "done", done
    assert done["result"]["proved"]
    assert "not as it was saved" in done["result"]["notes"][0]
    assert (folder / "typed.ipynb").read_bytes() == saved
    assert sorted(path.name for path in folder.iterdir()) == ["data.csv", "p", "typed.ipynb"]
    assert "read_csv" in "".join(path.read_text() for path in (folder / "p").rglob("*.py"))
    assert not list(tmp_path.rglob("notebook.ipynb"))


def test_a_refusal_says_where(ask: Ask, root: Path) -> None:
    write_notebook(root, "x = 1", "raise ValueError('no')", name="fails.ipynb")

    _, job = ask("jobs", export("fails.ipynb", "f"))
    done = ended(ask, job["id"])

    assert done["state"] == "refused"
    assert (done["error"]["cell"], done["error"]["line"]) == (4, 1)
    assert not (root / "f").exists()


def test_a_job_that_is_cancelled_leaves_nothing(ask: Ask, root: Path) -> None:
    write_notebook(root, "import time\ntime.sleep(600)", name="slow.ipynb")
    _, job = ask("jobs", export("slow.ipynb", "s"))
    begun: list[psutil.Process] = []
    for _ in range(600):
        mine = [p for p in psutil.process_iter(["cmdline"]) if job["id"] in str(p.info)]
        begun = [p for one in mine for p in (one, *one.children(recursive=True))]
        if any("kernel" in " ".join(process.cmdline()) for process in begun):
            break
        time.sleep(0.1)
    assert len(begun) > 1

    status, cancelled = ask(f"jobs/{job['id']}", method="DELETE")

    assert (status, cancelled["state"]) == (200, "cancelled")
    assert ended(ask, job["id"])["state"] == "cancelled"
    assert not (root / "s").exists()
    assert psutil.wait_procs(begun, timeout=30)[1] == []


def test_jobs_of_what_another_server_serves_are_nobodys_business(
    ask: Ask, root: Path, tmp_path: Path
) -> None:
    """Servers of one user share the folder of jobs."""
    write_notebook(tmp_path, "import time\ntime.sleep(600)", name="own.ipynb")
    home = tmp_path / "home"
    with started(tmp_path, home) as url:
        own = asking(url)
        _, job = own("jobs", export("own.ipynb", "own"))
        with started(root, home) as other:
            theirs = asking(other)

            assert theirs("jobs")[1]["jobs"] == []
            assert theirs(f"jobs/{job['id']}")[0] == 404
            assert theirs(f"jobs/{job['id']}", method="DELETE")[0] == 404
        assert own(f"jobs/{job['id']}", method="DELETE")[1]["state"] == "cancelled"
