"""What the filter finds at a glance: facets and a histogram, and the clicks on them as filter text.

A facet counts what the filter finds but for its own choice among the facet's values, and the histogram what it finds
at any time: so what was left out by a click can be seen and taken back.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from spanglass import limits
from spanglass.engines.base import Bucket, Cancel, DeadlineExceeded, VocabularyEntry
from spanglass.explorer import wire
from spanglass.explorer.source import Scope, Source
from spanglass.filters import choices as chosen
from spanglass.filters import field_text, resolve_column, set_order
from spanglass.filters.algebra import Key
from spanglass.filters.diagnostics import FilterError
from spanglass.filters.timespan import set_times, times

FIELDS: dict[wire.RowMode, tuple[str, ...]] = {
    "traces": ("status", "name", "span.type", "model"),
    "spans": ("span.status", "span.name", "span.type", "span.model"),
}
_KEYS = ("tag", "feedback")


def facets(source: Source, params: wire.FacetsParams, cancel: Cancel) -> wire.FacetsResult:
    """The most frequent values of the fields that many filters choose by, and of those asked for."""
    end = time.monotonic() + limits.FACETS_DEADLINE_S
    asked = [field_text("feedback", name) for name in source.labelling.schema]
    fields = list(dict.fromkeys([*asked, *FIELDS[params.rows], *frequent_keys(source), *params.fields]))
    found: list[wire.Facet] = []
    late = False
    for field in fields[: limits.MAX_FACETS]:
        try:
            found.append(facet(source, params, field, cancel, end - time.monotonic()))
        except DeadlineExceeded:
            late = True
            break
    others = chosen.unshown(params.filter, [each["field"] for each in found], params.rows)
    return {
        "filter": params.filter,
        "facets": found,
        "others": [{"text": text, "without": rest} for text, rest in others],
        "late": late,
    }


def facet(source: Source, params: wire.FacetsParams, field: str, cancel: Cancel, deadline_s: float) -> wire.Facet:
    """One facet. A value that is chosen stands in it, however rare it is."""
    if deadline_s <= 0:
        raise DeadlineExceeded("the facets took too long")
    base = chosen.unchosen(params.filter, field, params.rows)
    wanted = {choice.want: choice.values for choice in chosen.choices(params.filter, field, params.rows)}
    values = known(source, base, field) if params.rows == "traces" else None
    if values is None:
        query = source.query(base, params.rows, cancel, deadline_s)
        (values,) = source.engine.facets(
            query, [resolve_column(field)], top=limits.FACET_VALUES, cancel=cancel, deadline_s=deadline_s
        )
    listed: list[wire.FacetValue] = []
    for value, count in values:
        if isinstance(value, (bool, int, float)) or (isinstance(value, str) and len(value) <= limits.MAX_CLICKED_CHARS):
            want = next((want for want, some in wanted.items() if has(some, value)), None)
            listed.append({"value": value, "count": count, "want": want})
    for want, some in wanted.items():
        for value in some:
            if not has([each["value"] for each in listed], value):
                text = chosen.choose(base, field, value, "in", params.rows)
                one = source.query(text, params.rows, cancel, deadline_s)
                count = source.engine.count(one, cancel=cancel, deadline_s=deadline_s)
                listed.append({"value": value, "count": count, "want": want})
    return {"field": field, "values": listed}


def known(source: Source, text: str, field: str) -> list[tuple[wire.Scalar, int]] | None:
    """The values of a field in all traces, where the store keeps count of them; None where they must be counted."""
    if text.strip() or source.scope != Scope(tz=source.scope.tz) or source.narrowed:
        return None
    if field == "span.type":
        entries = source.engine.vocabulary("span.type", top=limits.FACET_VALUES)
    else:
        value = resolve_column(field).value
        if not isinstance(value, Key) or value.map != "tag":
            return None
        entries = source.engine.vocabulary("tag", value.key, top=limits.FACET_VALUES)
    return [(entry.label, entry.count) for entry in entries]


def has(values: Sequence[wire.Scalar], value: wire.Scalar) -> bool:
    """Whether a value is among these; 1 and true are two values."""
    return any(isinstance(each, bool) == isinstance(value, bool) and each == value for each in values)


def frequent_keys(source: Source) -> list[str]:
    """The tags and the feedback that most traces have, where some value is given more than once."""
    found: list[str] = []
    for scope in _KEYS:
        mine: list[str] = []
        for entry in source.engine.vocabulary(scope, top=limits.FACET_KEYS * 4):
            path = key_path(scope, entry)
            if path is not None and len(mine) < limits.FACET_KEYS and repeats(source, scope, entry.label):
                mine.append(path)
        found += mine
    return found


def repeats(source: Source, scope: str, key: str) -> bool:
    """Whether some value of a key was seen in more than one trace: an id of a kind is nothing to choose by."""
    return any(entry.count > 1 for entry in source.engine.vocabulary(scope, key, top=1))


def key_path(scope: str, entry: VocabularyEntry) -> str | None:
    """A key as a field; None for one that no filter can hold."""
    try:
        return field_text(scope, entry.label)
    except FilterError:
        return None


def histogram(source: Source, params: wire.HistogramParams, cancel: Cancel) -> wire.HistogramResult:
    """Traces over time, their errors and durations, and the times that the filter asks for."""
    zone = source.scope.tz
    asked = times(params.filter, zone)

    def bars(text: str, count: int) -> list[Bucket]:
        query = source.query(text, "traces", cancel, limits.FACETS_DEADLINE_S)
        return source.engine.histogram(query, buckets=count, cancel=cancel, deadline_s=limits.FACETS_DEADLINE_S)

    text = set_order(params.filter, None, None)  # spans can be ordered by what traces cannot
    found = bars(set_times(text, None, None, zone=zone), params.bars)
    first = found[0] if found else None
    whole = bars(text, 1)
    return {
        "filter": params.filter,
        "start_ms": first.start_ms if first else 0,
        "width_ms": first.end_ms - first.start_ms if first else 0,
        "count": [bucket.count for bucket in found],
        "errors": [bucket.errors for bucket in found],
        "p50_ms": [bucket.p50_ms for bucket in found],
        "p95_ms": [bucket.p95_ms for bucket in found],
        "all_p50_ms": whole[0].p50_ms if whole else None,
        "all_p95_ms": whole[0].p95_ms if whole else None,
        "from_ms": asked.start_ms,
        "to_ms": asked.end_ms,
    }


def choose(source: Source, params: wire.ChooseParams, cancel: Cancel) -> wire.TextResult:
    """The filter that wants a value of a facet, wants it not, or says nothing about it."""
    return {"filter": chosen.choose(params.filter, params.field, params.value, params.want, params.rows)}


def brush(source: Source, params: wire.BrushParams, cancel: Cancel) -> wire.TextResult:
    """The filter for the times that were brushed over."""
    return {"filter": set_times(params.filter, params.from_ms, params.to_ms, params.step_ms, source.scope.tz)}
