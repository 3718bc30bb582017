"""Small notebooks with one trap each: exported, proved, built by plain Ploomber, same result."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exports.conftest import write_notebook

_CASES = Path(__file__).parent.parent / "hazards" / "cases.py"
_TAIL = (
    "import os as _os\nwith open(_os.environ['RESULT_FILE'], 'w') as _out:\n"
    "    _out.write(repr(RESULT))"
)


def cases() -> dict[str, tuple[str, str, str, str]]:
    spec = importlib.util.spec_from_file_location("hazard_cases", _CASES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, tuple[str, str, str, str]] = module.CASES
    return found


ALL = cases()
SAMPLE = sorted(ALL)[1 :: max(1, len(ALL) // 4)]


def check(name: str, folder: Path, poc) -> None:
    *sections, expected = ALL[name]
    write_notebook(folder, *sections, _TAIL)
    os.environ["RESULT_FILE"] = str(folder / "result.txt")

    done = poc("export", "story.ipynb", "--output", "project", cwd=folder)

    if done.returncode == 3:
        assert "cell" in done.stderr, done.stderr
        return
    assert done.returncode == 0, done.stderr
    (folder / "result.txt").unlink(missing_ok=True)
    code = "from ploomber_cli.cli import cmd_router; cmd_router()"
    build = subprocess.run(
        [sys.executable, "-c", code, "build", "--force"],
        cwd=folder / "project",
        capture_output=True,
        text=True,
        check=False,
    )
    assert build.returncode == 0, build.stdout[-1000:] + build.stderr[-4000:]
    assert (folder / "result.txt").read_text() == expected
    certificate = json.loads((folder / "project/graduation/certificate.json").read_text())
    assert certificate["equal"] is True


@pytest.mark.build
@pytest.mark.parametrize("name", SAMPLE)
def test_the_pipeline_computes_what_the_notebook_computes(name, tmp_path, poc):
    check(name, tmp_path, poc)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(ALL) - set(SAMPLE)))
def test_the_pipeline_computes_what_the_notebook_computes_all(name, tmp_path, poc):
    check(name, tmp_path, poc)


@pytest.mark.build
def test_no_secret_is_in_what_is_exported(tmp_path, poc):
    key, password = "q8Zt3LmP0sVw71Ax", "k4tz3nf00d!"
    write_notebook(
        tmp_path,
        f"import pandas as pd\napi_key = '{key}'\ndf = pd.DataFrame({{'x': range(9)}})",
        f"def ask(password={password!r}):\n    return len(password)\n"
        "df['n'] = ask() + len(api_key)\nprint(api_key)",
        "print(df.n.sum())",
    )

    done = poc("export", "story.ipynb", "--output", "project", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    project = tmp_path / "project"
    files = [path for path in project.rglob("*") if path.is_file()]
    for secret in (key, password):
        assert [path for path in files if secret.encode() in path.read_bytes()] == []
        assert secret not in done.stdout + done.stderr
    example = (project / ".env.example").read_text()
    assert example.splitlines()[1:] == ["API_KEY=", "PASSWORD="]
    assert not list(project.rglob("api_key.pickle"))
    verified = poc("verify", "project", cwd=tmp_path)
    assert (verified.returncode, "API_KEY, PASSWORD" in verified.stderr) == (2, True)


@pytest.mark.build
def test_cleaning_by_hand_is_a_step_whose_test_counts_what_it_touches(tmp_path, poc):
    write_notebook(
        tmp_path,
        "import pandas as pd\ndf = pd.DataFrame({'customer_id': range(1000), 'age': 30.0})\n"
        "df.to_csv('customers.csv', index=False)\ndf = pd.read_csv('customers.csv')",
        "df = df[df.customer_id != 733]\ndf.loc[df.customer_id == 871, 'age'] = 42",
        "print(df.age.sum())",
    )

    done = poc("export", "story.ipynb", "--output", "project", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    project = tmp_path / "project"
    tests = project / "tests" / "unit" / "test_part_b.py"
    assert "_leaves_out_1_row_and_changes_1_value() -> None:" in tests.read_text()
    plan = " ".join((project / "graduation" / "plan.yaml").read_text().replace("#", "").split())
    assert "POC203 id-filter: a step of its own" in plan
    page = (project / "graduation" / "findings.html").read_text()
    assert "its unit test counts what it touches" in page
    code = next((project / "src").glob("*/part_b.py"))
    code.write_text(code.read_text().replace("871", "872").replace("733", "1733"))
    run = [sys.executable, "-m", "pytest", "-q", "tests/unit", "-k", "leaves_out"]
    assert subprocess.run(run, cwd=project, check=False, capture_output=True).returncode == 1


@pytest.mark.build
def test_a_notebook_without_functions_of_its_own_is_exported(tmp_path, poc):
    write_notebook(tmp_path, "with open('a', 'w') as f:\n    f.write('x')", "print(1)")

    done = poc("export", "story.ipynb", "--output", "project", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
