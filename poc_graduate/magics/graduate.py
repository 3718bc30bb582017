"""`%graduate`: the line is parsed when it is typed; until then little is loaded."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from poc_graduate.magics import complete, stages
from poc_graduate.magics.history import Executed, History, earlier

if TYPE_CHECKING:
    from poc_graduate.magics.live import Live

HELP = """%graduate: what would bite this notebook in production, and the way there.

  %graduate live on|off        flags below each cell that you run
  %graduate check              the shortcuts in the whole notebook
  %graduate panel              shortcuts and export with buttons
  %graduate readiness          what an export would do, in short; of a PROJECT its score
  %graduate plan               how it would be cut into tasks
  %graduate export             make a Ploomber project of it, and prove it
  %graduate batch              run it for each run of a grid of parameters
  %graduate operate PROJECT    generate what an exported project needs to be operated
  %graduate score PROJECT      how ready an exported project is
  %graduate explain CODE       what a rule finds, and why it bites
  %%graduate fix               on top of a cell: put the mended text in its place
  %%stage NAME                 on top of a cell: the stage it belongs to

`%graduate COMMAND --help` shows the options, which are those of the command line. The Tab key
completes commands, options and codes. Nothing here changes your names, generators or results.
"""


class Magics:
    """All that the extension brings into one shell.

    Args:
        shell: The IPython shell.

    Attributes:
        shell: The same.
        history: What was run so far.
        live: What looks at each cell, while that is on.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.history = History(earlier(shell))
        self.live: Live | None = None

    @property
    def rich(self) -> bool:
        """Whether there is a frontend that shows HTML."""
        return hasattr(self.shell, "kernel")

    def start(self) -> None:
        """Register magics, completion and what is called round each cell."""
        self.shell.events.register("pre_run_cell", self.before_cell)
        self.shell.events.register("post_run_cell", self.after_cell)
        self.shell.register_magic_function(self._magic(), "line_cell", "graduate")
        stages.install(self.shell)
        complete.install(self.shell)

    def stop(self) -> None:
        """Take all of it back."""
        self.live = None
        self.shell.events.unregister("pre_run_cell", self.before_cell)
        self.shell.events.unregister("post_run_cell", self.after_cell)
        for kind in ("line", "cell"):
            self.shell.magics_manager.magics[kind].pop("graduate", None)
        stages.remove(self.shell)
        complete.remove(self.shell)

    def before_cell(self, info: Any) -> None:
        """Called by IPython."""
        ours = (info.raw_cell or "").lstrip().startswith("%%graduate")
        if self.live is not None and info.store_history and not ours:
            self.live.before(info.raw_cell or "", getattr(info, "cell_id", None) or "")

    def after_cell(self, result: Any) -> None:
        """Called by IPython."""
        info = getattr(result, "info", None)
        if info is None or not info.store_history or not (info.raw_cell or "").strip():
            return
        if info.raw_cell.lstrip().startswith("%%graduate"):
            return
        run = Executed(
            result.execution_count or 0,
            getattr(info, "cell_id", None) or "",
            info.raw_cell,
            bool(result.success),
            time.time(),
        )
        if self.live is not None:
            self.live.after(run)
        self.history.add(run)

    def _magic(self) -> Any:
        def graduate(line: str, cell: str | None = None) -> None:
            from poc_graduate.magics import commands

            commands.call(self, line, cell)

        graduate.__doc__ = HELP
        return graduate
