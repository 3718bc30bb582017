"""What is generated to operate a project: deterministic, complete, merged, or said not to apply."""

from __future__ import annotations

import ast
import importlib.util
import json
import shutil
import subprocess
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pandera.pandas as pa
import pytest
import yaml
from click.testing import CliRunner
from pydantic import ValidationError

from poc_graduate.api.operating import operate, operating_choices
from poc_graduate.cli import operate as cli
from poc_graduate.errors import GraduateError, InputError
from poc_graduate.generate.operating import engines
from poc_graduate.generate.operating.parts import PARTS

pytestmark = pytest.mark.build

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def churn(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "churn" / "project", tmp_path / "churn"))


def test_a_second_run_changes_nothing_and_nothing_of_ours_is_imported(churn: Path) -> None:
    done = operate(churn)
    again = operate(churn)

    assert not done.left_out
    assert {each.action for each in again.decisions} == {"unchanged"}
    for path in churn.glob("ops/*.py"):
        text = path.read_text(encoding="utf-8")
        ast.parse(text)
        assert "poc_graduate" not in text


def test_the_way_from_the_contract_to_the_model_is_the_authors_own(churn: Path) -> None:
    operate(churn)

    text = (churn / "ops/model.py").read_text(encoding="utf-8")
    assert "df = prepare_features(df)\n    X = pd.get_dummies(df[FEATURES])" in text
    assert 'TARGET = "churned"' in text
    assert "model.predict_proba(rows)[:, 1]" in text


def test_an_edit_stays_and_a_choice_arrives(churn: Path) -> None:
    operate(churn)
    edited = churn / "ops/keys.py"
    edited.write_text(edited.read_text(encoding="utf-8") + "\n# ours\n", encoding="utf-8")
    choices = churn / "operate.yaml"
    choices.write_text(
        choices.read_text(encoding="utf-8").replace("port: 8080", "port: 9000"), encoding="utf-8"
    )

    done = operate(churn)

    assert not done.conflicts
    assert edited.read_text(encoding="utf-8").endswith("# ours\n")
    assert '"9000"' in (churn / "ops/settings.py").read_text(encoding="utf-8")


def test_a_dry_run_shows_everything_and_writes_nothing(churn: Path) -> None:
    before = sorted(churn.rglob("*"))

    done = operate(churn, dry_run=True)

    assert "+++ b/ops/serve.py" in done.diff
    assert sorted(churn.rglob("*")) == before


def test_the_extra_is_added_once_and_the_rest_of_pyproject_stays(churn: Path) -> None:
    path = churn / "pyproject.toml"
    before = tomllib.loads(path.read_text(encoding="utf-8"))
    operate(churn)
    operate(churn)

    after = tomllib.loads(path.read_text(encoding="utf-8"))
    assert after["project"]["optional-dependencies"].pop("serve")
    assert after == before


def test_a_forecast_by_a_class_of_the_authors_own_is_served_as_it_is(tmp_path: Path) -> None:
    project = Path(shutil.copytree(EXAMPLES / "sales" / "project", tmp_path / "sales"))

    done = operate(project)

    assert not done.left_out
    text = (project / "ops/model.py").read_text(encoding="utf-8")
    assert 'PRODUCT = "products/train/m.pickle"' in text
    assert "CONTRACT = RAW_FEATURES" in text
    assert 'TARGET = "revenue"' in text


def test_a_date_of_a_request_is_a_text_of_the_columns_kind(tmp_path: Path) -> None:
    project = Path(shutil.copytree(EXAMPLES / "sales" / "project", tmp_path / "sales"))
    operate(project)
    spec = importlib.util.spec_from_file_location("contract", project / "ops/contract.py")
    assert spec is not None
    assert spec.loader is not None
    contract = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(contract)
    columns = {
        "day": pa.Column("datetime64[us]"),
        "at": pa.Column(pd.DatetimeTZDtype("us", "UTC"), nullable=True),
        "y": pa.Column(float),
    }
    row = contract.row_model(pa.DataFrameSchema(columns), without="y")

    good = [
        {"day": "2024-04-01", "at": "2024-04-01T10:00:00Z"},
        {"day": "2024-04-01T10:00:00", "at": None},
    ]
    bad = [
        {"day": 20240401, "at": None},
        {"day": "2024-04-01T10:00:00Z", "at": None},
        {"day": "2024-04-01", "at": "2024-04-01T10:00:00"},
        {"day": "yesterday", "at": None},
        {"day": None, "at": None},
    ]
    for one in good:
        assert row.model_validate(one) == row.model_validate_json(json.dumps(one))
    for one in bad:
        with pytest.raises(ValidationError):
            row.model_validate_json(json.dumps(one))


def test_without_a_model_that_is_a_product_each_part_says_why_not(tmp_path: Path) -> None:
    project = Path(shutil.copytree(EXAMPLES / "sensors" / "project", tmp_path / "sensors"))

    done = operate(project)

    everywhere = {one.title for one in engines.PARTS} | {"Ownership", "Business case"}
    assert set(done.left_out) == {part.title for part in PARTS} - everywhere
    assert not (project / "ops/serve.py").exists()
    assert (project / "business/inputs.yaml").exists()
    text = (project / "docs/operating.md").read_text(encoding="utf-8")
    assert "## What does not apply" in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("servin: {}", "did you mean `serving`?"),
        ("serving: {prot: 1}", "did you mean `port`?"),
        ("serving: {port: '1'}", "a whole number"),
        ("serving: {port: 0}", "at least 1"),
        ("[1]", "not a mapping"),
    ],
)
def test_a_mistake_in_the_choices_is_named(churn: Path, text: str, says: str) -> None:
    choices = churn.parent / "choices.yaml"
    choices.write_text(text, encoding="utf-8")

    with pytest.raises(InputError) as refused:
        operate(churn, choices)

    assert says in f"{refused.value} {refused.value.remedy}"
    assert not (churn / "ops").exists()


def test_what_the_dialog_is_told_is_kept(churn: Path) -> None:
    operate(churn, ask=lambda question: 9100 if question.name == "port" else question.value)

    kept = yaml.safe_load((churn / "operate.yaml").read_text(encoding="utf-8"))
    assert kept["serving"]["port"] == 9100


def test_an_answer_that_cannot_be_changes_nothing(churn: Path) -> None:
    with pytest.raises(InputError) as refused:
        operate(churn, ask=lambda question: 0 if question.name == "port" else question.value)

    assert "serving.port is 0" in str(refused.value)
    assert not (churn / "ops").exists()


def test_on_a_terminal_a_number_that_is_too_small_is_asked_for_again(
    churn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr(cli, "sys", SimpleNamespace(stdin=terminal))
    asked = operating_choices(churn).parts
    typed = [
        "0\n9200" if one.name == "port" else ""
        for part in asked
        for one in part.questions
        if one.dialog
    ]

    done = CliRunner().invoke(cli.command, [str(churn)], input="\n".join([*typed, ""]))

    assert done.exit_code == 0, done.output
    assert "0 is not in the range" in done.output
    assert "asked of people: 25 lines of OWNERS.yaml" in done.output
    kept = yaml.safe_load((churn / "operate.yaml").read_text(encoding="utf-8"))
    assert kept["serving"]["port"] == 9200


def test_without_ruff_nothing_is_written_that_is_not_formatted(
    churn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'No module named ruff' >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr("poc_graduate.generate.style.sys.executable", str(python))

    with pytest.raises(GraduateError, match="No module named ruff"):
        operate(churn)

    assert not (churn / "ops").exists()


def test_alert_rules_and_their_stories_follow_the_choices(churn: Path) -> None:
    choices = churn.parent / "choices.yaml"
    choices.write_text("observing: {availability: 0.99, latency: 0.95, latency_ms: 250}")
    operate(churn, choices)

    groups = yaml.safe_load((churn / "ops/alerts/rules.yml").read_text(encoding="utf-8"))["groups"]
    rules = {rule["alert"]: rule for group in groups for rule in group["rules"]}
    told = yaml.safe_load((churn / "ops/alerts/rules_test.yml").read_text(encoding="utf-8"))
    fire = {
        one["alertname"]
        for story in told["tests"]
        for one in story["alert_rule_test"]
        if one["exp_alerts"]
    }
    runbook = (churn / "docs/runbook.md").read_text(encoding="utf-8").lower().replace(" ", "-")

    assert "(14.4 * 0.01)" in rules["AvailabilityBudgetFast"]["expr"]
    assert 'le="0.25"' in rules["LatencyBudgetFast"]["expr"]
    assert fire == set(rules)
    for rule in rules.values():
        assert f"\n##-{rule['annotations']['runbook'].partition('#')[2]}\n" in runbook


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Debian's package `prometheus`")
@pytest.mark.parametrize("chosen", ["{}", "{availability: 0.95, latency: 0.95, breaks_share: 0.3}"])
def test_promtool_agrees_whatever_is_chosen(churn: Path, chosen: str) -> None:
    choices = churn.parent / "choices.yaml"
    choices.write_text(f"observing: {chosen}")
    operate(churn, choices)

    done = subprocess.run(
        ["promtool", "test", "rules", churn / "ops/alerts/rules_test.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
