"""All parts in their order, and the files that they make together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from poc_graduate.generate.operating import (
    access,
    auditing,
    business,
    engines,
    failover,
    observing,
    ownership,
    personal,
    registry,
    serving,
    supply,
    updating,
)
from poc_graduate.generate.operating.choices import PATH, as_yaml
from poc_graduate.generate.operating.forms import Form
from poc_graduate.generate.operating.part import Part, Project
from poc_graduate.generate.style import formatted
from poc_graduate.generate.templating import RUFF, rendered

PARTS: tuple[Part, ...] = (
    registry.PART,
    updating.PART,
    serving.PART,
    auditing.PART,
    access.PART,
    personal.PART,
    supply.PART,
    failover.PART,
    *engines.PARTS,
    observing.PART,
    ownership.PART,
    business.PART,
)


def generated(project: Project, parts: tuple[Part, ...] = PARTS) -> dict[str, str]:
    """Every file of every part that applies; the same input gives the same bytes.

    Args:
        project: The project, with its choices.
        parts: What may be generated.

    Returns:
        Path in the project → text.
    """
    here = [part for part in parts if not part.needs(project)]
    project = replace(
        project,
        extensions=tuple(one for part in here for one in part.extensions),
        beside=tuple(one for part in here for one in part.beside),
    )
    files: dict[str, str] = {PATH: as_yaml(project.choices)}
    for part in here:
        files |= part.files(project)
    shared: Mapping[str, Any] = {
        "project": project,
        "parts": here,
        "left_out": [(part, part.needs(project)) for part in parts if part.needs(project)],
    }
    sections = {part.name: rendered("operate", part.docs, **shared) for part in here if part.docs}
    files["docs/operating.md"] = rendered(
        "operate", "docs/operating.md.jinja", sections=sections, **shared
    )
    if any(part.targets for part in here):
        files["Makefile"] = rendered("operate", "Makefile.jinja", **shared)
    python = {path: text for path, text in files.items() if path.endswith(".py")}
    return files | formatted(python, RUFF, beside=dict.fromkeys(project.modules, ""))


def left_out(project: Project, parts: tuple[Part, ...] = PARTS) -> dict[str, str]:
    """Title of each part that does not apply → why."""
    return {part.title: part.needs(project) for part in parts if part.needs(project)}


def forms(project: Project, parts: tuple[Part, ...] = PARTS) -> tuple[Form, ...]:
    """What people fill in, of each part that applies."""
    return tuple(form for part in parts if not part.needs(project) for form in part.forms(project))


def with_extra(pyproject: str, project: Project, parts: tuple[Part, ...] = PARTS) -> str:
    """pyproject.toml with the extra `serve`: its own lines are kept, the extra is renewed."""
    needed = sorted({one for part in parts if not part.needs(project) for one in part.requires})
    if not needed:
        return pyproject
    lines = "".join(f"    {_quoted(one)},\n" for one in needed)
    extra = f"serve = [\n{lines}]\n"
    there = re.search(r"^serve = \[\n(?: .*\n)*\]\n", pyproject, re.M)
    if there:
        return pyproject[: there.start()] + extra + pyproject[there.end() :]
    head = "[project.optional-dependencies]\n"
    if head in pyproject:
        return pyproject.replace(head, head + extra, 1)
    return pyproject.rstrip("\n") + f"\n\n{head}{extra}"


def _quoted(text: str) -> str:
    return f'"{text}"'
