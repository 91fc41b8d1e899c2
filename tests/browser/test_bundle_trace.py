"""The open trace: waterfall, folding, critical path, and one span in full."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.standin.driver import Show, Widget


def opened(show: Show, name: str, **options: object) -> Widget:
    """The widget with the trace of this name open."""
    widget = show(**options)
    widget.open_named(name)
    expect(widget.tree).to_have_accessible_name(f"Spans of {name}")
    return widget


def test_a_click_opens_the_trace_and_python_knows(show: Show) -> None:
    widget = show()
    widget.grid.get_by_text("qa_agent", exact=True).first.click()
    expect(widget.tree).to_have_accessible_name("Spans of qa_agent")
    assert widget.trait("active") == ["refund", "refund-0"]
    widget.span(2).click()
    assert widget.trait("active") == ["refund", "refund-2"]
    expect(widget.detail).to_contain_text("retriever.search")


def test_python_opens_a_trace(show: Show) -> None:
    widget = show()
    widget.set_trait("active", ["refund", "refund-2"])
    expect(widget.detail).to_contain_text("retriever.search")
    widget.set_trait("active", ["refund", "refund-1"])
    expect(widget.span(1)).to_have_attribute("aria-selected", "true")


def test_bars_lie_where_time_was_spent(show: Show) -> None:
    widget = opened(show, "qa_agent")
    lane = widget.span(2).locator(".sg-lane").bounding_box()
    bar = widget.span(2).locator(".sg-bar-span").bounding_box()
    assert lane is not None
    assert bar is not None
    assert abs((bar["x"] - lane["x"]) / lane["width"] - 1320 / 9120) < 0.01
    assert abs(bar["width"] / lane["width"] - 6100 / 9120) < 0.01
    widget.tree.get_by_role("row", name=re.compile("9 spans embed")).locator(".sg-twist").click()
    short = widget.span(3).locator(".sg-bar-span").bounding_box()
    assert short is not None
    assert short["width"] >= 3


def test_a_parents_bar_is_solid_only_where_it_worked_itself(show: Show) -> None:
    widget = opened(show, "qa_agent")
    expect(widget.span(2).locator(".sg-bar-span")).to_have_css("background-image", re.compile("linear-gradient"))
    expect(widget.span(1).locator(".sg-bar-span")).to_have_css("background-image", "none")


def test_the_critical_path_is_underlined_until_it_is_switched_off(show: Show) -> None:
    widget = opened(show, "qa_agent")
    expect(widget.tree.locator(".sg-path").first).to_be_attached()
    widget.root.get_by_role("button", name="Critical path").click()
    expect(widget.tree.locator(".sg-path")).to_have_count(0)


def test_folding_hides_what_is_below_and_says_how_much(show: Show) -> None:
    widget = opened(show, "qa_agent")
    widget.span(2).locator(".sg-twist").click()
    expect(widget.span(12)).to_have_count(0)
    expect(widget.span(2)).to_have_attribute("aria-expanded", "false")
    expect(widget.span(2)).to_contain_text("11")
    widget.span(2).locator(".sg-twist").click()
    expect(widget.span(12)).to_be_visible()


def test_folding_away_the_current_span_makes_its_ancestor_current(show: Show) -> None:
    widget = opened(show, "qa_agent")
    widget.span(12).click()
    widget.span(2).locator(".sg-twist").click()
    expect(widget.span(2)).to_have_attribute("aria-selected", "true")


def test_an_error_is_a_sign_and_a_tint(show: Show) -> None:
    widget = opened(show, "qa_agent")
    widget.span(0).click()
    widget.page.keyboard.press("e")
    row = widget.tree.locator('[aria-selected="true"]')
    expect(row).to_contain_text("send_mail")
    expect(row).to_contain_text("!")
    expect(row).to_have_class(re.compile("sg-bad"))


def test_what_the_filters_last_block_matches_is_marked_and_can_be_walked(show: Show) -> None:
    widget = show()
    widget.filter("{ type = 'TOOL' }")
    expect(widget.box).to_have_value("{ type = 'TOOL' }")
    widget.open(0)
    current = widget.tree.locator('[aria-selected="true"]')
    expect(current).to_contain_text("vector_search")
    expect(current).to_have_class(re.compile("sg-match"))
    current.focus()
    widget.page.keyboard.press("n")
    expect(current).to_contain_text("send_mail")
    widget.page.keyboard.press("p")
    expect(current).to_contain_text("vector_search")


def test_find_in_the_trace(show: Show) -> None:
    widget = opened(show, "qa_agent")
    widget.span(0).focus()
    widget.page.keyboard.press("f")
    box = widget.root.get_by_label("Find in the trace")
    expect(box).to_be_focused()
    box.fill("embed")
    # The nine stand in one line, which is marked for them.
    expect(widget.tree.locator(".sg-match")).to_have_count(1)
    box.press("Enter")
    expect(widget.tree.locator('[aria-selected="true"]')).to_contain_text("embed")
    expect(widget.tree.locator(".sg-match")).to_have_count(10)
    box.press("Escape")
    expect(widget.tree.locator(".sg-match")).to_have_count(0)
    expect(widget.tree.locator('[aria-selected="true"]')).to_be_focused()


@pytest.mark.parametrize(("name", "spans"), [("recursion", 20_000), ("fan_out", 10_001)])
def test_a_trace_of_any_shape_opens_and_draws_only_what_is_seen(show: Show, name: str, spans: int) -> None:
    widget = opened(show, name)
    assert widget.tree.get_by_role("row").count() <= 60
    widget.span(0).focus()
    widget.page.keyboard.press("End")
    last = widget.span(spans - 1)
    expect(last).to_be_focused()
    expect(last.locator(".sg-name")).to_be_visible()
    assert widget.on_screen(last)
    name_box = last.locator(".sg-name").bounding_box()
    assert name_box is not None
    assert name_box["width"] > 15


def test_a_running_span_has_an_open_end(show: Show) -> None:
    widget = opened(show, "live")
    expect(widget.span(0).locator(".sg-bar-span")).to_have_class(re.compile("sg-running"))
    expect(widget.span(1).locator(".sg-bar-span")).not_to_have_class(re.compile("sg-running"))
    expect(widget.detail).to_contain_text("running")


def test_a_chat_is_shown_by_role_with_calls_and_their_arguments(show: Show) -> None:
    widget = opened(show, "qa_agent")
    widget.span(1).click()
    roles = widget.detail.locator(".sg-role .sg-value")
    expect(roles).to_have_text(["system", "user", "assistant"])
    expect(widget.detail.locator(".sg-call")).to_contain_text("retriever.search")
    expect(widget.detail.locator(".sg-call")).to_contain_text("refund policy")
    # Long instructions are folded; what was said is not.
    button = widget.detail.get_by_role("button", name="show")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(widget.detail.get_by_role("button", name="fold", exact=True)).to_be_visible()


def test_an_exceptions_own_frame_stands_out(show: Show) -> None:
    widget = opened(show, "qa_agent")
    widget.span(0).focus()
    widget.page.keyboard.press("End")
    widget.detail.get_by_role("tab", name="Events").click()
    strong = widget.detail.locator(".sg-stack .sg-strong")
    expect(strong.first).to_contain_text('File "/home/ada/support/mail.py", line 42')
    expect(widget.detail).to_contain_text("ToolError")


def test_a_cut_text_is_fetched_in_stretches(show: Show) -> None:
    widget = opened(show, "long_texts")
    more = widget.detail.get_by_role("button", name=re.compile(r"… 1\.6 MB show"))
    more.click()
    expect(widget.detail.get_by_role("button", name=re.compile(r"… 1\.5 MB show"))).to_be_visible()
    asked = widget.log("slice")[0]
    assert (asked["path"], asked["from"], asked["to"]) == (["inputs", "text"], 2000, 66_000)
    text = widget.detail.locator(".sg-text .sg-value").first.evaluate("(text) => text.textContent")
    assert len(text) == 66_000
    assert text.startswith("All work and no play")


def test_entries_that_did_not_come_are_fetched_when_asked_for(show: Show) -> None:
    widget = opened(show, "long_texts")
    widget.detail.get_by_role("button", name="… 1450 more").click()
    expect(widget.detail.get_by_role("button", name="… 1250 more")).to_be_visible()
    widget.detail.get_by_role("button", name="… 1250 more").click()
    expect(widget.detail.get_by_role("button", name="… 1050 more")).to_be_visible()
    assert [(slice["from"], slice["to"]) for slice in widget.log("slice")] == [(200, 400), (400, 600)]


def test_going_back_to_a_trace_asks_nothing(show: Show) -> None:
    widget = show()
    widget.open(0)
    widget.open(1)
    expect(widget.tree).to_have_accessible_name("Spans of Agent.run")
    widget.open(0)
    expect(widget.tree).to_have_accessible_name("Spans of qa_agent")
    assert len(widget.log("trace")) == 2


def test_a_trace_that_is_gone_says_so(show: Show) -> None:
    widget = show()
    widget.page.evaluate("() => { window.standin.model.kernel.traces.clear(); }")
    widget.cell(0, 2).click()
    expect(widget.root).to_contain_text("this trace is not in the store any more")
