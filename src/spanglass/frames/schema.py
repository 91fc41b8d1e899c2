"""Which columns a frame of traces has: MLflow 2's, as its documentation shows them, or MLflow 3's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

import pandas as pd

from spanglass.entities import Trace
from spanglass.frames.mlflow3 import assessment_document, span_document, trace_json
from spanglass.frames.series import TEXT, cells, typed
from spanglass.frames.spans import SpanList

SchemaName = Literal["mlflow2", "mlflow3"]


@dataclass(frozen=True, slots=True)
class SchemaColumn:
    """One column: its name, its dtype (also when the frame is empty), and what a trace puts into it."""

    name: str
    dtype: str
    of: Callable[[Trace], Any]


MLFLOW2: tuple[SchemaColumn, ...] = (
    SchemaColumn("request_id", TEXT, attrgetter("info.trace_id")),
    SchemaColumn("trace", "object", lambda trace: trace),
    SchemaColumn("timestamp_ms", "int64", attrgetter("info.timestamp_ms")),
    SchemaColumn("status", TEXT, attrgetter("info.status")),
    SchemaColumn("execution_time_ms", "Int64", attrgetter("info.execution_time_ms")),
    SchemaColumn("request", "object", attrgetter("info.request")),
    SchemaColumn("response", "object", attrgetter("info.response")),
    SchemaColumn("request_metadata", "object", attrgetter("info.metadata")),
    SchemaColumn("spans", "object", SpanList),
    SchemaColumn("tags", "object", attrgetter("info.tags")),
    SchemaColumn("assessments", "object", attrgetter("info.assessments")),
)

MLFLOW3: tuple[SchemaColumn, ...] = (
    SchemaColumn("trace_id", TEXT, attrgetter("info.trace_id")),
    SchemaColumn("trace", TEXT, trace_json),
    SchemaColumn("client_request_id", TEXT, attrgetter("info.client_request_id")),
    SchemaColumn("state", TEXT, attrgetter("info.status")),
    SchemaColumn("request_time", "int64", attrgetter("info.timestamp_ms")),
    SchemaColumn("execution_duration", "Int64", attrgetter("info.execution_time_ms")),
    SchemaColumn("request", "object", attrgetter("info.request")),
    SchemaColumn("response", "object", attrgetter("info.response")),
    SchemaColumn("trace_metadata", "object", attrgetter("info.metadata")),
    SchemaColumn("tags", "object", attrgetter("info.tags")),
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


def trace_frame(traces: Sequence[Trace], schema: str = "mlflow2") -> pd.DataFrame:
    """The traces as a frame, one row each, in the columns of a schema.

    Under ``mlflow2`` no span is read: ``trace`` and ``spans`` read theirs when they are touched. ``mlflow3``
    has the whole trace as JSON text in ``trace``, so it reads all spans at once.

    >>> trace_frame([]).dtypes["timestamp_ms"]
    dtype('int64')
    """
    return pd.DataFrame({column.name: typed(list(map(column.of, traces)), column.dtype) for column in SCHEMAS[schema]})
