"""A real Chromium for every browser test, and a fresh page that remembers what it asked the network for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from tests.browser.standin.driver import show, standin_url

__all__ = ["show", "standin_url"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """What a failing browser test saw stands beside its report, in test-results/."""
    report = yield
    opened = getattr(item, "funcargs", {}).get("page")
    if report.failed and opened is not None:
        folder = Path("test-results")
        folder.mkdir(exist_ok=True)
        opened.screenshot(path=folder / (re.sub(r"\W+", "-", item.name) + ".png"))
    return report
