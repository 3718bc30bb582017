"""What all requests share: who may ask, where a path leads, how errors look."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, TypeVar, cast

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from poc_graduate.errors import GraduateError
from poc_graduate.report.errors import error_record
from poc_graduate.server.checking import Notebooks
from poc_graduate.server.failures import BadRequest, Fault, Forbidden, NotFound, RequestFailed
from poc_graduate.server.jobs import Jobs
from poc_graduate.server.paths import allowed

T = TypeVar("T")
Method = TypeVar("Method", bound=Callable[..., Any])


def permitted(action: str) -> Callable[[Method], Method]:
    """Jupyter Server's decorator, which has no types."""
    return cast(Callable[[Method], Method], authorized(action=action))


class Handler(APIHandler):
    """A request."""

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
