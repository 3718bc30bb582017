"""The command line as a user meets it: arguments in; status, output and errors out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from poc_graduate.cli import main


@dataclass(frozen=True)
class Answer:
    """What one call left.

    Attributes:
        status: Exit status.
        out: Standard output.
        err: Standard error.
    """

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, read as one JSON document."""
        return json.loads(self.out)


Call = Callable[..., Answer]


@pytest.fixture
def poc(capsys: pytest.CaptureFixture[str]) -> Call:
    """Call `poc-graduate` in this process."""

    def call(*arguments: object) -> Answer:
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert isinstance(exit_.value.code, int)
        return Answer(exit_.value.code, captured.out, captured.err)

    return call


@pytest.fixture
def prototype(tmp_path: Path) -> Callable[..., Path]:
    """Writes a notebook of code cells, each below a heading of its own."""

    def write(*sources: str, name: str = "prototype.ipynb", **metadata: Any) -> Path:
        cells = []
        for number, source in enumerate(sources, start=1):
            title = f"## Part {number}"
            cells += [
                {"cell_type": "markdown", "id": f"t{number}", "metadata": {}, "source": title},
                {
                    "cell_type": "code",
                    "id": f"c{number}",
                    "metadata": {},
                    "source": source,
                    "outputs": [],
                    "execution_count": None,
                },
            ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        record = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": kernel, **metadata},
            "cells": cells,
        }
        path = tmp_path / name
        path.write_text(json.dumps(record), encoding="utf-8")
        return path

    return write
