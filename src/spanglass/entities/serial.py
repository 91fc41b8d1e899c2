"""A trace as a plain dict and back, losing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from spanglass.entities.assessment import Assessment, AssessmentSource
from spanglass.entities.span import Json, Link, Span, SpanEvent
from spanglass.entities.trace import Trace, TraceData, TraceInfo

FORMAT = "spanglass"
VERSION = 1

_Entity = TypeVar("_Entity", TraceInfo, Span, SpanEvent, Link, Assessment, AssessmentSource)


def trace_to_dict(trace: Trace) -> dict[str, Json]:
    """``{"format", "version", "info", "data": {"spans"}}``, every object under the names of its fields.

    The values inside (inputs, attributes, …) are those of the trace, not copies.
    """
    info = _to_dict(trace.info)
    info["assessments"] = [{**_to_dict(one), "source": _to_dict(one.source)} for one in trace.info.assessments]
    return {
        "format": FORMAT,
        "version": VERSION,
        "info": info,
        "data": {"spans": [_span_to_dict(span) for span in trace.data.spans]},
    }


def trace_from_dict(data: Mapping[str, Any]) -> Trace:
    """The trace that ``trace_to_dict`` made this of.

    Raises ValueError for what is no such dict. Names that this version does not know are passed over.
    """
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise ValueError(
            "this is not what Trace.to_dict() or to_json() writes: traces of other tools are read with ingest()"
        )
    version = data.get("version")
    if version != VERSION:
        raise ValueError(f"this trace was written in format version {version!r}; this one reads version {VERSION}")
    try:
        assessments = [_assessment(one) for one in data["info"]["assessments"]]
        info = _from_dict(TraceInfo, {**data["info"], "assessments": assessments})
        spans = [_span(one) for one in data["data"]["spans"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this trace is incomplete or damaged: {type(error).__name__}: {error}") from error
    return Trace(info, TraceData(spans))


def _span_to_dict(span: Span) -> dict[str, Json]:
    return {
        **_to_dict(span),
        "events": [_to_dict(event) for event in span.events],
        "links": [_to_dict(link) for link in span.links],
    }


def _span(data: Mapping[str, Any]) -> Span:
    events = [_from_dict(SpanEvent, event) for event in data["events"]]
    links = [_from_dict(Link, link) for link in data["links"]]
    return _from_dict(Span, {**data, "events": events, "links": links})


def _assessment(data: Mapping[str, Any]) -> Assessment:
    return _from_dict(Assessment, {**data, "source": _from_dict(AssessmentSource, data["source"])})


def _to_dict(entity: TraceInfo | Span | SpanEvent | Link | Assessment | AssessmentSource) -> dict[str, Json]:
    return {part.name: getattr(entity, part.name) for part in fields(entity)}


def _from_dict(kind: type[_Entity], data: Mapping[str, Any]) -> _Entity:
    known = {part.name for part in fields(kind)}
    return kind(**{name: value for name, value in data.items() if name in known})
