"""The explorer in a real JupyterLab and a real Notebook 7, its messages on the main thread and in subshells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walk
from tests.browser.lab import Lab
from tests.browser.screen import Screen

HOSTS = {
    "jupyterlab, subshells off": {"subshells": "disabled"},
    "jupyterlab, subshells on": {"subshells": "perCommTarget"},
    "notebook 7": {"application": "notebook"},
}


@pytest.fixture(params=HOSTS.values(), ids=HOSTS.keys())
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    with Lab(tmp_path, **request.param) as started:
        yield started


def test_filter_look_click_select_and_use_it_in_the_next_cell(lab: Lab, page: Page) -> None:
    page.set_viewport_size({"width": 1700, "height": 900})  # room for list, waterfall and details side by side
    walk.add_slow_trace(lab.folder / "spanglass.db")
    last = walk.copy_quickstart(lab.folder, walk.SELECTED)
    notebook = lab.open(page, "quickstart.ipynb")
    notebook.run_above(last)
    screen = Screen(notebook.show(walk.EXPLORER)).wait()

    tools = walk.look_and_click(screen)
    running = walk.select_two_while_it_runs(screen)
    notebook.start(last)
    said = notebook.wait_text(last, "SELECTED", timeout_s=20)
    expect(running).to_be_visible()
    walk.check_found(*json.loads(said.split("SELECTED", 1)[1].splitlines()[0]))
    walk.cancel_by_another_filter(screen, running, tools)
