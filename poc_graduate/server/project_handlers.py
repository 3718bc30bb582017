"""Requests about exported projects: what they hold, their pages, their batches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from tornado import web

from poc_graduate.api import batch_page, score_page
from poc_graduate.api import score as scored
from poc_graduate.api.batching import processors
from poc_graduate.batch.lock import held
from poc_graduate.batch.workspace import JOURNAL
from poc_graduate.errors import InputError
from poc_graduate.report.errors import error_record
from poc_graduate.server import batches, operating
from poc_graduate.server.failures import NotFound
from poc_graduate.server.handling import Handler, permitted
from poc_graduate.server.job import pages
from poc_graduate.server.paths import relative
from poc_graduate.server.schema import request

_SANDBOX = "sandbox allow-popups allow-scripts; default-src 'none'; style-src 'unsafe-inline'; " \
    "script-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"  # fmt: skip
REPORT = "report.html"
"""Page of a batch, which is made when it is asked for."""


class ProjectHandler(Handler):
    """What an exported project holds."""

    @web.authenticated
    @permitted(action="read")
    async def get(self) -> None:
        """Its tasks, pages, parameters and batches; null where the folder is no project of ours."""
        named = self.get_argument("path", "").strip("/")
        path = await self.path(named)
        record = None
        if (path / "graduation" / "plan.yaml").is_file():
            record = await self.aside(_project, path, named)
            found = await self.at_once(_batches, path)
            record["batches"] = [
                {"path": name, **standing}
                for folder, standing in found
                if (name := await self._shown(folder)) is not None
            ]
            record["batch_to"] = relative(self.contents_manager, _new_batch(path)) or (
                f"{named}/batch".strip("/")
            )
        self.finish(json.dumps({"project": record}))

    async def _shown(self, folder: Path) -> str | None:
        """A folder as the browser names it; None where it may not see it."""
        name = relative(self.contents_manager, folder)
        try:
            return None if name is None else name if await self.path(name) else None
        except NotFound:
            return None


def _project(path: Path, named: str) -> dict[str, Any]:
    below = f"{named}/" if named else ""
    plan = yaml.safe_load((path / "graduation" / "plan.yaml").read_text(encoding="utf-8"))
    tasks = [
        {
            "name": stage["name"],
            "title": stage.get("title", stage["name"]),
            "script": f"{below}tasks/{stage['name']}.py",
            "executed": f"{below}products/{stage['name']}.ipynb"
            if (path / "products" / f"{stage['name']}.ipynb").is_file()
            else None,
        }
        for stage in plan["stages"]
    ]
    certificate = path / "graduation" / "certificate.json"
    proved = certificate.is_file() and json.loads(certificate.read_text("utf-8"))["equal"]
    try:
        parameters = batches.parameters(path)
    except InputError:  # without parameters there is no batch, and all else goes on
        parameters = []
    return {
        "path": named, "notebook": plan["notebook"], "proved": bool(proved), "tasks": tasks,
        "pages": pages(path), "parameters": parameters, "processors": processors(),
    }  # fmt: skip


def _readiness(project: Path) -> str:
    return score_page(scored(project, form=False))


def _batches(project: Path) -> list[tuple[Path, dict[str, Any]]]:
    return [(folder, batches.standing(folder)) for folder in batches.batches_of(project)]


def _new_batch(project: Path) -> Path:
    """A folder beside the project that does not exist."""
    number, folder = 1, project.with_name(f"{project.name}-batch")
    while folder.exists():
        number += 1
        folder = project.with_name(f"{project.name}-batch-{number}")
    return folder


class GridHandler(Handler):
    """Which runs a form asks for."""

    @web.authenticated
    @permitted(action="read")
    async def post(self) -> None:
        """A `GridRequest`; what does not fit is answered, too: it is asked while somebody types."""
        body = request(self.request.body, "GridRequest")
        project = await self.project(body["path"])
        try:
            runs, _ = await self.at_once(batches.grid, project, body["given"])
        except InputError as error:
            answer: dict[str, Any] = {"runs": 0, "columns": [], "problem": error_record(error)}
        else:
            answer = {**batches.described(runs), "problem": None}
        self.finish(json.dumps(answer))


class BatchHandler(Handler):
    """The runs of a batch."""

    @web.authenticated
    @permitted(action="read")
    async def get(self) -> None:
        """Some of its runs; null where the folder holds no batch yet."""
        named = self.get_argument("path", "").strip("/")
        asked = self.get_argument("start", "0")
        start = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
        folder = await self.path(named)
        found = None
        if (folder / JOURNAL).is_file():
            try:
                found = await self.at_once(batches.table, folder, start)
            except InputError:
                # Being begun: no run is planned yet. One that is damaged says so.
                if not await self.at_once(held, folder):
                    raise
        if found is not None:
            for notebook in (one for run in found["runs"] for one in run["notebooks"]):
                notebook["path"] = f"{named}/{notebook['path']}"
            found["path"] = named
        self.finish(json.dumps({"batch": found}))


class OperateHandler(Handler):
    """What can be chosen for operating a project."""

    @web.authenticated
    @permitted(action="read")
    async def get(self) -> None:
        """Parts with their choices, those that do not apply, and what is asked of people."""
        named = self.get_argument("path", "").strip("/")
        project = await self.project(named)
        self.finish(json.dumps(await self.aside(operating.choices, project, named)))


class ScoreHandler(Handler):
    """How ready a project is."""

    @web.authenticated
    @permitted(action="read")
    async def get(self) -> None:
        """Its score, by what ran before; nothing is run."""
        project = await self.project(self.get_argument("path", ""))
        self.finish(json.dumps({"score": await self.aside(operating.score, project)}))


class PagesHandler(Handler):
    """Pages of a project and of its batches, in a sandbox: they hold what a notebook showed."""

    @web.authenticated
    @permitted(action="read")
    async def get(self, named: str) -> None:
        """One page."""
        path = await self.path(named)
        if path.name == REPORT and (path.parent / JOURNAL).is_file():
            self._show((await self.at_once(batch_page, path.parent)).encode())
            return
        home = path.parent.parent
        ours = path.suffix == ".html" and path.parent.name == "graduation"
        ours = ours and (home / "graduation" / "plan.yaml").is_file()
        if ours and path.name == operating.READINESS:
            self._show((await self.aside(_readiness, home)).encode())
            return
        if not ours or not path.is_file():
            raise NotFound("there is no such page")
        self._show(path.read_bytes())

    def _show(self, page: bytes) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", _SANDBOX)
        self.finish(page, set_content_type="text/html; charset=utf-8")
