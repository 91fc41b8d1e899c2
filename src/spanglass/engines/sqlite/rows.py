"""Rows as the explorer draws them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import orjson

from spanglass.engines.base import RowId, RowPage
from spanglass.engines.sqlite import fields
from spanglass.engines.sqlite.columns import columns
from spanglass.filters.algebra import Column

_TRACES = (
    "SELECT i.key, t.trace_id, NULL, t.start_ms, t.name, "
    "coalesce((SELECT y.text FROM span r JOIN symbol y ON y.id = r.type_id WHERE r.sid = t.root_sid), ''), "
    "t.status, t.duration_ms, t.tokens, t.error_count "
    "FROM json_each(?1) i JOIN trace t ON t.trace_id = i.value ORDER BY i.key"
)
_SPANS = (
    "SELECT i.key, t.trace_id, s.span_id, s.start_ns / 1e6, n.text, y.text, "
    f"{fields.SPAN_STATUS.format(x='s')}, s.duration_ns / 1e6, {fields.SPAN['tokens'].sql.format(x='s')}, s.status = 2 "
    "FROM json_each(?1) i JOIN trace t ON t.trace_id = json_extract(i.value, '$[0]') "
    "JOIN span s ON s.rid = t.rid AND s.span_id = json_extract(i.value, '$[1]') "
    "JOIN symbol n ON n.id = s.name_id JOIN symbol y ON y.id = s.type_id ORDER BY i.key"
)


def rows(connection: sqlite3.Connection, ids: Sequence[RowId], wanted: Sequence[Column]) -> RowPage:
    """What is shown of these rows, in this order; rows that are gone by now are left out."""
    page = RowPage(cells=[[] for _ in wanted])
    if not ids:
        return page
    traces = len(ids[0]) == 1
    keys: list[Any] = [row[0] for row in ids] if traces else [list(row) for row in ids]
    cells = columns(connection, ids, wanted)
    for row in connection.execute(_TRACES if traces else _SPANS, (orjson.dumps(keys).decode(),)):
        at, trace_id, span_id, time, name, type_, status, duration, tokens, errors = row
        page.trace_id.append(trace_id)
        if span_id is not None:
            page.span_id.append(span_id)
        page.time_ms.append(time)
        page.name.append(name)
        page.type.append(type_)
        page.status.append(status)
        page.duration_ms.append(duration)
        page.tokens.append(tokens)
        page.errors.append(errors)
        for cell, values in zip(page.cells, cells, strict=True):
            cell.append(values[at])
    return page
