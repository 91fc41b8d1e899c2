"""What axe-core finds in the widget in its many states, in both themes; and what moves when motion is not wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.standin.driver import Show, Widget

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
THEMES = ["", "dark"]


def faults(widget: Widget) -> list[str]:
    """The serious and critical faults that axe-core finds within the widget: rule, element and why."""
    expect(widget.root.locator(".sg-dim")).to_have_count(0)  # what is loading is shown as such
    if not widget.page.evaluate("'axe' in window"):
        widget.page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = widget.page.evaluate(
        """async () => (await axe.run({ include: ['.sg'] },
                             { resultTypes: ['violations'] })).violations"""
    )
    return [
        f"{fault['id']}: {node['html'][:160]}: {node['failureSummary']}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def themed(show: Show, theme: str, **options: Any) -> Widget:
    """The widget in a theme, with extra columns."""
    widget = show(theme=theme, **options)
    widget.set_trait("columns", ["tag.env", {"path": "search.outputs.score", "pick": "max"}, "a.b"])
    expect(widget.grid.locator(".sg-coming")).to_have_count(0)
    return widget


@pytest.mark.parametrize("theme", THEMES)
def test_the_list_with_hovered_selected_open_and_failed_rows(show: Show, theme: str) -> None:
    widget = themed(show, theme)
    widget.cell(2, 0).click()
    widget.cell(0, 0).click()
    widget.open(0)
    widget.row(2).hover()
    assert faults(widget) == []
    widget.row(1).hover()
    assert faults(widget) == []
    widget.row(0).hover()
    assert faults(widget) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_menus_of_columns_and_values(show: Show, theme: str) -> None:
    widget = themed(show, theme)
    widget.header("env").focus()
    widget.page.keyboard.press(".")
    expect(widget.menu).to_be_visible()
    assert faults(widget) == []
    widget.page.keyboard.press("Escape")
    widget.page.keyboard.press("+")
    expect(widget.root.get_by_label("Field or path")).to_be_visible()
    assert faults(widget) == []
    widget.page.keyboard.press("Escape")
    widget.cell(0, 3).focus()
    widget.page.keyboard.press(".")
    expect(widget.menu).to_be_visible()
    assert faults(widget) == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["qa_agent", "fan_out", "live"])
def test_the_waterfall_with_hovered_current_failed_and_matching_rows(show: Show, theme: str, name: str) -> None:
    widget = themed(show, theme)
    widget.open_named(name)
    lines = widget.tree.locator(".sg-span")
    lines.first.click()
    lines.first.hover()
    assert faults(widget) == []
    lines.last.click()
    lines.nth(1).hover()
    widget.root.get_by_label("Find in the trace").fill("e")
    widget.tree.locator('[aria-selected="true"]').focus()
    widget.page.keyboard.press("z")
    expect(widget.trace.locator(".sg-range")).to_be_visible()
    assert faults(widget) == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("name", "span"), [("qa_agent", 1), ("qa_agent", 2), ("qa_agent", 15), ("talk", 0), ("long_texts", 0)]
)
def test_the_details_in_every_tab(show: Show, theme: str, name: str, span: int) -> None:
    widget = themed(show, theme)
    widget.open_named(name)
    widget.span(span).click()
    widget.detail.get_by_role("button", name="md").click()
    for tab in ("Attributes", "Events", "Raw", "In · Out"):
        widget.detail.get_by_role("tab", name=tab).click()
        assert faults(widget) == []


@pytest.mark.parametrize("width", [800, 500])
def test_narrow(show: Show, width: int) -> None:
    widget = show(width=width)
    assert faults(widget) == []
    widget.open_named("qa_agent") if width > 640 else widget.cell(0, 1).click()
    assert faults(widget) == []


@pytest.mark.parametrize("theme", THEMES)
def test_empty_failed_and_silent(show: Show, theme: str) -> None:
    widget = show(theme=theme)
    widget.filter("nothing")
    expect(widget.root).to_contain_text("Nothing matches")
    assert faults(widget) == []
    assert faults(show(theme=theme, error="no disk")) == []
    assert faults(show(theme=theme, boot="no", silent=True)) == []


def test_nothing_moves_by_itself_when_motion_is_not_wanted(show: Show) -> None:
    """The pages of these tests ask for reduced motion."""
    widget = show()
    widget.delay("page", 2_000)
    widget.filter("status = 'ERROR'")
    widget.page.wait_for_timeout(300)
    assert widget.page.evaluate("document.getAnimations().filter((each) => each.playState === 'running').length") == 0


def test_a_progress_bar_moves_where_motion_is_no_matter(browser: Browser, standin_url: str) -> None:
    context = browser.new_context(reduced_motion="no-preference")
    page = context.new_page()
    page.goto(standin_url)
    page.wait_for_function("window.standin !== undefined")
    widget = Widget(page)
    widget.delay("page", 2_000)
    widget.filter("status = 'ERROR'")
    page.wait_for_timeout(300)
    assert page.evaluate("document.getAnimations().filter((each) => each.playState === 'running').length") > 0
    context.close()
