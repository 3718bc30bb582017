"""`%graduate panel`: findings and export with buttons, for those who have no extension.

The export runs in a process of its own while the kernel stays free: its progress is read by the
kernel's own event loop, between cells.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from poc_graduate import api
from poc_graduate.errors import GraduateError
from poc_graduate.magics.buttons import answers_to, tight
from poc_graduate.magics.exporting import PATIENCE, WORKER, announcement, environment, request
from poc_graduate.report.errors import error_sentence
from poc_graduate.report.exported import exported_html, progress_html
from poc_graduate.report.flags import MARKS
from poc_graduate.rules.finding import Finding, Severity
from poc_graduate.settings import read_settings

ALL = "all"
_LONGEST = 110
_LINE = 1 << 24
"""Bytes of one line of the worker: the diff of a whole project is one."""


class Panel:
    """Widgets about one notebook.

    Args:
        notebook: Its file.

    Attributes:
        box: What is displayed.
        shown: Chooses what is listed, by severity.
        listed: The findings, one a line.
        details: What is said of the one that is chosen.
        refresh: Looks at the file again.
        output: Folder of the project.
        export: Begins the export.
        cancel: Ends it.
        result: How far the export is, and what came of it.
        task: The export that is going on, or was the last.
    """

    def __init__(self, notebook: Path) -> None:
        import ipywidgets as widgets

        self._notebook = notebook
        self._found: tuple[Finding, ...] = ()
        self._sources: dict[int, str] = {}
        self._worker: asyncio.subprocess.Process | None = None
        self.task: asyncio.Task[None] | None = None
        wide = widgets.Layout(width="auto")
        self.shown = widgets.Dropdown(
            options=[ALL, *(str(one) for one in Severity)], description="Show", layout=wide
        )
        self.refresh = widgets.Button(
            description="Refresh", tooltip="Look at the saved file again", layout=wide
        )
        self.listed = widgets.Select(
            rows=8,
            layout=widgets.Layout(width="calc(100% - 4px)"),
            tooltip="Findings of the notebook",
        )
        self.details = widgets.HTML(
            layout=widgets.Layout(max_height="260px", overflow="auto", margin="4px 2px 10px")
        )
        self.output = widgets.Text(
            value=str(notebook.with_name(api.package_name(notebook)).name),
            description="Project",
            placeholder="folder of the project",
        )
        self.export = widgets.Button(
            description="Export",
            button_style="primary",
            tooltip=announcement(notebook),
            layout=wide,
        )
        self.cancel = widgets.Button(description="Cancel", disabled=True, layout=wide)
        self.result = widgets.HTML()
        self.box = widgets.VBox(
            [
                widgets.HTML(f"<b>{escape(notebook.name)}</b>"),
                widgets.HBox([self.shown, self.refresh]),
                self.listed,
                self.details,
                widgets.HBox([self.output, self.export, self.cancel]),
                self.result,
            ]
        )
        self.shown.observe(lambda _: self._list(), "value")
        self.listed.observe(lambda _: self._explain(), "value")
        self.refresh.on_click(lambda _: self.look())
        self.export.on_click(lambda _: self.begin())
        self.cancel.on_click(lambda _: self._stop(signal.SIGINT))
        self.look()

    def look(self) -> None:
        """Ask for the findings of the file as it is now."""
        self.details.value = ""
        try:
            settings = read_settings(self._notebook.parent)
            survey = api.check_all([self._notebook], settings=settings)
            for error in survey.errors:
                raise error
        except (GraduateError, OSError) as error:
            self._found = ()
            self.details.value = f"<p>{escape(_sentence(error))}</p>"
        else:
            from poc_graduate.notebook.read import read

            self._found = tuple(finding for _, finding in survey.findings)
            cells = read(self._notebook).cells
            self._sources = {number: cell.source for number, cell in enumerate(cells, 1)}
        self._list()

    def begin(self) -> None:
        """Start the export; it goes on while other cells run."""
        if self.task is None or self.task.done():
            self.export.disabled, self.cancel.disabled = True, False
            self.task = asyncio.get_running_loop().create_task(self._export())

    def _list(self) -> None:
        chosen = [one for one in self._found if self.shown.value in (ALL, str(one.severity))]
        self.listed.options = [(_line(one), number) for number, one in enumerate(chosen)]
        self.listed.value = None
        self.listed.description = ""
        self._chosen = chosen

    def _explain(self) -> None:
        if self.listed.value is None:
            return
        finding = self._chosen[self.listed.value]
        source = self._sources.get(finding.place.cell, "")
        parts = [
            f'<p style="margin:8px 0 0"><b>{escape(name)}</b></p>{html}'
            for name, html in answers_to(source, finding).items()
        ]
        self.details.value = tight(f"<p>{escape(finding.message)}</p>{''.join(parts)}")

    async def _export(self) -> None:
        self._say(announcement(self._notebook))
        try:
            self.result.value = await self._answer()
        except (GraduateError, OSError) as error:
            self.result.value = f'<p role="alert">{escape(_sentence(error))}</p>'
        finally:
            self.export.disabled, self.cancel.disabled = False, True
            self._worker = None

    async def _answer(self) -> str:
        folder = Path(os.path.abspath(self._notebook.parent / (self.output.value or ".")))
        pipe = asyncio.subprocess.PIPE
        self._worker = worker = await asyncio.create_subprocess_exec(
            *WORKER, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL,
            env=environment(), start_new_session=True, limit=_LINE,
        )  # fmt: skip
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(json.dumps(request(self._notebook, output=folder)).encode())
        worker.stdin.close()
        last: dict[str, Any] = {}
        try:
            async for line in worker.stdout:
                last = json.loads(line)
                if "what" in last:
                    self._say(last["what"], last["done"], last["total"])
            await worker.wait()
        finally:
            self._stop(signal.SIGKILL)
        if "error" in last:
            raise GraduateError(last["error"])
        if "answer" not in last:
            raise GraduateError("the export was stopped; nothing was written")
        return exported_html(last["answer"], os.path.relpath(folder))

    def _say(self, what: str, done: int = 0, total: int = 0) -> None:
        self.result.value = progress_html(what, done, total)

    def _stop(self, kind: signal.Signals) -> None:
        """Ask the worker to put its scratch copies away; after a while, end it."""
        worker = self._worker
        if worker is None or worker.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker.pid, kind)
        if kind is signal.SIGINT:
            later: Callable[[signal.Signals], None] = self._stop
            asyncio.get_running_loop().call_later(PATIENCE, later, signal.SIGKILL)


def _line(finding: Finding) -> str:
    text = (
        f"{MARKS[finding.severity]} cell {finding.place.cell}, line {finding.place.line}: "
        f"{finding.code} {finding.message}"
    )
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _sentence(error: Exception) -> str:
    return error_sentence(error) if isinstance(error, GraduateError) else str(error)
