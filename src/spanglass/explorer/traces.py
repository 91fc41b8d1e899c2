"""One trace, one span of it, and parts of a span's values, for the browser."""

from __future__ import annotations

from typing import Any, NoReturn, cast

from spanglass import limits
from spanglass.engines.base import Cancel
from spanglass.entities import Assessment, Span
from spanglass.explorer import wire
from spanglass.explorer.details import cut
from spanglass.explorer.envelope import WireFault
from spanglass.explorer.kept import KeptSpan
from spanglass.explorer.source import Source
from spanglass.filters import FilterError
from spanglass.filters.algebra import Always, Compare, Const, Field, Match, Mode, Predicate, Query, Type
from spanglass.store.schema import STATUS_CODES

_TRACE_ID = Field("trace", "trace_id", Type.TEXT)
_SPAN_TEXT = Field("span", "text", Type.TEXT)


def trace(source: Source, params: wire.TraceParams, cancel: Cancel) -> wire.TraceResult:
    """A trace's shape, its facts, and which of its spans the filter's last block matches."""
    infos = source.engine.infos([params.trace_id])
    if not infos:
        gone("trace", params.trace_id)
    info = infos[0]
    shape = source.store.skeleton(params.trace_id)
    names, name = table(shape.name)
    types, type_ = table(shape.type)
    start_ns = min(shape.start_ns, default=info.timestamp_ms * 1_000_000)
    ends = zip(shape.start_ns, shape.end_ns, strict=True)
    return {
        "trace_id": info.trace_id,
        "name": info.name[: limits.CUT_NAME_CHARS],
        "status": info.status,
        "time_ms": start_ns / 1e6,
        "duration_ms": info.execution_time_ms,
        "tokens": info.tokens,
        "cost": info.cost,
        "session_id": info.session_id,
        "user_id": info.user_id,
        "tags": short_texts(info.tags),
        "metadata": short_texts(info.metadata),
        "assessments": [assessment(one) for one in info.assessments if one.valid][: limits.CUT_ITEMS],
        "spans": {
            "id": shape.span_id,
            "start": [(start - start_ns) / 1e6 for start in shape.start_ns],
            "duration": [None if end is None else (end - start) / 1e6 if end > start else 0.0 for start, end in ends],
            "depth": shape.depth,
            "size": [last - no + 1 for no, last in zip(shape.no, shape.last, strict=True)],
            "name": name,
            "type": type_,
            "status": [STATUS_CODES[status] for status in shape.status],
            "tokens": shape.tokens,
        },
        "names": names,
        "types": types,
        "matches": matches(source, params, shape.span_id, cancel),
    }


def still(source: Source, params: wire.TraceParams, most: int | None) -> wire.TraceResult | None:
    """A trace that nobody asked for; None if it is gone, or has more than ``most`` spans."""
    infos = source.engine.infos([params.trace_id])
    if not infos or (most is not None and infos[0].span_count > most):
        return None
    return trace(source, params, Cancel())


def table(texts: list[str]) -> tuple[list[str], list[int]]:
    """Each different text once, cut to what a row shows of it, and for each text its place there.

    >>> table(["embed", "search", "embed"])
    (['embed', 'search'], [0, 1, 0])
    """
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    return [text[: limits.CUT_NAME_CHARS] for text in places], [places[text] for text in texts]


def matches(source: Source, params: wire.TraceParams, span_ids: list[str], cancel: Cancel) -> list[int]:
    """The numbers of the spans that the filter's last block matches; none where the filter has no block."""
    try:
        query = source.meaning(params.filter, "spans")
    except FilterError:  # half typed: the trace opens all the same
        return []
    if query.spans == Always(True):
        return []
    return spans_of_trace(source, params.trace_id, query.spans, span_ids, cancel)


def spans_of_trace(source: Source, trace_id: str, where: Predicate, span_ids: list[str], cancel: Cancel) -> list[int]:
    """The preorder numbers of one trace's spans for which a predicate holds."""
    this = Compare("=", _TRACE_ID, Const(trace_id), Mode.TEXT)
    query = Query(this, rows="spans", spans=where)
    found = source.engine.search(query, cancel=cancel, deadline_s=limits.EXPLORER_DEADLINE_S).ids
    numbers = {span_id: number for number, span_id in enumerate(span_ids)}
    return sorted(numbers[row[1]] for row in found if row[1] in numbers)


def short_texts(texts: dict[str, str]) -> dict[str, str]:
    """Tags or metadata, as many and as long as a screen can use."""
    return cut(texts)[0]


def assessment(one: Assessment) -> wire.AssessmentResult:
    """An assessment as the wire has it."""
    return {
        "name": one.name,
        "kind": one.kind,
        "value": cut(one.value)[0],
        "rationale": None if one.rationale is None else one.rationale[: limits.CUT_TEXT_CHARS],
        "source_type": one.source.source_type,
        "source_id": one.source.source_id,
        "span_id": one.span_id,
    }


def span(source: Source, params: wire.SpanParams, cancel: Cancel) -> wire.SpanResult:
    """What is known of one span, cut to what a screen can use."""
    source.kept = KeptSpan(params.trace_id, params.span_id, whole(source, params.trace_id, params.span_id))
    detail, cuts = cut(source.kept.detail)
    return cast(wire.SpanResult, {**detail, "cuts": cuts})


def slice(source: Source, params: wire.SliceParams, cancel: Cancel) -> wire.SliceResult:
    """A stretch of something that was cut."""
    kept = opened(source, params.trace_id, params.span_id)
    try:
        value, length, cuts = kept.stretch(params.path, params.start, max(params.start, params.end))
    except LookupError:
        gone("value", ".".join(map(str, params.path)))
    return {"value": value, "length": length, "cuts": cuts}


def opened(source: Source, trace_id: str, span_id: str) -> KeptSpan:
    """A span as it was when its details were asked for, or as it is now if that was another one."""
    kept = source.kept
    if kept is None or (kept.trace_id, kept.span_id) != (trace_id, span_id):
        kept = source.kept = KeptSpan(trace_id, span_id, whole(source, trace_id, span_id))
    return kept


def whole(source: Source, trace_id: str, span_id: str) -> dict[str, Any]:
    """A span's detail object before anything is cut from it: what paths of cuts and slices lead into."""
    found = source.store.span(trace_id, span_id)
    if found is None:
        gone("span", span_id)
    return detail_of(found)


def detail_of(found: Span) -> dict[str, Any]:
    """A span as the browser sees it, nothing cut."""
    return {
        "trace_id": found.trace_id,
        "span_id": found.span_id,
        "name": found.name,
        "type": found.span_type,
        "status": found.status,
        "status_message": found.status_message,
        "start_ms": found.start_time_ns / 1e6,
        "duration_ms": found.duration_ms,
        "model": found.model,
        "input_tokens": found.input_tokens,
        "output_tokens": found.output_tokens,
        "cost": found.cost,
        "inputs": found.inputs,
        "outputs": found.outputs,
        "attributes": found.attributes,
        "events": [
            {"name": event.name, "time_ms": event.timestamp_ns / 1e6, "attributes": event.attributes}
            for event in found.events
        ],
        "links": [
            {"trace_id": link.trace_id, "span_id": link.span_id, "attributes": link.attributes} for link in found.links
        ],
    }


def find(source: Source, params: wire.FindParams, cancel: Cancel) -> wire.FindResult:
    """The spans of a trace whose name or contents contain a text, in any case."""
    span_ids = source.store.skeleton(params.trace_id).span_id
    if not span_ids:
        gone("trace", params.trace_id)
    if not params.text:
        return {"matches": []}
    where = Match("icontains", _SPAN_TEXT, Const(params.text))
    return {"matches": spans_of_trace(source, params.trace_id, where, span_ids, cancel)}


def gone(what: str, which: str) -> NoReturn:
    """Say that something is not in the store any more."""
    raise WireFault("gone", f"the {what} {which:.80} is not in the store any more")
