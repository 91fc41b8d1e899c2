"""What spans say of their traces, gathered: sessions and users land on whichever span a library made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from spanglass.entities import Batch, Json, Span, TraceFacts
from spanglass.limits import SPANS_PER_BATCH


@dataclass(slots=True, repr=False)
class Hoisted:
    """What a span says of its trace; None, or empty, where it says nothing."""

    trace_name: str | None = None
    request: Json = None
    response: Json = None
    session_id: str | None = None
    user_id: str | None = None
    tags: dict[str, str | None] = field(default_factory=dict)
    metadata: dict[str, str | None] = field(default_factory=dict)

    def __repr__(self) -> str:
        said = {name: getattr(self, name) for name in self.__slots__}
        return f"Hoisted({', '.join(f'{name}={value!r}' for name, value in said.items() if value)})"

    def __bool__(self) -> bool:
        return self is not NOTHING


NOTHING = Hoisted()
"""What most spans say of their trace. Shared, so never written to."""

_FIELDS = {  # ours → the trace's
    "trace_name": "name",
    "request": "request",
    "response": "response",
    "session_id": "session_id",
    "user_id": "user_id",
    "tags": "tags",
    "metadata": "metadata",
}
_Rank = tuple[bool, int, str]


class Hoists:
    """For each trace the best word on each fact: the root's, else that of the earliest span that has one.

    >>> hoists = Hoists()
    >>> hoists.add(Span("t", "b", "chat", parent_id="a", start_time_ns=5), Hoisted(session_id="late"))
    >>> hoists.add(Span("t", "a", "main", start_time_ns=9), Hoisted(session_id="root"))
    >>> [facts.session_id for facts in hoists.facts()]
    ['root']
    """

    __slots__ = ("_best",)

    def __init__(self) -> None:
        self._best: dict[str, dict[str, tuple[_Rank, Json]]] = {}

    def add(self, span: Span, hoisted: Hoisted) -> None:
        """Weigh what ``span`` says of its trace."""
        if hoisted is NOTHING:
            return
        rank = (span.parent_id is not None, span.start_time_ns, span.span_id)
        best = self._best.setdefault(span.trace_id, {})
        for name in _FIELDS:
            value = getattr(hoisted, name)
            if value is None or value == {}:
                continue
            held = best.get(name)
            if held is None or rank < held[0]:
                best[name] = (rank, value)

    def facts(self) -> Iterator[TraceFacts]:
        """One TraceFacts for each trace of which something was said."""
        for trace_id, best in self._best.items():
            facts = TraceFacts(trace_id)
            for name, (_, value) in best.items():
                setattr(facts, _FIELDS[name], value)
            yield facts


def in_batches(spans: Iterable[tuple[Span, Hoisted]]) -> Iterator[Batch]:
    """Spans in batches to be written at once, and at the end what they say of their traces.

    >>> [batch] = in_batches([(Span("t", "a", "main"), Hoisted(session_id="s"))])
    >>> len(batch.spans), batch.traces[0].session_id
    (1, 's')
    """
    hoists, batch = Hoists(), Batch()
    for span, hoisted in spans:
        hoists.add(span, hoisted)
        batch.spans.append(span)
        if len(batch.spans) >= SPANS_PER_BATCH:
            yield batch
            batch = Batch()
    batch.traces.extend(hoists.facts())
    if batch:
        yield batch
