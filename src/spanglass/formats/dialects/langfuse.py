"""Langfuse's SDK: ``langfuse.observation.*`` for the span, ``langfuse.trace.*`` for its trace."""

from __future__ import annotations

from collections.abc import Mapping

from spanglass.entities import Json, Span, SpanStatus, SpanType
from spanglass.formats.dialects.messages import conversation
from spanglass.formats.dialects.reading import Dialect, Reading, first_text, starting_with, tags_of
from spanglass.formats.values import count, decoded, number

TYPES = {
    "generation": SpanType.LLM,
    "agent": SpanType.AGENT,
    "tool": SpanType.TOOL,
    "chain": SpanType.CHAIN,
    "retriever": SpanType.RETRIEVER,
    "evaluator": SpanType.EVALUATOR,
    "embedding": SpanType.EMBEDDING,
    "guardrail": SpanType.GUARDRAIL,
}
"""Observation types, in lower case. "span" and "event" say nothing of what a span does."""

_TRACE_FACTS = ("langfuse.environment", "langfuse.release", "langfuse.version")


def usage(details: Json) -> tuple[int | None, int | None]:
    """Input and output tokens of ``usageDetails``."""
    if not isinstance(details, Mapping):
        return None, None
    return (
        _first_count(details, "input", "input_tokens", "prompt_tokens", "promptTokens"),
        _first_count(details, "output", "output_tokens", "completion_tokens", "completionTokens"),
    )


def _first_count(details: Mapping[str, Json], *keys: str) -> int | None:
    return next((found for key in keys if (found := count(details.get(key))) is not None), None)


def total_cost(details: Json) -> float | None:
    """US dollars of ``costDetails``: its total, or the sum of its parts."""
    if not isinstance(details, Mapping) or not details:
        return None
    total = number(details.get("total"))
    if total is not None:
        return total
    parts = [cost for cost in map(number, details.values()) if cost is not None]
    return sum(parts) if parts else None


def content(value: Json, span_type: str | None) -> Json:
    """Inputs or outputs: decoded, and of a model's span as a conversation."""
    value = decoded(value)
    if span_type == SpanType.LLM:
        return conversation(value) or value
    return value


def read(span: Span) -> Reading | None:
    """What the SDK wrote."""
    attributes = span.attributes
    kind = attributes.get("langfuse.observation.type")
    span_type = TYPES.get(kind.lower()) if isinstance(kind, str) else None
    input_tokens, output_tokens = usage(decoded(attributes.get("langfuse.observation.usage_details")))
    metadata = starting_with(attributes, "langfuse.trace.metadata.")
    for key in _TRACE_FACTS:
        value = first_text(attributes, key)
        if value is not None:
            metadata[key] = value
    failed = attributes.get("langfuse.observation.level") == "ERROR"
    return Reading(
        span_type=span_type,
        status=SpanStatus.ERROR if failed else None,
        status_message=first_text(attributes, "langfuse.observation.status_message"),
        inputs=content(attributes.get("langfuse.observation.input"), span_type),
        outputs=content(attributes.get("langfuse.observation.output"), span_type),
        model=first_text(attributes, "langfuse.observation.model.name"),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cost=total_cost(decoded(attributes.get("langfuse.observation.cost_details"))),
        trace_name=first_text(attributes, "langfuse.trace.name"),
        request=decoded(attributes.get("langfuse.trace.input")),
        response=decoded(attributes.get("langfuse.trace.output")),
        tags=tags_of(attributes.get("langfuse.trace.tags")),
        metadata=metadata,
    )


DIALECT = Dialect("langfuse", frozenset({"langfuse"}), read)
