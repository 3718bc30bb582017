"""Pictures of each state in both themes, for eyes: `python tests/browser/shots.py FOLDER`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from conftest import PATIENCE, ROOT, Lab, start_lab
from playwright.sync_api import Page, sync_playwright
from screen import open_project

CHURN = "churn/churn_poc.ipynb"
LONG = 600_000
REFUSED = ("import pandas as pd\ndf = pd.DataFrame({'a': [1]})", "x = 1\nraise ValueError('no')")


class Camera:
    """Takes pictures in one theme."""

    def __init__(self, page: Page, folder: Path, theme: str) -> None:
        self.page, self.folder, self.theme = page, folder, theme

    def take(self, name: str) -> None:
        """One picture, when nothing moves any more."""
        self.page.wait_for_timeout(600)
        self.page.screenshot(path=self.folder / f"{name}-{self.theme}.png")


def opened(lab: Lab, page: Page, name: str) -> None:
    """A notebook, alone in JupyterLab."""
    page.goto(f"{lab.url}/lab/tree/{name}?reset&token={lab.token}")
    page.locator(".jp-NotebookPanel .jp-CodeCell .cm-content").first.wait_for()


def exporting(page: Page) -> None:
    """The preview of the notebook."""
    page.locator("[data-jp-item-name='poc-graduate'] :is(button, jp-button)").first.click()
    page.locator(".jp-PocGraduate-view:visible").get_by_role(
        "button", name="Export and prove"
    ).wait_for()


def flags(lab: Lab, camera: Camera) -> None:
    """Flags, hover, fix, panel."""
    page = camera.page
    opened(lab, page, CHURN)
    page.locator(".cm-lintRange").first.wait_for()
    camera.take("flags")
    drop = page.locator(".cm-lintRange", has_text="1333").first
    drop.scroll_into_view_if_needed()
    drop.hover()
    hover = page.locator(".cm-tooltip-lint")
    hover.get_by_text("POC203").wait_for()
    camera.take("hover")
    hover.get_by_role("button", name="Show fix").click()
    page.get_by_role("button", name="Apply").wait_for()
    camera.take("fix")
    page.get_by_role("button", name="Cancel").click()
    page.locator(".jp-PocGraduate-gutter .jp-mod-fixable:visible").first.click()
    page.locator(".jp-PocGraduate-menu").wait_for()
    camera.take("menu")
    page.keyboard.press("Escape")
    page.locator(".jp-PocGraduate-status").click()
    panel = page.locator("#poc-graduate-findings")
    panel.locator(".jp-PocGraduate-finding").first.click()
    camera.take("panel-by-cell")
    panel.get_by_role("button", name="By rule").click()
    camera.take("panel-by-rule")


def graduate(lab: Lab, camera: Camera) -> None:
    """From the preview to the project."""
    page = camera.page
    opened(lab, page, CHURN)
    exporting(page)
    camera.take("preview")
    view = page.locator(".jp-PocGraduate-view:visible")
    view.get_by_role("heading", name="Findings").scroll_into_view_if_needed()
    camera.take("preview-below")
    view.get_by_role("button", name="Export and prove").click()
    view.get_by_role("button", name="Cancel").wait_for()
    page.wait_for_timeout(4000)
    camera.take("progress")
    page.get_by_role("tab", name="churn_poc: certificate").wait_for(timeout=LONG)
    page.get_by_role("tab", name="Pipeline: churn_poc").click()
    camera.take("result")
    page.get_by_role("tab", name="churn_poc: certificate").click()
    camera.take("certificate")
    pipeline = page.get_by_role("tab", name="churn_poc: pipeline")
    if pipeline.count():
        pipeline.click()
        camera.take("dag")
    page.get_by_role("tab", name="Pipeline: churn_poc").click()
    view.get_by_role("button", name="Open the project").click()
    page.get_by_role("heading", name="Tasks").wait_for()
    camera.take("project")
    page.get_by_role("button", name="Test", exact=True).click()
    page.get_by_label("What it printed").wait_for(timeout=LONG)
    camera.take("project-tested")


def refusal(lab: Lab, camera: Camera) -> None:
    """What a refusal looks like, and an edit of the stages that cannot be."""
    page = camera.page
    lab.write("failing/failing.ipynb", *REFUSED)
    opened(lab, page, "failing/failing.ipynb")
    exporting(page)
    view = page.locator(".jp-PocGraduate-view:visible")
    view.get_by_role("button", name="Export and prove").click()
    view.get_by_role("alert").wait_for(timeout=LONG)
    camera.take("refusal")


def operate(lab: Lab, camera: Camera) -> None:
    """A project's score after its tests, the form of its choices, what is asked of people."""
    page = camera.page
    name = f"shop-{camera.theme}"
    shutil.copytree(ROOT / "examples" / "churn" / "project", lab.root / name)
    page.goto(f"{lab.url}/lab?reset&token={lab.token}")
    view = open_project(page, name)
    view.get_by_role("button", name="Run its tests and score").click()
    view.get_by_text("Its tests ran last on").wait_for(timeout=LONG)
    view.get_by_role("heading", name="Readiness").evaluate("heading => heading.scrollIntoView()")
    camera.take("readiness")
    view.get_by_label("Port that the service listens on").fill("9100")
    form = view.get_by_role("heading", name="Operate", exact=True)
    form.evaluate("heading => heading.scrollIntoView()")
    camera.take("operate")
    view.get_by_role("button", name="Generate").click()
    view.get_by_role("button", name="Generate again").wait_for(timeout=LONG)
    view.get_by_role("button", name="Generate again").scroll_into_view_if_needed()
    camera.take("operated")
    view.get_by_text("lines of OWNERS.yaml").last.click()
    asked = view.get_by_role("heading", name="Asked of people")
    asked.evaluate("heading => heading.scrollIntoView()")
    camera.take("asked")


def settings(lab: Lab, camera: Camera) -> None:
    """The settings editor."""
    page = camera.page
    page.goto(f"{lab.url}/lab?reset&token={lab.token}")
    page.locator("#jp-MainMenu").get_by_text("Settings").click()
    page.get_by_role("menuitem", name="Settings Editor", exact=False).first.click()
    page.locator(".jp-PluginList .jp-PluginList-entry", has_text="poc_graduate").first.click()
    page.get_by_text("Pause before checking").first.wait_for()
    camera.take("settings")


def main(folder: Path, states: list[str]) -> None:
    """Take the pictures of some states, or of all."""
    folder.mkdir(parents=True, exist_ok=True)
    lab = start_lab(Path(tempfile.mkdtemp()))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            for theme in ("light", "dark"):
                lab.settings(
                    "@jupyterlab/apputils-extension:themes",
                    {"theme": f"JupyterLab {theme.capitalize()}"},
                )
                shutil.rmtree(lab.root / "churn", ignore_errors=True)
                shutil.copytree(
                    ROOT / "examples" / "churn",
                    lab.root / "churn",
                    ignore=shutil.ignore_patterns("project", "*.py"),
                )
                for state in (flags, graduate, refusal, operate, settings):
                    if not states or state.__name__ in states:
                        page = browser.new_page(viewport={"width": 1360, "height": 850})
                        page.set_default_timeout(PATIENCE)
                        state(lab, Camera(page, folder, theme))
                        page.close()
                        lab.end_kernels()
    finally:
        lab.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
