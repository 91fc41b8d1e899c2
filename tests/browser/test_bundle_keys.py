"""Everything by keyboard, and nothing of it reaches the notebook that is not the notebook's."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.standin.driver import Show


def listen_outside(page: Page) -> None:
    """Note the keys that reach the page around the widget, where a notebook would act on them."""
    page.evaluate("() => { window.outside = []; document.addEventListener('keydown', (e) => outside.push(e.key)); }")


def test_the_list_is_a_grid_with_one_tab_stop(show: Show) -> None:
    widget = show()
    stops = widget.grid.locator('[tabindex="0"]')
    expect(stops).to_have_count(1)
    stops.focus()
    widget.page.keyboard.press("ArrowDown")
    expect(widget.cell(1, 2)).to_be_focused()
    widget.page.keyboard.press("j")
    widget.page.keyboard.press("k")
    widget.page.keyboard.press("ArrowLeft")
    expect(widget.cell(1, 1)).to_be_focused()
    expect(widget.grid.locator('[tabindex="0"]')).to_have_count(1)


def test_the_focus_survives_scrolling_its_row_away(show: Show) -> None:
    widget = show()
    widget.cell(1, 2).focus()
    widget.page.keyboard.press("ArrowDown")
    widget.grid.evaluate("(grid) => { grid.scrollTop = 9000; }")
    expect(widget.row(380)).to_be_visible()
    widget.page.keyboard.press("ArrowDown")
    expect(widget.cell(3, 2)).to_be_focused()
    assert widget.on_screen(widget.cell(3, 2))


def test_end_goes_to_the_last_of_a_million(show: Show) -> None:
    widget = show(rows=1_000_000)
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("End")
    last = widget.cell(999_999, 2)
    expect(last).to_be_focused()
    assert widget.on_screen(last)
    expect(widget.grid.locator(".sg-waiting")).to_have_count(0)


def test_selecting_by_keys(show: Show) -> None:
    widget = show()
    widget.cell(1, 2).focus()
    widget.page.keyboard.press("ArrowDown")
    widget.page.keyboard.press("Space")
    widget.page.keyboard.press("Shift+ArrowDown")
    widget.page.keyboard.press("Shift+ArrowDown")
    assert len(widget.trait("selection")["ids"]) == 3
    widget.page.keyboard.press("Control+a")
    assert widget.trait("selection")["all"] is True


def test_headers_are_reached_and_sort_by_keys(show: Show) -> None:
    widget = show()
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("ArrowUp")
    widget.page.keyboard.press("ArrowRight")
    expect(widget.header("dur")).to_be_focused()
    widget.page.keyboard.press("Enter")
    expect(widget.box).to_have_value("ORDER BY duration DESC")


def test_a_column_is_removed_by_key(show: Show) -> None:
    widget = show()
    widget.set_trait("columns", ["tag.env"])
    expect(widget.grid.get_by_role("columnheader")).to_have_count(7)
    widget.cell(0, 2).focus()
    for _ in range(4):
        widget.page.keyboard.press("ArrowRight")
    widget.page.keyboard.press("Delete")
    assert widget.trait("columns") == []


def test_in_and_out_again(show: Show) -> None:
    widget = show()
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("Enter")
    expect(widget.span(0)).to_be_focused()
    widget.page.keyboard.press("Enter")
    expect(widget.detail.locator(":focus")).to_have_count(1)
    widget.page.keyboard.press("Escape")
    expect(widget.span(0)).to_be_focused()
    widget.page.keyboard.press("Escape")
    expect(widget.cell(0, 2)).to_be_focused()


def test_moving_in_the_waterfall(show: Show) -> None:
    widget = show()
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("Enter")
    expect(widget.span(0)).to_be_focused()
    group = -4  # the line of the siblings that begin with row 3
    for key, row in (("j", 1), ("ArrowDown", 2), ("ArrowRight", group), ("ArrowLeft", 2), ("ArrowLeft", 2), ("j", 14)):
        widget.page.keyboard.press(key)
        expect(widget.span(row)).to_be_focused()
    for key, hidden in (("<", 12), ("<", 1), (">", 12)):
        widget.page.keyboard.press(key)
        expect(widget.span(hidden)).to_have_count(0)


def test_the_next_filtered_trace_from_anywhere(show: Show) -> None:
    widget = show()
    widget.open(0)
    widget.span(2).click()
    widget.page.keyboard.press("J")
    expect(widget.tree).to_have_accessible_name("Spans of Agent.run")
    expect(widget.row(1)).to_have_class(re.compile("sg-open"))
    widget.page.keyboard.press("K")
    expect(widget.tree).to_have_accessible_name("Spans of qa_agent")


def test_slash_goes_to_the_filter_and_escape_back(show: Show) -> None:
    widget = show()
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("/")
    expect(widget.box).to_be_focused()
    widget.page.keyboard.press("Escape")
    expect(widget.cell(0, 2)).to_be_focused()


def test_the_keys_are_listed_on_demand(show: Show) -> None:
    widget = show()
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("?")
    panel = widget.root.get_by_role("dialog", name="Keys")
    expect(panel).to_contain_text("critical path")
    assert widget.on_screen(panel)
    widget.page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(widget.cell(0, 2)).to_be_focused()


def test_bare_keys_stay_inside(show: Show) -> None:
    widget = show()
    listen_outside(widget.page)
    widget.cell(1, 2).focus()
    for key in ("b", "a", "x", "d", "j", "Space", "Enter", "z"):
        widget.page.keyboard.press(key)
    widget.box.press_sequentially("dd")
    assert widget.page.evaluate("outside") == []


@pytest.mark.parametrize("key", ["Shift+Enter", "Control+Enter", "Control+s", "Alt+Enter"])
def test_the_notebooks_own_keys_pass(show: Show, key: str) -> None:
    widget = show()
    listen_outside(widget.page)
    for place in (widget.cell(1, 2), widget.box):
        place.focus()
        widget.page.keyboard.press(key)
    assert widget.page.evaluate("outside.filter((key) => !['Shift', 'Control', 'Alt'].includes(key)).length") == 2


def test_escape_at_the_top_gives_the_focus_back_to_the_cell(show: Show) -> None:
    widget = show()
    widget.page.evaluate("() => { document.body.tabIndex = -1; }")
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("Escape")
    assert widget.page.evaluate("document.activeElement === document.body")


def test_the_focus_is_seen(show: Show) -> None:
    widget = show()
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("ArrowDown")
    expect(widget.cell(1, 2)).to_have_css("outline-style", "solid")
    expect(widget.cell(1, 2)).to_have_css("outline-width", "2px")
