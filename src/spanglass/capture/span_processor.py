"""What OpenTelemetry calls when a span begins and ends."""

from __future__ import annotations

from typing import Any

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from spanglass.capture.recording import Recordings, Running
from spanglass.capture.report import said, warn
from spanglass.capture.writer import Writer
from spanglass.entities import TraceFacts
from spanglass.limits import FLUSH_TIMEOUT_S, SPAN_OVERHEAD_BYTES


class SpanglassProcessor(SpanProcessor):
    """Hands every span of the providers it is added to on to the store, whoever made the span.

    ``spanglass.capture.processor()`` gives the one of this process, for tools that want to be given a processor.
    """

    def __init__(self) -> None:
        self.recordings = Recordings()
        self._running = Running()
        self.writer = Writer(self._running)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """A span begins: its trace is under way."""
        try:
            if self.writer.is_writing_here():
                return
            context = span.context
            recording, first = self.recordings.span_started(context.trace_id)
            self._running.add(context.span_id, recording, span, first=first)
            self.writer.wake()
        except Exception as error:
            warn(f"the span {span.name!r} could not be recorded: {said(error)}")

    def on_end(self, span: ReadableSpan) -> None:
        """A span is complete: it can be written."""
        try:
            context = span.context
            self._running.discard(context.span_id)
            parent = span.parent
            recording = self.recordings.span_ended(context.trace_id, is_root=parent is None or parent.is_remote)
            if recording is not None:
                self.writer.put(recording, span, _size(span))
        except Exception as error:
            warn(f"the span {span.name!r} could not be recorded: {said(error)}")

    def tell(self, number: int, facts: TraceFacts) -> bool:
        """Write down something about a trace. False if it is none that is recorded here."""
        recording = self.recordings.get(number)
        if recording is None:
            return False
        recording.say(facts)
        self.writer.put(recording, facts, SPAN_OVERHEAD_BYTES)
        return True

    def force_flush(self, timeout_millis: int = int(FLUSH_TIMEOUT_S * 1000)) -> bool:
        """Write what was recorded so far. Whether all of it is written."""
        return self.writer.flush(timeout_millis / 1000)

    def shutdown(self) -> None:
        """Write what was recorded so far. Other providers may go on using this processor."""
        self.writer.flush()

    def after_fork_in_child(self) -> None:
        """Begin empty in a child process; its spans still go where their trace goes."""
        self._running.clear()
        self.recordings.after_fork_in_child()
        self.writer.after_fork_in_child()


def _size(span: ReadableSpan) -> int:
    """Roughly what a span weighs until it is written, in bytes."""
    size = SPAN_OVERHEAD_BYTES + _text_size(span._attributes)
    if span._events:
        for event in span._events:
            size += _text_size(event.attributes)
    return size


def _text_size(attributes: Any) -> int:
    """The characters in the texts among ``attributes``, which no longer change."""
    # Through the mapping's own interface this takes longer than all the rest that happens at the end of a span.
    values = getattr(attributes, "_dict", attributes)
    return sum([len(value) for value in values.values() if type(value) is str]) if values else 0
