"""What a trace is: a short description of it (TraceInfo) and, read when touched, its spans (TraceData)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spanglass.entities.assessment import Assessment
from spanglass.entities.span import Json, Span


class TraceStatus:
    """The states of a trace."""

    OK = "OK"
    ERROR = "ERROR"
    IN_PROGRESS = "IN_PROGRESS"
    UNSPECIFIED = "STATE_UNSPECIFIED"


@dataclass(slots=True)
class TraceInfo:
    """All that is known of a trace without reading its spans.

    ``timestamp_ms`` is Unix time; ``execution_time_ms`` whole milliseconds, None while the trace is running.
    ``request`` and ``response`` are decoded JSON. Every field also answers to the name that MLflow 3 gives it
    (``request_time``, ``state``, ``trace_metadata``, …).
    """

    trace_id: str
    experiment_id: str = "0"
    name: str = ""
    status: str = TraceStatus.OK
    timestamp_ms: int = 0
    execution_time_ms: int | None = None
    request: Json = None
    response: Json = None
    tags: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    assessments: list[Assessment] = field(default_factory=list)
    client_request_id: str | None = None
    session_id: str | None = None
    user_id: str | None = None
    run_id: str | None = None
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    tokens: int | None = None
    cost: float | None = None
    span_count: int = 0
    error_count: int = 0
    request_preview: str | None = None
    response_preview: str | None = None
    dialect: str = ""

    @property
    def request_id(self) -> str:
        """The trace's id, under the name MLflow 2 gave it."""
        return self.trace_id

    @property
    def state(self) -> str:
        """The status, under the name MLflow 3 gives it."""
        return self.status

    @property
    def request_time(self) -> int:
        """The start in Unix milliseconds, under the name MLflow 3 gives it."""
        return self.timestamp_ms

    @property
    def execution_duration(self) -> int | None:
        """The duration in whole milliseconds, under the name MLflow 3 gives it."""
        return self.execution_time_ms

    @property
    def request_metadata(self) -> dict[str, str]:
        """The metadata, under the name MLflow 2 gave it."""
        return self.metadata

    @property
    def trace_metadata(self) -> dict[str, str]:
        """The metadata, under the name MLflow 3 gives it."""
        return self.metadata


@dataclass(slots=True)
class TraceData:
    """The spans of a trace in preorder: a parent before its children, siblings by start time."""

    spans: list[Span] = field(default_factory=list)

    def root(self) -> Span | None:
        """The earliest span without a parent."""
        roots = [span for span in self.spans if span.parent_id is None]
        return min(roots, key=lambda span: span.start_time_ns, default=None)

    @property
    def request(self) -> Json:
        """What went into the root span."""
        root = self.root()
        return None if root is None else root.inputs

    @property
    def response(self) -> Json:
        """What came out of the root span."""
        root = self.root()
        return None if root is None else root.outputs


class Trace:
    """A trace: its ``info``, and its ``data``, which is read when it is first touched.

    >>> trace = Trace(TraceInfo("t1"), TraceData([Span("t1", "s1", "search", span_type="TOOL")]))
    >>> [span.name for span in trace.search_spans(span_type="TOOL")]
    ['search']
    """

    __slots__ = ("_data", "_info", "_load")

    def __init__(
        self,
        info: TraceInfo | Callable[[], TraceInfo],
        data: TraceData | None = None,
        *,
        load: Callable[[str], TraceData] | None = None,
    ) -> None:
        self._info = info
        self._data = data
        self._load = load

    @property
    def info(self) -> TraceInfo:
        """All that is known of the trace without its spans."""
        if not isinstance(self._info, TraceInfo):
            self._info = self._info()
        return self._info

    @property
    def data(self) -> TraceData:
        """The spans, read from the store the first time they are asked for."""
        if self._data is None:
            self._data = TraceData() if self._load is None else self._load(self.info.trace_id)
            self._load = None
        return self._data

    @property
    def trace_id(self) -> str:
        """The trace's id."""
        return self.info.trace_id

    @property
    def request_id(self) -> str:
        """The trace's id, under the name MLflow 2 gave it."""
        return self.info.trace_id

    def search_spans(
        self,
        span_type: str | None = None,
        name: str | re.Pattern[str] | None = None,
        span_id: str | None = None,
    ) -> list[Span]:
        """The spans that have this type, this name (a text, or a compiled pattern searched for) and this id."""

        def wanted() -> Iterator[Span]:
            for span in self.data.spans:
                if span_type is not None and span.span_type != span_type:
                    continue
                if span_id is not None and span.span_id != span_id:
                    continue
                if isinstance(name, re.Pattern):
                    if not name.search(span.name):
                        continue
                elif name is not None and span.name != name:
                    continue
                yield span

        return list(wanted())

    def to_dict(self) -> dict[str, Json]:
        """The whole trace as a plain dict, which ``from_dict`` reads back without loss.

        >>> Trace.from_dict(Trace(TraceInfo("t1", tags={"env": "test"})).to_dict()).info.tags
        {'env': 'test'}
        """
        from spanglass.entities.serial import trace_to_dict

        return trace_to_dict(self)

    def to_json(self) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Trace:
        """The trace that ``to_dict`` made ``data`` of. Raises ValueError for what is no such dict."""
        from spanglass.entities.serial import trace_from_dict

        return trace_from_dict(data)

    @classmethod
    def from_json(cls, text: str | bytes) -> Trace:
        """The trace that ``to_json`` made ``text`` of. Raises ValueError for what is no such text."""
        return cls.from_dict(json.loads(text))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trace):
            return NotImplemented
        return self.info == other.info and self.data == other.data

    __hash__ = None  # type: ignore[assignment]  # traces are mutable

    def __repr__(self) -> str:
        return f"Trace(trace_id={self.trace_id!r}, name={self.info.name!r}, status={self.info.status!r})"
