"""What a trace says of its spans."""

from __future__ import annotations

import pytest

from spanglass.entities import Batch, Span, TraceInfo
from spanglass.store import Store
from tests.store.building import SECOND, span


def info(store: Store, *spans: Span) -> TraceInfo:
    store.write(Batch(list(spans)))
    assert store.verify() == []
    return store.trace_infos([spans[0].trace_id])[0]


@pytest.mark.parametrize(
    ("spans", "status"),
    [
        ([span("t", "a")], "OK"),
        ([span("t", "a", status="OK")], "OK"),
        ([span("t", "a", status="ERROR")], "ERROR"),
        ([span("t", "a"), span("t", "b", "a", status="ERROR")], "OK"),
        ([span("t", "a", end=None)], "IN_PROGRESS"),
        ([span("t", "a", end=None, status="ERROR")], "IN_PROGRESS"),
        ([span("t", "a"), span("t", "b", "a", end=None)], "OK"),
        ([span("t", "b", "a"), span("t", "c", "b", end=None)], "IN_PROGRESS"),
        ([span("t", "b", "a"), span("t", "c", "b")], "OK"),
        ([span("t", "b", "a", status="ERROR")], "ERROR"),
    ],
)
def test_the_status_is_the_roots_once_it_has_ended(store: Store, spans: list[Span], status: str) -> None:
    assert info(store, *spans).status == status


def test_name_request_and_response_are_the_roots(store: Store) -> None:
    found = info(store, span("t", "b", "a", start=0), span("t", "a", start=5, name="root", inputs=[1], outputs=2))
    assert (found.name, found.request, found.response) == ("root", [1], 2)


def test_of_several_roots_the_earliest_true_one_counts(store: Store) -> None:
    found = info(store, span("t", "orphan", "gone", start=0), span("t", "late", start=9), span("t", "first", start=5))
    assert found.name == "first"


def test_a_trace_lasts_from_its_first_start_to_its_last_end(store: Store) -> None:
    found = info(
        store, span("t", "a", start=SECOND, end=3 * SECOND), span("t", "b", "a", start=SECOND, end=4 * SECOND + 999_999)
    )
    assert (found.timestamp_ms, found.execution_time_ms) == (1000, 3000)


def test_a_running_trace_has_no_duration(store: Store) -> None:
    assert info(store, span("t", "a", end=None), span("t", "b", "a")).execution_time_ms is None


def test_clocks_that_run_backwards_give_no_negative_duration(store: Store) -> None:
    assert info(store, span("t", "a", start=5 * SECOND, end=SECOND)).execution_time_ms == 0


def test_tokens_count_once_though_frameworks_repeat_them_upwards(store: Store) -> None:
    found = info(
        store,
        span("t", "agent", input_tokens=30, output_tokens=3, cost=3.0),
        span("t", "step", "agent", start=1),
        span("t", "llm1", "step", start=2, input_tokens=10, output_tokens=1, cost=1.0),
        span("t", "llm2", "step", start=3, input_tokens=20, output_tokens=2, cost=2.0),
        span("t", "http", "llm2", start=4),
    )
    assert (found.input_tokens, found.output_tokens, found.tokens, found.cost) == (30, 3, 33, 3.0)


def test_tokens_and_cost_are_taken_from_wherever_they_are_deepest(store: Store) -> None:
    found = info(store, span("t", "a", input_tokens=9, cost=0.5), span("t", "b", "a", output_tokens=7))
    assert (found.input_tokens, found.output_tokens, found.tokens, found.cost) == (None, 7, 7, 0.5)


def test_nothing_known_is_not_zero(store: Store) -> None:
    found = info(store, span("t", "a"))
    assert (found.input_tokens, found.output_tokens, found.tokens, found.cost, found.model) == (None,) * 5


def test_the_model_is_that_of_the_first_model_call(store: Store) -> None:
    found = info(
        store,
        span("t", "a", model="router"),
        span("t", "b", "a", start=1, span_type="EMBEDDING", model="embedder"),
        span("t", "c", "a", start=2, span_type="CHAT_MODEL", model="chat"),
        span("t", "d", "a", start=3, span_type="LLM", model="other"),
    )
    assert found.model == "chat"


def test_without_a_model_call_the_first_model_counts(store: Store) -> None:
    assert info(store, span("t", "a"), span("t", "b", "a", span_type="EMBEDDING", model="embedder")).model == "embedder"


def test_spans_and_errors_are_counted(store: Store) -> None:
    found = info(store, span("t", "a"), span("t", "b", "a", status="ERROR"), span("t", "c", "a", status="ERROR"))
    assert (found.span_count, found.error_count) == (3, 2)
