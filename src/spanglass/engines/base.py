"""The one seam between questions and stores: what an engine can be asked.

An engine answers a resolved ``Query`` (``filters.algebra``) or refuses by name what it cannot do: it never
gives a silently different answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from spanglass.entities import Trace, TraceInfo, TraceTable
from spanglass.filters.algebra import Column, Query


class EngineError(Exception):
    """An engine could not answer. The text says what, where and what to do instead."""


class Refused(EngineError):
    """This engine cannot answer this kind of question; the text names it."""


class DeadlineExceeded(EngineError):
    """The query ran out of time and was stopped."""


class Cancelled(EngineError):
    """The query was cancelled by the one who asked."""


class PageTokenError(EngineError, ValueError):
    """A page token that is damaged, or that belongs to another query."""


class Cancel:
    """A switch that stops a running query from another thread.

    >>> cancel = Cancel()
    >>> cancel.cancel()
    >>> cancel.cancelled
    True
    """

    __slots__ = ("_callbacks", "cancelled")

    def __init__(self) -> None:
        self.cancelled = False
        self._callbacks: list[Any] = []

    def on_cancel(self, callback: Any) -> None:
        """Have ``callback()`` called once, when (or, if it has happened already, as soon as) cancelled."""
        self._callbacks.append(callback)
        if self.cancelled:
            callback()

    def cancel(self) -> None:
        """Stop whatever runs under this switch."""
        self.cancelled = True
        for callback in self._callbacks:
            callback()


RowId = tuple[str, ...]
"""``(trace_id,)`` in traces mode, ``(trace_id, span_id)`` in spans mode."""

TraceNumber = tuple[int]
"""``(number,)``: a trace by what the store itself calls it."""


@dataclass(slots=True)
class Page:
    """Some rows of an answer, in order. ``token`` leads to the next page; None when there is none.

    ``numbers`` are what the store itself calls traces, in traces mode: ``table`` and ``columns`` find them sooner.
    """

    ids: list[RowId]
    token: str | None = None
    numbers: list[int] = field(default_factory=list, compare=False)


@dataclass(slots=True)
class Bucket:
    """One bar of a histogram over start times, ``[start_ms, end_ms)``."""

    start_ms: int
    end_ms: int
    count: int
    errors: int
    p50_ms: float | None
    p95_ms: float | None


_SHOWN_VALUE = 200  # characters: a list of traces can be very long


@dataclass(slots=True, repr=False)
class Explanation:
    """What a query means in plain words (``gloss``), and what an engine would do with it: its own text of it, and
    which part is answered how. ``meanings`` says by place what a value stands for that is no value of the filter's
    own, such as the number that a name has in the store. ``str()`` shows all of it."""

    sql: str
    params: list[Any]
    plan: list[str]
    gloss: str = ""
    meanings: dict[int, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        parts = {
            "Plan": self.plan,
            "SQL": self.sql.split("\n"),
            "Values": [self._value(place) for place in range(len(self.params))],
        }
        shown = ("\n".join([name, *(f"  {line}" for line in lines)]) for name, lines in parts.items() if lines)
        return "\n\n".join([*([self.gloss] if self.gloss else []), *shown])

    def _value(self, place: int) -> str:
        value = f"{self.params[place]!r}"
        shown = value if len(value) <= _SHOWN_VALUE else f"{value[:_SHOWN_VALUE]}…"
        meaning = self.meanings.get(place)
        return f"?{place + 1} = {shown}" + (f": {meaning}" if meaning else "")


@dataclass(slots=True)
class VocabularyEntry:
    """A key or value that the store has seen, with the number of traces it was seen in."""

    label: str
    count: int
    type: str = ""


@dataclass(slots=True)
class RowPage:
    """Rows as the explorer draws them: one list per base column, all of the same length.

    ``cells`` holds one list per extra column asked for. Durations in milliseconds, times in Unix milliseconds.
    """

    trace_id: list[str] = field(default_factory=list)
    span_id: list[str] = field(default_factory=list)  # empty in traces mode
    time_ms: list[float] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    type: list[str] = field(default_factory=list)  # the span's type; the root's in traces mode
    status: list[str] = field(default_factory=list)
    duration_ms: list[float | None] = field(default_factory=list)
    tokens: list[int | None] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)
    cells: list[list[Any]] = field(default_factory=list)


class Engine(Protocol):
    """What can be asked of any store. ``cancel`` and ``deadline_s`` end a call with Cancelled or DeadlineExceeded."""

    name: str

    def search(
        self,
        query: Query,
        *,
        limit: int | None = None,
        token: str | None = None,
        at: int | None = None,
        cancel: Cancel | None = None,
        deadline_s: float | None = None,
    ) -> Page:
        """A page of ids: the first one, the one after ``token``, or the one that begins at row ``at`` (0-based)."""
        ...

    def count(self, query: Query, *, cancel: Cancel | None = None, deadline_s: float | None = None) -> int:
        """How many rows the query has in all."""
        ...

    def rows(
        self,
        query: Query,
        ids: Sequence[RowId],
        columns: Sequence[Column] = (),
        *,
        cancel: Cancel | None = None,
    ) -> RowPage:
        """What the explorer shows of these rows."""
        ...

    def infos(self, trace_ids: Sequence[str]) -> list[TraceInfo]:
        """The infos of these traces, in this order; unknown ids are left out."""
        ...

    def traces(self, trace_ids: Sequence[str]) -> list[Trace]:
        """These traces, in this order, their spans read when touched; unknown ids are left out."""
        ...

    def table(self, numbers: Sequence[int]) -> TraceTable:
        """The traces with these numbers (``Page.numbers``) column by column; those that are gone are left out."""
        ...

    def columns(
        self,
        ids: Sequence[RowId] | Sequence[TraceNumber],
        columns: Sequence[Column],
        *,
        cancel: Cancel | None = None,
    ) -> Iterator[list[Any]]:
        """For each column the list of its values, one per id or number, None where there is none.

        With ``pick="all"`` a value is the list of all of them. In spans mode a value that speaks of "this span"
        (``Field("span", …)``) is taken from the row's own span.
        """
        ...

    def histogram(
        self, query: Query, *, buckets: int = 60, cancel: Cancel | None = None, deadline_s: float | None = None
    ) -> list[Bucket]:
        """The answer's traces over time."""
        ...

    def facets(
        self,
        query: Query,
        fields: Sequence[Column],
        *,
        top: int = 10,
        cancel: Cancel | None = None,
        deadline_s: float | None = None,
    ) -> list[list[tuple[Any, int]]]:
        """For each field its most frequent values in the answer, with their counts."""
        ...

    def vocabulary(
        self, scope: str, key: str | None = None, *, prefix: str = "", top: int = 50
    ) -> list[VocabularyEntry]:
        """Keys seen in a scope (``tag``, ``metadata``, ``attribute``, ``resource``, ``feedback``, ``expectation``,
        ``inputs``, ``outputs``, ``span.name``, ``span.type``, …), or the values seen under one key of it."""
        ...

    def why_empty(
        self, query: Query, *, cancel: Cancel | None = None, deadline_s: float | None = None
    ) -> list[tuple[str, int]]:
        """For each top-level conjunct its text and how many traces it matches alone."""
        ...

    def explain(self, query: Query, *, mode: Literal["page", "count"] = "page") -> Explanation:
        """What would be done."""
        ...
