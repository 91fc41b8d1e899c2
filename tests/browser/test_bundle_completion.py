"""Proposals in the filter box: a combobox that never gets in the way of typing."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.standin.driver import Show, Widget


def proposals(widget: Widget) -> Locator:
    return widget.root.get_by_role("listbox", name="Proposals").get_by_role("option")


def labels(widget: Widget) -> list[str]:
    return widget.root.locator(".sg-p-label").all_inner_texts()


def cursor(widget: Widget) -> int:
    return widget.box.evaluate("(box) => box.selectionStart")


def test_typing_proposes_and_tab_takes_the_first(show: Show) -> None:
    widget = show()
    expect(widget.box).to_have_attribute("role", "combobox")
    expect(widget.box).to_have_attribute("aria-expanded", "false")
    widget.box.press_sequentially("st")
    expect(proposals(widget)).to_have_count(2)
    expect(widget.box).to_have_attribute("aria-expanded", "true")
    assert labels(widget) == ["status", "start_time"]
    widget.box.press("Tab")
    expect(widget.box).to_have_value("status")
    expect(widget.box).to_be_focused()
    assert cursor(widget) == len("status")


def test_arrows_choose_and_enter_takes_what_is_chosen(show: Show) -> None:
    widget = show()
    widget.box.press_sequentially("s")
    expect(proposals(widget)).to_have_count(3)
    widget.box.press("ArrowDown")
    widget.box.press("ArrowDown")
    second = proposals(widget).nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(widget.box).to_have_attribute("aria-activedescendant", second.get_attribute("id") or "")
    widget.box.press("ArrowUp")
    widget.box.press("ArrowUp")
    expect(widget.box).not_to_have_attribute("aria-activedescendant", re.compile("."))
    widget.box.press("ArrowUp")
    expect(proposals(widget).nth(2)).to_have_attribute("aria-selected", "true")
    widget.box.press("Enter")
    expect(widget.box).to_have_value("session_id")


def test_enter_runs_when_nothing_is_chosen(show: Show) -> None:
    widget = show()
    widget.box.press_sequentially("status = 'ERROR' AND s")
    expect(proposals(widget).first).to_be_visible()
    widget.box.press("Enter")
    expect(proposals(widget)).to_have_count(0)
    expect(widget.box).to_have_value("status = 'ERROR' AND s")
    assert widget.trait("filter") == "status = 'ERROR' AND s"


def test_values_come_with_counts_and_better_ones_take_their_place(show: Show) -> None:
    widget = show()
    widget.delay("refine", 250)
    widget.box.press_sequentially("status = ")
    expect(proposals(widget).first).to_contain_text("OK")
    expect(proposals(widget).first).to_contain_text("1,166")
    expect(proposals(widget).first).to_contain_text("ERROR")
    expect(proposals(widget).first).to_contain_text("~")
    widget.box.press("ArrowDown")
    widget.box.press("Enter")
    expect(widget.box).to_have_value("status = 'ERROR'")
    expect(widget.count).to_contain_text(" of 1,204")


def test_whoever_chooses_keeps_the_proposals_as_they_are(show: Show) -> None:
    widget = show()
    widget.delay("refine", 1500)
    widget.box.press_sequentially("status = ")
    expect(proposals(widget).first).to_contain_text("1,166")
    widget.box.press("ArrowDown")
    widget.page.wait_for_timeout(2000)
    assert labels(widget) == ["OK", "ERROR"]
    expect(proposals(widget).first).to_have_attribute("aria-selected", "true")


def test_escape_closes_them_and_the_next_one_leaves_the_box(show: Show) -> None:
    widget = show()
    widget.box.press_sequentially("s")
    expect(proposals(widget).first).to_be_visible()
    widget.box.press("Escape")
    expect(proposals(widget)).to_have_count(0)
    expect(widget.box).to_be_focused()
    widget.box.press("Control+Space")
    expect(proposals(widget)).to_have_count(3)
    widget.box.press("Escape")
    widget.box.press("Escape")
    expect(widget.box).not_to_be_focused()


def test_what_can_be_completed_is_not_yet_called_an_error(show: Show) -> None:
    widget = show()
    widget.box.press_sequentially("name = 'LangGraph' AND latncy AND s")
    expect(proposals(widget).first).to_be_visible()
    widget.page.wait_for_timeout(800)
    expect(widget.root.get_by_role("alert")).to_have_count(0)
    expect(widget.root.locator(".sg-mark-error")).to_have_count(0)
    widget.box.press("Escape")
    expect(widget.root.get_by_role("alert")).to_contain_text("no field 'latncy'")
    expect(widget.root.locator(".sg-mark-error")).to_have_text("latncy")


def test_a_click_takes_one_and_the_focus_stays(show: Show) -> None:
    widget = show()
    widget.box.press_sequentially("n")
    proposals(widget).first.click()
    expect(widget.box).to_have_value("name")
    expect(widget.box).to_be_focused()


def test_a_word_in_the_middle_is_replaced_and_the_cursor_stands_behind_it(show: Show) -> None:
    widget = show()
    widget.box.fill("sta AND name = 'LangGraph'")
    widget.box.evaluate("(box) => box.setSelectionRange(3, 3)")
    widget.box.press("Control+Space")
    expect(proposals(widget)).to_have_count(2)
    widget.box.press("Tab")
    expect(widget.box).to_have_value("status AND name = 'LangGraph'")
    assert cursor(widget) == len("status")


def test_a_slow_kernel_neither_stops_typing_nor_proposes_what_is_past(show: Show) -> None:
    widget = show()
    widget.delay("complete", 5_000)
    widget.box.press_sequentially("s", delay=10)
    widget.page.wait_for_function("window.standin.model.log.some((entry) => entry.method === 'complete')")
    widget.delay("complete", 0)
    widget.box.press_sequentially("tatus = 'ERROR' ", delay=10)
    expect(widget.box).to_have_value("status = 'ERROR' ")
    # What was asked for "s" is called off, and never shown.
    widget.page.wait_for_function("window.standin.model.log.some((entry) => 'cancel' in entry)")
    assert "status" not in labels(widget)


def test_proposals_narrow_at_once_while_the_next_are_on_their_way(show: Show) -> None:
    widget = show()
    widget.box.press_sequentially("s")
    expect(proposals(widget)).to_have_count(3)
    widget.delay("complete", 3000)
    widget.box.press_sequentially("ta")
    expect(proposals(widget)).to_have_count(2)
    widget.box.press("Tab")
    expect(widget.box).to_have_value("status")


def test_moving_the_cursor_away_or_leaving_closes_them(show: Show) -> None:
    widget = show()
    widget.box.press_sequentially("s")
    expect(proposals(widget).first).to_be_visible()
    widget.box.press("Home")
    expect(proposals(widget)).to_have_count(0)
    widget.box.press("Control+Space")
    expect(proposals(widget).first).to_be_visible()
    widget.cell(0, 2).focus()
    expect(proposals(widget)).to_have_count(0)


def test_what_an_input_method_composes_neither_runs_nor_is_completed(show: Show) -> None:
    widget = show()
    widget.box.focus()
    session = widget.page.context.new_cdp_session(widget.page)
    session.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    widget.page.wait_for_timeout(500)
    expect(widget.box).to_have_value("にほ")
    assert widget.log("complete") == []
    assert [page for page in widget.log("page") if page.get("commit")] == []
    session.send("Input.insertText", {"text": "日本"})
    expect(widget.box).to_have_value("日本")
    expect(widget.root.locator(".sg-progress.sg-on")).to_have_count(0)
    widget.page.wait_for_timeout(500)
    assert [page["filter"] for page in widget.log("page") if page.get("commit")] == ["日本"]


def test_what_is_proposed_is_text(show: Show) -> None:
    widget = show()
    widget.page.evaluate(
        """() => {
             const hostile = `<img src=x onerror="window.harmed=1">`;
             const item = { label: hostile, insert: hostile, kind: 'value', detail: hostile, count: 1 };
             const { kernel } = window.standin.model;
             kernel.complete = ({ cursor }) => ({ from: 0, to: cursor, items: [item], refinable: false });
           }"""
    )
    widget.box.press_sequentially("<")
    expect(proposals(widget).first).to_contain_text("<img src=x")
    assert widget.root.locator("img").count() == 0
    assert widget.page.evaluate("window.harmed") is None


def test_they_stand_within_the_widget_at_every_width(show: Show) -> None:
    for width in (1100, 800, 500):
        widget = show(width=width)
        widget.box.press_sequentially("status = 'ERROR' AND status = 'ERROR' AND status = 'ERROR' AND s")
        expect(proposals(widget).first).to_be_visible()
        assert widget.on_screen(widget.root.get_by_role("listbox", name="Proposals"))


def test_ctrl_z_undoes_word_by_word_and_shift_does_it_again(show: Show) -> None:
    widget = show()
    widget.box.press_sequentially("status = 'ERROR'")
    expect(widget.count).to_contain_text(" of ")
    widget.box.press("Escape")
    widget.box.press("Control+z")
    assert len(widget.box.input_value()) < len("status = 'ERROR'")
    for _ in range(6):
        widget.box.press("Control+z")
    expect(widget.box).to_have_value("")
    expect(widget.count).to_have_text("1,204 traces")
    for _ in range(6):
        widget.box.press("Control+Shift+z")
    expect(widget.box).to_have_value("status = 'ERROR'")
    expect(widget.count).to_contain_text(" of ")


def test_a_clicked_fix_is_undone_too(show: Show) -> None:
    widget = show()
    widget.filter("latncy > 2s")
    widget.root.get_by_role("button", name="latency").click()
    expect(widget.box).to_have_value("latency > 2s")
    widget.box.press("Control+z")
    expect(widget.box).to_have_value("latncy > 2s")


def test_the_filter_before_comes_back_by_a_click_and_by_ctrl_z_in_the_list(show: Show) -> None:
    widget = show()
    undo = widget.root.get_by_role("button", name="Undo the last change of the filter")
    expect(undo).to_be_disabled()
    for text in ("status = 'ERROR'", "name = 'LangGraph'"):
        widget.filter(text)
        expect(widget.count).to_contain_text(" of ")
    expect(widget.cell(0, 2)).to_contain_text("LangGraph")
    undo.click()
    expect(widget.box).to_have_value("status = 'ERROR'")
    expect(widget.cell(0, 2)).to_contain_text("qa_agent")
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("Control+z")
    expect(widget.box).to_have_value("")
    expect(undo).to_be_disabled()


def test_a_filter_from_python_waits_for_whoever_is_typing(show: Show) -> None:
    widget = show()
    widget.box.press_sequentially("name = 'Lang")
    widget.set_trait("filter", "status = 'ERROR'")
    expect(widget.box).to_have_value("name = 'Lang")
    widget.box.press_sequentially("Graph'")
    expect(widget.cell(0, 2)).to_contain_text("LangGraph")
    assert widget.trait("filter") == "name = 'LangGraph'"
