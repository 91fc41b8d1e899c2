"""Logfire and Pydantic AI. A Logfire span's name is a template; its message is what people know it by."""

from __future__ import annotations

from collections.abc import Mapping

from spanglass.entities import Json, Span, SpanStatus
from spanglass.formats.dialects.messages import conversation
from spanglass.formats.dialects.reading import Dialect, Reading, first_text, tags_of
from spanglass.formats.values import decoded, integer, number

ERROR_LEVEL = 17
PENDING = "pending_span"  # a placeholder written when a span starts; the span itself follows


def read(span: Span) -> Reading | None:
    """Name, tags, level, and the conversation of Pydantic AI's older attributes."""
    attributes = span.attributes
    level = integer(attributes.get("logfire.level_num"))
    inputs, outputs = _exchange(decoded(attributes.get("events")))
    if inputs is None:
        inputs = decoded(attributes.get("tool_arguments"))
    if outputs is None:
        outputs = decoded(attributes.get("tool_response", attributes.get("final_result")))
    return Reading(
        name=first_text(attributes, "logfire.msg"),
        status=SpanStatus.ERROR if level is not None and level >= ERROR_LEVEL else None,
        inputs=inputs,
        outputs=outputs,
        cost=number(attributes.get("operation.cost")),
        tags=tags_of(attributes.get("logfire.tags")),
    )


def _exchange(events: Json) -> tuple[Json, Json]:
    """Prompt and answer from Pydantic AI's list of message events."""
    if not isinstance(events, list):
        return None, None
    asked = [event for event in events if isinstance(event, Mapping) and "message" not in event]
    answered = [event["message"] for event in events if isinstance(event, Mapping) and "message" in event]
    return conversation(asked), conversation(answered)


DIALECT = Dialect("logfire", frozenset({"logfire"}), read)
