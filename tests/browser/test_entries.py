"""Every way to what the extension does, clicked."""

from __future__ import annotations

import shutil

import pytest

from tests.browser.conftest import ROOT
from tests.browser.screen import HOME, flags, menu, open_project, palette, view

pytestmark = pytest.mark.browser

LONG = 600_000


def test_menus_palette_and_context_menu(open_notebook):
    page = open_notebook("entries/entries.ipynb", HOME)
    flags(page, "/home/me").wait_for()
    export = view(page).get_by_role("button", name="Export and prove")
    tab = page.get_by_role("tab", name="Pipeline: entries")

    def shut():
        export.wait_for()
        tab.locator(".lm-TabBar-tabCloseIcon").click()
        tab.wait_for(state="detached")

    menu(page, "File", "Export Notebook as a Pipeline")
    shut()
    palette(page, "Export Notebook as a Pipeline")
    shut()
    page.locator(".jp-DirListing-item", has_text="entries.ipynb").click(button="right")
    page.locator(".lm-Menu-item:visible", has_text="Export as a Pipeline").click()
    shut()

    findings = page.locator("#poc-graduate-findings")
    menu(page, "View", "Findings of the Notebook")
    findings.get_by_text("exists only on this machine").wait_for()
    page.get_by_role("tab", name="entries.ipynb").first.click()
    palette(page, "Next Finding")
    page.locator(".jp-Cell.jp-mod-active .cm-lintRange", has_text="/home/me").wait_for()


def test_a_rule_is_explained_beside_the_notebook(open_notebook):
    page = open_notebook("explained.ipynb", HOME)
    flags(page, "/home/me").hover()

    page.locator(".cm-tooltip-lint a", has_text="POC101").click()

    page.locator(".jp-PocGraduate-page").get_by_role("heading", name="POC101").wait_for()


def test_an_exported_project_is_opened_and_built(page, lab):
    project = lab.root / "sensor_report"
    shutil.copytree(ROOT / "examples" / "sensors" / "project", project)
    page.goto(f"{lab.url}/lab?reset&token={lab.token}")

    shown = open_project(page, "sensor_report")
    shown.get_by_text("not built yet").first.wait_for()
    shown.get_by_role("button", name="Build", exact=True).click()
    shown.get_by_text("Build passed").wait_for(timeout=LONG)
    shown.get_by_role("button", name="products/load.ipynb").click()

    page.get_by_role("tab", name="load.ipynb").wait_for()
    page.locator(".jp-NotebookPanel:visible .jp-Cell").first.wait_for()
