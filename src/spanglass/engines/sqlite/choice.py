"""The one place that decides whether a condition is asked of each trace, or its traces are listed first."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from typing import Literal

from spanglass.engines.sqlite import postings, text
from spanglass.engines.sqlite.comparisons import constant_text
from spanglass.filters.algebra import Compare, Const, Field, In, Predicate

Purpose = Literal["page", "count"]

_SCOPES = {"name": "span.name", "type": "span.type", "model": "model"}


class Choice:
    """Knows what a statement is for, and the store's own counts.

    A page needs its first matches only. If n of N traces match, asking each of the newest in turn looks at
    about page * N / n of them, listing the matches at n. So listing wins for n below sqrt(page * N), and always
    where all are wanted anyway.
    """

    def __init__(self, connection: sqlite3.Connection, purpose: Purpose, page: int) -> None:
        self._connection = connection
        self.purpose = purpose
        self.said: list[str] = []  # of what was chosen, what SQLite's own plan does not show
        self._searched: dict[int, set[int] | None] = {}  # by the identity of the predicate
        self._page = page
        self._limit: float | None = None

    def as_set(self, where: Predicate) -> bool:
        """Whether to list the traces with such a span rather than to ask each trace for one."""
        if self.purpose == "count":
            return True
        parts = postings.conjuncts(where)
        return any(count <= self._few for count in map(self._traces, parts) if count is not None) or (
            self._failed(parts) <= self._few
        )

    def few_posted(self, scope: str, key: str, wanted: Sequence[Const]) -> bool:
        """Whether to list the traces that were posted under a value rather than to look each one up."""
        return self.purpose == "count" or self._posted(scope, key, wanted) <= self._few

    def searched(self, node: Predicate) -> tuple[set[int], bool] | None:
        """The traces in which a text may be that is searched for, and whether to ask them all; None if any may."""
        if id(node) not in self._searched:
            found = text.candidates(self._connection, node)
            if found is not None:
                self.said.append(str(found))
            self._searched[id(node)] = None if found is None else found.rids
        rids = self._searched[id(node)]
        # A text is looked for in a trace in the time in which hundreds of others are passed over.
        return None if rids is None else (rids, self.purpose == "count" or len(rids) <= self._page)

    @property
    def _few(self) -> float:
        if self._limit is None:
            (traces,) = self._connection.execute("SELECT coalesce(max(rid), 0) FROM trace").fetchone()
            self._limit = float(self._page * traces) ** 0.5
        return self._limit

    def _traces(self, node: Predicate) -> int | None:
        """About how many traces have a span of which this holds, where the store knows it at once."""
        found = postings.equality(node)
        if found is not None:
            key = postings.attribute_key(found[0])
            return None if key is None else self._posted("attribute", key, found[1])
        name, texts = _span_texts(node)
        return sum(self._seen(_SCOPES[name], text) for text in texts) if name in _SCOPES else None

    def _failed(self, parts: Sequence[Predicate]) -> float:
        """How many spans are among the failed ones that the index lists; at most one more than is few."""
        wanted = dict(map(_span_texts, parts))
        if wanted.get("status") != ["ERROR"]:
            return math.inf
        conditions, texts = ["status = 2"], []
        for column, name in (("type_id", "type"), ("name_id", "name")):
            if len(wanted.get(name, [])) == 1:
                conditions.append(f"{column} = (SELECT id FROM symbol WHERE text = ?)")
                texts += wanted[name]
        (count,) = self._connection.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM span WHERE {' AND '.join(conditions)} LIMIT ?)",
            (*texts, int(self._few) + 1),
        ).fetchone()
        return int(count)

    def _seen(self, scope: str, key: str | None) -> int:
        row = self._connection.execute(
            "SELECT n_traces FROM vocabulary WHERE scope = ? AND key = ?", (scope, key)
        ).fetchone()
        return 0 if row is None else int(row[0])

    def _posted(self, scope: str, key: str, wanted: Sequence[Const]) -> int:
        texts = [constant_text(item.value) for item in wanted][:100]
        (count,) = self._connection.execute(
            "SELECT coalesce(sum(n_traces), 0) FROM kv WHERE scope = ? AND key = ? "
            f"AND (kind = '+' OR value IN ({', '.join('?' * len(texts))}))",
            (scope, key, *texts),
        ).fetchone()
        return int(count)


def _span_texts(node: Predicate) -> tuple[str, list[str | None]]:
    """The span's field that a predicate asks to equal a text, and the texts it may equal."""
    items: list[Const] = []
    field = None
    if isinstance(node, Compare) and node.op == "=" and isinstance(node.right, Const):
        field, items = node.left, [node.right]
    elif isinstance(node, In) and not node.negated:
        field, items = node.value, list(node.items)
    if isinstance(field, Field) and field.subject == "span":
        return field.name, [constant_text(item.value) for item in items]
    return "", []
