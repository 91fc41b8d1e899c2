"""Groups and sessions over the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spanglass import limits
from spanglass.entities import Batch, Span, TraceFacts
from spanglass.explorer import Explorer
from spanglass.filters import FilterError
from spanglass.store import Store
from tests.explorer.conftest import Browser

SESSION = "it's a 'session'"
PATHS = ["session_id", "session", "tag.env", "span.type", "agent.inputs.who", "name", "tag.`a b`"]
FILTERS = ["", "status = 'OK' OR tag.env = '0'", "tag.env = '1' ORDER BY timestamp LIMIT 4", "{ type = 'AGENT' }"]


@pytest.fixture
def browser(tmp_path: Path, opened: Callable[..., Explorer]) -> Iterator[Browser]:
    with Store(tmp_path / "s.db") as store:
        for number in range(6):
            id = f"t{number}"
            inputs = {"who": number // 2} if number else {"who": [1, 2]}
            root = Span(id, "s", "agent", span_type="AGENT", start_time_ns=number * 10**9, inputs=inputs)
            root.outputs = "x" * 50_000
            facts = TraceFacts(id, session_id=SESSION if number < 4 else None, tags={"env": str(number % 2)})
            facts.tags["a b"] = "c"
            store.write(Batch([root], [facts]))
        yield Browser(opened(store))


@pytest.mark.parametrize("filter", FILTERS)
@pytest.mark.parametrize("by", PATHS)
def test_a_group_unfolds_to_as_many_rows_as_it_tells(browser: Browser, by: str, filter: str) -> None:
    found = browser.call("group", filter=filter, rows="traces", by=by)
    assert found["total"] == len(found["value"]) > 0
    for value, count in zip(found["value"], found["count"], strict=True):
        text = browser.call("member", filter=filter, rows="traces", by=by, value=value)["filter"]
        assert browser.call("count", filter=text, rows="traces")["total"] == count, text


def test_many_groups_come_as_far_as_anyone_looks(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_GROUPS", 1)
    found = browser.call("group", filter="", rows="traces", by="session_id")
    assert (found["value"], found["total"]) == ([SESSION], 2)


def test_a_session_is_its_traces_in_the_order_of_time(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    found = browser.call("session", session_id=SESSION)
    assert [turn["trace_id"] for turn in found["turns"]] == ["t0", "t1", "t2", "t3"]
    assert found["turns"][3]["inputs"] == {"who": 1}
    assert 0 < len(found["turns"][0]["outputs"]) <= limits.MAX_TURN_BYTES
    monkeypatch.setattr(limits, "MAX_TURNS", 2)
    found = browser.call("session", session_id=SESSION)
    assert ([turn["trace_id"] for turn in found["turns"]], found["total"]) == (["t0", "t1"], 4)
    assert browser.error("session", session_id="none such")["kind"] == "gone"


def test_what_cannot_be_grouped_by_is_said(browser: Browser) -> None:
    assert browser.error("group", filter="", rows="traces", by="tag.")["kind"] == "filter"
    assert browser.error("group", filter="", rows="traces", by=5)["kind"] == "method"
    with pytest.raises(FilterError):
        browser.explorer.screen = {"group": "tag."}
    browser.write(screen={"group": "tag."})
    assert browser.explorer.screen == {}


def test_the_grouping_is_part_of_the_view_and_of_its_code(browser: Browser) -> None:
    browser.write(screen={"group": "session_id"})
    assert browser.explorer.view["group"] == "session_id"
    assert "view={'group': 'session_id'}" in browser.explorer.code()
