"""A cell that records and the explorer above it in a real JupyterLab, while the kernel answers and while it cannot."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from spanglass.entities import Batch, Span
from spanglass.store import Store
from tests.browser.lab import Lab, write_notebook
from tests.browser.screen import LONG, Screen

OLD = 60

# An agent whose every step waits for a file, so that it is the test that says how far it gets.
AGENT = """
import time
from pathlib import Path

step = 0
while not Path("stop").exists():
    with sg.start_span(f"agent {step}"), sg.start_span("search", span_type="TOOL"):
        time.sleep(0.02)
        while not (Path(f"go {step}").exists() or Path("stop").exists()):
            time.sleep(0.02)
    step += 1
print("ENDED")
"""


@pytest.fixture(params=["perCommTarget", "disabled"], ids=["subshells on", "subshells off"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    with Store(tmp_path / "spanglass.db") as store:
        ms = 1_000_000
        spans = [Span(f"t{n}", "s", f"old {n}", start_time_ns=(OLD - n) * ms, end_time_ns=99 * ms) for n in range(OLD)]
        store.write(Batch(spans))
    with Lab(tmp_path, subshells=request.param) as started:
        yield started


def test_traces_appear_while_the_cell_that_records_them_runs(lab: Lab, page: Page) -> None:
    page.set_viewport_size({"width": 1700, "height": 900})
    write_notebook(
        lab.folder / "n.ipynb",
        "%load_ext spanglass\nimport spanglass as sg\nsg.explore()",
        AGENT,
        "%%trace my step\nwith sg.start_span('inside'):\n    answer = 6 * 7",
        "%traces name = 'old 3'",
        "",
    )
    notebook = lab.open(page, "n.ipynb")
    notebook.run_above(1)
    screen = Screen(notebook.show(0)).wait()
    rows = screen.rows
    notebook.start(1)

    # The first trace, and its span that waits, are seen and opened while they run.
    expect(rows.first).to_contain_text("agent 0", timeout=LONG)
    expect(rows.first.locator(".sg-running")).to_be_visible()
    screen.open(0)
    search = screen.spans.filter(has_text="search")
    expect(search.locator(".sg-bar-span.sg-running")).to_be_visible()
    (lab.folder / "go 0").touch()
    expect(search.locator(".sg-running")).to_have_count(0, timeout=LONG)
    expect(rows.first).to_contain_text("agent 1", timeout=LONG)

    # Elsewhere in the list, new ones are only counted.
    chip = screen.root.get_by_role("button", name=re.compile("new$"))
    scroll_to(screen.root.get_by_role("grid"), 480)
    expect(rows.filter(has_text="old 20")).to_be_visible()
    for step in range(1, 13):
        (lab.folder / f"go {step}").touch()
    expect(chip).to_have_text("↑ 12 new", timeout=LONG)
    expect(rows.filter(has_text="old 20")).to_be_visible()
    chip.click()
    expect(rows.first).to_contain_text("agent 13")
    expect(rows.nth(1)).to_contain_text("agent 12")
    expect(rows.nth(1).locator(".sg-running")).to_have_count(0)
    assert page.evaluate("window.jupyterapp.shell.currentWidget.content.widgets[1].model.executionState") == "running"

    (lab.folder / "stop").touch()
    notebook.wait_text(1, "ENDED")
    screen.expect_count(f"{OLD + 14} traces")
    expect(rows.locator(".sg-running")).to_have_count(0, timeout=LONG)

    notebook.run_above(4)
    traced = Screen(notebook.show(2)).wait()
    assert traced.rows.count() == 1
    expect(traced.rows).to_contain_text("my step")
    traced.open(0)
    expect(traced.spans).to_have_count(2)
    expect(traced.spans.nth(1)).to_contain_text("inside")
    found = Screen(notebook.show(3)).wait()
    assert found.rows.count() == 1
    expect(found.filter).to_have_value("name = 'old 3'")


def scroll_to(grid: Locator, top: int) -> None:
    """Scroll a list to a place, as far as it goes."""
    grid.evaluate("(grid, top) => { grid.scrollTop = top; }", top)
    time.sleep(0.1)
