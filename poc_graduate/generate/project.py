"""A settled plan to the files of a project: the same bytes for the same notebook."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.generate import style
from poc_graduate.generate.code import product_path
from poc_graduate.generate.functions import Function, extract
from poc_graduate.generate.modules import Module, homes, modules
from poc_graduate.generate.placement import Checked, checked
from poc_graduate.generate.tasks import Homes, TaskScript, task_script
from poc_graduate.plan.flow import mermaid
from poc_graduate.plan.layout import Layout
from poc_graduate.plan.model import Parameter, Stage
from poc_graduate.plan.settle import CHECKERS, Settled

_TEMPLATES = Path(__file__).parent / "templates" / "project"
_LARGE = 50_000_000
"""Bytes; Ploomber hashes every resource at each start, so that larger files are left out."""


@dataclass(frozen=True)
class Entry:
    """A key in `pipeline.yaml`."""

    name: str
    path: str
    why: str = ""


@dataclass(frozen=True)
class Task:
    """A task in `pipeline.yaml`."""

    name: str
    products: tuple[Entry, ...]
    parameters: tuple[str, ...]
    resources: tuple[Entry, ...]
    unchecked: str


@dataclass(frozen=True)
class EnvEntry:
    """A line of `env.yaml` and of the README's table."""

    name: str
    value: str
    cell: int
    line: int
    line_text: str


@dataclass(frozen=True)
class ProjectRecord:
    """What fills the templates of a project."""

    title: str
    package: str
    distribution: str
    notebook: str
    python: str
    requirements: tuple[str, ...]
    stages: tuple[Stage, ...]
    stages_sentence: str
    arrow: str
    mermaid: str
    tasks: tuple[Task, ...]
    parameters: tuple[EnvEntry, ...]
    inputs: tuple[str, ...]
    remarks: tuple[str, ...]
    parquet: bool
    proved: bool
    checks: tuple[Checked, ...] = ()
    uncontracted: tuple[tuple[str, str], ...] = ()

    @property
    def brought(self) -> tuple[str, ...]:
        """Modules that lay beside the notebook: they stay as their authors wrote them."""
        return tuple(path for path in self.inputs if path.endswith(".py"))


@dataclass(frozen=True)
class Generated:
    """A project before it is published.

    Attributes:
        files: Path in the project → text.
        inputs: Path in the project → path of the data file as the notebook names it.
        origins: Task → for each of its script cells, the notebook's cell it came from (0: ours),
            the injected parameters not counted.
        functions: Functions made of cells, by position of the cell.
        modules: Modules of the package.
        checks: Tables that the tasks check: what they hold to is learnt from a build.
    """

    files: Mapping[str, str]
    inputs: Mapping[str, str]
    origins: Mapping[str, tuple[int, ...]]
    functions: Mapping[int, Function]
    modules: tuple[Module, ...]
    checks: tuple[Checked, ...] = ()


@cache
def _environment() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["pyrepr"] = repr
    environment.filters["tojson_string"] = lambda text: json.dumps(text, ensure_ascii=False)
    return environment


def render(template: str, **values: Any) -> str:
    """Fill one template."""
    text = str(_environment().get_template(template).render(**values))
    return text.lstrip("\n")


def generate(settled: Settled, facts: RunFacts) -> Generated:
    """Every file of the project but its tests, the plan and the certificate.

    Args:
        settled: The plan with all that it rests on.
        facts: What the run showed, for versions and types.
    """
    functions = extract(settled)
    where = homes(settled, functions)
    checks = checked(settled, facts, functions)
    scripts = [
        task_script(settled, i, functions, where, [c for c in checks if c.stage == stage.name])
        for i, stage in enumerate(settled.plan.stages)
    ]
    parts = modules(settled, functions, where)
    record = _record(settled, facts, parts, scripts, where, checks)
    scripts = [
        replace(script, watched=bool(task.resources))
        for script, task in zip(scripts, record.tasks, strict=True)
    ]
    package = settled.plan.package
    python: dict[str, str] = {}
    for script in scripts:
        python[f"tasks/{script.name}.py"] = render("tasks/task.py.jinja", task=script)
    for module in parts:
        text = render("src/package/module.py.jinja", module=module)
        python[f"src/{package}/{module.name}.py"] = text
    if parts or checks or _stores(settled):
        python[f"src/{package}/__init__.py"] = render(
            "src/package/__init__.py.jinja", project=record
        )
    if _stores(settled):
        python[f"src/{package}/storage.py"] = render("src/package/storage.py.jinja", project=record)
    pyproject = render("pyproject.toml.jinja", project=record)
    # They are not there yet, but ruff has to know them for the project's own.
    learnt_later = {f"src/{package}/{name}.py": "" for name in (*CHECKERS, "contracts") if checks}
    files = {
        "README.md": re.sub(r"\n{3,}", "\n\n", render("README.md.jinja", project=record)),
        "pyproject.toml": pyproject,
        "pipeline.yaml": render("pipeline.yaml.jinja", project=record),
        ".gitignore": (_TEMPLATES / ".gitignore").read_text(),
        **style.formatted(python, pyproject, beside=learnt_later),
    }
    for folder in sorted(settled.paths.folders):
        files[f"{folder}/.gitkeep"] = ""
    if record.parameters:
        files["env.yaml"] = render("env.yaml.jinja", project=record)
    origins = {s.name: _origins(s) for s in scripts}
    for script in scripts:
        style.check_cells(script.name, files[f"tasks/{script.name}.py"], len(origins[script.name]))
    return Generated(files, _data(settled), origins, functions, tuple(parts), checks)


def _origins(script: TaskScript) -> tuple[int, ...]:
    ours = [1, bool(script.imports or script.watched), bool(script.setup), bool(script.loads)]
    return (
        (0,) * (1 + sum(ours)) + tuple(c.origin for c in script.cells) + (0,) * bool(script.saves)
    )


def _stores(settled: Settled) -> bool:
    return any(layout.keeps or layout.hands_over for layout in settled.layouts)


def _data(settled: Settled) -> dict[str, str]:
    """Path in the project → path as the notebook reads it, each input once."""
    return {target: source for source, target in sorted(settled.paths.inputs.items())}


def _record(
    settled: Settled,
    facts: RunFacts,
    parts: list[Module],
    scripts: list[TaskScript],
    where: Homes,
    checks: Sequence[Checked],
) -> ProjectRecord:
    plan = settled.plan
    names = [stage.name for stage in plan.stages]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    count = f"{len(names)} tasks" if len(names) > 1 else "One task"
    return ProjectRecord(
        title=plan.package.replace("_", " ").capitalize(),
        package=plan.package,
        distribution=plan.package.replace("_", "-"),
        notebook=plan.notebook,
        python=".".join(facts.python.split(".")[:2]) or "3.11",
        requirements=requirements(settled, facts, contracts=bool(checks)),
        stages=plan.stages,
        stages_sentence=f"A Ploomber pipeline of {count.lower()}: {listed}.",
        arrow=" → ".join(names),
        mermaid=mermaid(plan),
        tasks=tuple(_task(settled, i, parts, scripts[i], where, checks) for i in range(len(names))),
        parameters=tuple(_env_entry(p) for p in plan.parameters),
        inputs=tuple(sorted(_data(settled))),
        remarks=tuple(f"Cell {n.cell}, line {n.line}: {n.text}." for n in plan.notes),
        parquet=any(k.format == "parquet" for layout in settled.layouts for k in layout.keeps),
        proved=plan.proved,
        checks=tuple(checks),
        uncontracted=tuple(sorted(settled.constraints.uncontracted.items())),
    )


def _scalar(value: object) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...").strip()


def _env_entry(parameter: Parameter) -> EnvEntry:
    value = _scalar(parameter.value)
    origin = f"cell {parameter.cell}"
    if parameter.moved_from:
        origin += f", was {parameter.moved_from}"
    return EnvEntry(
        parameter.name,
        value,
        parameter.cell,
        parameter.line,
        f"{parameter.name}: {value} # {origin}",
    )


def _task(
    settled: Settled,
    index: int,
    parts: list[Module],
    script: TaskScript,
    where: Homes,
    checks: Sequence[Checked],
) -> Task:
    stage, layout = settled.plan.stages[index], settled.layouts[index]
    products = [
        Entry(
            k.key, product_path(stage.name, f"{k.key}.{k.format}"), _why(k.format, k.names, k.why)
        )
        for k in layout.keeps
    ]
    products += [
        Entry(f"{g}_state", product_path(stage.name, f"{g}_state.pickle"))
        for g in sorted(layout.hands_over)
    ]
    own = [one for one in checks if one.stage == stage.name]
    products += [Entry(one.product, one.path) for one in own]
    package = settled.plan.package
    text = "\n".join(script.imports)
    resources = []
    for module in parts:
        if f"from {package}.{module.name} import" in text or _reached(package, module, parts, text):
            resources.append(Entry(module.name, f"src/{package}/{module.name}.py"))
    if own:
        checking = (*CHECKERS, "contracts")
        resources += [Entry(name, f"src/{package}/{name}.py") for name in checking]
        resources += [Entry(one.table, f"reference/{one.table}.json") for one in own]
    by_value = {str(p.value): p.name for p in settled.plan.parameters}
    used = {entry.name for entry in resources}
    for path in stage.reads:
        target = path
        name = re.sub(r"\W+", "_", posixpath.basename(target)).strip("_").lower() or "data"
        while name in used:
            name += "_"
        used.add(name)
        parameter = by_value.get(target)
        shown = f'"{{{{{parameter}}}}}"' if parameter in stage.parameters else _scalar(target)
        resources.append(Entry(name, shown))
    unchecked = _unchecked(settled, layout)
    return Task(stage.name, tuple(products), stage.parameters, tuple(resources), unchecked)


def _unchecked(settled: Settled, layout: Layout) -> str:
    """Why Ploomber's static check has to leave a task alone; empty where it can look.

    It knows neither `await` outside of a function nor names that are made while code runs.
    """
    statements = [s for p in range(layout.start, layout.stop) for s in settled.time.statements[p]]
    if any(s.awaits for s in statements):
        return "a cell awaits outside of a function"
    if settled.constraints.unchecked or any(s.dynamic for s in statements):
        return "names are made while it runs"
    return ""


def _reached(package: str, module: Module, parts: list[Module], text: str) -> bool:
    """Whether a module that the task imports imports this one in turn."""
    return any(
        f"from {package}.{other.name} import" in text
        and any(line.startswith(f"from {package}.{module.name} import") for line in other.imports)
        for other in parts
    )


def _why(format_: str, names: tuple[str, ...], why: str) -> str:
    if format_ == "parquet":
        return ""
    if len(names) > 1:
        return "they share state and travel together"
    return why if why.startswith("Parquet") else ""


def requirements(settled: Settled, facts: RunFacts, *, contracts: bool = False) -> tuple[str, ...]:
    """What the project needs, from the versions that it was proved with upwards."""
    found = {"ploomber": "0.23", "ipykernel": "6", "jupytext": "1.16"}
    parquet = any(k.format == "parquet" for layout in settled.layouts for k in layout.keeps)
    if parquet:
        found["pyarrow"] = facts.packages.get("pyarrow", "14")
    if contracts:
        found["pandera"] = metadata.version("pandera")
    if parquet or contracts:
        found["pandas"] = facts.packages.get("pandas", "2")
    imported = {
        target.split(".")[0]
        for statement in settled.time.dataflow.statements
        for _, target in statement.imports
    }
    for module in sorted(imported):
        distribution = facts.distributions.get(module)
        if distribution and distribution in facts.packages:
            found[distribution] = facts.packages[distribution]
    for distribution, version in facts.packages.items():
        if distribution in ("openpyxl", "pyarrow", "xlrd", "lxml", "tables"):
            found.setdefault(distribution, version)
    return tuple(f"{name}>={_release(version)}" for name, version in sorted(found.items()))


def _release(version: str) -> str:
    match = re.match(r"\d+(\.\d+)*", version)
    return match.group(0) if match else version
