"""A span that is being recorded, and the block that it lives in."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from contextvars import Token
from types import TracebackType
from typing import Any

from opentelemetry import trace as api
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import StatusCode, set_span_in_context

from spanglass.capture.convert import JSON_KEYS
from spanglass.capture.provider import tracer
from spanglass.capture.report import said, warn
from spanglass.capture.snapshot import dump, plain, snapshot, text
from spanglass.entities import Json, SpanEvent, SpanStatus, SpanType
from spanglass.formats.dialects import own
from spanglass.limits import MAX_TRACEBACK_CHARS, MAX_TRACEBACK_FRAMES

_FLAT = (str, bool, int, float)


class LiveSpan:
    """A span that is being recorded. None of its methods raises, whatever they are given."""

    __slots__ = ("_span",)

    def __init__(self, span: api.Span) -> None:
        self._span = span

    @property
    def span_id(self) -> str:
        """Its id: 16 hex digits."""
        return api.format_span_id(self._span.get_span_context().span_id)

    @property
    def trace_id(self) -> str:
        """The id of its trace: 32 hex digits."""
        return api.format_trace_id(self._span.get_span_context().trace_id)

    @property
    def request_id(self) -> str:
        """The trace's id, under the name MLflow 2 gave it."""
        return self.trace_id

    @property
    def name(self) -> str:
        """What it is called."""
        return str(getattr(self._span, "name", ""))

    def set_inputs(self, inputs: Any) -> None:
        """What goes in: any value, copied now."""
        self._span.set_attribute(own.INPUTS, snapshot(inputs))

    def set_outputs(self, outputs: Any) -> None:
        """What comes out: any value, copied now."""
        self._span.set_attribute(own.OUTPUTS, snapshot(outputs))

    def set_span_type(self, span_type: str) -> None:
        """What kind of operation it is: one of ``SpanType``, or any other text."""
        self._span.set_attribute(own.SPAN_TYPE, text(span_type))

    def set_attribute(self, key: str, value: Any) -> None:
        """Record ``value``, of any type, under ``key``."""
        key = text(key)
        if type(value) in _FLAT:
            self._span.set_attribute(key, value)
            return
        self._span.set_attribute(key, snapshot(value))
        known = (getattr(self._span, "attributes", None) or {}).get(JSON_KEYS, ())
        if key not in known:
            self._span.set_attribute(JSON_KEYS, (*known, key))

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Record several."""
        for key, value in _items(attributes):
            self.set_attribute(key, value)

    def set_status(self, status: Any, description: str | None = None) -> None:
        """Say how it went: ``"OK"`` or ``"ERROR"``, as text or as OpenTelemetry's or MLflow's status."""
        code = getattr(status, "status_code", status)
        name = text(getattr(code, "name", code)).upper().removeprefix("STATUS_CODE_")
        if name not in (SpanStatus.OK, SpanStatus.ERROR, SpanStatus.UNSET):
            warn(f"a span's status is 'OK' or 'ERROR', not {name!r}")
            return
        if description is None:
            description = getattr(status, "description", None)
        # OpenTelemetry takes a description with ERROR only.
        described = text(description) if description and name == SpanStatus.ERROR else None
        self._span.set_status(StatusCode[name], described)

    def record_exception(self, exception: BaseException | str) -> None:
        """Add the event ``exception`` with type, message and stack trace, and set the status to ERROR."""
        if isinstance(exception, BaseException):
            attributes = _described(exception)
            message = said(exception)
        else:
            message = text(exception)
            attributes = {"exception.message": message}
        self._span.add_event("exception", attributes)
        self._span.set_status(StatusCode.ERROR, message)

    def add_event(
        self, name: str | SpanEvent, attributes: Mapping[str, Any] | None = None, timestamp_ns: int | None = None
    ) -> None:
        """Record that something happened now, or at ``timestamp_ns`` (Unix time in nanoseconds)."""
        if isinstance(name, SpanEvent):
            event = name
            name, attributes, timestamp_ns = event.name, event.attributes, event.timestamp_ns or timestamp_ns
        flat = {text(key): flat_value(value) for key, value in _items(attributes)}
        self._span.add_event(text(name), flat, timestamp_ns)

    def __repr__(self) -> str:
        return f"LiveSpan(name={self.name!r}, trace_id={self.trace_id!r}, span_id={self.span_id!r})"


_NOT_BEGUN = LiveSpan(api.INVALID_SPAN)


class Block:
    """A span from the entering of a block to its leaving. Usable once, on the way in and out.

    ``attributes`` are those that a sampler may want to see. The span's type and its ``inputs``, as JSON text, are
    set once it has begun: OpenTelemetry takes eight times as long for an attribute that a span begins with.
    """

    __slots__ = ("_attributes", "_inputs", "_live", "_name", "_span_type", "_token")

    def __init__(
        self, name: str, span_type: str, attributes: dict[str, Any] | None = None, inputs: str | None = None
    ) -> None:
        self._name = name
        self._span_type = span_type
        self._attributes = attributes
        self._inputs = inputs
        self._live = _NOT_BEGUN
        self._token: Token[Context] | None = None

    def __enter__(self) -> LiveSpan:
        live = self.start()
        if live is not _NOT_BEGUN:
            self._token = attach(set_span_in_context(live._span))
        return live

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A generator that is closed early did all that was asked of it.
        self.end(None if isinstance(error, GeneratorExit) else error)
        if self._token is not None:
            self.pause()

    def start(self) -> LiveSpan:
        """Begin the span, without making it the current one."""
        try:
            span = tracer().start_span(self._name, attributes=self._attributes)
            if self._inputs is not None:
                span.set_attribute(own.INPUTS, self._inputs)
            span.set_attribute(own.SPAN_TYPE, self._span_type)
            self._live = LiveSpan(span)
        except Exception as error:  # a sampler or another processor failed: no concern of the recorded code
            warn(f"the span {self._name!r} could not be recorded: {said(error)}")
        return self._live

    def resume(self) -> None:
        """Make it the current span of this context."""
        if self._live is not _NOT_BEGUN:
            self._token = attach(set_span_in_context(self._live._span))

    def pause(self) -> None:
        """Make the span before it the current one again."""
        if self._token is not None:
            token, self._token = self._token, None
            detach(token)

    def end(self, error: BaseException | None = None) -> None:
        """Complete the span, with the error if there is one."""
        span = self._live._span
        try:
            if error is not None:
                self._live.record_exception(error)
            span.end()
        except Exception as failure:
            warn(f"the span {self._name!r} could not be completed: {said(failure)}")


def typed(span_type: str | None) -> str:
    """A span's type as text."""
    if span_type is None:
        return SpanType.UNKNOWN
    return text(span_type if type(span_type) is str else plain(span_type))


def first_attributes(attributes: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The attributes that a span begins with, as OpenTelemetry takes them: flat; None for none."""
    flat: dict[str, Any] = {}
    json_keys = []
    for key, value in _items(attributes):
        key = text(key)
        if type(value) in _FLAT:
            flat[key] = value
        else:
            flat[key] = snapshot(value)
            json_keys.append(key)
    if json_keys:
        flat[JSON_KEYS] = tuple(json_keys)
    return flat or None


def flat_value(value: Any) -> Any:
    """``value`` if OpenTelemetry takes it everywhere, else its JSON text, or its text if that is what it becomes."""
    if type(value) in _FLAT:
        return value
    copied: Json = plain(value)
    return copied if type(copied) in _FLAT else dump(copied)


def _items(attributes: Mapping[str, Any] | None) -> list[tuple[Any, Any]]:
    if attributes is None:
        return []
    try:
        return list(attributes.items())
    except Exception as error:
        warn(f"attributes are a dict, not {type(attributes).__name__} ({said(error)})", stacklevel=3)
        return []


def _described(error: BaseException) -> dict[str, str]:
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    try:
        trace = "".join(traceback.format_exception(kind, error, error.__traceback__, limit=-MAX_TRACEBACK_FRAMES))
    except Exception as failure:
        trace = f"(no stack trace: {said(failure)})"
    return {
        "exception.type": text(f"{module}{kind.__qualname__}"),
        "exception.message": text(error),
        "exception.stacktrace": text(trace[-MAX_TRACEBACK_CHARS:]),
    }
