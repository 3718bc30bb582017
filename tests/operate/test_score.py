"""Only what ran and passed counts; what goes stale, or is deleted, lowers the score."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from poc_graduate.api.scoring import score_page
from poc_graduate.errors import InputError
from poc_graduate.operate import answers, ran
from poc_graduate.operate.domains import DOMAIN_NAMES, DOMAINS
from poc_graduate.operate.questions import RUBRIC, SECTIONS
from poc_graduate.operate.ran import Ran
from poc_graduate.operate.score import Score, Verdict, by_people, papers, score
from poc_graduate.report.score_text import score_text
from poc_graduate.verify.certificate import Certificate
from poc_graduate.verify.certificate import Verdict as Certified

TODAY = date(2026, 3, 1)
PASSED = {
    "tests/unit/test_train.py::test_fit_model_on_sampled_rows": "passed",
    "tests/regression/test_contracts.py::test_a_column_that_is_gone_stops_the_table": "passed",
    "tests/regression/test_dependencies.py::test_versions": "passed",
    "tests/integration/test_pipeline.py::test_second_run_gives_equal_products": "passed",
    "tests/integration/test_bad_data.py::test_bad_data_stop_the_build": "passed",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    for path in ("src/shop/contracts.py", "tests/regression/test_candidate.py", "pipeline.yaml"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")
    (folder / "graduation").mkdir()
    (folder / "README.md").write_text("# Shop")
    return folder


def a_run(project: Path, outcomes=PASSED, *, days: int = 0) -> Ran:
    when = datetime(2026, 3, 1, 12, tzinfo=UTC) - timedelta(days=days)
    return Ran(when, dict(outcomes), ran.fingerprints(project))


def verdict(found: Score, name: str) -> Verdict:
    return next(v for v in (*found.rubric, *found.domains) if v.question.name == name)


def test_the_rubric_is_the_papers():
    assert [sum(q.section == s for q in RUBRIC) for s in SECTIONS] == [7, 7, 7, 7]


def test_nothing_that_did_not_run_counts(project):
    found = score(project, today=TODAY)

    assert found.total == 0
    assert verdict(found, "data-1-schema").state == "not run"


def test_what_ran_and_passed_counts_and_the_weakest_section_is_the_score(project):
    found = score(project, today=TODAY, latest=a_run(project))

    assert found.sections == {"Data": 2.0, "Model": 0.0, "Infrastructure": 3.0, "Monitoring": 2.0}
    assert found.total == 0


def test_a_failure_says_no_whatever_else_passed(project):
    one = "tests/unit/test_train.py::test_fit_model_leaves_x_train_as_it_was"

    found = score(project, today=TODAY, latest=a_run(project, {**PASSED, one: "failed"}))

    assert verdict(found, "data-7-feature-code-tested").state == "failed"
    assert one in verdict(found, "data-7-feature-code-tested").says


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda p: (p / "src/shop/contracts.py").write_text("x = 1"), "contracts.py changed since"),
        (lambda p: (p / "pipeline.yaml").unlink(), "pipeline.yaml gone since"),
        (lambda p: (p / "data.csv").write_text("a"), "data.csv new since"),
    ],
)
def test_files_that_went_on_make_what_passed_stale(project, change, says):
    latest = a_run(project)
    change(project)

    found = score(project, today=TODAY, latest=latest)

    assert verdict(found, "data-1-schema").state == "stale"
    assert says in verdict(found, "data-1-schema").says
    assert found.sections["Data"] == 0


def test_products_and_pages_are_no_part_of_the_project(project):
    latest = a_run(project)
    (project / "products").mkdir()
    (project / "products" / "model.pickle").write_bytes(b"x")
    (project / "README.md").write_text("# Shop, explained")

    assert score(project, today=TODAY, latest=latest).sections["Data"] == 2


def test_a_month_makes_what_passed_stale(project):
    assert score(project, today=TODAY, latest=a_run(project, days=30)).sections["Data"] == 2
    assert score(project, today=TODAY, latest=a_run(project, days=31)).sections["Data"] == 0


def test_an_artefact_that_is_deleted_lowers_the_score(project):
    (project / "src/shop/contracts.py").unlink()

    found = score(project, today=TODAY, latest=a_run(project))

    assert verdict(found, "data-1-schema").state == "missing"
    assert found.sections["Data"] == 1


def test_a_person_counts_half_when_all_is_said_and_for_a_year(project):
    (project / answers.FILE).write_text(
        "data-5-privacy:\n  by: Data office\n  date: 2026-01-31\n  see: wiki/privacy\n"
        "model-3-tuned:\n  by: Data office\n"
        "monitor-4-age:\n  by: Data office\n  date: 2024-01-31\n  see: wiki/age\n"
    )

    found = score(project, today=TODAY)

    assert verdict(found, "data-5-privacy").points == 0.5
    assert verdict(found, "model-3-tuned").says == "readiness.yaml does not say: date, see"
    assert verdict(found, "monitor-4-age").state == "stale"


def test_what_is_not_asked_of_a_project_costs_it_nothing_and_gives_it_nothing(project):
    (project / "tests/regression/test_candidate.py").unlink()
    (project / answers.FILE).write_text("data-4-features-permitted: {not needed: public data}\n")

    found = score(project, today=TODAY, latest=a_run(project))

    assert not found.model
    assert found.sections["Data"] == pytest.approx(7 * 2 / 3)
    assert verdict(found, "data-4-features-permitted").says == "public data"


def test_next_come_the_questions_of_the_weakest_section_that_cost_least(project):
    found = score(project, today=TODAY, latest=a_run(project))

    assert {step.question.section for step in found.next_steps} == {"Model"}
    assert found.next_steps[0].state == "missing"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("data-5-privcy:\n  by: x\n", "Did you mean `data-5-privacy`?"),
        ("data-5-privacy: yes\n", "give `by`, `date` and `see`"),
        ("data-5-privacy: {date: soon}\n", "write a date"),
        ("data-5-privacy: {date: 2999-01-01}\n", "still to come"),
        ("data-5-privacy: [\n", "is no YAML"),
        ("- a\n", "no answers by name"),
    ],
)
def test_a_wrong_answer_is_named(project, text, says):
    (project / answers.FILE).write_text(text)

    with pytest.raises(InputError) as refused:
        score(project, today=TODAY)

    assert says in f"{refused.value} {refused.value.remedy}"


def test_the_form_asks_what_no_test_answers_and_reads_back_as_open(project):
    (project / answers.FILE).write_text(answers.form(by_people(project)))

    found = score(project, today=TODAY)

    assert verdict(found, "business-sponsor").state == "open"
    assert "data-1-schema" not in (project / answers.FILE).read_text()


OWNED = "tests/operate/test_ownership.py::test_owner_deputy_and_who_is_on_call_are_stated"
PAPERS = "tests/operate/test_ownership.py::test_papers_say_what_is_so_now"


@pytest.fixture
def owned(project):
    """A project whose papers are there, and whose tests of them passed."""
    for path in papers():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text("as it was")
    return project


def a_run_of_papers(project: Path, how="passed", **skipped: str) -> Ran:
    known = {path: ran.sha256(project / path) for path in papers()}
    outcomes = dict.fromkeys((OWNED, PAPERS), how)
    why = dict.fromkeys(outcomes, skipped.get("why", "")) if how == "skipped" else {}
    when = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return Ran(when, outcomes, ran.fingerprints(project), known, why)


def test_there_are_ten_domains_and_every_question_has_its_own_name():
    assert len(DOMAIN_NAMES) == 10
    names = [question.name for question in (*RUBRIC, *DOMAINS)]
    assert len(set(names)) == len(names)


def test_a_domain_counts_what_ran_and_leaves_the_papers_score_alone(owned):
    before = score(owned, today=TODAY)
    found = score(owned, today=TODAY, latest=a_run_of_papers(owned))

    assert before.by_domain["Ownership"] == 0
    assert found.by_domain["Ownership"] == pytest.approx(7 / 3)
    assert found.total == before.total
    assert set(found.weakest_domains) == {n for n, p in found.by_domain.items() if p == 0}


@pytest.mark.parametrize("path", ["docs/data_sheet.md", "docs/calendar.md"])
def test_a_paper_that_is_deleted_or_changed_lowers_its_domain_and_no_other(owned, path):
    latest = a_run_of_papers(owned)
    (owned / path).write_text("changed by hand")
    changed = score(owned, today=TODAY, latest=latest)
    (owned / path).unlink()
    deleted = score(owned, today=TODAY, latest=latest)

    assert verdict(changed, "documentation-papers").state == "stale"
    assert f"{path} changed since" in verdict(changed, "documentation-papers").says
    assert verdict(deleted, "documentation-papers").state == "missing"
    assert path in verdict(deleted, "documentation-papers").says
    assert deleted.by_domain["Ownership"] == pytest.approx(7 / 3)


def test_what_was_skipped_counts_nothing_and_says_why(owned):
    why = "25 lines are to be filled in, first OWNERS.yaml:8: owner.name: not stated"

    found = score(owned, today=TODAY, latest=a_run_of_papers(owned, "skipped", why=why))

    assert verdict(found, "ownership").points == 0
    assert verdict(found, "ownership").says == f"its tests were skipped: {why}"
    steps = {step.question.name for step in found.next_in_domains}
    assert len(steps) == 3


def test_a_form_that_is_filled_in_makes_only_its_own_questions_stale(owned):
    latest = a_run_of_papers(owned)
    (owned / answers.FILE).write_text("ownership:\n  by: Ada\n")
    (owned / "OWNERS.yaml").write_text("owner: {name: Ada}")

    found = score(owned, today=TODAY, latest=latest)

    assert verdict(found, "ownership").state == "stale"
    assert "OWNERS.yaml changed since its tests ran" in verdict(found, "ownership").says
    assert verdict(found, "documentation-papers").state == "passed"


def test_a_file_alone_is_no_answer(project):
    assert verdict(score(project, today=TODAY), "documentation").points == 0


def test_a_signature_does_not_outweigh_a_test_that_failed(owned):
    (owned / answers.FILE).write_text(
        "ownership:\n  by: Ada\n  date: 2026-01-31\n  see: wiki/owners\n"
    )
    signed = score(owned, today=TODAY)
    failed = score(owned, today=TODAY, latest=a_run_of_papers(owned, "failed"))

    assert verdict(signed, "ownership").points == 0.5
    assert verdict(failed, "ownership").state == "failed"


def test_without_a_model_nobody_asks_for_its_service(owned):
    (owned / "tests/regression/test_candidate.py").unlink()

    found = score(owned, today=TODAY)

    assert "Serving" not in found.by_domain
    assert not [v for v in found.domains if v.question.model]


def test_the_page_and_the_text_show_both_radars_and_what_is_next(owned):
    found = score(owned, today=TODAY, latest=a_run_of_papers(owned))
    page, text = score_page(found), score_text(found)

    assert page.count('<svg class="radar"') == 2
    for name in DOMAIN_NAMES:
        assert f"{name} {found.by_domain[name]:.1f} of 7" in page
        assert name in text
    assert page.count("<ol") == 2
    assert "Next for the owner" in text


def test_a_record_keeps_papers_and_reasons_and_old_records_are_read(owned):
    latest = a_run_of_papers(owned, "skipped", why="not stated")
    (owned / ran.RECORD).write_text(latest.to_json())
    assert ran.kept(owned) == latest

    old = json.loads(latest.to_json())
    del old["papers"], old["skipped"]
    (owned / ran.RECORD).write_text(json.dumps(old))
    assert ran.kept(owned).skipped == {}


def certified(outcome, files: dict[str, str]) -> str:
    found = Certified("state", "x", 1, "load", outcome, "value by value")
    return Certificate("shop.ipynb", "", "shop", (found,), files_sha256=files).to_json()


def test_a_certificate_counts_while_it_speaks_of_the_files_as_they_are(project):
    known = {"pipeline.yaml": ran.sha256(project / "pipeline.yaml")}
    certificate = project / "graduation" / "certificate.json"
    certificate.write_text(certified("equal", known))
    assert verdict(score(project, today=TODAY), "proof").state == "passed"

    (project / "pipeline.yaml").write_text("tasks: []")
    assert verdict(score(project, today=TODAY), "proof").state == "stale"

    certificate.write_text(certified("different", {}))
    assert verdict(score(project, today=TODAY), "proof").state == "failed"


def test_a_damaged_record_is_named(project):
    (project / ran.RECORD).write_text("{")

    with pytest.raises(InputError, match="cannot be read"):
        score(project, today=TODAY)


def test_tests_run_by_the_projects_own_settings_and_cases_count_as_one(project):
    (project / "tests/regression/test_candidate.py").write_text(
        "import pytest\n\n\n"
        "@pytest.mark.parametrize('n', [1, 2])\n"
        "def test_verdict(n: int) -> None:\n    assert n < 2\n\n\n"
        "def test_other() -> None:\n    pass\n\n\n"
        "def test_skipped() -> None:\n    pytest.skip('nobody said')\n"
    )

    found = ran.run(project)
    (project / ran.RECORD).write_text(found.to_json())

    assert found.outcomes == {
        "tests/regression/test_candidate.py::test_verdict": "failed",
        "tests/regression/test_candidate.py::test_other": "passed",
        "tests/regression/test_candidate.py::test_skipped": "skipped",
    }
    assert found.skipped == {"tests/regression/test_candidate.py::test_skipped": "nobody said"}
    assert ran.kept(project) == replace(found, when=found.when.replace(microsecond=0))
    assert json.loads(found.to_json())["format"] == 1


def test_a_project_whose_tests_cannot_run_says_so(project):
    (project / "tests/regression/test_candidate.py").unlink()

    with pytest.raises(InputError, match="did not run"):
        ran.run(project)
