"""What a part of operating consists of: its choices, files, commands and what may replace it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from poc_graduate.generate.engines.pipeline import Pipeline
from poc_graduate.generate.operating.forms import Form
from poc_graduate.generate.operating.model import Served
from poc_graduate.generate.templating import rendered


@dataclass(frozen=True)
class Swap:
    """What can take the place of something that is built in.

    Attributes:
        what: What is built in.
        to: What may replace it.
        file: The file that changes.
        how: What changes in it, in half a sentence.
    """

    what: str
    to: str
    file: str
    how: str


@dataclass(frozen=True)
class Target:
    """A target of the project's Makefile: its command lines, and what `make help` says of it."""

    name: str
    lines: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class Project:
    """What every part is given.

    Attributes:
        pipeline: Tasks and parameters.
        served: The model; None where there is none.
        no_model: Why there is none.
        choices: Name of a part → its choices.
        modules: Paths of the package's modules, by which ruff tells what is the project's own.
        lock: Releases that the pipeline rests on, for an image; empty where they are not known.
        unwritten: Engine → why its files are not written, whatever is chosen.
        extensions: Modules of the project that the service installs, from all parts.
        beside: Modules of the project that `ops/up.py` runs beside the service, from all parts.
    """

    pipeline: Pipeline
    served: Served | None
    no_model: str
    choices: Mapping[str, Any] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    lock: str = ""
    unwritten: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def model(self) -> Served:
        """The model of a project that has one."""
        assert self.served is not None, "a part that needs a model is not asked without one"
        return self.served


@dataclass(frozen=True)
class Part:
    """One part: what it asks, writes, and can be swapped for.

    Attributes:
        name: Its section in operate.yaml.
        title: What it is, for people.
        files: Path in the project → text; called for projects to which it applies.
        options: Frozen dataclass of its choices, all with defaults and with `choice(...)`.
        needs: Why it does not apply to a project, in a sentence; empty where it does.
        swaps: What can take the place of what it generates.
        targets: What it adds to the Makefile.
        requires: Requirements that it adds to the extra `serve`.
        extensions: Modules with `install(api, service)` that the service calls when it starts.
        beside: Modules that `ops/up.py` runs as a process each, beside the service.
        docs: Template of its section in docs/operating.md; empty for none.
        forms: What it asks people to fill in.
    """

    name: str
    title: str
    files: Callable[[Project], dict[str, str]]
    options: type[Any]
    needs: Callable[[Project], str] = lambda project: ""
    swaps: tuple[Swap, ...] = ()
    targets: tuple[Target, ...] = ()
    requires: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    docs: str = ""
    forms: Callable[[Project], tuple[Form, ...]] = lambda project: ()


def choice(default: Any, asks: str, *, dialog: bool = False, least: float | None = None) -> Any:
    """A field of a part's choices.

    Args:
        default: Its value where nobody says otherwise.
        asks: What it decides, as a comment and as a question.
        dialog: Whether the dialog asks it; the others are lines of operate.yaml only.
        least: Smallest number that it may be.
    """
    return field(default=default, metadata={"asks": asks, "dialog": dialog, "least": least})


def from_templates(project: Project, *templates: str) -> dict[str, str]:
    """Files that lie in the project where their templates lie in `templates/operate/`."""
    return {
        template.removesuffix(".jinja"): rendered("operate", template, project=project)
        for template in templates
    }


def needs_model(project: Project) -> str:
    """For parts that make no sense without a model."""
    return "" if project.served else project.no_model


def needs_rows(project: Project) -> str:
    """For parts that answer requests: the way from a checked table to the model must be known."""
    if project.served is None:
        return project.no_model
    if project.served.preparation is None:
        return f"how the model's rows come from a table with a contract: {project.served.unread}"
    return ""
