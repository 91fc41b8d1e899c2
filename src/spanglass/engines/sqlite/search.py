"""Pages and counts: whole statements around a filter."""

from __future__ import annotations

import sqlite3

from spanglass.engines.base import Page, PageTokenError, RowId
from spanglass.engines.sqlite import orders
from spanglass.engines.sqlite.choice import Choice, Purpose
from spanglass.engines.sqlite.context import Context, Statement
from spanglass.engines.sqlite.emitter import Emitter
from spanglass.engines.sqlite.listings import answer, conjuncts, tested
from spanglass.engines.tokens import PageToken
from spanglass.filters.algebra import Field, Predicate, Query
from spanglass.limits import DEFAULT_PAGE

TRACE = Context(rid="t.rid", trace="t")
SPAN = Context(rid="t.rid", trace="t", span="s")

# What tells rows apart that are equal by all other keys.
_TRACE_ID = orders.SortKey("t.trace_id", False, False, never_null=True, plain=True)
_SPAN_NO = orders.SortKey("s.no", False, False, never_null=True, plain=True)


def emitter_for(connection: sqlite3.Connection, purpose: Purpose, page: int = DEFAULT_PAGE) -> Emitter:
    """An emitter that knows the store's counts."""
    return Emitter(Choice(connection, purpose, page))


def run(connection: sqlite3.Connection, statement: Statement) -> sqlite3.Cursor:
    """The rows of a statement."""
    return connection.execute(statement.sql, statement.params)


def source(emitter: Emitter, query: Query) -> tuple[str, Context]:
    """FROM and WHERE of a query's rows, and the context of one of them."""
    where = emitter.predicate(query.where, TRACE)
    if query.rows == "traces":
        return f"FROM trace t WHERE {where}", TRACE
    spans = emitter.predicate(query.spans, SPAN)
    # CROSS JOIN keeps this order, so that a page's traces come from the index they are sorted by.
    return f"FROM trace t CROSS JOIN span s ON s.rid = t.rid WHERE {where} AND {spans}", SPAN


def page_statement(
    connection: sqlite3.Connection,
    query: Query,
    *,
    rows: int | None,
    token: PageToken | None = None,
    offset: int = 0,
) -> Statement:
    """The statement that gives at most ``rows`` rows: the trace's number or the span's id, then the sort keys."""
    emitter = emitter_for(connection, "count" if rows is None else "page", (rows or 0) + offset)
    found, context = source(emitter, query)
    keys = [*orders.sort_keys(emitter, query.order, context), _TRACE_ID]
    row = "t.rid"
    if query.rows == "spans":
        keys.append(_SPAN_NO)
        row = "s.span_id"
    direct = all(key.plain for key in keys)
    names = [key.sql if direct else f"k{at}" for at, key in enumerate(keys)]
    condition = ""
    if token is not None:
        last = [*map(orders.from_token, token.keys), token.trace_id, *([] if token.no is None else [token.no])]
        condition = orders.after(emitter, keys, names, last)
    by = ", ".join([key.term(name) for key, name in zip(keys, names, strict=True)])
    columns = ", ".join([f"{key.sql} AS k{at}" for at, key in enumerate(keys)])
    tail = f" ORDER BY {by}" + ("" if rows is None else f" LIMIT {emitter.bind_for(rows, 'rows at most')}")
    if offset:
        tail += ("" if rows is not None else " LIMIT -1") + f" OFFSET {emitter.bind(offset)}"
    if direct:
        also = f" AND {condition}" if condition else ""
        sql = f"SELECT {row} AS row, {columns} {found}{also}{tail}"
    else:
        # Worked out once for each row, though they are compared, sorted by and given.
        also = f" WHERE {condition}" if condition else ""
        emitter.expression(f"SELECT {row} AS row, {columns} {found}", name="found", hint="MATERIALIZED ")
        sql = f"SELECT * FROM found{also}{tail}"
    return emitter.statement(sql)


def search(
    connection: sqlite3.Connection, query: Query, *, limit: int | None, token: str | None, at: int | None
) -> Page:
    """A page of ids."""
    start = _token(query, token)
    given = start.given if start is not None else (at or 0)
    left = None if query.limit is None else max(0, query.limit - given)
    wanted = left if limit is None else (limit if left is None else min(limit, left))
    # One row more than asked for says whether there is another page.
    rows = None if wanted is None else wanted + (1 if left is None or wanted < left else 0)
    statement = page_statement(connection, query, rows=rows, token=start, offset=(at or 0) if start is None else 0)
    found = connection.execute(statement.sql, statement.params).fetchall()
    spans = query.rows == "spans"
    ids = -2 if spans else -1
    more = wanted is not None and len(found) > wanted
    if more:
        found = found[:wanted]
    page: list[RowId] = [(row[ids], row[0]) if spans else (row[ids],) for row in found]
    numbers = [] if spans else [row[0] for row in found]
    if not more or not found:
        return Page(page, numbers=numbers)
    row = found[-1]
    end = PageToken(
        query.fingerprint,
        query.now_ms,
        query.zone,
        [orders.to_token(value) for value in row[1:ids]],
        row[ids],
        row[-1] if spans else None,
        given + len(found),
    )
    return Page(page, end.text(), numbers)


def _token(query: Query, text: str | None) -> PageToken | None:
    if text is None:
        return None
    token = PageToken.read(text)
    if token.fingerprint != query.fingerprint or (token.no is None) != (query.rows == "traces"):
        raise PageTokenError(
            "this page token belongs to another query (its filter, order, parameters or experiments differ): "
            "start again without a token"
        )
    return token


def count_statement(connection: sqlite3.Connection, query: Query) -> Statement:
    """The statement that counts a query's rows, its LIMIT aside."""
    emitter = emitter_for(connection, "count")
    listing = answer(emitter, query.where) if query.rows == "traces" else None
    if listing is not None:
        listed = f"SELECT DISTINCT {listing.rid} FROM {listing.table} WHERE {listing.where}"
        return emitter.statement(f"SELECT count(*) FROM ({listed})")
    found, _ = source(emitter, query)
    if not any(map(_is_of_trace, conjuncts(query.where))):
        # Traces that have all to be asked are asked as they lie in the file, not in some index's order.
        found = found.replace("FROM trace t", "FROM trace t NOT INDEXED", 1)
    return emitter.statement(f"SELECT count(*) {found}")


def _is_of_trace(node: Predicate) -> bool:
    value = tested(node)
    return isinstance(value, Field) and value.subject == "trace"


def count(connection: sqlite3.Connection, query: Query) -> int:
    """How many rows the query has in all."""
    (rows,) = run(connection, count_statement(connection, query)).fetchone()
    return int(rows) if query.limit is None else min(int(rows), query.limit)


def count_traces(connection: sqlite3.Connection, where: Predicate) -> int:
    """How many traces fulfil a predicate."""
    return count(connection, Query(where))
