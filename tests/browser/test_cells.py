"""Flags stay with their code, whatever is done to the cells."""

from __future__ import annotations

import pytest

from tests.browser.screen import DROP, HOME, editor, flags, menu, panel

pytestmark = pytest.mark.browser


def command_mode(page, number):
    """Select a cell so that keys act on it as a whole."""
    editor(page, number).click()
    page.keyboard.press("Escape")


def test_flags_follow_what_is_moved_split_merged_and_deleted(open_notebook):
    page = open_notebook("follow.ipynb", "x = 1", HOME, "y = 2")
    flags(page, "/home/me").wait_for()
    cell = page.locator(".jp-Cell")

    command_mode(page, 1)
    page.keyboard.press("Control+Shift+ArrowDown")
    cell.nth(2).locator(".cm-lintRange", has_text="/home/me").wait_for()
    editor(page, 2).click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.press("Control+Shift+-")
    cell.nth(3).locator(".cm-lintRange", has_text="/home/me").wait_for()
    command_mode(page, 2)
    page.keyboard.press("Shift+M")
    cell.nth(2).locator(".cm-lintRange", has_text="/home/me").wait_for()
    assert flags(page, "/home/me").count() == 1

    panel(page).get_by_text("exists only on this machine").wait_for()
    command_mode(page, 2)
    page.keyboard.press("d")
    page.keyboard.press("d")
    panel(page).get_by_text("exists only on this machine").wait_for(state="detached")
    page.keyboard.press("z")
    flags(page, "/home/me").wait_for()


def test_two_views_of_one_notebook_show_the_same(open_notebook):
    page = open_notebook("views.ipynb", HOME)
    flags(page, "/home/me").wait_for()

    menu(page, "File", "New View for Notebook")
    twice = page.locator(".jp-NotebookPanel .cm-lintRange", has_text="/home/me")
    twice.nth(1).wait_for()
    page.locator(".jp-NotebookPanel .cm-content").nth(1).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("import pandas as pd")

    twice.first.wait_for(state="detached")


def test_a_renamed_notebook_is_looked_at_as_before(open_notebook):
    page = open_notebook("before.ipynb", HOME)
    flags(page, "/home/me").wait_for()

    page.locator(".jp-DirListing-item", has_text="before.ipynb").click()
    page.keyboard.press("F2")
    page.locator("input.jp-DirListing-editor").fill("after.ipynb")
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="after.ipynb").wait_for()
    editor(page, 0).click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nb = pd.read_csv('/srv/b.csv')")

    flags(page, "/srv/b.csv").wait_for()
    assert flags(page, "/home/me").count() == 1


def test_cells_outside_a_windowed_notebook_are_looked_at_and_jumped_to(open_notebook, lab):
    tracker = "@jupyterlab/notebook-extension:tracker"
    lab.settings(tracker, {"windowingMode": "full"})
    try:
        page = open_notebook("window.ipynb", *[f"x{n} = {n}\n" * 6 for n in range(149)], HOME)
        panel(page).get_by_role("button", name="exists only on this machine").click()

        page.locator(".jp-Cell.jp-mod-active .cm-lintRange", has_text="/home/me").wait_for()
        assert page.locator(".jp-CodeCell .cm-content").count() < 100
    finally:
        lab.settings(tracker, {})


def test_a_fix_of_several_cells_is_one_step_to_undo(open_notebook, lab):
    page = open_notebook(
        "steps/steps.ipynb", "import pandas as pd\ndf = pd.read_csv('a.csv')", DROP
    )
    flags(page, "[5, 7]").hover()
    page.locator(".cm-tooltip-lint").get_by_role("button", name="Show fix").click()
    page.get_by_label("What changes").get_by_text("apply_exclusions").wait_for()
    page.get_by_role("button", name="Apply").click()
    flags(page, "[5, 7]").wait_for(state="detached")
    page.locator(".jp-Cell", has_text="def apply_exclusions").wait_for()

    changed = page.locator(".jp-Cell .cm-content", has_text="= apply_exclusions")
    changed.click()
    page.keyboard.press("Control+z")

    flags(page, "[5, 7]").wait_for()
    page.locator(".jp-Cell", has_text="def apply_exclusions").wait_for(state="detached")
    assert (lab.root / "steps" / "exclusions.csv").is_file()
