"""Every error that a user can meet, with the place it is about and what to do.

GraduateError
├── InputError      the notebook, plan or folder given cannot be used             exit status 2
│   └── NoCode      a notebook of text only                                       exit status 2
├── UsageError      the command was called with arguments that do not fit         exit status 2
├── TaskFailed      a task of a pipeline raised while it was built                exit status 1
├── KernelError     no kernel, or the kernel died while the notebook ran          exit status 2
├── CutShort        a batch that had begun cannot go on                           exit status 1
└── Refusal         the notebook was understood and cannot be converted honestly  exit status 3
    └── CellFailed  a cell raised, or did not end, in the observed run            exit status 3
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from poc_graduate.notebook.model import Place


def meant(word: object, known: Iterable[str], otherwise: str = "", *, near: float = 0.6) -> str:
    """What somebody may have wanted to write.

    Args:
        word: What was written.
        known: What could have been.
        otherwise: Said where nothing of it is near.
        near: How near, from 0 to 1, by `difflib`'s measure.

    Returns:
        A question that names the nearest word, or `otherwise`.

    >>> meant("colour", ["color", "size"], "there are color, size")
    'did you mean `color`?'
    >>> meant("x", ["color", "size"], "there are color, size")
    'there are color, size'
    """
    from difflib import get_close_matches

    names = list(known)
    text = str(word)
    same = [name for name in names if name.lower() == text.lower()]
    close = same or get_close_matches(text, names, 1, near)
    return f"did you mean `{close[0]}`?" if close else otherwise


class GraduateError(Exception):
    """Something the user has to know: where, what was found, and what to do.

    Args:
        found: What was found, one sentence without a full stop; or that, with a list below.
        remedy: What to do about it, imperative; empty where nothing can be done.
        place: The cell and line it is about, if there is one.
    """

    exit_status: ClassVar[int] = 2

    def __init__(self, found: str, *, remedy: str = "", place: Place | None = None) -> None:
        super().__init__(found)
        self.found = found
        self.remedy = remedy
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place is not None else ""
        if not self.remedy:
            return f"{where}{self.found}"
        if "\n" in self.found:
            return f"{where}{self.found}\n{self.remedy[0].upper()}{self.remedy[1:]}"
        # What others said may end in a mark of its own.
        found = self.found if self.found.endswith(("?", "!")) else f"{self.found.rstrip('.')}."
        return f"{where}{found} {self.remedy[0].upper()}{self.remedy[1:]}"


class InputError(GraduateError):
    """The notebook, plan or folder given cannot be used."""


class NoCode(InputError):
    """The notebook holds text only."""


class UsageError(GraduateError):
    """The command was called with arguments that do not fit together."""


class TaskFailed(GraduateError):
    """A task of a pipeline raised while it was built."""

    exit_status: ClassVar[int] = 1


class KernelError(GraduateError):
    """No kernel could be started, or it died."""


class CutShort(GraduateError):
    """A batch that had begun cannot go on; what is done stays done."""

    exit_status = 1


class Refusal(GraduateError):
    """The notebook cannot be converted without risking another result."""

    exit_status = 3


class CellFailed(Refusal):
    """A cell raised an exception, or did not end in time, in the observed run."""
