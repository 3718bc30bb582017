"""What JupyterLab asks: a server extension below `/poc-graduate/`.

paths.py      only what lies below the server's root, as its contents manager allows
checking.py   findings of open notebooks, saved or not
jobs.py       exports, builds, tests and proofs in processes of their own
job.py        what runs in such a process
batches.py    grids of a form, runs of a batch
operating.py  choices for operating a project, its score
handling.py   what all requests share
handlers.py   the requests; project_handlers.py those about projects
schema.json   what is asked and answered
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "poc_graduate.server"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Called by Jupyter Server when it starts."""
    from poc_graduate.server.handlers import add_handlers

    add_handlers(server)
