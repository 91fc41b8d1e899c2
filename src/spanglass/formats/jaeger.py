"""Jaeger's JSON, as its user interface and API give it: ``{"data": [trace, …]}``, or one trace.

Times are in microseconds, ids may lack their leading zeros.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spanglass.entities import Batch, Json, Link, Span, SpanEvent, SpanStatus
from spanglass.formats.dialects import Hoists, normalise
from spanglass.formats.notes import Notes, shown
from spanglass.formats.values import identifier, integer, nanoseconds, number, text_of

_US = 1000
_HEX = re.compile("[0-9a-fA-F]{1,32}")


def looks_like(document: Json) -> bool:
    """Whether ``document`` is a trace of Jaeger's, or an answer with some."""
    if not isinstance(document, Mapping):
        return False
    data = document.get("data")
    if isinstance(data, list) and data:
        document = data[0]
    return isinstance(document, Mapping) and "traceID" in document and isinstance(document.get("spans"), list)


def read(documents: Iterable[Json], notes: Notes) -> Iterator[Batch]:
    """The traces, one batch each."""
    for document in documents:
        if not isinstance(document, Mapping) or not looks_like(document):
            notes.skip("document", f"expected a trace with traceID and spans, found {shown(document)}")
            continue
        data = document.get("data")
        for index, trace in enumerate(data if isinstance(data, list) else [document]):
            if isinstance(trace, Mapping):
                yield _read_trace(trace, f"data[{index}].", notes)
            else:
                notes.skip(f"data[{index}]", f"expected a trace, found {shown(trace)}")


def _read_trace(trace: Mapping[str, Any], place: str, notes: Notes) -> Batch:
    processes = trace.get("processes")
    processes = processes if isinstance(processes, Mapping) else {}
    hoists = Hoists()
    batch = Batch()
    spans = trace.get("spans")
    for index, raw in enumerate(spans if isinstance(spans, list) else ()):
        span = _read_span(raw, trace, processes, f"{place}spans[{index}]", notes)
        if span is not None:
            hoists.add(span, normalise(span))
            batch.spans.append(span)
    batch.traces.extend(hoists.facts())
    return batch


def _read_span(
    raw: Json, trace: Mapping[str, Any], processes: Mapping[str, Any], place: str, notes: Notes
) -> Span | None:
    if not isinstance(raw, Mapping):
        notes.skip(place, f"expected an object, found {shown(raw)}")
        return None
    trace_id = _padded(raw.get("traceID") or trace.get("traceID"), 16)
    span_id = _padded(raw.get("spanID"), 8)
    start = nanoseconds(raw.get("startTime"), _US)
    if not trace_id or not span_id or start is None:
        notes.skip(place, f"its spanID is {shown(raw.get('spanID'))}, its startTime {shown(raw.get('startTime'))}")
        return None
    attributes = _tags(raw.get("tags"))
    code = text_of(attributes.get("otel.status_code") or "").upper()
    failed = code == SpanStatus.ERROR or attributes.get("error") is True or attributes.get("error") == "true"
    parent, links = _references(raw, trace_id)
    logs = raw.get("logs")
    process = processes.get(text_of(raw.get("processID")))
    resource: dict[str, Json] = {}
    if isinstance(process, Mapping):
        resource = {"service.name": text_of(process.get("serviceName") or ""), **_tags(process.get("tags"))}
    if raw.get("warnings"):
        attributes["jaeger.warnings"] = raw["warnings"]
    return Span(
        trace_id,
        span_id,
        text_of(raw.get("operationName") or ""),
        parent_id=parent,
        status=SpanStatus.ERROR if failed else (SpanStatus.OK if code == "OK" else SpanStatus.UNSET),
        status_message=text_of(attributes.get("otel.status_description") or ""),
        start_time_ns=start,
        end_time_ns=start + max(0, integer(raw.get("duration")) or 0) * _US,
        attributes=attributes,
        events=[_event(item) for item in (logs if isinstance(logs, list) else ()) if isinstance(item, Mapping)],
        links=links,
        scope=text_of(attributes.get("otel.scope.name") or attributes.get("otel.library.name") or ""),
        resource=resource,
    )


def _padded(value: Json, size: int) -> str:
    """An id in full length: Jaeger drops leading zeros."""
    if isinstance(value, str) and _HEX.fullmatch(value):
        value = value.zfill(2 * size)
    return identifier(value, size)


def _references(raw: Mapping[str, Any], trace_id: str) -> tuple[str | None, list[Link]]:
    """The parent within the trace, and links to all else that is referred to."""
    parent = _padded(raw.get("parentSpanID"), 8) or None
    links: list[Link] = []
    references = raw.get("references")
    for item in references if isinstance(references, list) else ():
        if not isinstance(item, Mapping):
            continue
        other, span_id = _padded(item.get("traceID"), 16), _padded(item.get("spanID"), 8)
        if item.get("refType") == "CHILD_OF" and other == trace_id and parent is None:
            parent = span_id or None
        elif span_id and span_id != parent:
            links.append(Link(other, span_id, {"opentracing.ref_type": text_of(item.get("refType") or "").lower()}))
    return parent, links


def _event(item: Mapping[str, Any]) -> SpanEvent:
    fields = _tags(item.get("fields"))
    name = fields.pop("event", None) or fields.get("message") or "log"
    return SpanEvent(text_of(name), nanoseconds(item.get("timestamp"), _US) or 0, fields)


def _tags(raw: Json) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for item in raw if isinstance(raw, list) else ():
        if isinstance(item, Mapping) and isinstance(item.get("key"), str):
            found[item["key"]] = _value(item)
    return found


def _value(item: Mapping[str, Any]) -> Json:
    kind, value = item.get("type"), item.get("value")
    if kind == "int64":
        whole = integer(value)
        return value if whole is None else whole
    if kind == "float64":
        fraction = number(value)
        return value if fraction is None else fraction
    if kind == "bool" and isinstance(value, str):
        return value.lower() == "true"
    return value
