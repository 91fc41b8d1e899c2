"""Drives the widget on its stand-in page by what a person sees: roles, labels and texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.standin.server import StandInServer


class Widget:
    """One page with the widget on it, and the other end of its wire."""

    def __init__(self, page: Page, view: int = 0) -> None:
        self.page = page
        self.root = page.locator(".sg").nth(view)
        self.box = self.root.get_by_label("Filter", exact=True)
        self.count = self.root.locator("output")
        self.grid = self.root.get_by_role("grid")
        self.tree = self.root.get_by_role("treegrid")
        self.trace = self.root.locator(".sg-trace")
        self.detail = self.root.locator(".sg-detail")
        self.menu = self.root.get_by_role("menu")
        self.footer = self.root.locator(".sg-footer")

    def row(self, number: int) -> Locator:
        """Row `number` of the list."""
        return self.grid.locator(f'[data-row="{number}"]')

    def cell(self, number: int, cell: int) -> Locator:
        """A cell of the list; 0 is the check box, 2 the name."""
        return self.row(number).locator(f'[data-cell="{cell}"]')

    def header(self, name: str) -> Locator:
        """The header of a column."""
        return self.grid.get_by_role("columnheader", name=name, exact=True)

    def span(self, number: int) -> Locator:
        """The row of a span in the waterfall, by its number in preorder."""
        return self.tree.locator(f'[data-row="{number}"]')

    def open(self, number: int = 0) -> None:
        """Open the trace of a row."""
        self.cell(number, 2).click()
        expect(self.tree).to_be_visible()

    def open_named(self, name: str) -> None:
        """Open the trace of this name, wherever its row is."""
        found = "(name) => [...window.standin.model.kernel.traces.values()].find((each) => each.trace.name === name)"
        self.set_trait("active", [self.page.evaluate(f"(name) => ({found})(name).trace.trace_id", name), None])
        expect(self.tree).to_be_visible()

    def names(self) -> list[str]:
        """The names in the list, as far as they are drawn."""
        return self.grid.locator(".sg-rows .sg-c-name .sg-value").all_inner_texts()

    def filter(self, text: str) -> None:
        """Type a filter and run it."""
        self.box.fill(text)
        self.box.press("Enter")

    def trait(self, name: str) -> Any:
        """What a trait holds."""
        return self.page.evaluate("(name) => window.standin.model.get(name)", name)

    def set_trait(self, name: str, value: Any) -> None:
        """Set a trait as Python does."""
        self.page.evaluate("([name, value]) => window.standin.model.push(name, value)", [name, value])

    def log(self, what: str | None = None) -> list[Any]:
        """What went over the wire: the parameters of calls of a method, or everything."""
        log = self.page.evaluate("window.standin.model.log")
        return log if what is None else [entry["params"] for entry in log if entry.get("method") == what]

    def delay(self, method: str, ms: int) -> None:
        """Have the kernel take its time for a method."""
        self.page.evaluate("([method, ms]) => { window.standin.model.delays[method] = ms; }", [method, ms])

    def on_screen(self, locator: Locator) -> bool:
        """Whether an element lies within the widget's own box."""
        inner, outer = locator.bounding_box(), self.root.bounding_box()
        assert inner is not None
        assert outer is not None
        return (
            inner["x"] >= outer["x"] - 1
            and inner["y"] >= outer["y"] - 1
            and inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 1
            and inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 1
        )


Show = Callable[..., Widget]


@pytest.fixture(scope="session")
def standin_url() -> Iterator[str]:
    """Where the stand-in page is."""
    with StandInServer() as url:
        yield url


@pytest.fixture
def show(browser: Browser, standin_url: str) -> Iterator[Show]:
    """Shows the widget, `show(width=800, rows=1_000_000)`; a script error on the page fails the test."""
    context = browser.new_context(viewport={"width": 1124, "height": 560}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    errors: list[str] = []

    def open_page(*, width: int = 1100, height: int = 560, **options: Any) -> Widget:
        page = context.new_page()
        page.set_viewport_size({"width": width + 24, "height": height})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        query = "&".join(f"{name}={'' if value is True else value}" for name, value in options.items())
        page.goto(f"{standin_url}?{query}")
        page.wait_for_function("window.standin !== undefined")
        return Widget(page)

    yield open_page
    context.close()
    assert errors == []
