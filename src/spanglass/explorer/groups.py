"""Rows by a value that they share, and the conversation that the traces of one session are."""

from __future__ import annotations

import time
from typing import Any

from spanglass import limits
from spanglass.engines.base import Cancel
from spanglass.explorer import wire
from spanglass.explorer.details import cut
from spanglass.explorer.envelope import WireFault
from spanglass.explorer.source import Source
from spanglass.filters import choices, quote_value, unparse
from spanglass.filters.edit import conjoin, set_order
from spanglass.filters.parser import parse_key
from spanglass.frames.groups import group_frame
from spanglass.frames.series import is_missing


def group(source: Source, params: wire.GroupParams, cancel: Cancel) -> wire.GroupResult:
    """The groups of what a filter finds, with what each adds up to, the largest first."""
    began = time.perf_counter()
    text = set_order(params.filter, None, None)
    ids = source.all_ids(text, params.rows, cancel)
    frame = group_frame(source.engine, ids, params.rows, params.by, cancel=cancel)
    shown = frame.head(limits.MAX_GROUPS)
    return {
        "filter": params.filter,
        "by": params.by,
        "value": [None if is_missing(value) else scalar(value) for value in shown.index],
        "count": [int(count) for count in shown[params.rows]],
        "errors": [int(count) for count in shown["errors"]],
        "p50_ms": numbers(shown["p50"]),
        "p95_ms": numbers(shown["p95"]),
        "tokens": numbers(shown["tokens"]),
        "cost": numbers(shown["cost"]),
        "first_ms": numbers(shown["first"]),
        "last_ms": numbers(shown["last"]),
        "total": len(frame),
        "ms": round(1000 * (time.perf_counter() - began), 1),
    }


def scalar(value: Any) -> wire.Scalar:
    """A value of a DataFrame's index as JSON has it, a text no longer than can be clicked."""
    found = value.item() if hasattr(value, "item") else value
    return found[: limits.MAX_CLICKED_CHARS] if isinstance(found, str) else found


def numbers(column: Any) -> list[Any]:
    """A column as JSON numbers, null where there is none."""
    return [None if is_missing(value) else value for value in column.tolist()]


def member(source: Source, params: wire.MemberParams, cancel: Cancel) -> wire.TextResult:
    """The filter for the rows of one group; a value of None means those that have none."""
    if params.value is None:
        condition = f"NOT {unparse(parse_key(params.by).value)} IS NOT NULL"
    else:
        condition = choices.choose("", params.by, params.value, "in", params.rows)
    return {"filter": conjoin(params.filter, condition)}


def session(source: Source, params: wire.SessionParams, cancel: Cancel) -> wire.SessionResult:
    """The traces of a session in the order of time, each with what its root was asked and what it answered."""
    query = source.meaning(f"session_id = {quote_value(params.session_id)} ORDER BY timestamp")
    found = source.engine.search(query, limit=limits.MAX_TURNS, cancel=cancel)
    ids = [row[0] for row in found.ids]
    if not ids:
        raise WireFault("gone", f"the session {params.session_id:.80} has no traces here any more")
    turns: list[wire.Turn] = []
    for info in source.engine.infos(ids):
        first = source.store.skeleton(info.trace_id).span_id[:1]
        root = source.store.span(info.trace_id, first[0]) if first else None
        asked, answered = (None, None) if root is None else (root.inputs, root.outputs)
        turns.append(
            {
                "trace_id": info.trace_id,
                "name": info.name[: limits.CUT_NAME_CHARS],
                "status": info.status,
                "time_ms": float(info.timestamp_ms),
                "duration_ms": info.execution_time_ms,
                "tokens": info.tokens,
                "inputs": cut(asked, max_bytes=limits.MAX_TURN_BYTES)[0],
                "outputs": cut(answered, max_bytes=limits.MAX_TURN_BYTES)[0],
            }
        )
    return {"session_id": params.session_id, "turns": turns, "total": source.engine.count(query, cancel=cancel)}
