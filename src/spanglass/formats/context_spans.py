"""Spans as single JSON objects with their ids in a ``context``.

That is what OpenTelemetry's console exporter prints (``ReadableSpan.to_json``: ids like "0x5b8e…", kinds like
"SpanKind.CLIENT") and what Phoenix's REST API answers (``{"data": [span, …]}``, with a ``span_kind``). Times are
ISO 8601 texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spanglass.entities import Batch, Json, Link, Span, SpanEvent, SpanStatus, SpanType
from spanglass.formats.dialects import in_batches, normalise
from spanglass.formats.notes import Notes, shown
from spanglass.formats.values import identifier, nanoseconds, text_of


def looks_like(document: Json) -> bool:
    """Whether ``document`` is such a span, or an answer of Phoenix's with a list of them."""
    if not isinstance(document, Mapping):
        return False
    data = document.get("data")
    if isinstance(data, list) and data:
        return _is_span(data[0])
    return _is_span(document)


def _is_span(value: Json) -> bool:
    if not isinstance(value, Mapping):
        return False
    context = value.get("context")
    return isinstance(context, Mapping) and "trace_id" in context and "span_id" in context


def read(documents: Iterable[Json], notes: Notes) -> Iterator[Batch]:
    """The spans, and at the end what they say of their traces."""
    return in_batches((span, normalise(span)) for span in _spans(documents, notes))


def _spans(documents: Iterable[Json], notes: Notes) -> Iterator[Span]:
    for document in documents:
        data = document.get("data") if isinstance(document, Mapping) else None
        for index, raw in enumerate(data if isinstance(data, list) else [document]):
            place = f"data[{index}]" if isinstance(data, list) else "span"
            span = _read_span(raw, place, notes)
            if span is not None:
                yield span


def _read_span(raw: Json, place: str, notes: Notes) -> Span | None:
    if not isinstance(raw, Mapping) or not _is_span(raw):
        notes.skip(place, f"expected a span with a context, found {shown(raw)}")
        return None
    trace_id = identifier(raw["context"]["trace_id"], 16)
    span_id = identifier(raw["context"]["span_id"], 8)
    start = nanoseconds(raw.get("start_time"))
    if not trace_id or not span_id or start is None:
        notes.skip(place, f"its ids are {shown(raw['context'])}, its start_time {shown(raw.get('start_time'))}")
        return None
    attributes = raw.get("attributes")
    attributes = dict(attributes) if isinstance(attributes, Mapping) else {}
    kind = raw.get("span_kind")
    if isinstance(kind, str):
        attributes.setdefault("openinference.span.kind", kind)
    kind = text_of(raw.get("kind") or "").removeprefix("SpanKind.")
    if kind not in ("", "INTERNAL"):
        attributes.setdefault("span.kind", kind)
    status = raw.get("status")
    status = status if isinstance(status, Mapping) else {}
    code = text_of(raw.get("status_code") or status.get("status_code") or "").upper()
    resource = raw.get("resource")
    resource = resource.get("attributes") if isinstance(resource, Mapping) else None
    return Span(
        trace_id,
        span_id,
        text_of(raw.get("name") or ""),
        parent_id=identifier(raw.get("parent_id"), 8) or None,
        span_type=SpanType.UNKNOWN,
        status=code if code in (SpanStatus.OK, SpanStatus.ERROR) else SpanStatus.UNSET,
        status_message=text_of(raw.get("status_message") or status.get("description") or ""),
        start_time_ns=start,
        end_time_ns=nanoseconds(raw.get("end_time")),
        attributes=attributes,
        events=[
            SpanEvent(text_of(item.get("name") or ""), nanoseconds(item.get("timestamp")) or 0, _object(item))
            for item in _objects(raw.get("events"))
        ],
        links=[
            Link(identifier(context.get("trace_id"), 16), identifier(context.get("span_id"), 8), _object(item))
            for item in _objects(raw.get("links"))
            if isinstance(context := item.get("context"), Mapping)
        ],
        resource=dict(resource) if isinstance(resource, Mapping) else {},
    )


def _objects(raw: Json) -> list[Mapping[str, Any]]:
    return [item for item in raw if isinstance(item, Mapping)] if isinstance(raw, list) else []


def _object(item: Mapping[str, Any]) -> dict[str, Json]:
    attributes = item.get("attributes")
    return dict(attributes) if isinstance(attributes, Mapping) else {}
