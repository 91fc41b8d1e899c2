"""The explorer's rows as a DataFrame."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from spanglass import limits
from spanglass.engines.base import Engine, RowId
from spanglass.explorer.source import column_of
from spanglass.explorer.views import arranged
from spanglass.explorer.wire import ColumnSpec, RowMode
from spanglass.filters.algebra import Column
from spanglass.filters.fields import FIELDS
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
) -> pd.DataFrame:
    """A row per id, in their order; ids that are not there any more are left out. The columns stand as in the list.

    A column whose name is taken already has its pick added to it, or a number.
    """
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
    for start in range(0, len(ids), limits.FRAME_CHUNK):
        chunk = ids[start : start + limits.FRAME_CHUNK]
        for into, more in zip(values, engine.columns(chunk, columns), strict=True):
            into += more
    *values, times = values
    made = {
        names[column]: typed(cells, DTYPES[column.name]) if column in fixed else series_of(column, cells)
        for column, cells in zip(columns, values, strict=False)
    }
    frame = pd.DataFrame(made, index=range(len(ids)))
    if rows == "spans":
        index = pd.MultiIndex.from_tuples([(str(a), str(b)) for a, b in ids], names=["trace_id", "span_id"])
        frame.index = index
    else:
        frame.index = pd.Index([row[0] for row in ids], name="trace_id", dtype=TEXT)
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
