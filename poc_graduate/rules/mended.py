"""A mended notebook written, with the files that come beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from poc_graduate.errors import GraduateError
from poc_graduate.notebook.write import write, write_beside
from poc_graduate.rules.apply import FileChange, Mended

_NO_TEXT = "\0"


def neighbours(notebook: Path) -> Callable[[str], str | None]:
    """What files beside a notebook hold: path, relative to its folder → text; None without one."""

    def text(path: str) -> str | None:
        try:
            return (notebook.parent / path).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            return _NO_TEXT  # something that no fix has written

    return text


def write_mended(path: Path, mended: Mended) -> None:
    """Write a notebook and the files that its fixes bring; where one cannot be, none is.

    Args:
        path: The notebook.
        mended: With its fixes.

    Raises:
        InputError: a file cannot be written, or the notebook has changed since it was read.
    """
    done: list[FileChange] = []
    try:
        for file in mended.files:
            write_beside(path.parent / file.path, file.text)
            done.append(file)
        write(mended.notebook, *mended.steps)
    except GraduateError:
        for file in done:
            if file.before is None:
                (path.parent / file.path).unlink(missing_ok=True)
            else:
                write_beside(path.parent / file.path, file.before)
        raise
