"""Finding traces in a real JupyterLab by what can be seen: a proposal, a fix, a facet, the histogram, a function."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from spanglass.entities import Batch, Span, TraceFacts
from spanglass.store import Store
from tests.browser.lab import Lab, write_notebook
from tests.browser.screen import Screen

HOUR = 3_600 * 10**9
BEGAN = 1_790_000_000 * 10**9

SHOW = """
import spanglass as sg

def is_even(trace):
    return int(trace.info.trace_id[1:]) % 2 == 0

ex = sg.explore("traces.db")
ex
"""
REPORT = 'print("FOUND", ex.filter, sorted(ex.df().index))'
NARROW = "ex.where(is_even)"


def add_traces(path: Path) -> None:
    """Twenty traces, one an hour, of which every fifth failed; the later half is of staging."""
    batch = Batch()
    for n in range(20):
        began = BEGAN + n * HOUR
        status = "ERROR" if n % 5 == 0 else "OK"
        batch.spans += [
            Span(f"t{n}", "a", "ask", start_time_ns=began, end_time_ns=began + (n + 1) * 10**9, status=status),
            Span(f"t{n}", "b", "search", parent_id="a", span_type="TOOL", start_time_ns=began, end_time_ns=began + 1),
        ]
        batch.traces.append(TraceFacts(f"t{n}", tags={"env": "prod" if n < 10 else "staging"}))
    with Store(path) as store:
        store.write(batch)


def found(notebook: object, cell: int) -> str:
    notebook.start(cell)  # type: ignore[attr-defined]
    return notebook.wait_text(cell, "FOUND").split("FOUND", 1)[1].strip()  # type: ignore[attr-defined]


def test_propose_fix_choose_brush_and_narrow(tmp_path: Path, page: Page) -> None:
    page.set_viewport_size({"width": 1500, "height": 800})
    add_traces(tmp_path / "traces.db")
    write_notebook(tmp_path / "find.ipynb", SHOW, REPORT, NARROW, REPORT)
    with Lab(tmp_path) as lab:
        notebook = lab.open(page, "find.ipynb")
        notebook.run_above(1)
        screen = Screen(notebook.show(0)).wait()
        screen.expect_count("20 traces")

        # A tag is proposed by its name, and its values with their counts, most frequent first.
        proposals = screen.root.get_by_role("listbox", name="Proposals").get_by_role("option")
        screen.filter.press_sequentially("tag.e")
        expect(proposals.first).to_contain_text("env")
        screen.filter.press("Tab")
        expect(screen.filter).to_have_value("tag.env")
        screen.filter.press_sequentially(" = ")
        expect(proposals.filter(has_text="staging")).to_contain_text("10")
        screen.filter.press_sequentially("'st")
        screen.filter.press("Tab")
        expect(screen.filter).to_have_value("tag.env = 'staging'")
        screen.expect_count("10 of 20")

        # What is wrong is said, and put right by one click.
        screen.search("tag.env = 'staging' AND latncy > 12s")
        alert = screen.root.get_by_role("alert")
        alert.get_by_role("button", name="latency").first.click()
        expect(screen.filter).to_have_value("tag.env = 'staging' AND latency > 12s")
        screen.expect_count("8 of 20")

        # What it asks is said in words.
        screen.filter.hover()
        expect(screen.root.locator(".sg-footer")).to_contain_text("staging")

        # The facet counts what is left, and a click keeps as many; what it cannot show is a chip.
        errors = screen.root.get_by_role("button", name=re.compile("^status ERROR 1$"))
        errors.click()
        expect(screen.filter).to_have_value("tag.env = 'staging' AND latency > 12s AND status = 'ERROR'")
        screen.expect_count("1 of 20")
        expect(screen.root.get_by_role("button", name="1 more in the text")).to_be_visible()
        screen.root.get_by_role("button", name="Undo the last change of the filter").click()
        expect(screen.filter).to_have_value("tag.env = 'staging' AND latency > 12s")

        # The histogram is brushed over its later half.
        screen.search("")
        screen.expect_count("20 traces")
        bars = screen.root.get_by_role("slider", name="Traces over time")
        box = bars.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * 0.52, box["y"] + 15)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.999, box["y"] + 15, steps=4)
        page.mouse.up()
        expect(screen.filter).to_have_value(re.compile(r"^timestamp BETWEEN '2026-09-\d\d \d\d:\d\d' AND '2026-09"))
        screen.expect_count("10 of 20")
        said = found(notebook, 1)
        assert said.endswith(str(sorted(f"t{n}" for n in range(10, 20))))

        # A Python function narrows what is found, and is taken away on the screen.
        notebook.start(2)
        chip = screen.root.locator(".sg-predicate")
        expect(chip).to_contain_text("is_even")
        screen.expect_count("5 of 20")
        said = found(notebook, 3)
        assert said.endswith(str(sorted(f"t{n}" for n in range(10, 20, 2))))
        screen.root.get_by_role("button", name="Remove the Python function is_even").click()
        expect(chip).to_have_count(0)
        screen.expect_count("10 of 20")
