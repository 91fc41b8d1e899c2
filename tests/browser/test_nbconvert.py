"""A notebook with an explorer turned into a page: what stands there without a kernel, and without a network."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import Page, Route, expect

from spanglass.formats import ingest
from spanglass.samples import sample_files
from spanglass.store import Store

STATE = "application/vnd.jupyter.widget-state+json"


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
    file = converted(tmp_path, with_state=False)
    assert STATE not in file.read_text()
    page.goto(file.as_uri())
    expect(page.locator("table")).to_contain_text("duration")
    expect(page.get_by_text("duration > 600ms").last).to_be_visible()
    expect(page.get_by_text("rows shown")).to_be_visible()
    assert page.locator("tbody tr").count() >= 3


def test_with_saved_state_the_rows_are_in_the_file_and_nothing_is_drawn_without_a_network(
    tmp_path: Path, page: Page
) -> None:
    file = converted(tmp_path, with_state=True)
    (held,) = re.findall(rf'<script type="{re.escape(STATE)}">(.*?)</script>', file.read_text(), re.DOTALL)
    (explorer,) = [each["state"] for each in json.loads(held)["state"].values() if each["model_name"] == "AnyModel"]
    assert explorer["filter"] == "duration > 600ms"
    assert len(explorer["boot"]["page"]["rows"]["trace_id"]) >= 3

    # nbconvert leaves the table out where there is a widget, and its page fetches what draws widgets.
    wanted: list[str] = []

    def refuse(route: Route) -> None:
        wanted.append(route.request.url)
        route.abort()

    page.route(re.compile("^http"), refuse)
    page.goto(file.as_uri())
    assert any("@jupyter-widgets/html-manager" in url for url in wanted)
    expect(page.locator("table")).to_have_count(0)
    assert page.locator(".jp-OutputArea-output").inner_text().strip() == ""
