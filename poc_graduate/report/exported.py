"""What an export left behind, as lines and as HTML with links, for the notebook it was made in."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from poc_graduate.report.flags import STYLE


def exported_lines(answer: Mapping[str, Any], project: str) -> list[str]:
    """What came of it.

    Args:
        answer: Of the worker.
        project: The folder as it is shown: from where the kernel is.
    """
    lines = [_headline(answer, project), _proof(answer)]
    if answer["executed"]:
        lines.append(f"Certificate: {project}/graduation/certificate.html")
    return [*lines, *_remarks(answer), f"Next: cd {project} && ploomber build"]


def exported_html(answer: Mapping[str, Any], project: str) -> str:
    """The same, with links."""
    links = [_link(f"{project}/README.md", "project")]
    if answer["executed"]:
        links.insert(0, _link(f"{project}/graduation/certificate.html", "certificate"))
    links.append(_link(f"{project}/pipeline.yaml", "pipeline.yaml"))
    remarks = "".join(f"<div>{escape(line)}</div>" for line in _remarks(answer))
    return (
        f'{STYLE}<div class="pocg" role="group" aria-label="Export">'
        f"<div>{escape(_headline(answer, project))}</div><div>{escape(_proof(answer))}</div>"
        f"<div>{' · '.join(links)}</div>{remarks}"
        f'<div class="pocg-line">Next: <code>cd {escape(project)} && ploomber build</code></div>'
        "</div>"
    )


def _headline(answer: Mapping[str, Any], project: str) -> str:
    names = answer["stages"]
    tasks = "1 task" if len(names) == 1 else f"{len(names)} tasks"
    return f"{project}: {tasks} ({' → '.join(names)})"


def _proof(answer: Mapping[str, Any]) -> str:
    if not answer["executed"]:
        return "Unproven: the notebook was not executed."
    apart = f"; {answer['apart']} not comparable, each with its reason" if answer["apart"] else ""
    return f"Proved: {answer['equal']} compared values are equal{apart}."


def _remarks(answer: Mapping[str, Any]) -> list[str]:
    lines = [f"Conflict: {path}: you and the export changed it" for path in answer["conflicts"]]
    lines += [f"Note: {note}" for note in answer["notes"]]
    if answer["edited"] and answer["executed"]:
        lines.append("The proof is of what was generated, not of your edits in the project.")
    return lines


def _link(path: str, text: str) -> str:
    return f'<a href="{quote(path)}" target="_blank">{escape(text)}</a>'


def plan_html(text: str, yaml: str) -> str:
    """The plan, and below a fold its YAML."""
    return (
        f'{STYLE}<div class="pocg"><pre>{escape(text)}</pre>'
        f"<details><summary>as YAML, to edit and give back</summary><pre>{escape(yaml)}</pre>"
        "</details></div>"
    )


def progress_html(what: str, done: int, total: int) -> str:
    """How far the work is."""
    bar = f'<progress value="{done}" max="{total}"></progress> ' if total > 1 else ""
    return f'{STYLE}<div class="pocg" role="status">{bar}{escape(what)}</div>'
