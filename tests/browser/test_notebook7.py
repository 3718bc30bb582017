"""Notebook 7: one document in a page, and what JupyterLab shows in tabs beside it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import pytest

from tests.browser.screen import HOME, flags, menu, preview, view

pytestmark = pytest.mark.browser


def installed() -> int:
    """Notebook's first number; 0 where it is not there."""
    try:
        return int(version("notebook").split(".")[0])
    except PackageNotFoundError:
        return 0


@pytest.mark.skipif(installed() < 7, reason="needs Notebook 7: tests/browser/older.sh brings it")
def test_flags_findings_and_an_export(page, lab):
    page.excused.add("filebrowser:open-path")  # Jupyter's own, asked for before it is there
    lab.write("seven/seven.ipynb", HOME, "x = df.sample(3)")
    page.goto(f"{lab.url}/notebooks/seven/seven.ipynb?token={lab.token}")
    flags(page, "/home/me").wait_for()

    menu(page, "View", "Findings of the Notebook")
    found = page.locator("#poc-graduate-findings")
    found.get_by_role("button", name="exists only on this machine").click()
    page.locator(".jp-Cell.jp-mod-active .cm-lintRange", has_text="/home/me").wait_for()
    flags(page, "/home/me").hover()
    page.locator(".cm-tooltip-lint a", has_text="POC101").click()
    page.locator(".jp-PocGraduate-page").get_by_role("heading", name="POC101").wait_for()
    preview(page).get_by_role("button", name="Export and prove").click()

    # the file is nowhere: the run that an export begins with ends there
    view(page).get_by_role("alert").get_by_text("Cell 1, line 2").wait_for(timeout=600_000)
    view(page).get_by_role("button", name="Go to the cell").click()
    page.locator(".jp-Cell.jp-mod-active .cm-lintRange", has_text="/home/me").wait_for()
