"""Which notebook this kernel belongs to: asked of the frontend, the server, and the files."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from poc_graduate.errors import InputError

SECONDS = 1.0
"""How long a Jupyter server on this machine may take to answer."""
_MANY = 50


@dataclass(frozen=True)
class Found:
    """A notebook's file.

    Attributes:
        path: Where it is.
        how: How that is known, for people.
    """

    path: Path
    how: str


def find(shell: Any, ran: Sequence[str]) -> Found:
    """The notebook's file.

    Args:
        shell: The IPython shell.
        ran: Texts of the cells that were run here, which tell a notebook from others.

    Raises:
        InputError: nobody says which one it is.
    """
    if not hasattr(shell, "kernel"):
        raise InputError(
            "this is a terminal, not a notebook", remedy="give the path: `%graduate check NB.ipynb`"
        )
    ways: tuple[Callable[[], Found | None], ...] = (
        lambda: _told(shell.user_ns),
        _of_server,
        _of_environment,
        _of_parent,
        lambda: _of_cells(Path.cwd(), ran),
    )
    for way in ways:
        found = way()
        if found is not None and found.path.is_file():
            return found
    raise InputError(
        "this frontend does not say which notebook this is",
        remedy="give the path: `%graduate check NB.ipynb`",
    )


def _told(namespace: Mapping[str, Any]) -> Found | None:
    """VS Code, and papermill with `inject_paths`, put it into the namespace."""
    for name, who in (
        ("__vsc_ipynb_file__", "VS Code"),
        ("PAPERMILL_INPUT_PATH", "papermill"),
    ):
        value = namespace.get(name)
        if isinstance(value, str) and "://" not in value:
            return Found(Path(value), who)
    return None


def _of_server() -> Found | None:
    """JupyterLab and Notebook: the servers of this user know the sessions of their kernels."""
    kernel = kernel_id()
    if not kernel:
        return None
    for server in servers():
        for session in _sessions(server):
            path = session.get("path") or _inner(session, "notebook").get("path")
            if _inner(session, "kernel").get("id") == kernel and isinstance(path, str):
                root = server.get("root_dir") or server.get("notebook_dir") or ""
                return Found(Path(root) / path, "the Jupyter server")
    return None


def _inner(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = record.get(key)
    return value if isinstance(value, Mapping) else {}


def kernel_id() -> str:
    """Id of this kernel; empty where there is none."""
    try:
        from ipykernel.connect import get_connection_file

        file = get_connection_file()
    except Exception:  # no kernel, or one of another kind
        return ""
    match = re.fullmatch(r"(?:kernel|v\d+)?-?(.+)\.json", Path(file).name)
    return match[1] if match else ""


def servers() -> Iterator[Mapping[str, Any]]:
    """What Jupyter servers of this user wrote down about themselves, the newest first."""
    from jupyter_core.paths import jupyter_runtime_dir

    folder = Path(jupyter_runtime_dir())
    files = [*folder.glob("jpserver-*.json"), *folder.glob("nbserver-*.json")]
    for file in sorted(files, key=_age, reverse=True)[:_MANY]:
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(record, dict):
            yield record


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _sessions(server: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    from urllib.error import URLError
    from urllib.request import ProxyHandler, Request, build_opener

    if not _lives(server.get("pid")):
        return []
    token = server.get("token") or os.environ.get("JUPYTERHUB_API_TOKEN", "")
    headers = {"Authorization": f"token {token}"} if token else {}
    address = f"{server.get('url', '')}api/sessions"
    if not re.match(r"https?://", address):
        return []
    try:
        # The server is on this machine: no proxy has a say.
        opener = build_opener(ProxyHandler({}))
        request = Request(quote(address, safe=":/?=&%[]"), headers=headers)
        with opener.open(request, timeout=SECONDS) as answer:
            sessions = json.load(answer)
    except (OSError, ValueError, URLError):  # gone, or it wants a password
        return []
    return [one for one in sessions if isinstance(one, Mapping)]


def _lives(pid: object) -> bool:
    if not isinstance(pid, int) or sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _of_environment() -> Found | None:
    """What the server told the kernel when it started; old where the file was renamed since."""
    name = os.environ.get("JPY_SESSION_NAME", "")
    if not name.endswith(".ipynb"):
        return None
    return Found(Path(name), "the Jupyter server, when it started the kernel")


def _of_parent() -> Found | None:
    """papermill, nbconvert and `jupyter execute` were given the notebook on their command line."""
    try:
        import psutil

        words = psutil.Process(os.getppid()).cmdline()
        folder = Path(psutil.Process(os.getppid()).cwd())
    except Exception:  # no psutil, or a process that may not be looked at
        return None
    tool = next((w for w in words[:4] if re.search(r"papermill|nbconvert|jupyter", w)), None)
    if tool is None or "lab" in words[1:3] or "notebook" in words[1:3]:
        return None
    given = [folder / word for word in words[1:] if word.endswith(".ipynb")]
    found = next((path for path in given if path.is_file()), None)
    return Found(found, f"the command line of {Path(tool).name}") if found else None


def _of_cells(folder: Path, ran: Sequence[str]) -> Found | None:
    """The one notebook of the folder that holds all the cells that were run here."""
    wanted = {text.strip() for text in ran if text.strip()}
    if len(wanted) < 2:
        return None
    holding = []
    for file in sorted(folder.glob("*.ipynb"))[:_MANY]:
        try:
            cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
            texts = {"".join(cell["source"]).strip() for cell in cells}
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if wanted <= texts:
            holding.append(file)
    return Found(holding[0], "the cells that it holds") if len(holding) == 1 else None
