"""A process that runs a project's tests, and asks its contracts (by `worker.py`)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from poc_graduate.observe.script import Script

_PATIENCE = 120.0
ENDED = {
    "too late": "it did not end in two minutes",
    "crashed": "the process that was to do it ended",
}
"""Why no answer came, in words."""


class Examiner(Script):
    """The process, which loads libraries while others work.

    Args:
        libraries: Dotted names of what the project imports; names that cannot be imported are
            left to the project to say.
        environment: All variables of its environment.
    """

    def __init__(self, libraries: Iterable[str], environment: Mapping[str, str]) -> None:
        once = {"PYTHONDONTWRITEBYTECODE": "1", "PLOOMBER_STATS_ENABLED": "false"}
        super().__init__(
            Path(__file__).with_name("worker.py"), {**environment, **once}, answers=True
        )
        self.libraries = sorted(libraries)

    def __enter__(self) -> Examiner:
        super().__enter__()
        self.ask(self.libraries)
        return self

    def trials(
        self, project: Path, tests: Sequence[str], mutants: Sequence[Mapping[str, str]] = ()
    ) -> Iterator[dict[str, Any]]:
        """What tests say of a project as it is, and then of each mutant.

        Args:
            project: The project's folder.
            tests: Paths of tests in it.
            mutants: For each its module (`name`), the module's `path`, and the `text` in its place.

        Returns:
            Names of tests, as pytest gives them, that `failed` and `passed`; where they did not
            end, or ended the process, how (`ended`).
        """
        asked = {"tests": list(tests), "mutants": list(mutants)}
        self.ask({"project": str(project), "patience": _PATIENCE, **asked})
        return (self._answer() for _ in range(1 + len(mutants)))

    def refused(
        self, project: Path, package: str, tables: Mapping[str, Path]
    ) -> dict[str, str] | str:
        """Tables that a project's contracts do not let through untouched.

        Args:
            project: The project's folder.
            package: Name of its package.
            tables: Name of a schema → the pickled table.

        Returns:
            Name of a schema → why; a sentence where no answer came.
        """
        asked = {"package": package, "tables": [[name, str(path)] for name, path in tables.items()]}
        self.ask({"project": str(project), "patience": _PATIENCE, **asked})
        answer = self._answer()
        return ENDED[answer["ended"]] if "ended" in answer else answer

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return dict(json.loads(line)) if line else {"failed": [], "passed": [], "ended": "crashed"}


def surroundings(seed: int) -> dict[str, str]:
    """This process's environment as a project's tests get it, with a seed for hashes."""
    return {**os.environ, "PYTHONHASHSEED": str(seed)}
