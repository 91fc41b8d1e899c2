"""Overviews of an answer: its histogram over time, the frequent values of its fields, and what is known of keys."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import numpy as np

from spanglass.engines.base import Bucket, VocabularyEntry
from spanglass.engines.folding import fold
from spanglass.engines.ranks import nearest_rank
from spanglass.engines.sqlite import fields, narrow, values
from spanglass.engines.sqlite.cells import number, present
from spanglass.engines.sqlite.columns import json_value, of_any_span
from spanglass.engines.sqlite.emitter import Emitter
from spanglass.engines.sqlite.search import TRACE, emitter_for, run, source
from spanglass.engines.sqlite.text import glob_text
from spanglass.filters.algebra import Always, Column, Query
from spanglass.limits import HELD_AFTER, MAX_REFINED, RESOURCE_SAMPLE


def histogram(connection: sqlite3.Connection, columns: narrow.Columns, query: Query, buckets: int) -> list[Bucket]:
    """The answer's traces over time, in buckets of equal width; durations by nearest rank."""
    times = columns.times(connection)
    found = _found(connection, columns, query)
    if found is not None:
        times = times.of(found)
    if not times.rid.size or buckets < 1:
        return []
    first, last = int(times.start_ms.min()), int(times.start_ms.max())
    width = (last - first) // buckets + 1
    at = (times.start_ms - first) // width
    counts = np.bincount(at, minlength=buckets)
    errors = np.bincount(at[times.failed], minlength=buckets)
    # The traces stand in the order of their durations, and a stable sort by bucket keeps it within each: of 16 bits
    # numpy sorts in linear time.
    ended = ~np.isnan(times.duration_ms)
    bucket = at[ended].astype(np.uint16 if buckets < 2**16 else np.int64)
    durations = times.duration_ms[ended][np.argsort(bucket, kind="stable")]
    ends = np.cumsum(np.bincount(bucket, minlength=buckets))
    parts = np.split(durations, ends[:-1])
    return [
        Bucket(
            first + at * width,
            first + (at + 1) * width,
            int(counts[at]),
            int(errors[at]),
            nearest_rank(parts[at], 50),
            nearest_rank(parts[at], 95),
        )
        for at in range(buckets)
    ]


def _found(connection: sqlite3.Connection, columns: narrow.Columns, query: Query) -> narrow.Some | None:
    """The traces that a query finds; None for all."""
    if query.where == Always(True):
        return None
    emitter = emitter_for(connection, "count")
    where = emitter.predicate(query.where, TRACE)
    return columns.found(connection, emitter.statement(f"SELECT t.rid FROM trace t WHERE {where}"))


def facet(
    connection: sqlite3.Connection, columns: narrow.Columns, query: Query, field: Column, top: int
) -> list[tuple[Any, int]]:
    """The most frequent values of a field in the answer, each with the number of rows that have it."""
    if query.rows == "traces":
        emitter = emitter_for(connection, "count")
        found = _found(connection, columns, query)
        values = _values(emitter, Query(Always(True)), field)
        statement = emitter.statement(f"SELECT {values.each} AS v, {values.kind} AS k {values.source}")
        held = columns.values(connection, statement, few=found is not None and found.size <= HELD_AFTER)
        if held is not None:
            return [(json_value(*label), count) for label, count in held.most(found, top)]
    return counted(connection, query, field, top)


def counted(connection: sqlite3.Connection, query: Query, field: Column, top: int) -> list[tuple[Any, int]]:
    """The same, counted by SQL."""
    emitter = emitter_for(connection, "count")
    values = _values(emitter, query, field)
    sql = (
        f"SELECT {values.value} AS v, {values.kind} AS k, {values.number} AS n {values.source} "
        f"GROUP BY v, k ORDER BY n DESC, v, k LIMIT {emitter.bind(top)}"
    )
    return [(json_value(v, k), n) for v, k, n in run(connection, emitter.statement(sql))]


@dataclass(frozen=True, slots=True)
class _Values:
    """The parts of a statement about a field's values in the rows of a query."""

    value: str
    kind: str
    each: str
    number: str
    source: str


def _values(emitter: Emitter, query: Query, field: Column) -> _Values:
    answer, context = source(emitter, query)
    found = values.rows(emitter, field.value if context.span else of_any_span(field.value), context)
    cell = found.cell
    value = number(cell) if cell.kind == "number" else cell.sql
    kind = cell.type if cell.kind == "json" else f"'{'true' if cell.kind == 'bool' else cell.kind}'"
    head, where = answer.split(" WHERE ", 1)
    tables = "".join(f" CROSS JOIN {table}" for table in found.tables)
    row = "t.rid" if query.rows == "traces" else "s.sid"
    conditions = " AND ".join([f"({where})", *found.on, f"({present(cell)})"])
    return _Values(
        value,
        kind,
        f"{'DISTINCT ' if found.tables else ''}{row}, {value}",
        f"count(DISTINCT {row})" if found.tables else "count(*)",
        f"{head}{tables} WHERE {conditions}",
    )


def vocabulary(
    connection: sqlite3.Connection, scope: str, key: str | None, prefix: str, top: int
) -> list[VocabularyEntry]:
    """The keys seen in a scope, or the values seen under one of its keys, the most frequent first."""
    begins = glob_text(fold(prefix)) + "*"
    if key is None and scope == "resource":
        sql = (
            "SELECT e.key AS key, count(DISTINCT r.rid) AS n_traces, min(e.type) AS type "
            f"FROM {_LATEST_RESOURCES} GROUP BY 1"
        )
    elif key is None:
        sql = "SELECT key, n_traces, type FROM vocabulary WHERE scope = ?1 AND n_traces > 0"
    elif scope in ("feedback", "expectation"):
        sql = (
            "SELECT json_extract(value, '$') AS key, count(*) AS n_traces, json_type(value) AS type "
            "FROM assessment WHERE kind = ?1 AND name = ?2 AND valid = 1 AND value IS NOT NULL GROUP BY 1, 3"
        )
    elif scope == "resource":
        sql = (
            "SELECT e.value AS key, count(DISTINCT r.rid) AS n_traces, e.type AS type "
            f"FROM {_LATEST_RESOURCES} WHERE e.key = ?2 AND e.atom IS NOT NULL GROUP BY 1, 3"
        )
    elif scope == "linked":
        sql = (
            "SELECT r.run_id AS key, count(*) AS n_traces, 's' AS type FROM trace_run r JOIN trace t ON t.rid = r.rid "
            "WHERE r.run_id = ?2 AND t.run_id IS NOT r.run_id GROUP BY 1"
        )
    elif scope in ("trace", "newest"):
        column = fields.TRACE.get(key)
        if column is None or column.payload:
            return []
        newest = f"(SELECT * FROM trace ORDER BY start_ms DESC LIMIT {MAX_REFINED})"
        source = "trace" if scope == "trace" else newest
        sql = (
            f"SELECT {column.sql.format(x='t')} AS key, count(*) AS n_traces, '{column.kind}' AS type "
            f"FROM {source} t GROUP BY 1 HAVING key IS NOT NULL"
        )
    else:
        sql = (
            "SELECT value AS key, n_traces, lower(kind) AS type FROM kv "
            "WHERE scope = ?1 AND key = ?2 AND kind <> '+' AND n_traces > 0"
        )
    found = connection.execute(
        f"SELECT key, n_traces, type FROM ({sql}) WHERE ?3 = '*' OR sg_fold(CAST(key AS TEXT)) GLOB ?3 "
        "ORDER BY n_traces DESC, key LIMIT ?4",
        (scope, key, begins, top),
    )
    return [VocabularyEntry(_label(label, type_), count, _TYPES.get(type_, type_)) for label, count, type_ in found]


# The resources of the spans that came last, each with its keys: so few are different that the others' are, too.
_LATEST_RESOURCES = (
    "(SELECT s.rid, p.resource FROM span s JOIN payload p USING (sid) WHERE p.resource IS NOT NULL "
    f"AND sid > (SELECT max(sid) FROM span) - {RESOURCE_SAMPLE}) r, json_each(r.resource) e"
)

_TYPES = {
    "s": "text",
    "n": "number",
    "b": "bool",
    "true": "bool",
    "false": "bool",
    "integer": "number",
    "real": "number",
}


def _label(label: Any, type_: str) -> str:
    return type_ if type_ in ("true", "false") else str(label)
