"""A stretch of time in which nothing warns, of which no trace is left."""

from __future__ import annotations

import warnings
from types import TracebackType

_SILENCE = ("ignore", None, Warning, None, 0)


class Quiet:
    """Warnings are off inside.

    Not `warnings.catch_warnings`: leaving it makes Python forget which warnings it has shown once,
    and we may be a guest in the process of a user who would see them again.
    """

    def __enter__(self) -> None:
        warnings.filters.insert(0, _SILENCE)  # type: ignore[attr-defined]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for place, one in enumerate(warnings.filters):
            if one is _SILENCE:
                del warnings.filters[place]  # type: ignore[attr-defined]
                break
