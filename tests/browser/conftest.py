"""A JupyterLab with the extension, a browser, notebooks to open in it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
PATIENCE = 90_000
"""Milliseconds that a condition is waited for at most; a wait ends when its condition holds."""
FOREIGN = {"ploomber-extension", "jupyterlab-jupytext", "Could not restore the debugger state"}
"""What is not ours: extensions that fail while they are loaded (Ploomber's own, and Jupytext's in
JupyterLab 4.4), and JupyterLab's debugger, which asks kernels whose page is being left."""


def notebook_text(*sources: str) -> str:
    """A notebook of code cells; those that start with `#%md` are Markdown."""
    cells = [
        {"cell_type": "markdown", "id": f"cell-{n}", "metadata": {}, "source": source[5:]}
        if source.startswith("#%md ")
        else {
            "cell_type": "code",
            "id": f"cell-{n}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": source,
        }
        for n, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


@dataclass
class Lab:
    """A running JupyterLab.

    Attributes:
        root: The folder that it serves.
        url: Where it answers.
    """

    home: Path
    port: int
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    process: subprocess.Popen[bytes] | None = None

    @property
    def root(self) -> Path:
        return self.home / "work"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, with settings and folders of its own, and wait until it answers."""
        home = self.home
        kept = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")}
        own = {
            "HOME": home,
            "JUPYTER_CONFIG_DIR": home / "config",
            "JUPYTER_DATA_DIR": home / "data",
            "JUPYTER_RUNTIME_DIR": home / "runtime",
            "JUPYTERLAB_SETTINGS_DIR": home / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
            "POC_GRADUATE_CACHE_DIR": home / "cache",
            # the extension of this tree, whatever the environment has installed
            "JUPYTER_PREFER_ENV_PATH": "0",
        }
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            f"--port={self.port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.root}",
            # as jupyter-config/ has it, wherever this runs
            "--ServerApp.jpserver_extensions={'poc_graduate.server': True, 'ploomber': False}",
        ]
        log = (home / "lab.log").open("ab")
        environment = {**kept, **{name: str(path) for name, path in own.items()}}
        # a group of its own: stopping it stops its kernels, too
        self.process = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, start_new_session=True
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.url}/api/status?token={self.token}", timeout=2)
                return
            except OSError:
                assert self.process.poll() is None, (home / "lab.log").read_text()
                time.sleep(0.1)
        raise AssertionError((home / "lab.log").read_text())

    def stop(self) -> None:
        """End it with all that it started."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process = None

    def request(self, path: str, method: str = "GET") -> Any:
        """What the server's own API answers."""
        headers = {"Authorization": f"token {self.token}"}
        asked = urllib.request.Request(f"{self.url}/{path}", headers=headers, method=method)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def end_kernels(self) -> None:
        """End what notebooks that were opened have started."""
        if self.process is not None:
            for session in self.request("api/sessions"):
                self.request(f"api/sessions/{session['id']}", "DELETE")

    def end_jobs(self) -> None:
        """End exports and builds that a test has left under way, so that it can begin again."""
        if self.process is not None:
            for job in self.request("poc-graduate/jobs")["jobs"]:
                if job["state"] in ("queued", "running"):
                    self.request(f"poc-graduate/jobs/{job['id']}", "DELETE")

    def settings(self, plugin: str, values: dict[str, object]) -> None:
        """Write the user's settings of a plugin, `package:plugin`."""
        package, name = plugin.split(":")
        folder = self.home / "settings" / package
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.jupyterlab-settings").write_text(json.dumps(values))

    def write(self, name: str, *sources: str) -> None:
        """Put a notebook into the served folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook_text(*sources))


def start_lab(home: Path, *, extension: bool = True) -> Lab:
    """A JupyterLab that serves an empty folder in `home`, with or without the extension."""
    built = ROOT / "poc_graduate" / "labextension"
    assert (built / "package.json").exists(), "the extension is not built: make lab"
    extensions = home / "data" / "labextensions"
    extensions.mkdir(parents=True)
    if extension:
        (extensions / "poc-graduate").symlink_to(built, target_is_directory=True)
    else:  # one that the environment has installed is switched off, too
        settings = home / "config" / "labconfig" / "page_config.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps({"disabledExtensions": {"poc-graduate": True}}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    lab = Lab(home, port)
    lab.root.mkdir()
    # its popup asks about news, and takes clicks
    lab.settings("@jupyterlab/apputils-extension:notification", {"fetchNews": "false"})
    lab.start()
    return lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    started = start_lab(tmp_path_factory.mktemp("lab"))
    yield started
    started.stop()


@contextmanager
def on_one_processor() -> Iterator[None]:
    """What is started in it, with all that it starts, stays on one processor.

    Chromium ends a page where time goes back, and on virtual machines the clocks of two
    processors may lie milliseconds apart.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium")
    with on_one_processor():
        playwright = sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
    yield browser
    browser.close()
    playwright.stop()


@pytest.fixture(scope="session")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One for all tests: what JupyterLab is made of is fetched once."""
    made = chromium.new_context(viewport={"width": 1280, "height": 800})
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def page(lab: Lab, context: BrowserContext) -> Iterator[Page]:
    """A tab; what the page or its console reports as an error fails the test.

    Tests that stop the server say what it is about by `page.excused`, a set of words.
    """
    if lab.process is None:
        lab.start()
    tab = context.new_page()
    errors: list[str] = []
    tab.excused = set(FOREIGN)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda said: said.type == "error" and errors.append(said.text))
    yield tab
    tab.close()
    lab.end_kernels()
    lab.end_jobs()
    assert [e for e in errors if not any(word in e for word in tab.excused)] == []


@pytest.fixture
def open_notebook(lab: Lab, page: Page) -> Callable[..., Page]:
    def go(name: str, *sources: str) -> Page:
        if sources:
            lab.write(name, *sources)
        page.goto(f"{lab.url}/lab/tree/{name}?reset&token={lab.token}")
        page.locator(".jp-NotebookPanel .jp-CodeCell .cm-content").first.wait_for()
        return page

    return go
