"""The explorer's rows as a DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from spanglass import limits
from spanglass.engines.base import Engine, RowId
from spanglass.explorer.source import column_of
from spanglass.explorer.wire import ColumnSpec, RowMode
from spanglass.filters.algebra import Column
from spanglass.filters.fields import FIELDS
from spanglass.frames.extract import series_of
from spanglass.frames.series import TEXT, typed

# The columns that the list always has, in its order, under the names that filters have for them.
BASE = {
    "traces": ("timestamp_ms", "name", "duration", "tokens", "status"),
    "spans": ("start_time", "name", "duration", "tokens", "status"),
}
DTYPES = {
    "name": TEXT,
    "status": TEXT,
    "timestamp_ms": "Int64",
    "start_time": "float64",
    "duration": "float64",
    "tokens": "Int64",
}


def explorer_frame(engine: Engine, ids: Sequence[RowId], rows: RowMode, extra: Sequence[ColumnSpec]) -> pd.DataFrame:
    """A row per id, in their order; ids that are not there any more are left out.

    A column whose name is taken already has its pick added to it, or a number.
    """
    subject = FIELDS["span" if rows == "spans" else "trace"]
    columns = [Column(name, subject[name]) for name in BASE[rows]]
    columns += [column for column in map(column_of, extra) if column not in columns]
    names: list[str] = []
    for column in columns:
        names.append(free_name(column, names))
    values: list[list[Any]] = [[] for _ in columns]
    for start in range(0, len(ids), limits.FRAME_CHUNK):
        chunk = ids[start : start + limits.FRAME_CHUNK]
        for into, more in zip(values, engine.columns(chunk, columns), strict=True):
            into += more
    made: dict[str, pd.Series] = {}
    for name, column, cells in zip(names, columns, values, strict=True):
        known = DTYPES.get(name) if len(made) < len(BASE[rows]) else None
        made[name] = series_of(column, cells) if known is None else typed(cells, known)
    frame = pd.DataFrame(made)
    if rows == "spans":
        index = pd.MultiIndex.from_tuples([(str(a), str(b)) for a, b in ids], names=["trace_id", "span_id"])
        frame.index = index
    else:
        frame.index = pd.Index([row[0] for row in ids], name="trace_id", dtype=TEXT)
    return frame[frame[BASE[rows][0]].notna()]


def free_name(column: Column, taken: Sequence[str]) -> str:
    """The column's name, made different from those that are taken.

    >>> free_name(Column("cost", FIELDS["trace"]["cost"], "last"), ["cost"])
    'cost (last)'
    """
    if column.name not in taken:
        return column.name
    names = [f"{column.name} ({mark})" for mark in (column.pick, *range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)
