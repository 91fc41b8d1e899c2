"""The explorer's rows as a DataFrame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pandas as pd

from spanglass import limits
from spanglass.engines.base import Engine, RowId
from spanglass.explorer.source import column_of
from spanglass.explorer.views import arranged
from spanglass.explorer.wire import ColumnSpec, RowMode
from spanglass.filters.algebra import Column
from spanglass.filters.fields import FIELDS
from spanglass.frames.explode import as_explosion, exploded
from spanglass.frames.extract import series_of
from spanglass.frames.series import TEXT, typed

# The base columns of the list, in its order and by its names, under the names that filters have for them.
BASE = {
    "traces": {"time": "timestamp_ms", "name": "name", "duration": "duration", "tokens": "tokens", "status": "status"},
    "spans": {"time": "start_time", "name": "name", "duration": "duration", "tokens": "tokens", "status": "status"},
}
DTYPES = {
    "name": TEXT,
    "status": TEXT,
    "timestamp_ms": "Int64",
    "start_time": "float64",
    "duration": "float64",
    "tokens": "Int64",
}


def explorer_frame(
    engine: Engine,
    ids: Sequence[RowId],
    rows: RowMode,
    extra: Sequence[ColumnSpec],
    order: Sequence[str] | None = None,
    explode: str | None = None,
) -> pd.DataFrame:
    """A row per id, in their order; ids that are not there any more are left out. The columns stand as in the list.

    A column whose name is taken already has its pick added to it, or a number. ``explode`` is that of
    ``search_traces``: a row for each span or item of a trace.
    """
    explosion = as_explosion(explode)
    if explosion is not None and rows == "spans":
        raise ValueError("explode makes rows of traces, and here each row is a span already: leave it out.")
    subject = FIELDS["span" if rows == "spans" else "trace"]
    base = {name: Column(field, subject[field]) for name, field in BASE[rows].items()}
    standing = arranged(list(base), list(map(column_of, extra)), order)
    shown = [base[each] if isinstance(each, str) else each for each in standing]
    fixed = [column for column in shown if column in base.values()]
    names = {column: column.name for column in fixed}
    for column in shown:
        names.setdefault(column, free_name(column, names.values()))
    began = base["time"]  # shown or not: a row that is not there any more has none
    columns = [*dict.fromkeys(shown), began]
    values: list[list[Any]] = [[] for _ in columns]
    keys: list[RowId] = []
    found: Iterable[list[Any]]
    for start in range(0, len(ids), limits.FRAME_CHUNK):
        chunk = ids[start : start + limits.FRAME_CHUNK]
        if explosion is None:
            keys += chunk
            found = engine.columns(chunk, columns)
        else:
            owners, spans, found = exploded(engine, chunk, explosion, columns)
            keys += [(*chunk[owner], span) for owner, span in zip(owners, spans, strict=True)]
        for into, more in zip(values, found, strict=True):
            into += more
    *values, times = values
    made = {
        names[column]: typed(cells, DTYPES[column.name]) if column in fixed else series_of(column, cells)
        for column, cells in zip(columns, values, strict=False)
    }
    frame = pd.DataFrame(made, index=range(len(keys)))
    if rows == "spans" or explosion is not None:
        index = pd.MultiIndex.from_tuples([(str(a), str(b)) for a, b in keys], names=["trace_id", "span_id"])
        frame.index = index
    else:
        frame.index = pd.Index([row[0] for row in keys], name="trace_id", dtype=TEXT)
    return frame.loc[[time is not None for time in times]]


def free_name(column: Column, taken: Collection[str]) -> str:
    """The column's name, made different from those that are taken.

    >>> free_name(Column("cost", FIELDS["trace"]["cost"], "last"), ["cost"])
    'cost (last)'
    """
    if column.name not in taken:
        return column.name
    names = [f"{column.name} ({mark})" for mark in (column.pick, *range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)
