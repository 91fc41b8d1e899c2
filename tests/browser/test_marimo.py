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
from tests.browser import walk
from tests.browser.marimo_app import Marimo
from tests.browser.screen import Screen

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
    walk.add_slow_trace(tmp_path / "spanglass.db")
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

    tools = walk.look_and_click(screen)
    running = walk.select_two_while_it_runs(screen)
    told = page.get_by_text("SELECTED").locator("code")
    expect(told).to_have_text(re.compile(r'(, \["[^"]+", "[^"]+"\]){2}, \['), timeout=20_000)
    expect(running).to_be_visible()
    walk.check_found(*json.loads(told.inner_text()))
    walk.cancel_by_another_filter(screen, running, tools)
