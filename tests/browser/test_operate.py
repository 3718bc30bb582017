"""A project that is operated by its form, and how ready it is, as somebody who clicks sees it."""

from __future__ import annotations

import shutil

import pytest
import yaml

from tests.browser import screen
from tests.browser.conftest import ROOT
from tests.browser.test_access import faults

pytestmark = pytest.mark.browser

LONG = 600_000
"""Milliseconds for what generates a project's files, or runs its tests."""


@pytest.fixture
def open_project(lab, page):
    def go(name, example):
        shutil.copytree(ROOT / "examples" / example / "project", lab.root / name)
        page.goto(f"{lab.url}/lab?reset&token={lab.token}")
        shown = screen.open_project(page, name)
        shown.get_by_role("button", name="Generate").wait_for()
        return shown

    return go


def test_from_the_choices_to_the_lines_that_only_people_can_fill_in(open_project, page, lab):
    shown = open_project("operated", "churn")
    shown.get_by_label("Port that the service listens on").fill("9100")
    shown.get_by_text("default: 8080").wait_for()
    shown.get_by_text("more choices").click()
    shown.get_by_label("Share of resamples that the interval covers").fill("0.9")

    shown.get_by_role("button", name="Show what would change").click()
    printed = shown.get_by_label("What it printed")
    printed.get_by_text("add: ops/serve.py").wait_for(timeout=LONG)
    assert not (lab.root / "operated" / "ops").exists()
    assert shown.get_by_label("Port that the service listens on").input_value() == "9100"

    shown.get_by_role("button", name="Generate").click()
    shown.get_by_role("button", name="Generate again").wait_for(timeout=LONG)
    kept = yaml.safe_load((lab.root / "operated" / "operate.yaml").read_text())
    assert kept["serving"]["port"] == 9100
    assert kept["updating"]["confidence"] == 0.9

    asked = shown.get_by_role("region", name="Asked of people")
    asked.get_by_text("lines of OWNERS.yaml").click()
    asked.get_by_role("cell", name="owner.name").wait_for()
    asked.get_by_role("button", name="Open OWNERS.yaml").click()
    page.get_by_role("tab", name="OWNERS.yaml").wait_for()


def test_an_answer_that_cannot_be_is_said_beside_the_form(open_project, page, lab):
    page.excused.add("422")  # the browser tells each refusal to its console
    shown = open_project("refused", "sensors")
    shown.get_by_text("parts do not apply").click()
    shown.get_by_text("Service", exact=True).wait_for()
    months = shown.get_by_label("Months between two reviews of all of it")
    months.fill("0")
    shown.get_by_role("button", name="Generate").click()
    assert months.evaluate("input => input.validity.rangeUnderflow")
    # what the browser lets through, the server does not
    months.evaluate("input => { input.form.noValidate = true; }")
    shown.get_by_role("button", name="Generate").click()

    shown.get_by_role("alert").get_by_text("ownership.review_months is 0").wait_for(timeout=LONG)

    assert not (lab.root / "refused" / "operate.yaml").exists()


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_readiness_has_a_radar_and_rests_on_tests_that_run(open_project, page, lab, theme):
    themes = "@jupyterlab/apputils-extension:themes"
    lab.settings(themes, {"theme": f"JupyterLab {theme}"})
    name = f"ready-{theme.lower()}"
    try:
        shown = open_project(name, "sensors")
        page.locator(f"body[data-jp-theme-name='JupyterLab {theme}']").wait_for(state="attached")
        ready = shown.get_by_role("region", name="Readiness")
        ready.get_by_role("img", name="Compute 1.8 of 7").wait_for()
        ready.get_by_text("Its tests never ran here").wait_for()
        assert faults(page, ".jp-PocGraduate-view:not(.lm-mod-hidden)") == []
        tests = lab.root / name / "tests"
        for level in ("unit", "integration", "evaluation", "regression"):  # one test is enough
            shutil.rmtree(tests / level)
        (tests / "unit").mkdir()
        (tests / "unit" / "test_one.py").write_text("def test_one():\n    pass\n")

        ready.get_by_role("button", name="Run its tests and score").click()

        ready.get_by_text("Its tests ran last on").wait_for(timeout=LONG)
        ready.get_by_role("button", name="Every question").click()
        page.get_by_role("tab", name=f"{name}: readiness").wait_for()
        frame = page.frame_locator("iframe:visible")
        frame.get_by_role("heading", name="What an owner asks beside the score").wait_for()
    finally:
        lab.settings(themes, {})
