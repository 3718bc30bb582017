"""What a file is called in code: a name made of its path."""

from __future__ import annotations

import keyword
import posixpath
import re


def name_of_file(path: str) -> str:
    """`data/customers_final_v3.csv` → `customers_csv`; version noise in names says nothing.

    Args:
        path: As it was typed, POSIX or Windows, or an address.

    Returns:
        An identifier; empty where the path has no word in it.
    """
    base = posixpath.basename(path.rstrip("/\\").replace("\\", "/"))
    stem, _, suffix = base.partition(".")
    words = [word for word in re.split(r"[^A-Za-z0-9]+", stem) if word]
    kept = [w for w in words if not re.fullmatch(r"(v?\d+|final|copy|new|clean|latest)", w.lower())]
    ending = suffix.split(".")[-1].partition("?")[0]
    return identifier("_".join([*(kept or words), *([ending] if ending else [])]))


def identifier(text: str) -> str:
    """A text as a name; empty where none can be made."""
    name = re.sub(r"\W+", "_", text).strip("_").lower()
    if not name or not name.isidentifier() or keyword.iskeyword(name):
        return f"file_{name}" if name and f"file_{name}".isidentifier() else ""
    return name
