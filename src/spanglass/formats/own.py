"""Traces of this package's own: objects, from another store for instance, and what ``Trace.to_json()`` writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from spanglass.entities import Batch, Json, Trace, TraceFacts
from spanglass.entities.serial import FORMAT
from spanglass.formats.notes import Notes

_MS = 1_000_000
_FACTS = (
    "name",
    "status",
    "session_id",
    "user_id",
    "run_id",
    "client_request_id",
    "request_preview",
    "response_preview",
    "input_tokens",
    "output_tokens",
    "cost",
    "model",
)


def read(traces: Iterable[Trace]) -> Iterator[Batch]:
    """Traces with spans, assessments, tags and metadata, one batch each."""
    for trace in traces:
        info, spans = trace.info, trace.data.spans
        facts = TraceFacts(info.trace_id, tags=dict(info.tags), metadata=dict(info.metadata))
        for name in _FACTS:
            value = getattr(info, name)
            if value is not None:
                setattr(facts, name, value)
        start = min((span.start_time_ns for span in spans), default=-1)
        end = max((span.end_time_ns or 0 for span in spans), default=-1)
        if (start // _MS, (end - start) // _MS) != (info.timestamp_ms, info.execution_time_ms):
            facts.start_time_ns = info.timestamp_ms * _MS
            if info.execution_time_ms is not None:
                facts.end_time_ns = (info.timestamp_ms + info.execution_time_ms) * _MS
        root = trace.data.root()
        if root is None or (root.inputs, root.outputs) != (info.request, info.response):
            facts.request, facts.response = info.request, info.response
        about = [one if one.session_id else replace(one, trace_id=info.trace_id) for one in info.assessments]
        yield Batch(list(spans), [facts], about)


def looks_like(document: Json) -> bool:
    """Whether ``document`` is what ``Trace.to_dict()`` or ``to_json()`` writes."""
    return isinstance(document, Mapping) and document.get("format") == FORMAT


def joined(document: Mapping[str, Any]) -> Json:
    """The trace, as ``Trace.to_dict()`` has it, that a document of MLflow's layout was made of; None if of none.

    ``frames`` puts what that layout has no place for under the name of our own format.
    """
    besides, data = document.get(FORMAT), document.get("data")
    if not isinstance(besides, Mapping) or not isinstance(data, Mapping):
        return None
    try:
        pairs = zip(besides["data"]["spans"], data["spans"], strict=True)
        spans = [{**narrow, **_carried(wide, narrow["of_mlflow"])} for narrow, wide in pairs]
        roots = [span for span in spans if span["parent_id"] is None]
        root = min(roots, key=lambda span: span["start_time_ns"], default={})
    except (KeyError, TypeError, ValueError):  # changed by hand: what MLflow has of it is read
        return None
    info = {"request": root.get("inputs"), "response": root.get("outputs"), **besides["info"]}
    return {**besides, "info": info, "data": {"spans": spans}}


def _carried(wide: Mapping[str, Any], of_mlflow: Sequence[str]) -> dict[str, Json]:
    """The parts of a span that stand in MLflow's layout, without the attributes that only MLflow asks for."""
    attributes = {key: orjson.loads(value) for key, value in wide["attributes"].items()}
    inputs, outputs = attributes.get("mlflow.spanInputs"), attributes.get("mlflow.spanOutputs")
    for key in ("mlflow.traceRequestId", "mlflow.spanType", "mlflow.spanInputs", "mlflow.spanOutputs"):
        if key not in of_mlflow:
            attributes.pop(key, None)
    events = [
        {"name": event["name"], "timestamp_ns": event["time_unix_nano"], "attributes": event["attributes"]}
        for event in wide["events"]
    ]
    links = wide.get("links", [])
    return {"inputs": inputs, "outputs": outputs, "attributes": attributes, "events": events, "links": links}


def read_documents(documents: Iterable[Json], notes: Notes) -> Iterator[Batch]:
    """Traces written as JSON, one batch each."""
    for document in documents:
        try:
            trace = Trace.from_dict(document)
            _check(trace)
        except ValueError as error:
            notes.skip("trace", str(error))
        else:
            yield from read([trace])


def _check(trace: Trace) -> None:
    """Raise ValueError if a value that the store relies on was changed in the file to one of another kind."""
    info, spans, judged = trace.info, trace.data.spans, trace.info.assessments
    ids = [info.trace_id, *(id for span in spans for id in (span.trace_id, span.span_id))]
    texts = [*ids, *(span.name for span in spans), *(one.name for one in judged)]
    parts = [*(span.parent_id for span in spans), *(id for one in judged for id in (one.span_id, one.session_id))]
    times = [info.timestamp_ms, *(span.start_time_ns for span in spans)]
    ends = [info.execution_time_ms, *(span.end_time_ns for span in spans)]
    if not all(ids) or not all(isinstance(text, str) for text in (*texts, *(id for id in parts if id is not None))):
        raise ValueError("this trace is damaged: an id or a name in it is no text")
    if not all(type(time) is int for time in (*times, *(end for end in ends if end is not None))):
        raise ValueError("this trace is damaged: a time in it is no whole number")
    for pairs in (info.tags, info.metadata):
        if not isinstance(pairs, Mapping) or not all(isinstance(value, str) for value in pairs.values()):
            raise ValueError("this trace is damaged: its tags or metadata are not texts by key")
