"""What the folder of a run is called: after its parameters, so that a person finds it."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from poc_graduate.batch.grid import canonical
from poc_graduate.batch.model import Parameters, Value

_LONGEST = 120
_LONGEST_VALUE = 40
_HASH = 10
_ODD = re.compile(r"[^A-Za-z0-9._+-]+")


def key_of(parameters: Parameters) -> str:
    """What a run is known by: the same for the same parameters, whatever else is in the grid."""
    return hashlib.sha256(canonical(dict(parameters)).encode()).hexdigest()[:20]


def name_of(parameters: Parameters) -> str:
    """`region=north,seed=1`; a hash is added where that says less than the parameters do.

    Args:
        parameters: Those that vary.
    """
    parts, whole = [], True
    for name, value in parameters.items():
        text, exact = _shown(value)
        parts.append(f"{_ODD.sub('-', _plain(name))}={text}")
        whole = whole and exact and name.isascii()
    made = ",".join(parts)
    if len(made) > _LONGEST:
        made, whole = made[:_LONGEST].rstrip(",=.-"), False
    return made if whole else hashed(made, parameters)


def hashed(name: str, parameters: Parameters) -> str:
    """A name that no other run can have."""
    return f"{name}-{key_of(parameters)[:_HASH]}"


def _shown(value: Value) -> tuple[str, bool]:
    """A value as part of a file name, and whether it is all there."""
    text = value if isinstance(value, str) else canonical(value)
    plain = text if _ODD.search(text) is None else _ODD.sub("-", _plain(text)).strip("-")
    plain = plain[:_LONGEST_VALUE] or "empty"
    return plain, plain == text


def _plain(text: str) -> str:
    """Without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
