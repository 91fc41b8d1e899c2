"""The Vercel AI SDK: ``ai.*``. An ``ai.generateText`` wraps the model calls (``….doGenerate``) that it makes."""

from __future__ import annotations

from collections.abc import Mapping

from spanglass.entities import Json, Span, SpanType
from spanglass.formats.dialects.messages import conversation, tool_call
from spanglass.formats.dialects.reading import Dialect, Reading, first_text, starting_with, tags_of
from spanglass.formats.values import count, decoded

_METADATA = "ai.telemetry.metadata."


def _type(operation: str) -> str | None:
    if operation == "ai.toolCall":
        return SpanType.TOOL
    if operation.endswith((".doGenerate", ".doStream")):
        return SpanType.LLM
    if operation.startswith("ai.embed"):
        return SpanType.EMBEDDING if operation.endswith(".doEmbed") else SpanType.CHAIN
    return SpanType.CHAIN if operation.startswith("ai.") else None


def read(span: Span) -> Reading | None:
    """What the SDK wrote."""
    attributes = span.attributes
    operation = first_text(attributes, "ai.operationId", "operation.name") or ""
    span_type = _type(operation)
    metadata = starting_with(attributes, _METADATA)
    session, user, tags = (metadata.pop(key, None) for key in ("sessionId", "userId", "tags"))
    return Reading(
        span_type=span_type,
        inputs=_inputs(attributes),
        outputs=_outputs(attributes, span_type),
        model=first_text(attributes, "ai.response.model", "ai.model.id"),
        input_tokens=_first_count(attributes, "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"),
        output_tokens=_first_count(attributes, "ai.usage.outputTokens", "ai.usage.completionTokens"),
        session_id=session,
        user_id=user,
        tags=tags_of(tags),
        metadata=metadata,
    )


def _first_count(attributes: Mapping[str, Json], *keys: str) -> int | None:
    return next((found for key in keys if (found := count(attributes.get(key))) is not None), None)


def _inputs(attributes: Mapping[str, Json]) -> Json:
    for key in ("ai.prompt.messages", "ai.prompt", "ai.toolCall.args", "ai.value", "ai.values"):
        value = attributes.get(key)
        if value is not None:
            value = decoded(value)
            return conversation(value) or value
    return None


def _outputs(attributes: Mapping[str, Json], span_type: str | None) -> Json:
    result = attributes.get("ai.toolCall.result")
    if result is not None:
        return decoded(result)
    structured = attributes.get("ai.response.object")
    calls = decoded(attributes.get("ai.response.toolCalls"))
    calls = [tool_call(call) for call in calls if isinstance(call, Mapping)] if isinstance(calls, list) else []
    answer = attributes.get("ai.response.text")
    if span_type == SpanType.LLM and (answer is not None or calls):
        message: dict[str, Json] = {"role": "assistant", "content": answer}
        if calls:
            message["tool_calls"] = calls
        return {"messages": [message]}
    if structured is not None:
        return decoded(structured)
    return answer if answer is not None else (calls or None)


DIALECT = Dialect("vercel", frozenset({"ai", "operation"}), read)
