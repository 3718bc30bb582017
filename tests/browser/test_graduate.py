"""From a notebook to a proved pipeline, as somebody who clicks sees it."""

from __future__ import annotations

import shutil

import pytest

from tests.browser.conftest import ROOT
from tests.browser.screen import bring, flags, palette, preview, view

pytestmark = pytest.mark.browser

LONG = 600_000
"""Milliseconds for what runs notebooks."""
SMALL = (
    "#%md # Load",
    "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3]})",
    "#%md # Sum",
    "total = df['a'].sum()\nprint(total)",
)
SLOW = "import time\ntime.sleep(600)"


def test_two_clicks_from_the_churn_example_to_its_certificate(open_notebook, lab):
    churn = ROOT / "examples" / "churn"
    (lab.root / "churn").mkdir()
    for name in ("churn_poc.ipynb", "customers_final_v3.csv"):
        shutil.copy(churn / name, lab.root / "churn")
    before = (churn / "churn_poc.ipynb").read_bytes()
    page = open_notebook("churn/churn_poc.ipynb")

    shown = preview(page)
    shown.get_by_role("img", name="The pipeline: Load, Clean, Features, Train").wait_for()
    shown.get_by_role("button", name="Export and prove").click()

    page.get_by_role("tab", name="churn_poc: certificate").wait_for(timeout=LONG)
    page.get_by_role("tab", name="churn_poc: pipeline").wait_for()
    page.locator(".jp-DirListing-item", has_text="pipeline.yaml").wait_for()
    frame = page.locator("iframe:visible").first
    assert frame.get_attribute("sandbox") == ""
    frame.content_frame.get_by_role("heading", name="values are equal").wait_for()
    assert (churn / "churn_poc.ipynb").read_bytes() == before

    page.get_by_role("tab", name="Pipeline: churn_poc").click()
    view(page).get_by_role("button", name="Open the project").click()
    view(page).get_by_text("Proved to compute the same as churn_poc.ipynb").wait_for()
    view(page).get_by_role("button", name="tasks/clean.py").click()
    page.get_by_role("tab", name="clean.py").wait_for()


def test_a_refusal_names_its_cell_and_jumps_there(open_notebook):
    page = open_notebook("failing/failing.ipynb", *SMALL, "x = 1\nraise ValueError('no')")

    shown = preview(page)
    shown.get_by_role("button", name="Export and prove").click()
    shown.get_by_role("alert").get_by_text("Cell 5, line 2").wait_for(timeout=LONG)
    shown.get_by_role("button", name="Go to the cell").click()

    page.locator(".jp-NotebookPanel:visible .jp-Cell.jp-mod-active", has_text="raise").wait_for()


def test_a_job_is_shown_again_after_a_reload_and_a_restart_of_the_server(open_notebook, lab):
    page = open_notebook("slow/slow.ipynb", *SMALL, SLOW, "pd.read_csv('/srv/a.csv')")
    # Jupyter tells of its kernels and of what it cannot reach
    page.excused |= {"Kernel is dead", "WebSocket", "ERR_", "404", "Failed to fetch", "api/"}
    shown = preview(page)
    shown.get_by_role("button", name="Export and prove").click()
    shown.get_by_role("button", name="Cancel").wait_for()

    page.goto(page.url.replace("?reset", ""))
    entry = page.get_by_role("tab", name="Pipeline: slow").or_(
        page.get_by_role("button", name="Show", exact=True)
    )
    bring(entry.first, shown.get_by_role("button", name="Cancel"))

    lab.stop()
    shown.get_by_text("The server does not answer").wait_for()
    lab.start()
    shown.get_by_text("The server does not answer").wait_for(state="detached")
    # JupyterLab says that it lost its server, in a dialog of its own
    lost = page.locator("dialog.jp-Dialog:visible")
    page.add_locator_handler(lost.first, lambda _: page.keyboard.press("Escape"))
    shown.get_by_role("button", name="Cancel").click()

    shown.get_by_text("Cancelled").wait_for(timeout=LONG)
    assert not (lab.root / "slow" / "slow").exists()


def test_an_export_by_keyboard(open_notebook):
    page = open_notebook("keyboard/keyboard.ipynb", *SMALL, SLOW)

    palette(page, "Export Notebook as a Pipeline")
    page.locator(".jp-PocGraduate-view button:focus", has_text="Export and prove").wait_for()
    page.keyboard.press("Enter")
    view(page).get_by_role("button", name="Cancel").wait_for()
    page.keyboard.press("Tab")
    page.locator(".jp-PocGraduate-view button:focus", has_text="Cancel").wait_for()
    page.keyboard.press("Enter")

    view(page).get_by_text("Cancelled").wait_for(timeout=LONG)


def test_a_finding_is_mended_in_the_preview(open_notebook):
    page = open_notebook("mended/mended.ipynb", "import pandas as pd\npd.read_csv('/srv/a.csv')")
    flags(page, "/srv/a.csv").wait_for()
    shown = preview(page)

    shown.get_by_role("button", name="parameters").first.click()
    shown.get_by_text("exists only on this machine").wait_for(state="detached")
    page.get_by_role("tab", name="mended.ipynb").first.click()

    page.locator(".jp-Cell", has_text="a_csv = '/srv/a.csv'").wait_for()
