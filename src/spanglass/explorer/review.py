"""A review: the traces that somebody goes through to label them, whatever becomes of them meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from spanglass.filters.algebra import And, Const, Field, In, Query, Type

_TRACE_ID = Field("trace", "trace_id", Type.TEXT)


class Review:
    """The traces to be labelled, fixed when it begins, in the order in which they are gone through.

    ``text`` is the filter that found them, ``before`` how many more there would be, had they not been labelled already.

    >>> review = Review("", ["a", "b", "c"], before=7)
    >>> review.mark(["a", "b"], ["b"])
    >>> review.labelled, review.total, review.after("b"), review.after("c")
    (8, 10, 'c', 'a')
    """

    def __init__(self, text: str, trace_ids: Sequence[str], before: int) -> None:
        self.text = text
        self._places = {trace_id: place for place, trace_id in enumerate(trace_ids)}
        self._ids = list(trace_ids)
        self._before = before
        self._done: set[str] = set()
        self._where = In(_TRACE_ID, tuple([Const(trace_id) for trace_id in trace_ids]))

    @property
    def labelled(self) -> int:
        """How many traces have all their labels."""
        return self._before + len(self._done)

    @property
    def total(self) -> int:
        """How many traces there are to be labelled in all."""
        return self._before + len(self._ids)

    def narrow(self, query: Query) -> Query:
        """The query that finds only what is under review."""
        return replace(query, where=And((query.where, self._where)))

    def mark(self, asked: Iterable[str], labelled: Iterable[str]) -> None:
        """Of the traces ``asked`` about, these have all their labels."""
        mine = self._places.keys() & set(asked)
        self._done = (self._done - mine) | (mine & set(labelled))

    def after(self, trace_id: str | None) -> str | None:
        """The next trace that lacks a label, from the first one again after the last; None when none does."""
        place = self._places.get(trace_id, -1) if trace_id is not None else -1
        turned = [*self._ids[place + 1 :], *self._ids[: place + 1]]
        return next((each for each in turned if each not in self._done), None)
