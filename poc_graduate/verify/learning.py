"""What tables hold to: learnt where tasks check them, in the build that is compared.

The first build has tasks as they will be, and in the place of the contracts a module that keeps
each table as it comes. What is learnt then takes its place, once it was seen to let those very
tables through untouched: so the build need not be repeated.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from poc_graduate.generate import style
from poc_graduate.generate.contract_tests import contract_tests
from poc_graduate.generate.contracts import Table, files, table
from poc_graduate.generate.contracts.cases import Case, case
from poc_graduate.generate.contracts.spoilt import Spoilt, spoilt
from poc_graduate.generate.placement import Checked
from poc_graduate.plan.settle import CHECKERS
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
        kept.with_suffix(".part").write_bytes(pickle.dumps(frame, protocol=5))
        kept.with_suffix(".part").replace(kept)
    Path(quarantine).parent.mkdir(parents=True, exist_ok=True)
    Path(quarantine).write_text("reason\\n")
    return frame
'''


_Known = tuple[Table, list[Case], list[Spoilt]] | str


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
        **{f"src/{package}/{name}.py": "" for name in CHECKERS},
        f"src/{package}/batches.py": _BATCHES,
        f"src/{package}/contracts.py": constants,
        **{f"reference/{one.table}.json": "{}\n" for one in checks},
    }


class Learner:
    """Learns about the tables of a build, while it goes on and when it has ended.

    Args:
        checks: The tables.
        folder: The build, which `learning` had its files in; the contracts are written there.
    """

    def __init__(self, checks: Sequence[Checked], folder: Path) -> None:
        self.checks = checks
        self.folder = folder
        self.known: dict[str, tuple[bytes, _Known]] = {}

    def look(self) -> None:
        """Learn about one table that is there and not known yet."""
        for one in self.checks:
            if one.table not in self.known and self._path(one).exists():
                self._about(one)
                return

    def learnt(
        self, package: str, project: Mapping[str, str], examiner: Examiner
    ) -> tuple[dict[str, str], tuple[Table, ...], dict[str, str]]:
        """The contracts, proved on the build's own tables.

        Args:
            package: Name of the package.
            project: The project's files.
            examiner: Asks the contracts.

        Returns:
            Path → text, the tables, and tables that nothing can be said about → why: with any of
            those, the project has to be made again without them.
        """
        tables: list[Table] = []
        cases: list[Case] = []
        spoilable: list[Spoilt] = []
        refused: dict[str, str] = {}
        for one in self.checks:
            known = self._about(one)
            if isinstance(known, str):
                refused[one.table] = known
                continue
            tables.append(known[0])
            cases += known[1]
            spoilable += known[2]
        if refused:
            return {}, (), refused
        texts = {**files(tables, package), **contract_tests(cases, spoilable, package)}
        code = {path: text for path, text in project.items() if path.endswith(".py")}
        python = {path: text for path, text in texts.items() if path.endswith(".py")}
        made = {**texts, **style.formatted(python, project["pyproject.toml"], beside=code)}
        write_files(self.folder, made)
        return made, tuple(tables), self._refused(package, examiner)

    def _path(self, one: Checked) -> Path:
        return self.folder / _KEPT / f"{one.table}.pickle"

    def _about(self, one: Checked) -> _Known:
        """What is known of a table as it was kept last."""
        path = self._path(one)
        if not path.exists():
            return "it could not be kept while the project was built"
        content = path.read_bytes()
        digest = hashlib.sha256(content).digest()
        before, known = self.known.get(one.table, (b"", ""))
        if digest != before:
            known = _known(one, content, self.folder)
            self.known[one.table] = digest, known
        return known

    def _refused(self, package: str, examiner: Examiner) -> dict[str, str]:
        """Tables that the contracts do not let through untouched → why."""
        of_schema = {one.constant: one.table for one in self.checks}
        pickles = {one.constant: self._path(one) for one in self.checks}
        found = examiner.refused(self.folder, package, pickles)
        if isinstance(found, str):
            return dict.fromkeys(of_schema.values(), f"it could not be checked: {found}")
        return {of_schema[name]: f"its contract fails on it: {why}" for name, why in found.items()}


def _known(one: Checked, content: bytes, folder: Path) -> _Known:
    """What holds for a table, what its tests and its file's try; or why nothing is said of it."""
    try:
        frame = pickle.loads(content)
        known = table(frame, one.table, about=one.about, clean=one.clean)
        if isinstance(known, str):
            return known
        breaks = [case(frame, known, one.kept)] if one.kept else []
        files = None if one.clean else spoilt(frame, known, folder, one.files, one.stage)
        return known, breaks, [] if files is None else [files]
    except Exception as failure:  # whatever its values are, they must not stop an export
        return f"nothing could be learnt about it ({type(failure).__name__})"
