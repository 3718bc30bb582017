"""The server extension, in a real Jupyter Server."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.exports.conftest import write_notebook

pytest.importorskip("jupyter_server")
TOKEN = "a-token-of-the-test"
PATH_CELL = 'import pandas as pd\nframe = pd.read_csv("/home/me/data.csv")'
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    write_notebook(folder, "numbers = [1, 2]", "numbers.append(3)", "print(sum(numbers))")
    (folder / ".hidden").mkdir()
    write_notebook(folder / ".hidden", "x = 1")
    (folder.parent / "outside").mkdir(exist_ok=True)
    write_notebook(folder.parent / "outside", "x = 1")
    (folder / "link").symlink_to(folder.parent / "outside")
    return folder


@contextlib.contextmanager
def started(root: Path, home: Path, *options: str) -> Iterator[str]:
    """The address of a server of our own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    own = {name: str(home / name.lower()) for name in folders}
    code = str(Path(__file__).parents[3])
    environment = {**os.environ, **own, "PYTHONPATH": code, "HOME": str(home)}
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root",
        f"--port={port}", f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}",
        "--ServerApp.jpserver_extensions", "poc_graduate.server=True", *options,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/api", timeout=5).read()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with started(root, tmp_path_factory.mktemp("home")) as url:
        yield url


@pytest.fixture(scope="module")
def ask(server: str) -> Ask:
    return asking(server)


def asking(server: str) -> Ask:
    def ask(
        path: str,
        body: Any = None,
        *,
        method: str = "",
        token: str | None = TOKEN,
        **headers: str,
    ) -> tuple[int, Any]:
        given = {"Authorization": f"token {token}"} if token else {}
        data = (
            None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        )
        request = urllib.request.Request(
            f"{server}/poc-graduate/{path}", data, {**given, **headers},
            method=method or ("GET" if data is None else "POST"),
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                text, status = answer.read().decode(), answer.status
        except urllib.error.HTTPError as failure:
            text, status = failure.read().decode(), failure.code
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    return ask


def cells(*sources: str) -> list[dict[str, str]]:
    return [{"id": f"c{n}", "type": "code", "source": text} for n, text in enumerate(sources)]


def test_findings_of_unsaved_cells_name_their_cell(ask: Ask) -> None:
    sent = {"path": "new.ipynb", "client": "a", "cells": cells("x = 1", PATH_CELL)}

    status, answer = ask("check", sent)

    assert status == 200
    found = next(one for one in answer["findings"] if one["code"].startswith("POC1"))
    assert (found["cell_id"], found["line"]) == ("c1", 2)


def test_cells_that_are_known_are_not_sent_again(ask: Ask) -> None:
    first = {"path": "new.ipynb", "client": "b", "cells": cells(PATH_CELL, "y = 2")}
    ask("check", first)
    known = [{"id": "c1", "type": "code"}, {"id": "c0", "type": "code"}]

    status, answer = ask("check", {**first, "cells": known})

    assert status == 200
    paths = [one for one in answer["findings"] if one["code"].startswith("POC1")]
    assert {one["cell_id"] for one in paths} == {"c0"}


def test_a_cell_that_is_not_known_has_to_be_sent(ask: Ask) -> None:
    status, answer = ask(
        "check", {"path": "new.ipynb", "client": "c", "cells": [{"id": "z", "type": "code"}]}
    )

    assert status == 409
    assert answer["error"]["message"] == "send all cells"


def test_a_rule_explains_itself(ask: Ask) -> None:
    status, answer = ask("explain/POC203")

    assert status == 200
    assert answer["text"].startswith("# ")
    assert ask("explain/POC999")[0] == 404


def test_a_plan_is_told_without_running_anything(ask: Ask, root: Path) -> None:
    before = (root / "story.ipynb").read_bytes()

    status, answer = ask("plan", {"path": "story.ipynb", "stages": None})

    assert status == 200
    assert [stage["name"] for stage in answer["plan"]["stages"]] == ["part_a", "part_b", "part_c"]
    assert answer["plan"]["crossing"][0]["names"] == ["numbers"]
    assert answer["target"] == "story"
    assert (root / "story.ipynb").read_bytes() == before


@pytest.mark.parametrize("path", ["check", "plan", "jobs"])
@pytest.mark.parametrize("token", [None, "wrong"])
def test_nobody_asks_without_the_token(ask: Ask, path: str, token: str | None) -> None:
    status, _ = ask(path, {"path": "story.ipynb", "kind": "export", "to": "p"}, token=token)

    assert status == 403


def test_a_page_that_is_logged_in_has_to_show_that_it_is_the_servers_own(server: str) -> None:
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    with contextlib.suppress(urllib.error.HTTPError):
        browser.open(f"{server}/login?token={TOKEN}", timeout=30).read()
    proof = next(one.value for one in cookies if one.name == "_xsrf")
    body = json.dumps({"path": "new.ipynb", "client": "x", "cells": cells("x = 1")}).encode()

    def status(**headers: str) -> int:
        request = urllib.request.Request(f"{server}/poc-graduate/check", body, headers)
        try:
            return int(browser.open(request, timeout=60).status)
        except urllib.error.HTTPError as refused:
            return refused.code

    assert status() == 403
    assert status(**{"X-XSRFToken": "forged"}) == 403
    assert status(**{"X-XSRFToken": str(proof)}) == 200


def test_a_huge_request_is_refused(ask: Ask) -> None:
    body = {"path": "new.ipynb", "client": "h", "cells": cells("#" * (65 * 1024 * 1024))}

    status, answer = ask("check", body)

    assert status == 413
    assert answer["error"]["message"] == "the request is too large"


def test_who_may_not_use_it_is_told_so(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    denying = "tests.faces.server.denying.Denying"
    home = tmp_path_factory.mktemp("denied")
    with started(root, home, f"--ServerApp.authorizer_class={denying}") as url:
        ask = asking(url)
        status, _ = ask("check", {"path": "new.ipynb", "client": "d", "cells": []})
        assert status == 403
        assert ask("jobs")[0] == 403
        assert ask("explain/POC203")[0] == 403


def test_another_site_cannot_ask(server: str, ask: Ask) -> None:
    body = {"path": "story.ipynb", "client": "d", "cells": []}

    status, _ = ask("check", body, token=None, Origin="http://evil.example", Cookie="x=1")

    assert status in (403, 404)  # Jupyter Server hides what it blocks


@pytest.mark.parametrize(
    "path",
    [
        "../outside/story.ipynb",
        "link/story.ipynb",
        ".hidden/story.ipynb",
        "/etc/passwd",
        "a\0b",
        "no-such.ipynb",
    ],
)
def test_only_paths_below_the_root_that_are_not_hidden(ask: Ask, path: str) -> None:
    status, answer = ask("plan", {"path": path, "stages": None})

    assert status == 404
    assert "Traceback" not in json.dumps(answer)


@pytest.mark.parametrize("to", ["../elsewhere", "link/project", ".hidden/project", "", "/"])
def test_a_project_goes_below_the_root(ask: Ask, to: str) -> None:
    status, _ = ask("jobs", {"kind": "export", "path": "story.ipynb", "to": to, "stages": None})

    assert status in (400, 404)


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"kind": "format-disk", "path": "x"}'])
def test_what_is_no_request_is_told_in_one_sentence(ask: Ask, body: bytes) -> None:
    status, answer = ask("jobs", body)

    assert status == 400
    assert answer["error"]["message"]
    assert "Traceback" not in json.dumps(answer)


@pytest.mark.parametrize("name", ["20260101-000000-00000000", "..", "a%2Fb"])
def test_an_unknown_job(ask: Ask, name: str) -> None:
    assert ask(f"jobs/{name}")[0] == 404
    assert ask(f"jobs/{name}", method="DELETE")[0] == 404


def ended(ask: Ask, name: str) -> dict[str, Any]:
    for _ in range(1200):
        _, job = ask(f"jobs/{name}")
        if job["state"] not in ("queued", "running"):
            return dict(job)
        time.sleep(0.2)
    raise AssertionError(f"still {job['state']}: {job['step']}")


@pytest.mark.build
class TestJobs:
    def test_an_export_ends_with_a_certificate_that_is_shown_in_a_sandbox(
        self, ask: Ask, server: str, root: Path
    ) -> None:
        before = (root / "story.ipynb").read_bytes()
        asked = {"kind": "export", "path": "story.ipynb", "to": "made", "stages": None}

        status, job = ask("jobs", asked)
        done = ended(ask, job["id"])

        assert status == 201
        assert done["state"] == "done", done
        assert done["result"]["proved"]
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

    def test_a_refusal_says_where(self, ask: Ask, root: Path) -> None:
        write_notebook(root, "x = 1", "raise ValueError('no')", name="fails.ipynb")

        _, job = ask("jobs", {"kind": "export", "path": "fails.ipynb", "to": "f", "stages": None})
        done = ended(ask, job["id"])

        assert done["state"] == "refused"
        assert (done["error"]["cell"], done["error"]["line"]) == (4, 1)
        assert not (root / "f").exists()

    def test_a_job_that_is_cancelled_leaves_nothing(self, ask: Ask, root: Path) -> None:
        write_notebook(root, "import time\ntime.sleep(600)", name="slow.ipynb")
        _, job = ask("jobs", {"kind": "export", "path": "slow.ipynb", "to": "s", "stages": None})
        started: list[psutil.Process] = []
        for _ in range(600):
            mine = [p for p in psutil.process_iter(["cmdline"]) if job["id"] in str(p.info)]
            started = [p for one in mine for p in (one, *one.children(recursive=True))]
            if any("kernel" in " ".join(process.cmdline()) for process in started):
                break
            time.sleep(0.1)
        assert len(started) > 1

        status, cancelled = ask(f"jobs/{job['id']}", method="DELETE")

        assert (status, cancelled["state"]) == (200, "cancelled")
        assert ended(ask, job["id"])["state"] == "cancelled"
        assert not (root / "s").exists()
        assert psutil.wait_procs(started, timeout=30)[1] == []
