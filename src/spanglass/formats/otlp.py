"""OpenTelemetry's wire format as JSON, in all the ways in which tools write it.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding says: camelCase, ids in hex, 64-bit integers as
texts, enums as numbers. Also read: ids in base64 and enums by name (what protobuf's own JSON writer makes), numbers
for texts, snake_case, the older ``instrumentationLibrarySpans``, and the answers of Tempo's API (``batches``,
``{"trace": {"resourceSpans": …}}``). Log records of the GenAI conventions are read too (``formats.logs``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spanglass.entities import Batch, Json, Link, Span, SpanEvent, SpanStatus
from spanglass.formats.dialects import Hoists, normalise
from spanglass.formats.dialects.logfire import PENDING
from spanglass.formats.logs import read_record
from spanglass.formats.notes import Notes, shown
from spanglass.formats.values import MAX_INT64, clean, identifier, integer, nanoseconds
from spanglass.limits import MAX_JSON_DEPTH, SPANS_PER_BATCH

_KINDS = {1: "INTERNAL", 2: "SERVER", 3: "CLIENT", 4: "PRODUCER", 5: "CONSUMER"}
_STATUS = {0: SpanStatus.UNSET, 1: SpanStatus.OK, 2: SpanStatus.ERROR}
_SPANS = ("resourceSpans", "resource_spans", "batches")
_LOGS = ("resourceLogs", "resource_logs")
_SCOPE_SPANS = ("scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans", "ilSpans")
_SCOPE_LOGS = ("scopeLogs", "scope_logs", "instrumentationLibraryLogs", "instrumentation_library_logs")
_SCOPE = ("scope", "instrumentationScope", "instrumentationLibrary", "instrumentation_library")


def looks_like(document: Json) -> bool:
    """Whether ``document`` is a request (or answer) of this format."""
    if not isinstance(document, Mapping):
        return False
    if any(key in document for key in (*_SPANS, *_LOGS)):
        return True
    trace = document.get("trace")
    return isinstance(trace, Mapping) and any(key in trace for key in _SPANS)


def read(documents: Iterable[Json], notes: Notes) -> Iterator[Batch]:
    """The spans of some requests and, at the end, what they say of their traces; log records that belong to spans.

    ``documents`` are decoded JSON objects. Items that cannot be read are counted in ``notes``.
    """
    hoists = Hoists()
    batch = Batch()
    for document in documents:
        if not looks_like(document):
            notes.skip("document", f"expected a request with resourceSpans or resourceLogs, found {shown(document)}")
            continue
        trace = document.get("trace")
        for place, source in (("", document), ("trace.", trace)):
            if not isinstance(source, Mapping):
                continue
            for where, entry, scope, resource in _entries(source, _SPANS, _SCOPE_SPANS, "spans", notes):
                span = _read_span(entry, scope, resource, place + where, notes)
                if span is not None:
                    hoists.add(span, normalise(span))
                    batch.spans.append(span)
                    if len(batch.spans) >= SPANS_PER_BATCH:
                        yield batch
                        batch = Batch()
            for where, entry, _, resource in _entries(source, _LOGS, _SCOPE_LOGS, "logRecords", notes):
                attributes = attribute_map(_either(entry, "attributes"))
                body = any_value(_either(entry, "body"))
                read_record(entry, attributes, body, resource, batch, place + where, notes)
    batch.traces.extend(hoists.facts())
    if batch:
        yield batch


def _entries(
    source: Mapping[str, Any],
    outer: tuple[str, ...],
    inner: tuple[str, ...],
    leaf: str,
    notes: Notes,
) -> Iterator[tuple[str, Mapping[str, Any], str, dict[str, Json]]]:
    """Every span (or log record) with its place in the document, its scope's name and its resource's attributes."""
    for outer_key, groups in _lists(source, outer, "", notes):
        for index, group in _objects(groups, outer_key, notes):
            place = f"{outer_key}[{index}]"
            resource_object = group.get("resource")
            resource = attribute_map(resource_object.get("attributes")) if isinstance(resource_object, Mapping) else {}
            for inner_key, scopes in _lists(group, inner, place + ".", notes):
                for number, scoped in _objects(scopes, f"{place}.{inner_key}", notes):
                    scope_place = f"{place}.{inner_key}[{number}]"
                    scope, details = _read_scope(scoped)
                    combined = {**resource, **details} if details else resource
                    for leaf_key, leaves in _lists(scoped, (leaf, _snake(leaf)), scope_place + ".", notes):
                        for position, entry in _objects(leaves, f"{scope_place}.{leaf_key}", notes):
                            yield f"{scope_place}.{leaf_key}[{position}]", entry, scope, combined


def _lists(
    source: Mapping[str, Any], keys: tuple[str, ...], place: str, notes: Notes
) -> Iterator[tuple[str, list[Any]]]:
    for key in dict.fromkeys(keys):
        value = source.get(key)
        if isinstance(value, list):
            yield key, value
        elif value is not None:
            notes.skip(place + key, f"expected a list, found {shown(value)}")


def _objects(items: list[Any], place: str, notes: Notes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for index, item in enumerate(items):
        if isinstance(item, Mapping):
            yield index, item
        else:
            notes.skip(f"{place}[{index}]", f"expected an object, found {shown(item)}")


def _read_scope(scoped: Mapping[str, Any]) -> tuple[str, dict[str, Json]]:
    for key in _SCOPE:
        scope = scoped.get(key)
        if isinstance(scope, Mapping):
            details: dict[str, Json] = {}
            if scope.get("version"):
                details["otel.scope.version"] = clean(scope["version"])
            for name, value in attribute_map(scope.get("attributes")).items():
                details[f"otel.scope.{name}"] = value
            scope_name = scope.get("name")
            return (scope_name if isinstance(scope_name, str) else ""), details
    return "", {}


def _read_span(raw: Mapping[str, Any], scope: str, resource: dict[str, Json], place: str, notes: Notes) -> Span | None:
    trace_id = identifier(_either(raw, "traceId"), 16)
    span_id = identifier(_either(raw, "spanId"), 8)
    if not trace_id or not span_id:
        missing, value = ("traceId", "traceId") if not trace_id else ("spanId", "spanId")
        notes.skip(place, f"its {missing} is {shown(_either(raw, value))}")
        return None
    start = _time(_either(raw, "startTimeUnixNano"))
    end = _time(_either(raw, "endTimeUnixNano"))
    if start is None or end is None:
        key = "startTimeUnixNano" if start is None else "endTimeUnixNano"
        notes.skip(place, f"its {key} is no time: {shown(_either(raw, key))}")
        return None
    attributes = attribute_map(_either(raw, "attributes"))
    if attributes.get("logfire.span_type") == PENDING:
        return None
    _note_rest(raw, attributes)
    status = _either(raw, "status")
    status = status if isinstance(status, Mapping) else {}
    message = status.get("message")
    name = raw.get("name")
    return Span(
        trace_id=trace_id,
        span_id=span_id,
        name=name if isinstance(name, str) else "",
        parent_id=identifier(_either(raw, "parentSpanId"), 8) or None,
        status=_status(status.get("code")),
        status_message=message if isinstance(message, str) else "",
        start_time_ns=start or end,
        end_time_ns=end or None,
        attributes=attributes,
        events=_read_events(_either(raw, "events")),
        links=_read_links(_either(raw, "links")),
        scope=scope,
        resource=resource,
    )


def _note_rest(raw: Mapping[str, Any], attributes: dict[str, Json]) -> None:
    """Fields of a span that have no place of their own go into attributes, under OpenTelemetry's names for them."""
    kind = raw.get("kind")
    if kind is not None and kind != 1:
        name = _enum(kind, "SPAN_KIND_", _KINDS)
        if name is not None and name != "INTERNAL":
            attributes.setdefault("span.kind", name)
    state = _either(raw, "traceState")
    if isinstance(state, str) and state:
        attributes.setdefault("w3c.tracestate", state)
    for field in ("droppedAttributesCount", "droppedEventsCount", "droppedLinksCount"):
        dropped = integer(_either(raw, field))
        if dropped:
            attributes.setdefault(f"otel.{_snake(field)}", dropped)


def _enum(value: Json, prefix: str, names: Mapping[int, str]) -> str | None:
    if isinstance(value, str) and value.upper().startswith(prefix):
        value = value.upper()[len(prefix) :]
        return value if value in names.values() else None
    number = integer(value)
    return None if number is None else names.get(number)


def _status(code: Json) -> str:
    if isinstance(code, str) and code.upper() in _STATUS.values():
        return code.upper()
    return _enum(code, "STATUS_CODE_", _STATUS) or SpanStatus.UNSET


def _time(value: Json) -> int | None:
    """Nanoseconds; 0 where nothing is said, None where it is no time."""
    return 0 if value is None or value == "" else nanoseconds(value)


def _read_events(raw: Json) -> list[SpanEvent]:
    events = []
    for item in raw if isinstance(raw, list) else ():
        if isinstance(item, Mapping):
            name = item.get("name")
            events.append(
                SpanEvent(
                    name if isinstance(name, str) else "",
                    _time(_either(item, "timeUnixNano")) or 0,
                    attribute_map(item.get("attributes")),
                )
            )
    return events


def _read_links(raw: Json) -> list[Link]:
    links = []
    for item in raw if isinstance(raw, list) else ():
        if isinstance(item, Mapping):
            links.append(
                Link(
                    identifier(_either(item, "traceId"), 16),
                    identifier(_either(item, "spanId"), 8),
                    attribute_map(item.get("attributes")),
                )
            )
    return links


def attribute_map(raw: Json) -> dict[str, Json]:
    """The attributes of a list of ``{"key", "value"}``. An object is taken as it is."""
    if isinstance(raw, Mapping):
        return {str(key): any_value(value) for key, value in raw.items()}
    attributes: dict[str, Json] = {}
    for item in raw if isinstance(raw, list) else ():
        if isinstance(item, Mapping):
            key = item.get("key")
            if isinstance(key, str):
                attributes[key] = any_value(item.get("value"))
    return attributes


def any_value(raw: Json) -> Json:
    """What an ``AnyValue`` holds. Bytes stay base64 text; what is not an AnyValue is taken as it is."""
    if isinstance(raw, Mapping):
        text = raw.get("stringValue")
        if isinstance(text, str):
            return text
    root: list[Json] = [None]
    todo: list[tuple[Any, int | str, Json, int]] = [(root, 0, raw, 0)]
    while todo:
        target, slot, value, depth = todo.pop()
        kind, inner = _unwrapped(value)
        members = inner.get("values") if isinstance(inner, Mapping) else None
        members = members if isinstance(members, list) else []
        if depth >= MAX_JSON_DEPTH:
            target[slot] = shown(value)
        elif kind == "array":
            items: list[Json] = [None] * len(members)
            target[slot] = items
            todo.extend((items, index, member, depth + 1) for index, member in enumerate(members))
        elif kind == "kvlist":
            fields: dict[str, Json] = {}
            target[slot] = fields
            for member in members:
                if isinstance(member, Mapping) and isinstance(member.get("key"), str):
                    fields[member["key"]] = None
                    todo.append((fields, member["key"], member.get("value"), depth + 1))
        else:
            target[slot] = inner
    return root[0]


def _unwrapped(value: Json) -> tuple[str, Json]:
    """The kind of an AnyValue, and what is inside."""
    if not isinstance(value, Mapping):
        return "plain", clean(value)
    if not value:
        return "plain", None
    if len(value) > 1:
        return "plain", clean(value)
    [(key, inner)] = value.items()
    if key in ("stringValue", "string_value", "boolValue", "bool_value", "bytesValue", "bytes_value"):
        return "plain", clean(inner)
    if key in ("intValue", "int_value"):
        number = integer(inner)
        return "plain", clean(inner) if number is None else number
    if key in ("doubleValue", "double_value"):
        return "plain", _double(inner)
    if key in ("arrayValue", "array_value"):
        return "array", inner
    if key in ("kvlistValue", "kvlist_value"):
        return "kvlist", inner
    return "plain", clean(value)


def _double(value: Json) -> Json:
    if isinstance(value, str):  # "NaN" and "Infinity", which JSON has no number for, stay texts
        try:
            return clean(float(value))
        except ValueError:
            return clean(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_INT64:
        return float(value)
    return clean(value)


def _either(raw: Mapping[str, Any], camel: str) -> Json:
    value = raw.get(camel)
    return value if value is not None else raw.get(_SNAKE.get(camel) or _snake(camel))


def _snake(camel: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in camel)


_SNAKE = {
    camel: _snake(camel)
    for camel in (
        "attributes",
        "body",
        "droppedAttributesCount",
        "droppedEventsCount",
        "droppedLinksCount",
        "endTimeUnixNano",
        "eventName",
        "events",
        "links",
        "parentSpanId",
        "spanId",
        "startTimeUnixNano",
        "status",
        "timeUnixNano",
        "traceId",
        "traceState",
    )
}
