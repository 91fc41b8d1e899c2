"""Traces beside each other for the browser: of two which span is which, of more what there is by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spanglass import limits
from spanglass.engines.base import Cancel, Cancelled
from spanglass.entities import Json, Span, Trace
from spanglass.explorer import wire
from spanglass.explorer.difference import difference as difference_of
from spanglass.explorer.envelope import WireFault
from spanglass.explorer.selection import checked_selection, keys_of, trace_ids_of
from spanglass.explorer.source import Source
from spanglass.explorer.traces import gone, table
from spanglass.frames.alignment import Pair, align
from spanglass.frames.compared import Name, Tally, tallied
from spanglass.store.schema import STATUS_CODES

# What differs between the two spans of a pair, as the bits of a number.
INPUTS, OUTPUTS, NAMED, ENDED = 1, 2, 4, 8

FACTS = {
    "status": "status",
    "message": "status_message",
    "model": "model",
    "input tokens": "input_tokens",
    "output tokens": "output_tokens",
}
"""What is said of both spans beside their contents: a word, and the attribute that has it."""


def compare(source: Source, params: wire.CompareParams, cancel: Cancel) -> wire.CompareResult:
    """The selected traces beside each other; of very many the first ones."""
    try:
        selection = checked_selection(params.selection)
    except ValueError as error:
        raise WireFault("method", str(error)) from error
    ids, more = _selected(source, selection, cancel)
    traces = source.engine.traces(ids)
    if len(traces) < 2:
        raise WireFault("gone", "fewer than two of the selected traces are in the store")
    spans = []
    for trace in traces:
        if cancel.cancelled:
            raise Cancelled("comparing was cancelled")
        spans.append(trace.data.spans)
    return {
        "traces": [_described(trace) for trace in traces],
        "more": more,
        "pairs": _pairs(align(spans[0], spans[1])) if len(traces) == 2 else None,
        "names": _names([tallied(each) for each in spans]) if len(traces) > 2 else None,
    }


def difference(source: Source, params: wire.DifferenceParams, cancel: Cancel) -> wire.DifferenceResult:
    """What became of a span; where it has no other, all of it is new, or gone."""
    a, b = _span(source, params.a), _span(source, params.b)
    return {
        "facts": [(name, _fact(a, attribute), _fact(b, attribute)) for name, attribute in FACTS.items()],
        "inputs": difference_of(a and a.inputs, b and b.inputs),
        "outputs": difference_of(a and a.outputs, b and b.outputs),
    }


def _selected(source: Source, selection: dict[str, Any], cancel: Cancel) -> tuple[list[str], bool]:
    """The ids of the selected traces, as many as can be compared, and whether there are more."""
    most = limits.MAX_COMPARED_TRACES
    if "ids" in selection:
        ids = trace_ids_of(keys_of(selection["ids"]))
        return ids[:most], len(ids) > most
    excepted = set(keys_of(selection["except"]))
    deadline_s = limits.EXPLORER_DEADLINE_S
    query = source.query(selection["filter"], selection["rows"], cancel, deadline_s)
    found = source.engine.search(query, limit=most + len(excepted), cancel=cancel, deadline_s=deadline_s)
    keys = [row[0] if len(row) == 1 else (row[0], row[1]) for row in found.ids]
    ids = trace_ids_of(key for key in keys if key not in excepted)
    return ids[:most], found.token is not None or len(ids) > most


def _described(trace: Trace) -> wire.ComparedTrace:
    info = trace.info
    return {
        "trace_id": info.trace_id,
        "name": info.name[: limits.CUT_NAME_CHARS],
        "status": info.status,
        "time_ms": info.timestamp_ms,
        "duration_ms": info.execution_time_ms,
        "tokens": info.tokens,
        "cost": info.cost,
        "spans": len(trace.data.spans),
    }


def _pairs(pairs: Sequence[Pair]) -> wire.ComparedPairs:
    """The pairs as columns, in preorder; of very many those that differ come first."""
    fit = len(pairs) <= limits.MAX_COMPARED_ROWS
    shown = pairs if fit else _differing(pairs)[: limits.MAX_COMPARED_ROWS]
    sides = [[pair.a for pair in shown], [pair.b for pair in shown]]
    names, name = table([span.name if span else "" for side in sides for span in side])
    types, type_ = table([span.span_type if span else "" for side in sides for span in side])
    half = len(shown)
    return {
        "depth": [pair.depth for pair in shown],
        "change": [_change(pair) for pair in shown],
        "a": _side(sides[0], name[:half], type_[:half]),
        "b": _side(sides[1], name[half:], type_[half:]),
        "names": names,
        "types": types,
        "left": len(pairs) - half,
    }


def _differing(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs that differ, and those above them."""
    found: list[Pair] = []
    wanted = -1  # the depth of what was found last: whatever is above it leads there
    for pair in reversed(pairs):
        if pair.depth < wanted or pair.change != "same":
            found.append(pair)
            wanted = pair.depth
    return found[::-1]


def _side(spans: Sequence[Span | None], name: list[int], type_: list[int]) -> wire.Side:
    return {
        "id": [None if span is None else span.span_id for span in spans],
        "name": name,
        "type": type_,
        "status": [STATUS_CODES[span.status] if span else 0 for span in spans],
        "duration": [None if span is None else span.duration_ms for span in spans],
        "tokens": [None if span is None else span.tokens for span in spans],
        "cost": [None if span is None else span.cost for span in spans],
    }


def _change(pair: Pair) -> int:
    a, b = pair.a, pair.b
    if a is None or b is None:
        return 0
    named = (a.name, a.span_type) != (b.name, b.span_type)
    return (
        INPUTS * pair.inputs_changed + OUTPUTS * pair.outputs_changed + NAMED * named + ENDED * (a.status != b.status)
    )


def _names(traces: Sequence[dict[Name, Tally]]) -> wire.ComparedNames:
    """A row per name; of very many those that took the longest, in the order of their first appearance."""
    names = list(dict.fromkeys(name for each in traces for name in each))
    took = {name: max(each[name].duration or 0 for each in traces if name in each) for name in names}
    heaviest = set(sorted(names, key=took.__getitem__, reverse=True)[: limits.MAX_COMPARED_NAMES])
    shown = [name for name in names if name in heaviest]
    nothing = Tally()

    def cells(measure: str) -> Any:
        return [[getattr(each.get(name, nothing), measure) for each in traces] for name in shown]

    return {
        "name": [name[: limits.CUT_NAME_CHARS] for _, name in shown],
        "type": [type_[: limits.CUT_NAME_CHARS] for type_, _ in shown],
        "calls": cells("calls"),
        "errors": cells("errors"),
        "duration": cells("duration"),
        "tokens": cells("tokens"),
        "cost": cells("cost"),
        "left": len(names) - len(shown),
    }


def _span(source: Source, params: wire.SpanParams | None) -> Span | None:
    if params is None:
        return None
    found = source.store.span(params.trace_id, params.span_id)
    if found is None:
        gone("span", params.span_id)
    return found


def _fact(span: Span | None, attribute: str) -> Json:
    value = span and getattr(span, attribute)
    return value[: limits.PREVIEW_CHARS] if isinstance(value, str) else value
