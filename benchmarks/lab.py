"""JupyterLab: last key to squiggle, what a key costs, first flag, size of the bundle.

Needs a browser and the built extension: `make lab`, `tests/browser/install.sh`.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from conftest import Lab, start_lab  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

LISTEN = """() => {
  window.shown = []; window.keys = [];
  let typed = 0;
  addEventListener('keydown', event => {
    const start = performance.now();
    if (event.key === 'Backspace') typed = start;
    requestAnimationFrame(() => setTimeout(() => keys.push(performance.now() - start)));
  }, true);
  new MutationObserver(() => {
    if (typed && document.querySelector('.jp-mod-active .jp-PocGraduate-mark-blocker')) {
      shown.push(performance.now() - typed);
      typed = 0;
    }
  }).observe(document.body, { childList: true, subtree: true, attributes: true });
}"""


def bundle() -> int:
    """Bytes of what a browser loads, gzipped."""
    files = (ROOT / "poc_graduate" / "labextension" / "static").glob("*.js")
    return sum(len(gzip.compress(path.read_bytes())) for path in files)


def opened(lab: Lab, page: Page, cells: int) -> float:
    """Open a notebook; seconds until its first flag."""
    first = "import pandas as pd\nfirst = pd.read_csv('/home/me/first.csv')"
    rest = [f"x{n} = {n}\ny{n} = [x{n} + i for i in range(10)]" for n in range(cells - 2)]
    lab.write(f"n{cells}.ipynb", first, "z = 1", *rest)
    start = time.perf_counter()
    page.goto(f"{lab.url}/lab/tree/n{cells}.ipynb?reset&token={lab.token}")
    page.locator(".jp-Cell .cm-content").nth(1).wait_for()
    return start


def typed(page: Page, times: int) -> list[float]:
    """Take the last letter of a `# noqa` away, again and again; milliseconds until a flag comes."""
    page.evaluate(LISTEN)
    page.locator(".jp-Cell .cm-content").nth(1).click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nw = first.drop([5, 7])  # noqa", delay=40)
    mark = page.locator(".jp-mod-active .jp-PocGraduate-mark-blocker")
    for _ in range(times):
        page.wait_for_timeout(500)
        mark.wait_for(state="detached")
        page.keyboard.press("Backspace")
        page.wait_for_timeout(900)
        page.keyboard.type("a")
    shown: list[float] = page.evaluate("() => shown")
    return shown


def figures(values: list[float]) -> str:
    """Median and 95th of a hundred."""
    if not values:
        return "nothing seen"
    ordered = sorted(values)
    at = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"median {statistics.median(values):.0f} ms, 95th {at:.0f} ms, n={len(values)}"


def squiggles(lab: Lab, browser: Browser, cells: int, times: int) -> None:
    """Print how long the first flag takes, and one after a key."""
    page = browser.new_page()
    page.set_default_timeout(90_000)
    start = opened(lab, page, cells)
    page.locator(".cm-lintRange").first.wait_for()
    print(f"{cells:3} cells  first flag {time.perf_counter() - start:.1f} s")
    print(f"{cells:3} cells  last key to squiggle {figures(typed(page, times))}")
    page.close()


def keys(labs: Mapping[bool, Lab], browser: Browser, rounds: int) -> None:
    """Print what a key costs with the extension and without, in turns: the load changes."""
    pages: dict[bool, Page] = {}
    for extension, lab in labs.items():
        page = pages[extension] = browser.new_page()
        page.set_default_timeout(90_000)
        opened(lab, page, 100)
        page.wait_for_timeout(5000)
        there = page.locator(".jp-PocGraduate-status").count() > 0
        assert there == extension, "another extension than the one of this tree"
        page.evaluate(LISTEN)
    for _ in range(rounds):
        for page in pages.values():
            page.bring_to_front()
            page.locator(".jp-Cell .cm-content").nth(1).click()
            page.keyboard.press("Control+End")
            page.keyboard.type("\nw = first.head(20)", delay=40)
            page.wait_for_timeout(800)
    for extension, page in pages.items():
        with_it = "with the extension   " if extension else "without the extension"
        print(f"a key, {with_it}  {figures(page.evaluate('() => keys'))}")


def main(times: int = 12, rounds: int = 6) -> None:
    """Print the figures."""
    print(f"bundle  {bundle() / 1000:.0f} kB gzipped")
    labs: dict[bool, Lab] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        try:
            labs[True] = start_lab(Path(tempfile.mkdtemp()))
            for cells in (20, 100, 300):
                squiggles(labs[True], browser, cells, times)
            labs[False] = start_lab(Path(tempfile.mkdtemp()), extension=False)
            keys(labs, browser, rounds)
        finally:
            for lab in labs.values():
                lab.stop()
        browser.close()


if __name__ == "__main__":
    main()
