"""The explorer in a real JupyterLab with a real kernel, its messages on the main thread and in subshells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from spanglass.entities import Batch, Span
from spanglass.store import Store
from tests.browser.lab import Lab, LabNotebook
from tests.browser.screen import Screen

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "quickstart.ipynb"

# The quickstart's cell that shows the explorer.
EXPLORER = 3

# Thousands of siblings, and a question that looks at each of them for each of them for each of them: it runs until
# it is stopped.
SLOW_SPANS = 2_000
ENDLESS = "{ count(sibling { count(sibling { duration > 1h }) > 5 }) > 5 }"

SELECTED = """
import json
chosen = ex.df("selected")
print("SELECTED", json.dumps([sorted(ex.selected), sorted(chosen.index), list(chosen.columns), ex.filter]))
"""


def copy_quickstart(folder: Path, *more: str) -> int:
    """The quickstart with more cells at its end; returns the number of its own cells."""
    notebook = nbformat.read(QUICKSTART, 4)
    own = len(notebook.cells)
    notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in more]
    nbformat.write(notebook, folder / "quickstart.ipynb")
    return own


def add_slow_trace(store: Path) -> None:
    root = f"{0:016x}"
    spans = [
        Span("slow", f"{n:016x}", "step", parent_id=root if n else None, start_time_ns=n, end_time_ns=n + 1)
        for n in range(SLOW_SPANS)
    ]
    with Store(store) as opened:
        opened.write(Batch(spans=spans))


@pytest.fixture(params=["disabled", "perCommTarget"], ids=["subshells-off", "subshells-on"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    with Lab(tmp_path, subshells=request.param) as started:
        yield started


def test_filter_look_click_select_and_use_it_in_the_next_cell(lab: Lab, page: Page) -> None:
    page.set_viewport_size({"width": 1700, "height": 900})  # room for list, waterfall and details side by side
    add_slow_trace(lab.folder / "spanglass.db")
    last = copy_quickstart(lab.folder, SELECTED)
    notebook: LabNotebook = lab.open(page, "quickstart.ipynb")
    notebook.run_above(last)
    screen = Screen(notebook.show(EXPLORER)).wait()
    before = screen.root.locator(".sg-count").inner_text()

    # Type a filter: the rows change.
    screen.search("{ type = 'TOOL' }")
    expect(screen.root.locator(".sg-count")).not_to_have_text(before)
    tools = screen.rows.count()
    assert tools >= 4

    # Open a trace: its spans are there, and the first one's details.
    screen.open(1)
    expect(screen.spans.nth(1)).to_be_visible()

    # A value becomes a filter, another a column.
    name = screen.rows.nth(1).locator(".sg-c-name .sg-value")
    screen.menu_on(name).get_by_role("menuitem", name=re.compile("^Only ")).first.click()
    expect(screen.filter).to_have_value(re.compile(r"TOOL.* AND name = "))
    screen.search("{ type = 'TOOL' }")
    detail = screen.root.get_by_role("tabpanel", name="In · Out").locator(".sg-value").first
    headers = screen.headers.count()
    screen.menu_on(detail).get_by_role("menuitem", name="Show as a column").click()
    expect(screen.headers).to_have_count(headers + 1)

    # Two rows are selected while a query runs that does not end, and the next cell is run at once.
    screen.search(ENDLESS)
    running = screen.root.locator(".sg-progress.sg-on")
    expect(running).to_be_visible()
    screen.select(0, 2)
    notebook.start(last)
    said = notebook.wait_text(last, "SELECTED", timeout_s=20)
    expect(running).to_be_visible()

    selected, indexed, columns, current = json.loads(said.split("SELECTED", 1)[1].splitlines()[0])
    assert len(selected) == 2
    assert indexed == selected
    assert current == ENDLESS
    assert re.search(r"\.(inputs|outputs)", columns[-1]), columns

    # Another filter cancels the query: the answer is there at once.
    screen.search("{ type = 'TOOL' }")
    expect(running).to_be_hidden()
    assert screen.rows.count() == tools
