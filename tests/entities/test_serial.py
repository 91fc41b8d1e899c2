"""A trace as a dict and as JSON text, and back, without loss."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanglass.entities import Assessment, AssessmentSource, Link, Span, SpanEvent, Trace, TraceData, TraceInfo


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


texts = st.text(max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)
objects = st.dictionaries(texts, json_values, max_size=4)
numbers = st.integers(0, 2**62)

events = st.builds(SpanEvent, name=texts, timestamp_ns=numbers, attributes=objects)
links = st.builds(Link, trace_id=texts, span_id=texts, attributes=objects)
spans = st.builds(
    Span,
    trace_id=texts,
    span_id=texts,
    name=texts,
    parent_id=maybe(texts),
    start_time_ns=numbers,
    end_time_ns=maybe(numbers),
    inputs=json_values,
    outputs=json_values,
    attributes=objects,
    events=st.lists(events, max_size=2),
    links=st.lists(links, max_size=2),
    cost=maybe(st.floats(0, 10)),
    resource=objects,
)
assessments = st.builds(
    Assessment,
    name=texts,
    value=json_values,
    source=st.builds(AssessmentSource, texts, texts),
    valid=st.booleans(),
    metadata=objects,
)
infos = st.builds(
    TraceInfo,
    trace_id=texts,
    request=json_values,
    response=json_values,
    tags=st.dictionaries(texts, texts, max_size=3),
    assessments=st.lists(assessments, max_size=2),
    execution_time_ms=maybe(numbers),
)
traces = st.builds(Trace, infos, st.builds(TraceData, st.lists(spans, max_size=3)))


@settings(max_examples=50)
@given(traces)
def test_there_and_back(trace: Trace) -> None:
    assert Trace.from_dict(trace.to_dict()) == trace
    assert Trace.from_json(trace.to_json()) == trace
    assert Trace.from_json(trace.to_json().encode()) == trace
    assert json.loads(trace.to_json()) == trace.to_dict()


def test_spans_are_read_for_it() -> None:
    trace = Trace(TraceInfo("t"), load=lambda trace_id: TraceData([Span(trace_id, "s", "read")]))
    assert trace.to_dict()["data"]["spans"][0]["name"] == "read"


def test_many_spans() -> None:
    spans = [Span("t", str(n), "s", parent_id=str(n - 1) if n else None) for n in range(20_000)]
    trace = Trace(TraceInfo("t"), TraceData(spans))
    assert Trace.from_json(trace.to_json()) == trace


@pytest.mark.parametrize("bad", [{}, [], None, {"info": {}, "data": {"spans": []}}, {"format": "other"}])
def test_what_is_no_such_dict(bad: Any) -> None:
    with pytest.raises(ValueError, match=r"read with ingest\(\)"):
        Trace.from_dict(bad)


def test_a_later_version_and_a_damaged_one() -> None:
    good = Trace(TraceInfo("t"), TraceData([Span("t", "s", "n")])).to_dict()
    with pytest.raises(ValueError, match="format version 2"):
        Trace.from_dict({**good, "version": 2})
    with pytest.raises(ValueError, match="incomplete or damaged: KeyError: 'data'"):
        Trace.from_dict({key: value for key, value in good.items() if key != "data"})
    with pytest.raises(ValueError, match="incomplete or damaged"):
        Trace.from_dict({**good, "data": {"spans": [{"trace_id": "t", "events": [], "links": []}]}})
    assert Trace.from_dict({**good, "info": {**good["info"], "added_later": 1}}).info.trace_id == "t"
