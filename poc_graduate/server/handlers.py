"""The requests below `/poc-graduate/`: authenticated, authorised, and within the server's root."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.utils import url_path_join
from tornado import web

from poc_graduate.server import operating
from poc_graduate.server.batches import GRID, grid
from poc_graduate.server.checking import Notebooks, Records, findings
from poc_graduate.server.failures import BadRequest, NotFound, Outdated
from poc_graduate.server.handling import Handler, permitted
from poc_graduate.server.jobs import Jobs
from poc_graduate.server.paths import relative
from poc_graduate.server.planning import export_files, planned
from poc_graduate.server.project_handlers import (
    BatchHandler,
    GridHandler,
    OperateHandler,
    PagesHandler,
    ProjectHandler,
    ScoreHandler,
)
from poc_graduate.server.schema import request

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

_JOB = ("id", "kind", "path", "state", "step", "done", "of", "error", "result")


class CheckHandler(Handler):
    """Findings of a notebook as it stands in the browser."""

    _waiting: Future[dict[str, Records]] | None = None

    @web.authenticated
    @permitted(action="read")
    async def post(self) -> None:
        """A `CheckRequest`; 409 where all cells have to be sent, or a newer request is there."""
        body = request(self.request.body, "CheckRequest")
        path = await self.path(body["path"])
        client, sequence = body["client"], body["sequence"]
        cells = self.notebooks.cells(client, sequence, body["cells"])

        def work() -> dict[str, Records]:
            if not self.notebooks.is_newest(client, sequence):
                raise Outdated("a newer request came while this one waited")
            return findings(cells, path, body["path"], body["language"], body["ignore"])

        pool: ThreadPoolExecutor = self.settings["poc_graduate_checks"]
        self._waiting = pool.submit(work)
        try:
            found = await asyncio.wrap_future(self._waiting)
        except asyncio.CancelledError:  # whoever asked is gone
            raise Outdated("nobody waits for the answer") from None
        whole, news = self.notebooks.news(client, sequence, body["seen"], found)
        hashes = {cell["id"]: cell["hash"] for cell in body["cells"]}
        told = [
            {"id": cell, "hash": hashes[cell], "findings": now}
            for cell, now in news.items()
            if cell in hashes
        ]
        self.finish(json.dumps({"sequence": sequence, "whole": whole, "cells": told}))

    def on_connection_close(self) -> None:
        """The browser has given up: what has not begun need not."""
        if self._waiting is not None:
            self._waiting.cancel()
        super().on_connection_close()


class ExplainHandler(Handler):
    """A rule's page."""

    @web.authenticated
    @permitted(action="read")
    async def get(self, code: str) -> None:
        """The page in Markdown."""
        from poc_graduate.report.rule_text import rule_page
        from poc_graduate.rules.run import rule_of

        rule = rule_of(code)
        if rule is None:
            raise NotFound(f"there is no rule {code[:40]}")
        self.finish(json.dumps({"code": rule.code, "name": rule.name, "text": rule_page(rule)}))


class PlanHandler(Handler):
    """What an export would do; nothing is run."""

    @web.authenticated
    @permitted(action="read")
    async def post(self) -> None:
        """A plan or a refusal, with the notebook's findings."""
        body = request(self.request.body, "PlanRequest")
        path = await self.notebook(body["path"])
        answer = await self.aside(planned, path, body["path"], body["content"], body["stages"])
        target = relative(self.contents_manager, path.with_suffix("")) or ""
        self.finish(json.dumps({**answer, "target": target}))


class JobsHandler(Handler):
    """All jobs, and new ones."""

    @web.authenticated
    @permitted(action="read")
    async def get(self) -> None:
        """The jobs of what this server serves, the newest first."""
        states = await self.at_once(self.work.jobs)
        shown = [job for state in states if (job := _job(self.contents_manager, state)) is not None]
        self.finish(json.dumps({"jobs": shown}))

    @web.authenticated
    @permitted(action="execute")
    async def post(self) -> None:
        """Begin one: exports and builds run the notebook's code, because they are asked to."""
        body = request(self.request.body, "JobRequest")
        if body["kind"] == "batch":
            await self._begin_batch(body)
            return
        if body["kind"] == "operate":
            await self._begin_operate(body)
            return
        if body["kind"] != "export":
            project = await self.project(body["path"])
            await self._begin({"kind": body["kind"], "subject": str(project)}, {})
            return
        notebook = await self.notebook(body["path"])
        if not body["to"].strip("/"):
            raise BadRequest("an export needs a folder of its own: `to`")
        target = await self.path(body["to"])
        asked = {"kind": "export", "subject": str(notebook), "to": str(target)}
        files = await self.aside(export_files, notebook, body["content"], body["stages"])
        await self._begin(asked, files)

    async def _begin_batch(self, body: dict[str, Any]) -> None:
        project, given = await self.project(body["path"]), body["given"]
        if not body["to"].strip("/"):
            raise BadRequest("a batch needs a folder of its own: `to`")
        target = await self.path(body["to"])
        if given is None and not (target / GRID).is_file():
            raise NotFound("there is no batch that was begun here")
        files = {}
        if given is not None:
            _, files[GRID] = await self.at_once(grid, project, given)
        asked = {"kind": "batch", "subject": str(project), "to": str(target)}
        await self._begin({**asked, "workers": body["workers"]}, files)

    async def _begin_operate(self, body: dict[str, Any]) -> None:
        project, answers = await self.project(body["path"]), body["answers"]
        await self.aside(operating.check, project, answers)
        asked = {"kind": "operate", "subject": str(project), "answers": answers}
        await self._begin({**asked, "dry_run": body["dry_run"]}, {})

    async def _begin(self, asked: dict[str, Any], files: dict[str, str]) -> None:
        state = await self.at_once(self.work.start, asked, files)
        self.set_status(201)
        self.finish(json.dumps(_job(self.contents_manager, state)))


def _job(contents: Any, state: dict[str, Any]) -> dict[str, Any] | None:
    """A job as the browser knows it; None where it is about what this server does not serve."""
    path, result = relative(contents, Path(state["subject"])), state["result"]
    if result is not None:
        project = relative(contents, Path(result["project"]))
        if project is None:
            return None
        result = {**result, "project": project}
    if path is None:
        return None
    shown = {**state, "path": path, "result": result}
    return {key: shown[key] for key in _JOB}


class JobHandler(Handler):
    """One job."""

    @web.authenticated
    @permitted(action="read")
    async def get(self, name: str) -> None:
        """How it stands."""
        self.finish(json.dumps(await self._shown(name)))

    @web.authenticated
    @permitted(action="execute")
    async def delete(self, name: str) -> None:
        """End it."""
        await self._shown(name)
        await self.at_once(self.work.cancel, name)
        self.finish(json.dumps(await self._shown(name)))

    async def _shown(self, name: str) -> dict[str, Any]:
        state = await self.at_once(self.work.job, name)
        job = None if state is None else _job(self.contents_manager, state)
        if job is None:
            raise NotFound("there is no such job")
        return job


def add_handlers(server: ServerApp) -> None:
    """Bring the requests into a server, and what they need."""
    settings = server.web_app.settings
    jobs = Jobs(Path(jupyter_runtime_dir()) / "poc_graduate")
    jobs.watch()
    settings["poc_graduate_notebooks"] = Notebooks()
    settings["poc_graduate_jobs"] = jobs
    # A long plan keeps no check waiting. Of each kind one at a time: they are bound by the CPU.
    settings["poc_graduate_checks"] = ThreadPoolExecutor(1, thread_name_prefix="poc-check")
    settings["poc_graduate_plans"] = ThreadPoolExecutor(1, thread_name_prefix="poc-plan")
    routes = [
        ("check", CheckHandler),
        (r"explain/([^/]+)", ExplainHandler),
        ("plan", PlanHandler),
        ("jobs", JobsHandler),
        (r"jobs/([^/]+)", JobHandler),
        ("project", ProjectHandler),
        ("grid", GridHandler),
        ("batch", BatchHandler),
        ("operate", OperateHandler),
        ("score", ScoreHandler),
        (r"pages/(.+)", PagesHandler),
    ]
    base = settings["base_url"]
    server.web_app.add_handlers(  # type: ignore[no-untyped-call]
        ".*$", [(url_path_join(base, "poc-graduate", path), handler) for path, handler in routes]
    )
