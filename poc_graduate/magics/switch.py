"""Live flags switched on and off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.errors import GraduateError
from poc_graduate.magics import screen, where

if TYPE_CHECKING:
    from poc_graduate.magics.graduate import Magics
    from poc_graduate.rules.finding import Finding


def live(
    magics: Magics, state: str | None, *, select: tuple[str, ...], ignore: tuple[str, ...]
) -> None:
    """Switch live flags, or say whether they are on.

    Args:
        magics: The extension.
        state: `on`, `off`, or None to ask.
        select: Codes to run; by default those of the settings.
        ignore: Codes left out, beside those of the settings.
    """
    if state is None:
        print(f"Live flags are {'on' if magics.live is not None else 'off'}.")
        return
    if state == "off":
        magics.live = None
        print("Live flags are off.")
        return
    from poc_graduate.magics import buttons
    from poc_graduate.magics.live import Live
    from poc_graduate.rules import run
    from poc_graduate.settings import read_settings

    path = _quietly(magics)
    settings = read_settings(path.parent if path else Path.cwd())
    left_out = (*settings.ignore, *ignore, *(settings.ignored_in(path) if path else ()))
    codes = run.chosen(select or settings.select, left_out)
    widgets = magics.rich and buttons.available()

    def show(source: str, found: tuple[Finding, ...]) -> None:
        screen.flags(magics, found)
        if widgets:
            buttons.show(source, found)

    live_flags = Live(magics.shell, lambda: magics.history, codes=codes, show=show, path=path)
    live_flags.warm()
    magics.live = live_flags
    print("Live flags are on: what would bite in production is said below the cell that does it.")


def _quietly(magics: Magics) -> Path | None:
    try:
        return where.find(magics.shell, [run.source for run in magics.history.runs]).path
    except GraduateError:  # only the settings of a file depend on it
        return None
