"""MLflow's traces as JSON: of generation 3, of generation 2, its artifact files, and rows of its DataFrames.

A trace of generation 3 is ``{"info": {"trace_id", "request_time", "state", …}, "data": {"spans": […]}}``; in generation
2 the info has ``request_id``, ``timestamp_ms``, ``status``, and spans a ``context``. The artifact ``traces.json`` has
the spans alone. Attributes are texts of JSON everywhere. A span's events are timed in nanoseconds in generation 3, in
microseconds in generation 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spanglass.entities import (
    Batch,
    Experiment,
    Json,
    Link,
    Span,
    SpanEvent,
    SpanStatus,
    TraceFacts,
    TraceStatus,
)
from spanglass.formats import own
from spanglass.formats.dialects import normalise
from spanglass.formats.dialects.mlflow import decode_attributes
from spanglass.formats.mlflow_assessments import read_assessment
from spanglass.formats.notes import Notes, shown
from spanglass.formats.values import (
    clean,
    count,
    decoded,
    encoded_once,
    identifier,
    integer,
    nanoseconds,
    number,
    text_of,
)

_MS = 1_000_000
_STATES = frozenset({TraceStatus.OK, TraceStatus.ERROR, TraceStatus.IN_PROGRESS, TraceStatus.UNSPECIFIED})
_COLUMNS = frozenset({"trace_id", "request_id"})
_COLUMNS_TOO = frozenset({"trace", "spans"})


def looks_like(document: Json) -> bool:
    """Whether ``document`` is a trace of MLflow's, or the spans of one."""
    if not isinstance(document, Mapping):
        return False
    info = document.get("info")
    if isinstance(info, Mapping):
        return "trace_id" in info or "request_id" in info
    return looks_like_row(document) or _has_own_spans(document.get("spans"))


def looks_like_row(document: Mapping[str, Any]) -> bool:
    """Whether ``document`` is a row of what MLflow's ``search_traces`` returns."""
    return not _COLUMNS.isdisjoint(document) and not _COLUMNS_TOO.isdisjoint(document) and "info" not in document


def _has_own_spans(spans: Json) -> bool:
    if not isinstance(spans, list) or not spans or not isinstance(spans[0], Mapping):
        return False
    attributes = spans[0].get("attributes")
    return isinstance(attributes, Mapping) and "mlflow.traceRequestId" in attributes


def read(documents: Iterable[Json], notes: Notes) -> Iterator[Batch]:
    """Traces, one batch each: objects with ``info`` and ``data``, objects with only ``spans``, rows of a DataFrame.

    An object that holds a whole DataFrame by columns (``DataFrame.to_json()``) is read as its rows.
    """
    for document in documents:
        if not looks_like(document):
            notes.skip("document", f"expected a trace of MLflow's, found {shown(document)}")
            continue
        for trace in _rows(document):
            ours = own.joined(trace)
            if ours is not None:
                yield from own.read_documents([ours], notes)
            elif batch := _read_trace(trace, notes):
                yield batch


def _rows(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if not looks_like_row(document):
        return [document]
    ids = document.get("trace_id", document.get("request_id"))
    if not isinstance(ids, Mapping):
        return [_trace_of_row(document)]
    return [
        _trace_of_row({name: cells.get(row) for name, cells in document.items() if isinstance(cells, Mapping)})
        for row in ids
    ]


def _read_trace(document: Mapping[str, Any], notes: Notes) -> Batch:
    info = document.get("info")
    data = document.get("data")
    spans = data.get("spans") if isinstance(data, Mapping) else document.get("spans")
    trace_id = ""
    batch = Batch()
    if isinstance(info, Mapping):
        facts = read_info(info, batch)
        if facts is None:
            notes.skip("info", f"its trace_id is {shown(info.get('trace_id', info.get('request_id')))}")
            return batch
        trace_id = facts.trace_id
        if not spans:
            _request_from_previews(facts)
        _read_assessments(info.get("assessments"), trace_id, batch, notes)
    read_spans(spans, trace_id, batch, notes)
    return batch


def _trace_of_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The trace that a row of a DataFrame is of: its ``trace`` column, else one put together from the others."""
    trace = _plain_object(row.get("trace"))
    if isinstance(trace, Mapping) and isinstance(trace.get("info"), Mapping):
        info = dict(trace["info"])
        for key in ("assessments", "tags"):
            if not info.get(key) and row.get(key) is not None:
                info[key] = row[key]
        return {**trace, "info": info}
    info = {key: clean(value) for key, value in row.items() if key not in ("trace", "spans", "assessments")}
    info["assessments"] = _items(row.get("assessments"))
    return {"info": info, "data": {"spans": _items(row.get("spans"))}}


def _plain_object(value: Any) -> Json:
    """An object, or what an object of MLflow's (or the JSON of one) says."""
    if isinstance(value, str):
        return decoded(value)
    if isinstance(value, Mapping) or value is None:
        return value
    for method in ("to_json", "to_dict"):
        convert = getattr(value, method, None)
        if callable(convert):
            return encoded_once(convert()) if method == "to_json" else clean(convert())
    return None


def _items(value: Any) -> list[Json]:
    if isinstance(value, str):
        value = decoded(value)
    if isinstance(value, (str, Mapping)) or not isinstance(value, Iterable):
        return []
    return [_plain_object(item) for item in value]


def read_info(info: Mapping[str, Any], batch: Batch) -> TraceFacts | None:
    """What a trace's info says, put into ``batch``; None where it has no id."""
    trace_id = identifier(info.get("trace_id") or info.get("request_id"), 16)
    if not trace_id:
        return None
    facts = TraceFacts(trace_id)
    experiment_id = _experiment_id(info)
    if experiment_id is not None:
        facts.experiment_id = experiment_id
        batch.experiments.append(Experiment(experiment_id, ""))
    state = info.get("state") or info.get("status")
    if isinstance(state, str) and state.upper() in _STATES:
        facts.status = state.upper()
    _set_times(facts, info)
    for key in ("client_request_id", "request_preview", "response_preview"):
        if info.get(key) is not None:
            setattr(facts, key, text_of(info[key]))
    tags = _object(info.get("tags"))
    metadata = _object(info.get("trace_metadata") or info.get("request_metadata"))
    facts.tags = {key: text_of(value) for key, value in tags.items() if value is not None}
    facts.metadata = {key: text_of(value) for key, value in metadata.items() if value is not None}
    read_metadata(facts)
    batch.traces.append(facts)
    return facts


def _object(value: Json) -> Mapping[str, Any]:
    if isinstance(value, list):  # generation 2's own store wrote [{"key", "value"}]
        return {item["key"]: item.get("value") for item in value if isinstance(item, Mapping) and "key" in item}
    value = decoded(value)
    return value if isinstance(value, Mapping) else {}


def _experiment_id(info: Mapping[str, Any]) -> str | None:
    experiment_id = info.get("experiment_id")
    location = info.get("trace_location")
    if experiment_id is None and isinstance(location, Mapping):
        experiment = location.get("mlflow_experiment")
        experiment_id = experiment.get("experiment_id") if isinstance(experiment, Mapping) else None
    if experiment_id is None or isinstance(experiment_id, (bool, float, list, dict)):
        return None
    return str(experiment_id) or None


def _set_times(facts: TraceFacts, info: Mapping[str, Any]) -> None:
    start = nanoseconds(info.get("timestamp_ms"), _MS)
    if start is None:
        start = nanoseconds(info.get("request_time"), _MS)
    if start is None:
        return
    facts.start_time_ns = start
    duration = None
    for key in ("execution_duration_ms", "execution_time_ms", "execution_duration"):
        duration = integer(info.get(key)) if duration is None else duration
    if duration is None and isinstance(info.get("execution_duration"), str):  # protobuf's JSON: "0.057s"
        seconds = number(info["execution_duration"].removesuffix("s"))
        duration = None if seconds is None else round(seconds * 1000)
    facts.end_time_ns = None if duration is None else start + max(0, duration) * _MS


def read_metadata(facts: TraceFacts) -> None:
    """Name, session, user, run, tokens and cost out of MLflow's own tags and metadata."""
    metadata = facts.metadata
    name = facts.tags.get("mlflow.traceName")
    if name is not None:
        facts.name = name
    for key, field in (
        ("mlflow.trace.session", "session_id"),
        ("mlflow.trace.user", "user_id"),
        ("mlflow.sourceRun", "run_id"),
    ):
        if metadata.get(key):
            setattr(facts, field, metadata[key])
    usage = decoded(metadata.get("mlflow.trace.tokenUsage"))
    if isinstance(usage, Mapping):
        for field in ("input_tokens", "output_tokens"):
            tokens = count(usage.get(field))
            if tokens is not None:
                setattr(facts, field, tokens)
    cost = decoded(metadata.get("mlflow.trace.cost"))
    if isinstance(cost, Mapping) and number(cost.get("total_cost")) is not None:
        facts.cost = number(cost["total_cost"])


def _request_from_previews(facts: TraceFacts) -> None:
    """Of a trace without spans, request and response are what its metadata (or its previews) kept of them."""
    for key, preview, field in (
        ("mlflow.traceInputs", facts.request_preview, "request"),
        ("mlflow.traceOutputs", facts.response_preview, "response"),
    ):
        value = facts.metadata.get(key) or preview
        if isinstance(value, str):
            setattr(facts, field, encoded_once(value))


def read_spans(spans: Json, trace_id: str, batch: Batch, notes: Notes) -> None:
    """The spans of a trace, put into ``batch``. ``trace_id`` is empty where only the spans themselves say it."""
    if not isinstance(spans, list):
        if spans is not None:
            notes.skip("data.spans", f"expected a list, found {shown(spans)}")
        return
    for index, raw in enumerate(spans):
        place = f"data.spans[{index}]"
        if isinstance(raw, Mapping):
            read_span(raw, trace_id, batch, place, notes)
        else:
            notes.skip(place, f"expected an object, found {shown(raw)}")


def read_span(raw: Mapping[str, Any], trace_id: str, batch: Batch, place: str, notes: Notes) -> None:
    """One span of either generation, put into ``batch``."""
    attributes = raw.get("attributes")
    attributes = decode_attributes(attributes) if isinstance(attributes, Mapping) else {}
    context = raw.get("context")
    old = isinstance(context, Mapping)
    ids: Mapping[str, Any] = context if isinstance(context, Mapping) else raw
    trace_id = trace_id or identifier(attributes.get("mlflow.traceRequestId") or ids.get("trace_id"), 16)
    span_id = identifier(ids.get("span_id"), 8)
    if not trace_id or not span_id:
        notes.skip(place, f"its span_id is {shown(ids.get('span_id'))}")
        return
    start = nanoseconds(raw.get("start_time_unix_nano", raw.get("start_time")))
    if start is None:
        notes.skip(place, f"its start time is {shown(raw.get('start_time_unix_nano', raw.get('start_time')))}")
        return
    status = raw.get("status")
    if isinstance(status, Mapping):
        code, message = status.get("code"), status.get("message")
    else:
        code, message = raw.get("status_code"), raw.get("status_message")
    name = raw.get("name")
    span = Span(
        trace_id=trace_id,
        span_id=span_id,
        name=name if isinstance(name, str) else "",
        parent_id=identifier(raw.get("parent_span_id") or raw.get("parent_id"), 8) or None,
        status=_status(code),
        status_message=message if isinstance(message, str) else "",
        start_time_ns=start,
        end_time_ns=nanoseconds(raw.get("end_time_unix_nano", raw.get("end_time"))) or None,
        attributes=attributes,
        events=_events(raw.get("events"), 1000 if old else 1),
        links=_links(raw.get("links")),
    )
    normalise(span)
    batch.spans.append(span)


def _status(code: Json) -> str:
    if not isinstance(code, str):
        return SpanStatus.UNSET
    code = code.upper().removeprefix("STATUS_CODE_")
    return code if code in (SpanStatus.OK, SpanStatus.ERROR) else SpanStatus.UNSET


def _events(raw: Json, unit_ns: int) -> list[SpanEvent]:
    events = []
    for item in raw if isinstance(raw, list) else ():
        if isinstance(item, Mapping):
            time_ns = nanoseconds(item.get("time_unix_nano"))
            if time_ns is None:
                time_ns = nanoseconds(item.get("timestamp"), unit_ns)
            attributes = item.get("attributes")
            name = item.get("name")
            events.append(
                SpanEvent(
                    name if isinstance(name, str) else "",
                    time_ns or 0,
                    dict(attributes) if isinstance(attributes, Mapping) else {},
                )
            )
    return events


def _links(raw: Json) -> list[Link]:
    links = []
    for item in raw if isinstance(raw, list) else ():
        if isinstance(item, Mapping):
            attributes = item.get("attributes")
            links.append(
                Link(
                    identifier(item.get("trace_id"), 16),
                    identifier(item.get("span_id"), 8),
                    dict(attributes) if isinstance(attributes, Mapping) else {},
                )
            )
    return links


def _read_assessments(raw: Json, trace_id: str, batch: Batch, notes: Notes) -> None:
    items = _items(raw)
    for index, item in enumerate(items):
        assessment = read_assessment(item, trace_id) if isinstance(item, Mapping) else None
        if assessment is None:
            notes.skip(f"info.assessments[{index}]", f"not an assessment: {shown(item)}")
        else:
            batch.assessments.append(assessment)
