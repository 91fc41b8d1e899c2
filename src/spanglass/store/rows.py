"""The rows of a trace as the store holds them in memory while it works on them."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from spanglass.entities import Json, Span, SpanStatus
from spanglass.store.json_text import clean, encode, encode_and_keep
from spanglass.store.schema import STATUS_CODES

_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1


class SpanRow(NamedTuple):
    """One row of table ``span``, without its ``rid``; the fields in the order of the columns."""

    sid: int
    no: int
    last: int
    parent_no: int
    depth: int
    span_id: str
    parent_id: str | None
    name_id: int
    type_id: int
    status: int
    start_ns: int
    end_ns: int | None
    duration_ns: int | None
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    model_id: int | None
    status_message: str | None


class PayloadRow(NamedTuple):
    """One row of table ``payload``, without its ``sid``."""

    inputs: str | None
    outputs: str | None
    attributes: str | None
    events: str | None
    links: str | None
    scope: str | None
    resource: str | None
    dialect: str | None


SPAN_COLUMNS = ", ".join(SpanRow._fields)
PAYLOAD_COLUMNS = ", ".join(PayloadRow._fields)
_SAID = SpanRow._fields.index("parent_id")


def said(row: SpanRow) -> tuple[Any, ...]:
    """The part of a row that the source said, without the arrival and preorder numbers."""
    return row[_SAID:]


class Symbols:
    """The texts that many rows share, by id, read as they are needed and kept for one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ids: dict[str, int] = {}
        self._texts: dict[int, str] = {}

    def id(self, given: str) -> int:
        """The id of a text as it can be stored; it is given one if it has none."""
        known = self._ids.get(given)
        if known is None:
            text = clean(given)
            row = self._connection.execute("SELECT id FROM symbol WHERE text = ?", (text,)).fetchone()
            if row is None:
                row = self._connection.execute("INSERT INTO symbol(text) VALUES (?) RETURNING id", (text,)).fetchone()
            known = self._ids[given] = int(row[0])
            self._texts[known] = text
        return known

    def text(self, id: int) -> str:
        """The text of an id."""
        known = self._texts.get(id)
        if known is None:
            row = self._connection.execute("SELECT text FROM symbol WHERE id = ?", (id,)).fetchone()
            known = self._texts[id] = str(row[0])
        return known


def integer(value: int | None) -> int | None:
    """The value as SQLite can hold it: clamped to 64 bits."""
    if value is None or (type(value) is int and _INT_MIN <= value <= _INT_MAX):
        return value
    return max(_INT_MIN, min(_INT_MAX, int(value)))


def span_row(span: Span, span_id: str, sid: int, symbols: Symbols) -> SpanRow:
    """A span as a row, not numbered yet; ``span_id`` is its id as it can be stored."""
    start, end = integer(span.start_time_ns) or 0, integer(span.end_time_ns)
    return SpanRow._make(
        (
            sid,
            0,
            0,
            -1,
            0,
            span_id,
            clean(span.parent_id) if span.parent_id else None,
            symbols.id(span.name),
            symbols.id(span.span_type),
            STATUS_CODES.get(span.status, 0),
            start,
            end,
            None if end is None else integer(max(0, end - start)),
            None if span.input_tokens is None else integer(span.input_tokens),
            None if span.output_tokens is None else integer(span.output_tokens),
            None if span.cost is None or not math.isfinite(span.cost) else float(span.cost),
            None if not span.model else symbols.id(span.model),
            clean(span.status_message) if span.status_message else None,
        )
    )


class Written(NamedTuple):
    """A span's wide part as it is stored, with what was written in its first three columns."""

    row: PayloadRow
    values: tuple[Json, Json, Json]


def payload_row(span: Span) -> Written:
    """A span's wide part as JSON texts; what is empty is NULL."""
    inputs, given_inputs = (None, None) if span.inputs is None else encode_and_keep(span.inputs)
    outputs, given_outputs = (None, None) if span.outputs is None else encode_and_keep(span.outputs)
    attributes, given_attributes = encode_and_keep(span.attributes) if span.attributes else (None, None)
    events = links = None
    if span.events:
        events = encode(
            [
                {"name": event.name, "timestamp_ns": event.timestamp_ns, "attributes": event.attributes}
                for event in span.events
            ]
        )
    if span.links:
        links = encode(
            [{"trace_id": link.trace_id, "span_id": link.span_id, "attributes": link.attributes} for link in span.links]
        )
    row = PayloadRow(
        inputs,
        outputs,
        attributes,
        events,
        links,
        clean(span.scope) if span.scope else None,
        encode(span.resource) if span.resource else None,
        clean(span.dialect) if span.dialect else None,
    )
    return Written(row, (given_inputs, given_outputs, given_attributes))


def load_rows(connection: sqlite3.Connection, rid: int) -> list[SpanRow]:
    """All rows of a trace, in the order of arrival."""
    rows = connection.execute(f"SELECT {SPAN_COLUMNS} FROM span WHERE rid = ? ORDER BY sid", (rid,))
    return list(map(SpanRow._make, rows))


def load_rows_named(connection: sqlite3.Connection, rid: int, span_ids: Sequence[str]) -> dict[str, SpanRow]:
    """Those rows of a trace that have one of the span ids, by span id."""
    rows = connection.execute(
        f"SELECT {SPAN_COLUMNS} FROM span WHERE rid = ? AND span_id IN (SELECT value FROM json_each(?))",
        (rid, json_list(span_ids)),
    )
    return {row.span_id: row for row in map(SpanRow._make, rows)}


def json_list(values: Iterable[Any]) -> str:
    """The values as one parameter for ``json_each``."""
    return encode(list(values))


STATUS_TEXTS = (SpanStatus.UNSET, SpanStatus.OK, SpanStatus.ERROR)
"""The words for the status codes as stored."""
