"""The walk that every host is taken through, by visible labels: filter, look, click, select while a query runs."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, expect

from spanglass.entities import Batch, Span
from spanglass.store import Store
from tests.browser.screen import Screen

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "quickstart.ipynb"

# The quickstart's cell that shows the explorer.
EXPLORER = 3

TOOLS = "{ type = 'TOOL' }"

# Thousands of siblings, and a question that looks at each of them for each of them for each of them: it runs until
# it is stopped.
SLOW_SPANS = 2_000
ENDLESS = "{ count(sibling { count(sibling { duration > 1h }) > 5 }) > 5 }"

# What the next cell finds, as one line of JSON.
SELECTED = """
import json
chosen = ex.df("selected")
print("SELECTED", json.dumps([ex.filter, sorted(ex.selected), sorted(chosen.index), list(chosen.columns)]))
"""


def copy_quickstart(folder: Path, *more: str) -> int:
    """The quickstart with more cells at its end; returns the number of its own cells."""
    notebook = nbformat.read(QUICKSTART, 4)
    own = len(notebook.cells)
    notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in more]
    nbformat.write(notebook, folder / "quickstart.ipynb")
    return own


def add_slow_trace(store: Path) -> None:
    """A trace over which the endless query does not end."""
    root = f"{0:016x}"
    spans = [
        Span("slow", f"{n:016x}", "step", parent_id=root if n else None, start_time_ns=n, end_time_ns=n + 1)
        for n in range(SLOW_SPANS)
    ]
    with Store(store) as opened:
        opened.write(Batch(spans=spans))


def look_and_click(screen: Screen) -> int:
    """Filter, open a trace, make one value a filter and another a column; returns how many rows the filter left."""
    before = screen.root.locator(".sg-count").inner_text()
    screen.search(TOOLS)
    expect(screen.root.locator(".sg-count")).not_to_have_text(before)
    tools = screen.rows.count()
    assert tools >= 4

    screen.open(1)
    expect(screen.spans.nth(1)).to_be_visible()
    name = screen.rows.nth(1).locator(".sg-c-name .sg-value")
    screen.menu_on(name).get_by_role("menuitem", name=re.compile("^Only ")).first.click()
    expect(screen.filter).to_have_value(re.compile(r"TOOL.* AND name = "))
    screen.search(TOOLS)
    detail = screen.root.get_by_role("tabpanel", name="In · Out").locator(".sg-value").first
    headers = screen.headers.count()
    screen.menu_on(detail).get_by_role("menuitem", name="Show as a column").click()
    expect(screen.headers).to_have_count(headers + 1)
    return tools


def select_two_while_it_runs(screen: Screen) -> Locator:
    """Start the endless query and tick two of the rows that stay meanwhile; gives the sign that it still runs."""
    screen.search(ENDLESS)
    running = screen.root.locator(".sg-progress.sg-on")
    expect(running).to_be_visible()
    screen.select(0, 2)
    return running


def check_found(current: str, selected: list[str], indexed: list[str], columns: list[str]) -> None:
    """What the next cell found is what the screen showed: the two, and the column."""
    assert current == ENDLESS
    assert len(selected) == 2
    assert indexed == selected
    assert re.search(r"\.(inputs|outputs)", columns[-1]), columns


def cancel_by_another_filter(screen: Screen, running: Locator, tools: int) -> None:
    """Another filter ends the query, and its own answer is there."""
    screen.search(TOOLS)
    expect(running).to_be_hidden()
    assert screen.rows.count() == tools
