"""From a notebook to a proved pipeline, as somebody who clicks sees it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

SMALL = (
    "#%md # Load",
    "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3]})",
    "#%md # Sum",
    "total = df['a'].sum()\nprint(total)",
)


def preview(page):
    page.locator("[data-jp-item-name='poc-graduate'] :is(button, jp-button)").first.click()
    return page.locator(".jp-PocGraduate-view:visible")


def test_two_clicks_to_a_proved_pipeline(open_notebook, lab):
    page = open_notebook("small/small.ipynb", *SMALL)

    view = preview(page)
    view.get_by_role("img", name="The pipeline: Load, Sum").wait_for()
    view.get_by_role("button", name="Export and prove").click()

    certificate = page.get_by_role("tab", name="small: certificate")
    certificate.wait_for(timeout=300_000)
    assert (lab.root / "small" / "small" / "pipeline.yaml").is_file()
    page.locator(".jp-DirListing-item", has_text="pipeline.yaml").wait_for()
    frame = page.locator("iframe:visible").first
    assert frame.get_attribute("sandbox") == ""


def test_stages_are_joined_in_the_preview(open_notebook):
    page = open_notebook("joined/joined.ipynb", *SMALL)
    view = preview(page)

    view.get_by_role("button", name="Cut before cell").first.or_(
        view.get_by_role("button", name="Join with the one above")
    ).first.wait_for()

    assert view.get_by_label("Name of stage 1").input_value() == "load"
    assert view.get_by_label("Name of stage 2").input_value() == "sum"


def test_a_refusal_names_its_cell_and_jumps_there(open_notebook):
    page = open_notebook("failing/failing.ipynb", *SMALL, "x = 1\nraise ValueError('no')")

    view = preview(page)
    view.get_by_role("button", name="Export and prove").click()
    view.get_by_role("alert").get_by_text("Cell 5, line 2").wait_for(timeout=120_000)
    view.get_by_role("button", name="Go to the cell").click()

    page.locator(".jp-NotebookPanel:visible .jp-Cell.jp-mod-active", has_text="raise").wait_for()


def test_a_job_is_shown_again_after_a_reload_and_cancelled(open_notebook):
    slow = "import time\ntime.sleep(30)"
    page = open_notebook("slow/slow.ipynb", *SMALL, slow)
    view = preview(page)
    view.get_by_role("button", name="Export and prove").click()
    view.get_by_role("button", name="Cancel").wait_for()

    page.goto(page.url.replace("?reset", ""))
    page.get_by_role("tab", name="Pipeline: slow.ipynb").or_(
        page.get_by_role("button", name="Show")
    ).first.click()
    view.get_by_role("button", name="Cancel").click()

    view.get_by_text("Cancelled").wait_for(timeout=120_000)
