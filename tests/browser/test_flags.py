"""Flags in the cells of a notebook, as somebody who types sees them."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

HOME = "import pandas as pd\ndf = pd.read_csv('/home/me/churn.csv')"
DROP = "df = df.drop([5, 7])"


def flags(page, text):
    return page.locator(".cm-lintRange", has_text=text)


def editor(page, number):
    return page.locator(".jp-NotebookPanel:visible .jp-Cell .cm-content").nth(number)


def test_flags_appear_while_typing_and_go_when_mended(open_notebook):
    page = open_notebook("typing.ipynb", "import pandas as pd", "x = 1")
    editor(page, 1).click()
    page.keyboard.press("Control+End")

    page.keyboard.type("\ny = pd.read_csv('/home/me/a.csv')", delay=10)
    flags(page, "/home/me/a.csv").wait_for()
    assert "x = 1" in editor(page, 1).inner_text()
    for _ in range(len("'/home/me/a.csv')")):
        page.keyboard.press("Backspace")
    page.keyboard.type("'a.csv')", delay=10)

    flags(page, "/home").wait_for(state="detached")


def test_columns_are_right_behind_an_emoji(open_notebook):
    page = open_notebook("emoji.ipynb", "import pandas as pd", "'😀😀'; pd.read_csv('/home/b.csv')")

    flags(page, "/home/b.csv").wait_for()

    assert flags(page, "/home/b.csv").inner_text() == "'/home/b.csv'"


def test_hover_explains_and_ignores(open_notebook):
    page = open_notebook("hover.ipynb", HOME, DROP)
    flags(page, "[5, 7]").wait_for()

    flags(page, "[5, 7]").hover()
    hover = page.locator(".cm-tooltip-lint")
    hover.get_by_text("POC202").wait_for()
    hover.get_by_role("button", name="Ignore here").click()

    flags(page, "[5, 7]").wait_for(state="detached")
    assert "# noqa: POC202" in editor(page, 1).inner_text()


def test_a_fix_is_one_step_to_undo(open_notebook):
    page = open_notebook("fix.ipynb", HOME, "x = df.sample(3)")
    flags(page, "df.sample").wait_for()
    editor(page, 1).click()
    page.keyboard.press("Control+End")

    page.keyboard.press("Alt+Enter")
    page.locator(".jp-PocGraduate-menu").wait_for()
    page.keyboard.press("Enter")
    apply = page.get_by_role("button", name="Apply")
    page.locator(".jp-PocGraduate-diff, .jp-Cell:has-text('random_state')").first.wait_for()
    if apply.is_visible():
        apply.click()
    flags(page, "df.sample").wait_for(state="detached")
    assert "random_state" in editor(page, 1).inner_text()
    editor(page, 1).click()
    page.keyboard.press("Control+z")

    flags(page, "df.sample").wait_for()
    assert "random_state" not in editor(page, 1).inner_text()


def test_panel_jumps_in_a_long_notebook(open_notebook):
    page = open_notebook("long.ipynb", *[f"x{n} = {n}\n" * 4 for n in range(149)], HOME)

    page.get_by_role("button", name="Findings of this notebook").click()
    panel = page.locator("#poc-graduate-findings")
    panel.get_by_role("button", name="exists only on this machine").click()

    page.locator(".jp-Cell.jp-mod-active .cm-lintRange", has_text="/home/me").wait_for()
    panel.locator("[aria-current='location']").wait_for()


def test_flags_move_with_their_cell(open_notebook):
    page = open_notebook("moved.ipynb", HOME, "y = 1")
    flags(page, "/home/me").wait_for()
    page.locator(".jp-Cell .jp-InputPrompt").first.click()
    page.keyboard.press("Escape")

    page.keyboard.press("Control+Shift+ArrowDown")

    page.locator(".jp-Cell").nth(1).locator(".cm-lintRange", has_text="/home/me").wait_for()
    assert flags(page, "/home/me").count() == 1


def test_two_notebooks_keep_their_own(open_notebook, lab):
    lab.write("other.ipynb", "import pandas as pd", DROP)
    page = open_notebook("one.ipynb", HOME)
    flags(page, "/home/me").wait_for()

    page.locator(".jp-DirListing-item", has_text="other.ipynb").dblclick()
    page.locator(".jp-NotebookPanel:visible .cm-lintRange", has_text="[5, 7]").wait_for()

    # the same cell ids stand in both
    assert page.locator(".jp-NotebookPanel:visible .cm-lintRange", has_text="/home").count() == 0


def test_flags_come_back_after_the_server_was_away(open_notebook, lab):
    page = open_notebook("away.ipynb", HOME)
    flags(page, "/home/me").wait_for()
    page.get_by_role("button", name="Findings of this notebook").click()

    lab.stop()
    editor(page, 0).click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nz = pd.read_csv('/home/me/late.csv')")
    page.locator("#poc-graduate-findings").get_by_text("The server does not answer").wait_for()
    lab.start()

    # kernels died with the server: whatever is said about them is not about us
    page.locator("#poc-graduate-findings").get_by_text("late.csv").or_(
        page.locator("#poc-graduate-findings").get_by_text("1 more")
    ).first.wait_for()


def test_everything_by_keyboard(open_notebook):
    page = open_notebook("keys.ipynb", "a = 1", HOME)
    flags(page, "/home/me").wait_for()
    editor(page, 0).click()

    page.keyboard.press("Alt+F8")
    page.locator(".jp-Cell.jp-mod-active .cm-lintRange", has_text="/home/me").wait_for()
    page.keyboard.press("Alt+Enter")
    page.get_by_role("menuitem", name="Ignore POC101 here").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    flags(page, "/home/me").wait_for(state="detached")
    assert "# noqa: POC101" in editor(page, 1).inner_text()
