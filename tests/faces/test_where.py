"""The notebook is found without being told, in real kernels of real servers and runners."""

from __future__ import annotations

import ast
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import nbformat
import pytest
from jupyter_client import BlockingKernelClient
from nbclient import NotebookClient

from poc_graduate.errors import InputError
from poc_graduate.magics.where import find

pytestmark = pytest.mark.kernel

TOKEN = "for-this-test"
ASK = (
    "from poc_graduate.magics import where\n"
    "found = where.find(get_ipython(), [])\n"
    "said = f'{found.path} | {found.how}'\n"
    "print(said)"
)


class Server:
    """A Jupyter server of its own: folders, port and token."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/"
        self.root = folder / "work"
        self.runtime = folder / "runtime"
        self.root.mkdir()
        env = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")}
        env |= {
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root",
             f"--port={port}", "--ServerApp.port_retries=0",
             f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={self.root}"],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 60
        while True:
            try:
                self.ask("GET", "api")
                return
            except (URLError, OSError):
                assert time.monotonic() < until, "the server does not start"
                time.sleep(0.2)

    def ask(self, method: str, path: str, body: object = None) -> dict:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        with urlopen(Request(self.url + path, data, headers, method=method), timeout=60) as answer:
            return json.load(answer)

    def run(self, kernel: str, code: str) -> str:
        """What code in a kernel of the server leaves as `said`."""
        client = BlockingKernelClient(connection_file=str(self.runtime / f"kernel-{kernel}.json"))
        client.load_connection_file()
        client.start_channels()
        try:
            # by the reply, which waits for the kernel; outputs may pass before somebody listens
            reply = client.execute(code, user_expressions={"said": "said"}, reply=True, timeout=60)
            return ast.literal_eval(
                reply["content"]["user_expressions"]["said"]["data"]["text/plain"]
            )
        finally:
            client.stop_channels()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running server."""
    started = Server(tmp_path)
    yield started
    started.process.terminate()
    started.process.wait(30)


def notebook(path: Path, *cells: str) -> Path:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(made, path)
    return path


def test_a_server_says_which_notebook_it_is_even_after_a_rename(server):
    notebook(server.root / "first.ipynb", "x = 1")
    session = server.ask("POST", "api/sessions", {
        "path": "first.ipynb", "name": "first.ipynb", "type": "notebook",
        "kernel": {"name": "python3"},
    })  # fmt: skip
    kernel = session["kernel"]["id"]

    before = server.run(kernel, ASK)
    (server.root / "first.ipynb").rename(server.root / "renamed.ipynb")
    server.ask("PATCH", f"api/sessions/{session['id']}", {"path": "renamed.ipynb"})
    after = server.run(kernel, ASK)

    assert before.strip() == f"{server.root / 'first.ipynb'} | the Jupyter server"
    assert after.strip() == f"{server.root / 'renamed.ipynb'} | the Jupyter server"


def test_a_server_that_wants_a_password_told_the_kernel_at_its_start(server):
    notebook(server.root / "first.ipynb", "x = 1")
    session = server.ask("POST", "api/sessions", {
        "path": "first.ipynb", "name": "first.ipynb", "type": "notebook",
        "kernel": {"name": "python3"},
    })  # fmt: skip
    for file in server.runtime.glob("jpserver-*.json"):
        record = json.loads(file.read_text())
        file.write_text(json.dumps({**record, "token": "", "password": True}))

    said = server.run(session["kernel"]["id"], ASK)

    assert said.startswith(f"{server.root / 'first.ipynb'} | the Jupyter server, when it started")


def test_vs_code_puts_it_into_the_namespace(tmp_path):
    path = notebook(
        tmp_path / "a.ipynb", f"__vsc_ipynb_file__ = {str(tmp_path / 'a.ipynb')!r}", ASK
    )
    ran = nbformat.read(path, as_version=4)
    NotebookClient(ran, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()

    assert ran.cells[1].outputs[0].text.strip() == f"{path} | VS Code"


@pytest.mark.parametrize(
    "command",
    [
        ["papermill", "in.ipynb", "out.ipynb"],
        ["jupyter", "nbconvert", "--to", "notebook", "--execute", "in.ipynb", "--output", "out"],
    ],
    ids=["papermill", "nbconvert"],
)
def test_runners_were_told_on_their_command_line(tmp_path, command):
    notebook(tmp_path / "in.ipynb", "x = 1", ASK)
    program = Path(sys.executable).with_name(command[0])
    env = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}

    subprocess.run(
        [str(program), *command[1:]], cwd=tmp_path, check=True, capture_output=True, env=env
    )

    said = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[1].outputs[0].text
    assert said.startswith(f"{tmp_path / 'in.ipynb'} | the command line of ")


def test_a_program_that_runs_it_is_asked_by_the_cells(tmp_path):
    cells = ("x = 1", "y = x + 1", ASK.replace("[]", "In[1:3]"))
    path = notebook(tmp_path / "mine.ipynb", *cells)
    notebook(tmp_path / "other.ipynb", "x = 1", "z = 3")
    ran = nbformat.read(path, as_version=4)

    NotebookClient(ran, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()

    assert ran.cells[2].outputs[0].text.strip() == f"{path} | the cells that it holds"


def test_a_terminal_says_that_it_is_none():
    with pytest.raises(InputError, match=r"this is a terminal.* Give the path"):
        find(object(), [])
