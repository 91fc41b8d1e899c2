"""Recording a block of code by hand, and saying things about the trace that one is in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from spanglass.capture.report import warn
from spanglass.entities import TraceFacts, TraceStatus

if TYPE_CHECKING:
    from spanglass.capture.live import Block, LiveSpan

SESSION, USER = "mlflow.trace.session", "mlflow.trace.user"
"""The metadata keys under which MLflow keeps a trace's session and user."""


def start_span(name: str = "span", span_type: str | None = None, attributes: Mapping[str, Any] | None = None) -> Block:
    """Record a block of code as a span: a child of the one it stands in, else the first of a new trace.

    Args:
        name: what it is called.
        span_type: one of ``SpanType``, or any other text.
        attributes: anything to record with it.

    Returns:
        A context manager that gives the span: ``set_inputs``, ``set_outputs``, ``set_attribute(s)``,
        ``set_status``, ``record_exception``, ``add_event``, ``span_id``, ``trace_id``.

    An exception that leaves the block marks span and trace ERROR, is recorded as the event ``exception``, and goes
    on its way.

    >>> with start_span("search", span_type="RETRIEVER") as span:
    ...     span.set_inputs({"query": "spans"})
    ...     span.set_outputs(["a document"])
    """
    from spanglass.capture.live import Block, first_attributes, typed
    from spanglass.capture.snapshot import text

    return Block(text(name), typed(span_type), first_attributes(attributes))


def get_current_active_span() -> LiveSpan | None:
    """The span that is being recorded here and now, whoever began it; None outside of any.

    >>> get_current_active_span() is None
    True
    """
    if "opentelemetry.sdk.trace" not in sys.modules:  # then nothing is being recorded
        return None
    from opentelemetry.trace import get_current_span

    from spanglass.capture.live import LiveSpan

    span = get_current_span()
    return LiveSpan(span) if span.is_recording() else None


def get_last_active_trace_id() -> str | None:
    """The id of the trace that this process finished last, in whichever thread; None before the first.

    >>> with start_span("greet") as span:
    ...     pass
    >>> get_last_active_trace_id() == span.trace_id
    True
    """
    if "opentelemetry.sdk.trace" not in sys.modules:
        return None
    from spanglass.capture.provider import processor

    return processor().recordings.last_finished


def update_current_trace(
    tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    client_request_id: str | None = None,
    request_preview: str | None = None,
    response_preview: str | None = None,
    state: str | None = None,
    session_id: str | None = None,
    user: str | None = None,
    name: str | None = None,
) -> None:
    """Say something about the trace that the calling code is in. Outside of a trace: a warning.

    Args:
        tags: texts to label it with; they can be changed later. None as a value takes a tag away.
        metadata: texts that belong to it.
        client_request_id: the id that the caller's own system knows it by.
        request_preview, response_preview: what lists shall show in place of request and response.
        state: ``"OK"`` or ``"ERROR"``, in place of what the spans say.
        session_id: the conversation that it is part of.
        user: who it was done for.
        name: a name for it in place of its first span's.

    >>> with start_span("greet"):
    ...     update_current_trace(tags={"person": "Tom"})
    """
    span = get_current_active_span()
    facts = TraceFacts(span.trace_id if span is not None else "")
    _text_facts(facts, tags, metadata)
    if state is not None:
        state = _text(getattr(state, "value", state)).upper()
        if state not in (TraceStatus.OK, TraceStatus.ERROR):
            warn(f"a trace's state is 'OK' or 'ERROR', not {state!r}")
        else:
            facts.status = state
    if session_id is not None:
        facts.session_id = facts.metadata[SESSION] = _text(session_id)
    if user is not None:
        facts.user_id = facts.metadata[USER] = _text(user)
    for field, value in (
        ("client_request_id", client_request_id),
        ("request_preview", request_preview),
        ("response_preview", response_preview),
        ("name", name),
    ):
        if value is not None:
            setattr(facts, field, _text(value))
    if span is None or not _tell(facts):
        warn("update_current_trace() was called outside of a trace: nothing was recorded")


def _tell(facts: TraceFacts) -> bool:
    from spanglass.capture.provider import processor

    return processor().tell(int(facts.trace_id, 16), facts)


def _text_facts(facts: TraceFacts, tags: Mapping[str, Any] | None, metadata: Mapping[str, Any] | None) -> None:
    for kept, given in ((facts.tags, tags), (facts.metadata, metadata)):
        if given is None:
            continue
        try:
            items = list(given.items())
        except Exception:  # whatever a foreign object does
            warn(f"tags and metadata are dicts, not {type(given).__name__}", stacklevel=3)
            continue
        for key, value in items:
            kept[_text(key)] = None if value is None else _text(value)
    if SESSION in facts.metadata:
        facts.session_id = facts.metadata[SESSION]
    if USER in facts.metadata:
        facts.user_id = facts.metadata[USER]


def _text(value: Any) -> str:
    """A text as it is, anything else as JSON text, or its own text if that is what it becomes."""
    from spanglass.capture.snapshot import dump, plain

    copied = plain(value)
    return copied if isinstance(copied, str) else dump(copied)
