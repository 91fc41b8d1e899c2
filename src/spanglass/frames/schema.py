"""Which columns a frame of traces has: MLflow 2's, as its documentation shows them, or MLflow 3's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from spanglass.entities import Trace, TraceTable
from spanglass.frames.mlflow3 import assessment_document, span_document, trace_json
from spanglass.frames.series import TEXT, cells, typed
from spanglass.frames.spans import SpanList

SchemaName = Literal["mlflow2", "mlflow3"]


@dataclass(frozen=True, slots=True)
class SchemaColumn:
    """One column: its name, its dtype (also when the frame is empty), and what a trace puts into it: a field of its
    info, or what a function makes of it."""

    name: str
    dtype: str
    of: str | Callable[[Trace], Any]


MLFLOW2: tuple[SchemaColumn, ...] = (
    SchemaColumn("request_id", TEXT, "trace_id"),
    SchemaColumn("trace", "object", lambda trace: trace),
    SchemaColumn("timestamp_ms", "int64", "timestamp_ms"),
    SchemaColumn("status", TEXT, "status"),
    SchemaColumn("execution_time_ms", "Int64", "execution_time_ms"),
    SchemaColumn("request", "object", "request"),
    SchemaColumn("response", "object", "response"),
    SchemaColumn("request_metadata", "object", "metadata"),
    SchemaColumn("spans", "object", SpanList),
    SchemaColumn("tags", "object", "tags"),
    SchemaColumn("assessments", "object", "assessments"),
)

MLFLOW3: tuple[SchemaColumn, ...] = (
    SchemaColumn("trace_id", TEXT, "trace_id"),
    SchemaColumn("trace", TEXT, trace_json),
    SchemaColumn("client_request_id", TEXT, "client_request_id"),
    SchemaColumn("state", TEXT, "status"),
    SchemaColumn("request_time", "int64", "timestamp_ms"),
    SchemaColumn("execution_duration", "Int64", "execution_time_ms"),
    SchemaColumn("request", "object", "request"),
    SchemaColumn("response", "object", "response"),
    SchemaColumn("trace_metadata", "object", "metadata"),
    SchemaColumn("tags", "object", "tags"),
    SchemaColumn("spans", "object", lambda trace: SpanList(trace, span_document)),
    SchemaColumn(
        "assessments",
        "object",
        lambda trace: [assessment_document(assessment) for assessment in trace.info.assessments],
    ),
)

SCHEMAS: dict[str, tuple[SchemaColumn, ...]] = {"mlflow2": MLFLOW2, "mlflow3": MLFLOW3}

ID_COLUMNS = ("trace_id", "request_id")
"""The columns that say which trace a row is, under either name."""


def trace_ids(frame: pd.DataFrame) -> list[str | None] | None:
    """Which trace each row of a frame is, as a column or the index says it; None where nothing does.

    >>> trace_ids(pd.DataFrame({"name": ["greet"]}, index=pd.Index(["t1"], name="trace_id")))
    ['t1']
    """
    for name in ID_COLUMNS:
        if name in frame.columns:
            return cells(frame[name])
        if name in frame.index.names:
            return cells(frame.index.get_level_values(name).to_series())
    return None


def trace_frame(traces: TraceTable | Sequence[Trace], schema: str = "mlflow2", *, spans: bool = True) -> pd.DataFrame:
    """The traces as a frame, one row each, in the columns of a schema.

    Under ``mlflow2`` no span is read: ``trace`` and ``spans`` read theirs when they are touched. ``mlflow3``
    has the whole trace as JSON text in ``trace``, so it reads all spans at once. Without ``spans`` a table's traces
    have none.

    >>> trace_frame([]).dtypes["timestamp_ms"]
    dtype('int64')
    """
    if isinstance(traces, TraceTable):
        table, traces = traces, traces.traces(spans=spans)
    else:
        table = TraceTable.of(traces)
    cells = {
        column.name: table.column(column.of) if isinstance(column.of, str) else list(map(column.of, traces))
        for column in SCHEMAS[schema]
    }
    return pd.DataFrame({column.name: typed(cells[column.name], column.dtype) for column in SCHEMAS[schema]})
