"""What guards an operated project, tried by the tests that it is given: they are the evidence.

Hostile requests and planted data of people need what the service needs: `make operated` runs those.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from poc_graduate.api.operating import operate

CHURN = Path(__file__).parents[2] / "examples" / "churn" / "project"


@pytest.fixture
def churn(tmp_path: Path) -> Path:
    project = Path(shutil.copytree(CHURN, tmp_path / "churn"))
    operate(project)
    return project


def passes(project: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.mark.build
def test_of_100_tampered_trails_each_is_found_and_keys_end_when_they_must(churn: Path) -> None:
    # Neither needs what the service needs, which the project's conftest asks for.
    said = passes(
        churn, "--noconftest", "tests/operate/test_audit.py", "tests/operate/test_keys.py"
    )

    assert "skipped" not in said
    assert int(said.split(" passed")[0].split()[-1]) >= 100


def test_secrets_are_refused_where_others_read_them_and_no_key_is_in_the_project(
    churn: Path,
) -> None:
    ignored = (churn / "deploy/service/Dockerfile.dockerignore").read_text(encoding="utf-8")
    assert "var" in ignored.splitlines()
    for path in churn.rglob("*"):
        assert path.name not in ("audit.key", "keys.json")
