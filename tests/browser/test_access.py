"""Names for screen readers, and contrast, in both themes: as axe-core judges them."""

from __future__ import annotations

import pytest

from tests.browser.conftest import ROOT
from tests.browser.screen import DROP, HOME, flags, panel, preview

pytestmark = pytest.mark.browser

AXE = ROOT / "extension" / "node_modules" / "axe-core" / "axe.min.js"


def faults(page, *selectors):
    """What axe-core finds wrong within elements of ours."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "include => axe.run({ include }, { resultTypes: ['violations'] })",
        [[selector] for selector in selectors],
    )
    return [
        (violation["id"], node["html"][:160], node["any"][0]["message"] if node["any"] else "")
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_all_can_be_read_and_has_names(open_notebook, lab, theme):
    themes = "@jupyterlab/apputils-extension:themes"
    lab.settings(themes, {"theme": f"JupyterLab {theme}"})
    try:
        page = open_notebook("access/access.ipynb", HOME, DROP)
        body = page.locator(f"body[data-jp-theme-name='JupyterLab {theme}']")
        body.wait_for(state="attached")
        flags(page, "[5, 7]").wait_for()
        panel(page)
        assert faults(page, "#poc-graduate-findings", ".jp-PocGraduate-status") == []

        flags(page, "[5, 7]").hover()
        page.locator(".cm-tooltip-lint").get_by_text("POC202").wait_for()
        assert faults(page, ".cm-tooltip-lint") == []
        page.locator(".cm-tooltip-lint").get_by_role("button", name="Show fix").click()
        page.get_by_role("button", name="Apply").wait_for()
        assert faults(page, ".jp-PocGraduate-diff") == []
        page.get_by_role("button", name="Cancel").click()

        preview(page)
        assert faults(page, ".jp-PocGraduate-view:not(.lm-mod-hidden)") == []
    finally:
        lab.settings(themes, {})
