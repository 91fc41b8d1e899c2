"""What a span is: one timed operation of a trace, with what went in and what came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = Any
"""A value that JSON can hold: None, bool, int, float, str, list or dict of such."""


class SpanType:
    """The kinds of span that tools know by name. Any other string is allowed too."""

    LLM = "LLM"
    CHAIN = "CHAIN"
    AGENT = "AGENT"
    TOOL = "TOOL"
    CHAT_MODEL = "CHAT_MODEL"
    RETRIEVER = "RETRIEVER"
    PARSER = "PARSER"
    EMBEDDING = "EMBEDDING"
    RERANKER = "RERANKER"
    MEMORY = "MEMORY"
    WORKFLOW = "WORKFLOW"
    TASK = "TASK"
    GUARDRAIL = "GUARDRAIL"
    EVALUATOR = "EVALUATOR"
    UNKNOWN = "UNKNOWN"


class SpanStatus:
    """The status codes of OpenTelemetry, which a span's ``status`` holds as text."""

    UNSET = "UNSET"
    OK = "OK"
    ERROR = "ERROR"


@dataclass(slots=True)
class SpanEvent:
    """Something that happened at one moment inside a span, an exception for instance.

    ``timestamp_ns`` is Unix time in nanoseconds.
    """

    name: str
    timestamp_ns: int = 0
    attributes: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Link:
    """A pointer from a span to a span of another (or the same) trace."""

    trace_id: str
    span_id: str
    attributes: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Span:
    """One timed operation.

    ``trace_id`` and ``span_id`` are text: lower-case hex when the source had 16 and 8 bytes, else as the
    source wrote them. Times are Unix nanoseconds; ``end_time_ns`` is None while the span is running.
    ``attributes`` holds everything the source recorded; ``span_type``, ``inputs``, ``outputs``, ``model``,
    the token counts and ``cost`` (US dollars) are read from them by the dialect named in ``dialect``.

    >>> span = Span("t1", "s1", "search", start_time_ns=0, end_time_ns=2_500_000)
    >>> span.duration_ms
    2.5
    """

    trace_id: str
    span_id: str
    name: str
    parent_id: str | None = None
    span_type: str = SpanType.UNKNOWN
    status: str = SpanStatus.UNSET
    status_message: str = ""
    start_time_ns: int = 0
    end_time_ns: int | None = None
    inputs: Json = None
    outputs: Json = None
    attributes: dict[str, Json] = field(default_factory=dict)
    events: list[SpanEvent] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    scope: str = ""
    resource: dict[str, Json] = field(default_factory=dict)
    dialect: str = ""

    @property
    def request_id(self) -> str:
        """The trace's id, under the name MLflow 2 gave it."""
        return self.trace_id

    @property
    def tokens(self) -> int | None:
        """Input and output tokens together; None when neither is known."""
        if self.input_tokens is None and self.output_tokens is None:
            return None
        return (self.input_tokens or 0) + (self.output_tokens or 0)

    @property
    def duration_ns(self) -> int | None:
        """From start to end in nanoseconds; None while running. Never negative, whatever the clocks said."""
        return None if self.end_time_ns is None else max(0, self.end_time_ns - self.start_time_ns)

    @property
    def duration_ms(self) -> float | None:
        """From start to end in milliseconds; None while running."""
        return None if self.duration_ns is None else self.duration_ns / 1e6

    def get_attribute(self, key: str) -> Json:
        """The attribute named ``key``, or None."""
        return self.attributes.get(key)
