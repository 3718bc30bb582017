"""Which addresses are of this machine."""

from __future__ import annotations

import re

_HERE = re.compile(
    r"(?:\w[\w+.-]*://)?(?:[^\s/@]+@)?(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\])(?::\d+)?(?:/|$)"
)


def is_this_machine(address: str) -> bool:
    """Whether an address, or a host, is of the machine that the notebook runs on.

    Examples:
        >>> is_this_machine("http://localhost:4040/api"), is_this_machine("localhost.example.org")
        (True, False)
    """
    return _HERE.match(address) is not None
