"""Rows of the list for the browser: pages, counts, and what the widget opens with."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from spanglass import filters, limits
from spanglass.engines import why_empty
from spanglass.engines.base import Cancel, DeadlineExceeded, EngineError, RowPage
from spanglass.explorer.details import preview
from spanglass.explorer.diagnostics import on_wire
from spanglass.explorer.predicates import PredicateError
from spanglass.explorer.source import Source, Unreadable, column_of
from spanglass.explorer.wire import (
    WIRE_VERSION,
    Boot,
    ColumnSpec,
    CountParams,
    CountResult,
    PageParams,
    PageResult,
    RowMode,
    Rows,
)
from spanglass.filters.algebra import Query
from spanglass.filters.diagnostics import shorten
from spanglass.filters.parts import parts, without
from spanglass.filters.tokens import KEYWORDS
from spanglass.store import Changes, StoreError


def page(
    source: Source, params: PageParams, cancel: Cancel, deadline_s: float = limits.EXPLORER_DEADLINE_S
) -> PageResult:
    """A page of rows that a filter finds; for an empty answer, which of its parts killed it."""
    began = time.perf_counter()
    query = source.query(params.filter, params.rows, cancel, deadline_s)
    columns = [column_of(spec) for spec in params.columns]
    found = source.engine.search(
        query,
        limit=params.limit,
        token=params.after,
        at=None if params.after is not None else params.at,
        cancel=cancel,
        deadline_s=deadline_s,
    )
    rows = source.engine.rows(query, found.ids, columns, cancel=cancel)
    # Looking through all values seen takes its time: it is worth it where nothing was found.
    warnings = source.check(params.filter, params.rows, values=not found.ids)
    diagnostics = [on_wire(each, params.filter) for each in warnings]
    at = -1 if params.after is not None else params.at or 0
    if not found.ids and at == 0:
        diagnostics.append(on_wire(why_nothing(source, params, cancel, deadline_s), params.filter))
    return {
        "filter": params.filter,
        "at": at,
        "rows": drawn(rows),
        "next": found.token,
        "ms": round(1000 * (time.perf_counter() - began), 1),
        "diagnostics": diagnostics,
    }


def changed(
    source: Source, text: str, rows: RowMode, specs: Sequence[ColumnSpec], changes: Changes
) -> tuple[Rows, bool]:
    """The rows of what changed that the filter finds, the first ones in its order, and whether there are more."""
    query = source.query(text, rows, deadline_s=limits.EXPLORER_DEADLINE_S, among=changes)
    found = source.engine.search(query, limit=limits.MAX_LIVE_ROWS, deadline_s=limits.EXPLORER_DEADLINE_S)
    return drawn(source.engine.rows(query, found.ids, [column_of(spec) for spec in specs])), found.token is not None


def why_nothing(source: Source, params: PageParams, cancel: Cancel, deadline_s: float) -> filters.Diagnostic:
    """Why there are no rows, with a fix that leaves out the part of the filter that matches nothing by itself."""
    query = source.meaning(params.filter, params.rows)
    names = source.predicates.names
    found = source.engine.count(query, cancel=cancel, deadline_s=deadline_s) if names else 0
    if found:
        message = f"the filter finds {found:,}, and the Python function {' and '.join(names)} holds for none of them"
        return filters.Diagnostic("info", "empty", message, 0, len(params.filter))
    why = why_empty(source.engine, query, cancel=cancel, deadline_s=min(deadline_s, limits.WHY_DEADLINE_S))
    dead = [part for part in parts(params.filter) if (part.node.start, part.node.end) == (why.start, why.end)]
    label = f"without {shorten(dead[0].text)}" if dead else ""
    fixes = tuple([filters.Fix(label, without(params.filter, [part])) for part in dead])
    return replace(why, fixes=fixes)


def drawn(rows: RowPage) -> Rows:
    """Rows as they travel: names and cells cut to what the list shows of them."""
    return {
        "trace_id": rows.trace_id,
        "span_id": rows.span_id,
        "time_ms": rows.time_ms,
        "name": [name[: limits.CUT_NAME_CHARS] for name in rows.name],
        "type": [type_[: limits.CUT_NAME_CHARS] for type_ in rows.type],
        "status": rows.status,
        "duration_ms": rows.duration_ms,
        "tokens": rows.tokens,
        "errors": rows.errors,
        "cells": [[preview(value) for value in values] for values in rows.cells],
    }


def count(
    source: Source, params: CountParams, cancel: Cancel, deadline_s: float = limits.EXPLORER_DEADLINE_S
) -> CountResult:
    """How many rows a filter finds, and how many there are without it."""

    def counted(query: Query) -> int:
        return source.engine.count(query, cancel=cancel, deadline_s=deadline_s)

    total = counted(source.query(params.filter, params.rows, cancel, deadline_s))
    narrowed = bool(params.filter.strip()) or source.narrowed
    return {
        "filter": params.filter,
        "total": total,
        "of": counted(source.meaning("", params.rows)) if narrowed else total,
    }


def boot(source: Source | Unreadable, state: Mapping[str, Any], *, with_rows: bool) -> Boot:
    """What the widget opens with, so that its first page needs no round trip.

    A page that would keep the cell waiting is left to the widget to ask for.
    """
    opening: Boot = {
        "wire": WIRE_VERSION,
        "page": None,
        "count": None,
        "error": str(source.error) if isinstance(source, Unreadable) else None,
        "keywords": sorted(KEYWORDS),
        "source": source.name,
        "pairs": [],
    }
    if isinstance(source, Unreadable) or not with_rows:
        return opening
    rows: RowMode = state["screen"].get("rows", "traces")
    first = PageParams(state["filter"], rows, tuple(state["columns"]), 0, None, limits.EXPLORER_PAGE, False)
    try:
        opening["page"] = page(source, first, Cancel(), limits.BOOT_DEADLINE_S)
        opening["count"] = count(source, CountParams(state["filter"], rows), Cancel(), limits.BOOT_DEADLINE_S)
    except (DeadlineExceeded, PredicateError):  # the widget asks for the rows itself, and shows what is in the way
        pass
    except (EngineError, StoreError) as error:
        opening["error"] = str(error)
    return opening
