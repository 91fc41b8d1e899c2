"""OpenLLMetry (Traceloop): decorated functions. Its model calls speak the GenAI conventions."""

from __future__ import annotations

from spanglass.entities import Span, SpanType
from spanglass.formats.dialects.reading import Dialect, Reading, first_text, starting_with
from spanglass.formats.values import decoded

_TYPES = {
    "workflow": SpanType.WORKFLOW,
    "task": SpanType.TASK,
    "agent": SpanType.AGENT,
    "tool": SpanType.TOOL,
}
_PROPERTIES = "traceloop.association.properties."


def read(span: Span) -> Reading | None:
    """What the decorators wrote. Association properties become the trace's metadata."""
    attributes = span.attributes
    kind = attributes.get("traceloop.span.kind")
    metadata = starting_with(attributes, _PROPERTIES)
    session, user = metadata.pop("session_id", None), metadata.pop("user_id", None)
    return Reading(
        span_type=_TYPES.get(kind) if isinstance(kind, str) else None,
        inputs=decoded(attributes.get("traceloop.entity.input")),
        outputs=decoded(attributes.get("traceloop.entity.output")),
        trace_name=first_text(attributes, "traceloop.workflow.name"),
        session_id=session,
        user_id=user,
        metadata=metadata,
    )


DIALECT = Dialect("traceloop", frozenset({"traceloop"}), read)
