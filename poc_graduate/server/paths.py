"""Paths that a browser names: below the server's root, and nothing hidden, or nothing at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from tornado import web


async def allowed(contents: Any, path: str) -> Path:
    """The file or folder that a path of the contents manager means; it need not exist.

    Args:
        contents: The server's contents manager.
        path: Relative to its root, with `/`.

    Raises:
        HTTPError: 404 where it leads out of the root, also by a link, or is hidden.
    """
    root = Path(os.path.realpath(os.path.expanduser(getattr(contents, "root_dir", os.getcwd()))))
    named = path.strip("/")
    if "\0" in named or os.path.isabs(path.replace("\\", "/").lstrip("/") or "."):
        raise web.HTTPError(404, "there is no such path")
    real = Path(os.path.realpath(root / named))
    if real != root and root not in real.parents:
        raise web.HTTPError(404, "there is no such path")
    if not contents.allow_hidden:
        if any(part.startswith(".") for part in Path(named).parts):
            raise web.HTTPError(404, "there is no such path")
        if real.exists() and await ensure_async(contents.is_hidden(named)):
            raise web.HTTPError(404, "there is no such path")
    return root / named


def relative(contents: Any, path: Path) -> str:
    """A path as the contents manager names it; empty where it lies elsewhere."""
    root = Path(os.path.realpath(os.path.expanduser(contents.root_dir)))
    real = Path(os.path.realpath(path))
    return real.relative_to(root).as_posix() if root in real.parents else ""
