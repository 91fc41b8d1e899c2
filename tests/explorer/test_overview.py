"""Facets and the histogram, held against what the filters that they write find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spanglass import limits
from spanglass.entities import Batch, Span, Trace, TraceFacts
from spanglass.explorer import explore
from spanglass.store import Store

from .conftest import Browser, Line

HOUR_MS = 3_600_000
BEGAN_MS = 1_790_000_000_000


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """A view of twelve traces, one an hour, with tags and spans of three types."""
    store = Store(tmp_path / "s.db")
    batch = Batch()
    for n in range(12):
        began = (BEGAN_MS + n * HOUR_MS) * 1_000_000
        failed = "ERROR" if n % 4 == 0 else "OK"
        batch.spans += [
            Span(f"t{n}", "a", "ask", start_time_ns=began, end_time_ns=began + (n + 1) * 10**9, status=failed),
            Span(
                f"t{n}",
                "b",
                "search",
                parent_id="a",
                span_type="TOOL" if n % 3 else "LLM",
                start_time_ns=began + 1,
                end_time_ns=began + 2,
                status=failed,
            ),
        ]
        batch.traces.append(TraceFacts(f"t{n}", tags={"env": "prod" if n % 2 else "it's", "id": str(n)}))
    store.write(batch)
    explorer = explore(store)
    explorer.comm = Line()
    return Browser(explorer)


def facets(browser: Browser, filter: str, rows: str = "traces", *fields: str) -> dict[str, list[dict[str, Any]]]:
    answer = browser.call("facets", filter=filter, rows=rows, fields=list(fields))
    assert (answer["filter"], answer["late"]) == (filter, False)
    return {each["field"]: each["values"] for each in answer["facets"]}


def count(browser: Browser, filter: str, rows: str = "traces") -> int:
    return browser.call("count", filter=filter, rows=rows)["total"]


FILTERS = ["", "status = 'ERROR'", "tag.env = 'prod' AND NOT { type = 'LLM' }", "status = 'OK' OR { type = 'LLM' }"]


@pytest.mark.parametrize("rows", ["traces", "spans"])
@pytest.mark.parametrize("filter", FILTERS)
def test_a_click_finds_as_many_as_the_facet_says(browser: Browser, filter: str, rows: str) -> None:
    def clicked(filter: str, field: str, value: Any, want: str | None) -> str:
        return browser.call("choose", filter=filter, rows=rows, field=field, value=value, want=want)["filter"]

    for field, values in facets(browser, filter, rows).items():
        free = filter
        for each in values:
            if each["want"] is not None:
                free = clicked(free, field, each["value"], None)
        for each in values:
            alone = clicked(free, field, each["value"], "in")
            assert count(browser, alone, rows) == each["count"], alone
            excluded = clicked(free, field, each["value"], "out")
            assert count(browser, excluded, rows) == count(browser, free, rows) - each["count"], excluded


def test_what_the_store_keeps_count_of_is_what_counting_finds(browser: Browser) -> None:
    store = browser.explorer._source.store  # type: ignore[union-attr]
    store.set_trace_tag("t3", "env", "dev")
    store.delete_traces(["t5"])
    everything = facets(browser, "")
    assert everything == facets(browser, "timestamp > 5")
    assert {each["value"]: each["count"] for each in everything["tag.env"]} == {"it's": 6, "prod": 4, "dev": 1}


def test_the_usual_facets_are_there_with_the_tags_that_repeat(browser: Browser) -> None:
    found = facets(browser, "")
    assert list(found) == ["status", "name", "span.type", "model", "tag.env"]
    assert [(each["value"], each["count"]) for each in found["status"]] == [("OK", 9), ("ERROR", 3)]
    assert [each["value"] for each in facets(browser, "", "traces", "tag.id")["tag.id"]][:2] == ["0", "1"]
    assert list(facets(browser, "", "spans"))[:3] == ["span.status", "span.name", "span.type"]


def test_a_chosen_value_is_marked_and_shown_however_rare(browser: Browser) -> None:
    found = facets(browser, "status = 'ERROR' AND NOT tag.id IN ('11', 'none')", "traces", "tag.id")
    assert [(each["value"], each["want"]) for each in found["status"]] == [("OK", None), ("ERROR", "in")]
    marked = {each["value"]: (each["count"], each["want"]) for each in found["tag.id"] if each["want"]}
    assert marked == {"11": (0, "out"), "none": (0, "out")}


def test_what_no_facet_shows_is_listed_and_can_be_left_out(browser: Browser) -> None:
    filter = "duration > 1s AND status = 'OK' AND { name = 'ask' } AND timestamp > 5 ORDER BY duration"
    others = browser.call("facets", filter=filter, rows="traces", fields=[])["others"]
    assert [each["text"] for each in others] == ["duration > 1s", "{ name = 'ask' }"]
    assert others[0]["without"] == "status = 'OK' AND { name = 'ask' } AND timestamp > 5 ORDER BY duration"
    inside = "{ type = 'TOOL' AND duration > 1ms }"
    others = browser.call("facets", filter=inside, rows="spans", fields=[])["others"]
    assert others == [{"text": "duration > 1ms", "without": "{ type = 'TOOL' }"}]


def test_an_empty_answer_offers_to_leave_out_what_killed_it(browser: Browser) -> None:
    answer = browser.call("page", filter="status = 'OK' AND (name = 'nobody')", rows="traces", columns=[])
    (empty,) = [each for each in answer["diagnostics"] if each["code"] == "empty"]
    assert empty["fixes"] == [{"label": "without (name = 'nobody')", "text": "status = 'OK'"}]


def test_the_histogram_counts_everything_at_any_time(browser: Browser) -> None:
    filter = f"status = 'OK' AND timestamp >= {BEGAN_MS + 6 * HOUR_MS}"
    answer = browser.call("histogram", filter=filter, bars=12)
    assert sum(answer["count"]) == 9
    assert sum(answer["errors"]) == 0
    assert (answer["from_ms"], answer["to_ms"]) == (BEGAN_MS + 6 * HOUR_MS, None)
    assert answer["start_ms"] == BEGAN_MS + HOUR_MS
    assert answer["start_ms"] + 12 * answer["width_ms"] > BEGAN_MS + 11 * HOUR_MS
    assert (answer["all_p50_ms"], answer["all_p95_ms"]) == (10_000, 12_000)
    errors = browser.call("histogram", filter="", bars=3)
    assert errors["errors"] == [1, 1, 1]


def test_a_brush_finds_the_traces_of_its_bars(browser: Browser) -> None:
    answer = browser.call("histogram", filter="", bars=12)
    edges = [answer["start_ms"] + n * answer["width_ms"] for n in range(13)]
    for first, last in ((0, 0), (2, 5), (0, 11)):
        brushed = {"from_ms": edges[first], "to_ms": edges[last + 1] - 1, "step_ms": 1}
        text = browser.call("brush", filter="status = 'ERROR'", **brushed)["filter"]
        errors = sum(answer["errors"][first : last + 1])
        assert count(browser, text) == errors
        again = browser.call("histogram", filter=text, bars=12)
        assert (again["from_ms"], again["to_ms"]) == (brushed["from_ms"], brushed["to_ms"])
        cleared = browser.call("brush", filter=text, from_ms=None, to_ms=None, step_ms=1)["filter"]
        assert cleared == "status = 'ERROR'"


def test_an_empty_answer_has_no_bars(browser: Browser) -> None:
    answer = browser.call("histogram", filter="name = 'nobody'", bars=20)
    assert (answer["count"], answer["width_ms"], answer["all_p50_ms"]) == ([], 0, None)


def test_a_field_that_is_none_is_an_error_and_the_number_of_fields_is_bounded(browser: Browser) -> None:
    assert browser.error("facets", filter="", rows="traces", fields=["a..b"])["kind"] == "filter"
    many = ["name"] * (limits.MAX_FACETS + 1)
    assert browser.error("facets", filter="", rows="traces", fields=many)["kind"] == "method"


def test_hostile_keys_are_quoted(tmp_path: Path) -> None:
    store = Store(tmp_path / "h.db")
    key, value = "a.b' OR `1`", "</script> ' OR 1=1 --"
    spans = [Span(f"t{n}", "a", "x", start_time_ns=n, end_time_ns=n + 1) for n in range(3)]
    store.write(Batch(spans=spans, traces=[TraceFacts(f"t{n}", tags={key: value}) for n in range(3)]))
    explorer = explore(store)
    explorer.comm = Line()
    browser = Browser(explorer)
    (field,) = [name for name in facets(browser, "") if name.startswith("tag.")]
    text = browser.call("choose", filter="", rows="traces", field=field, value=value, want="in")["filter"]
    assert count(browser, text) == 3
    assert isinstance(explorer.traces("all")[0], Trace)
