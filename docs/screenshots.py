"""`python -m docs.screenshots`: pictures of the explorer on the sample traces, light and dark, in three widths.

They go to docs/screenshots/. A Chromium is needed, as for the browser tests, and the front end built.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright
from tests.browser import chromium, live

from spanglass.explorer import explore
from spanglass.formats import ingest
from spanglass.samples import sample_files
from spanglass.store import Store

HERE = Path(__file__).parent
FILTER = "{ type = 'LLM' AND duration > 1s }"
WIDTHS = (1100, 800, 500)
HEIGHT = 480


def take(page: Page, store: Store, width: int, theme: str) -> None:
    """One picture: a trace is open, and a call of a model in it."""
    page.set_viewport_size({"width": width + 24, "height": HEIGHT + 24})
    with live.Live(explore(store, filter=FILTER, height=HEIGHT)) as url:
        widget = live.show(page, url, theme=theme)
        widget.row(0).locator("[role=gridcell]").nth(1).click()
        expect(widget.tree).to_be_visible()
        widget.tree.locator("[data-row].sg-match").last.click()
        if width >= 1000:
            expect(widget.detail.get_by_role("tabpanel")).not_to_be_empty()
        if width < 640:  # one pane at a time: the waterfall
            page.keyboard.press("Escape")
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)
        page.screenshot(path=HERE / "screenshots" / f"{theme}-{width}.png")


def main() -> None:
    (HERE / "screenshots").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGS)
        with Store(Path(folder) / "traces.db") as store:
            ingest(sample_files(), store=store, progress=False)
            for theme in ("light", "dark"):
                for width in WIDTHS:
                    with browser.new_page() as page:
                        take(page, store, width, theme)
        browser.close()


if __name__ == "__main__":
    main()
