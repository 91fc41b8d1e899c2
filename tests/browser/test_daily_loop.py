"""The way that the explorer is for: from the opened quickstart to a DataFrame of the ten slowest failing tool calls."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import walk
from tests.browser.lab import Lab
from tests.browser.screen import Screen

TEN = """
import json
ten = ex.df().head(10)
print("TEN", ten.reset_index().to_json(orient="records"))
"""


def test_eight_actions_lead_to_the_ten_slowest_failing_tool_calls_with_their_inputs(tmp_path: Path, page: Page) -> None:
    page.set_viewport_size({"width": 1700, "height": 900})
    with Lab(tmp_path) as lab:
        last = walk.copy_quickstart(lab.folder, TEN)
        notebook = lab.open(page, "quickstart.ipynb")
        notebook.run_above(last)
        screen = Screen(notebook.show(walk.EXPLORER)).wait()

        screen.search("{ type = 'TOOL' AND status = 'ERROR' }")  # 1: typed, Enter
        screen.root.get_by_role("radio", name="spans").click()  # 2
        screen.expect_count("27 of")
        screen.headers.filter(has_text="dur").click()  # 3: the slowest first
        expect(screen.filter).to_have_value(re.compile("ORDER BY span.duration DESC"))
        screen.open(0)  # 4
        city = screen.root.get_by_role("tabpanel", name="In · Out").locator(".sg-value").first
        menu = screen.menu_on(city)  # 5: pointed at
        menu.get_by_role("menuitem", name="Show as a column").click()  # 6
        expect(screen.headers.filter(has_text="city")).to_be_visible()
        notebook.start(last)  # 7: the next cell
        said = notebook.wait_text(last, "TEN")

    rows = json.loads(said.split("TEN", 1)[1])
    assert len(rows) == 10
    assert {row["status"] for row in rows} == {"ERROR"}
    assert {row["name"] for row in rows} == {"forecast"}
    assert [row["duration"] for row in rows] == sorted((row["duration"] for row in rows), reverse=True)
    # Stations answer, or do not, after a millisecond for each letter of the city.
    assert {row["forecast.inputs.city"] for row in rows} & {"Toronto", "London", "Boston"}
