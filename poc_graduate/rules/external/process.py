"""Running a Python tool of the same environment."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from poc_graduate.rules.external.reported import ToolFailed

_UNMOVED = Path(__file__).with_name("unmoved")


def run_module(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m MODULE …`; what it prints is given back, its files are its own affair.

    Raises:
        ToolFailed: it is not installed.
    """
    need(module)
    environment = {
        **os.environ,
        # A file beside the notebooks that is named like a module is not that module.
        "PYTHONSAFEPATH": "1",
        "PYTHONPATH": os.pathsep.join(
            [str(_UNMOVED), *filter(None, [os.environ.get("PYTHONPATH")])]
        ),
        "MYPY_FORCE_COLOR": "0",
        "NO_COLOR": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    return subprocess.run(
        [sys.executable, "-P", "-m", module, *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def need(module: str, *, tool: str = "") -> None:
    """Raise ToolFailed where a module is not installed."""
    try:
        found = find_spec(module) is not None
    except (ImportError, ValueError):
        found = False
    if not found:
        extra = "poc-graduate[lint]" if module in ("ruff", "nbqa") else tool or module
        raise ToolFailed(
            f"{tool or module} is not installed beside poc-graduate",
            remedy=f"`pip install '{extra}'` in the same environment",
        )


def said(answer: subprocess.CompletedProcess[str]) -> str:
    """The last thing that a tool said, in one line."""
    lines = [line.strip() for line in (answer.stderr + answer.stdout).splitlines()]
    return next((line for line in reversed(lines) if line), f"exit status {answer.returncode}")
