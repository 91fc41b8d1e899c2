"""See a value, click it: the filter has it, or the DataFrame will."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.standin.driver import Show, Widget


def menu_on(widget: Widget, value: Locator) -> Locator:
    """The menu that comes up where the pointer rests on a value."""
    value.hover()
    expect(widget.menu).to_be_visible()
    return widget.menu


def test_a_cell_becomes_a_filter(show: Show) -> None:
    widget = show()
    menu = menu_on(widget, widget.cell(6, 2).locator(".sg-value"))
    assert widget.on_screen(menu)
    menu.get_by_role("menuitem", name="Only LangGraph").click()
    expect(widget.box).to_have_value("name = 'LangGraph'")
    expect(widget.cell(0, 2)).to_contain_text("LangGraph")
    edit = widget.log("edit")[0]
    assert (edit["op"], edit["target"]["path"], edit["target"]["value"]) == ("=", ["name"], "LangGraph")


def test_a_number_offers_at_least_and_at_most(show: Show) -> None:
    widget = show()
    widget.filter("status = 'ERROR'")
    expect(widget.count).to_contain_text(" of ")
    menu = menu_on(widget, widget.cell(0, 3).locator(".sg-value"))
    menu.get_by_role("menuitem", name="9120 and more").click()
    expect(widget.box).to_have_value("status = 'ERROR' AND duration >= 9120")


def test_a_value_of_a_span_becomes_a_column(show: Show) -> None:
    widget = show()
    widget.open(0)
    widget.span(2).click()
    score = widget.detail.locator(".sg-document").first.get_by_text("0.913")
    menu_on(widget, score).get_by_role("menuitem", name="Show as a column").click()
    path = "retriever.search.outputs.documents.0.score"
    expect(widget.grid.get_by_role("columnheader")).to_have_count(7)
    assert widget.trait("columns") == [path]
    target = widget.log("column")[0]["target"]
    assert target["path"] == ["outputs", "documents", 0, "score"]
    assert target["span"] == {"span_id": "refund-2", "name": "retriever.search"}
    assert widget.log("page")[-1]["columns"] == [path]
    expect(widget.cell(0, 6)).to_contain_text("qa_agent")


def test_where_a_span_repeats_the_choice_that_holds_the_value_is_offered_first(show: Show) -> None:
    widget = show()
    widget.open(0)
    widget.tree.get_by_role("row", name=re.compile("^9 spans embed")).locator(".sg-twist").click()
    widget.span(5).click()
    leaf = widget.detail.get_by_text("refund policy part 2")
    menu_on(widget, leaf).get_by_role("menuitem", name="Show as a column").click()
    choice = widget.menu.get_by_role("menuitem", name="last of embed")
    expect(choice).to_be_focused()
    assert widget.trait("columns") == []
    widget.page.keyboard.press("Enter")
    expect(widget.menu).to_have_count(0)
    assert widget.trait("columns") == [{"path": "embed.inputs.text", "pick": "last"}]


def test_a_part_of_a_text_can_be_looked_for(show: Show) -> None:
    widget = show()
    widget.open(0)
    widget.span(2).click()
    text = widget.detail.locator(".sg-document .sg-text .sg-value").first
    text.evaluate(
        """(text) => {
             const range = document.createRange();
             range.setStart(text.firstChild, 4);
             range.setEnd(text.firstChild, 17);
             const selection = getSelection();
             selection.removeAllRanges();
             selection.addRange(range);
             text.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
           }"""
    )
    widget.menu.get_by_role("menuitem", name="Only where it contains refund policy").click()
    expect(widget.box).to_have_value("outputs.documents.0.page_content CONTAINS 'refund policy'")


def test_the_menu_opens_by_key_and_gives_the_focus_back(show: Show) -> None:
    widget = show()
    cell = widget.cell(0, 3)
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("ArrowRight")
    expect(cell).to_be_focused()
    widget.page.keyboard.press(".")
    expect(widget.menu.get_by_role("menuitem").first).to_be_focused()
    widget.page.keyboard.press("ArrowRight")
    expect(widget.menu.get_by_role("menuitem").nth(1)).to_be_focused()
    widget.page.keyboard.press("Escape")
    expect(widget.menu).to_have_count(0)
    expect(cell).to_be_focused()


def test_by_keys_alone_from_a_value_in_the_details_to_a_filter(show: Show) -> None:
    widget = show()
    widget.cell(0, 2).focus()
    for key in ("Enter", "ArrowDown", "ArrowDown", "Enter"):
        widget.page.keyboard.press(key)
        widget.page.wait_for_timeout(60)
    expect(widget.detail).to_contain_text("retriever.search")
    widget.page.keyboard.press("ArrowDown")
    widget.page.keyboard.press(".")
    expect(widget.menu).to_be_visible()
    widget.page.keyboard.press("Enter")
    expect(widget.box).not_to_have_value("")
    assert widget.log("edit")[0]["target"]["span"]["name"] == "retriever.search"


def test_the_menu_goes_when_the_pointer_does(show: Show) -> None:
    widget = show()
    menu_on(widget, widget.cell(3, 2).locator(".sg-value"))
    widget.footer.hover()
    expect(widget.menu).to_have_count(0)


def test_the_path_is_copied_as_extract_fields_takes_it(show: Show) -> None:
    widget = show()
    widget.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    widget.open(0)
    widget.span(2).click()
    menu_on(widget, widget.detail.get_by_text("refund policy", exact=True)).get_by_role(
        "menuitem", name="Copy the path"
    ).click()
    expect(widget.footer).to_contain_text("Copied: retriever.search.inputs.query")
    assert widget.page.evaluate("navigator.clipboard.readText()") == "retriever.search.inputs.query"
