"""The magics: `%load_ext poc_graduate`, then `%graduate …` and `%%stage NAME`.

history.py       the cells that were run here, as a notebook
live.py          flags below each cell
evidence.py profile.py     what the namespace tells the rules, worked out when one asks
buttons.py       fix, explain and ignore, by ipywidgets
graduate.py      `%graduate` and its commands
readiness.py     what an export would do, in short
exporting.py worker.py     an export in a process of its own
where.py         which notebook this is
stages.py        `%%stage`
complete.py      what the Tab key offers
"""

from __future__ import annotations

import os
from typing import Any

OBSERVED = "POC_OBSERVED"
"""Set where a notebook runs to be compared with its pipeline: there the magics show nothing."""
_ATTRIBUTE = "_poc_graduate_magics"


def load(shell: Any) -> None:
    """Bring the magics into an IPython shell; its namespace stays as it is.

    Args:
        shell: The `InteractiveShell` that asks.
    """
    if getattr(shell, _ATTRIBUTE, None) is not None:
        return
    if os.environ.get(OBSERVED):
        from poc_graduate.magics import stages

        stages.install(shell)
        shell.register_magic_function(_silent, "line_cell", "graduate")
        return
    from poc_graduate.magics.graduate import Magics

    magics = Magics(shell)
    magics.start()
    setattr(shell, _ATTRIBUTE, magics)


def _silent(line: str, cell: str | None = None) -> None:
    """What `%graduate` does while the notebook is compared: nothing."""


def unload(shell: Any) -> None:
    """Take everything back that `load` brought.

    Args:
        shell: The shell.
    """
    magics = getattr(shell, _ATTRIBUTE, None)
    if magics is not None:
        magics.stop()
        delattr(shell, _ATTRIBUTE)
