"""Values of the algebra as SQL: each becomes the rows that it has in a context."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from spanglass.engines.base import Refused
from spanglass.engines.sqlite import calculations, fields
from spanglass.engines.sqlite.cells import TOP, Cell, Kind, Place, Rows
from spanglass.engines.sqlite.context import Context
from spanglass.engines.sqlite.paths import json_key, json_path, sql_text
from spanglass.filters.algebra import (
    Aggregate,
    Arith,
    Assessed,
    Const,
    Field,
    Key,
    Of,
    Path,
    Step,
    Type,
    Value,
    Wild,
)
from spanglass.store.json_text import clean

if TYPE_CHECKING:
    from spanglass.engines.sqlite.emitter import Emitter

# The tag in which MLflow keeps a trace's prompts, a JSON array of {name, version}.
_LINKED_PROMPTS = sql_text('$."mlflow.linkedPrompts"')


def rows(emitter: Emitter, value: Value, context: Context) -> Rows:
    """The values, the elements of arrays each by itself."""
    return spread(emitter, whole(emitter, value, context))


def whole(emitter: Emitter, value: Value, context: Context) -> Rows:
    """The values, an array at the end of a path still in one piece."""
    if isinstance(value, Const):
        return Rows(constant(emitter, value.value))
    if isinstance(value, Field):
        return _field(emitter, value, context)
    if isinstance(value, Key):
        return _key(emitter, value, context)
    if isinstance(value, Path):
        return _path(emitter, value, context)
    if isinstance(value, Assessed):
        return _assessed(emitter, value, context)
    if isinstance(value, Of):
        things = emitter.things(value.things, context)
        inner = whole(emitter, value.value, things.context)
        return Rows(
            inner.cell,
            things.tables + inner.tables,
            things.on + inner.on,
            things.order + inner.order,
            inner.failed or things.failed,
            inner.place,
            inner.json,
            inner.raw,
        )
    if isinstance(value, Aggregate):
        return Rows(calculations.aggregate(emitter, value, context))
    if isinstance(value, Arith):
        return calculations.arithmetic(emitter, value, context)
    return calculations.call(emitter, value, context)


def constant(emitter: Emitter, value: Any) -> Cell:
    """The cell of a literal."""
    kind: Kind = "text" if isinstance(value, str) else "bool" if isinstance(value, bool) else "number"
    return Cell(emitter.bind(value), kind, constant=value)


def spread(emitter: Emitter, found: Rows) -> Rows:
    """The same values with the elements of an array, if there is one, each by itself."""
    if found.place is None:
        return found
    element, table = elements(emitter, found.place)
    return Rows(element, (*found.tables, table), found.on, (*found.order, f"{_alias(table)}.key"), found.failed)


def elements(emitter: Emitter, place: Place) -> tuple[Cell, str]:
    """A table of the elements of the array at a place, or of the one value that is there, and a row's value."""
    alias = emitter.alias("e")
    # json_each would take an object apart too: so an object goes in as the only element of an array.
    is_object = f"json_type({place.json}, {place.path}) = 'object'"
    table = (
        f"json_each(iif({is_object}, json_array(json_extract({place.json}, {place.path})), {place.json}), "
        f"iif({is_object}, '$', {place.path})) {alias}"
    )
    return Cell(f"{alias}.value", "json", type=f"{alias}.type"), table


def _alias(table: str) -> str:
    return table.rsplit(" ", 1)[1]


def trace_column(context: Context, sql: str) -> str:
    """An expression over the trace at hand, ``{x}`` being its alias."""
    if context.trace:
        return sql.format(x=context.trace)
    return f"(SELECT {sql.format(x='tr')} FROM trace tr WHERE tr.rid = {context.rid})"


def payload(emitter: Emitter, context: Context) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The span's wide row: its alias, and what joins it, unless it has been joined."""
    if context.payload:
        return context.payload, (), ()
    alias = emitter.alias("p")
    return alias, (f"payload {alias}",), (f"{alias}.sid = {context.span}.sid",)


def in_payload(value: Value | None) -> bool:
    """Whether a value is in the wide row of the span at hand."""
    field = value.base if isinstance(value, Path) else value
    return isinstance(field, Field) and field.subject == "span" and field.name in _PAYLOAD


def trace_payload(emitter: Emitter, context: Context) -> tuple[str, str, str]:
    """The trace's wide row: its alias, its table, the condition that joins it."""
    alias = emitter.alias("q")
    return alias, f"trace_payload {alias}", f"{alias}.rid = {context.rid}"


def symbol_text(expression: str) -> str:
    """The text of a symbol."""
    return f"(SELECT y.text FROM symbol y WHERE y.id = {expression})"


def _subject_alias(field: Field, context: Context) -> str:
    alias: str = getattr(context, field.subject)
    if not alias:
        raise Refused(f"{field.subject}.{field.name} says nothing here: there is no one {field.subject}")
    return alias


def _field(emitter: Emitter, field: Field, context: Context, *, inside: bool = False) -> Rows:
    """The values of a field; ``inside`` says that it is only looked into, never taken as a whole."""
    if field.subject == "trace" and field.name in _SEVERAL:
        return _SEVERAL[field.name](emitter, context)
    if field.subject == "span" and field.name == "text":
        return _span_text(emitter, context)
    column = fields.SUBJECTS[field.subject].get(field.name)
    if column is None:
        raise Refused(f"the SQLite engine knows no field {field.subject}.{field.name}")
    if field.subject == "trace":
        if not column.payload:
            return Rows(Cell(trace_column(context, column.sql), column.kind))
        alias, table, joined = trace_payload(emitter, context)
        return _json_rows(column.sql.format(x=alias), (table,), (joined,))
    subject = _subject_alias(field, context)
    failed = f"{subject}.status = 2" if field.subject == "span" else ""
    if column.payload:
        alias, tables, on = payload(emitter, context)
        json = column.sql.format(x=alias)
        if column.empty and not inside:
            json = f"coalesce({json}, {sql_text(column.empty)})"
        return _json_rows(json, tables, on, failed=failed)
    expression = column.sql.format(x=subject)
    if column.symbol:
        expression = symbol_text(expression)
    if column.kind == "json":
        return _json_rows(expression, failed=failed)
    return Rows(Cell(expression, column.kind, ns=column.ns), failed=failed)


def _json_rows(
    json: str,
    tables: tuple[str, ...] = (),
    on: tuple[str, ...] = (),
    order: tuple[str, ...] = (),
    failed: str = "",
) -> Rows:
    place = Place(json, TOP)
    return Rows(place.cell, tables, on, order, failed, place, json, (json,))


def _array(texts: str) -> str:
    return f"(SELECT json_group_array(v) FROM ({texts}))"


def _listed(emitter: Emitter, texts: str, order: str) -> Rows:
    """The texts that a SELECT gives as ``v``, in an order: by way of an array, as only a table function may
    speak of the tables beside it."""
    alias = emitter.alias("e")
    array = _array(f"SELECT v FROM ({texts}) WHERE v IS NOT NULL ORDER BY {order}")
    return Rows(Cell(f"{alias}.value", "text"), (f"json_each({array}) {alias}",), (), (f"{alias}.key",))


def _run_ids(emitter: Emitter, context: Context) -> Rows:
    rid = context.rid
    own = f"SELECT 0 AS n, tr.run_id AS v FROM trace tr WHERE tr.rid = {rid}"
    linked = (
        f"SELECT 1, tr.run_id FROM trace_run tr WHERE tr.rid = {rid} "
        f"AND tr.run_id IS NOT (SELECT own.run_id FROM trace own WHERE own.rid = {rid})"
    )
    return _listed(emitter, f"{own} UNION ALL {linked}", "n, v")


def texts(emitter: Emitter, value: Value, context: Context) -> Rows:
    """All the texts that the text of a span or a trace stands for, as one JSON array."""
    if value == TRACE_TEXT:
        return Rows(Cell(_array(f"SELECT v FROM ({_texts_by_number(emitter, context)})"), "json"))
    found = _span_text(emitter, context)
    return Rows(Cell(f"json_array({found.cell.sql})", "json"), found.tables, found.on)


def _trace_texts(emitter: Emitter, context: Context) -> Rows:
    return _listed(emitter, _texts_by_number(emitter, context), "no")


def _texts_by_number(emitter: Emitter, context: Context) -> str:
    alone = text_without_spans(emitter, context)
    spans = f"span s JOIN payload p USING (sid) WHERE s.rid = {context.rid}"
    return (
        f"SELECT s.no AS no, {_SPAN_TEXT.format(x='s', p='p')} AS v FROM {spans} UNION ALL "
        f"SELECT 0, {alone.cell.sql} FROM {', '.join(alone.tables)} WHERE {' AND '.join(alone.on)}"
    )


def text_without_spans(emitter: Emitter, context: Context) -> Rows:
    """The text of a trace that has no spans; no row for one that has."""
    alias, table, on = trace_payload(emitter, context)
    # The trace's row once more: so the index of the newest is all that is read of those that are passed over.
    trace = emitter.alias("t")
    none = f"NOT EXISTS (SELECT 1 FROM span s WHERE s.rid = {context.rid})"
    text = f"sg_json_text({trace}.name, {alias}.request, {alias}.response)"
    return Rows(Cell(text, "text"), (table, f"trace {trace}"), (on, f"{trace}.rid = {alias}.rid", none))


def _prompts(emitter: Emitter, context: Context) -> Rows:
    alias, table, on = trace_payload(emitter, context)
    entry = emitter.alias("e")
    tag = f"json_extract({alias}.tags, {_LINKED_PROMPTS})"
    listed = f"json_each(CASE WHEN json_valid({tag}) THEN {tag} END) {entry}"
    prompt = f"CASE WHEN {entry}.type = 'object' THEN {entry}.value END"
    name = f"json_extract({prompt}, '$.name') || '/' || json_extract({prompt}, '$.version')"
    return Rows(Cell(f"({name})", "text"), (table, listed), (on,), (f"{entry}.key",))


def _issues(emitter: Emitter, context: Context) -> Rows:
    # An issue found in a trace is an assessment of kind "issue" whose name is the issue's id, as in MLflow.
    alias = emitter.alias("a")
    return Rows(
        Cell(f"{alias}.name", "text"),
        (f"assessment {alias}",),
        (of_trace(alias, context), f"{alias}.kind = 'issue'"),
    )


TRACE_TEXT = Field("trace", "text", Type.TEXT)
SPAN_TEXT = Field("span", "text", Type.TEXT)

_PAYLOAD = {"text", *(name for name, column in fields.SPAN.items() if column.payload)}
_SEVERAL = {"run_id": _run_ids, "text": _trace_texts, "prompt": _prompts, "issue_id": _issues}

_SPAN_TEXT = (
    "sg_span_text((SELECT y.text FROM symbol y WHERE y.id = {x}.name_id), {x}.status_message, "
    "{p}.inputs, {p}.outputs, {p}.attributes, {p}.events)"
)


def _span_text(emitter: Emitter, context: Context) -> Rows:
    alias, tables, on = payload(emitter, context)
    columns = ("inputs", "outputs", "attributes", "events")
    raw = (
        symbol_text(f"{context.span}.name_id"),
        f"{context.span}.status_message",
        *(f"{alias}.{column}" for column in columns),
    )
    return Rows(Cell(_SPAN_TEXT.format(x=context.span, p=alias), "text"), tables, on, raw=raw)


def _key(emitter: Emitter, key: Key, context: Context) -> Rows:
    alias, table, on = trace_payload(emitter, context)
    json = f"{alias}.tags" if key.map == "tag" else f"{alias}.metadata"
    place = _place(emitter, Place(json, TOP), (clean(key.key),))
    return Rows(Cell(f"json_extract({place.json}, {place.path})", "text"), (table,), (on,))


def _place(emitter: Emitter, start: Place, steps: Sequence[str | int], flat: str | None = None) -> Place:
    """Where the steps lead to from a place, ``flat`` being tried first (only from the top of a JSON text)."""
    if not steps and flat is None:
        return start
    path = json_path(steps)
    if flat is not None and tuple(steps) != (flat,):
        key = json_path((flat,))
        if path is not None and key is not None:
            # json_type gives the text 'null' for a key that is there and null: then there is no value.
            found = f"json_type({start.json}, {sql_text('$' + key)}) IS NULL"
            return Place(start.json, f"iif({found}, {sql_text('$' + path)}, {sql_text('$' + key)})")
    elif path is not None:
        return Place(start.json, sql_text("$" + path) if start.path == TOP else f"{start.path} || {sql_text(path)}")
    json = start.json
    if start.path != TOP:
        is_container = f"json_type({start.json}, {start.path}) IN ('object', 'array')"
        json = f"iif({is_container}, json_extract({start.json}, {start.path}), NULL)"
    keys = emitter.bind(orjson.dumps(list(steps)).decode())
    return Place(f"sg_take({json}, {keys}, {emitter.bind(flat)})", TOP)


def _segments(steps: tuple[Step, ...]) -> list[list[str | int]]:
    """The steps cut at each ``[*]``."""
    segments: list[list[str | int]] = [[]]
    for step in steps:
        if isinstance(step, Wild):
            segments.append([])
        else:
            segments[-1].append(clean(step) if isinstance(step, str) else step)
    return segments


def _follow(emitter: Emitter, base: Rows, steps: tuple[Step, ...], flat: str | None) -> Rows:
    """The values that the steps lead to from a JSON value."""
    tables, on, order = list(base.tables), list(base.on), list(base.order)
    segments = _segments(steps)
    first = None if flat is None or len(segments) > 1 else clean(flat)
    place = _place(emitter, Place(base.json, TOP), segments[0], first)
    for segment in segments[1:]:
        alias = emitter.alias("e")
        tables.append(f"json_each({place.json}, {place.path}) {alias}")
        on.append(f"typeof({alias}.key) = 'integer'")  # an object's members have texts for keys
        order.append(f"{alias}.key")
        place = _place(emitter, Place(place.json, f"{alias}.fullkey"), segment)
    return Rows(place.cell, tuple(tables), tuple(on), tuple(order), base.failed, place, raw=base.raw)


def _path(emitter: Emitter, path: Path, context: Context) -> Rows:
    base = _field(emitter, path.base, context, inside=bool(path.steps))
    if not base.json:
        raise Refused(f"{path.base.subject}.{path.base.name} is no JSON value: it has nothing inside")
    if in_payload(path) or base.tables:
        base.on += _with_key(emitter, base.json, path)
    return _follow(emitter, base, path.steps, path.flat)


def _with_key(emitter: Emitter, json: str, path: Path) -> tuple[str, ...]:
    """That a JSON text holds the last key: a glance against a parse."""
    keys = [step for step in path.steps if isinstance(step, str)][-1:]
    if path.flat is not None and path.flat not in keys:
        keys.append(path.flat)
    wanted = [json_key(clean(key)) for key in keys]
    if not wanted or None in wanted:
        return ()
    return (f"({' OR '.join([f'instr({json}, {emitter.bind(key)}) > 0' for key in wanted])})",)


def of_trace(alias: str, context: Context) -> str:
    """The condition that an assessment is of the trace, or of its session."""
    session = trace_column(context, "{x}.session_id")
    return f"({alias}.rid = {context.rid} OR ({alias}.rid IS NULL AND {alias}.session_id = {session}))"


LATEST = ("{x}.created_ms DESC", "{x}.rowid DESC")


def _assessed(emitter: Emitter, assessed: Assessed, context: Context) -> Rows:
    alias = emitter.alias("a")
    on = [of_trace(alias, context), f"{alias}.name = {emitter.bind(assessed.name)}", f"{alias}.valid = 1"]
    if assessed.kind is not None:
        on.append(f"{alias}.kind = {emitter.bind(assessed.kind)}")
    order = tuple(key.format(x=alias) for key in LATEST)
    base = _json_rows(f"{alias}.value", (f"assessment {alias}",), tuple(on), order)
    return _follow(emitter, base, assessed.steps, None)
