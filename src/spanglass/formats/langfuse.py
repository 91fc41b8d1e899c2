"""Langfuse's traces as its user interface and its API give them.

``{"trace": {...}, "observations": [...]}``, or the trace with its observations inside. Inputs, outputs and metadata
are objects, JSON in text, or JSON in text in text. What came to Langfuse over OpenTelemetry has its original
attributes in ``metadata.attributes``: they become the span's attributes and are read by their own dialect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spanglass.entities import (
    Assessment,
    AssessmentKind,
    AssessmentSource,
    AssessmentSourceType,
    Batch,
    Json,
    Span,
    SpanStatus,
    SpanType,
    TraceFacts,
)
from spanglass.formats.dialects import normalise
from spanglass.formats.dialects.langfuse import TYPES, total_cost, usage
from spanglass.formats.dialects.messages import conversation
from spanglass.formats.dialects.reading import tags_of, text, texts
from spanglass.formats.notes import Notes, shown
from spanglass.formats.values import count, decoded, identifier, nanoseconds, number, text_of

_MS = 1_000_000
_OTEL = ("attributes", "resourceAttributes", "scope")
_SOURCES = {
    "EVAL": AssessmentSourceType.LLM_JUDGE,
    "ANNOTATION": AssessmentSourceType.HUMAN,
    "API": AssessmentSourceType.CODE,
}
_KEPT = {  # fields of an observation that go into attributes under the names that Langfuse's SDK uses
    "type": "langfuse.observation.type",
    "modelParameters": "langfuse.observation.model.parameters",
    "usageDetails": "langfuse.observation.usage_details",
    "costDetails": "langfuse.observation.cost_details",
    "completionStartTime": "langfuse.observation.completion_start_time",
    "promptName": "langfuse.observation.prompt.name",
    "promptVersion": "langfuse.observation.prompt.version",
    "version": "langfuse.version",
}


def looks_like(document: Json) -> bool:
    """Whether ``document`` is a trace of Langfuse's."""
    if not isinstance(document, Mapping):
        return False
    trace = document.get("trace", document)
    observations = document.get("observations")
    return isinstance(trace, Mapping) and "id" in trace and isinstance(observations, list) and "info" not in document


def read(documents: Iterable[Json], notes: Notes) -> Iterator[Batch]:
    """Traces with their observations and scores, one batch each."""
    for document in documents:
        if looks_like(document):
            batch = _read_document(document, notes)
            if batch:
                yield batch
        else:
            notes.skip("document", f"expected a trace with its observations, found {shown(document)}")


def _read_document(document: Mapping[str, Any], notes: Notes) -> Batch:
    trace = document.get("trace", document)
    trace_id = identifier(trace.get("id"), 16)
    if not trace_id:
        notes.skip("trace", f"its id is {shown(trace.get('id'))}")
        return Batch()
    batch = Batch()
    observations = document.get("observations")
    for index, raw in enumerate(observations if isinstance(observations, list) else ()):
        span = _read_observation(raw, trace_id, f"observations[{index}]", notes)
        if span is not None:
            batch.spans.append(span)
    batch.traces.append(_read_trace(trace, trace_id, bool(batch.spans)))
    for key in ("scores", "corrections"):
        scores = trace.get(key)
        for index, raw in enumerate(scores if isinstance(scores, list) else ()):
            assessment = _read_score(raw, trace_id)
            if assessment is None:
                notes.skip(f"trace.{key}[{index}]", f"not a score: {shown(raw)}")
            else:
                batch.assessments.append(assessment)
    return batch


def _read_trace(trace: Mapping[str, Any], trace_id: str, has_spans: bool) -> TraceFacts:
    facts = TraceFacts(trace_id)
    for key, field in (("name", "name"), ("sessionId", "session_id"), ("userId", "user_id")):
        said = text(trace.get(key))
        if said is not None:
            setattr(facts, field, said)
    for key, field in (("input", "request"), ("output", "response")):
        value = decoded(trace.get(key))
        if value is not None:
            setattr(facts, field, value)
    if not has_spans:
        start = nanoseconds(trace.get("timestamp"))
        seconds = number(trace.get("latency"))
        if start is not None:
            facts.start_time_ns = start
            facts.end_time_ns = start + int((seconds or 0) * 1000) * _MS
    facts.tags = tags_of(trace.get("tags"))
    metadata = decoded(trace.get("metadata"))
    if isinstance(metadata, Mapping):
        facts.metadata = texts({key: value for key, value in metadata.items() if key not in _OTEL})
    for key in ("environment", "release", "version"):
        said = text(trace.get(key))
        if said is not None:
            facts.metadata[f"langfuse.{key}"] = said
    return facts


def _read_observation(raw: Json, trace_id: str, place: str, notes: Notes) -> Span | None:
    if not isinstance(raw, Mapping):
        notes.skip(place, f"expected an object, found {shown(raw)}")
        return None
    span_id = identifier(raw.get("id"), 8)
    start = nanoseconds(raw.get("startTime"))
    if not span_id or start is None:
        notes.skip(place, f"its id is {shown(raw.get('id'))}, its startTime {shown(raw.get('startTime'))}")
        return None
    end = nanoseconds(raw.get("endTime"))
    kind = text_of(raw.get("type") or "").lower()
    metadata = decoded(raw.get("metadata"))
    metadata = metadata if isinstance(metadata, Mapping) else {}
    original, resource, scope = (decoded(metadata.get(key)) for key in _OTEL)
    name = text(raw.get("name"))
    span = Span(
        trace_id,
        span_id,
        name or kind,
        parent_id=identifier(raw.get("parentObservationId"), 8) or None,
        span_type=TYPES.get(kind, SpanType.UNKNOWN),
        status=SpanStatus.ERROR if raw.get("level") == "ERROR" else SpanStatus.UNSET,
        status_message=text(raw.get("statusMessage")) or "",
        start_time_ns=start,
        end_time_ns=start if end is None and kind == "event" else end,
        attributes=_attributes(raw, original, metadata),
        scope=text(scope.get("name")) or "" if isinstance(scope, Mapping) else "",
        resource=dict(resource) if isinstance(resource, Mapping) else {},
    )
    _set_usage(span, raw)
    inputs, outputs = decoded(raw.get("input")), decoded(raw.get("output"))
    if span.span_type == SpanType.LLM:
        # Langfuse keeps the body of a call as it came; the original attributes may have its messages in order.
        span.inputs, span.outputs = conversation(inputs), conversation(outputs)
    else:
        span.inputs, span.outputs = inputs, outputs
    normalise(span)
    span.inputs = inputs if span.inputs is None else span.inputs
    span.outputs = outputs if span.outputs is None else span.outputs
    return span


def _attributes(raw: Mapping[str, Any], original: Json, metadata: Mapping[str, Any]) -> dict[str, Json]:
    attributes: dict[str, Json] = dict(original) if isinstance(original, Mapping) else {}
    for key, value in metadata.items():
        if key not in _OTEL:
            attributes[f"langfuse.observation.metadata.{key}"] = value
    for field, name in _KEPT.items():
        value = raw.get(field)
        if value is not None and value != {} and value != "":
            attributes[name] = value
    if raw.get("level") not in (None, "DEFAULT"):
        attributes["langfuse.observation.level"] = raw["level"]
    return attributes


def _set_usage(span: Span, raw: Mapping[str, Any]) -> None:
    span.model = text(raw.get("model"))
    span.input_tokens, span.output_tokens = usage(raw.get("usageDetails"))
    if span.input_tokens is None and span.output_tokens is None and span.model is not None:
        span.input_tokens, span.output_tokens = count(raw.get("inputUsage")), count(raw.get("outputUsage"))
    span.cost = total_cost(raw.get("costDetails"))
    if span.cost is None and span.model is not None:
        span.cost = number(raw.get("totalCost") or raw.get("calculatedTotalCost"))


def _read_score(raw: Json, trace_id: str) -> Assessment | None:
    """A score as feedback; a correction of the output as what was expected."""
    if not isinstance(raw, Mapping) or text(raw.get("name")) is None:
        return None
    kind, value = AssessmentKind.FEEDBACK, raw.get("value")
    data_type = raw.get("dataType")
    if data_type == "CORRECTION":
        kind, value = AssessmentKind.EXPECTATION, raw.get("longStringValue")
    elif data_type == "BOOLEAN":
        value = bool(value)
    elif data_type == "CATEGORICAL" or value is None:
        value = raw.get("stringValue", value)
    created = nanoseconds(raw.get("timestamp") or raw.get("createdAt")) or 0
    updated = nanoseconds(raw.get("updatedAt")) or created
    scored = identifier(raw.get("traceId"), 16) or (None if raw.get("sessionId") else trace_id)
    metadata = decoded(raw.get("metadata"))
    comment = raw.get("comment")
    return Assessment(
        text_of(raw["name"]),
        value=value,
        kind=kind,
        trace_id=scored,
        span_id=identifier(raw.get("observationId"), 8) or None,
        session_id=None if scored else text(raw.get("sessionId")),
        assessment_id=text(raw.get("id")) or "",
        source=AssessmentSource(
            _SOURCES.get(text_of(raw.get("source")), AssessmentSourceType.CODE),
            text(raw.get("authorUserId")) or "langfuse",
        ),
        rationale=None if comment is None else text_of(comment),
        create_time_ms=created // _MS,
        last_update_time_ms=updated // _MS,
        metadata=dict(metadata) if isinstance(metadata, Mapping) else {},
    )
