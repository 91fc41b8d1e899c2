"""Python functions that narrow what the filter finds: counted, shown, taken away, and heard when they fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import spanglass as sg
from spanglass.entities import Batch, Span, Trace
from spanglass.explorer import Explorer
from spanglass.explorer.predicates import PredicateError
from spanglass.store import Store

from .conftest import Browser

Opened = Callable[..., Explorer]


def has_tool(trace: Trace) -> bool:
    return any(span.span_type == "TOOL" for span in trace.data.spans)


def is_even(trace: Trace) -> bool:
    return int(trace.info.trace_id[1:]) % 2 == 0


def fails(trace: Trace) -> bool:
    return 1 / (int(trace.info.trace_id[1:]) - 3) > 0


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Twelve traces of two spans, the second of which is a tool in every third."""
    store = Store(tmp_path / "s.db")
    for n in range(12):
        type_ = "TOOL" if n % 3 == 0 else "LLM"
        status = "ERROR" if n < 4 else "OK"
        store.write(
            Batch(
                [
                    Span(f"t{n}", "a", "ask", start_time_ns=n * 10**9, end_time_ns=(n + 1) * 10**9, status=status),
                    Span(f"t{n}", "b", "b", parent_id="a", span_type=type_, start_time_ns=n * 10**9, end_time_ns=2),
                ]
            )
        )
    return store


def ids(found: Any) -> set[int]:
    return {int(each[1:]) for each in found}


def test_rows_counts_frames_and_overviews_respect_it(opened: Opened, store: Store) -> None:
    explorer = opened(store, filter="status = 'OK'", where=is_even)
    browser = Browser(explorer)
    assert explorer.predicates == ["is_even"]
    even = {4, 6, 8, 10}
    assert ids(explorer.df().index) == even
    assert ids(explorer.boot["page"]["rows"]["trace_id"]) == even
    page = browser.call("page", filter="", rows="traces", columns=[])
    assert ids(page["rows"]["trace_id"]) == {0, 2, *even}
    assert browser.call("count", filter="status = 'OK'", rows="traces") == {
        "filter": "status = 'OK'",
        "total": 4,
        "of": 12,
    }
    (status, *_) = browser.call("facets", filter="", rows="traces", fields=[])["facets"]
    assert {each["value"]: each["count"] for each in status["values"]} == {"OK": 4, "ERROR": 2}
    assert sum(browser.call("histogram", filter="", bars=10)["count"]) == 6
    spans = browser.call("page", filter="{ name = 'b' }", rows="spans", columns=[])
    assert ids(spans["rows"]["trace_id"]) == {0, 2, *even}


def test_pages_hang_together_and_limits_count_what_is_left(opened: Opened, store: Store) -> None:
    explorer = opened(store, where=is_even)
    browser = Browser(explorer)
    first = browser.call("page", filter="", rows="traces", columns=[], limit=4)
    second = browser.call("page", filter="", rows="traces", columns=[], limit=4, after=first["next"])
    assert ids(first["rows"]["trace_id"]) | ids(second["rows"]["trace_id"]) == set(range(0, 12, 2))
    assert second["next"] is None
    explorer.filter = "name = 'ask' ORDER BY timestamp LIMIT 3"
    assert [int(each[1:]) for each in explorer.df().index] == [0, 2, 4]


def test_several_must_all_hold_and_can_be_taken_away(opened: Opened, store: Store) -> None:
    explorer = opened(store)
    browser = Browser(explorer)
    explorer.where(is_even)
    explorer.where(has_tool)
    explorer.where(is_even)
    explorer.where(lambda trace: trace.info.trace_id != "t6")
    explorer.where(lambda trace: True)
    assert explorer.predicates == ["is_even", "has_tool", "lambda", "lambda 2"]
    assert ids(explorer.df().index) == {0}
    browser.write(predicates=["is_even", "has_tool"])
    assert explorer.predicates == ["is_even", "has_tool"]
    assert ids(explorer.df().index) == {0, 6}
    browser.write(predicates=["has_tool", "somebody_elses"])
    assert explorer.predicates == ["is_even", "has_tool"]
    explorer.where(None)
    assert len(explorer.df()) == 12


def test_what_it_raises_is_shown_and_raised(opened: Opened, store: Store) -> None:
    explorer = opened(store, where=fails)
    browser = Browser(explorer)
    said = "where(fails) raised ZeroDivisionError: division by zero on trace t3"
    for method, more in (("page", {"columns": []}), ("count", {}), ("facets", {"fields": []})):
        error = browser.error(method, filter="", rows="traces", **more)
        assert (error["kind"], error["message"]) == ("where", said)
    with pytest.raises(PredicateError, match=re.escape(said)) as caught:
        explorer.df()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    # Where the filter keeps it from the trace on which it fails, it does its work.
    explorer.filter = "status = 'OK'"
    assert ids(explorer.df().index) == set(range(4, 12))
    assert explorer.boot["page"] is None


def test_what_it_said_counts_until_the_store_changes(opened: Opened, store: Store) -> None:
    asked: list[str] = []

    def tagged(trace: Trace) -> bool:
        asked.append(trace.info.trace_id)
        return "seen" in trace.info.tags

    explorer = opened(store, where=tagged)
    Browser(explorer).call("count", filter="", rows="traces")
    before = len(asked)
    assert len(explorer.df()) == 0
    assert len(asked) == before
    store.set_trace_tag("t5", "seen", "yes")
    assert ids(explorer.df().index) == {5}
    # An open explorer looks at the trace that changed by itself, too.
    assert before + 12 <= len(asked) <= before + 13


def test_values_are_proposed_of_what_it_holds_for(opened: Opened, store: Store) -> None:
    explorer = opened(store)
    text = "trace_id = 't"

    def proposed() -> list[str]:
        found = Browser(explorer).call("refine", filter=text, cursor=len(text))
        return sorted(item["label"] for item in found["items"] if item["detail"].startswith("~"))

    assert len(proposed()) == 12
    explorer.where(is_even)
    assert proposed() == sorted(f"t{n}" for n in range(0, 12, 2))


def test_why_nothing_is_found_is_the_filter_or_the_function(opened: Opened, store: Store) -> None:
    explorer = opened(store, where=is_even)

    def why(filter: str) -> str:
        answer = Browser(explorer).call("page", filter=filter, rows="traces", columns=[])
        (empty,) = [each for each in answer["diagnostics"] if each["code"] == "empty"]
        return str(empty["message"])

    assert "name = 'nobody' 0" in why("name = 'nobody'")
    assert why("trace_id = 't5'") == "the filter finds 1, and the Python function is_even holds for none of them"


def test_a_view_holds_functions_of_modules_only(opened: Opened, store: Store) -> None:
    explorer = opened(store, where=has_tool)
    name = f"{__name__}.has_tool"
    assert explorer.view == {"where": [name]}
    again = sg.explore(store, view=explorer.view)
    assert ids(again.df().index) == {0, 3, 6, 9}
    assert f"where=['{name}']" in explorer.code()
    made: dict[str, Any] = {}
    exec(explorer.code().replace("sg.explore", "ex = sg.explore"), made)
    assert len(made["ex"].df()) == 4
    explorer.where(lambda trace: True)
    for ask in (lambda: explorer.view, explorer.code):
        with pytest.raises(ValueError, match="no importable name"):
            ask()


@pytest.mark.parametrize("bad", [3, "nowhere.to_be_found", "os.sep", [3]])
def test_what_is_no_function_is_refused(store: Store, bad: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="where"):
        sg.explore(store, where=bad)


def test_a_slow_function_does_not_hold_up_what_was_cancelled(opened: Opened, store: Store) -> None:
    asked: list[str] = []
    browser = Browser(opened(store))

    def slow(trace: Trace) -> bool:
        asked.append(trace.info.trace_id)
        browser.send({"v": browser.view, "cancel": number})
        return True

    browser.explorer.where(slow)
    number = browser.sent + 1
    error = browser.error("count", filter="", rows="traces")
    assert error["kind"] == "cancelled"
    assert len(asked) == 1
