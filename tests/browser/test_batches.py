"""A project run with other parameters, and its scripts, as somebody who clicks sees it."""

from __future__ import annotations

import pytest

from tests.batch.waiting import next_task, project
from tests.browser import screen
from tests.browser.screen import menu

pytestmark = pytest.mark.browser

LONG = 600_000
"""Milliseconds for what runs notebooks."""


@pytest.fixture
def open_project(lab, page):
    def go(name, more=lambda folder: None):
        project(lab.root / name)
        more(lab.root / name)
        page.goto(f"{lab.url}/lab?reset&token={lab.token}")
        shown = screen.open_project(page, name)
        shown.get_by_role("heading", name="Batch runs").wait_for()
        return shown

    return go


def test_a_batch_from_its_form_to_the_cell_that_failed(open_project, page, lab):
    shown = open_project("varied")
    run = shown.get_by_role("button", name="Run the batch")
    assert run.is_disabled()

    shown.get_by_label("How rate varies").select_option("several values")
    shown.get_by_label("rate: values").fill("0.1, high")
    shown.get_by_role("alert").get_by_text("rate (env.yaml) is a number").wait_for()
    shown.get_by_label("rate: values").fill("0.1, 0.95")
    shown.get_by_label("How region varies").select_option("another value")
    shown.get_by_label("region: value").fill("no")
    shown.get_by_text("2 runs", exact=True).wait_for()
    run.click()

    shown.get_by_text("1 of 2 runs done, 1 failed").first.wait_for(timeout=LONG)
    rows = shown.get_by_label("Table of runs").get_by_role("row")
    assert "done" in rows.nth(1).inner_text()
    assert (lab.root / "varied-batch" / "runs" / "rate=0.1" / "products").is_dir()
    rows.nth(2).get_by_role("button", name="Task work, cell 3, line 1").click()
    page.get_by_role("tab", name="work.ipynb").wait_for()
    page.locator(".jp-NotebookPanel:visible .jp-Cell.jp-mod-active", has_text="too much").wait_for()


def test_a_batch_is_shown_again_after_a_reload_stopped_and_gone_on_with(open_project, page, lab):
    shown = open_project("stopped")
    shown.get_by_label("How rate varies").select_option("a range")
    shown.get_by_label("rate: from").fill("0.1")
    shown.get_by_label("rate: to").fill("0.3")
    shown.get_by_label("rate: step").fill("0.1")
    shown.get_by_label("How wait varies").select_option("another value")
    shown.get_by_label("wait: value").fill(str(lab.root / "go"))
    shown.get_by_label("Runs at once").fill("1")
    shown.get_by_text("3 runs", exact=True).wait_for()
    shown.get_by_role("button", name="Run the batch").click()
    shown.locator(".jp-mod-running").first.wait_for(timeout=LONG)

    page.goto(page.url.replace("?reset", ""))
    shown.locator(".jp-mod-running").first.wait_for()
    shown.get_by_role("button", name="Stop").click()
    shown.get_by_role("button", name="Stop at once").wait_for()
    (lab.root / "go").touch()
    shown.get_by_text("Stopped; what is done stays done").wait_for(timeout=LONG)
    shown.get_by_text("1 of 3 runs done, it was stopped").wait_for()
    shown.get_by_role("button", name="Go on").click()

    shown.get_by_text("3 of 3 runs done").first.wait_for(timeout=LONG)


def test_a_script_is_a_notebook_that_finds_what_the_build_left(open_project, page, lab):
    pytest.importorskip("jupyterlab", minversion="4.5")  # Jupytext's extension is of today's
    shown = open_project("scripts", next_task)
    page.excused.add("debugger state")  # JupyterLab asks a kernel that is not there yet
    shown.get_by_role("button", name="tasks/next.py").click()
    page.get_by_role("tab", name="next.py").wait_for()
    page.get_by_text("tasks/next.py has its inputs").first.wait_for()

    menu(page, "Run", "Run All Cells")

    page.locator(".jp-OutputArea", has_text="scripts/products/work.ipynb").wait_for()
