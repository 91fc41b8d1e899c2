"""Traces of this package's own, from another store for instance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from spanglass.entities import Batch, Trace, TraceFacts

_MS = 1_000_000


def read(traces: Iterable[Trace]) -> Iterator[Batch]:
    """Traces with spans, assessments, tags and metadata, one batch each."""
    for trace in traces:
        info = trace.info
        facts = TraceFacts(
            info.trace_id,
            name=info.name,
            status=info.status,
            session_id=info.session_id,
            user_id=info.user_id,
            run_id=info.run_id,
            client_request_id=info.client_request_id,
            request_preview=info.request_preview,
            response_preview=info.response_preview,
            tags=dict(info.tags),
            metadata=dict(info.metadata),
        )
        if not trace.data.spans:
            start, duration = info.timestamp_ms * _MS, info.execution_time_ms
            facts.start_time_ns = start
            facts.end_time_ns = None if duration is None else start + duration * _MS
            facts.request, facts.response = info.request, info.response
        yield Batch(
            list(trace.data.spans),
            [facts],
            [one if one.session_id else replace(one, trace_id=info.trace_id) for one in info.assessments],
        )
