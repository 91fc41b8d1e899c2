"""Clicks as filter text and as columns: the filter text stays the single truth, so every click edits it."""

from __future__ import annotations

from typing import Any

from spanglass import limits
from spanglass.engines import language
from spanglass.engines.base import Cancel
from spanglass.explorer import wire
from spanglass.explorer.details import follow
from spanglass.explorer.diagnostics import on_wire
from spanglass.explorer.envelope import WireFault, encode, utf16_offset, utf16_place
from spanglass.explorer.source import Source, column_of
from spanglass.explorer.traces import whole
from spanglass.filters import Completion, conjoin, conjoin_span, field_text, gloss, quote_value, set_order
from spanglass.filters.algebra import Wild

# The order key of each column that the list always has. The errors' column says who failed first.
ORDER_KEYS: dict[wire.RowMode, dict[str, str]] = {
    "traces": {
        "time": "timestamp_ms",
        "name": "name",
        "status": "error_count",
        "duration": "duration",
        "tokens": "tokens",
    },
    "spans": {
        "time": "span.start_time",
        "name": "span.name",
        "status": "span.status",
        "duration": "span.duration",
        "tokens": "span.tokens",
    },
}

OPERATORS = {"contains": "CONTAINS", "not contains": "NOT CONTAINS"}


def check(source: Source, params: wire.CheckParams, cancel: Cancel) -> wire.CheckResult:
    """What there is to say about a filter's text, and the text in plain words."""
    found = source.check(params.filter, params.rows)
    broken = any(each.severity == "error" for each in found)
    return {
        "diagnostics": [on_wire(each, params.filter) for each in found],
        "gloss": "" if broken else gloss(source.meaning(params.filter, params.rows)),
    }


def complete(source: Source, params: wire.CompleteParams, cancel: Cancel) -> wire.CompleteResult:
    """What can be written at the cursor, from what the store has seen."""
    cursor = utf16_place(params.filter, params.cursor)
    return completion(language.complete(source.engine, params.filter, cursor), params.filter)


def refine(source: Source, params: wire.CompleteParams, cancel: Cancel) -> wire.CompleteResult:
    """What can be written at the cursor, values as the newest matches of the rest of the filter have them."""
    cursor = utf16_place(params.filter, params.cursor)
    scope = source.scope
    found = language.refine(
        source.engine,
        params.filter,
        cursor,
        experiment_ids=scope.experiment_ids,
        run_id=scope.run_id,
        zone=scope.tz,
        narrow=lambda query: source.predicates.narrow(query, cancel, limits.EXPLORER_DEADLINE_S),
        cancel=cancel,
        deadline_s=limits.EXPLORER_DEADLINE_S,
    )
    return completion(found, params.filter)


def completion(found: Completion, text: str) -> wire.CompleteResult:
    """Proposals as the wire has them, their place counted as JavaScript counts."""
    return {
        "from": utf16_offset(text, found.start),
        "to": utf16_offset(text, found.end),
        "items": [
            {
                "label": item.label,
                "insert": item.insert,
                "kind": item.kind,
                "detail": item.detail,
                "count": item.count,
            }
            for item in found.items
        ],
        "refinable": bool(found.asked),
    }


def sort(source: Source, params: wire.SortParams, cancel: Cancel) -> wire.TextResult:
    """The filter ordered by a column of the list, or not at all."""
    key = ORDER_KEYS[params.rows].get(params.column, params.column)
    return {"filter": set_order(params.filter, key, params.direction)}


def edit(source: Source, params: wire.EditParams, cancel: Cancel) -> wire.TextResult:
    """The filter that also wants (or does not want) the value that was clicked."""
    target = params.target
    value = true_value(source, target, params.op)
    if target.span_name is None or target.path[0] == "column":
        return {"filter": conjoin(params.filter, condition(field_of(target), params.op, value))}
    if target.path[0] == "event":
        name, *key = target.path[1:]
        inside = condition(field_text("attributes", *key), params.op, value)
        wanted = f"event {{ name = {quote_value(str(name))} AND {inside} }}"
    else:
        wanted = condition(field_of(target), params.op, value)
    return {"filter": conjoin_span(params.filter, target.span_name, wanted)}


def field_of(target: wire.Target) -> str:
    """The path of a value, as it stands in its own trace or span."""
    first, *steps = target.path
    if first == "column":
        return str(steps[0])
    if target.span_name is not None and first == "timestamp_ms":
        first = "start_time"  # the list's time column is a span's start where rows are spans
    return field_text(first, *steps)


def condition(field: str, op: wire.EditOp, value: Any) -> str:
    """``field op value`` in the filter language.

    >>> condition("tag.env", "=", None), condition("cost", ">=", 0.5)
    ('tag.env IS NULL', 'cost >= 0.5')

    Raises
    ------
    WireFault
        The value is a list.
    """
    if value is None:
        return f"{field} IS {'NOT ' if op == '!=' else ''}NULL"
    if isinstance(value, list):  # to the language it is several values, of which one must be equal
        raise WireFault("filter", "a list cannot be compared as a whole: take one of its entries", [])
    if isinstance(value, dict):
        value = encode(value).decode()
    return f"{field} {OPERATORS.get(op, op)} {quote_value(value)}"


def true_value(source: Source, target: wire.Target, op: wire.EditOp) -> Any:
    """The value that was clicked: what the screen showed of it may have been its beginning only.

    Raises
    ------
    WireFault
        It is too long to be compared with.
    """
    value = target.value
    if op in OPERATORS:
        return value
    if target.path[0] == "column":
        value = true_cell(source, target)
    elif target.span_id is not None and target.trace_id is not None and isinstance(value, (str, list, dict)):
        try:
            value = follow(whole(source, target.trace_id, target.span_id), target.path)
        except LookupError:  # a value that the screen derived, an event's for instance
            value = target.value
    size = len(value if isinstance(value, str) else encode(value))
    if size > limits.MAX_CLICKED_CHARS:
        raise WireFault("filter", "this value is too long to be compared with: select a part of it", [])
    return value


def true_cell(source: Source, target: wire.Target) -> Any:
    """The whole value of which a cell of the list showed the beginning."""
    shown = target.value
    if target.trace_id is None or not isinstance(shown, str) or len(shown) < limits.PREVIEW_CHARS:
        return shown
    column = column_of({"path": str(target.path[1]), "pick": "all"})
    (found,) = source.engine.columns([(target.trace_id,)], [column])
    begins = (value for value in found[0] or [] if isinstance(value, str) and value.startswith(shown))
    return next(begins, shown)


def column(source: Source, params: wire.ColumnParams, cancel: Cancel) -> wire.ColumnResult:
    """The ways to take a value as a column, the one that contains it chosen."""
    target = params.target
    if target.span_name is None or target.path[0] == "column":
        path = field_of(target)
        column_of(path)
        return {"options": [{"label": path, "column": path}], "preselect": 0}
    steps = target.path
    if steps[0] == "event":
        path = field_text("events", Wild.ANY, "attributes", *steps[2:], span=target.span_name)
    else:
        path = field_text(*steps, span=target.span_name)
    column_of(path)
    place, count = place_among_namesakes(source, target)
    if count < 2:
        return {"options": [{"label": path, "column": path}], "preselect": 0}
    options: list[wire.ColumnOption] = [
        {"label": f"first of {count:,}", "column": path},
        {"label": f"last of {count:,}", "column": {"path": path, "pick": "last"}},
        {"label": f"all {count:,}, as a list", "column": {"path": path, "pick": "all"}},
    ]
    if isinstance(target.value, (int, float)) and not isinstance(target.value, bool):
        options.append({"label": f"largest of {count:,}", "column": {"path": path, "pick": "max"}})
    return {"options": options, "preselect": {0: 0, count - 1: 1}.get(place, 2)}


def place_among_namesakes(source: Source, target: wire.Target) -> tuple[int, int]:
    """Which of the spans of its name in its trace a span is, in preorder, and how many there are."""
    if target.trace_id is None:
        return 0, 1
    shape = source.store.skeleton(target.trace_id)
    ids = [span_id for span_id, name in zip(shape.span_id, shape.name, strict=True) if name == target.span_name]
    return (ids.index(target.span_id), len(ids)) if target.span_id in ids else (0, 1)
