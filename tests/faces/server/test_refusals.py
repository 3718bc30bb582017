"""What the server extension refuses, each thing for its own reason."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from poc_graduate.server.schema import schema
from tests.exports.conftest import write_notebook
from tests.faces.server.conftest import (
    TOKEN,
    Ask,
    asking,
    cells,
    check,
    export,
    plan,
    started,
)

pytest.importorskip("jupyter_server")
UNKNOWN = "20260101-000000-00000000"
ENDPOINTS: list[tuple[str, str, Callable[[], Any]]] = [
    ("POST", "check", lambda: check("anybody", cells("x = 1"))),
    ("GET", "explain/POC203", lambda: None),
    ("POST", "plan", lambda: plan("story.ipynb")),
    ("GET", "jobs", lambda: None),
    ("POST", "jobs", lambda: export("story.ipynb", "made")),
    ("GET", f"jobs/{UNKNOWN}", lambda: None),
    ("DELETE", f"jobs/{UNKNOWN}", lambda: None),
    ("GET", "project?path=", lambda: None),
    ("POST", "grid", lambda: {"path": "made", "given": []}),
    ("GET", "batch?path=made", lambda: None),
    ("GET", "operate?path=made", lambda: None),
    ("GET", "score?path=made", lambda: None),
    ("GET", "pages/made/graduation/certificate.html", lambda: None),
]
each = pytest.mark.parametrize(
    ("method", "path", "body"),
    ENDPOINTS,
    ids=[f"{m} {p.partition('?')[0]}" for m, p, _ in ENDPOINTS],
)


def test_the_schema_names_every_endpoint() -> None:
    named = {
        f"{method} {'job' if UNKNOWN in path else path.partition('/')[0].partition('?')[0]}"
        for method, path, _ in ENDPOINTS
        if not path.startswith("pages/")  # those are HTML
    }

    assert set(schema()["endpoints"]) == named


@each
@pytest.mark.parametrize("token", [None, "wrong"])
def test_nobody_asks_without_the_token(
    ask: Ask, method: str, path: str, body: Callable[[], Any], token: str | None
) -> None:
    status, answer = ask(path, body(), method=method, token=token)

    assert status == 403
    assert answer["error"]["type"] == "Forbidden"


@pytest.fixture(scope="module")
def denying(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    authorizer = "tests.faces.server.denying.Denying"
    home = tmp_path_factory.mktemp("denied")
    with started(root, home, f"--ServerApp.authorizer_class={authorizer}") as url:
        yield asking(url)


@each
def test_whom_the_authoriser_denies_it_may_do_nothing(
    denying: Ask, method: str, path: str, body: Callable[[], Any]
) -> None:
    assert denying(path, body(), method=method)[0] == 403


@pytest.fixture(scope="module")
def signed_in(server: str) -> Callable[..., tuple[int, Any]]:
    """A browser that is logged in asks to check a cell."""
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    with contextlib.suppress(urllib.error.HTTPError):
        browser.open(f"{server}/login?token={TOKEN}", timeout=30).read()
    proof = next(str(one.value) for one in cookies if one.name == "_xsrf")

    def status(xsrf: str | None = proof, **headers: str) -> int:
        sent = {**headers, **({"X-XSRFToken": xsrf} if xsrf else {})}
        body = json.dumps(check("signed in", cells("x = 1"))).encode()
        request = urllib.request.Request(f"{server}/poc-graduate/check", body, sent)
        try:
            return int(browser.open(request, timeout=60).status)
        except urllib.error.HTTPError as refused:
            return refused.code

    return status


def test_a_page_that_is_logged_in_has_to_show_that_it_is_the_servers_own(signed_in: Any) -> None:
    assert signed_in(xsrf=None) == 403
    assert signed_in(xsrf="forged") == 403
    assert signed_in() == 200


def test_another_site_cannot_ask_with_the_users_cookies(signed_in: Any, server: str) -> None:
    assert signed_in(Origin="http://evil.example") in (403, 404)  # Jupyter hides what it blocks
    assert signed_in(Origin=server) == 200


@pytest.mark.parametrize("path", ["check", "plan", "jobs"])
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "the request is no "),
        (b"{}", "the request is no "),
        (b'{"path": 1}', "the request is no "),
    ],
)
def test_what_is_no_request_is_told_in_one_sentence(
    ask: Ask, path: str, body: bytes, says: str
) -> None:
    status, answer = ask(path, body)

    assert status == 400
    assert answer["error"]["type"] == "BadRequest"
    assert says in answer["error"]["message"]


def test_a_request_with_keys_that_nobody_knows_is_refused(ask: Ask) -> None:
    status, answer = ask("jobs", {**export("story.ipynb", "made"), "command": "rm"})

    assert status == 400
    assert answer["error"]["type"] == "BadRequest"


def test_a_huge_request_is_refused(ask: Ask) -> None:
    status, answer = ask("check", check("huge", cells("#" * (65 * 1024 * 1024))))

    assert status == 413
    assert "too large" in answer["error"]["message"]


OUTSIDE = [
    "../outside/story.ipynb",
    "made/../../outside/story.ipynb",
    "link/story.ipynb",
    ".hidden/story.ipynb",
    "/etc/passwd",
    "a\0b",
]


@pytest.mark.parametrize("path", [*OUTSIDE, "no-such.ipynb"])
def test_only_notebooks_below_the_root_that_are_not_hidden(ask: Ask, path: str) -> None:
    for asked, body in (("plan", plan(path)), ("jobs", export(path, "made"))):
        status, answer = ask(asked, body)
        assert (status, answer["error"]["type"]) == (404, "NotFound")


@pytest.mark.parametrize("path", [path for path in OUTSIDE if path != "/etc/passwd"])
def test_settings_and_modules_of_other_folders_are_not_looked_at(ask: Ask, path: str) -> None:
    assert ask("check", check("outside", cells("x = 1"), path=path))[0] == 404


@pytest.mark.parametrize("to", ["../elsewhere", "link/project", ".hidden/project", "", "/"])
def test_a_project_goes_below_the_root(ask: Ask, to: str) -> None:
    status, _ = ask("jobs", export("story.ipynb", to))

    assert status in (400, 404)


@pytest.mark.parametrize("folder", ["..", "link", ".hidden", "no-such"])
def test_pages_and_projects_are_below_the_root(ask: Ask, root: Path, folder: str) -> None:
    for home in (root.parent, root.parent / "outside", root / ".hidden"):
        (home / "graduation").mkdir(exist_ok=True)
        (home / "graduation" / "plan.yaml").write_text("stages: []\nnotebook: x\n")
        (home / "graduation" / "certificate.html").write_text("<html>")

    status, _ = ask(f"pages/{folder}/graduation/certificate.html")
    build, _ = ask("jobs", {"kind": "build", "path": folder})

    assert (status, build) == (404, 404)
    found, answer = ask(f"project?path={folder}")
    assert found == 404 or answer["project"] is None


@pytest.mark.parametrize("name", [UNKNOWN, "..", "a%2Fb"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_job(ask: Ask, name: str, method: str) -> None:
    status, answer = ask(f"jobs/{name}", method=method)

    assert (status, answer["error"]["type"]) == (404, "NotFound")


def test_an_unknown_rule(ask: Ask) -> None:
    status, answer = ask("explain/POC999")

    assert status == 404
    assert answer["error"]["message"] == "there is no rule POC999."


class TestNotebooksThatCannotBe:
    @pytest.fixture
    def write(self, root: Path) -> Callable[..., None]:
        def write(name: str, text: str) -> None:
            (root / name).write_text(text)

        return write

    def test_a_broken_file(self, ask: Ask, write: Callable[..., None]) -> None:
        write("broken.ipynb", "{")

        status, answer = ask("plan", plan("broken.ipynb"))

        assert status == 422
        assert answer["error"]["type"] == "InputError"
        assert "is not valid JSON" in answer["error"]["found"]

    def test_a_cell_that_is_no_python_is_named(self, ask: Ask, root: Path) -> None:
        write_notebook(root, "x = 1", "y = (", name="typo.ipynb")

        status, answer = ask("plan", plan("typo.ipynb"))

        assert status == 422
        assert (answer["error"]["cell"], answer["error"]["line"]) == (4, 1)
        assert answer["error"]["remedy"]

    def test_another_language(self, ask: Ask, write: Callable[..., None]) -> None:
        cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "x <- 1"}
        spec = {"kernelspec": {"name": "ir", "language": "R"}}
        record = {"nbformat": 4, "nbformat_minor": 5, "metadata": spec,
                  "cells": [{**cell, "outputs": [], "execution_count": None}]}  # fmt: skip
        write("other.ipynb", json.dumps(record))

        status, answer = ask("plan", plan("other.ipynb"))

        assert status == 422
        assert "written in R" in answer["error"]["found"]

    @pytest.mark.parametrize("content", [{}, {"cells": 1}, {"cells": [{"source": {}}]}])
    def test_an_editors_content_that_is_no_notebook(self, ask: Ask, content: Any) -> None:
        status, answer = ask("plan", plan("story.ipynb", content=content))

        assert status in (400, 422)
        assert answer["error"]["type"] in ("BadRequest", "InputError")


def test_a_defect_is_told_without_its_traceback(ask: Ask, root: Path) -> None:
    home = root / "strange" / "graduation"
    home.mkdir(parents=True)
    (home / "plan.yaml").write_text("stages: 1\n")

    status, answer = ask("project?path=strange")

    assert status == 500
    assert answer["error"]["type"] == "Fault"
