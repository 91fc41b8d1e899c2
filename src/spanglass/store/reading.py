"""Reading traces and spans back, many at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson

from spanglass.entities import Link, Span, SpanEvent, TraceData, TraceTable
from spanglass.limits import READ_CHUNK
from spanglass.store import assessments
from spanglass.store.collector import without_collection
from spanglass.store.json_text import decode
from spanglass.store.rows import PAYLOAD_COLUMNS, STATUS_TEXTS, PayloadRow, json_list

_SHOWN = ("trace_id", "name", "status", "start_ms", "duration_ms", "request", "response", "tags", "metadata", "cost")
_INFO = (
    f"SELECT rid, session_id, {', '.join(_SHOWN)}, json_array(experiment_id, client_request_id, session_id, user_id,"
    " run_id, model, input_tokens, output_tokens, tokens, span_count, error_count, request_preview, response_preview,"
    " dialect) FROM trace JOIN trace_payload USING (rid) WHERE rid"
)
_BY_ID = f"{_INFO} IN (SELECT rid FROM trace WHERE trace_id IN (SELECT value FROM json_each(?)))"
_BY_NUMBER = f"{_INFO} IN (SELECT value FROM json_each(?))"
_BY_RANGE = f"{_INFO} BETWEEN ? AND ?"
_SPAN = (
    "SELECT sid, rid, span_id, parent_id, n.text, y.text, status, status_message, start_ns, end_ns, m.text,"
    " input_tokens, output_tokens, cost"
    " FROM span JOIN symbol n ON n.id = name_id JOIN symbol y ON y.id = type_id LEFT JOIN symbol m ON m.id = model_id"
)
# One JSON text per column: a trace of 100,000 spans has a million values, and SQLite writes and orjson reads them in
# half the time in which sqlite3 makes rows of them.
_SHAPE = (
    "SELECT json_group_array(span_id), json_group_array(start_ns), json_group_array(end_ns), json_group_array(depth),"
    " json_group_array(last), json_group_array(parent_no), json_group_array(name_id), json_group_array(type_id),"
    " json_group_array(status), json_group_array(tokens) FROM ("
    "SELECT span_id, start_ns, end_ns, depth, last, parent_no, name_id, type_id, status,"
    " CASE WHEN input_tokens IS NULL AND output_tokens IS NULL THEN NULL"
    " ELSE coalesce(input_tokens, 0) + coalesce(output_tokens, 0) END AS tokens"
    " FROM span WHERE rid = (SELECT rid FROM trace WHERE trace_id = ?) ORDER BY no)"
)

# As bytes: they are to be cut into words, and those are fewer.
_TEXTS = (
    "SELECT rid, sid, CAST(n.text AS BLOB), CAST(status_message AS BLOB), CAST(inputs AS BLOB),"
    " CAST(outputs AS BLOB), CAST(attributes AS BLOB), CAST(events AS BLOB)"
    " FROM span JOIN symbol n ON n.id = name_id JOIN payload USING (sid)"
    " WHERE sid IN (SELECT value FROM json_each(?)) ORDER BY sid"
)

SpanTexts = tuple[bytes, bytes | None, bytes | None, bytes | None, bytes | None, bytes | None]
"""A span's name and status message, and the JSON of its inputs, outputs, attributes and events, in UTF-8."""

_Item = TypeVar("_Item")


@dataclass(slots=True)
class Skeleton:
    """The shape of a trace as columns in preorder, without what its spans carry.

    ``end_ns`` None while running. ``last[i]`` is the number of the last descendant of span ``no[i]`` (== i).
    """

    span_id: list[str] = field(default_factory=list)
    start_ns: list[int] = field(default_factory=list)
    end_ns: list[int | None] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    no: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    parent_no: list[int] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    type: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    tokens: list[int | None] = field(default_factory=list)


def chunks(items: Sequence[_Item], size: int = READ_CHUNK) -> Iterator[Sequence[_Item]]:
    """The items in pieces."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def table(
    connection: sqlite3.Connection,
    traces: Sequence[str] | Sequence[int],
    load: Callable[[str], TraceData] | None = None,
) -> TraceTable:
    """The traces with these ids, or these arrival numbers, in this order; unknown ones are left out."""
    found = _table(connection, [], load)
    with without_collection():
        for chunk in chunks(traces):
            rows = _infos(connection, chunk)
            found.extend(_table(connection, [rows[each] for each in chunk if each in rows], load))
    return found


def _infos(connection: sqlite3.Connection, traces: Sequence[Any]) -> dict[Any, tuple[Any, ...]]:
    """The rows of ``_INFO`` by what the traces are called here."""
    if isinstance(traces[0], str):
        return {row[2]: row for row in connection.execute(_BY_ID, (json_list(traces),))}
    first, last = min(traces), max(traces)
    if last - first < 2 * len(traces):  # what stands side by side is sooner read as that
        rows = connection.execute(_BY_RANGE, (first, last))
    else:
        rows = connection.execute(_BY_NUMBER, (json_list(traces),))
    return {row[0]: row for row in rows}


def _table(
    connection: sqlite3.Connection, rows: list[tuple[Any, ...]], load: Callable[[str], TraceData] | None
) -> TraceTable:
    columns = list(map(list, zip(*rows, strict=True))) or [[] for _ in range(len(_SHOWN) + 3)]
    rids, sessions, *shown, packed = columns
    named = dict(zip(_SHOWN, shown, strict=True))
    for name in ("request", "response", "tags", "metadata"):
        named[name] = [None if text is None else orjson.loads(text) for text in named[name]]
    judged = assessments.of_traces(connection, rids, named["trace_id"], sessions)
    named["assessments"] = [judged.get(rid) or [] for rid in rids]
    named["timestamp_ms"], named["execution_time_ms"] = named.pop("start_ms"), named.pop("duration_ms")
    return TraceTable(named, packed, load=load)


def payloads(connection: sqlite3.Connection, sids: Sequence[int]) -> dict[int, PayloadRow]:
    """The payloads of these spans as JSON texts, by arrival number: the one place where payloads are read."""
    rows = connection.execute(
        f"SELECT sid, {PAYLOAD_COLUMNS} FROM payload WHERE sid IN (SELECT value FROM json_each(?))",
        (json_list(sids),),
    )
    return {row[0]: PayloadRow._make(row[1:]) for row in rows}


def texts(connection: sqlite3.Connection, sids: Sequence[int]) -> list[tuple[int, int, SpanTexts]]:
    """What is written of these spans, with the numbers of their traces and their own, in the order of the latter."""
    rows = connection.execute(_TEXTS, (json_list(sids),))
    return [(row[0], row[1], row[2:]) for row in rows]


def spans(connection: sqlite3.Connection, trace_id: str) -> list[Span]:
    """The spans of a trace in preorder; none for an unknown id."""
    rows = connection.execute(
        f"{_SPAN} WHERE rid = (SELECT rid FROM trace WHERE trace_id = ?) ORDER BY no", (trace_id,)
    ).fetchall()
    found: list[Span] = []
    with without_collection():
        for part in chunks(rows):
            wide = payloads(connection, [row[0] for row in part])
            found.extend(_span(trace_id, row, wide[row[0]]) for row in part)
    return found


def spans_of(connection: sqlite3.Connection, trace_ids: Sequence[str]) -> dict[str, list[Span]]:
    """The spans of these traces, each in preorder, by trace id; unknown ids are left out."""
    found: dict[str, list[Span]] = {}
    with without_collection():
        for chunk in chunks(list(dict.fromkeys(trace_ids))):
            ids = dict(
                connection.execute(
                    "SELECT rid, trace_id FROM trace WHERE trace_id IN (SELECT value FROM json_each(?))",
                    (json_list(chunk),),
                )
            )
            known = set(ids.values())
            found.update((trace_id, []) for trace_id in chunk if trace_id in known)
            rows = connection.execute(
                f"{_SPAN} WHERE rid IN (SELECT value FROM json_each(?)) ORDER BY rid, no", (json_list(ids),)
            ).fetchall()
            for part in chunks(rows):
                wide = payloads(connection, [row[0] for row in part])
                for row in part:
                    trace_id = ids[row[1]]
                    found[trace_id].append(_span(trace_id, row, wide[row[0]]))
    return found


def span(connection: sqlite3.Connection, trace_id: str, span_id: str) -> Span | None:
    """One span, or None."""
    row = connection.execute(
        f"{_SPAN} WHERE rid = (SELECT rid FROM trace WHERE trace_id = ?) AND span_id = ?", (trace_id, span_id)
    ).fetchone()
    return None if row is None else _span(trace_id, row, payloads(connection, [row[0]])[row[0]])


def _span(trace_id: str, row: tuple, wide: PayloadRow) -> Span:  # type: ignore[type-arg]
    _, _, span_id, parent_id, name, span_type, status, message, start, end, *rest = row
    model, input_tokens, output_tokens, cost = rest
    return Span(
        trace_id,
        span_id,
        name,
        parent_id,
        span_type,
        STATUS_TEXTS[status],
        message or "",
        start,
        end,
        decode(wide.inputs),
        decode(wide.outputs),
        decode(wide.attributes) or {},
        [SpanEvent(e["name"], e["timestamp_ns"], e["attributes"]) for e in decode(wide.events) or ()],
        [Link(link["trace_id"], link["span_id"], link["attributes"]) for link in decode(wide.links) or ()],
        model,
        input_tokens,
        output_tokens,
        cost,
        wide.scope or "",
        decode(wide.resource) or {},
        wide.dialect or "",
    )


def skeleton(connection: sqlite3.Connection, trace_id: str) -> Skeleton:
    """The shape of a trace; an empty one for an unknown id."""
    texts = connection.execute(_SHAPE, (trace_id,)).fetchone()
    span_id, start_ns, end_ns, depth, last, parent_no, names, types, status, tokens = map(orjson.loads, texts)
    symbols = dict(
        connection.execute(
            "SELECT id, text FROM symbol WHERE id IN (SELECT value FROM json_each(?))", (json_list({*names, *types}),)
        )
    )
    return Skeleton(
        span_id=span_id,
        start_ns=start_ns,
        end_ns=end_ns,
        depth=depth,
        no=list(range(len(span_id))),
        last=last,
        parent_no=parent_no,
        name=[symbols[id] for id in names],
        type=[symbols[id] for id in types],
        status=[STATUS_TEXTS[code] for code in status],
        tokens=tokens,
    )
