"""Tests of contracts in an exported project: on tables that its tasks keep, on files they read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from poc_graduate.generate.contracts.cases import Case
from poc_graduate.generate.contracts.spoilt import Spoilt
from poc_graduate.generate.imports import grouped
from poc_graduate.generate.project import render


@dataclass(frozen=True)
class ContractTests:
    """What fills `tests/regression/test_contracts.py.jinja`."""

    package: str
    cases: tuple[Case, ...]

    @property
    def odd(self) -> list[Case]:
        """Tables with a rule about single rows."""
        return [case for case in self.cases if case.odd is not None]

    @property
    def moved(self) -> list[Case]:
        """Tables with figures."""
        return [case for case in self.cases if case.moved]

    @property
    def renamed(self) -> list[Case]:
        """Tables with categories that other columns tell."""
        return [case for case in self.cases if case.renamed]

    @property
    def imports(self) -> tuple[str, ...]:
        """Import lines, sorted."""
        schemas = sorted({case.constant for case in self.cases})
        lines = [
            "import pandas as pd", "import pandera.pandas as pa", "import pytest",
            "from pathlib import Path", "from conftest import Built",
            f"from {self.package}.batches import admit",
            f"from {self.package}.contracts import {', '.join(schemas)}",
            f"from {self.package}.storage import load",
        ]  # fmt: skip
        lines += ["from typing import Any"] if self.odd else []
        return grouped(lines, self.package)


@dataclass(frozen=True)
class BadData:
    """What fills `tests/integration/test_bad_data.py.jinja`."""

    package: str
    spoilt: Spoilt

    @property
    def imports(self) -> tuple[str, ...]:
        """Import lines, sorted."""
        lines = [
            "import pandas as pd", "import pytest", "from pathlib import Path",
            "from collections.abc import Callable", "from conftest import build, fresh",
        ]  # fmt: skip
        lines += ["import contextlib", "import sqlite3"] if self.spoilt.database else []
        return grouped(lines, self.package)


def contract_tests(cases: Sequence[Case], files: Sequence[Spoilt], package: str) -> dict[str, str]:
    """Path → text, not yet formatted.

    Args:
        cases: Breaks of tables that tasks keep; without any, no such test is made.
        files: Files that can be spoilt; the first one is, for each mistake costs a build.
        package: Name of the project's package.
    """
    texts = {}
    if cases:
        tests = ContractTests(package, tuple(cases))
        text = render("tests/regression/test_contracts.py.jinja", tests=tests)
        texts["tests/regression/test_contracts.py"] = text
    if files:
        template = "tests/integration/test_bad_data.py.jinja"
        text = render(template, tests=BadData(package, files[0]), spoilt=files[0])
        texts["tests/integration/test_bad_data.py"] = text
    return texts
