"""What the OpenAI Agents SDK's own tracing exports: one JSON object a trace, one a span.

Its ``response`` spans have usage but no content: the SDK keeps that at OpenAI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spanglass.entities import Batch, Json, Span, SpanStatus, SpanType, TraceFacts
from spanglass.formats.dialects.messages import conversation
from spanglass.formats.dialects.reading import text, texts
from spanglass.formats.notes import Notes, shown
from spanglass.formats.values import count, decoded, nanoseconds, text_of
from spanglass.limits import SPANS_PER_BATCH

DIALECT = "openai_agents/1"
_OBJECTS = ("trace", "trace.span")
_TYPES = {
    "agent": SpanType.AGENT,
    "function": SpanType.TOOL,
    "generation": SpanType.LLM,
    "response": SpanType.LLM,
    "guardrail": SpanType.GUARDRAIL,
    "mcp_tools": SpanType.TOOL,
    "speech": SpanType.LLM,
    "transcription": SpanType.LLM,
    "task": SpanType.TASK,
    "turn": SpanType.CHAIN,
    "handoff": SpanType.CHAIN,
}
_CONTENT = frozenset({"type", "name", "input", "output", "model", "usage"})


def looks_like(document: Json) -> bool:
    """Whether ``document`` is a trace or a span of the SDK's."""
    return isinstance(document, Mapping) and document.get("object") in _OBJECTS and "id" in document


def read(documents: Iterable[Json], notes: Notes) -> Iterator[Batch]:
    """Traces and spans, in whatever order they were written."""
    batch = Batch()
    for document in documents:
        if not isinstance(document, Mapping) or not looks_like(document):
            notes.skip("document", f"expected a trace or a span, found {shown(document)}")
        elif document["object"] == "trace":
            facts = TraceFacts(text_of(document["id"]), metadata=texts(document.get("metadata")))
            for key, field in (("workflow_name", "name"), ("group_id", "session_id")):
                if text(document.get(key)) is not None:
                    setattr(facts, field, text(document[key]))
            batch.traces.append(facts)
        else:
            span = _read_span(document, notes)
            if span is not None:
                batch.spans.append(span)
        if len(batch.spans) >= SPANS_PER_BATCH:
            yield batch
            batch = Batch()
    if batch:
        yield batch


def _read_span(raw: Mapping[str, Any], notes: Notes) -> Span | None:
    span_id, trace_id = text(raw.get("id")), text(raw.get("trace_id"))
    start = nanoseconds(raw.get("started_at"))
    if span_id is None or trace_id is None or start is None:
        notes.skip(
            "span", f"its ids are {shown(span_id)} and {shown(trace_id)}, its start {shown(raw.get('started_at'))}"
        )
        return None
    said = raw.get("span_data")
    said = said if isinstance(said, Mapping) else {}
    inner = said.get("data")
    inner = inner if isinstance(inner, Mapping) else {}
    kind = text(inner.get("sdk_span_type")) or text(said.get("type")) or "span"
    usage = said.get("usage")
    usage = usage if isinstance(usage, Mapping) else {}
    error = raw.get("error")
    span = Span(
        trace_id,
        span_id,
        text(said.get("name")) or kind,
        parent_id=text(raw.get("parent_id")),
        span_type=_TYPES.get(kind, SpanType.UNKNOWN),
        status=SpanStatus.ERROR if error else SpanStatus.OK,
        status_message=_message(error),
        start_time_ns=start,
        end_time_ns=nanoseconds(raw.get("ended_at")),
        inputs=decoded(said.get("input")),
        outputs=decoded(said.get("output")),
        attributes={f"openai_agents.{key}": value for key, value in said.items() if key not in _CONTENT},
        model=text(said.get("model")),
        input_tokens=count(usage.get("input_tokens")),
        output_tokens=count(usage.get("output_tokens")),
        dialect=DIALECT,
    )
    span.attributes["openai_agents.type"] = kind
    if span.span_type == SpanType.LLM:
        span.inputs = conversation(span.inputs) or span.inputs
        span.outputs = conversation(span.outputs) or span.outputs
    return span


def _message(error: Json) -> str:
    if not error:
        return ""
    if not isinstance(error, Mapping):
        return text_of(error)
    message, data = text_of(error.get("message") or ""), error.get("data")
    return f"{message}: {text_of(data)}" if data else message
