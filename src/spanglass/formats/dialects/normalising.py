"""From raw attributes to a span's own fields."""

from __future__ import annotations

from spanglass.entities import Span, SpanStatus, SpanType
from spanglass.formats.dialects import (
    genai,
    generic,
    langfuse,
    logfire,
    mlflow,
    openinference,
    own,
    traceloop,
    vercel,
)
from spanglass.formats.dialects.hoisting import NOTHING, Hoisted
from spanglass.formats.dialects.reading import Dialect, Reading

DIALECTS: tuple[Dialect, ...] = tuple(
    module.DIALECT for module in (own, langfuse, openinference, mlflow, traceloop, vercel, genai, logfire, generic)
)
"""In the order of detection."""

_SPAN_FIELDS = ("inputs", "outputs", "model", "input_tokens", "output_tokens", "cost")
_TRACE_FIELDS = ("trace_name", "request", "response", "session_id", "user_id")
_asked: dict[frozenset[str], tuple[Dialect, ...]] = {}  # families of keys → the dialects to ask
_MAX_REMEMBERED = 10_000  # families come from foreign keys: the memory of them must not grow without end


def _dialects(span: Span) -> tuple[Dialect, ...]:
    families = {key.partition(".")[0] for key in span.attributes}
    if span.events and any(event.name.startswith("gen_ai.") for event in span.events):
        families.add("gen_ai")
    key = frozenset(families)
    found = _asked.get(key)
    if found is None:
        found = tuple(dialect for dialect in DIALECTS if not dialect.families.isdisjoint(key))
        if len(_asked) < _MAX_REMEMBERED:
            _asked[key] = found
    return found


def normalise(span: Span) -> Hoisted:
    """Fill the fields of ``span`` that its attributes and events tell of, and return what they tell of its trace.

    A field that has a value already keeps it (``span_type`` unless it is UNKNOWN). ``dialect`` becomes the stamp of
    the first dialect that read the span. ``attributes`` stay as they are, except that MLflow's, each a text of
    JSON, are decoded.

    >>> span = Span("t", "s", "chat", attributes={"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 7})
    >>> normalise(span), span.span_type, span.input_tokens
    (Hoisted(), 'LLM', 7)
    """
    hoisted = NOTHING
    for dialect in _dialects(span):
        reading = dialect.read(span)
        if reading is None:
            continue
        if not span.dialect:
            span.dialect = dialect.stamp
        hoisted = _apply(reading, span, hoisted)
    return hoisted


def _apply(reading: Reading, span: Span, hoisted: Hoisted) -> Hoisted:
    if reading.span_type is not None and span.span_type == SpanType.UNKNOWN:
        span.span_type = str(reading.span_type)
    if reading.name is not None:
        span.name = reading.name
    if reading.status is not None and span.status == SpanStatus.UNSET:
        span.status = reading.status
    if reading.status_message is not None and not span.status_message:
        span.status_message = reading.status_message
    for name in _SPAN_FIELDS:
        value = getattr(reading, name)
        if value is not None and getattr(span, name) is None:
            setattr(span, name, value)
    for name in _TRACE_FIELDS:
        value = getattr(reading, name)
        if value is not None and getattr(hoisted, name) is None:
            hoisted = Hoisted() if hoisted is NOTHING else hoisted
            setattr(hoisted, name, value)
    if reading.tags or reading.metadata:
        hoisted = Hoisted() if hoisted is NOTHING else hoisted
        hoisted.tags = {**reading.tags, **hoisted.tags}
        hoisted.metadata = {**reading.metadata, **hoisted.metadata}
    return hoisted
