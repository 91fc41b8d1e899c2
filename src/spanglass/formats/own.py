"""Traces of this package's own, from another store for instance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from spanglass.entities import Batch, Trace, TraceFacts

_MS = 1_000_000
_FACTS = (
    "name",
    "status",
    "session_id",
    "user_id",
    "run_id",
    "client_request_id",
    "request_preview",
    "response_preview",
    "input_tokens",
    "output_tokens",
    "cost",
    "model",
)


def read(traces: Iterable[Trace]) -> Iterator[Batch]:
    """Traces with spans, assessments, tags and metadata, one batch each."""
    for trace in traces:
        info, spans = trace.info, trace.data.spans
        facts = TraceFacts(info.trace_id, tags=dict(info.tags), metadata=dict(info.metadata))
        for name in _FACTS:
            value = getattr(info, name)
            if value is not None:
                setattr(facts, name, value)
        start = min((span.start_time_ns for span in spans), default=-1)
        end = max((span.end_time_ns or 0 for span in spans), default=-1)
        if (start // _MS, (end - start) // _MS) != (info.timestamp_ms, info.execution_time_ms):
            facts.start_time_ns = info.timestamp_ms * _MS
            if info.execution_time_ms is not None:
                facts.end_time_ns = (info.timestamp_ms + info.execution_time_ms) * _MS
        root = trace.data.root()
        if root is None or (root.inputs, root.outputs) != (info.request, info.response):
            facts.request, facts.response = info.request, info.response
        about = [one if one.session_id else replace(one, trace_id=info.trace_id) for one in info.assessments]
        yield Batch(list(spans), [facts], about)
