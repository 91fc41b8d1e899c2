"""Traces, spans and assessments as the JSON documents that MLflow 3 writes and reads.

The layout is the one of MLflow 3's ``Trace.to_json()``: ids of spans in base64, attributes each as JSON text.
An id that is not hex, as other sources have them, stands for itself by the first bytes of its SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timezone
from typing import Any

from spanglass.entities import Assessment, AssessmentKind, Link, Span, SpanEvent, Trace, TraceInfo
from spanglass.entities.serial import FORMAT
from spanglass.store.json_text import encode

_TRACE_PREFIX = "tr-"
_OF_MLFLOW = ("mlflow.traceRequestId", "mlflow.spanType", "mlflow.spanInputs", "mlflow.spanOutputs")


def trace_json(trace: Trace) -> str:
    """The whole trace as one JSON text; under ``spanglass`` what MLflow has no place for, to be read back whole."""
    return encode(
        {
            "info": info_document(trace.info),
            "data": {"spans": [span_document(span) for span in trace.data.spans]},
            FORMAT: _besides(trace),
        }
    )


def _besides(trace: Trace) -> dict[str, Any]:
    """``Trace.to_dict()`` without what stands in MLflow's part of the document; ``formats.own`` joins the two."""
    whole = trace.to_dict()
    root = trace.data.root()
    for name, shown in (("request", "inputs"), ("response", "outputs")):
        if root is not None and whole["info"][name] == getattr(root, shown):
            del whole["info"][name]
    for span in whole["data"]["spans"]:
        span["of_mlflow"] = [key for key in _OF_MLFLOW if key in span["attributes"]]
        for name in ("inputs", "outputs", "attributes", "events", "links"):
            del span[name]
    return whole


def info_document(info: TraceInfo) -> dict[str, Any]:
    """What is known of a trace without its spans."""
    document: dict[str, Any] = {
        "trace_id": info.trace_id,
        "trace_location": {
            "type": "MLFLOW_EXPERIMENT",
            "mlflow_experiment": {"experiment_id": info.experiment_id},
        },
        "request_time": _iso(info.timestamp_ms),
        "state": info.status,
        "trace_metadata": dict(info.metadata),
        "tags": {"mlflow.traceName": info.name, **info.tags} if info.name else dict(info.tags),
    }
    present = {
        "client_request_id": info.client_request_id,
        "request_preview": info.request_preview,
        "response_preview": info.response_preview,
        "execution_duration_ms": info.execution_time_ms,
        "assessments": [assessment_document(item) for item in info.assessments] or None,
    }
    return document | {key: value for key, value in present.items() if value is not None}


def span_document(span: Span) -> dict[str, Any]:
    """One span. What the source recorded is in ``attributes``, and so is what MLflow keeps there."""
    attributes = {key: encode(value) for key, value in span.attributes.items()}
    for key, value in zip(_OF_MLFLOW, (span.trace_id, span.span_type, span.inputs, span.outputs), strict=True):
        if value is not None:
            attributes[key] = encode(value)
    document: dict[str, Any] = {
        "trace_id": _id(span.trace_id, 16),
        "span_id": _id(span.span_id, 8),
        "parent_span_id": None if span.parent_id is None else _id(span.parent_id, 8),
        "name": span.name,
        "start_time_unix_nano": span.start_time_ns,
        "end_time_unix_nano": span.end_time_ns,
        "events": [_event(event) for event in span.events],
        "status": {"code": f"STATUS_CODE_{span.status}", "message": span.status_message},
        "attributes": attributes,
    }
    if span.links:
        document["links"] = [_link(link) for link in span.links]
    return document


def assessment_document(assessment: Assessment) -> dict[str, Any]:
    """One assessment."""
    document: dict[str, Any] = {
        "assessment_id": assessment.assessment_id,
        "assessment_name": assessment.name,
        "trace_id": assessment.trace_id,
        "source": {"source_type": assessment.source.source_type, "source_id": assessment.source.source_id},
        "create_time": _iso(assessment.create_time_ms),
        "last_update_time": _iso(assessment.last_update_time_ms),
        "valid": assessment.valid,
    }
    if assessment.kind == AssessmentKind.EXPECTATION:
        document["expectation"] = {"value": assessment.value}
    else:
        document["feedback"] = {"value": assessment.value}
        if assessment.error is not None:
            document["feedback"]["error"] = {"error_code": "ERROR", "error_message": assessment.error}
    present = {
        "rationale": assessment.rationale,
        "span_id": assessment.span_id,
        "overrides": assessment.overrides,
        "metadata": {key: str(value) for key, value in assessment.metadata.items()} or None,
    }
    return document | {key: value for key, value in present.items() if value is not None}


def _event(event: SpanEvent) -> dict[str, Any]:
    return {"name": event.name, "time_unix_nano": event.timestamp_ns, "attributes": dict(event.attributes)}


def _link(link: Link) -> dict[str, Any]:
    return {"trace_id": link.trace_id, "span_id": link.span_id, "attributes": dict(link.attributes)}


def _iso(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def _id(text: str, size: int) -> str:
    try:
        raw = bytes.fromhex(text.removeprefix(_TRACE_PREFIX))
    except ValueError:
        raw = b""
    if len(raw) != size:
        raw = hashlib.sha256(text.encode()).digest()[:size]
    return base64.b64encode(raw).decode()
