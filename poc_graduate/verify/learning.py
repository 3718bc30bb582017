"""What tables hold to: learnt where tasks check them, in the build that is compared.

The first build has tasks as they will be, and in the place of the contracts a module that keeps
each table as it comes. What is learnt then takes its place, once it was seen to let those very
tables through untouched: so the build need not be repeated.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.generate import style
from poc_graduate.generate.contract_tests import contract_tests
from poc_graduate.generate.contracts import Table, files, table
from poc_graduate.generate.contracts.cases import Case, case
from poc_graduate.generate.placement import Checked
from poc_graduate.verify.tree import write_files

if TYPE_CHECKING:
    from poc_graduate.verify.trials.examiner import Examiner

_KEPT = "learnt"
_BATCHES = f'''"""Keeps tables as they come."""

import contextlib
import pickle
from pathlib import Path
from typing import Any

import pandera.pandas  # noqa: F401


def admit(frame: Any, table: str, *, source: str, quarantine: str) -> Any:
    kept = Path(__file__).parents[2] / "{_KEPT}" / f"{{table}}.pickle"
    kept.parent.mkdir(exist_ok=True)
    with contextlib.suppress(Exception):  # learning must not stop a build
        kept.write_bytes(pickle.dumps(frame, protocol=5))
    Path(quarantine).parent.mkdir(parents=True, exist_ok=True)
    Path(quarantine).write_text("reason\\n")
    return frame
'''


def learning(checks: Sequence[Checked], package: str) -> dict[str, str]:
    """Files that stand in for contracts while they are learnt.

    Args:
        checks: The tables.
        package: Name of the package.
    """
    if not checks:
        return {}
    constants = "".join(f'{one.constant} = "{one.table}"\n' for one in checks)
    return {
        f"src/{package}/batches.py": _BATCHES,
        f"src/{package}/contracts.py": constants,
        **{f"reference/{one.table}.json": "{}\n" for one in checks},
    }


def learnt(
    checks: Sequence[Checked],
    package: str,
    folder: Path,
    project: Mapping[str, str],
    examiner: Examiner,
) -> tuple[dict[str, str], tuple[Table, ...], dict[str, str]]:
    """The contracts of a build, proved on its own tables.

    Args:
        checks: The tables.
        package: Name of the package.
        folder: The build, which `learning` had its files in; the contracts are written there.
        project: The project's files.
        examiner: Asks the contracts.

    Returns:
        Path → text, the tables, and tables that nothing can be said about → why: with any of
        those, the project has to be made again without them.
    """
    tables: list[Table] = []
    cases: list[Case] = []
    refused: dict[str, str] = {}
    for one in checks:
        known = _known(one, folder)
        if isinstance(known, str):
            refused[one.table] = known
            continue
        tables.append(known[0])
        cases += known[1]
    if refused:
        return {}, (), refused
    texts = {**files(tables, package), **contract_tests(cases, package)}
    code = {path: text for path, text in project.items() if path.endswith(".py")}
    python = {path: text for path, text in texts.items() if path.endswith(".py")}
    made = {**texts, **style.formatted(python, project["pyproject.toml"], beside=code)}
    write_files(folder, made)
    return made, tuple(tables), _refused(checks, package, folder, examiner)


def _known(one: Checked, folder: Path) -> tuple[Table, list[Case]] | str:
    """What holds for a table and what its tests try; or why nothing is said about it."""
    try:
        frame = pickle.loads((folder / _KEPT / f"{one.table}.pickle").read_bytes())
        known = table(frame, one.table, about=one.about, clean=one.clean)
        if isinstance(known, str):
            return known
        return known, [case(frame, known, one.kept)] if one.kept else []
    except FileNotFoundError:
        return "it could not be kept while the project was built"
    except Exception as failure:  # whatever its values are, they must not stop an export
        return f"nothing could be learnt about it ({type(failure).__name__})"


def _refused(
    checks: Sequence[Checked], package: str, folder: Path, examiner: Examiner
) -> dict[str, str]:
    """Tables that the contracts do not let through untouched → why."""
    of_schema = {one.constant: one.table for one in checks}
    pickles = {one.constant: folder / _KEPT / f"{one.table}.pickle" for one in checks}
    found = examiner.refused(folder, package, pickles)
    if found is None:
        return dict.fromkeys(of_schema.values(), "checking it took too long")
    return {of_schema[name]: f"its contract fails on it: {why}" for name, why in found.items()}
