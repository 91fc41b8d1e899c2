"""A store made from the rows of MLflow's own tables, as the recorded filters were run on."""

from __future__ import annotations

import json
from typing import Any

from spanglass.entities import Assessment, AssessmentSource, Batch, Experiment, Span, SpanEvent, TraceFacts

Row = dict[str, Any]


def batch(tables: dict[str, list[Row]]) -> Batch:
    """Everything the tables say, for ``Store.write``."""
    facts = {row["request_id"]: _facts(row) for row in tables["trace_info"]}
    for row in tables["trace_tags"]:
        facts[row["request_id"]].tags[row["key"]] = row["value"]
    for row in tables["trace_metadata"]:
        trace = facts[row["request_id"]]
        trace.metadata[row["key"]] = row["value"]
        if row["key"] == "mlflow.sourceRun":
            trace.run_id = row["value"]
    experiments = {str(row["experiment_id"]) for row in tables["trace_info"]}
    return Batch(
        spans=[_span(row) for row in tables["spans"]],
        traces=list(facts.values()),
        assessments=[_assessment(row) for row in tables["assessments"]],
        experiments=[Experiment(experiment_id, "recorded") for experiment_id in experiments],
    )


def _facts(row: Row) -> TraceFacts:
    start_ns = row["timestamp_ms"] * 1_000_000
    took = row["execution_time_ms"]
    return TraceFacts(
        row["request_id"],
        experiment_id=str(row["experiment_id"]),
        name=row["trace_name"],
        status=row["status"],
        start_time_ns=start_ns,
        end_time_ns=None if took is None else start_ns + took * 1_000_000,
        client_request_id=row["client_request_id"],
        session_id=row["session_id"],
        request_preview=row["request_preview"],
        response_preview=row["response_preview"],
        # MLflow keeps this tag in a column, and hands it out with the others.
        tags={"mlflow.traceName": row["trace_name"]},
    )


def _span(row: Row) -> Span:
    content = json.loads(row["content"])
    # Each attribute's value is JSON text inside the JSON.
    attributes = {key: json.loads(value) for key, value in content["attributes"].items()}
    return Span(
        row["trace_id"],
        row["span_id"],
        row["name"],
        row["parent_span_id"],
        row["type"],
        row["status"],
        content["status"]["message"],
        row["start_time_unix_nano"],
        row["end_time_unix_nano"],
        attributes.get("mlflow.spanInputs"),
        attributes.get("mlflow.spanOutputs"),
        attributes,
        [SpanEvent(event["name"], event["time_unix_nano"], event["attributes"]) for event in content["events"]],
    )


def _assessment(row: Row) -> Assessment:
    return Assessment(
        row["name"],
        json.loads(row["value"]),
        row["assessment_type"],
        row["trace_id"],
        assessment_id=row["assessment_id"],
        source=AssessmentSource(row["source_type"], row["source_id"]),
        create_time_ms=row["created_timestamp"],
        last_update_time_ms=row["last_updated_timestamp"],
        valid=row["valid"],
    )
