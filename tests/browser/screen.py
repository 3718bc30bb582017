"""Where things are on the screen, by what people see."""

from __future__ import annotations

import contextlib

from playwright.sync_api import Locator, Page, TimeoutError

HOME = "import pandas as pd\ndf = pd.read_csv('/home/me/churn.csv')"
DROP = "df = df.drop([5, 7])"


def flags(page: Page, text: str) -> Locator:
    """Flagged code that holds a text."""
    return page.locator(".jp-NotebookPanel:visible .cm-lintRange", has_text=text)


def editor(page: Page, number: int) -> Locator:
    """The editor of a cell, from 0."""
    return page.locator(".jp-NotebookPanel:visible .jp-Cell .cm-content").nth(number)


def panel(page: Page) -> Locator:
    """The panel of findings, opened."""
    found = page.locator("#poc-graduate-findings")
    if not found.is_visible():
        page.get_by_role("button", name="Findings of this notebook").click()
        found.wait_for()
    return found


def view(page: Page) -> Locator:
    """The tab of an export or a project that is in front."""
    return page.locator(".jp-PocGraduate-view:visible")


def open_project(page: Page, name: str) -> Locator:
    """The view of an exported project, opened from the file browser's context menu."""
    page.locator(".jp-DirListing-item", has_text=name).first.click(button="right")
    page.locator(".lm-Menu-item:visible", has_text="Open as an Exported Project").click()
    return view(page)


def preview(page: Page) -> Locator:
    """The preview of an export, opened by the toolbar."""
    page.get_by_role("button", name="To Pipeline").click()
    view(page).get_by_role("button", name="Export and prove").wait_for()
    return view(page)


def bring(entry: Locator, seen: Locator) -> None:
    """Click until something is in front.

    A page that is loaded opens the notebook of its address late, over what was clicked meanwhile.
    """
    for _ in range(20):
        entry.click()
        with contextlib.suppress(TimeoutError):
            seen.wait_for(timeout=5_000)
            return
    raise AssertionError(f"{seen} does not come to the front")


def menu(page: Page, *labels: str) -> None:
    """Choose in the menu bar."""
    first, *rest = labels
    page.locator("#jp-MainMenu .lm-MenuBar-item", has_text=first).click()
    for label in rest:
        page.locator(".lm-Menu-item:visible", has_text=label).first.click()


def palette(page: Page, words: str) -> None:
    """Run a command of the palette, without the mouse."""
    item = page.locator("#modal-command-palette .lm-CommandPalette-item", has_text=words).first
    for _ in range(20):
        page.keyboard.press("Control+Shift+c")
        with contextlib.suppress(TimeoutError):
            page.locator("#modal-command-palette .lm-CommandPalette-input:focus").wait_for(
                timeout=5_000
            )
            page.keyboard.type(words)
            item.wait_for(timeout=5_000)
            break
        page.keyboard.press("Escape")  # a notebook that opens late took the keys
    page.keyboard.press("Enter")
