"""The OpenTelemetry GenAI conventions, in all the places where they have put content so far.

Attributes of the span; attributes of an event ``gen_ai.client.inference.operation.details``; one event per
message (``gen_ai.user.message``, ``gen_ai.choice``, …); events ``gen_ai.content.prompt`` and ``….completion``;
flattened attributes ``gen_ai.prompt.0.role``. Log records are read as events of their span (``formats.logs``).
"""

from __future__ import annotations

from collections.abc import Mapping

from spanglass.entities import Json, Span, SpanEvent, SpanType
from spanglass.formats.dialects.messages import conversation, flat_messages
from spanglass.formats.dialects.reading import Dialect, Reading, first_text
from spanglass.formats.values import count, decoded, number

DETAILS = "gen_ai.client.inference.operation.details"
CHOICE = "gen_ai.choice"
_MESSAGE_EVENTS = frozenset(f"gen_ai.{role}.message" for role in ("system", "user", "assistant", "tool"))
_TYPES = {
    "chat": SpanType.LLM,
    "generate_content": SpanType.LLM,
    "text_completion": SpanType.LLM,
    "completion": SpanType.LLM,
    "embeddings": SpanType.EMBEDDING,
    "execute_tool": SpanType.TOOL,
    "tool": SpanType.TOOL,
    "invoke_agent": SpanType.AGENT,
    "create_agent": SpanType.AGENT,
    "invoke_workflow": SpanType.CHAIN,
    "chain": SpanType.CHAIN,
    "retrieval": SpanType.RETRIEVER,
}


def read(span: Span) -> Reading | None:
    """What is on the span, then what its events add."""
    attributes = span.attributes
    operation = attributes.get("gen_ai.operation.name")
    inputs, outputs = content(attributes)
    if span.events and (inputs is None or outputs is None):
        event_inputs, event_outputs = _event_content(span.events)
        inputs = event_inputs if inputs is None else inputs
        outputs = event_outputs if outputs is None else outputs
    return Reading(
        span_type=_TYPES.get(operation) if isinstance(operation, str) else None,
        inputs=inputs,
        outputs=outputs,
        model=first_text(attributes, "gen_ai.response.model", "gen_ai.request.model"),
        input_tokens=_first_count(attributes, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
        output_tokens=_first_count(attributes, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
        cost=number(attributes.get("gen_ai.usage.cost")),
        session_id=first_text(attributes, "gen_ai.conversation.id"),
    )


def _first_count(attributes: Mapping[str, Json], *keys: str) -> int | None:
    return next((found for key in keys if (found := count(attributes.get(key))) is not None), None)


def content(attributes: Mapping[str, Json]) -> tuple[Json, Json]:
    """Inputs and outputs that these attributes, of a span or of an event, hold."""
    inputs: Json = _messages(attributes, "gen_ai.input.messages")
    system = decoded(attributes.get("gen_ai.system_instructions"))
    if system:
        spoken = conversation([{"role": "system", "parts": system if isinstance(system, list) else [system]}])
        if spoken is not None:
            rest = inputs["messages"] if isinstance(inputs, dict) and "messages" in inputs else []
            inputs = {"messages": spoken["messages"] + rest}
    outputs: Json = _messages(attributes, "gen_ai.output.messages")
    if inputs is None:
        inputs = flat_messages(attributes, "gen_ai.prompt.") or _plain(attributes, "gen_ai.tool.call.arguments")
    if outputs is None:
        outputs = flat_messages(attributes, "gen_ai.completion.")
    if outputs is None:
        outputs = _plain(attributes, "gen_ai.tool.call.result", "gen_ai.retrieval.documents")
    return inputs, outputs


def _messages(attributes: Mapping[str, Json], key: str) -> Json:
    value = decoded(attributes.get(key))
    return conversation(value) or value


def _plain(attributes: Mapping[str, Json], *keys: str) -> Json:
    return next((decoded(attributes[key]) for key in keys if attributes.get(key) is not None), None)


def _event_content(events: list[SpanEvent]) -> tuple[Json, Json]:
    inputs: Json = None
    outputs: Json = None
    asked: list[Json] = []
    answered: list[Json] = []
    for event in events:
        if event.name == DETAILS:
            inputs, outputs = content(event.attributes)
        elif event.name in _MESSAGE_EVENTS:
            asked.append({"role": event.name.split(".")[1], **_body(event)})
        elif event.name == CHOICE:
            body = _body(event)
            message = body.get("message")
            answered.append({"role": "assistant", **(message if isinstance(message, Mapping) else body)})
        elif event.name == "gen_ai.content.prompt":
            inputs = _messages(event.attributes, "gen_ai.prompt")
        elif event.name == "gen_ai.content.completion":
            outputs = _messages(event.attributes, "gen_ai.completion")
    if inputs is None and asked:
        inputs = conversation(asked)
    if outputs is None and answered:
        outputs = conversation(answered)
    return inputs, outputs


def _body(event: SpanEvent) -> dict[str, Json]:
    """A message event's fields: in the body of a log record, or in the attributes of a span event."""
    body = event.attributes.get("body")
    fields = body if isinstance(body, Mapping) else event.attributes
    return {key: decoded(value) if key in ("message", "tool_calls") else value for key, value in fields.items()}


DIALECT = Dialect("gen_ai", frozenset({"gen_ai"}), read)
