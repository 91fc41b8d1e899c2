"""Groups of rows and sessions in the list, on a real explorer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from spanglass.entities import Batch, Span, TraceFacts
from spanglass.explorer import Explorer, explore
from spanglass.store import Store
from tests.browser import live
from tests.browser.standin.driver import Widget
from tests.browser.test_bundle_accessible import faults

MINUTE = 60 * 10**9
ASKED = ["Where is my order?", "Can I send it back?", "Thanks, <b>bye</b>"]
ANSWERED = ["On its way.", "Within 30 days.", "You are welcome."]


@pytest.fixture
def explorer(tmp_path: Path) -> Iterator[Explorer]:
    """Three sessions of three turns, each turn given all that was said before; five traces of no session."""
    with Store(tmp_path / "talks.db") as store:
        for number in range(14):
            session, turn = divmod(number, 3)
            start = 1_795_300_000 * 10**9 + number * MINUTE
            said = [
                {"role": role, "content": text}
                for place in range(turn)
                for role, text in (("user", ASKED[place]), ("assistant", ANSWERED[place]))
            ]
            root = Span(f"{number:032x}", "01", "support", span_type="AGENT", start_time_ns=start)
            root.end_time_ns = start + (number + 1) * 10**8
            root.inputs = {"messages": [{"role": "system", "content": "Be kind."}, *said]}
            root.inputs["messages"].append({"role": "user", "content": ASKED[turn]})
            root.outputs = {"role": "assistant", "content": ANSWERED[turn]}
            root.status = "ERROR" if number == 4 else "OK"
            id = f"session {session}" if session < 3 else None
            store.write(Batch([root], [TraceFacts(root.trace_id, session_id=id, user_id=f"user {number % 2}")]))
        yield explore(store)


@pytest.fixture
def widget(explorer: Explorer, page: Page) -> Iterator[Widget]:
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with live.Live(explorer) as url:
        yield live.show(page, url)
    assert errors == []


def test_grouped_sorted_unfolded_opened_and_narrowed_by_keys_and_clicks(explorer: Explorer, widget: Widget) -> None:
    widget.cell(0, 2).focus()
    widget.page.keyboard.press("G")
    widget.root.get_by_role("button", name="group by session_id").click()
    groups = widget.root.get_by_role("treegrid", name="Groups by session_id")
    lines = groups.get_by_role("rowgroup").get_by_role("row")
    expect(lines).to_have_count(4)
    expect(lines.first).to_contain_text("no session_id")
    expect(lines.first).to_contain_text("5")
    assert explorer.view["group"] == "session_id"

    groups.get_by_role("button", name="err").click()
    expect(lines.first).to_contain_text("session 1")
    expect(lines.first).to_contain_text("33 %")

    lines.first.focus()
    widget.page.keyboard.press("ArrowRight")
    expect(lines).to_have_count(7)
    widget.page.keyboard.press("ArrowDown")
    widget.page.keyboard.press("ArrowDown")
    expect(lines.nth(2)).to_be_focused()
    expect(lines.nth(2)).to_contain_text("!")
    widget.page.keyboard.press("Enter")
    expect(widget.trace.get_by_role("treegrid")).to_be_visible()
    expect(widget.detail).to_contain_text("Can I send it back?")  # so Python has been told
    assert explorer.active[0] == f"{4:032x}"
    lines.nth(2).focus()
    widget.page.keyboard.press("ArrowLeft")
    expect(lines).to_have_count(4)
    expect(lines.first).to_be_focused()

    # The groups follow the filter, whatever else writes it.
    widget.filter("status = 'OK'")
    expect(lines.filter(has_text="session 1").locator(".sg-g-count")).to_have_text("2")
    expect(lines.first).to_contain_text("no session_id")  # nothing failed any more: the largest is the first
    lines.filter(has_text="session 2").hover()
    lines.filter(has_text="session 2").get_by_role("button", name="filter").click()
    expect(widget.grid).to_be_visible()
    expect(widget.box).to_have_value("status = 'OK' AND session_id = 'session 2'")
    expect(widget.count).to_contain_text("3 of 14")
    assert "group" not in explorer.view


def test_a_session_reads_as_one_conversation_that_leads_to_its_traces(explorer: Explorer, widget: Widget) -> None:
    explorer.screen = {"group": "session_id"}
    lines = widget.root.get_by_role("treegrid", name="Groups by session_id").get_by_role("rowgroup").get_by_role("row")
    lines.filter(has_text="session 0").focus()
    widget.page.keyboard.press("c")
    talk = widget.root.get_by_role("log", name="The session as one conversation")
    # Each turn was given all before it: nothing is said twice, and instructions to the model are not said at all.
    bubbles = talk.locator(".sg-bubble p")
    expect(bubbles).to_have_text([text for pair in zip(ASKED, ANSWERED, strict=True) for text in pair])
    talk.get_by_role("button").nth(1).click()
    expect(widget.trace).to_contain_text("support")
    expect(talk.get_by_role("button").nth(1)).to_have_attribute("aria-current", "true")
    expect(widget.detail).to_contain_text("Can I send it back?")
    assert explorer.active[0] == f"{1:032x}"
    talk.get_by_role("button").nth(1).focus()
    widget.page.keyboard.press("Escape")
    expect(lines.first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_groups_and_conversation_are_accessible(explorer: Explorer, page: Page, theme: str) -> None:
    page.set_default_timeout(15_000)
    explorer.screen = {"group": "session_id"}
    with live.Live(explorer) as url:
        page.goto(f"{url}?theme={theme}")
        widget = Widget(page)
        lines = (
            widget.root.get_by_role("treegrid", name="Groups by session_id").get_by_role("rowgroup").get_by_role("row")
        )
        lines.filter(has_text="session 1").click()
        expect(lines).to_have_count(7)
        lines.nth(1).hover()
        assert faults(widget) == []
        lines.filter(has_text="session 0").focus()
        page.keyboard.press("c")
        talk = widget.root.get_by_role("log", name="The session as one conversation")
        talk.get_by_role("button").first.click()
        expect(talk.locator("[aria-current=true]")).to_have_count(1)
        assert faults(widget) == []


def test_a_path_that_cannot_be_grouped_by_says_why(explorer: Explorer, widget: Widget) -> None:
    explorer.screen = {"group": "tag.none"}
    groups = widget.root.get_by_role("treegrid", name="Groups by tag.none")
    expect(groups.get_by_role("rowgroup").get_by_role("row")).to_have_count(1)
    expect(groups).to_contain_text("no tag.none")
    widget.root.get_by_role("button", name="Do not group").click()
    expect(widget.grid).to_be_visible()
