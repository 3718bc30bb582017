"""The requests below `/poc-graduate/`: authenticated, authorised, and within the server's root."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml
from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from poc_graduate.errors import GraduateError, Refusal
from poc_graduate.report.errors import error_record
from poc_graduate.server.checking import Notebooks, Resend, findings
from poc_graduate.server.job import pages
from poc_graduate.server.jobs import Jobs
from poc_graduate.server.paths import allowed, relative

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

_LARGEST = 64 * 1024 * 1024
"""Bytes of a request."""
_SANDBOX = "sandbox allow-popups allow-scripts; default-src 'none'; style-src 'unsafe-inline'; " \
    "script-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"  # fmt: skip
_KINDS = ("export", "build", "test", "verify")
_NOBODY = dict.fromkeys(("cell", "cell_id", "line", "column"))
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
        """Call off the event loop, one at a time."""
        pool: ThreadPoolExecutor = self.settings["poc_graduate_pool"]
        return await asyncio.get_running_loop().run_in_executor(
            pool, functools.partial(function, *args)
        )

    def asked(self, *needed: str) -> dict[str, Any]:
        """The request's body.

        Raises:
            HTTPError: 413 where it is huge, 400 where it is no record or lacks a key.
        """
        if len(self.request.body) > _LARGEST:
            raise web.HTTPError(413, "the request is too large")
        try:
            body = json.loads(self.request.body)
        except ValueError:
            raise web.HTTPError(400, "the request is no JSON") from None
        if not isinstance(body, dict) or any(key not in body for key in needed):
            raise web.HTTPError(400, f"the request needs {', '.join(needed)}")
        return body

    async def path(self, named: Any) -> Path:
        """The file or folder that a path of the browser's means."""
        if not isinstance(named, str):
            raise web.HTTPError(400, "a path is a text")
        return await allowed(self.contents_manager, named)

    async def notebook(self, named: Any) -> Path:
        """A notebook that is there."""
        path = await self.path(named)
        if not path.is_file():
            raise web.HTTPError(404, "there is no such path")
        return path

    async def project(self, named: Any) -> Path:
        """A project of ours that is there."""
        path = await self.path(named)
        if not (path / "graduation" / "plan.yaml").is_file():
            raise web.HTTPError(404, "there is no project of poc_graduate")
        return path

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Errors as one record, never a traceback."""
        failure = kwargs.get("exc_info", (None, None, None))[1]
        self.set_header("Content-Type", "application/json")
        if isinstance(failure, GraduateError):
            self.set_status(422)
            self.finish(json.dumps({"error": error_record(failure)}))
            return
        said = failure.log_message if isinstance(failure, web.HTTPError) else None
        found = said or {403: "it is not allowed", 404: "there is nothing"}.get(
            status_code, "the server failed; its log says why"
        )
        error = {"type": "HTTPError", "message": found, "found": found, "remedy": "", **_NOBODY}
        self.finish(json.dumps({"error": error}))


class CheckHandler(_Handler):
    """Findings of a notebook as it stands in the browser."""

    @web.authenticated
    @_authorized(action="read")
    async def post(self) -> None:
        """Cells in, findings out; 409 where a cell is not known and all have to be sent."""
        body = self.asked("path", "client", "cells")
        path = await self.path(body["path"])
        try:
            cells = self.notebooks.cells(str(body["client"]), body["cells"])
        except Resend:
            raise web.HTTPError(409, "send all cells") from None
        except (KeyError, TypeError, AttributeError):
            raise web.HTTPError(400, "cells need id and type") from None
        ignore = body.get("ignore", [])
        if not isinstance(ignore, list):
            raise web.HTTPError(400, "`ignore` is a list of codes")
        ignore = [str(code) for code in ignore]
        found = await self.aside(findings, cells, path, str(body["path"]), ignore)
        self.finish(json.dumps({"findings": found}))


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
            raise web.HTTPError(404, f"there is no rule {code[:40]}")
        self.finish(json.dumps({"code": rule.code, "name": rule.name, "text": rule_page(rule)}))


class PlanHandler(_Handler):
    """What an export would do; nothing is run."""

    @web.authenticated
    @_authorized(action="read")
    async def post(self) -> None:
        """A plan or a refusal, with the notebook's findings."""
        body = self.asked("path")
        path = await self.notebook(body["path"])
        answer = await self.aside(_plan, path, str(body["path"]))
        target = path.with_suffix("")
        self.finish(json.dumps({**answer, "target": relative(self.contents_manager, target)}))


def _plan(path: Path, named: str) -> dict[str, Any]:
    from dataclasses import asdict

    from poc_graduate import api
    from poc_graduate.plan.flow import edges
    from poc_graduate.report.findings import as_record

    found = [as_record(named, one) for one in api.check(path)]
    try:
        plan = api.plan(path)
    except Refusal as refusal:
        return {"plan": None, "refusal": error_record(refusal), "findings": found}
    record = json.loads(json.dumps(asdict(plan), default=str))
    crossing = [
        {"source": edge.source, "target": edge.target, "names": list(edge.names)}
        for edge in edges(plan)
    ]
    plain = {**record, "crossing": crossing, "yaml": plan.to_yaml()}
    return {"plan": plain, "refusal": None, "findings": found}


class JobsHandler(_Handler):
    """All jobs, and new ones."""

    @web.authenticated
    @_authorized(action="read")
    async def get(self) -> None:
        """The jobs, the newest first."""
        self.finish(json.dumps({"jobs": self.work.jobs()}))

    @web.authenticated
    @_authorized(action="execute")
    async def post(self) -> None:
        """Begin one: exports and builds run the notebook's code, because they are asked to."""
        body = self.asked("kind", "path")
        kind = body["kind"]
        if kind not in _KINDS:
            raise web.HTTPError(400, f"a job is one of {', '.join(_KINDS)}")
        if kind != "export":
            project = await self.project(body["path"])
            request = {"kind": kind, "project": str(project), "named": body["path"]}
            self._begin(request, body["path"])
            return
        notebook = await self.notebook(body["path"])
        named = str(body.get("to") or "")
        if not named.strip("/"):
            raise web.HTTPError(400, "an export needs a folder of its own: `to`")
        target = await self.path(named)
        stages = body.get("stages")
        plan = None if not stages else await self.aside(_edited, notebook, stages)
        request = {
            "kind": kind, "notebook": str(notebook), "to": str(target), "named": named.strip("/"),
        }  # fmt: skip
        self._begin(request, body["path"], plan)

    def _begin(self, request: dict[str, Any], path: str, plan: str | None = None) -> None:
        self.set_status(201)
        self.finish(json.dumps(self.work.start(request, path, plan)))


def _edited(notebook: Path, stages: Sequence[dict[str, Any]]) -> str:
    """The plan with other stages, as YAML."""
    from poc_graduate import api

    record = yaml.safe_load(api.plan(notebook).to_yaml())
    try:
        record["stages"] = [
            {"name": str(s["name"]), "title": str(s["title"]), "cells": list(map(int, s["cells"]))}
            for s in stages
        ]
    except (KeyError, TypeError, ValueError):
        raise web.HTTPError(400, "stages need name, title and cells") from None
    return yaml.safe_dump(record, sort_keys=False, allow_unicode=True)


class JobHandler(_Handler):
    """One job."""

    @web.authenticated
    @_authorized(action="read")
    async def get(self, name: str) -> None:
        """How it stands."""
        self.work.look()
        self._answer(self.work.job(name))

    @web.authenticated
    @_authorized(action="execute")
    async def delete(self, name: str) -> None:
        """End it."""
        # Not behind checks that wait: somebody wants it to end.
        loop = asyncio.get_running_loop()
        self._answer(await loop.run_in_executor(None, self.work.cancel, name))

    def _answer(self, job: dict[str, Any] | None) -> None:
        if job is None:
            raise web.HTTPError(404, "there is no such job")
        self.finish(json.dumps(job))


class ProjectHandler(_Handler):
    """What an exported project holds."""

    @web.authenticated
    @_authorized(action="read")
    async def get(self) -> None:
        """Its tasks and pages; null where the folder is no project of ours."""
        named = self.get_argument("path", "")
        path = await self.path(named)
        found = path / "graduation" / "plan.yaml"
        record = _project(path, named) if found.is_file() else None
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
            raise web.HTTPError(404, "there is no such page")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", _SANDBOX)
        self.finish(path.read_bytes(), set_content_type="text/html; charset=utf-8")


def add_handlers(server: ServerApp) -> None:
    """Bring the requests into a server."""
    settings = server.web_app.settings
    settings["poc_graduate_notebooks"] = Notebooks()
    settings["poc_graduate_jobs"] = Jobs(Path(jupyter_runtime_dir()) / "poc_graduate")
    settings["poc_graduate_pool"] = ThreadPoolExecutor(1, thread_name_prefix="poc-graduate")
    routes = [
        ("check", CheckHandler),
        (r"explain/([\w-]+)", ExplainHandler),
        ("plan", PlanHandler),
        ("jobs", JobsHandler),
        (r"jobs/([\w-]+)", JobHandler),
        ("project", ProjectHandler),
        (r"pages/(.+)", PagesHandler),
    ]
    base = settings["base_url"]
    server.web_app.add_handlers(  # type: ignore[no-untyped-call]
        ".*$", [(url_path_join(base, "poc-graduate", path), handler) for path, handler in routes]
    )
