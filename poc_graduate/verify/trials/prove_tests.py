"""A project's tests put to the proof: they notice mistakes, and are silent where nothing is wrong.

Each mistake in a function (`mutants.py`) is first shown to the unit tests, in a fork of a process
that has loaded the libraries; what they let through, to all other tests, which build the pipeline.
Mistakes in data (`data_mistakes.py`) are shown to those at once.
"""

from __future__ import annotations

import ast
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poc_graduate.dataflow.roles import imports_of
from poc_graduate.errors import InputError, Refusal
from poc_graduate.plan.settle import CHECKERS
from poc_graduate.verify.certificate import Trials
from poc_graduate.verify.trials import unchanged
from poc_graduate.verify.trials.data_mistakes import DataMistake, data_mistakes
from poc_graduate.verify.trials.examiner import Examiner
from poc_graduate.verify.trials.mutants import Mutant, mutants, sampled

if TYPE_CHECKING:
    from poc_graduate.observe.record import Progress

MOST = 300
"""Mistakes that are tried; more of them hardly move the figure."""
RUNS = 20
"""Runs of the unchanged project, each under another hash seed and in another order."""
_WHOLE = 24
"""Mistakes shown to the tests that build: each of them takes a build."""
_DATA = 8
"""Mistakes in data, at most; each of them takes a build, too."""
_BUILD_PATIENCE = 900.0
_LEFT_OUT = shutil.ignore_patterns("products", ".*", "__pycache__", "graduation")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
Edit = Callable[[Path], None]
"""Puts one mistake into a copy of the project."""


def prove_tests(
    project: Path,
    package: str,
    *,
    most: int = MOST,
    runs: int | None = None,
    whole: int = _WHOLE,
    data: int = _DATA,
    progress: Progress | None = None,
) -> Trials:
    """Show a project's tests mistakes in its functions, and run them over what is unchanged.

    Args:
        project: Folder of the project; it is not changed.
        package: Name of its package below `src`.
        most: Mistakes at most.
        runs: Runs of the unchanged project; `RUNS` by default.
        whole: Mistakes in functions at most that the tests that build are shown.
        data: Mistakes in data at most.
        progress: Called with what is going on, how much is done and of how much.

    Raises:
        InputError: the project has no tests.
        Refusal: its tests fail as they are.
    """
    if not (project / "tests").is_dir():
        raise InputError(f"{project} has no tests", remedy="export the notebook again")
    runs = RUNS if runs is None else runs
    found = sampled(_mistakes(project / "src" / package), most)
    tell = progress or (lambda what, done, of: None)
    with tempfile.TemporaryDirectory(prefix="poc-graduate-") as scratch:
        folder = Path(scratch).resolve() / project.resolve().name
        shutil.copytree(project, folder, ignore=_LEFT_OUT)
        answers, unit = _by_unit_tests(folder, package, found, tell)
        kills = dict.fromkeys(unit, 0)
        survivors = []
        for mutant, answer in zip(found, answers, strict=True):
            for test in answer["failed"]:
                kills[test] = kills.get(test, 0) + 1
            if not answer["failed"] and "ended" not in answer:
                survivors.append(mutant)
        shown = sampled(survivors, whole)
        wrong = sampled(data_mistakes(folder), data)
        edits: list[Edit] = [partial(_put_into, mutant, package) for mutant in shown]
        edits += [partial(_replace, mistake) for mistake in wrong]
        noticed = _by_the_others(folder, edits, tell)
        for test in filter(None, noticed):
            kills[test] = kills.get(test, 0) + 1
        named = dict(zip(shown, noticed, strict=False))
        left = [mutant for mutant in survivors if not named.get(mutant)]
        failures = _unchanged(folder, runs, tell)
    return Trials(
        tried=len(found),
        killed=len(found) - len(left),
        kills=dict(sorted(kills.items())),
        survivors=tuple(f"{package}.{mutant.module}: {mutant.says}" for mutant in left),
        untried=len(survivors) - len(shown),
        data=dict(zip([one.says for one in wrong], noticed[len(shown) :], strict=True)),
        idle=_idle(unit, kills, found),
        runs=runs,
        failures=failures,
    )


def _mistakes(source: Path) -> list[Mutant]:
    return [
        mutant
        for path in sorted(source.glob("*.py"))
        if path.stem not in ("__init__", "storage", "contracts", *CHECKERS)
        for mutant in mutants(path.stem, path.read_text(encoding="utf-8"))
    ]


def _by_unit_tests(
    folder: Path, package: str, found: Sequence[Mutant], tell: Progress
) -> tuple[list[dict[str, Any]], list[str]]:
    """For each mistake, which unit tests fail; and the unit tests there are."""
    if not (folder / "tests" / "unit").is_dir():
        return [{"failed": []} for _ in found], []
    libraries = sorted(
        {
            target
            for path in (folder / "src" / package).glob("*.py")
            for statement in ast.parse(path.read_text(encoding="utf-8")).body
            for _, target in imports_of(statement)
            if target.partition(".")[0] != package
        }
    )
    at_once = min(os.cpu_count() or 1, 4)
    with contextlib.ExitStack() as processes:
        examiners = [
            processes.enter_context(Examiner(libraries, _environment(0))) for _ in range(at_once)
        ]
        said = [
            examiner.trials(folder, ["tests/unit"], _texts(folder, package, found[start::at_once]))
            for start, examiner in enumerate(examiners)
        ]
        for unchanged_project in map(next, said):
            _check(unchanged_project)
            unit = sorted(unchanged_project["passed"])
        answers = []
        for number in range(len(found)):
            answers.append(next(said[number % at_once]))
            tell("trying mistakes on the unit tests", number + 1, len(found))
    return answers, unit


def _texts(folder: Path, package: str, share: Sequence[Mutant]) -> list[dict[str, str]]:
    """Mutants as the examiner takes them."""
    source = folder / "src" / package
    return [
        {
            "name": f"{package}.{mutant.module}",
            "path": str(source / f"{mutant.module}.py"),
            "text": mutant.text,
        }
        for mutant in share
    ]


def _idle(
    unit: Sequence[str], kills: Mapping[str, int], found: Sequence[Mutant]
) -> tuple[str, ...]:
    """Unit tests no case of which notices anything, although there were mistakes to notice."""
    noticed: dict[str, int] = {}
    for test in unit:
        name = test.partition("[")[0]
        noticed[name] = noticed.get(name, 0) + kills[test]
    functions = {mutant.function for mutant in found}
    about = {name: name.rpartition("::")[2].removeprefix("test_") for name in noticed}
    return tuple(
        name
        for name, count in noticed.items()
        if not count and any(about[name].startswith(function) for function in functions)
    )


def _check(answer: Mapping[str, Any]) -> None:
    """The tests have to pass before they can show anything."""
    if answer["failed"] or "ended" in answer:
        named = ", ".join(answer["failed"][:3]) or f"the process {answer['ended']}"
        raise Refusal(
            f"the unit tests fail as they are: {named}",
            remedy="mend them, or the functions, and try again",
        )


def _put_into(mutant: Mutant, package: str, folder: Path) -> None:
    path = folder / "src" / package / f"{mutant.module}.py"
    path.write_text(mutant.text, encoding="utf-8")


def _replace(mistake: DataMistake, folder: Path) -> None:
    (folder / mistake.path).write_bytes(mistake.content)


def _by_the_others(folder: Path, edits: Sequence[Edit], tell: Progress) -> list[str]:
    """For each mistake, the first test of another level that fails; empty where none does."""
    others = [p for p in (folder / "tests").iterdir() if p.is_dir() and p.name != "unit"]
    if not any(path.rglob("test_*.py") for path in others):
        return [""] * len(edits)

    def first_failing(edit: Edit) -> str:
        with tempfile.TemporaryDirectory(prefix="poc-graduate-") as scratch:
            copy = Path(scratch).resolve() / folder.name
            shutil.copytree(folder, copy)
            edit(copy)
            command = ["-m", "pytest", "tests", "--ignore", "tests/unit", "-x", "-q"]
            said = _run(copy, [*command, "-p", "no:cacheprovider"], 0)
            named = _FAILED.search(said)
            return named[1] if named else ""

    found: list[str] = []
    with ThreadPoolExecutor(_builds_at_once()) as pool:
        for test in pool.map(first_failing, edits):
            found.append(test)
            tell("trying mistakes on the tests that build", len(found), len(edits))
    return found


def _unchanged(folder: Path, runs: int, tell: Progress) -> dict[str, int]:
    """What fails in runs of the unchanged project, and how often."""

    def failing(number: int) -> list[str]:
        with tempfile.TemporaryDirectory(prefix="poc-graduate-") as scratch:
            copy = Path(scratch).resolve() / folder.name
            shutil.copytree(folder, copy)
            said = _run(copy, ["-P", unchanged.__file__, str(number)], number)
            return _FAILED.findall(said)

    found: dict[str, int] = {}
    with ThreadPoolExecutor(_builds_at_once()) as pool:
        for done, names in enumerate(pool.map(failing, range(1, runs + 1)), start=1):
            for name in names:
                found[name] = found.get(name, 0) + 1
            tell("running the unchanged tests", done, runs)
    return dict(sorted(found.items()))


def _run(folder: Path, arguments: Sequence[str], seed: int) -> str:
    """What a run of Python says in a folder; a run that does not end counts as a failed one."""
    try:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=folder, env=_environment(seed), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=_BUILD_PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "FAILED no-end"
    if done.returncode and not _FAILED.search(done.stdout):
        return f"FAILED status-{done.returncode}"
    return done.stdout


def _environment(seed: int) -> dict[str, str]:
    own = {"PYTHONHASHSEED": str(seed), "PLOOMBER_STATS_ENABLED": "false"}
    given = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
    return {**given, **own, "PYTHONDONTWRITEBYTECODE": "1"}  # kernels show figures by their own


def _builds_at_once() -> int:
    return max(1, min((os.cpu_count() or 1) // 2, 4))
