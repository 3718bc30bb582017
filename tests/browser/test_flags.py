"""Flags in the cells of a notebook, as somebody who types sees them."""

from __future__ import annotations

import pytest

from tests.browser.screen import DROP, HOME, editor, flags, panel

pytestmark = pytest.mark.browser


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

    found = panel(page)
    found.get_by_role("button", name="exists only on this machine").click()

    page.locator(".jp-Cell.jp-mod-active .cm-lintRange", has_text="/home/me").wait_for()
    found.locator("[aria-current='location']").wait_for()


def test_two_notebooks_keep_their_own(open_notebook, lab):
    lab.write("other.ipynb", "import pandas as pd", DROP)
    page = open_notebook("one.ipynb", HOME)
    flags(page, "/home/me").wait_for()

    page.locator(".jp-DirListing-item", has_text="other.ipynb").dblclick()
    flags(page, "[5, 7]").wait_for()

    # the same cell ids stand in both
    assert flags(page, "/home").count() == 0


def test_flags_come_back_after_the_connection_was_lost(open_notebook):
    page = open_notebook("away.ipynb", HOME)
    page.excused.add("ERR_FAILED")
    flags(page, "/home/me").wait_for()
    found = panel(page)

    page.route("**/poc-graduate/check*", lambda route: route.abort())
    editor(page, 0).click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nz = pd.read_csv('/srv/late.csv')")
    found.get_by_text("The server does not answer").wait_for()
    page.unroute_all()

    found.get_by_text("The server does not answer").wait_for(state="detached")
    flags(page, "/srv/late.csv").wait_for()


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
