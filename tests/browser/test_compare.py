"""Traces beside each other, and a trace as a graph, in the built widget on a real explorer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

import spanglass as sg
from spanglass.entities import Batch, Span
from spanglass.explorer import Explorer, explore
from spanglass.store import Store
from tests.browser import live
from tests.browser.standin.driver import Widget
from tests.browser.test_bundle_accessible import faults
from tests.browser.test_live_hostile import HARM, Watched, filled

MS = 1_000_000


def run(trace_id: str, begins: int, model: str, *calls: tuple[str, str, int, Any, Any]) -> list[Span]:
    """An agent's run: a call of a model, then calls in a row, each (kind, name, milliseconds, inputs, outputs)."""
    at = begins * 60_000 * MS
    root = Span(trace_id, f"{trace_id}-0", "qa_agent", span_type="AGENT", start_time_ns=at, inputs={"question": "?"})
    made = [root]
    for n, (kind, name, ms, inputs, outputs) in enumerate([("LLM", f"chat {model}", 40, *ASKED[model]), *calls], 1):
        made.append(
            Span(
                trace_id,
                f"{trace_id}-{n}",
                name,
                root.span_id,
                span_type=kind,
                status="ERROR" if name == "pay" else "OK",
                start_time_ns=at,
                end_time_ns=at + ms * MS,
                inputs=inputs,
                outputs=outputs,
                input_tokens=400 if kind == "LLM" else None,
                model=model if kind == "LLM" else None,
            )
        )
        at += ms * MS
    root.end_time_ns = at
    return made


ASKED = {
    "small": ({"prompt": "What does black tea cost here?"}, "Look it up."),
    "large": ({"prompt": "What does green tea cost here?"}, "Look it up."),
}
SEARCH = ("TOOL", "search", 20, {"query": "tea"}, {"hits": [1, 2]})
LOOPING = [
    Span("loop", "0", "plan", span_type="AGENT", start_time_ns=1, end_time_ns=90 * MS),
    Span("loop", "1", "act", "0", span_type="TOOL", start_time_ns=2, end_time_ns=80 * MS),
    Span("loop", "2", "plan", "1", span_type="AGENT", start_time_ns=3, end_time_ns=70 * MS),
    Span("loop", "3", "plan", "2", span_type="AGENT", start_time_ns=4, end_time_ns=60 * MS),
    Span("loop", "4", "act", "3", span_type="TOOL", status="ERROR", start_time_ns=5, end_time_ns=50 * MS),
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("compared") / "runs.db") as store:
        a = run("a", 4, "small", SEARCH, ("TOOL", "pay", 5, {}, None))
        b = run("b", 3, "large", SEARCH, ("TOOL", "mail", 60, {}, "sent"))
        c = run("c", 2, "small", ("TOOL", "search", 80, {}, {}), SEARCH)
        store.write(Batch([*a, *b, *c, *LOOPING]))
        yield store


Open = Callable[..., Widget]


@pytest.fixture
def opened(runs: Store, browser: Browser) -> Iterator[Open]:
    """Opens the widget on an explorer of the runs or another one; a script error on the page fails the test."""
    ends: list[Callable[[], object]] = []
    errors: list[str] = []

    def show(explorer: Explorer | None = None, *, width: int = 1100, theme: str = "light") -> Widget:
        page = browser.new_page(viewport={"width": width + 24, "height": 600}, reduced_motion="reduce")
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        end = live.Live(explorer or explore(runs))
        ends.extend([page.close, lambda: end.__exit__()])
        return live.show(page, end.__enter__(), theme=theme)

    yield show
    for end in ends:
        end()
    assert errors == []


@pytest.fixture(autouse=True, scope="module")
def patience() -> Iterator[None]:
    """A busy machine takes its time."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


def pick(widget: Widget, *rows: int) -> None:
    """Tick rows of the list, and stay on the last one."""
    for row in rows:
        widget.cell(row, 0).click()
    widget.cell(rows[-1], 2).focus()


def test_two_traces_stand_beside_each_other_span_by_span(opened: Open) -> None:
    widget = opened()
    pick(widget, 0, 1)
    widget.page.keyboard.press("C")
    compare = widget.root.locator(".sg-compare")
    rows = compare.get_by_role("treegrid", name="Spans of both traces").locator("[data-row]")
    expect(rows).to_have_count(5)
    expect(widget.detail).to_have_count(0)
    assert [re.sub(r"\s+", " ", text) for text in rows.all_inner_texts()] == [
        "A qa_agent ! +55ms ±0".replace(" !", "").replace(" ±0", ""),
        "≠ L chat large ±0 ±0",
        "T search ±0",
        "− T pay !",
        "+ T mail",
    ]
    expect(compare.locator(".sg-counts")).to_have_text(re.compile(r"2 same.*≠ 1 changed.*\+ 1 added.*− 1 missing"))

    # The first change is looked at: the words that are others now, and the model.
    differ = compare.get_by_role("region", name="What became of the span")
    expect(differ.locator("del mark")).to_have_text(["black"])
    expect(differ.locator("ins mark")).to_have_text(["green"])
    expect(differ).to_contain_text("was chat small")
    expect(differ.locator("dl")).to_contain_text("small → large")
    expect(differ.locator("section", has_text="Outputs")).to_contain_text("the same")

    # Keys: from change to change, along the rows, and back.
    widget.page.keyboard.press("n")
    expect(compare.locator('[aria-selected="true"]')).to_contain_text("pay")
    widget.page.keyboard.press("ArrowUp")
    expect(compare.locator('[aria-selected="true"]')).to_contain_text("search")
    expect(compare.locator('[aria-selected="true"]')).to_be_focused()
    compare.get_by_role("button", name="only changes").click()
    expect(rows).to_have_count(4)
    compare.get_by_role("button", name="Exchange A and B").click()
    expect(compare.locator("[data-row]", has_text="pay").locator(".sg-sign")).to_have_text("+")
    rows.nth(1).click()
    compare.get_by_role("button", name="open A").click()
    expect(widget.tree.locator('[aria-selected="true"]')).to_contain_text("chat large")
    expect(compare).to_have_count(0)
    widget.page.keyboard.press("C")
    expect(rows).to_have_count(5)
    widget.page.keyboard.press("Escape")
    expect(compare).to_have_count(0)
    expect(widget.cell(1, 2)).to_be_focused()


def test_several_traces_are_a_table_with_heat(opened: Open) -> None:
    widget = opened()
    pick(widget, 0)
    widget.page.keyboard.press("C")
    expect(widget.footer).to_contain_text("Select two traces or more")
    expect(widget.root.locator(".sg-compare")).to_have_count(0)
    pick(widget, 1, 2)
    widget.footer.get_by_role("button", name="compare").click()
    table = widget.root.locator(".sg-compare table")
    expect(table.locator("thead th")).to_have_count(4)
    cells = table.locator("tr", has=widget.page.get_by_role("rowheader", name="search")).locator("td")
    expect(cells).to_have_text(["20ms", "20ms", "100ms"])
    heat = cells.evaluate_all("(cells) => cells.map((each) => each.style.getPropertyValue('--heat'))")
    assert heat == ["8%", "8%", "46%"]
    widget.root.get_by_role("tab", name="calls").click()
    expect(cells).to_have_text(["1", "1", "2"])
    table.get_by_role("button").nth(2).click()
    expect(widget.tree.locator(".sg-span")).to_have_count(4)


def test_a_comparison_of_runs_opens_with_both_traces_of_a_row(opened: Open, tmp_path: Any) -> None:
    rows = [{"inputs": name, "ground_truth": f"Hi {name}"} for name in ("Ada", "Ben", "Cleo")]
    with Store(tmp_path / "evaluated.db") as store:
        before, after = (
            sg.evaluate(model, rows, scorers=[sg.scorers.same()], store=store)
            for model in (lambda name: "Hi Ada", lambda name: f"Hi {name}")
        )
        explorer = explore(sg.compare(before, after))
        widget = opened(explorer)
        compare = widget.root.locator(".sg-compare")
        differ = compare.get_by_role("region", name="What became of the span")
        expect(widget.grid.locator("[data-row] .sg-c-name")).to_have_count(4)
        expect(differ.locator("ins")).to_have_text([re.compile("Hi Ben")])
        expect(differ.locator("del")).to_have_text([re.compile("Hi Ada")])
        # Another row, another pair; both its traces lead to the same one.
        for row in (2, 3):
            widget.cell(row, 2).click()
            expect(differ.locator("ins")).to_have_text([re.compile("Hi Cleo")])
        widget.page.keyboard.press("C")
        expect(differ.locator("ins")).to_have_text([re.compile("Hi Ben")])


def test_a_trace_is_a_graph_of_who_calls_whom(opened: Open) -> None:
    widget = opened()
    widget.open(1)
    widget.trace.get_by_role("tab", name="Graph").click()
    nodes = widget.trace.locator(".sg-node")
    expect(nodes).to_have_count(4)
    expect(widget.trace.get_by_role("button", name=re.compile("search.*×1.*20ms"))).to_be_visible()
    expect(widget.trace.locator(".sg-edge")).to_have_count(3)
    expect(widget.trace.locator(".sg-edge-label", has_text="60ms")).to_have_attribute(
        "title", re.compile("qa_agent calls mail")
    )

    # Keys go from node to node; Enter goes to the first span of the name in the tree.
    nodes.first.focus()
    widget.page.keyboard.press("ArrowRight")
    widget.page.keyboard.press("End")
    expect(nodes.last).to_be_focused()
    widget.page.keyboard.press("ArrowUp")
    expect(nodes.nth(2)).to_be_focused()
    widget.page.keyboard.press("Enter")
    expect(widget.tree.locator('[aria-selected="true"]')).to_contain_text("search")

    # Another trace opens as a graph as well. A circle is drawn, too: what leads back is dashed, what calls itself said.
    widget.trace.get_by_role("tab", name="Graph").click()
    widget.cell(3, 2).click()
    expect(nodes).to_have_count(2)
    expect(widget.trace.locator(".sg-edge-back")).to_have_count(1)
    expect(nodes.first).to_contain_text("↻ ×1")
    expect(widget.trace.locator(".sg-edge-label", has_text="1!")).to_have_count(1)
    nodes.first.focus()
    widget.page.keyboard.press("Escape")
    expect(widget.tree).to_be_visible()


def test_names_can_be_read_at_any_width_and_nothing_scrolls_the_page(opened: Open) -> None:
    widget = opened()
    widget.cell(1, 0).click()
    widget.cell(0, 0).click()
    widget.cell(1, 2).click()
    widget.trace.get_by_role("tab", name="Graph").click()
    names = widget.trace.locator(".sg-node-name > :last-child")
    for width in (1100, 800, 500):
        widget.page.set_viewport_size({"width": width + 24, "height": 600})
        if width == 500:
            widget.cell(1, 1).click()
        expect(names).to_have_count(4)
        drawn = names.evaluate_all(
            """(all) => all.map((each) => ({
                 cut: each.scrollHeight > each.clientHeight + 1 || each.scrollWidth > each.clientWidth + 1,
                 size: parseFloat(getComputedStyle(each).fontSize) * each.currentCSSZoom,
               }))"""
        )
        assert not any(each["cut"] for each in drawn)
        assert min(each["size"] for each in drawn) >= 10
        assert widget.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    widget.root.get_by_role("button", name="Back").click()
    widget.footer.get_by_role("button", name="compare").click()
    row = widget.root.locator(".sg-compare [data-row]").first
    for width in (500, 800, 1100):
        widget.page.set_viewport_size({"width": width + 24, "height": 600})
        expect(row).to_be_visible()
        assert row.locator(".sg-name").evaluate("(each) => each.scrollWidth <= each.clientWidth")
        assert widget.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_in_comparisons_and_graphs(opened: Open, theme: str) -> None:
    widget = opened(theme=theme)
    pick(widget, 0, 1)
    widget.page.keyboard.press("C")
    expect(widget.root.locator(".sg-differ del mark")).to_be_visible()
    assert faults(widget) == []
    widget.page.keyboard.press("Escape")
    pick(widget, 2)
    widget.page.keyboard.press("C")
    expect(widget.root.locator(".sg-several")).to_be_visible()
    assert faults(widget) == []
    widget.cell(0, 2).click()
    widget.trace.get_by_role("tab", name="Graph").click()
    expect(widget.trace.locator(".sg-node").first).to_be_visible()
    assert faults(widget) == []


def test_names_and_contents_stay_text(opened: Open, tmp_path: Any) -> None:
    with Store(tmp_path / "hostile.db") as store:
        for number, text in enumerate([HARM[0], *HARM[4:9]]):
            store.write(filled(number, text))
        widget = opened(explore(store))
        watched = Watched(widget.page)
        pick(widget, 0, 1)
        widget.page.keyboard.press("C")
        rows = widget.root.locator(".sg-compare [data-row]")
        expect(rows).to_have_count(4)
        for row in range(4):
            rows.nth(row).click()
            expect(widget.root.locator(".sg-differ:not(.sg-dim) section").first).to_be_visible()
        pick(widget, 2, 3, 4, 5)
        widget.page.keyboard.press("C")
        expect(widget.root.locator(".sg-several")).to_contain_text("<script>window.harmed=1")
        for row in range(6):
            widget.cell(row, 2).click()
            widget.trace.get_by_role("tab", name="Graph").click()
            expect(widget.trace.locator(".sg-node")).not_to_have_count(0)
        made = widget.root.locator("script, img, iframe, link, object, embed, [onclick], [onerror], [onload]")
        expect(made).to_have_count(0)
        watched.check("/static/", "/standin/", "/kernel/", "data:,", "blob:")
