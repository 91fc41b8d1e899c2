"""What is large, deep, odd, slow or lost: the real explorer's answers in the real bundle."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from benchmarks import many
from playwright.sync_api import Page, expect

from spanglass.entities import Batch, Span
from spanglass.explorer import explore
from spanglass.store import Store
from tests.browser import live
from tests.browser.standin.driver import Show, Widget

MILLION = 1_000_000
MOST_ROWS = 60
PLACES = {0.0: 0, 0.37: 370_000, 0.5: 500_000, 1.0: MILLION - 1}


@pytest.fixture
def shown(page: Page) -> Iterator[Callable[..., Widget]]:
    """Shows an explorer of this store in the page."""
    page.set_viewport_size({"width": 1124, "height": 560})
    page.set_default_timeout(20_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with ExitStack() as stack:

        def show(store: Store, **arguments: Any) -> Widget:
            stack.enter_context(store)  # closed when the explorer has been
            url = stack.enter_context(live.Live(explore(store, **arguments)))
            return live.show(page, url)

        yield show
    assert errors == []


def mounted(widget: Widget) -> dict[str, int]:
    """How many rows each pane holds in the page."""
    return {
        "list": widget.grid.locator("[role=row]").count(),
        "trace": widget.tree.locator("[role=row]").count(),
    }


@pytest.mark.long
def test_a_scrollbar_dragged_over_a_million_traces_shows_the_rows_that_sql_says(
    shown: Callable[..., Widget], tmp_path: Path
) -> None:
    path = tmp_path / "million.db"
    many.build(path, MILLION)
    store = Store(path)
    widget = shown(store)
    expect(widget.count).to_contain_text("1,000,000 traces")
    for share, place in PLACES.items():
        widget.grid.evaluate(
            "(grid, share) => { grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight); }", share
        )
        expect(widget.grid.locator(".sg-waiting")).to_have_count(0, timeout=60_000)
        rows = widget.grid.locator(".sg-rows [data-row]")
        numbers = [int(rows.nth(n).get_attribute("data-row") or -1) for n in range(rows.count())]
        # A pixel of the scrollbar is worth many rows.
        assert min(numbers) - 3_000 <= place <= max(numbers) + 3_000
        assert share not in (0.0, 1.0) or place in numbers
        rows.nth(5).locator("[role=gridcell]").nth(2).click()
        by_sql = f"SELECT trace_id FROM trace ORDER BY start_ms DESC, trace_id LIMIT 1 OFFSET {numbers[5]}"
        widget.page.wait_for_function("(id) => live.get('active')[0] === id", arg=store_query(path, by_sql))
        assert max(mounted(widget).values()) <= MOST_ROWS


def store_query(path: Path, sql: str) -> Any:
    """One value of a store's file."""
    import sqlite3

    with sqlite3.connect(path) as db:
        return db.execute(sql).fetchone()[0]


def fan(n: int) -> list[Span]:
    """A root with so many children."""
    return [
        Span("wide", f"{k:x}", "step" if k else "fan", parent_id="0" if k else None, start_time_ns=k, end_time_ns=k + 9)
        for k in range(n)
    ]


def chain(n: int) -> list[Span]:
    """Each span within the one before."""
    return [
        Span("deep", f"{k:x}", "call", parent_id=f"{k - 1:x}" if k else None, start_time_ns=k, end_time_ns=3 * n - k)
        for k in range(n)
    ]


@pytest.mark.parametrize(("spans", "n"), [(fan, 100_000), (chain, 20_000)])
def test_a_trace_of_very_many_or_very_deep_spans_opens_and_is_walked_to_its_end(
    shown: Callable[..., Widget], tmp_path: Path, spans: Callable[[int], list[Span]], n: int
) -> None:
    store = Store(tmp_path / "large.db")
    store.write(Batch(spans(n)))
    widget = shown(store)
    widget.cell(0, 2).click()
    expect(widget.span(0)).to_be_visible(timeout=60_000)
    unfold = widget.tree.get_by_role("row", name=re.compile("×|spans")).locator(".sg-twist")
    if n == 100_000:
        unfold.last.click()
    widget.span(0).focus()
    widget.page.keyboard.press("End")
    expect(widget.span(n - 1)).to_be_visible(timeout=30_000)
    expect(widget.detail).to_contain_text("call" if spans is chain else "step")
    assert max(mounted(widget).values()) <= MOST_ROWS


def test_fifty_megabytes_in_one_span_come_in_slices(shown: Callable[..., Widget], tmp_path: Path) -> None:
    text = "The quick brown fox. " * 2_500_000
    store = Store(tmp_path / "heavy.db")
    store.write(Batch([Span("t", "s", "heavy", end_time_ns=10**9, inputs={"text": text, "short": "here"})]))
    widget = shown(store)
    widget.open(0)
    expect(widget.detail).to_contain_text("here", timeout=60_000)
    more = widget.detail.get_by_role("button", name=re.compile("5[0-9](.[0-9])? MB|show"))
    expect(more.first).to_be_visible()
    before = len(widget.detail.text_content() or "")
    more.first.click()
    widget.page.wait_for_function(
        "(least) => document.querySelector('.sg-detail').textContent.length > least", arg=before + 50_000
    )
    assert len(widget.detail.text_content() or "") < before + 200_000


ODD = {
    "rtl": "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "arabic": "\u0645\u0631\u062d\u0628\u0627",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈",
    "ansi": "\x1b[31mred\x1b[0m",
    "combining": "Z̸̡̢̛͇͓a̷͚͝l̵̰͗g̸͓͘o̴̡͝",
    "control": "a\x00b\x07c\x08",
    "lines": "one\r\ntwo\u2028three\n",
    "long": "n" * 10_000,
    "half": "\ud83d",
    "empty": "",
}


def test_odd_texts_stay_in_their_rows(shown: Callable[..., Widget], tmp_path: Path) -> None:
    spans = [
        Span(
            f"t{n}",
            "s",
            text,
            start_time_ns=(99 - n) * 10**9,
            end_time_ns=10**11,
            inputs={text: text, key: 1},
            outputs=text,
        )
        for n, (key, text) in enumerate(ODD.items())
    ]
    store = Store(tmp_path / "odd.db")
    store.write(Batch(spans))
    widget = shown(store, columns=["root.outputs"])
    box = widget.root.bounding_box()
    assert box is not None
    for row in range(len(ODD)):
        place = widget.row(row).bounding_box()
        assert place is not None
        assert place["height"] == 24
        widget.cell(row, 2).click()
        expect(widget.tree).to_be_visible()
        assert widget.span(0).bounding_box()["height"] == 24  # type: ignore[index]
        expect(widget.detail).to_contain_text(list(ODD)[row])
    assert widget.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# ---------------------------------------------------------------- the wire, disturbed


DISTURB = """
([keep, shuffle]) => {
  const { model } = window.standin;
  const reply = model.reply.bind(model);
  const held = [];
  let n = 0;
  model.reply = (...args) => {
    if (!keep(n++)) return;
    if (!shuffle) return reply(...args);
    held.push(args);
    // The last ones first.
    setTimeout(() => { const next = held.pop(); if (next) reply(...next); }, 60);
  };
}
"""


def test_answers_that_overtake_each_other_end_in_what_was_asked_last(show: Show) -> None:
    widget = show()
    widget.page.evaluate(DISTURB.replace("keep(n++)", "true").replace("[keep, shuffle]", "shuffle"), True)
    for text in ("status = 'ERROR'", "name = 'LangGraph'", "nothing", "status = 'ERROR'"):
        widget.filter(text)
    expect(widget.count).to_contain_text(" of 1,204")
    expect(widget.box).to_have_value("status = 'ERROR'")
    widget.open(0)
    for row in (1, 2, 0):
        widget.span(row).click()
    said = widget.span(0).locator(".sg-name").inner_text()
    expect(widget.detail.locator(".sg-summary, .sg-crumbs, .sg-body").first).to_be_visible()
    expect(widget.detail).to_contain_text(said[:12])


def test_lost_answers_hold_up_nothing_that_is_asked_afterwards(show: Show) -> None:
    widget = show()
    lost = DISTURB.replace("keep(n++)", "n++ >= 2").replace("[keep, shuffle]", "shuffle")
    widget.page.evaluate(lost, False)
    widget.filter("name = 'LangGraph'")
    widget.page.wait_for_timeout(300)
    widget.filter("status = 'ERROR'")
    expect(widget.count).to_contain_text(" of 1,204")
    widget.open(0)
    expect(widget.span(0)).to_be_visible()


def test_a_busy_kernel_is_waited_for_with_the_last_rows_on_the_screen(show: Show) -> None:
    widget = show()
    before = widget.names()
    widget.delay("*", 3_000)
    widget.filter("status = 'ERROR'")
    expect(widget.root.locator(".sg-progress.sg-on")).to_be_visible()
    assert widget.names() == before
    widget.grid.evaluate("(grid) => { grid.scrollTop = 960; }")
    expect(widget.row(45)).to_be_visible()
    expect(widget.count).to_contain_text(" of 1,204", timeout=15_000)
    assert widget.names() != before
