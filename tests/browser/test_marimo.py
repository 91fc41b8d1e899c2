"""The explorer in a real marimo, where the next cell runs by itself when the selection changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from spanglass.formats import ingest
from spanglass.samples import sample_files
from spanglass.store import Store
from tests.browser.marimo_app import Marimo
from tests.browser.screen import Screen
from tests.browser.test_jupyterlab import ENDLESS, add_slow_trace

NOTEBOOK = """
import marimo

app = marimo.App(width="full")


@app.cell
def _():
    import json

    import marimo as mo

    import spanglass as sg

    return json, mo, sg


@app.cell
def _(mo, sg):
    ex = mo.ui.anywidget(sg.explore(filter="duration > 600ms"))
    ex
    return (ex,)


@app.cell
def _(ex, json, mo):
    explorer = ex.widget
    ex.value
    chosen = explorer.df("selected") if explorer.selected else None
    said = [] if chosen is None else [sorted(explorer.selected), sorted(chosen.index), list(chosen.columns)]
    mo.md("SELECTED `" + json.dumps([explorer.filter, *said]) + "`")
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Marimo]:
    add_slow_trace(tmp_path / "spanglass.db")
    with Store(tmp_path / "spanglass.db") as store:
        ingest(sample_files(), store=store)
    notebook = tmp_path / "notebook.py"
    notebook.write_text(NOTEBOOK)
    with Marimo(notebook) as started:
        yield started


def test_filter_look_click_select_and_the_next_cell_has_it(app: Marimo, page: Page) -> None:
    page.set_viewport_size({"width": 1700, "height": 900})
    page.goto(app.url)
    screen = Screen(page).wait()
    before = screen.root.locator(".sg-count").inner_text()

    # Type a filter: the rows change.
    screen.search("{ type = 'TOOL' }")
    expect(screen.root.locator(".sg-count")).not_to_have_text(before)
    tools = screen.rows.count()
    assert tools >= 4

    # Open a trace; a value becomes a filter, another a column.
    screen.open(1)
    name = screen.rows.nth(1).locator(".sg-c-name .sg-value")
    screen.menu_on(name).get_by_role("menuitem", name=re.compile("^Only ")).first.click()
    expect(screen.filter).to_have_value(re.compile(r"TOOL.* AND name = "))
    screen.search("{ type = 'TOOL' }")
    detail = screen.root.get_by_role("tabpanel", name="In · Out").locator(".sg-value").first
    headers = screen.headers.count()
    screen.menu_on(detail).get_by_role("menuitem", name="Show as a column").click()
    expect(screen.headers).to_have_count(headers + 1)

    # Two rows are selected while a query runs that does not end: the next cell has exactly them, at once.
    screen.search(ENDLESS)
    running = screen.root.locator(".sg-progress.sg-on")
    expect(running).to_be_visible()
    screen.select(0, 2)
    told = page.get_by_text("SELECTED").locator("code")
    expect(told).to_have_text(re.compile(r'(, \["[^"]+", "[^"]+"\]){2}, \['), timeout=20_000)
    expect(running).to_be_visible()
    current, selected, indexed, columns = json.loads(told.inner_text())
    assert current == ENDLESS
    assert len(selected) == 2
    assert indexed == selected
    assert re.search(r"\.(inputs|outputs)", columns[-1]), columns
