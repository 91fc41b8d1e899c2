"""The widget in the places where it stands: narrow, in a shadow root, twice, without a kernel, taken down."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.standin.driver import Show, Widget


def sideways(page: Page) -> list[str]:
    """The elements that reach out of the widget to the side, and the page if it scrolls."""
    return page.evaluate(
        """() => {
             const root = document.querySelector('.sg');
             const { left, right } = root.getBoundingClientRect();
             const out = [...root.querySelectorAll('*')].filter((each) => {
               const box = each.getBoundingClientRect();
               if (box.width === 0 || (box.left >= left - 1 && box.right <= right + 1)) return false;
               for (let up = each.parentElement; up !== root; up = up.parentElement) {
                 const { overflowX } = getComputedStyle(up);
                 if (overflowX !== 'visible') return false;
               }
               return true;
             }).map((each) => each.className);
             if (document.documentElement.scrollWidth > innerWidth) out.push('page');
             return out;
           }"""
    )


@pytest.mark.parametrize("width", [320, 500, 800, 1100, 1600])
def test_nothing_reaches_out_to_the_side(show: Show, width: int) -> None:
    widget = show(width=width)
    assert sideways(widget.page) == []
    widget.cell(0, 1 if width < 640 else 2).click()
    expect(widget.tree).to_be_visible()
    assert sideways(widget.page) == []
    widget.span(2).click()
    if width < 1000:
        widget.span(2).press("Enter") if width >= 640 else None
    expect(widget.detail).to_contain_text("retriever.search")
    assert sideways(widget.page) == []
    widget.filter("latncy > 2s AND status = 'ERROR'")
    expect(widget.root.get_by_role("alert")).to_be_visible()
    assert sideways(widget.page) == []


def test_wide_shows_three_panes_and_remembers_where_they_were_parted(show: Show) -> None:
    widget = show(width=1100)
    widget.open(0)
    for pane in (widget.grid, widget.tree, widget.detail):
        expect(pane).to_be_visible()
    splitter = widget.root.get_by_role("separator", name="Width of the list")
    box = splitter.bounding_box()
    assert box is not None
    widget.page.mouse.move(box["x"], box["y"] + 100)
    widget.page.mouse.down()
    widget.page.mouse.move(box["x"] + 110, box["y"] + 100)
    widget.page.mouse.up()
    panes = widget.trait("screen")["panes"]
    assert panes[0] == pytest.approx(48, abs=0.5)
    assert sum(panes) == pytest.approx(100, abs=0.5)


def test_middling_shows_two_panes_and_the_detail_takes_the_lists_place(show: Show) -> None:
    widget = show(width=800)
    widget.open(0)
    expect(widget.grid).to_be_visible()
    expect(widget.detail).to_have_count(0)
    widget.span(2).focus()
    widget.page.keyboard.press("Enter")
    expect(widget.detail).to_be_visible()
    expect(widget.tree).to_be_visible()
    expect(widget.grid).to_have_count(0)
    widget.page.keyboard.press("Escape")
    widget.page.keyboard.press("Escape")
    expect(widget.grid).to_be_visible()


def test_narrow_shows_one_pane_with_tall_rows_and_a_way_back(show: Show) -> None:
    widget = show(width=500)
    assert widget.row(0).bounding_box()["height"] == 38  # type: ignore[index]
    expect(widget.cell(0, 1)).to_contain_text("4.1k tok")
    widget.cell(0, 1).click()
    widget.span(2).click()
    expect(widget.detail).to_be_visible()
    crumbs = widget.root.get_by_role("navigation")
    expect(crumbs).to_have_text(re.compile("traces.*qa_agent.*retriever.search", re.DOTALL))
    crumbs.get_by_role("button", name="traces").click()
    expect(widget.grid).to_be_visible()


def test_it_fits_its_own_box_not_the_window(show: Show) -> None:
    widget = show(width=1100)
    expect(widget.root).to_have_attribute("data-mode", "three")
    widget.page.evaluate("() => { document.querySelector('body > div').style.width = '500px'; }")
    expect(widget.root).to_have_attribute("data-mode", "one")


def test_it_takes_its_share_beside_others_in_a_row(show: Show) -> None:
    widget = show(width=1100)
    widget.page.evaluate("() => document.querySelector('body > div').append(document.createElement('p'))")
    assert widget.root.bounding_box()["width"] > 1000  # type: ignore[index]


def test_the_height_is_a_trait_and_a_grip(show: Show) -> None:
    widget = show()
    assert widget.root.bounding_box()["height"] == 480  # type: ignore[index]
    widget.set_trait("height", 400)
    expect(widget.root).to_have_css("height", "400px")
    box = widget.root.locator(".sg-resize").bounding_box()
    assert box is not None
    widget.page.mouse.move(box["x"] + 8, box["y"] + 8)
    widget.page.mouse.down()
    widget.page.mouse.move(box["x"] + 8, box["y"] + 68)
    widget.page.mouse.up()
    assert widget.trait("height") == 460


@pytest.mark.parametrize(("height", "least"), [(300, 7), (480, 15)])
def test_height_decides_how_many_rows_not_how_dense_they_are(show: Show, height: int, least: int) -> None:
    widget = show(height=height)
    assert widget.row(0).bounding_box()["height"] == 24  # type: ignore[index]
    assert widget.grid.locator(".sg-rows > [role=row]").count() >= least


def test_in_a_shadow_root_everything_works_alike(show: Show) -> None:
    widget = show(shadow=True)
    expect(widget.root).to_have_css("display", "grid")
    widget.open(0)
    widget.span(0).focus()
    widget.page.keyboard.press("j")
    expect(widget.span(1)).to_have_attribute("aria-selected", "true")
    widget.page.keyboard.press("/")
    expect(widget.box).to_be_focused()
    widget.cell(6, 2).locator(".sg-value").hover()
    widget.menu.get_by_role("menuitem", name="Only LangGraph").click()
    expect(widget.box).to_have_value("name = 'LangGraph'")


def test_two_views_of_one_widget_share_filter_columns_and_selection_and_nothing_else(show: Show) -> None:
    widget = show(views=2)
    other = Widget(widget.page, view=1)
    widget.grid.evaluate("(grid) => { grid.scrollTop = 4800; }")
    expect(widget.row(205)).to_be_visible()
    expect(other.row(0)).to_be_visible()
    widget.set_trait("columns", ["tag.env"])
    for each in (widget, other):
        expect(each.grid.get_by_role("columnheader")).to_have_count(7)


@pytest.mark.parametrize("shadow", [False, True])
def test_taken_down_it_leaves_nothing_behind(show: Show, shadow: bool) -> None:
    widget = show(views=2, **({"shadow": True} if shadow else {}))
    widget.open(0)
    widget.page.evaluate("() => window.standin.end()")
    expect(widget.page.locator(".sg")).to_have_count(0)
    assert widget.page.evaluate("() => window.standin.model.listeners") == 0
    calls = len(widget.log())
    widget.set_trait("filter", "status = 'ERROR'")
    widget.page.wait_for_timeout(400)
    assert len(widget.log()) == calls


def test_another_version_of_the_wire_is_refused_with_a_message(show: Show) -> None:
    widget = show(wire=2)
    expect(widget.root.get_by_role("alert").or_(widget.page.get_by_role("alert"))).to_contain_text("another version")
    assert widget.log() == []


def test_a_store_that_cannot_be_read_is_said(show: Show) -> None:
    widget = show(error="file is not a database")
    expect(widget.root).to_contain_text("The store could not be read")
    expect(widget.root).to_contain_text("file is not a database")


def test_without_a_kernel_the_saved_rows_stay_and_it_says_so(show: Show) -> None:
    widget = show(silent=True)
    expect(widget.cell(0, 2)).to_contain_text("qa_agent")
    widget.cell(0, 2).click()
    expect(widget.footer).to_contain_text(re.compile("not connected, showing 200 saved rows"), timeout=9_000)
    assert len(widget.names()) >= 14


@pytest.mark.parametrize("theme", ["", "dark", "jupyter-dark"])
def test_text_and_kinds_can_be_read_in_every_theme(show: Show, theme: str) -> None:
    widget = show(theme=theme)
    widget.open(0)
    low = widget.page.evaluate(
        """() => {
             const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
             const rgb = (colours) => {
               canvas.clearRect(0, 0, 1, 1);
               for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
               return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
             };
             const light = (colour) => {
               const [r, g, b] = colour.map((part) => {
                 const share = part / 255;
                 return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
               });
               return 0.2126 * r + 0.7152 * g + 0.0722 * b;
             };
             const contrast = (a, b) => {
               const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
               return (x + 0.05) / (y + 0.05);
             };
             const grounds = (element) => {
               const found = [];
               for (let up = element; up; up = up.parentElement) found.unshift(getComputedStyle(up).backgroundColor);
               return ['#fff', ...found];
             };
             const low = [];
             for (const element of document.querySelectorAll('.sg *')) {
               const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
               if (!own || element.closest('.sg-mirror')) continue;
               const under = grounds(element);
               const ratio = contrast(rgb(under), rgb([...under, getComputedStyle(element).color]));
               const said = `${element.className} ${element.textContent.slice(0, 20)}`;
               if (ratio < 4.5) low.push(`${said} ${ratio.toFixed(2)}`);
             }
             const ground = rgb(grounds(document.querySelector('.sg')));
             for (const kind of ['llm', 'agent', 'tool', 'retriever', 'embedding', 'chain', 'evaluator', 'guardrail']) {
               const probe = document.createElement('i');
               probe.className = `sg-k-${kind}`;
               document.querySelector('.sg').append(probe);
               const colour = getComputedStyle(probe).getPropertyValue('--k');
               probe.remove();
               const ratio = contrast(ground, rgb([colour]));
               if (ratio < 3) low.push(`${kind} ${ratio.toFixed(2)}`);
             }
             return [...new Set(low)];
           }"""
    )
    assert low == []
