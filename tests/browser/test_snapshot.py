"""A snapshot in a real browser: from a file, in a sandbox, under a strict policy, with and without scripts."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from spanglass.entities import Batch, Span, TraceFacts
from spanglass.explorer import explore
from spanglass.store import Store
from tests.browser.standin.driver import Widget

MINUTE = 60 * 10**9
BEGAN = 1_790_000_000 * 10**9


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty traces, every third of them failed; one asked for something rare."""
    folder = tmp_path_factory.mktemp("snapshot")
    with Store(folder / "agents.db") as store:
        for number in range(30):
            id, start = f"{number:032x}", BEGAN + number * MINUTE
            root = Span(id, "01", "agent", span_type="AGENT", start_time_ns=start, end_time_ns=start + number * 10**8)
            tool = Span(id, "02", "search", "01", span_type="TOOL", start_time_ns=start, end_time_ns=start + 10**7)
            tool.inputs = {"query": "the Grüße of an okapi" if number == 7 else f"question {number}"}
            tool.outputs = "\n".join(["a long answer"] * 2_000) if number == 8 else "answer"
            root.status = tool.status = "ERROR" if number % 3 == 0 else "OK"
            store.write(Batch([root, tool], [TraceFacts(id, tags={"env": "prod" if number % 2 else "dev"})]))
        ex = explore(store, filter="span_count = 2", columns=["tag.env"])
        return ex.snapshot(folder / "report.html", title="Thirty traces")


@pytest.fixture
def opened(report: Path, page: Page) -> Iterator[Widget]:
    """The file in a browser; anything that it asks for, or an error in it, fails the test."""
    said: list[str] = []
    page.on("request", lambda request: said.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())
    widget = Widget(page)
    expect(widget.row(0)).to_be_visible()
    yield widget
    assert said == [report.as_uri()]


def search(widget: Widget) -> Locator:
    return widget.page.get_by_label("Search names and contents")


def test_list_trace_and_detail_are_those_of_the_notebook(opened: Widget) -> None:
    expect(opened.page.get_by_role("heading", name="Thirty traces")).to_be_visible()
    expect(opened.count).to_have_text("30 traces")
    expect(opened.row(0)).to_contain_text("prod")
    opened.open(0)
    expect(opened.tree.get_by_role("row")).to_have_count(2)
    opened.span(1).click()
    expect(opened.detail).to_contain_text("question 29")
    for tab in ("Attributes", "Events", "Raw"):
        opened.detail.get_by_role("tab", name=tab).click()
        expect(opened.detail.get_by_role("tabpanel")).not_to_be_empty()


def test_facets_histogram_and_search_narrow_it_together(opened: Widget) -> None:
    facets = opened.root.get_by_role("toolbar", name="Facets")
    facets.get_by_role("button", name=re.compile("status ERROR")).click()
    expect(opened.count).to_have_text("10 of 30")
    expect(opened.box).to_have_value("span_count = 2 AND status = 'ERROR'")
    facets.get_by_role("button", name=re.compile("status OK")).click()
    expect(opened.count).to_have_text("30 traces")
    facets.get_by_role("button", name=re.compile("status OK")).click()
    search(opened).fill("GRÜSSE")
    expect(opened.count).to_have_text("0 of 30")
    expect(opened.grid.locator("..")).to_contain_text("No row of this file is left")
    search(opened).fill("grüße of an OKAPI")
    expect(opened.count).to_have_text("0 of 30")  # it did not fail
    facets.get_by_role("button", name=re.compile("status ERROR")).click()
    expect(opened.count).to_have_text("1 of 30")
    expect(opened.box).to_have_value("span_count = 2 AND 'grüße of an OKAPI'")
    opened.root.get_by_role("button", name=re.compile("Undo")).click()
    opened.root.get_by_role("button", name=re.compile("Undo")).click()


def test_a_header_orders_and_the_text_is_what_python_would_be_given(opened: Widget) -> None:
    opened.header("dur").click()
    expect(opened.box).to_have_value("span_count = 2 ORDER BY duration DESC")
    expect(opened.row(0)).to_contain_text("2.90s")
    opened.header("dur").click()
    expect(opened.row(0)).to_contain_text("0")
    assert opened.box.get_attribute("readonly") is not None


def test_a_value_that_is_in_a_facet_can_be_clicked_and_another_says_what_it_takes(opened: Widget) -> None:
    opened.cell(0, 2).locator(".sg-value").hover()
    opened.menu.get_by_role("menuitem", name=re.compile("^Only")).click()
    expect(opened.box).to_have_value("span_count = 2 AND name = 'agent'")
    opened.open(0)
    opened.span(1).click()
    opened.detail.get_by_text("question", exact=False).first.hover()
    opened.menu.get_by_role("menuitem", name=re.compile("^Only")).click()
    expect(opened.footer).to_contain_text("for any other filter it takes Python")


def test_find_in_trace_and_a_text_that_was_cut(opened: Widget) -> None:
    search(opened).fill("a long answer")
    expect(opened.count).to_have_text("1 of 30")
    opened.open(0)
    opened.root.get_by_placeholder("in trace").fill("long answer")
    expect(opened.tree.locator(".sg-match")).to_have_count(1)
    opened.span(1).click()
    opened.detail.get_by_role("button", name=re.compile("show$")).last.click()
    expect(opened.footer).to_contain_text("cut off to keep the file small")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_and_every_width(report: Path, browser: Browser, scheme: Any) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1100, "height": 640})
    page.goto(report.as_uri())
    widget = Widget(page)
    expect(widget.row(0)).to_be_visible()
    ground = "getComputedStyle(document.querySelector('.sg')).backgroundColor"
    light, dark = "rgb(255, 255, 255)", "rgb(30, 30, 30)"
    assert page.evaluate(ground) == (light if scheme == "light" else dark)
    button = page.get_by_title("Light or dark")
    button.click()
    assert page.evaluate(ground) == light
    button.click()
    assert page.evaluate(ground) == dark
    for width in (1100, 800, 500):
        page.set_viewport_size({"width": width, "height": 640})
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.documentElement.scrollHeight") <= 640
    page.close()


@contextmanager
def served(folder: Path, policy: str) -> Iterator[str]:
    """The folder on a server of this machine, which sends a policy with every page."""

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_it_runs_in_a_frame_that_may_run_scripts_and_nothing_more(report: Path, page: Page) -> None:
    frame = report.with_name("frame.html")
    frame.write_text(f'<!doctype html><iframe sandbox="allow-scripts" src="{report.name}" width=1000 height=600>')
    page.goto(frame.as_uri())
    inside: FrameLocator = page.frame_locator("iframe")
    inside.get_by_role("grid").locator('[data-row="3"] [data-cell="2"]').click()
    expect(inside.get_by_role("treegrid")).to_be_visible()


def test_under_the_policy_of_a_strict_host_it_runs(report: Path, page: Page) -> None:
    """One that names the script by its digest, as the page itself does: nothing in it needs more."""
    own = re.search(r'Policy" content="([^"]+)"', report.read_text("utf-8"))
    assert own
    with served(report.parent, f"{own[1]}; connect-src 'none'; worker-src 'none'; form-action 'none'") as url:
        page.goto(f"{url}/{report.name}")
        widget = Widget(page)
        widget.open(2)
        expect(widget.tree.get_by_role("row")).to_have_count(2)


def test_where_no_script_may_run_the_rows_are_a_table(report: Path, page: Page) -> None:
    with served(report.parent, "default-src 'none'; style-src 'unsafe-inline'; sandbox") as url:
        page.goto(f"{url}/{report.name}")
        expect(page.get_by_role("heading", name="Thirty traces")).to_be_visible()
        expect(page.get_by_role("table").get_by_role("row")).to_have_count(31)
