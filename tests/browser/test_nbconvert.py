"""A notebook with an explorer turned into a page: what stands there without a kernel, and without a network."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect

from spanglass.formats import ingest
from spanglass.samples import sample_files
from spanglass.store import Store


def converted(folder: Path, *, with_state: bool) -> Path:
    """An executed notebook with one explorer, as an HTML page."""
    with Store(folder / "spanglass.db") as store:
        ingest(sample_files(), store=store)
    cell = "import spanglass as sg\nsg.explore(filter='duration > 600ms')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    client = NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}, store_widget_state=with_state)
    client.execute()
    page = folder / "n.html"
    page.write_text(HTMLExporter().from_notebook_node(notebook)[0])
    return page


def test_without_saved_state_the_rows_stand_in_the_page(tmp_path: Path, page: Page) -> None:
    page.goto(converted(tmp_path, with_state=False).as_uri())
    expect(page.locator("table")).to_contain_text("duration")
    expect(page.get_by_text("duration > 600ms").last).to_be_visible()
    expect(page.get_by_text("rows shown")).to_be_visible()
    assert page.locator("tbody tr").count() >= 3


@pytest.mark.parametrize("with_state", [True, False], ids=["state saved", "no state"])
def test_the_notebook_file_holds_the_rows_either_way(tmp_path: Path, with_state: bool) -> None:
    said = converted(tmp_path, with_state=with_state).read_text()
    assert ("application/vnd.jupyter.widget-state+json" in said) == with_state
    # The saved state is for pages that can load the widgets' own front end; the table is there for all others.
    assert ("rows shown" in said) or with_state
