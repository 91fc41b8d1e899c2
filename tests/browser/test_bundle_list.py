"""The list: paging, scrolling over a million rows, sorting, selecting."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.standin.driver import Show, Widget

MILLION = 1_000_000


def drag_to(widget: Widget, share: float) -> None:
    """Put the scrollbar at a share of its way, as dragging it does."""
    widget.grid.evaluate(
        "(grid, share) => { grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * share; }", share
    )


def first_row(widget: Widget) -> int:
    """The first row of the list that is on the screen."""
    return widget.grid.evaluate(
        """(grid) => Math.min(...[...grid.querySelectorAll('.sg-rows > [data-row]')]
              .filter((row) => row.getBoundingClientRect().bottom > grid.getBoundingClientRect().top + 25)
              .map((row) => Number(row.dataset.row)))"""
    )


def test_the_first_page_is_there_without_a_round_trip(show: Show) -> None:
    widget = show(silent=True)
    expect(widget.cell(0, 2)).to_contain_text("qa_agent")
    expect(widget.count).to_have_text("1,204 traces")


def test_without_an_opening_page_it_is_asked_for(show: Show) -> None:
    widget = show(boot="no")
    expect(widget.cell(0, 2)).to_contain_text("qa_agent")
    expect(widget.count).to_have_text("1,204 traces")
    assert [page["at"] for page in widget.log("page")] == [0]


@pytest.mark.parametrize("share", [0, 0.37, 0.5, 1])
def test_the_scrollbar_lands_at_its_share_of_a_million_rows(show: Show, share: float) -> None:
    widget = show(rows=MILLION)
    drag_to(widget, 0.61)
    drag_to(widget, share)
    expect(widget.grid.locator(".sg-waiting")).to_have_count(0)
    first = first_row(widget)
    rows_shown = 376 / 24
    assert abs(first - share * (MILLION - rows_shown)) <= 2
    if share == 1:
        expect(widget.row(MILLION - 1)).to_be_visible()
    assert widget.grid.get_by_role("row").count() <= 60


def test_scrolling_a_million_rows_has_one_call_in_flight_and_never_more_than_60_rows(show: Show) -> None:
    widget = show(rows=MILLION)
    widget.delay("page", 40)
    most = widget.grid.evaluate(
        """async (grid) => {
             let most = 0;
             for (let step = 0; step < 60; step++) {
               grid.scrollTop = (grid.scrollHeight * step) / 60;
               await new Promise(requestAnimationFrame);
               most = Math.max(most, grid.querySelectorAll('[role=row]').length);
             }
             return most;
           }"""
    )
    assert most <= 60
    expect(widget.grid.locator(".sg-waiting")).to_have_count(0)
    assert len(widget.log("page")) < 40
    assert [entry for entry in widget.log() if "cancel" in entry] == []


def test_the_next_page_is_fetched_by_the_key_of_the_one_before(show: Show) -> None:
    widget = show(rows=MILLION)
    widget.grid.hover()
    for _ in range(10):
        widget.page.mouse.wheel(0, 19 * 24)
        widget.page.wait_for_timeout(20)
    expect(widget.row(200)).not_to_have_class(re.compile("waiting"))
    assert [(page.get("after"), page.get("at")) for page in widget.log("page")] == [(None, 0), ("200", None)]


def test_the_wheel_moves_a_million_rows_by_its_own_pixels(show: Show) -> None:
    widget = show(rows=MILLION)
    drag_to(widget, 0.5)
    expect(widget.grid.locator(".sg-waiting")).to_have_count(0)
    before = first_row(widget)
    widget.grid.hover()
    widget.page.mouse.wheel(0, 240)
    widget.page.wait_for_timeout(150)
    assert abs(first_row(widget) - before - 10) <= 1


def test_a_header_sorts_by_editing_the_text_and_shows_what_the_text_says(show: Show) -> None:
    widget = show()
    header = widget.header("dur")
    header.click()
    expect(widget.box).to_have_value("ORDER BY duration DESC")
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(widget.cell(0, 2)).to_contain_text("fan_out")
    header.click()
    expect(widget.box).to_have_value("ORDER BY duration")
    expect(header).to_have_attribute("aria-sort", "ascending")
    header.click()
    expect(widget.box).to_have_value("")
    expect(header).to_have_attribute("aria-sort", "none")
    assert widget.trait("filter") == ""


def test_a_selection_is_saved_at_once(show: Show) -> None:
    widget = show()
    widget.cell(1, 0).click()
    last = widget.log()[-1]
    assert last["save"] == "selection"
    assert len(last["value"]["ids"]) == 1
    widget.cell(3, 0).click(modifiers=["Shift"])
    assert len(widget.trait("selection")["ids"]) == 3
    expect(widget.footer).to_contain_text("3 selected")
    expect(widget.row(2)).to_have_attribute("aria-selected", "true")
    widget.cell(2, 0).click()
    assert len(widget.trait("selection")["ids"]) == 2


def test_all_filtered_is_a_set_in_the_kernel_not_a_page(show: Show) -> None:
    widget = show()
    widget.filter("status = 'ERROR'")
    expect(widget.count).to_contain_text(" of 1,204")
    widget.cell(1, 2).focus()
    widget.page.keyboard.press("Control+a")
    assert widget.trait("selection") == {"all": True, "filter": "status = 'ERROR'", "rows": "traces", "except": []}
    expect(widget.footer).to_contain_text(re.compile(r"all \d+ filtered selected"))
    widget.cell(1, 0).click()
    assert len(widget.trait("selection")["except"]) == 1


def test_a_selection_survives_another_filter_and_says_what_is_hidden(show: Show) -> None:
    widget = show()
    widget.cell(0, 0).click()
    widget.cell(1, 0).click()
    widget.filter("status = 'ERROR'")
    expect(widget.footer).to_contain_text("2 selected (1 hidden)")
    widget.filter("")
    expect(widget.row(1)).to_have_attribute("aria-selected", "true")


def test_python_and_other_views_change_the_selection_too(show: Show) -> None:
    widget = show(views=2)
    other = Widget(widget.page, view=1)
    widget.cell(2, 0).click()
    expect(other.row(2)).to_have_attribute("aria-selected", "true")
    widget.set_trait("selection", {"ids": []})
    expect(widget.row(2)).to_have_attribute("aria-selected", "false")


def test_rows_can_be_spans(show: Show) -> None:
    widget = show()
    widget.root.get_by_role("radio", name="spans").click()
    expect(widget.count).to_have_text("1,204 spans")
    assert widget.trait("screen")["rows"] == "spans"
    assert widget.log("page")[-1]["rows"] == "spans"
    widget.cell(0, 0).click()
    assert widget.trait("selection") == {"ids": [["refund", "refund-0"]]}


def test_a_page_that_fails_says_so_and_can_be_tried_again(show: Show) -> None:
    widget = show(rows=MILLION)
    kernel = "window.standin.model.kernel"
    widget.page.evaluate(
        f"() => {{ {kernel}.working = {kernel}.page; {kernel}.page = () => {{ throw new Error('no disk'); }}; }}"
    )
    drag_to(widget, 0.5)
    expect(widget.root.get_by_role("alert")).to_contain_text("no disk")
    widget.page.wait_for_timeout(150)  # the line that says so takes a row's place: the list asks once more
    widget.page.evaluate(f"() => {{ {kernel}.page = {kernel}.working; }}")
    widget.root.get_by_role("button", name="try again").click()
    expect(widget.grid.locator(".sg-waiting")).to_have_count(0)
    expect(widget.root.get_by_role("alert")).to_have_count(0)
