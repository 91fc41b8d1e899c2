"""Reading many traces, one span, a shape."""

from __future__ import annotations

from spanglass.entities import Assessment, Batch, TraceFacts
from spanglass.store import Skeleton, Store
from tests.store.building import span


def test_infos_come_in_the_order_asked_and_unknown_ids_are_left_out(store: Store) -> None:
    ids = [f"t{at}" for at in range(1200)]
    store.write(Batch([span(id, "a", start=at) for at, id in enumerate(ids)]))
    asked = [*ids[::-1], "nobody", "t7"]
    assert [info.trace_id for info in store.trace_infos(asked)] == [*ids[::-1], "t7"]
    assert store.trace_infos([]) == []


def test_every_field_of_an_info_is_read(store: Store) -> None:
    one = span("t1", "a", start=2_000_000, end=5_000_000, inputs=[1], outputs={"x": 2}, status="ERROR", model="m")
    one.input_tokens, one.output_tokens, one.cost, one.dialect = 3, 4, 0.5, "d"
    facts = TraceFacts("t1", client_request_id="c", session_id="s", user_id="u", run_id="r", tags={"k": "v"})
    facts.metadata, facts.request_preview, facts.response_preview = {"m": "1"}, "p", "q"
    judged = Assessment("good", True, trace_id="t1", assessment_id="a-1", create_time_ms=1, last_update_time_ms=1)
    store.write(Batch([one], [facts], [judged]))
    info = store.trace_infos(["t1"])[0]
    assert {name: getattr(info, name) for name in info.__dataclass_fields__} == {
        "trace_id": "t1",
        "experiment_id": "0",
        "name": "a",
        "status": "ERROR",
        "timestamp_ms": 2,
        "execution_time_ms": 3,
        "request": [1],
        "response": {"x": 2},
        "tags": {"k": "v"},
        "metadata": {"m": "1"},
        "assessments": [judged],
        "client_request_id": "c",
        "session_id": "s",
        "user_id": "u",
        "run_id": "r",
        "model": "m",
        "input_tokens": 3,
        "output_tokens": 4,
        "tokens": 7,
        "cost": 0.5,
        "span_count": 1,
        "error_count": 1,
        "request_preview": "p",
        "response_preview": "q",
        "dialect": "d",
    }


def test_spans_of_several_traces(store: Store) -> None:
    store.write(Batch([span("t1", "b", "a", start=1), span("t1", "a"), span("t2", "x"), span("t3", "y")]))
    store.write(Batch(traces=[TraceFacts("t4")]))
    found = store.spans_of(["t2", "t1", "nobody", "t4", "t2"])
    assert {id: [one.span_id for one in spans] for id, spans in found.items()} == {
        "t2": ["x"],
        "t1": ["a", "b"],
        "t4": [],
    }
    assert list(found) == ["t2", "t1", "t4"]
    assert found["t1"] == store.spans("t1")
    assert store.spans("nobody") == []


def test_one_span(store: Store) -> None:
    one = span("t1", "b", "a", inputs={"q": 1})
    store.write(Batch([one, span("t1", "a")]))
    assert store.span("t1", "b") == one
    assert store.span("t1", "c") is None
    assert store.span("t2", "b") is None


def test_a_trace_reads_its_spans_when_touched(store: Store) -> None:
    store.write(Batch([span("t1", "a")]))
    (trace,) = store.traces(["t1", "nobody"])
    store.write(Batch([span("t1", "b", "a")]))
    assert [one.span_id for one in trace.data.spans] == ["a", "b"]


def test_the_skeleton_of_a_trace(store: Store) -> None:
    store.write(
        Batch(
            [
                span("t1", "b", "a", start=5, end=None, name="ask", span_type="LLM", input_tokens=2),
                span("t1", "a", start=1, end=9, status="OK"),
            ]
        )
    )
    assert store.skeleton("t1") == Skeleton(
        span_id=["a", "b"],
        start_ns=[1, 5],
        end_ns=[9, None],
        depth=[0, 1],
        no=[0, 1],
        last=[1, 1],
        parent_no=[-1, 0],
        name=["a", "ask"],
        type=["UNKNOWN", "LLM"],
        status=["OK", "UNSET"],
        tokens=[None, 2],
    )
    assert store.skeleton("nobody") == Skeleton()


def test_plain_sql_can_read_the_spans(store: Store) -> None:
    store.write(Batch([span("t1", "a", name="ask", status="ERROR", end=2_500_000, inputs={"q": "x"})]))
    row = store.connection.execute(
        "SELECT trace_id, name, type, status, duration_ms, json_extract(inputs, '$.q') FROM spans"
    ).fetchone()
    assert row == ("t1", "ask", "UNKNOWN", "ERROR", 2.5, "x")
