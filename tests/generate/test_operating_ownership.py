"""Who answers for it, what is asked of them, and a course that knows its project."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from poc_graduate.api.operating import operate, operating_choices

pytestmark = pytest.mark.build

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module", params=["churn", "sensors"])
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("owned") / request.param
    project = Path(shutil.copytree(EXAMPLES / request.param / "project", folder))
    operate(project)
    return project


@pytest.fixture
def project(example: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(example, tmp_path / example.name))


def papers(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ops.papers", *arguments],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip


def fill(path: Path, **said: object) -> None:
    """Every line of a form; of nobody."""
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    for section, lines in form.items():
        for name in lines:
            known = {"handle": f"@{section}", "first": "2026-01-31", "name": f"{section} of a test"}
            form[section][name] = ["a", "b"] if section == "skills" else known.get(name, "a test")
    text = yaml.safe_dump(form, sort_keys=False, allow_unicode=True)
    path.write_text(text.replace("'2026-01-31'", "2026-01-31"), encoding="utf-8")


def test_nobody_is_invented_and_each_empty_line_is_asked_for(project: Path) -> None:
    form = yaml.safe_load((project / "OWNERS.yaml").read_text(encoding="utf-8"))
    assert {value for lines in form.values() for value in lines.values()} == {None}

    said = papers(project).stdout

    lines = (project / "OWNERS.yaml").read_text(encoding="utf-8").splitlines()
    place = 1 + lines.index(next(line for line in lines if line.startswith("  name:")))
    assert f"asked: OWNERS.yaml:{place}: owner.name: not stated" in said
    assert "asked: docs/cards.yaml:" in said
    assert not (project / "CODEOWNERS").exists()
    assert "No dates yet" in (project / "docs/calendar.md").read_text(encoding="utf-8")


def test_what_operate_asks_for_is_what_the_projects_own_papers_ask_for(project: Path) -> None:
    form = (project / "OWNERS.yaml").read_text(encoding="utf-8")
    form = form.replace("  name:", "  name: Ada", 1).replace("  contact:", "  contact: tbd", 1)
    form = form.replace("  pipeline:", "  pipeline: []", 1)
    (project / "OWNERS.yaml").write_text(form, encoding="utf-8")

    told = [
        f"{one.path}:{one.line}: {one.name}: not stated: {one.asks}"
        for one in operating_choices(project).unstated
        if not one.path.startswith("business/")
    ]

    said = papers(project, "--check").stdout
    assert "owner.name" not in said
    assert told == [line for line in said.splitlines() if "not stated" in line]


def test_what_is_filled_in_becomes_papers_that_are_checked_by_their_text(project: Path) -> None:
    fill(project / "OWNERS.yaml")
    fill(project / "docs/cards.yaml")
    assert papers(project).returncode == 0

    checked = papers(project, "--check")
    assert (checked.returncode, checked.stdout) == (0, "up to date\n")
    assert "* @owner @deputy" in (project / "CODEOWNERS").read_text(encoding="utf-8")
    assert (project / "docs/calendar.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")

    env = project / "env.yaml"
    sheet = project / "docs/data_sheet.md"
    sheet.write_text(sheet.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    text = env.read_text(encoding="utf-8").replace("threshold: 0.45", "threshold: 0.5")
    env.write_text(text, encoding="utf-8")
    again = papers(project, "--check")
    assert again.returncode == 1
    assert "docs/data_sheet.md is out of date" in again.stdout
    assert ("docs/model_card.md is out of date" in again.stdout) is (project.name == "churn")


def test_only_what_applies_is_asked_and_taught(project: Path) -> None:
    model = project.name == "churn"
    form = yaml.safe_load((project / "OWNERS.yaml").read_text(encoding="utf-8"))
    papers(project)

    assert ("service" in form["skills"]) is model
    assert ("roll_back" in form["mandate"]) is model
    assert (project / "docs/model_card.md").exists() is model
    assert (project / "training/lesson_4_operate.py").exists() is model
    minutes = "120 minutes" if model else "70 minutes"
    assert minutes in (project / "training/README.md").read_text(encoding="utf-8")


def test_answers_and_ticks_stay_when_operate_runs_again(project: Path) -> None:
    owners, handover = project / "OWNERS.yaml", project / "docs/handover.md"
    for path, old, new in (
        (owners, "  name:", "  name: Ada"),
        (handover, "- [ ] All tests pass", "- [x] 2026-02-01 All tests pass"),
    ):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    assert not operate(project).conflicts
    assert "  name: Ada" in owners.read_text(encoding="utf-8")
    assert "- [x] 2026-02-01 All tests pass" in handover.read_text(encoding="utf-8")


def test_generated_tests_of_the_papers_pass_and_say_what_is_open(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider",
         "--noconftest", "tests/operate/test_ownership.py"],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    assert "lines are to be filled in, first OWNERS.yaml:" in done.stdout
    assert "points are open" in done.stdout


def test_the_last_lesson_runs_with_its_solutions(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest",
         "tests/operate/test_training.py", "-k", "lesson_5 or every_exercise or hint"],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
