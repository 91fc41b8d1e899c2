"""The explorer among other widgets, twice on a page, after its kernel has gone: in a real JupyterLab."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from spanglass.formats import ingest
from spanglass.samples import sample_files
from spanglass.store import Store
from tests.browser.lab import Lab, LabNotebook, write_notebook
from tests.browser.screen import LONG, Screen
from tests.browser.walk import TOOLS

SHOW = "import spanglass as sg\nex = sg.explore()\nex"


def add_samples(folder: Path) -> None:
    with Store(folder / "spanglass.db") as store:
        ingest(sample_files(), store=store)


@pytest.fixture
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    add_samples(tmp_path)
    with Lab(tmp_path, **getattr(request, "param", {})) as started:
        yield started


def opened(lab: Lab, page: Page, *cells: str) -> LabNotebook:
    write_notebook(lab.folder / "n.ipynb", *cells, "")
    notebook = lab.open(page, "n.ipynb")
    notebook.run_above(len(cells))
    return notebook


def test_in_boxes_tabs_and_accordions_it_takes_the_room_there_is(lab: Lab, page: Page) -> None:
    notebook = opened(
        lab,
        page,
        "import ipywidgets as w, spanglass as sg",
        "w.HBox([sg.explore(), w.Button(description='beside')])",
        "w.Tab([sg.explore(), w.Label('other')], titles=['traces', 'other'])",
        "w.Accordion([sg.explore()], titles=['traces'], selected_index=0)",
    )
    for cell in (1, 2, 3):
        screen = Screen(notebook.show(cell)).wait()
        room = notebook.cell(cell).locator(".jp-OutputArea-output").last.bounding_box()
        taken = screen.root.bounding_box()
        assert room is not None
        assert taken is not None
        assert taken["width"] > 0.7 * room["width"]
        assert taken["x"] + taken["width"] <= room["x"] + room["width"] + 1


def test_other_widgets_follow_the_filter_and_so_does_python(lab: Lab, page: Page) -> None:
    notebook = opened(
        lab,
        page,
        SHOW,
        "import ipywidgets as w\nbox, seen = w.Text(description='mine'), w.Text(description='seen')\n"
        "w.jslink((ex, 'filter'), (box, 'value'))\n"
        "ex.observe(lambda change: setattr(seen, 'value', change['old'] + '→' + change['new']), 'filter')\n"
        "w.VBox([box, seen])",
    )
    screen = Screen(notebook.show(0)).wait()
    screen.search("status = 'ERROR'")
    boxes = notebook.show(1).get_by_role("textbox")
    expect(boxes.nth(-2)).to_have_value("status = 'ERROR'")
    expect(boxes.nth(-1)).to_have_value("→status = 'ERROR'")


def test_two_views_share_what_the_widget_holds_and_each_opens_its_own_trace(lab: Lab, page: Page) -> None:
    notebook = opened(lab, page, SHOW)
    first = Screen(notebook.show(0)).wait()
    notebook.command("notebook:create-output-view")  # a second view of the same widget, beside the notebook
    second = Screen(page.locator(".jp-LinkedOutputView")).wait()
    second.search(TOOLS)
    expect(first.filter).to_have_value(TOOLS)
    second.expect_count(re.compile(r"^\W*\d+ of"))
    expect(first.root.locator(".sg-count")).to_have_text(second.root.locator(".sg-count").inner_text())
    second.select(0)
    expect(first.rows.first).to_have_attribute("aria-selected", "true")


def test_two_tabs_of_one_notebook_each_get_their_own_answers(lab: Lab, page: Page, browser: Browser) -> None:
    notebook = opened(lab, page, SHOW)
    first = Screen(notebook.show(0)).wait()
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    with browser.new_page(viewport={"width": 1280, "height": 900}) as tab:
        second = Screen(lab.open(tab, "n.ipynb").show(0)).wait()
        second.search(TOOLS)
        expect(first.filter).to_have_value(TOOLS)
        second.open(1)
        first.open(0)
        assert first.spans.first.inner_text() != second.spans.first.inner_text()


@pytest.mark.parametrize("lab", [{"save_widgets": True}], indirect=True, ids=["state saved"])
def test_reopened_with_a_new_kernel_the_saved_rows_are_shown_and_it_says_so(lab: Lab, page: Page) -> None:
    notebook = opened(lab, page, SHOW)
    screen = Screen(notebook.show(0)).wait()
    rows = screen.rows.count()
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    page.evaluate("window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
    saved = json.loads((lab.folder / "n.ipynb").read_text())["metadata"]
    assert "application/vnd.jupyter.widget-state+json" in saved["widgets"]
    notebook = lab.open(page, "n.ipynb")
    screen = Screen(notebook.show(0)).wait()
    assert screen.rows.count() == rows
    screen.rows.first.locator("[role=gridcell]").nth(1).click()
    expect(screen.root).to_contain_text("not connected", timeout=LONG)


def test_after_a_restart_the_screen_says_that_nobody_answers_and_the_cell_brings_it_back(lab: Lab, page: Page) -> None:
    notebook = opened(lab, page, "import spanglass as sg\nex = sg.explore(key='kept')\nex")
    screen = Screen(notebook.show(0)).wait()
    screen.search(TOOLS)
    expect(screen.root.locator(".sg-count")).to_contain_text("of")
    screen.select(1)
    page.wait_for_timeout(500)
    page.evaluate("window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()")
    page.wait_for_timeout(1_000)
    notebook.wait_idle()
    screen.search("status = 'OK'")
    expect(screen.root).to_contain_text("not connected", timeout=LONG)
    notebook.start(0)
    again = Screen(notebook.cell(0))
    expect(again.filter).to_have_value(TOOLS, timeout=LONG)
    expect(again.rows.nth(1)).to_have_attribute("aria-selected", "true", timeout=LONG)


def test_ten_explorers_in_one_notebook_each_answer(lab: Lab, page: Page) -> None:
    notebook = opened(lab, page, "import spanglass as sg", *["sg.explore(height=200)"] * 10)
    for n in range(1, 11):
        Screen(notebook.show(n)).wait()
    last = Screen(notebook.show(10)).wait()
    last.search(TOOLS)
    last.expect_count(" of ")
    assert Screen(notebook.show(9)).wait().filter.input_value() == ""


def test_restart_and_run_all_brings_view_and_selection_back(lab: Lab, page: Page) -> None:
    notebook = opened(lab, page, "import spanglass as sg\nex = sg.explore(key='kept')\nex")
    screen = Screen(notebook.show(0)).wait()
    screen.search(TOOLS)
    screen.expect_count(" of ")
    screen.select(1)
    chosen = screen.rows.nth(1).inner_text()
    said = screen.root.locator(".sg-count").inner_text().strip()
    notebook.command("notebook:restart-run-all")
    page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
    # The cell has run in the new kernel: its number is the first one again, and another widget stands below it.
    page.wait_for_function("window.jupyterapp.shell.currentWidget.content.widgets[0].model.executionCount === null")
    page.wait_for_function("window.jupyterapp.shell.currentWidget.content.widgets[0].model.executionCount === 1")
    again = Screen(notebook.show(0)).wait()
    expect(again.filter).to_have_value(TOOLS, timeout=LONG)
    again.expect_count(said)
    expect(again.rows.nth(1)).to_have_attribute("aria-selected", "true")
    assert again.rows.nth(1).inner_text() == chosen
    notebook.wait_idle()
