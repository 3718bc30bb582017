"""Tests of a project: its functions on sampled rows, its build, and what that computes."""

from __future__ import annotations

import ast
import glob
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poc_graduate.dataflow.facts import RunFacts
from poc_graduate.generate import leaks, style
from poc_graduate.generate.evidence.moved_rows import TURNED
from poc_graduate.generate.evidence.own_calls import SHOWS_NOTHING, UNCALLED
from poc_graduate.generate.functions import Function
from poc_graduate.generate.imports import grouped
from poc_graduate.generate.levels import gathered, table
from poc_graduate.generate.modules import Module
from poc_graduate.generate.own_tests import Called, OwnTest, called_tests, fits, own_test
from poc_graduate.generate.project import Generated, render
from poc_graduate.generate.properties import Property, properties
from poc_graduate.generate.sampler import HOLDS_SECRET, Sampler, sampled, without
from poc_graduate.plan.settle import Settled
from poc_graduate.rules.finding import Finding

_LISTED = 20
"""Data files that tests name one by one."""
_WIDE = 90
"""Characters of a comment's line."""


@dataclass(frozen=True)
class ProjectTests:
    """What fills the templates shared by all tests."""

    package: str
    secrets: tuple[str, ...]
    inputs: tuple[str, ...]
    units: bool
    samples: bool
    counts: bool
    numpy: bool
    pandas: bool
    plots: bool
    draws: bool
    few: bool
    products_read: bool
    replays: bool
    references: bool
    models: bool
    compares: bool
    benchmark: bool
    shows: bool
    answers: bool
    scripts: bool
    last: str

    @property
    def imports(self) -> tuple[str, ...]:
        """Import lines of `conftest.py`, sorted."""
        wanted = {
            "import contextlib": True,
            "import json": self.scripts or self.replays or self.references or self.shows,
            "import os": bool(self.secrets) or (self.plots and self.shows),
            "import pickle": self.samples or self.benchmark,
            "import random": self.samples,
            "import re": self.answers,
            "import shutil": True,
            "import time": True,
            "from functools import cache": self.replays,
            "from pathlib import Path": True,
            "from typing import Any": self.compares or self.references or self.shows or self.draws,
            "from typing import NamedTuple": True,
            "import matplotlib": self.plots,
            "import matplotlib.pyplot as plt": self.draws,
            "import numpy as np": self.models or self.draws or (self.compares and self.numpy),
            "import pandas as pd": self.compares and self.pandas,
            "import pytest": True,
            f"from {self.package}.storage import load": self.products_read,
        }
        return grouped([line for line, used in wanted.items() if used], self.package)


@dataclass(frozen=True)
class Touched:
    """What cleaning by hand does to the sample: the test's name, call and figures."""

    name: str
    frame: str
    call: str
    left_out: int
    changed: int


@dataclass(frozen=True)
class MadeTest:
    """A function made of a cell, called with sampled arguments."""

    name: str
    given: tuple[str, ...]
    call: str
    counts: Touched | None = None
    properties: tuple[Property, ...] = ()
    moved: tuple[str, ...] = ()
    few: bool = False


@dataclass(frozen=True)
class ModuleTests:
    """What fills `tests/unit/test_module.py.jinja`."""

    summary: str
    imports: tuple[str, ...]
    own: tuple[OwnTest, ...]
    called: tuple[Called, ...]
    made: tuple[MadeTest, ...]

    @property
    def reads(self) -> bool:
        """Whether some test reads what is printed."""
        return any(test.prints for test in self.own) or any(test.prints for test in self.called)


def project_tests(
    settled: Settled,
    generated: Generated,
    built: Path,
    sampler: Sampler,
    hidden: tuple[str, ...] = (),
    secrets: tuple[str, ...] = (),
    cleaning: frozenset[int] = frozenset(),
    *,
    facts: RunFacts,
    found: Iterable[Finding] = (),
) -> dict[str, str | bytes]:
    """Tests of a project that has been built in `built`, and a README that says what has none.

    Args:
        settled: Its plan.
        generated: Its files.
        built: The folder where it was built.
        sampler: Calls its functions.
        hidden: Secrets, which no test may hold.
        secrets: Environment variables that the pipeline reads them from.
        cleaning: Cells in which somebody cleans by hand: their tests count what they touch.
        facts: What the prototype's run showed.
        found: Findings of the notebook: the tests tell and measure its leaks.
    """
    leaking = leaks.of(found)
    samples, cases, evidence = without(
        hidden,
        *sampled(settled, generated, built, sampler, cleaning, leaks.first_task(settled, leaking)),
    )
    benchmark = {path: data for path, data in samples.items() if path.startswith("benchmark/")}
    samples = {path: data for path, data in samples.items() if path not in benchmark}
    levels = gathered(
        settled,
        generated,
        built,
        evidence,
        facts=facts,
        hidden=hidden,
        benchmark=benchmark,
        leaking=leaking,
    )
    text = "\n".join(generated.files.values())
    units = {
        f"tests/unit/test_{module.name}.py": tests
        for module in generated.modules
        if (tests := _module_tests(settled, generated, module, cases)) is not None
    }
    draws = any(
        "drawn()" in line for unit in units.values() for test in unit.called for line in test.lines
    )
    record = ProjectTests(
        settled.plan.package,
        secrets,
        inputs=_patterns(generated.inputs),
        units=bool(units),
        samples=bool(samples),
        counts=bool(cases["touches"]),
        numpy="numpy" in text or "pandas" in text,
        pandas="pandas" in text,
        plots=draws or "matplotlib" in generated.files["pyproject.toml"],
        draws=draws,
        few=bool(cases.get("few")),
        products_read="product(" in levels.text,
        replays="replayed(" in levels.text,
        references=bool(levels.references),
        models=bool(levels.qualities) or "rows_at" in levels.text,
        compares=bool(samples) or "assert_same(" in levels.text,
        benchmark=bool(levels.benchmark),
        shows=bool(levels.answers.texts or levels.answers.drawn),
        answers=bool(levels.answers.texts) or any(unit.reads for unit in units.values()),
        scripts="as_script(" in levels.text,
        last=levels.last,
    )
    python = {
        "tests/conftest.py": render("tests/conftest.py.jinja", tests=record),
        **levels.python,
        **{
            path: render("tests/unit/test_module.py.jinja", tests=tests)
            for path, tests in units.items()
        },
    }
    written: dict[str, str | bytes] = dict(
        style.formatted(python, generated.files["pyproject.toml"], beside=_code(generated))
    )
    written.update({f"tests/unit/samples/{path}": data for path, data in samples.items()})
    written.update(levels.references)
    written.update({f"tests/{path}": data for path, data in levels.benchmark.items()})
    tested = set().union(*(cases[kind] for kind in ("made", "own", "prints", "calls")))
    names = {function.name for function in generated.functions.values()} | set(cases["skipped"])
    untested = [(name, _why_not(cases["skipped"].get(name, ""))) for name in sorted(names - tested)]
    tested_files = {**generated.files, **python}
    told = [table(tested_files), levels.leaks, _untested(untested), levels.readme]
    written["README.md"] = "".join([generated.files["README.md"], *told])
    return written


def _patterns(inputs: Iterable[str]) -> tuple[str, ...]:
    """Data files, as `glob` finds them: all of a folder where they are many."""
    paths = sorted(inputs)
    if len(paths) <= _LISTED:
        return tuple(glob.escape(path) for path in paths)
    folders = sorted({path.rpartition("/")[0] for path in paths})
    return tuple(f"{glob.escape(folder)}/*" if folder else "*" for folder in folders)


def _untested(functions: list[tuple[str, str]]) -> str:
    if not functions:
        return ""
    lines = [f"- `{name}`: {why}" for name, why in functions]
    return "\n".join(["", "## Without a unit test", "", *lines, ""])


def _why_not(failure: str) -> str:
    """Why a function has no test; not the whole message, which may differ from run to run."""
    kind = failure.partition(":")[0]
    if failure in (HOLDS_SECRET, UNCALLED, SHOWS_NOTHING):
        return failure
    if not kind:
        return "its call could not be sampled"
    if "two calls with the same arguments differ" in failure:
        return "two calls with the same arguments give different results"
    if failure.endswith("bytes"):
        return "a sample of what it takes or gives is too large to be kept"
    if kind == "FileNotFoundError":
        return "it reads a file that only a build makes"
    return f"on a sample of its rows it raises {kind}"


def _code(generated: Generated) -> dict[str, str]:
    return {path: text for path, text in generated.files.items() if path.endswith(".py")}


def _module_tests(
    settled: Settled, generated: Generated, module: Module, cases: Mapping[str, Any]
) -> ModuleTests | None:
    functions = {f.name: f for f in generated.functions.values() if f.module == module.name}
    made = tuple(
        _made(
            functions[name],
            known,
            cases["touches"].get(name),
            properties(functions[name], cases.get("properties", {}).get(name, {})),
            cases,
        )
        for name, known in cases["made"].items()
        if name in functions
    )
    defined = _signatures(generated.files[f"src/{settled.plan.package}/{module.name}.py"])
    own = tuple(
        own_test(name, defined[name], calls, prints=kind == "prints")
        for kind in ("own", "prints")
        for name, calls in cases[kind].items()
        if name in defined and name not in functions and fits(defined[name], calls)
    )
    called = {
        name: called_tests(name, calls)
        for name, calls in cases.get("calls", {}).items()
        if name in defined and name not in functions
    }
    if not made and not own and not called:
        return None
    names = sorted({*(test.name for test in made), *(test.name for test in own), *called})
    tests = [test for found in called.values() for test in found]
    imports = ["import pytest", *(["from typing import Any"] if own else [])]
    if any("re.escape(" in line for test in tests for line in test.lines):
        imports.append("import re")
    lines = "\n".join(line for test in tests for line in (*test.given, *test.lines))
    helpers = {
        "assert_reads_same": any(test.prints for test in own) or any(t.prints for t in tests),
        "assert_same": bool(made) or "assert_same(" in lines,
        "drawn": "drawn()" in lines,
        "few": any(test.few for test in made),
        "sample": bool(made) or "sample(" in lines,
        "touched": any(test.counts for test in made),
    }
    if any(helpers.values()):
        used = ", ".join(name for name, needed in helpers.items() if needed)
        imports.append(f"from conftest import {used}")
    imports.append(f"from {settled.plan.package}.{module.name} import {', '.join(names)}")
    summary = f"Functions of {module.name}, on rows of the prototype's run."
    return ModuleTests(summary, grouped(imports, settled.plan.package), own, tuple(tests), made)


def _signatures(text: str) -> dict[str, list[str]]:
    return {
        node.name: [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    }


def _made(
    function: Function,
    known: Mapping[str, str | None],
    counts: list[int] | None,
    held: tuple[Property, ...],
    cases: Mapping[str, Any],
) -> MadeTest:
    given = [
        f'{a.name} = {known[a.name] or f"""sample("{function.name}", "{a.name}")"""}'
        for a in (*function.inputs, *function.parameters)
    ]
    touched = None
    frames = [a.name for a in function.inputs if a.annotation == "pd.DataFrame"]
    gives = [a.name for a in function.outputs]
    if counts and any(counts) and len(frames) == 1 and len(gives) == 1:
        touched = Touched(
            f"{function.name}_{_count_words(*counts)}",
            frames[0],
            function.call({frames[0]: f"{frames[0]}.copy()"}),
            *counts,
        )
    told = _told(cases.get("moved", {}).get(function.name, ()))
    few = function.name in cases.get("few", ())
    return MadeTest(function.name, tuple(given), function.call(), touched, held, told, few)


def _told(moved: Sequence[str]) -> tuple[str, ...]:
    """Which rows of a sample are not as they were, in lines."""
    given = [one for one in moved if one != TURNED]
    says = []
    if given:
        compared = ", ".join(given)
        says.append(f"So that each comparison tells, some rows have what none had: {compared}.")
    if TURNED in moved:
        says.append("The rows that lay in the order of their sorting were turned round.")
    return tuple(textwrap.wrap(" ".join(says), _WIDE, break_on_hyphens=False))


def _count_words(left_out: int, changed: int) -> str:
    """`leaves_out_1_row_and_changes_2_values`, for the name of a test."""
    words = []
    if left_out:
        words.append(f"leaves_out_{left_out}_row{'s' if left_out > 1 else ''}")
    if changed:
        words.append(f"changes_{changed}_value{'s' if changed > 1 else ''}")
    return "_and_".join(words)
