"""A real Jupyter Server with the extension, and what it answers, held against the schema."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from poc_graduate.server.schema import schema
from tests.exports.conftest import write_notebook

TOKEN = "a-token-of-the-test"
Ask = Callable[..., tuple[int, Any]]
_SEQUENCE = count(1)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who asks the server starts one."""
    for item in items:
        if "server" in getattr(item, "fixturenames", ()):
            item.add_marker("process")


@pytest.fixture(scope="session")
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
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    own = {name: str(home / name.lower()) for name in folders}
    code = str(Path(__file__).parents[3])
    environment = {**os.environ, **own, "PYTHONPATH": code, "HOME": str(home)}
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root",
        f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}",
        "--ServerApp.jpserver_extensions", "poc_graduate.server=True", *options,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    told = Path(own["JUPYTER_RUNTIME_DIR"], f"jpserver-{process.pid}.json")
    try:
        yield _answering(told)
    finally:
        process.kill()
        process.wait()


def _answering(told: Path) -> str:
    """The address, from where the server tells it: any free port, whoever else takes ports."""
    for _ in range(300):
        with contextlib.suppress(OSError, json.JSONDecodeError):
            url = f"http://127.0.0.1:{json.loads(told.read_text())['port']}"
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(f"{url}/api", timeout=5).read()
            return url
        time.sleep(0.2)
    raise AssertionError("the server did not start")


@pytest.fixture(scope="session")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with started(root, tmp_path_factory.mktemp("home")) as url:
        yield url


@pytest.fixture(scope="session")
def ask(server: str) -> Ask:
    return asking(server)


def asking(server: str) -> Ask:
    """What asks a server; whatever it answers has to be as the schema says."""

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
        method = method or ("GET" if data is None else "POST")
        request = urllib.request.Request(
            f"{server}/poc-graduate/{path}", data, {**given, **headers}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                text, status = answer.read().decode(), answer.status
        except urllib.error.HTTPError as failure:
            text, status = failure.read().decode(), failure.code
        assert "Traceback" not in text
        answered = json.loads(text)
        jsonschema.validate(answered, answer_schema(method, path, status))
        return status, answered

    return ask


def answer_schema(method: str, path: str, status: int) -> dict[str, Any]:
    """What the schema says about the answer to a request."""
    name = path.partition("?")[0]
    name = "job" if name.startswith("jobs/") else name.partition("/")[0]
    known = schema()
    definition = (
        "ErrorAnswer" if status >= 400 else known["endpoints"][f"{method} {name}"]["answer"]
    )
    return {"$ref": f"#/definitions/{definition}", "definitions": known["definitions"]}


def cells(*sources: str) -> list[dict[str, Any]]:
    return [
        {"id": f"c{n}", "type": "code", "hash": text, "source": text, "tags": []}
        for n, text in enumerate(sources)
    ]


def check(client: str, sent: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A `CheckRequest`, newer than all before."""
    return {
        "path": "new.ipynb", "client": client, "sequence": next(_SEQUENCE), "seen": 0,
        "language": "python", "cells": sent, "ignore": [], **more,
    }  # fmt: skip


def export(path: str, to: str, **more: Any) -> dict[str, Any]:
    """An `ExportRequest`."""
    return {"kind": "export", "path": path, "to": to, "stages": None, "content": None, **more}


def plan(path: str, **more: Any) -> dict[str, Any]:
    """A `PlanRequest`."""
    return {"path": path, "stages": None, "content": None, **more}


def ended(ask: Ask, name: str) -> dict[str, Any]:
    for _ in range(1200):
        _, job = ask(f"jobs/{name}")
        if job["state"] not in ("queued", "running"):
            return dict(job)
        time.sleep(0.2)
    raise AssertionError(f"still {job['state']}: {job['step']}")
