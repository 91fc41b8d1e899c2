"""The engine: the store's SQLite file asked through the emitter, each call under a deadline."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from spanglass.engines.base import Bucket, Cancel, Explanation, Page, RowId, RowPage, TraceNumber, VocabularyEntry
from spanglass.engines.sqlite import columns, deadline, depth, functions, known, rows, search, text
from spanglass.engines.sqlite.explain import explanation
from spanglass.entities import Trace, TraceInfo, TraceTable
from spanglass.filters.algebra import ALL_TRACES, Column, Query
from spanglass.limits import DEFAULT_PAGE, INDEX_BEFORE_S
from spanglass.store import Store

if TYPE_CHECKING:
    from spanglass.engines.sqlite import narrow


class SqliteEngine:
    """Answers resolved queries from a store.

    Every call may raise DeadlineExceeded, Cancelled or, for what cannot be said in SQL, Refused; the store
    stays usable. A query that is given no ``deadline_s`` has ``limits.DEFAULT_DEADLINE_S`` seconds.

    >>> import tempfile
    >>> from spanglass.entities import Batch, Span
    >>> from spanglass.filters.algebra import ALL_TRACES
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as store:
    ...     _ = store.write(Batch([Span("t1", "s1", "search"), Span("t2", "s1", "search", start_time_ns=10**9)]))
    ...     SqliteEngine(store).search(ALL_TRACES).ids
    [('t2',), ('t1',)]
    """

    name = "sqlite"

    def __init__(self, store: Store) -> None:
        self.store = store
        store.on_connect(functions.register)

    @contextmanager
    def _asking(
        self, cancel: Cancel | None = None, deadline_s: float | None = None, *, query: Query = ALL_TRACES
    ) -> Iterator[sqlite3.Connection]:
        if any(map(text.is_search, depth.inside(query.where, query.spans))):
            self.store.refresh()
            self.store.index_words(INDEX_BEFORE_S)
        unfinished = self.store.connection.in_transaction
        try:
            # What a statement is made from and what it then reads is one state of the file.
            with (
                self.store.snapshot() as connection,
                deadline.limited(connection, cancel, deadline_s, query.conjuncts),
            ):
                yield connection
        finally:
            if unfinished:
                known.forget()

    def _held(self) -> narrow.Columns:
        """The columns to count from; what a transaction sees that may be undone is none of the others' business."""
        # Not before something is counted: an explorer opens sooner without loading numpy.
        from spanglass.engines.sqlite import narrow

        return narrow.Columns() if self.store.connection.in_transaction else narrow.columns_of(self.store)

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
        """A page of ids: the first one, the one after ``token``, or the one that begins at row ``at`` (0-based).

        Without ``limit`` all that is left is one page. Raises PageTokenError for another query's token.
        """
        with self._asking(cancel, deadline_s, query=query) as connection:
            return search.search(connection, query, limit=limit, token=token, at=at)

    def count(self, query: Query, *, cancel: Cancel | None = None, deadline_s: float | None = None) -> int:
        """How many rows the query has in all."""
        with self._asking(cancel, deadline_s, query=query) as connection:
            return search.count(connection, query)

    def rows(
        self,
        query: Query,
        ids: Sequence[RowId],
        columns: Sequence[Column] = (),
        *,
        cancel: Cancel | None = None,
    ) -> RowPage:
        """What the explorer shows of these rows; those that are gone by now are left out."""
        with self._asking(cancel) as connection:
            return rows.rows(connection, ids, columns)

    def infos(self, trace_ids: Sequence[str]) -> list[TraceInfo]:
        """The infos of these traces, in this order; unknown ids are left out."""
        return self.store.trace_infos(trace_ids)

    def traces(self, trace_ids: Sequence[str]) -> list[Trace]:
        """These traces, in this order, their spans read when touched; unknown ids are left out."""
        return self.store.traces(trace_ids)

    def table(self, numbers: Sequence[int]) -> TraceTable:
        """The traces with these numbers (``Page.numbers``) column by column; those that are gone are left out."""
        return self.store.table(numbers)

    def columns(
        self,
        ids: Sequence[RowId] | Sequence[TraceNumber],
        columns: Sequence[Column],
        *,
        cancel: Cancel | None = None,
    ) -> Iterator[list[Any]]:
        """For each column the list of its values, one per id or number, None where there is none.

        An array at the end of a path is one value, unless ``pick`` is ``max`` or ``min``; ``first`` and
        ``last`` pass over what is missing, and ``error`` takes the first value of a span that failed.
        """
        with self._asking(cancel) as connection:
            found = _columns(connection, ids, columns)
        yield from found

    def histogram(
        self, query: Query, *, buckets: int = 60, cancel: Cancel | None = None, deadline_s: float | None = None
    ) -> list[Bucket]:
        """The answer's traces over time."""
        from spanglass.engines.sqlite import facets

        held = self._held()
        with self._asking(cancel, deadline_s, query=query) as connection:
            return facets.histogram(connection, held, query, buckets)

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
        from spanglass.engines.sqlite import facets

        held = self._held()
        with self._asking(cancel, deadline_s, query=query) as connection:
            return [facets.facet(connection, held, query, field, top) for field in fields]

    def vocabulary(
        self, scope: str, key: str | None = None, *, prefix: str = "", top: int = 50
    ) -> list[VocabularyEntry]:
        """Keys seen in a scope, or the values seen under one key of it, that begin with ``prefix`` in any case.

        The values of a trace's own field are those of ``key`` in the scope ``trace``, and, of the newest
        ``MAX_REFINED`` traces alone, in ``newest``; in ``linked`` the run ``key`` has the number of traces that are
        linked to it.
        """
        from spanglass.engines.sqlite import facets

        with self._asking() as connection:
            return facets.vocabulary(connection, scope, key, prefix, top)

    def why_empty(
        self, query: Query, *, cancel: Cancel | None = None, deadline_s: float | None = None
    ) -> list[tuple[str, int]]:
        """For each top-level conjunct its text and how many traces it matches alone."""
        with self._asking(cancel, deadline_s, query=query) as connection:
            return [(part.text, search.count_traces(connection, part.where)) for part in query.conjuncts]

    def explain(self, query: Query, *, mode: Literal["page", "count"] = "page") -> Explanation:
        """The statement that would be run, its values, and SQLite's plan for it in words."""
        with self._asking(query=query) as connection:
            if mode == "page":
                statement = search.page_statement(connection, query, rows=query.limit or DEFAULT_PAGE)
            else:
                statement = search.count_statement(connection, query)
            return explanation(connection, statement)


_columns = columns.columns
