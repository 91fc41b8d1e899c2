"""The waterfall's scale and its crowds: zoom, minimap, idle time left out, siblings folded to one line."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.standin.driver import Show, Widget


def opened(show: Show, name: str) -> Widget:
    """The widget with the trace of this name open, and its first span in the waterfall focused."""
    widget = show()
    widget.open_named(name)
    expect(widget.tree).to_have_accessible_name(f"Spans of {name}")
    widget.tree.locator('[aria-selected="true"]').focus()
    return widget


def group(widget: Widget) -> Locator:
    return widget.tree.get_by_role("row", name=re.compile("^9 spans embed"))


def bar(widget: Widget, row: int) -> tuple[float, float]:
    """Where a span's bar lies in its lane, as shares of the lane's width: its left and its right end."""
    lane = widget.span(row).locator(".sg-lane").bounding_box()
    found = widget.span(row).locator(".sg-bar-span").bounding_box()
    assert lane is not None
    assert found is not None
    left = (found["x"] - lane["x"]) / lane["width"]
    return left, left + found["width"] / lane["width"]


def test_many_siblings_of_one_name_are_one_line_that_says_how_they_did(show: Show) -> None:
    widget = opened(show, "qa_agent")
    expect(group(widget)).to_have_accessible_name("9 spans embed, p50 49ms p95 58ms")
    expect(group(widget)).to_contain_text("×9")
    expect(widget.span(3)).to_have_count(0)
    group(widget).locator(".sg-twist").click()
    expect(widget.span(3)).to_be_visible()
    expect(widget.span(11)).to_be_visible()
    expect(group(widget)).to_have_attribute("aria-expanded", "true")
    group(widget).locator(".sg-twist").click()
    expect(widget.span(3)).to_have_count(0)


def test_a_group_is_walked_by_key_like_a_span(show: Show) -> None:
    widget = opened(show, "qa_agent")
    press = widget.page.keyboard.press
    for _ in range(3):
        press("ArrowDown")
    expect(group(widget)).to_be_focused()
    assert widget.trait("active") == ["refund", "refund-3"]
    press("ArrowRight")
    expect(widget.span(3)).to_be_visible()
    press("ArrowRight")
    expect(widget.span(3)).to_be_focused()
    press("ArrowLeft")
    expect(group(widget)).to_be_focused()
    press("ArrowLeft")
    expect(widget.span(3)).to_have_count(0)
    press("ArrowDown")
    expect(widget.span(12)).to_be_focused()


def test_python_opening_a_sibling_spreads_its_group(show: Show) -> None:
    widget = opened(show, "qa_agent")
    widget.set_trait("active", ["refund", "refund-7"])
    expect(widget.span(7)).to_have_attribute("aria-selected", "true")
    expect(widget.span(3)).to_be_visible()


def test_the_current_span_is_zoomed_to_and_back(show: Show) -> None:
    widget = opened(show, "qa_agent")
    widget.span(2).click()
    before = bar(widget, 2)
    press = widget.page.keyboard.press
    press("z")
    left, right = bar(widget, 2)
    assert left == pytest.approx(0.037, abs=0.01)
    assert right == pytest.approx(0.963, abs=0.01)
    expect(widget.span(15).locator(".sg-bar-span")).to_have_count(0)
    expect(widget.trace.locator(".sg-map")).to_be_visible()
    widget.span(12).click()
    press("z")
    assert bar(widget, 12)[1] > 0.95
    press("Z")
    assert bar(widget, 2) == pytest.approx((left, right), abs=0.01)
    press("0")
    assert bar(widget, 2) == pytest.approx(before, abs=0.001)
    expect(widget.trace.locator(".sg-map")).to_have_count(0)


@pytest.mark.parametrize("place", [".sg-ruler .sg-scale", ".sg-map"])
def test_a_drag_shows_a_stretch_of_time(show: Show, place: str) -> None:
    widget = opened(show, "fan_out")
    box = widget.trace.locator(place).bounding_box()
    assert box is not None
    mouse, middle = widget.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] * 0.2, middle)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.4, middle, steps=3)
    mouse.up()
    expect(widget.trace.locator(".sg-range")).to_have_text("10.0s – 20.0s")
    widget.trace.get_by_role("button", name="fit").click()
    expect(widget.trace.locator(".sg-range")).to_have_count(0)


def test_a_short_drag_is_a_click_and_zooms_nothing(show: Show) -> None:
    widget = opened(show, "fan_out")
    widget.trace.locator(".sg-map").click()
    expect(widget.trace.locator(".sg-range")).to_have_count(0)


def test_a_large_trace_has_a_map_with_its_failures_and_a_small_one_has_none(show: Show) -> None:
    widget = opened(show, "fan_out")
    expect(widget.trace.locator(".sg-map-failed")).to_have_attribute("d", re.compile(r"^M\d+ 6h1v1H\d+z$"))
    widget.grid.get_by_text("qa_agent", exact=True).first.click()
    expect(widget.tree).to_have_accessible_name("Spans of qa_agent")
    expect(widget.trace.locator(".sg-map")).to_have_count(0)


def test_idle_time_can_be_left_out(show: Show) -> None:
    widget = opened(show, "recursion")
    widget.page.keyboard.press("End")
    before = bar(widget, 19_999)
    widget.root.get_by_role("button", name="89 % idle · compress").click()
    after = bar(widget, 19_999)
    assert after[1] - after[0] > 5 * (before[1] - before[0])
    expect(widget.trace.locator(".sg-gap").first).to_be_attached()
    widget.root.get_by_role("button", name="89 % idle, left out").click()
    assert bar(widget, 19_999) == pytest.approx(before, abs=0.001)


def test_a_bar_says_when_it_began_and_what_it_did_itself(show: Show) -> None:
    widget = opened(show, "qa_agent")
    expect(widget.span(2).locator(".sg-lane")).to_have_attribute(
        "title", re.compile(r"began at 1\.32s, took 6\.10s, of it \d+ms itself")
    )


def test_levels_can_be_folded_without_knowing_the_keys(show: Show) -> None:
    widget = opened(show, "recursion")
    widget.trace.get_by_role("button", name="One level less").click()
    widget.page.keyboard.press("End")
    expect(widget.span(19_998)).to_be_focused()
    expect(widget.span(19_998)).to_have_attribute("aria-expanded", "false")


def test_walking_a_trace_of_ten_thousand_costs_the_same_at_its_end(show: Show) -> None:
    """Steps are timed within one run: none may cost many times another, wherever the cursor is."""
    widget = opened(show, "fan_out")
    times = widget.page.evaluate(
        """async () => {
             const tree = document.querySelector('[role=treegrid]');
             const press = (key) => tree.querySelector('[aria-selected=true]')
               .dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
             const steps = async (key) => {
               const from = performance.now();
               for (let n = 0; n < 30; n++) { press(key); await new Promise(requestAnimationFrame); }
               return performance.now() - from;
             };
             await steps('ArrowDown');
             const near = await steps('ArrowDown');
             press('End');
             await new Promise(requestAnimationFrame);
             return [near, await steps('ArrowUp')];
           }"""
    )
    assert times[1] < 4 * times[0]
