"""What is recorded appears in an open explorer: rows, spans that still run, and a chip for a list that is elsewhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from spanglass import set_store, start_span
from spanglass.capture import flush
from spanglass.entities import Batch, Span
from spanglass.explorer import explore
from spanglass.store import Store
from tests.browser import live
from tests.browser.standin.driver import Widget

MS = 1_000_000
OLD = 300  # traces: more than one page of the wire


def made(name: str, ms: float, began: float | None = None) -> Span:
    """A trace of one span that took so many ms; it began at a Unix time, or now."""
    start = int((time.time() if began is None else began) * 1e9)
    return Span(name, name, name, start_time_ns=start, end_time_ns=start + int(ms * MS))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.db") as opened:
        opened.write(Batch([made(f"old {n}", 10 + n, 1.7e9 - n) for n in range(OLD)]))
        set_store(opened)
        yield opened
        set_store(None)


@pytest.fixture
def shown(store: Store, page: Page) -> Iterator[Callable[..., Widget]]:
    """Shows an explorer of the store in the page."""
    page.set_viewport_size({"width": 1124, "height": 560})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with ExitStack() as stack:

        def show(**arguments: Any) -> Widget:
            url = stack.enter_context(live.Live(explore(store, **arguments)))
            return live.show(page, url)

        yield show
    assert errors == []


def test_a_trace_is_seen_running_and_opens_and_ends_before_the_eyes(shown: Callable[..., Widget]) -> None:
    widget = shown()
    with start_span("agent") as agent:
        expect(widget.row(0)).to_contain_text("agent")
        expect(widget.row(0).locator(".sg-running")).to_be_visible()
        expect(widget.count).to_contain_text(f"{OLD + 1} traces")
        widget.cell(0, 2).click()
        expect(widget.span(0).locator(".sg-bar-span.sg-running")).to_be_visible()
        with start_span("search", span_type="TOOL"):
            expect(widget.span(1)).to_contain_text("search")
            expect(widget.span(1).locator(".sg-bar-span.sg-running")).to_be_visible()
            before = widget.span(1).locator(".sg-bar-span").bounding_box()
            assert before is not None
            assert before["width"] >= 3
        expect(widget.span(1).locator(".sg-running")).to_have_count(0)
        expect(widget.span(0).locator(".sg-running")).to_be_visible()
        agent.set_outputs("the answer")
    flush()
    expect(widget.tree.locator(".sg-running")).to_have_count(0)
    expect(widget.row(0).locator(".sg-running")).to_have_count(0)
    expect(widget.detail).to_contain_text("the answer")
    expect(widget.row(1)).to_contain_text("old 0")


def test_what_was_folded_and_chosen_stays_while_the_trace_grows(shown: Callable[..., Widget]) -> None:
    widget = shown()
    with start_span("agent"):
        with start_span("first"), start_span("inner"):
            pass
        flush()
        expect(widget.row(0)).to_contain_text("agent")
        widget.cell(0, 2).click()
        widget.span(1).click()
        widget.span(1).locator(".sg-twist").click()
        expect(widget.span(2)).to_have_count(0)
        with start_span("second"):
            pass
        expect(widget.span(3)).to_contain_text("second")
        expect(widget.span(2)).to_have_count(0)
        expect(widget.span(1)).to_have_attribute("aria-selected", "true")


def test_new_rows_collect_in_a_chip_until_the_list_is_at_its_top(shown: Callable[..., Widget], store: Store) -> None:
    widget = shown()
    chip = widget.root.get_by_role("button", name=re.compile("new$"))
    widget.grid.evaluate("(grid) => { grid.scrollTop = 480; }")
    expect(widget.row(20)).to_contain_text("old 20")
    store.write(Batch([made(f"new {n}", 5) for n in range(5)]))
    expect(chip).to_have_text("↑ 5 new")
    store.write(Batch([made(f"newer {n}", 5) for n in range(7)]))
    expect(chip).to_have_text("↑ 12 new")
    expect(widget.row(20)).to_contain_text("old 20")
    chip.click()
    expect(widget.row(0)).to_contain_text("new")
    expect(widget.row(12)).to_contain_text("old 0")
    expect(chip).to_have_count(0)
    expect(widget.count).to_contain_text(f"{OLD + 12} traces")
    # What lies behind the first page is fetched as it is now.
    widget.grid.evaluate("(grid) => { grid.scrollTop = grid.scrollHeight; }")
    expect(widget.row(OLD + 11)).to_contain_text(f"old {OLD - 1}")


def test_of_very_many_new_rows_the_first_are_counted_and_all_are_shown(
    shown: Callable[..., Widget], store: Store
) -> None:
    widget = shown()
    widget.grid.evaluate("(grid) => { grid.scrollTop = 480; }")
    expect(widget.row(20)).to_contain_text("old 20")
    chip = widget.root.get_by_role("button", name=re.compile("new$"))
    for batch in range(7):
        store.write(Batch([made(f"new {batch} {n}", 5) for n in range(200)]))
        expect(chip).to_contain_text("1,000+" if batch > 4 else f"{200 * (batch + 1):,} ")
    chip.click()
    expect(widget.row(0)).to_contain_text("new 6")
    expect(chip).to_have_count(0)
    expect(widget.count).to_contain_text(f"{OLD + 1400:,} traces")


def test_nothing_moves_under_a_menu_and_the_open_row_stays_marked(shown: Callable[..., Widget], store: Store) -> None:
    widget = shown()
    widget.open(0)
    widget.row(2).locator(".sg-c-name .sg-value").hover()
    expect(widget.menu).to_be_visible()
    store.write(Batch([made("new", 5)]))
    chip = widget.root.get_by_role("button", name=re.compile("new$"))
    expect(chip).to_have_text("↑ 1 new")
    expect(widget.row(0)).to_contain_text("old 0")
    widget.page.mouse.move(5, 5)
    expect(widget.row(0)).to_contain_text("new")
    expect(widget.row(1)).to_contain_text("old 0")
    expect(widget.row(1)).to_have_class(re.compile("sg-open"))
    expect(widget.cell(1, 2)).to_be_focused()
    widget.grid.evaluate("(grid) => { grid.scrollTop = 480; }")
    expect(widget.row(21)).to_be_visible()


def test_a_list_in_an_order_of_its_own_shows_new_rows_where_they_belong(
    shown: Callable[..., Widget], store: Store
) -> None:
    widget = shown(filter="duration > 100 ORDER BY duration DESC")
    store.write(Batch([made("slow", 60_000), made("quick", 1)]))
    expect(widget.row(0)).to_contain_text("slow")
    store.write(Batch([made("middling", 30_000)]))
    expect(widget.row(1)).to_contain_text("middling")
    expect(widget.count).to_contain_text(f"of {OLD + 3}")


def test_where_rows_are_spans_each_of_them_appears(shown: Callable[..., Widget]) -> None:
    widget = shown(rows="spans", filter="{ type = 'TOOL' }")
    with start_span("agent"):
        for name in ("one", "two"):
            with start_span(name, span_type="TOOL"):
                expect(widget.grid.locator(".sg-rows")).to_contain_text(name)
                expect(widget.grid.locator(".sg-rows .sg-running")).to_have_count(1)
        flush()
        expect(widget.grid.locator(".sg-rows .sg-running")).to_have_count(0)
    assert widget.names() == ["one", "two"]
