"""The requests below `/poc-graduate/`: authenticated, authorised, and within the server's root."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml
from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from poc_graduate.errors import GraduateError
from poc_graduate.report.errors import error_record
from poc_graduate.server.checking import Notebooks, Records, findings
from poc_graduate.server.failures import (
    BadRequest,
    Fault,
    Forbidden,
    NotFound,
    Outdated,
    RequestFailed,
)
from poc_graduate.server.job import pages
from poc_graduate.server.jobs import Jobs
from poc_graduate.server.paths import allowed, relative
from poc_graduate.server.planning import export_files, planned
from poc_graduate.server.schema import request

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

_SANDBOX = "sandbox allow-popups allow-scripts; default-src 'none'; style-src 'unsafe-inline'; " \
    "script-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"  # fmt: skip
_JOB = ("id", "kind", "path", "state", "step", "done", "of", "error", "result")
T = TypeVar("T")
Method = TypeVar("Method", bound=Callable[..., Any])


def _authorized(action: str) -> Callable[[Method], Method]:
    """Jupyter Server's decorator, which has no types."""
    return cast(Callable[[Method], Method], authorized(action=action))


class _Handler(APIHandler):
    """What all requests share: who may ask, where a path leads, how errors look."""

    auth_resource = "poc_graduate"

    @property
    def notebooks(self) -> Notebooks:
        """The cells of open notebooks."""
        return cast(Notebooks, self.settings["poc_graduate_notebooks"])

    @property
    def work(self) -> Jobs:
        """The jobs."""
        return cast(Jobs, self.settings["poc_graduate_jobs"])

    async def aside(self, function: Callable[..., T], *args: Any) -> T:
        """Call what takes long off the event loop, one at a time."""
        pool: Executor = self.settings["poc_graduate_plans"]
        return await asyncio.get_running_loop().run_in_executor(pool, function, *args)

    async def at_once(self, function: Callable[..., T], *args: Any) -> T:
        """Call what waits for files and processes, which keeps nobody else waiting."""
        return await asyncio.get_running_loop().run_in_executor(None, function, *args)

    async def path(self, named: str) -> Path:
        """The file or folder that a path of the browser's means."""
        return await allowed(self.contents_manager, named)

    async def notebook(self, named: str) -> Path:
        """A notebook that is there."""
        path = await self.path(named)
        if not path.is_file():
            raise NotFound("there is no such path")
        return path

    async def project(self, named: str) -> Path:
        """A project of ours that is there."""
        path = await self.path(named)
        if not (path / "graduation" / "plan.yaml").is_file():
            raise NotFound("there is no project of poc_graduate")
        return path

    def log_exception(self, kind: Any, failure: Any, trace: Any) -> None:
        """Only defects are for the log: what was refused is for whoever asked."""
        if not isinstance(failure, GraduateError):
            super().log_exception(kind, failure, trace)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Errors as one record, never a traceback."""
        failure = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(failure, RequestFailed):
            status_code = failure.status
        elif isinstance(failure, GraduateError):
            status_code = 422
        else:
            failure = _plain(status_code, failure)
        self.set_status(status_code)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"error": error_record(failure)}))


def _plain(status: int, failure: BaseException | None) -> GraduateError:
    """What Jupyter Server refused, and what nobody foresaw, in our words."""
    said = failure.log_message if isinstance(failure, web.HTTPError) else None
    if status == 403:
        return Forbidden(said or "it is not allowed")
    if status == 404:
        return NotFound(said or "there is nothing")
    if status < 500:
        return BadRequest(said or f"the request was refused with status {status}")
    return Fault("the server failed", remedy="its log says why")


class CheckHandler(_Handler):
    """Findings of a notebook as it stands in the browser."""

    _waiting: Future[dict[str, Records]] | None = None

    @web.authenticated
    @_authorized(action="read")
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


class ExplainHandler(_Handler):
    """A rule's page."""

    @web.authenticated
    @_authorized(action="read")
    async def get(self, code: str) -> None:
        """The page in Markdown."""
        from poc_graduate.report.rule_text import rule_page
        from poc_graduate.rules.run import rule_of

        rule = rule_of(code)
        if rule is None:
            raise NotFound(f"there is no rule {code[:40]}")
        self.finish(json.dumps({"code": rule.code, "name": rule.name, "text": rule_page(rule)}))


class PlanHandler(_Handler):
    """What an export would do; nothing is run."""

    @web.authenticated
    @_authorized(action="read")
    async def post(self) -> None:
        """A plan or a refusal, with the notebook's findings."""
        body = request(self.request.body, "PlanRequest")
        path = await self.notebook(body["path"])
        answer = await self.aside(planned, path, body["path"], body["content"], body["stages"])
        target = relative(self.contents_manager, path.with_suffix("")) or ""
        self.finish(json.dumps({**answer, "target": target}))


class JobsHandler(_Handler):
    """All jobs, and new ones."""

    @web.authenticated
    @_authorized(action="read")
    async def get(self) -> None:
        """The jobs of what this server serves, the newest first."""
        states = await self.at_once(self.work.jobs)
        shown = [job for state in states if (job := _job(self.contents_manager, state)) is not None]
        self.finish(json.dumps({"jobs": shown}))

    @web.authenticated
    @_authorized(action="execute")
    async def post(self) -> None:
        """Begin one: exports and builds run the notebook's code, because they are asked to."""
        body = request(self.request.body, "JobRequest")
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


class JobHandler(_Handler):
    """One job."""

    @web.authenticated
    @_authorized(action="read")
    async def get(self, name: str) -> None:
        """How it stands."""
        self.finish(json.dumps(await self._shown(name)))

    @web.authenticated
    @_authorized(action="execute")
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


class ProjectHandler(_Handler):
    """What an exported project holds."""

    @web.authenticated
    @_authorized(action="read")
    async def get(self) -> None:
        """Its tasks and pages; null where the folder is no project of ours."""
        named = self.get_argument("path", "")
        path = await self.path(named)
        found = path / "graduation" / "plan.yaml"
        record = await self.aside(_project, path, named) if found.is_file() else None
        self.finish(json.dumps({"project": record}))


def _project(path: Path, named: str) -> dict[str, Any]:
    plan = yaml.safe_load((path / "graduation" / "plan.yaml").read_text(encoding="utf-8"))
    tasks = [
        {
            "name": stage["name"],
            "title": stage.get("title", stage["name"]),
            "script": f"{named}/tasks/{stage['name']}.py",
            "executed": f"{named}/products/{stage['name']}.ipynb"
            if (path / "products" / f"{stage['name']}.ipynb").is_file()
            else None,
        }
        for stage in plan["stages"]
    ]
    certificate = path / "graduation" / "certificate.json"
    proved = certificate.is_file() and json.loads(certificate.read_text("utf-8"))["equal"]
    return {
        "path": named, "notebook": plan["notebook"], "proved": bool(proved), "tasks": tasks,
        "pages": pages(path), "runs": [],
    }  # fmt: skip


class PagesHandler(_Handler):
    """A project's pages, in a sandbox: they hold what a notebook showed."""

    @web.authenticated
    @_authorized(action="read")
    async def get(self, named: str) -> None:
        """One page."""
        path = await self.path(named)
        home = path.parent.parent
        ours = path.suffix == ".html" and path.parent.name == "graduation"
        if not ours or not (home / "graduation" / "plan.yaml").is_file() or not path.is_file():
            raise NotFound("there is no such page")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", _SANDBOX)
        self.finish(path.read_bytes(), set_content_type="text/html; charset=utf-8")


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
        (r"pages/(.+)", PagesHandler),
    ]
    base = settings["base_url"]
    server.web_app.add_handlers(  # type: ignore[no-untyped-call]
        ".*$", [(url_path_join(base, "poc-graduate", path), handler) for path, handler in routes]
    )
