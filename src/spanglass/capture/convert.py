"""A span of OpenTelemetry → a span of ours."""

from __future__ import annotations

from typing import Any

import orjson
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, format_span_id, format_trace_id

from spanglass.capture.snapshot import plain, text
from spanglass.entities import Json, Link, Span, SpanEvent, SpanStatus
from spanglass.formats.dialects import Hoisted, normalise, own

SCOPE = "spanglass"
"""The instrumentation scope of our own spans."""
JSON_KEYS = "spanglass.json"
"""Names the attributes that ``set_attribute`` had to write as JSON text, for OpenTelemetry's attributes are flat."""


def convert(span: ReadableSpan) -> tuple[Span, Hoisted]:
    """``span`` with its attributes read by the dialect that wrote them, and what it says of its trace.

    What our own recording put into attributes, to travel through OpenTelemetry, becomes fields and leaves them.
    """
    context = span.context
    attributes = _attributes(span.attributes)
    for key in attributes.pop(JSON_KEYS, ()):
        attributes[key] = _decoded(attributes.get(key))
    if span.kind is not SpanKind.INTERNAL:
        attributes.setdefault("span.kind", span.kind.name)
    scope = span.instrumentation_scope
    status = span.status.status_code.name
    if status == SpanStatus.UNSET and span.end_time is not None and scope is not None and scope.name == SCOPE:
        status = SpanStatus.OK  # in our own spans nothing went wrong that was not said; others' say nothing by it
    converted = Span(
        trace_id=format_trace_id(context.trace_id),
        span_id=format_span_id(context.span_id),
        name=text(span.name),
        parent_id=None if span.parent is None else format_span_id(span.parent.span_id),
        status=status,
        status_message=text(span.status.description or ""),
        start_time_ns=span.start_time or 0,
        end_time_ns=span.end_time,
        attributes=attributes,
        events=[SpanEvent(text(event.name), event.timestamp, _attributes(event.attributes)) for event in span.events],
        links=[
            Link(
                format_trace_id(link.context.trace_id),
                format_span_id(link.context.span_id),
                _attributes(link.attributes),
            )
            for link in span.links
        ],
        scope=text(scope.name) if scope is not None else "",
        resource=_attributes(span.resource.attributes),
    )
    hoisted = normalise(converted)
    for key in (own.SPAN_TYPE, own.INPUTS, own.OUTPUTS):
        attributes.pop(key, None)
    return converted, hoisted


def _attributes(attributes: Any) -> dict[str, Json]:
    return plain(dict(attributes)) if attributes else {}


def _decoded(value: Json) -> Json:
    try:
        return orjson.loads(value)
    except ValueError:  # cut by a limit that the user set
        return value
