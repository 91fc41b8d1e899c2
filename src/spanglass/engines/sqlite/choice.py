"""The one place that decides whether a condition is asked of each trace, or its traces are listed first."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from spanglass.engines.sqlite import text
from spanglass.engines.sqlite.known import Answers, ask, known
from spanglass.filters.algebra import Predicate
from spanglass.store.rows import json_list

if TYPE_CHECKING:
    from spanglass.engines.sqlite.emitter import Emitter
    from spanglass.engines.sqlite.listings import Listing

Purpose = Literal["page", "count"]

_SHARE = 8
"""Counting reads the skeletons of all spans at the cost of looking up one trace in so many."""


_PASSED_OVER = 100
"""A text is looked for in one trace in the time in which more than so many others are passed over."""
_SAMPLE = 20
"""So many are asked before all are."""


class Choice:
    """Knows what a statement is for, and the store's own counts.

    A page needs its first matches only. If n of N traces match, asking each of the newest in turn looks at
    about page * N / n of them, listing the matches at n. So listing wins for n below sqrt(page * N). A count needs
    them all.
    """

    def __init__(self, connection: sqlite3.Connection, purpose: Purpose, page: int) -> None:
        self._connection = connection
        self.purpose = purpose
        self.said: list[str] = []  # of what was chosen, what SQLite's own plan does not show
        self._searched: dict[int, set[int] | None] = {}  # by the identity of the predicate
        self._page = page
        self._few: float | None = None
        self._answers: Answers | None = None
        self._symbols: dict[str, int | None] = {}

    def searched(self, node: Predicate) -> set[int] | None:
        """The traces in which a text may be that is searched for; None if any may."""
        if id(node) not in self._searched:
            found = text.candidates(self._connection, node)
            if found is not None:
                self.said.append(str(found))
            self._searched[id(node)] = None if found is None else found.rids
        return self._searched[id(node)]

    def asks_all(self, emitter: Emitter, rids: set[int], condition: str) -> bool:
        """Whether to ask all these traces at once, rather than the newest first until a page is full.

        ``condition`` is what is asked of a trace ``t``, empty where it can't be asked by itself.
        """
        if self.purpose == "count" or len(rids) <= self._page:
            return True
        if not condition or len(rids) * _PASSED_OVER > self._traces:
            return False
        # If it holds for none of some, it may for none at all, and the search for a page would go through all traces.
        some = emitter.bind(json_list(sorted(rids)[-_SAMPLE:]))
        return not self.read(
            emitter,
            f"SELECT 1 FROM trace t WHERE t.rid IN (SELECT value FROM json_each({some})) AND {condition} LIMIT 1",
        )

    @property
    def _known(self) -> Answers:
        """What the store said before, which is looked at only by those who would ask it."""
        if self._answers is None:
            self._answers = known(self._connection)
        return self._answers

    @property
    def few(self) -> float:
        """So many traces are listed sooner than all that are asked for are found by asking."""
        if self._few is None:
            traces = self._traces
            self._few = float(self._page * traces) ** 0.5 if self.purpose == "page" else traces / _SHARE
        return self._few

    @property
    def _traces(self) -> int:
        ((traces,),) = self._ask("SELECT coalesce(max(rid), 0) FROM trace")
        return int(traces)

    def lists(self, listing: Listing) -> bool:
        """Whether to make a list that answers a condition by itself, rather than to look up each trace in it."""
        return self.purpose == "count" or listing.traces <= self.few

    def symbol(self, text: str) -> int | None:
        """The number of a span's name, type or model, if there is one."""
        if text not in self._symbols:
            found = self._ask("SELECT id FROM symbol WHERE text = ?", text)
            self._symbols[text] = found[0][0] if found else None
        return self._symbols[text]

    def traces(self, scope: str, key: str) -> int:
        """In how many traces a key of the vocabulary is."""
        found = self._ask("SELECT n_traces FROM vocabulary WHERE scope = ? AND key = ?", scope, key)
        return int(found[0][0]) if found else 0

    def read(self, emitter: Emitter, sql: str) -> list[Any]:
        """What the store says to a question whose parameters are the emitter's."""
        statement = emitter.binds.statement(sql)
        return self._ask(statement.sql, *statement.params)

    def _ask(self, sql: str, *values: Any) -> list[Any]:
        return ask(self._connection, self._known, sql, values)

    def total(self, emitter: Emitter, sql: str) -> float:
        """The sum of what a statement gives as ``n``; of so many rows only that it must be more than few."""
        ((total,),) = self.read(emitter, f"SELECT total(n) FROM ({sql} LIMIT {int(self.few) + 1})")
        return float(total)

    def known_as_many(self, parts: Sequence[Any]) -> bool | None:
        """Whether these conditions, however they are said, were found to list more than few; None if not asked.

        For a page these are too many: no list of them needs to be written.
        """
        found = self._known.get(self._list_of(parts))
        return None if found is None else bool(found)

    def are_many(self, emitter: Emitter, parts: Sequence[Any], sql: str) -> bool:
        """Whether a statement, which gives what fulfils these conditions, gives more than few."""
        found = self.read(emitter, f"{sql} LIMIT 1 OFFSET {int(self.few)}")
        self._known[self._list_of(parts)] = found
        return bool(found)

    def _list_of(self, parts: Sequence[Any]) -> tuple[Any, ...]:
        return self.purpose, self._page, *parts
