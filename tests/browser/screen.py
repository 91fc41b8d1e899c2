"""The explorer as a person meets it: by its visible labels and roles, in whatever page it stands."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

LONG = 60_000


class Screen:
    """One explorer on a page. Locators reach through shadow roots, so this serves every host alike."""

    def __init__(self, within: Page | Locator) -> None:
        self.root = within.locator(".sg-host")

    @property
    def filter(self) -> Locator:
        """The filter box."""
        return self.root.get_by_label("Filter", exact=True)

    @property
    def rows(self) -> Locator:
        """The list's rows that have arrived, without its header."""
        return self.root.get_by_role("grid").locator("[role=row]:not(.sg-head):not(.sg-waiting)")

    @property
    def spans(self) -> Locator:
        """The rows of the waterfall."""
        return self.root.get_by_role("treegrid").get_by_role("row")

    @property
    def headers(self) -> Locator:
        """The titles of the list's columns."""
        return self.root.get_by_role("grid").get_by_role("columnheader")

    def wait(self) -> Screen:
        """Until the list shows rows."""
        expect(self.rows.first).to_be_visible(timeout=LONG)
        return self

    def search(self, text: str) -> None:
        """Type a filter and press Enter."""
        self.filter.fill(text)
        self.filter.press("Enter")

    def expect_count(self, said: str | re.Pattern[str]) -> None:
        """Until the count beside the filter box says this."""
        expect(self.root.locator(".sg-count")).to_contain_text(said, timeout=LONG)

    def select(self, *indexes: int) -> None:
        """Tick the boxes of these rows."""
        for index in indexes:
            row = self.rows.nth(index)
            row.locator(".sg-check").click()
            expect(row).to_have_attribute("aria-selected", "true")

    def open(self, index: int) -> None:
        """Open the trace of a row by a click on it, and wait for its waterfall."""
        self.rows.nth(index).locator("[role=gridcell]").nth(1).click()
        expect(self.spans.first).to_be_visible(timeout=LONG)

    def menu_on(self, value: Locator) -> Locator:
        """The menu that opens over a value."""
        value.hover()
        menu = self.root.get_by_role("menu")
        expect(menu).to_be_visible()
        return menu
