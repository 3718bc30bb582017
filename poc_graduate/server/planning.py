"""What the browser has open, and what an export of that would do. Nothing is executed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from poc_graduate import api
from poc_graduate.errors import GraduateError, Refusal
from poc_graduate.notebook.model import Notebook
from poc_graduate.notebook.read import read, read_text
from poc_graduate.plan.flow import edges
from poc_graduate.plan.model import Plan
from poc_graduate.report.errors import error_record
from poc_graduate.report.findings import as_record
from poc_graduate.server.checking import with_cell_ids
from poc_graduate.server.failures import BadRequest
from poc_graduate.server.jobs import OPEN_TEXT, PLAN

_STAGE = ("name", "title", "cells", "upstream", "parameters", "reads", "writes")
_PRODUCT = ("name", "names", "format", "why")
_PARAMETER = ("name", "value", "cell", "line", "kind")
_NOTE = ("kind", "cell", "line", "text")
_EDGE = ("source", "target", "names")


def open_text(content: Mapping[str, Any] | None, path: Path) -> str | None:
    """What an editor holds of a notebook where that is not what its file holds; else None.

    Args:
        content: The notebook in the editor (nbformat 4); None for the file.
        path: Its file, which is only read.

    Raises:
        BadRequest: the content is no notebook.
    """
    if content is None:
        return None
    text = as_file(content)
    try:
        held, kept = read_text(text, path, keep_broken=True, suffix=".ipynb"), read(path)
    except GraduateError:  # what is open says what is wrong with it; a damaged file has no say
        return text
    return None if _cells(held) == _cells(kept) else text


def _cells(notebook: Notebook) -> object:
    return notebook.kernel, [(cell.kind, cell.source, cell.tags) for cell in notebook.cells]


def as_file(content: Mapping[str, Any]) -> str:
    """The text that Jupyter would save.

    Raises:
        BadRequest: the content is no notebook.
    """
    import nbformat

    try:
        node = nbformat.from_dict(content)  # type: ignore[no-untyped-call]
        text = nbformat.writes(node, nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    except (AttributeError, KeyError, TypeError, ValueError, nbformat.ValidationError):
        raise BadRequest("what the editor holds is no notebook") from None
    return str(text).rstrip("\n") + "\n"


def planned(
    path: Path,
    named: str,
    content: Mapping[str, Any] | None = None,
    stages: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """A plan or a refusal, with the notebook's findings: a `PlanAnswer` without its target.

    Args:
        path: The notebook.
        named: The same as the browser names it.
        content: What the editor holds; None for the file.
        stages: Those that somebody wants; None for ours.

    Raises:
        InputError: the notebook cannot be read, or the stages cannot be.
        BadRequest: the content is no notebook.
    """
    text = open_text(content, path)
    plan, refused = None, None
    found = _findings(path, named, text)
    try:
        edits = with_stages(path, text, stages) if stages else None
        plan = _record(api.plan(path, text=text, edits=edits))
    except Refusal as refusal:
        refused = error_record(refusal)
    return {"plan": plan, "refusal": refused, "findings": found, "unsaved": text is not None}


def export_files(
    path: Path, content: Mapping[str, Any] | None, stages: Sequence[Mapping[str, Any]] | None
) -> dict[str, str]:
    """What an export needs beside the notebook's file: name in the job's folder → text.

    Raises:
        GraduateError: as for `planned`; nothing has begun then.
    """
    text = open_text(content, path)
    files = {} if text is None else {OPEN_TEXT: text}
    if stages:
        files[PLAN] = with_stages(path, text, stages)
        api.plan(path, text=text, edits=files[PLAN])
    return files


def with_stages(path: Path, text: str | None, stages: Sequence[Mapping[str, Any]]) -> str:
    """Our plan with other stages, as YAML."""
    record = yaml.safe_load(api.plan(path, text=text).to_yaml())
    record["stages"] = [{key: stage[key] for key in ("name", "title", "cells")} for stage in stages]
    return yaml.safe_dump(record, sort_keys=False, allow_unicode=True)


def _findings(path: Path, named: str, text: str | None) -> list[dict[str, Any]]:
    if text is None:
        survey = api.check_all([path])
        for error in survey.errors:
            raise error
        found = tuple(finding for _, finding in survey.findings)
        notebook = read(path, keep_broken=True)
    else:
        found = api.check_text(text, path, suffix=".ipynb")
        notebook = read_text(text, path, keep_broken=True, suffix=".ipynb")
    ids = {cell.index: cell.id for cell in notebook.cells}
    return [with_cell_ids(as_record(named, one), ids) for one in found]


def _record(plan: Plan) -> dict[str, Any]:
    record = {
        "notebook": plan.notebook,
        "package": plan.package,
        "stages": [
            {**_only(_STAGE, stage), "products": [_only(_PRODUCT, p) for p in stage.products]}
            for stage in plan.stages
        ],
        "parameters": [_only(_PARAMETER, parameter) for parameter in plan.parameters],
        "crossing": [_only(_EDGE, edge) for edge in edges(plan)],
        "notes": [_only(_NOTE, note) for note in plan.notes],
        "yaml": plan.to_yaml(),
    }
    # Values are literals of Python: dates and sets among them are shown as text.
    plain: dict[str, Any] = json.loads(json.dumps(record, default=str))
    return plain


def _only(names: Sequence[str], record: object) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}
