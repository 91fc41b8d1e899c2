"""``compare_traces``: what two traces differ in, span by span, and what several do, name by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from spanglass.entities import Span, SpanStatus, Trace
from spanglass.frames.alignment import Pair, align, numbered
from spanglass.frames.series import TEXT, typed
from spanglass.store import Store, current_store

Name = tuple[str, str]
"""A span's kind and name."""

MEASURES = {"calls": "Int64", "errors": "Int64", "duration": "float64", "tokens": "Int64", "cost": "float64"}


@dataclass(slots=True)
class Tally:
    """All spans of one name and kind in one trace. ``duration`` (milliseconds) counts one within another once."""

    calls: int = 0
    errors: int = 0
    duration: float | None = None
    tokens: int | None = None
    cost: float | None = None


_NONE = Tally()


def compare_traces(*traces: Trace | str, store: Store | str | Path | None = None) -> pd.DataFrame:
    """What traces differ in, as a DataFrame.

    Parameters
    ----------
    traces:
        Two or more traces, or their ids.
    store:
        Where ids are looked up, a path or an opened store; by default the current one.

    Returns
    -------
    DataFrame
        Of two traces a row per span of either, in preorder: ``change`` ("same", "changed", "added", "missing"),
        ``depth``, ``type``, ``name``, the ``span_id``, ``status``, ``duration`` (milliseconds), ``tokens`` and
        ``cost`` of each side as ``…_a`` and ``…_b``, ``duration_change``, ``tokens_change`` and ``cost_change``, and
        whether ``inputs_changed`` and ``outputs_changed``. Which span is which is told at
        ``frames.alignment.align``. Of more traces a row per kind and name of a span, and columns per measure and
        trace: ``calls``, ``errors``, ``duration`` (a span within one of its own name counts once), ``tokens``,
        ``cost``; 0 calls where a trace has none.

    Raises
    ------
    ValueError
        There are not two traces, or no trace has this id.

    >>> from spanglass.entities import TraceData, TraceInfo
    >>> before = Span("a", "1", "search", end_time_ns=2_000_000, outputs="tea")
    >>> after = Span("b", "7", "search", end_time_ns=5_000_000, outputs="coffee")
    >>> a, b = (Trace(TraceInfo(span.trace_id), TraceData([span])) for span in (before, after))
    >>> compare_traces(a, b)[["name", "change", "duration_change", "outputs_changed"]].to_dict("records")
    [{'name': 'search', 'change': 'changed', 'duration_change': 3.0, 'outputs_changed': True}]
    """
    found = [_trace(trace, store) for trace in traces]
    if len(found) < 2:
        raise ValueError(f"compare_traces takes two traces or more, or their ids, not {len(found)}.")
    if len(found) == 2:
        return _pairs_frame(align(found[0].data.spans, found[1].data.spans))
    return _names_frame([trace.trace_id for trace in found], [tallied(trace.data.spans) for trace in found])


def _trace(trace: Any, store: Store | str | Path | None) -> Trace:
    if isinstance(trace, Trace):
        return trace
    if not isinstance(trace, str):
        raise TypeError(f"compare_traces takes traces or their ids, not {trace!r:.60}.")
    found = current_store(store).traces([trace])
    if not found:
        raise ValueError(f"there is no trace with the id {trace!r:.60}")
    return found[0]


def _pairs_frame(pairs: Sequence[Pair]) -> pd.DataFrame:
    columns: dict[str, tuple[list[Any], str]] = {
        "change": ([pair.change for pair in pairs], TEXT),
        "depth": ([pair.depth for pair in pairs], "Int64"),
        "type": ([pair.either.span_type for pair in pairs], TEXT),
        "name": ([pair.either.name for pair in pairs], TEXT),
    }
    sides = {"a": [pair.a for pair in pairs], "b": [pair.b for pair in pairs]}
    of_each = {"span_id": TEXT, "status": TEXT, "duration_ms": "float64", "tokens": "Int64", "cost": "float64"}
    for field_, dtype in of_each.items():
        for side, spans in sides.items():
            values = [None if span is None else getattr(span, field_) for span in spans]
            columns[f"{field_.removesuffix('_ms')}_{side}"] = (values, dtype)
    frame = pd.DataFrame({name: typed(values, dtype) for name, (values, dtype) in columns.items()})
    for measure in ("duration", "tokens", "cost"):
        place = frame.columns.get_loc(f"{measure}_b") + 1
        frame.insert(place, f"{measure}_change", frame[f"{measure}_b"] - frame[f"{measure}_a"])
    for what in ("inputs_changed", "outputs_changed"):
        frame[what] = typed([getattr(pair, what) for pair in pairs], "bool")
    return frame


def _names_frame(trace_ids: Sequence[str], tallies: Sequence[dict[Name, Tally]]) -> pd.DataFrame:
    names = dict.fromkeys(name for each in tallies for name in each)
    columns = {
        (measure, trace_id): typed([getattr(each.get(name, _NONE), measure) for name in names], dtype)
        for measure, dtype in MEASURES.items()
        for trace_id, each in zip(trace_ids, tallies, strict=True)
    }
    frame = pd.DataFrame(columns)
    frame.columns.names = ["measure", "trace_id"]
    frame.index = pd.MultiIndex.from_tuples(list(names), names=["type", "name"])
    return frame


def tallied(spans: Sequence[Span]) -> dict[Name, Tally]:
    """Of each kind and name among the spans of one trace what there is of it, in the order of first appearance."""
    numbers = numbered(spans)
    tallies: dict[Name, Tally] = {}
    path: list[tuple[int, Name]] = []  # the spans around the one looked at: where each ends, and what it is called
    around: Counter[Name] = Counter()
    for no, index in enumerate(numbers.order):
        span = spans[index]
        while path and path[-1][0] < no:
            around[path.pop()[1]] -= 1
        name = (span.span_type, span.name)
        tally = tallies.setdefault(name, Tally())
        tally.calls += 1
        tally.errors += span.status == SpanStatus.ERROR
        if span.duration_ms is not None and not around[name]:
            tally.duration = (tally.duration or 0) + span.duration_ms
        if span.tokens is not None:
            tally.tokens = (tally.tokens or 0) + span.tokens
        if span.cost is not None:
            tally.cost = (tally.cost or 0) + span.cost
        path.append((numbers.last[index], name))
        around[name] += 1
    return tallies
