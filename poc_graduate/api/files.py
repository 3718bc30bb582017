"""Files that the verbs write for the user."""

from __future__ import annotations

import os
from pathlib import Path

from poc_graduate.errors import InputError


def write_text(path: Path, text: str) -> None:
    """Write a file by one rename; what is no file, such as `/dev/stdout`, is written to as it is.

    Raises:
        InputError: it cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("w", encoding="utf-8", errors="backslashreplace") as device:
                device.write(text)
            return
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
        temporary.replace(path)
    except OSError as failure:
        temporary.unlink(missing_ok=True)
        raise InputError(f"{path} cannot be written: {failure.strerror}") from None
