"""The filter box: running, errors and fixes, answers that come late, history, Python's own changes."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.standin.driver import Show, Widget


def filters(widget: Widget) -> list[str]:
    """The texts that were run so far."""
    return [page["filter"] for page in widget.log("page") if page.get("commit")]


def test_enter_runs_and_the_text_becomes_the_widgets_filter(show: Show) -> None:
    widget = show()
    widget.filter("status = 'ERROR'")
    expect(widget.count).to_have_text(re.compile(r"^\d+ of 1,204$"))
    assert widget.log("page")[-1]["commit"] is True
    assert widget.trait("filter") == "status = 'ERROR'"
    assert set(widget.names()) >= {"qa_agent"}
    assert widget.grid.locator(".sg-bad").count() == widget.grid.locator(".sg-rows > [role=row]").count()


def test_typing_runs_after_a_rest_once(show: Show) -> None:
    widget = show()
    widget.box.press_sequentially("status = 'ERROR'", delay=15)
    expect(widget.count).to_contain_text(" of ")
    assert filters(widget) == ["status = 'ERROR'"]


def test_the_colours_are_a_mirror_of_the_text(show: Show) -> None:
    widget = show()
    text = "NOT status = 'ERROR'  AND duration > 2s -- slow"
    widget.box.fill(text)
    mirror = widget.root.locator(".sg-mirror")
    assert mirror.evaluate("(mirror) => mirror.textContent") == text
    assert mirror.locator(".sg-t-keyword").all_inner_texts() == ["NOT", "AND"]
    assert mirror.locator(".sg-t-string").all_inner_texts() == ["'ERROR'"]
    expect(widget.box).to_have_css("color", "rgba(0, 0, 0, 0)")


def test_an_error_is_underlined_said_and_fixed_by_a_click_while_the_rows_stay(show: Show) -> None:
    widget = show()
    widget.filter("latncy > 2s")
    alert = widget.root.get_by_role("alert")
    expect(alert).to_contain_text("no field 'latncy'")
    assert widget.root.locator(".sg-mark-error").all_inner_texts() == ["latncy"]
    expect(widget.box).to_have_attribute("aria-invalid", "true")
    expect(widget.cell(0, 2)).to_contain_text("qa_agent")
    assert widget.trait("filter") == ""
    alert.get_by_role("button", name="latency").click()
    expect(widget.box).to_have_value("latency > 2s")
    expect(alert).to_have_count(0)
    expect(widget.box).to_have_attribute("aria-invalid", "false")
    assert widget.trait("filter") == "latency > 2s"


def test_of_answers_that_come_late_only_the_newest_counts(show: Show) -> None:
    widget = show()
    widget.delay("page", 400)
    widget.filter("status = 'ERROR'")
    widget.delay("page", 5)
    widget.filter("name = 'LangGraph'")
    expect(widget.cell(0, 2)).to_contain_text("LangGraph")
    widget.page.wait_for_timeout(500)
    assert set(widget.names()) == {"LangGraph"}
    assert len([entry for entry in widget.log() if "cancel" in entry]) == 1
    expect(widget.box).to_have_value("name = 'LangGraph'")


def test_what_is_typed_meanwhile_is_not_overwritten_by_an_answer(show: Show) -> None:
    widget = show()
    widget.delay("page", 150)
    widget.filter("status = 'ERROR'")
    widget.box.press_sequentially(" AND na", delay=5)
    expect(widget.count).to_contain_text(" of ")
    expect(widget.box).to_have_value("status = 'ERROR' AND na")


def test_replies_to_another_view_and_twice_told_replies_change_nothing(show: Show) -> None:
    widget = show()
    widget.page.evaluate(
        """() => {
             const { model } = window.standin;
             const page = model.kernel.page({ filter: "name = 'LangGraph'", rows: 'traces', columns: [], at: 0 });
             model.reply({ v: 'somebody else', re: 1, ok: true }, page);
             model.reply({ v: 'somebody else', re: 1, error: { kind: 'filter', message: 'no' } });
             model.reply(null);
           }"""
    )
    expect(widget.cell(0, 2)).to_contain_text("qa_agent")
    expect(widget.root.get_by_role("alert")).to_have_count(0)


def test_arrow_up_brings_earlier_filters_back(show: Show) -> None:
    widget = show()
    for text in ("status = 'ERROR'", "name = 'LangGraph'"):
        widget.filter(text)
        expect(widget.count).to_contain_text(" of ")
    expect(widget.cell(0, 2)).to_contain_text("LangGraph")
    widget.box.press("ArrowUp")
    expect(widget.box).to_have_value("status = 'ERROR'")
    widget.box.press("ArrowUp")
    expect(widget.box).to_have_value("")
    widget.box.press("ArrowDown")
    expect(widget.box).to_have_value("status = 'ERROR'")
    expect(widget.cell(0, 2)).to_contain_text("qa_agent")


def test_a_filter_that_python_sets_is_shown_in_every_view(show: Show) -> None:
    widget = show(views=2)
    other = Widget(widget.page, view=1)
    widget.set_trait("filter", "name = 'LangGraph'")
    for each in (widget, other):
        expect(each.box).to_have_value("name = 'LangGraph'")
        expect(each.cell(0, 2)).to_contain_text("LangGraph")
    assert [page.get("commit") for page in widget.log("page")] == [False] * 4


def test_a_filter_typed_in_one_view_is_shown_in_the_other(show: Show) -> None:
    widget = show(views=2)
    other = Widget(widget.page, view=1)
    widget.filter("name = 'LangGraph'")
    expect(other.box).to_have_value("name = 'LangGraph'")
    expect(other.cell(0, 2)).to_contain_text("LangGraph")
    ids = {entry["v"] for entry in widget.log() if "v" in entry}
    assert len(ids) == 2


def test_nothing_found_says_which_part_killed_it(show: Show) -> None:
    widget = show()
    widget.filter("nothing")
    blank = widget.root.get_by_role("status").filter(has_text="Nothing matches")
    expect(blank).to_contain_text("status='ERROR' 39 · text 'nothing' 0")
    blank.get_by_role("button", name="clear the filter").click()
    expect(widget.cell(0, 2)).to_contain_text("qa_agent")


def test_a_failure_of_the_kernel_is_said_and_can_be_tried_again(show: Show) -> None:
    widget = show()
    kernel = "window.standin.model.kernel"
    widget.page.evaluate(f"() => {{ {kernel}.rows = () => {{ throw new Error('database is locked'); }}; }}")
    widget.filter("status = 'ERROR'")
    expect(widget.root.get_by_role("alert")).to_contain_text("database is locked")
    widget.page.evaluate(f"() => {{ delete {kernel}.rows; }}")
    widget.root.get_by_role("button", name="try again").click()
    expect(widget.count).to_contain_text(" of ")
