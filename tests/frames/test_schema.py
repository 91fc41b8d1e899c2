"""The columns of a frame of traces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanglass.entities import Assessment, Span, SpanEvent, Trace, TraceData, TraceInfo
from spanglass.frames.schema import SCHEMAS, trace_frame
from spanglass.frames.series import TEXT

MLFLOW2 = {
    "request_id": TEXT,
    "trace": "object",
    "timestamp_ms": "int64",
    "status": TEXT,
    "execution_time_ms": "Int64",
    "request": "object",
    "response": "object",
    "request_metadata": "object",
    "spans": "object",
    "tags": "object",
    "assessments": "object",
}
MLFLOW3 = {
    "trace_id": TEXT,
    "trace": TEXT,
    "client_request_id": TEXT,
    "state": TEXT,
    "request_time": "int64",
    "execution_duration": "Int64",
    "request": "object",
    "response": "object",
    "trace_metadata": "object",
    "tags": "object",
    "spans": "object",
    "assessments": "object",
}
TRACE_ID = "tr-" + "ab" * 16


def a_trace() -> Trace:
    info = TraceInfo(
        TRACE_ID,
        name="greet",
        timestamp_ms=1_700_000_000_123,
        request={"name": "Tom"},
        response="Hi Tom",
        tags={"person": "Tom"},
        metadata={"origin": "test"},
        assessments=[Assessment("correct", True, trace_id=TRACE_ID, assessment_id="a1")],
    )
    span = Span(
        TRACE_ID,
        "cd" * 8,
        "greet",
        status="OK",
        start_time_ns=10,
        end_time_ns=25,
        inputs={"name": "Tom"},
        attributes={"gen_ai.request.model": "gpt-5", "n": 2},
        events=[SpanEvent("exception", 12, {"exception.type": "ValueError"})],
    )
    return Trace(info, TraceData([span]))


def untouchable(trace_id: str) -> TraceData:
    raise AssertionError(f"the spans of {trace_id} were read")


@pytest.mark.parametrize(("schema", "dtypes"), [("mlflow2", MLFLOW2), ("mlflow3", MLFLOW3)])
@pytest.mark.parametrize("traces", [[], [a_trace()]], ids=["empty", "one row"])
def test_columns_their_order_and_their_dtypes_are_always_the_same(
    schema: str, dtypes: dict[str, str], traces: list[Trace]
) -> None:
    frame = trace_frame(traces, schema)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == dtypes
    assert list(frame.columns) == list(dtypes)


def test_a_row_holds_the_trace_and_its_decoded_request() -> None:
    trace = a_trace()
    (row,) = trace_frame([trace]).to_dict("records")
    assert row["trace"] is trace
    assert row["request"] == {"name": "Tom"}
    assert row["response"] == "Hi Tom"
    assert row["spans"] == trace.data.spans
    assert row["tags"] == {"person": "Tom"}


def test_no_span_is_read_before_it_is_touched() -> None:
    frame = trace_frame([Trace(TraceInfo("t1"), load=untouchable)])
    frame.copy().sort_values("timestamp_ms").rename(columns={"request_id": "id"})
    with pytest.raises(AssertionError, match="the spans of t1 were read"):
        len(frame["spans"][0])


def test_a_running_trace_has_no_execution_time() -> None:
    assert trace_frame([Trace(TraceInfo("t1"), TraceData())])["execution_time_ms"].isna().all()


def test_spans_of_the_third_generation_are_dicts() -> None:
    (span,) = trace_frame([a_trace()], "mlflow3")["spans"][0]
    assert span["name"] == "greet"
    assert json.loads(span["attributes"]["mlflow.spanInputs"]) == {"name": "Tom"}


@pytest.mark.parametrize("ids", [(TRACE_ID, "cd" * 8), ("langfuse-1", "observation-1")], ids=["hex", "other ids"])
def test_mlflow_reads_the_trace_text_of_the_third_generation(ids: tuple[str, str], monkeypatch: Any) -> None:
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.entities import Trace as MlflowTrace

    trace = a_trace()
    trace.info.trace_id, trace.data.spans[0].trace_id, trace.data.spans[0].span_id = ids[0], *ids
    read = MlflowTrace.from_json(trace_frame([trace], "mlflow3")["trace"][0])
    assert read.info.trace_id == ids[0]
    assert read.info.request_time == 1_700_000_000_123
    assert read.info.tags["person"] == "Tom"
    assert read.info.assessments[0].value is True
    (span,) = read.data.spans
    assert span.inputs == {"name": "Tom"}
    assert span.attributes["n"] == 2
    assert span.events[0].attributes == {"exception.type": "ValueError"}


def test_every_scalar_column_is_a_field_of_the_filter_language() -> None:
    from spanglass.filters import resolve_column

    lists = {"trace", "spans", "assessments"}  # the trace itself, and what belongs to it
    for schema in SCHEMAS.values():
        for column in schema:
            if column.name not in lists:
                assert resolve_column(column.name).name == column.name
