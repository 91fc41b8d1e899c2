"""Facets, histogram and chips: they show what the filter finds, and a click on them is filter text."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.standin.driver import Show, Widget


def facet(widget: Widget, name: str) -> Locator:
    """The facet in the strip."""
    return widget.root.get_by_role("toolbar", name="Facets").get_by_role("group", name=name, exact=True)


def bars(widget: Widget) -> Locator:
    return widget.root.get_by_role("slider", name="Traces over time")


def panel(widget: Widget) -> Locator:
    return widget.root.get_by_role("dialog", name="All facets")


def open_panel(widget: Widget) -> Locator:
    widget.root.get_by_role("button", name=re.compile("^(all…|facets)$")).click()
    expect(panel(widget)).to_be_visible()
    return panel(widget)


def test_a_click_on_a_value_adds_it_and_another_takes_it_back(show: Show) -> None:
    widget = show()
    errors = facet(widget, "status").get_by_role("button", name=re.compile("status ERROR"))
    expect(errors).to_have_attribute("aria-pressed", "false")
    errors.click()
    expect(widget.box).to_have_value("status = 'ERROR'")
    expect(widget.count).to_contain_text("40 of 1,204")
    expect(errors).to_have_attribute("aria-pressed", "true")
    expect(errors).to_contain_text("40")
    errors.click()
    expect(widget.box).to_have_value("")
    expect(errors).to_have_attribute("aria-pressed", "false")


def test_a_second_value_is_an_in_and_alt_excludes(show: Show) -> None:
    widget = show()
    status = facet(widget, "status")
    status.get_by_role("button", name=re.compile("ERROR")).click()
    expect(widget.box).to_have_value("status = 'ERROR'")
    status.get_by_role("button", name=re.compile("OK")).click()
    expect(widget.box).to_have_value("status IN ('ERROR', 'OK')")
    widget.filter("")
    expect(widget.count).to_have_text("1,204 traces")
    status.get_by_role("button", name=re.compile("OK")).click(modifiers=["Alt"])
    expect(widget.box).to_have_value("NOT status = 'OK'")
    excluded = status.get_by_role("button", name=re.compile("without status OK"))
    expect(excluded).to_be_visible()
    excluded.click()
    expect(widget.box).to_have_value("")


def test_counts_are_those_of_the_rest_of_the_filter(show: Show) -> None:
    widget = show()
    ok = facet(widget, "status").get_by_role("button", name=re.compile("OK"))
    expect(ok).to_have_accessible_name("status OK 1.2k")
    widget.filter("name = 'LangGraph'")
    expect(ok).not_to_have_accessible_name("status OK 1.2k")


def test_the_panel_has_every_value_and_excludes_by_a_button(show: Show) -> None:
    widget = show()
    opened = open_panel(widget)
    names = opened.get_by_role("region", name="name").or_(opened.locator("section[aria-label='name']"))
    expect(names.first).to_contain_text("LangGraph")
    opened.get_by_role("button", name="Without LangGraph").click()
    expect(widget.box).to_have_value("NOT name = 'LangGraph'")
    expect(opened.get_by_role("button", name="Without LangGraph")).to_have_attribute("aria-pressed", "true")
    widget.page.keyboard.press("Escape")
    expect(panel(widget)).to_have_count(0)
    expect(widget.root.get_by_role("button", name="all…")).to_be_focused()


def test_the_panel_closes_by_a_click_elsewhere(show: Show) -> None:
    widget = show()
    open_panel(widget)
    widget.footer.click(position={"x": 200, "y": 10})
    expect(panel(widget)).to_have_count(0)


def test_what_no_facet_shows_is_a_chip_and_can_be_left_out(show: Show) -> None:
    widget = show()
    widget.filter("duration > 2s AND status = 'ERROR' AND cost > 1")
    chip = widget.root.get_by_role("button", name="2 more in the text")
    expect(chip).to_have_text("+2")
    chip.click()
    panel(widget).get_by_role("button", name="Leave out duration > 2s").click()
    expect(widget.box).to_have_value("status = 'ERROR' AND cost > 1")
    expect(widget.root.get_by_role("button", name="1 more in the text")).to_have_text("+1")


def test_another_field_becomes_a_facet(show: Show) -> None:
    widget = show()
    opened = open_panel(widget)
    field = opened.get_by_label("Another field as a facet")
    field.fill("nothing.at.all")
    field.press("Enter")
    expect(widget.footer).to_contain_text("This facet cannot be shown: no field 'nothing.at.all'")
    field.fill("tag.env")
    field.press("Enter")
    expect(opened.locator("section[aria-label='tag.env']")).to_contain_text("prod")
    expect(field).to_have_value("")


def test_the_facets_are_walked_by_arrow_keys(show: Show) -> None:
    widget = show()
    first = facet(widget, "status").get_by_role("button").first
    first.focus()
    widget.page.keyboard.press("ArrowRight")
    expect(facet(widget, "status").get_by_role("button").nth(1)).to_be_focused()
    widget.page.keyboard.press("ArrowLeft")
    widget.page.keyboard.press("Enter")
    expect(widget.box).to_have_value("status = 'OK'")
    widget.page.keyboard.press("Escape")
    expect(widget.grid.locator(":focus")).to_have_count(1)


def test_a_brush_filters_by_time_and_can_be_taken_away(show: Show) -> None:
    widget = show()
    expect(bars(widget).locator("svg")).to_be_visible()
    box = bars(widget).bounding_box()
    assert box is not None
    mouse = widget.page.mouse
    mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 15)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 15, steps=5)
    expect(widget.root.locator(".sg-brush")).to_be_visible()
    mouse.up()
    expect(widget.box).to_have_value(re.compile(r"^timestamp BETWEEN \d+ AT \d+$"))
    brushed = widget.root.locator(".sg-brush").bounding_box()
    assert brushed is not None
    assert abs(brushed["x"] - box["x"] - box["width"] * 0.25) < 8
    assert abs(brushed["width"] - box["width"] * 0.25) < 12
    # The bars are those of all times: what was left out is still there.
    assert sum(widget.log("histogram")[-1]["filter"].count(word) for word in ("BETWEEN",)) == 1
    assert widget.root.locator(".sg-outside").count() > 20
    widget.root.get_by_role("button", name="Any time").click()
    expect(widget.box).to_have_value("")


def test_the_brush_by_keyboard(show: Show) -> None:
    widget = show()
    expect(bars(widget).locator("svg")).to_be_visible()
    bars(widget).focus()
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft"):
        widget.page.keyboard.press(key)
    expect(bars(widget)).to_have_attribute("aria-valuetext", re.compile(r"\d+ traces"))
    widget.page.keyboard.press("Enter")
    expect(widget.box).to_have_value(re.compile("^timestamp BETWEEN"))
    params = widget.log("brush")[-1]
    assert round((params["to_ms"] - params["from_ms"]) / (4 * params["step_ms"])) == 3
    bars(widget).focus()
    widget.page.keyboard.press("Delete")
    expect(widget.box).to_have_value("")


def test_pointing_at_a_bar_says_what_is_in_it(show: Show) -> None:
    widget = show()
    readout = widget.root.locator(".sg-readout")
    expect(readout).to_contain_text("p50")
    bars(widget).hover(position={"x": 40, "y": 15})
    expect(readout).to_contain_text("–")
    expect(bars(widget)).to_have_attribute("aria-valuetext", re.compile(r"traces?, \d+ errors?|traces?$"))


def test_an_empty_store_and_one_that_cannot_be_read_have_no_strip(show: Show) -> None:
    assert show(rows=0).root.locator(".sg-strip-line").count() == 0
    assert show(error="no such file").root.locator(".sg-strip-line").count() == 0


def test_a_failure_to_count_is_said_and_the_list_goes_on(show: Show) -> None:
    widget = show(boot="no")
    widget.page.evaluate("() => { window.standin.model.kernel.facets = () => { throw new Error('too slow'); }; }")
    widget.filter("status = 'ERROR'")
    expect(widget.count).to_contain_text(" of ")
    expect(widget.root.locator(".sg-strip-facets")).to_contain_text("too slow")
    expect(bars(widget).locator("svg")).to_be_visible()


def test_the_strip_fits_at_every_width(show: Show) -> None:
    for width in (1100, 800, 500):
        widget = show(width=width)
        expect(bars(widget).locator("svg")).to_be_visible()
        widget.filter("duration > 2s AND status = 'ERROR'")
        expect(widget.root.get_by_role("button", name="1 more in the text")).to_be_visible()
        for part in (bars(widget), widget.root.locator(".sg-strip-facets"), widget.root.locator(".sg-readout")):
            assert widget.on_screen(part)
        assert widget.on_screen(open_panel(widget))
        line = widget.root.locator(".sg-strip-line")
        assert line.evaluate("(line) => line.scrollWidth <= line.clientWidth")


def test_a_python_function_is_a_chip_that_can_be_removed(show: Show) -> None:
    widget = show()
    widget.set_trait("predicates", ["is_slow", "lambda"])
    chips = widget.root.locator(".sg-predicate")
    expect(chips).to_have_count(2)
    expect(chips.first).to_have_text(re.compile(r"Python\s+is_slow"))
    asked = len(widget.log("page"))
    widget.root.get_by_role("button", name="Remove the Python function is_slow").click()
    expect(chips).to_have_count(1)
    assert widget.trait("predicates") == ["lambda"]
    expect(widget.root.locator(".sg-progress.sg-on")).to_have_count(0)
    assert len(widget.log("page")) > asked
    assert widget.log("count")


def test_a_function_that_raised_is_marked_and_its_error_is_said(show: Show) -> None:
    widget = show()
    said = "where(is_slow) raised TypeError: '>' not supported on trace t1"
    widget.page.evaluate(f"() => {{ window.standin.model.kernel.rows = () => {{ throw new Error(`{said}`); }}; }}")
    widget.set_trait("predicates", ["is_slow"])
    expect(widget.root.get_by_role("alert")).to_contain_text(said)
    expect(widget.root.locator(".sg-predicate.sg-failed")).to_have_count(1)


def test_hostile_values_are_text(show: Show) -> None:
    widget = show()
    opened = open_panel(widget)
    expect(opened).to_contain_text("<img src=x onerror")
    assert widget.root.locator("img").count() == 0
    assert widget.page.evaluate("window.harmed") is None
