"""The business case that is generated: it asks, ties value to the model, and never assumes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from poc_graduate.api.operating import operate, operating_choices
from poc_graduate.generate.engines.pipeline import read_pipeline
from poc_graduate.generate.operating.business import PART, Business
from poc_graduate.generate.operating.business_inputs import sections, threshold, tie
from poc_graduate.generate.operating.model import served
from poc_graduate.generate.operating.part import Project

pytestmark = pytest.mark.build

EXAMPLES = Path(__file__).parents[2] / "examples"
MEASURED = {
    "seconds": {"train": 30.0},
    "products_bytes": 10**6,
    "version_bytes": 0,
    "on": "2026-01-31",
    "machine": "for a test",
}
WORTHLESS = {"worth": 0.0, "hours": 0.0, "other": 0.0, "events": 0.0}


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("business") / "churn"
    project = Path(shutil.copytree(EXAMPLES / "churn" / "project", folder))
    operate(project)
    return project


@pytest.fixture
def churn(operated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(operated, tmp_path / "churn"))


def described(example: str) -> Project:
    folder = EXAMPLES / example / "project"
    pipeline = read_pipeline(folder)
    model, why = served(folder, pipeline.name)
    return Project(pipeline, model, why, {"business": Business()})


def fill(project: Path, **likely: float) -> None:
    """Every line of the form: invented figures, for a test."""
    path = project / "business" / "inputs.yaml"
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    form["decision"] = {"currency": "EUR", "years": 3, "sure": 0.8}
    known = {"months_to_live": 4.0, "discount": 0.05, "today_finds": 0.0, "today_wrongly": 0.0}
    for section in form.keys() - {"decision"}:
        for name, one in form[section].items():
            figure = {**known, **likely}.get(name, 0.3 if one["unit"] == "share" else 3.0)
            one |= {"low": figure * 0.9, "likely": figure, "high": figure * 1.1}
            one |= {"source": "a test", "date": "2026-01-31"}
    text = yaml.safe_dump(form, sort_keys=False).replace("'2026-01-31'", "2026-01-31")
    path.write_text(text, encoding="utf-8")
    (project / "business" / "measured.json").write_text(json.dumps(MEASURED), encoding="utf-8")


def business(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "business.case", *arguments],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_form_that_nobody_filled_in_gives_no_result_and_names_each_line(churn: Path) -> None:
    done = business(churn)

    asked = sum(len(section.inputs) for section in sections(described("churn")))
    assert done.returncode == 1
    assert f"No result: {asked + 3} lines" in done.stderr
    assert "business/inputs.yaml:16: decision.currency" in done.stderr
    assert not (churn / "business" / "case.html").exists()


def test_what_operate_asks_for_is_what_the_business_case_asks_for(churn: Path) -> None:
    form = (churn / "business/inputs.yaml").read_text(encoding="utf-8")
    form = form.replace("    low:", "    low: 0", 1).replace("  years:", "  years: 3", 1)
    optional = form.index("mitigated_risk:\n")
    after = form.index("\n#", optional)
    form = f"{form[:optional]}mitigated_risk:\n  not needed: nothing is averted\n{form[after:]}"
    (churn / "business/inputs.yaml").write_text(form, encoding="utf-8")

    told = [
        f"{one.path}:{one.line}: {one.name}"
        for one in operating_choices(churn).unstated
        if one.path.startswith("business/")
    ]

    said = business(churn).stderr.splitlines()[1:]
    assert told == [": ".join(line.split(": ")[:2]) for line in said]


def test_what_only_costs_is_answered_no_first_and_on_both_pages(churn: Path) -> None:
    fill(churn, **WORTHLESS)

    done = business(churn)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("No: over 3 years it loses ")
    page = (churn / "business" / "case.html").read_text(encoding="utf-8")
    assert '<h1 class="no">No: over 3 years' in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert (churn / "business" / "case.pdf").read_bytes().startswith(b"%PDF")


def test_the_same_inputs_give_the_same_bytes_and_other_answers_make_it_stale(churn: Path) -> None:
    fill(churn)
    assert business(churn).returncode == 0
    made = {path: path.read_bytes() for path in (churn / "business").glob("case.*")}
    assert len(made) == 4
    assert business(churn).returncode == 0
    assert {path: path.read_bytes() for path in made} == made
    assert business(churn, "--check").stdout == "up to date\n"

    released = churn / "tests" / "reference" / "released.json"
    known = json.loads(released.read_text(encoding="utf-8"))
    known["answers"][0] = 0.99
    released.write_text(json.dumps(known), encoding="utf-8")

    done = business(churn, "--check")
    assert done.returncode == 1
    assert done.stdout == "the model on the benchmark is another one\n"


def test_another_threshold_of_the_pipeline_is_another_case(churn: Path) -> None:
    fill(churn)
    business(churn)
    env = churn / "env.yaml"
    text = env.read_text(encoding="utf-8").replace("threshold: 0.45", "threshold: 0.3")
    env.write_text(text, encoding="utf-8")

    assert business(churn, "--check").stdout == "the model on the benchmark is another one\n"


def test_how_value_rests_on_the_model_is_read_from_how_it_is_asked() -> None:
    churn, sensors = described("churn"), described("sensors")

    assert (tie(churn), threshold(churn)) == ("scores", "threshold")
    assert (tie(sensors), threshold(sensors)) == ("none", "")
    revenue = [one.name for one in sections(sensors)[0].inputs]
    assert revenue == ["decisions", "better", "worth"]


@pytest.mark.parametrize(
    ("ask", "function", "how", "asked", "says"),
    [
        ("model.predict(rows)", "mean_absolute_error", "figures", "error_cost", "def errors("),
        ("model.predict(rows)", "accuracy_score", "classes", "positives", "return 0.5"),
    ],
)
def test_other_models_are_asked_otherwise(
    ask: str, function: str, how: str, asked: str, says: str
) -> None:
    churn = described("churn")
    other = replace(
        churn,
        served=replace(churn.model, ask=ask, function=function, preparation=None),
        pipeline=replace(churn.pipeline, parameters=()),
    )

    files = PART.files(other)

    assert tie(other) == how
    assert f"  {asked}:" in files["business/inputs.yaml"]
    assert says in files["business/quality.py"]
    for path in (path for path in files if path.endswith(".py")):
        compile(files[path], path, "exec")


def test_answers_stay_when_operate_runs_again(churn: Path) -> None:
    path = churn / "business" / "inputs.yaml"
    text = path.read_text(encoding="utf-8").replace("  currency:", "  currency: EUR")
    path.write_text(text, encoding="utf-8")

    assert not operate(churn).conflicts
    assert "  currency: EUR" in path.read_text(encoding="utf-8")
