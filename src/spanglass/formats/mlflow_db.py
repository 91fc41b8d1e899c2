"""An MLflow 3 tracking database in SQLite: read directly, never written to, MLflow itself is not needed.

The tables are those of MLflow 3.17 (revision dc11669786a5): ``trace_info`` with ``trace_tags`` and
``trace_request_metadata``, ``spans`` whose ``content`` is a span as JSON, ``assessments``, ``experiments``, ``runs``,
and ``entity_associations`` that link further runs to a trace. Columns that other revisions lack are done without.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from spanglass.entities import Assessment, AssessmentKind, AssessmentSource, Batch, Experiment, Run
from spanglass.formats.mlflow import read_info, read_span
from spanglass.formats.mlflow_assessments import error_text
from spanglass.formats.notes import IngestError, Notes, shown
from spanglass.formats.values import decoded, encoded_once, identifier, parse_json, text_of
from spanglass.limits import BUSY_TIMEOUT_S, TRACES_PER_READ

NAME = "mlflow database"
_NEEDED = {
    "trace_info": {"request_id", "experiment_id", "timestamp_ms", "execution_time_ms", "status"},
    "trace_tags": {"key", "value", "request_id"},
    "trace_request_metadata": {"key", "value", "request_id"},
    "experiments": {"experiment_id", "name"},
}
_SPANS = {"trace_id", "span_id", "content"}
_INFO = (
    "request_id",
    "experiment_id",
    "timestamp_ms",
    "execution_time_ms",
    "status",
    "client_request_id",
    "request_preview",
    "response_preview",
)
# Since 3.17 these facts have columns of their own instead of a tag and metadata; MLflow shows them under the old names.
_TOKENS = (
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "cache_creation_input_tokens_above_1hr",
)
_COSTS = ("input_cost", "output_cost", "total_cost")
_ASSESSMENT = {"assessment_id", "trace_id", "name", "assessment_type", "value", "source_type"}


def looks_like(path: Path) -> bool:
    """Whether the SQLite file at ``path`` has MLflow's tables of traces."""
    try:
        with closing(_connect(path)) as connection:
            return bool(_columns(connection, "trace_info")) and bool(_columns(connection, "experiments"))
    except sqlite3.Error:
        return False


def read(path: Path, notes: Notes) -> Iterator[Batch]:
    """All traces of all experiments that are not deleted, some hundred a batch; experiments and runs come first.

    Raises IngestError if the file has not the tables, or the columns, that a trace needs.
    """
    with closing(_connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        try:
            yield from _read(connection, path, notes)
        except sqlite3.Error as error:
            raise IngestError(f"{path}: reading this MLflow database failed: {error}") from error


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}


def _read(connection: sqlite3.Connection, path: Path, notes: Notes) -> Iterator[Batch]:
    for table, needed in _NEEDED.items():
        missing = needed - _columns(connection, table)
        if missing:
            raise IngestError(
                f"{path}: this is no MLflow tracking database that can be read: table {table} lacks "
                f"{', '.join(sorted(missing))}. Export the traces as JSON (Trace.to_json) instead."
            )
    has_spans = _columns(connection, "spans") >= _SPANS
    if not has_spans:
        notes.warn("this database is of MLflow 2, which keeps spans in artifact files: read their traces.json as well")
    connection.execute("BEGIN")  # one state of the database, whoever writes to it meanwhile
    hidden = _deleted_experiments(connection)
    experiments = {one.experiment_id: one for one in _experiments(connection, hidden)}
    yield Batch(experiments=list(experiments.values()), runs=_runs(connection, hidden))
    wanted = sorted(_columns(connection, "trace_info") & {*_INFO, "trace_name", "session_id", *_TOKENS, *_COSTS})
    selected = f"SELECT {', '.join(wanted)} FROM trace_info"
    after = ""
    left_out = 0
    while True:
        infos = connection.execute(
            f"{selected} WHERE request_id > ? ORDER BY request_id LIMIT ?", (after, TRACES_PER_READ)
        ).fetchall()
        if not infos:
            break
        after = infos[-1]["request_id"]
        shown_infos = {row["request_id"]: dict(row) for row in infos if str(row["experiment_id"]) not in hidden}
        left_out += len(infos) - len(shown_infos)
        batch = Batch()
        _add_infos(connection, shown_infos, batch, notes)
        if has_spans:
            _add_spans(connection, shown_infos, batch, notes)
        _add_assessments(connection, shown_infos, batch, notes)
        batch.experiments = [
            experiments[one]
            for one in sorted({str(info["experiment_id"]) for info in shown_infos.values()})
            if one in experiments
        ]
        if batch:
            yield batch
    if left_out:
        notes.warn(f"{left_out} traces of deleted experiments were left out")


def _deleted_experiments(connection: sqlite3.Connection) -> set[str]:
    if "lifecycle_stage" not in _columns(connection, "experiments"):
        return set()
    rows = connection.execute("SELECT experiment_id FROM experiments WHERE lifecycle_stage = 'deleted'")
    return {str(row[0]) for row in rows}


def _experiments(connection: sqlite3.Connection, hidden: set[str]) -> list[Experiment]:
    tags: dict[str, dict[str, str]] = {}
    if _columns(connection, "experiment_tags"):
        for key, value, owner in connection.execute("SELECT key, value, experiment_id FROM experiment_tags"):
            tags.setdefault(str(owner), {})[key] = text_of(value)
    created = "creation_time" if "creation_time" in _columns(connection, "experiments") else "NULL"
    rows = connection.execute(f"SELECT experiment_id, name, {created} FROM experiments ORDER BY experiment_id")
    return [
        Experiment(str(row[0]), row[1], row[2] or 0, tags.get(str(row[0]), {}))
        for row in rows
        if str(row[0]) not in hidden
    ]


def _runs(connection: sqlite3.Connection, hidden: set[str]) -> list[Run]:
    """The runs of the experiments that have traces."""
    if not _columns(connection, "runs") >= {"run_uuid", "experiment_id", "name", "status", "start_time", "end_time"}:
        return []
    runs: dict[str, Run] = {}
    for row in connection.execute(
        "SELECT * FROM runs WHERE experiment_id IN (SELECT DISTINCT experiment_id FROM trace_info)"
    ):
        experiment_id = str(row["experiment_id"])
        if experiment_id not in hidden and dict(row).get("lifecycle_stage") != "deleted":
            runs[row["run_uuid"]] = Run(
                row["run_uuid"],
                experiment_id,
                row["name"] or "",
                row["status"] or "",
                row["start_time"] or 0,
                row["end_time"],
            )
    for table, target in (("params", "params"), ("tags", "tags"), ("latest_metrics", "metrics")):
        if not _columns(connection, table) >= {"run_uuid", "key", "value"}:
            continue
        for key, value, owner in connection.execute(f"SELECT key, value, run_uuid FROM {table}"):
            if owner in runs:
                getattr(runs[owner], target)[key] = value
    return list(runs.values())


def _chunk(infos: Mapping[str, Any]) -> tuple[str, tuple[str]]:
    return "IN (SELECT value FROM json_each(?))", (orjson.dumps(list(infos)).decode(),)


def _add_infos(connection: sqlite3.Connection, infos: Mapping[str, dict[str, Any]], batch: Batch, notes: Notes) -> None:
    chosen, ids = _chunk(infos)
    for table, field in (("trace_tags", "tags"), ("trace_request_metadata", "trace_metadata")):
        for key, value, owner in connection.execute(
            f"SELECT key, value, request_id FROM {table} WHERE request_id {chosen}", ids
        ):
            infos[owner].setdefault(field, {})[key] = value
    for trace_id, info in infos.items():
        _add_columns(info)
        if read_info(info, batch) is None:
            notes.skip(f"trace_info {shown(trace_id)}", "it has no request_id")


def _add_columns(info: dict[str, Any]) -> None:
    """The facts that have columns, as the tag and the metadata that MLflow makes of them."""
    if info.get("trace_name") is not None:
        info.setdefault("tags", {})["mlflow.traceName"] = info["trace_name"]
    metadata = info.setdefault("trace_metadata", {})
    if info.get("session_id") is not None:
        metadata["mlflow.trace.session"] = info["session_id"]
    for columns, key in ((_TOKENS, "mlflow.trace.tokenUsage"), (_COSTS, "mlflow.trace.cost")):
        known = {column: info[column] for column in columns if info.get(column) is not None}
        if known:
            metadata[key] = json.dumps(known)


def _add_spans(connection: sqlite3.Connection, infos: Mapping[str, Any], batch: Batch, notes: Notes) -> None:
    chosen, ids = _chunk(infos)
    rows = connection.execute(
        f"SELECT trace_id, span_id, content FROM spans WHERE trace_id {chosen} ORDER BY trace_id, span_id", ids
    )
    for trace_id, span_id, content in rows:
        place = f"spans {trace_id}/{span_id}"
        try:
            raw = parse_json(content or "")
        except ValueError as error:
            notes.skip(place, f"its content is {error}")
            continue
        if isinstance(raw, Mapping):
            read_span(raw, identifier(trace_id, 16), batch, place, notes)
        else:
            notes.skip(place, f"its content is {shown(raw)}")


def _add_assessments(connection: sqlite3.Connection, infos: Mapping[str, Any], batch: Batch, notes: Notes) -> None:
    if not _columns(connection, "assessments") >= _ASSESSMENT:
        return
    chosen, ids = _chunk(infos)
    for row in connection.execute(f"SELECT * FROM assessments WHERE trace_id {chosen} ORDER BY assessment_id", ids):
        batch.assessments.append(_assessment(dict(row)))


def _assessment(row: Mapping[str, Any]) -> Assessment:
    kind = AssessmentKind.EXPECTATION if row["assessment_type"] == "expectation" else AssessmentKind.FEEDBACK
    metadata = decoded(row.get("assessment_metadata"))
    return Assessment(
        row["name"],
        value=encoded_once(row["value"]),
        kind=kind,
        trace_id=identifier(row["trace_id"], 16),
        span_id=identifier(row.get("span_id"), 8) or None,
        assessment_id=row["assessment_id"],
        source=AssessmentSource(row["source_type"], row.get("source_id") or ""),
        rationale=row.get("rationale"),
        error=error_text(decoded(row.get("error"))),
        run_id=row.get("run_id"),
        create_time_ms=row.get("created_timestamp") or 0,
        last_update_time_ms=row.get("last_updated_timestamp") or 0,
        valid=bool(row.get("valid", True)),
        overrides=row.get("overrides"),
        metadata=metadata if isinstance(metadata, dict) else {},
    )


def linked_runs(path: Path) -> list[tuple[str, str]]:
    """(trace id, run id) of the runs that were linked to traces after the fact."""
    with closing(_connect(path)) as connection:
        if not _columns(connection, "entity_associations") >= {"source_type", "source_id", "destination_id"}:
            return []
        rows = connection.execute(
            "SELECT source_id, destination_id FROM entity_associations"
            " WHERE source_type = 'trace' AND destination_type = 'run' ORDER BY 1, 2"
        )
        return [(identifier(trace_id, 16), run_id) for trace_id, run_id in rows]
