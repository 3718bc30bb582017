"""Lists of libraries: what lock files pin, and what pip refuses to read."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from poc_graduate.rules.beside import LOCKS, decoded, entries


def locked(folder: Path) -> str:
    """The libraries that the lock files of a folder pin, one a line, in lower case.

    Beside what is asked for, they hold all that comes with it.
    """
    found = []
    for name in sorted(entries(folder) & LOCKS):
        try:
            facts = (folder / name).stat()
        except OSError:
            continue
        if facts.st_size < _LARGEST_LOCK:
            found.append(_locked(str(folder / name), (facts.st_mtime_ns, facts.st_size)))
    return "\n".join(found)


@lru_cache(maxsize=64)
def _locked(file: str, changed: tuple[int, int]) -> str:
    del changed  # part of the key, a lock that was made anew is read again
    return "\n".join(match[1] for match in _PINS.finditer(decoded(Path(file))))


_LARGEST_LOCK = 20_000_000
_PINS = re.compile(r"(?m)^(?:\s*(?:- )?name\s*[:=]\s*|\s+(?=\"[\w.-]+\":\s*\{))\"?([\w.-]+)")
"""`name = "numpy"` of Poetry, uv and PDM, `name: numpy` of conda, `"numpy": {` of Pipenv."""


def refused(file: Path) -> str:
    """The first line of a list of requirements that pip cannot read; empty where it reads all.

    What conda exports into a file of this name is no list for pip.
    """
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ""
    if "$ conda" in text or "\x00" in text:
        return ""
    lines = (
        re.sub(r"(^|\s)#.*", "", line).strip() for line in re.sub(r"\\\n", " ", text).split("\n")
    )
    return next((one for one in lines if one and not _REQUIREMENT.match(one)), "")


_REQUIREMENT = re.compile(
    r"""(?x)-                               # an option
    | .*(?://|@|[\\/]|\.(?:whl|zip|gz)\b)   # an address, or a file
    | [A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\]\s*)?(?:\(?\s*(?:===?|[~!<>]=|<|>).*)?(?:;.*)?(?:\s--.*)?$
    | .*[${}]                               # filled in by something else
    """
)
