"""The list's columns: adding, moving, pinning, hiding and sizing them, by pointer and by key."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.standin.driver import Show, Widget

ENV = "tag.env"
SCORE = {"path": "search.outputs.score", "pick": "max"}


def titles(widget: Widget) -> list[str]:
    return widget.grid.locator(".sg-head .sg-title").all_inner_texts()


def shown(show: Show, columns: list[Any], **options: Any) -> Widget:
    """The widget with extra columns; the second of them holds numbers."""
    widget = show(**options)
    widget.set_trait("columns", columns)
    expect(widget.grid.locator(".sg-coming")).to_have_count(0)
    return widget


def box(locator: Locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found is not None
    return dict(found)


def drag(widget: Widget, source: Locator, target: Locator) -> None:
    start, end = box(source), box(target)
    mouse = widget.page.mouse
    mouse.move(start["x"] + 12, start["y"] + 12)
    mouse.down()
    mouse.move(end["x"] + 20, end["y"] + 12, steps=4)
    mouse.up()


def menu_of(widget: Widget, title: str) -> Locator:
    """The open menu of a column."""
    widget.header(title).hover()
    widget.header(title).get_by_role("button", name=re.compile("More")).click()
    return widget.root.get_by_role("menu", name=f"Column {title}")


def test_a_column_is_added_by_its_path(show: Show) -> None:
    widget = show()
    widget.root.get_by_role("button", name="Add a column").click()
    typed = widget.root.get_by_label("Field or path")
    expect(typed).to_be_focused()
    typed.fill(ENV)
    typed.press("Enter")
    expect(widget.header("env")).to_be_visible()
    assert widget.trait("columns") == [ENV]
    expect(typed).to_have_count(0)


def test_a_path_that_means_nothing_says_so_and_can_be_mended(show: Show) -> None:
    widget = show()
    widget.page.evaluate(
        "() => { window.standin.model.kernel.column = () => { throw new Error('no field latncy'); }; }"
    )
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("+")
    widget.root.get_by_label("Field or path").fill("latncy")
    widget.page.keyboard.press("Enter")
    expect(widget.footer).to_contain_text("no field latncy")
    expect(widget.root.get_by_label("Field or path")).to_have_value("latncy")
    widget.page.keyboard.press("Escape")
    expect(widget.root.get_by_label("Field or path")).to_have_count(0)
    expect(widget.cell(0, 2)).to_be_focused()


def test_which_of_several_values_a_column_shows_is_chosen_in_its_menu(show: Show) -> None:
    widget = shown(show, [ENV, SCORE])
    menu = menu_of(widget, "score")
    expect(menu.get_by_role("menuitemradio", name="largest value")).to_have_attribute("aria-checked", "true")
    menu.get_by_role("menuitemradio", name="last value").click()
    assert widget.trait("columns") == [ENV, {"path": "search.outputs.score", "pick": "last"}]
    menu_of(widget, "score").get_by_role("menuitemradio", name="first value").click()
    assert widget.trait("columns") == [ENV, "search.outputs.score"]


def test_a_title_that_is_dragged_moves_its_column_and_does_not_sort(show: Show) -> None:
    widget = shown(show, [ENV, SCORE])
    drag(widget, widget.header("score"), widget.header("name"))
    assert titles(widget) == ["time", "score", "name", "dur", "tok", "!", "env"]
    assert widget.trait("columns") == [SCORE, ENV]
    assert widget.trait("screen")["order"] == ["time", SCORE["path"], "name", "duration", "tokens", "status", ENV]
    assert widget.trait("filter") == ""
    expect(widget.cell(1, 2)).to_have_text("998.714")


def test_columns_are_moved_pinned_sized_and_hidden_by_key(show: Show) -> None:
    widget = shown(show, [ENV])
    widget.header("env").focus()
    press = widget.page.keyboard.press
    press("Shift+ArrowLeft")
    assert titles(widget) == ["time", "name", "dur", "tok", "env", "!"]
    expect(widget.header("env")).to_be_focused()
    before = box(widget.header("env"))["width"]
    press(">")
    assert box(widget.header("env"))["width"] > before
    press("P")
    assert widget.trait("screen")["pinned"] == ["name", ENV]
    press("P")
    assert widget.trait("screen")["pinned"] == ["name"]
    press("ArrowLeft")
    press("Delete")
    assert titles(widget) == ["time", "name", "dur", "env", "!"]
    press("+")
    widget.root.get_by_role("button", name="show tokens").click()
    assert titles(widget) == ["time", "name", "dur", "env", "!", "tok"]
    press(".")
    expect(widget.root.get_by_role("menu", name=re.compile("Column"))).to_be_visible()
    press("Escape")
    expect(widget.root.get_by_role("menu")).to_have_count(0)


def test_a_column_leaves_by_its_menu(show: Show) -> None:
    widget = shown(show, [ENV, SCORE])
    menu_of(widget, "env").get_by_role("menuitem", name="remove").click()
    expect(widget.header("env")).to_have_count(0)
    assert widget.trait("columns") == [SCORE]


def test_what_is_pinned_stays_in_sight(show: Show) -> None:
    widget = shown(show, [ENV, SCORE, "a.b", "c.d", "e.f"])
    widget.grid.evaluate("(grid) => { grid.scrollLeft = 0; }")
    name, tokens = box(widget.cell(1, 2)), box(widget.cell(1, 4))
    widget.grid.evaluate("(grid) => { grid.scrollLeft = 400; }")
    assert box(widget.cell(1, 4))["x"] < tokens["x"] - 50
    left = box(widget.grid)["x"]
    assert box(widget.cell(1, 2))["x"] == pytest.approx(left + 28, abs=2)
    assert box(widget.cell(1, 2))["width"] == name["width"]
    for cell in (2, 5):
        widget.cell(1, cell).focus()
        widget.page.keyboard.press("ArrowRight")
        widget.page.keyboard.press("ArrowLeft")
        # Nothing that has the focus lies under what is pinned.
        assert cell == 2 or box(widget.cell(1, cell))["x"] >= left + 28 + name["width"] - 1


def test_a_column_of_numbers_stands_to_the_right_also_where_there_is_none(show: Show) -> None:
    widget = shown(show, [ENV, SCORE, "a.b"])
    expect(widget.cell(0, 7)).to_have_text("–")
    expect(widget.cell(0, 7)).to_have_class(re.compile("sg-right"))
    expect(widget.header("score")).to_have_class(re.compile("sg-right"))
    expect(widget.cell(0, 6)).to_have_class(re.compile("sg-left"))


@pytest.mark.parametrize(("extra", "fits"), [([ENV], True), ([ENV, SCORE], True), ([ENV] * 1 + ["a", "b", "c"], False)])
def test_the_list_takes_more_room_for_more_columns_until_a_splitter_is_moved(
    show: Show, extra: list[Any], fits: bool
) -> None:
    widget = show(width=1100)
    before = box(widget.grid)["width"]
    widget.set_trait("columns", extra)
    expect(widget.grid.locator(".sg-coming")).to_have_count(0)
    assert box(widget.grid)["width"] > before
    scrolls = widget.grid.evaluate("(grid) => grid.scrollWidth > grid.clientWidth")
    assert scrolls is not fits
