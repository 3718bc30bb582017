"""Paths that a browser names: below the server's root, and nothing hidden, or nothing at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async

from poc_graduate.server.failures import NotFound

_NOTHING = "there is no such path"


async def allowed(contents: Any, path: str) -> Path:
    """The file or folder that a path of the contents manager means; it need not exist.

    Args:
        contents: The server's contents manager.
        path: Relative to its root, with `/`.

    Raises:
        NotFound: it leads out of the root, also by a link, or is hidden.
    """
    root, named = _root(contents), path.strip("/")
    if root is None or "\0" in named:
        raise NotFound(_NOTHING)
    real = Path(os.path.realpath(root / named))
    if real != root and root not in real.parents:
        raise NotFound(_NOTHING)
    if not contents.allow_hidden:
        if any(part.startswith(".") for part in Path(named).parts):
            raise NotFound(_NOTHING)
        if real.exists() and await ensure_async(contents.is_hidden(named)):
            raise NotFound(_NOTHING)
    return root / named


def relative(contents: Any, path: Path) -> str | None:
    """A path as the contents manager names it; None where it lies elsewhere."""
    root, real = _root(contents), Path(os.path.realpath(path))
    if root is None or (real != root and root not in real.parents):
        return None
    return "" if real == root else real.relative_to(root).as_posix()


def _root(contents: Any) -> Path | None:
    """The folder that is served; None where the notebooks are no files."""
    folder = getattr(contents, "root_dir", None)
    return None if not folder else Path(os.path.realpath(os.path.expanduser(folder)))
