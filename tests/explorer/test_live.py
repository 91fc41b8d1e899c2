"""What is recorded while an explorer is open reaches the browser unasked, in few and small messages."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from spanglass import limits, set_store, start_span
from spanglass.capture import flush
from spanglass.entities import Assessment, Batch, Span
from spanglass.explorer import Explorer
from spanglass.store import Store

from .conftest import PATIENCE, Browser

MS = 1_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.db") as made:
        made.write(Batch([Span("old", "s", "old", start_time_ns=MS, end_time_ns=2 * MS)]))
        set_store(made)
        yield made
        set_store(None)


def span(trace_id: str, number: int = 0, *, runs: bool = False, **more: Any) -> Span:
    """The root of a trace, or a child of it, that began when the trace did."""
    root = f"{trace_id}-0"
    began = int(time.time() * 1e9)
    return Span(
        trace_id,
        f"{trace_id}-{number}",
        more.pop("name", trace_id),
        parent_id=root if number else None,
        start_time_ns=began,
        end_time_ns=None if runs else began + 5 * MS,
        **more,
    )


def pushed(browser: Browser, until: Callable[[Any], bool] = lambda body: True) -> tuple[Any, Any]:
    """The next message for which something holds: its question and its body."""
    while True:
        question, body, _ = browser.pushes.get(timeout=PATIENCE)
        if until(body):
            return question, body


def test_a_span_is_told_of_while_it_runs_and_when_it_has_ended(store: Store, opened: Callable[..., Explorer]) -> None:
    browser = Browser(opened(store))
    with start_span("agent"), start_span("search", span_type="TOOL"):
        _, body = pushed(browser)
        assert body["rows"]["name"] == ["agent"]
        assert body["rows"]["status"] == ["IN_PROGRESS"]
        assert body["rows"]["duration_ms"] == [None]
        assert body["since_ms"] <= body["rows"]["time_ms"][0] + 1 <= body["now_ms"] + 1
        _, body = pushed(browser, lambda body: len(body["traces"][0]["spans"]["id"]) == 2)
        assert body["traces"][0]["spans"]["duration"] == [None, None]
    flush()
    _, body = pushed(browser, lambda body: body["rows"]["status"] == ["OK"])
    assert None not in body["traces"][0]["spans"]["duration"]
    assert body["traces"][0]["duration_ms"] == body["rows"]["duration_ms"][0]


def test_only_rows_that_the_filter_finds_are_told_of(store: Store, opened: Callable[..., Explorer]) -> None:
    ex = opened(store, filter="{ type = 'TOOL' }", columns=["session_id"])
    ex.where(has_two_spans)
    browser = Browser(ex)
    tools = [span("found"), span("found", 1, span_type="TOOL"), span("lonely", span_type="TOOL"), span("other")]
    store.write(Batch(tools))
    question, body = pushed(browser)
    assert body["rows"]["trace_id"] == ["found"]
    assert body["rows"]["cells"] == [[None]]
    assert question == {
        "filter": "{ type = 'TOOL' }",
        "rows": "traces",
        "columns": ["session_id"],
        "predicates": ["has_two_spans"],
    }


def has_two_spans(trace: Any) -> bool:
    return len(trace.data.spans) == 2


def test_where_rows_are_spans_the_changed_spans_are_told_of(store: Store, opened: Callable[..., Explorer]) -> None:
    browser = Browser(opened(store, rows="spans", filter="{ type = 'TOOL' }"))
    store.write(Batch([span("t"), span("t", 1, span_type="TOOL", runs=True)]))
    assert pushed(browser)[1]["rows"]["span_id"] == ["t-1"]
    store.write(Batch([span("t", 2, span_type="TOOL"), span("t", 3)]))
    assert pushed(browser)[1]["rows"]["span_id"] == ["t-2"]


def test_the_open_trace_comes_whole_whatever_its_size_others_when_they_are_small(
    store: Store, opened: Callable[..., Explorer]
) -> None:
    ex = opened(store)
    browser = Browser(ex)
    large = [span("large", n) for n in range(limits.LIVE_SPANS + 1)]
    store.write(Batch([*large, span("small")]))
    assert [each["trace_id"] for each in pushed(browser)[1]["traces"]] == ["small"]
    ex.active = ("large", None)
    store.write(Batch([span("large", len(large))]))
    _, body = pushed(browser)
    assert [each["trace_id"] for each in body["traces"]] == ["large"]
    assert len(body["traces"][0]["spans"]["id"]) == len(large) + 1


def test_what_is_said_of_a_trace_is_told_of_as_well(store: Store, opened: Callable[..., Explorer]) -> None:
    browser = Browser(opened(store, columns=["feedback.good", "tag.env"]))
    store.log_assessment(Assessment("good", True, trace_id="old"))
    assert pushed(browser)[1]["rows"]["cells"] == [[True], [None]]
    store.set_trace_tag("old", "env", "prod")
    assert pushed(browser)[1]["rows"]["cells"] == [[True], ["prod"]]


def test_however_much_is_written_there_are_four_messages_a_second_at_most(
    store: Store, opened: Callable[..., Explorer]
) -> None:
    browser = Browser(opened(store))
    wrote, ends = 0, time.monotonic() + 4 * limits.LIVE_PAUSE_S
    while time.monotonic() < ends:
        store.write(Batch([span(f"t{wrote}-{n}") for n in range(50)]))
        wrote += 1
    times: list[float] = []
    told: list[str] = []
    while f"t{wrote - 1}-49" not in told:
        _, body, came = browser.pushes.get(timeout=PATIENCE)
        told = body["rows"]["trace_id"]
        assert len(told) <= limits.MAX_LIVE_ROWS
        assert body["more"] or len(told) < limits.MAX_LIVE_ROWS
        times.append(came)
    assert 1 < len(times) < wrote
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.9 * limits.LIVE_PAUSE_S


def test_the_longer_nothing_is_heard_of_the_browser_the_less_is_said(
    store: Store, opened: Callable[..., Explorer]
) -> None:
    ex = opened(store)
    assert ex._live is not None
    ex._live.note({"old": set()})
    soon = ex._live.due()
    ex._live._heard -= 10_000
    late = ex._live.due()
    assert soon is not None
    assert late is not None
    assert late - soon > 20
    Browser(ex).send({"v": "view", "cancel": 0})
    assert ex._live.due() == pytest.approx(soon, abs=1)


def test_a_closed_explorer_and_one_of_another_store_hear_nothing(
    store: Store, opened: Callable[..., Explorer], tmp_path: Path
) -> None:
    closed = opened(store)
    ears = [Browser(closed), Browser(opened(Store(tmp_path / "other.db")))]
    heard = Browser(opened(store))
    closed.close()
    store.write(Batch([span("t")]))
    pushed(heard)
    assert all(each.pushes.empty() for each in ears)


def test_a_forked_child_sends_nothing(store: Store, opened: Callable[..., Explorer]) -> None:
    browser = Browser(opened(store))
    store.write(Batch([span("before")]))
    pushed(browser)
    child = os.fork()
    if child == 0:
        try:
            store.write(Batch([span("t")]))
            time.sleep(2 * limits.LIVE_PAUSE_S)
            os._exit(not browser.pushes.empty())
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    store.write(Batch([span("after")]))
    assert pushed(browser)[1]["rows"]["trace_id"] == ["after"]


def test_a_failing_question_does_not_end_it(store: Store, opened: Callable[..., Explorer]) -> None:
    ex = opened(store)
    browser = Browser(ex)
    ex.where(raises)
    store.write(Batch([span("t")]))
    ends = time.monotonic() + PATIENCE
    while ex._live is not None and ex._live.due() is not None and time.monotonic() < ends:
        time.sleep(0.01)
    ex.where(None)
    store.write(Batch([span("u")]))
    assert pushed(browser)[1]["rows"]["trace_id"] == ["u"]
    assert [each.name for each in threading.enumerate()].count("spanglass-live") == 1


def raises(trace: Any) -> bool:
    raise ValueError("no")
