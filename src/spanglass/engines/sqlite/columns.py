"""Columns: values of many rows at once. SQL brings the parts of payloads that are needed, Python takes them apart."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson

from spanglass.engines.base import RowId, TraceNumber
from spanglass.engines.sqlite import deadline, values
from spanglass.engines.sqlite.cells import Cell, number
from spanglass.engines.sqlite.context import Context
from spanglass.engines.sqlite.emitter import Emitter
from spanglass.engines.sqlite.functions import take
from spanglass.engines.sqlite.relations import Things
from spanglass.engines.sqlite.search import SPAN, TRACE, emitter_for, run
from spanglass.filters.algebra import (
    Aggregate,
    Always,
    Arith,
    Call,
    Column,
    Field,
    Of,
    Path,
    Pick,
    Related,
    Step,
    Type,
    Value,
    Wild,
)
from spanglass.limits import COLUMN_CHUNK

_TRACES = "json_each({ids}) i JOIN trace t ON t.trace_id = i.value"
_NUMBERED = "json_each({ids}) i JOIN trace t ON t.rid = i.value"
_SPANS = (
    "json_each({ids}) i JOIN trace t ON t.trace_id = json_extract(i.value, '$[0]') "
    "JOIN span s ON s.rid = t.rid AND s.span_id = json_extract(i.value, '$[1]')"
)

Ids = Sequence[RowId] | Sequence[TraceNumber]

Group = tuple[Related, ...]
"""The sets that lead to a JSON field: columns with these in common are taken from the same rows."""


def columns(connection: sqlite3.Connection, ids: Ids, wanted: Sequence[Column]) -> list[list[Any]]:
    """For each column its values, one per id or number, None where there is none."""
    if ids and len(ids[0]) == 1:
        wanted = [replace(column, value=of_any_span(column.value)) for column in wanted]
    picked = [_Picked(column.pick) for column in wanted]
    with _without_collection():
        for start in range(0, len(ids), COLUMN_CHUNK):
            chunk = ids[start : start + COLUMN_CHUNK]
            for one in picked:
                one.begin(len(chunk))
            for group, members in _groups(wanted).items():
                if isinstance(group, int):
                    _from_sql(connection, chunk, wanted[group], picked[group])
                else:
                    _from_json(connection, chunk, group, [(wanted[member], picked[member]) for member in members])
            for one in picked:
                one.end()
    return [one.values for one in picked]


def of_any_span(value: Value) -> Value:
    """A value for a whole trace: one that speaks of a span is that of each of its spans."""
    return Of(Related("spans", Always(True)), value) if _needs_span(value) else value


_OF_TRACES = frozenset({"spans", "root", "events", "links", "assessments"})


def _needs_span(value: Value) -> bool:
    if isinstance(value, Field):
        return value.subject == "span"
    if isinstance(value, Path):
        return value.base.subject == "span"
    if isinstance(value, (Of, Aggregate)):
        return value.things.relation not in _OF_TRACES
    if isinstance(value, Arith):
        return _needs_span(value.left) or _needs_span(value.right)
    return isinstance(value, Call) and any(map(_needs_span, value.args))


@contextmanager
def _without_collection() -> Iterator[None]:
    # Decoding makes many objects and no garbage; the collector would walk over all of them again and again.
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _groups(wanted: Sequence[Column]) -> dict[Group | int, list[int]]:
    """The columns by what they are taken from; those that only SQL can say by their own number."""
    groups: dict[Group | int, list[int]] = {}
    for index, column in enumerate(wanted):
        groups.setdefault(_group(column) or index, []).append(index)
    return groups


def _group(column: Column) -> Group | None:
    sets: list[Related] = []
    value = column.value
    while isinstance(value, Of):
        sets.append(value.things)
        value = value.value
    base = value.base if isinstance(value, Path) else value
    return tuple(sets) if isinstance(base, Field) and base.type is Type.JSON else None


def _taken(column: Column) -> tuple[Field, tuple[Step, ...], str | None]:
    """The JSON field that a column's values are in, and the path to them."""
    value = column.value
    while isinstance(value, Of):
        value = value.value
    if isinstance(value, Path):
        return value.base, value.steps, value.flat
    assert isinstance(value, Field)
    return value, (), None


def _statement(connection: sqlite3.Connection, chunk: Ids) -> tuple[Any, Context, str]:
    emitter = emitter_for(connection, "page")
    traces = len(chunk[0]) == 1
    keys: list[Any] = [row[0] for row in chunk] if traces else [list(row) for row in chunk]
    ids = emitter.bind(orjson.dumps(keys).decode())
    source = _SPANS if not traces else _NUMBERED if isinstance(keys[0], int) else _TRACES
    return emitter, (TRACE if traces else SPAN), source.format(ids=ids)


def _select(what: str, source: str, tables: Sequence[str], on: Sequence[str], order: Sequence[str], failed: str) -> str:
    joined = "".join(f" CROSS JOIN {table}" for table in tables)
    where = f" WHERE {' AND '.join(on)}" if on else ""
    # Each row says whose it is, so only those of one trace must stand in order, where there are several.
    by = f" ORDER BY {', '.join(['i.key', *order])}" if order else ""
    return f"SELECT i.key, {failed or '0'}, {what} FROM {source}{joined}{where}{by}"


def _from_json(connection: sqlite3.Connection, chunk: Ids, sets: Group, members: list[tuple[Column, _Picked]]) -> None:
    emitter, context, source = _statement(connection, chunk)
    # Each field once, however many columns are taken from it.
    takers: dict[Field, list[Callable[[int, int, Any], None]]] = {}
    for column, picked in members:
        field, steps, flat = _taken(column)
        takers.setdefault(field, []).append(_taker(steps, flat, picked))
    things = _things(emitter, sets, context, list(takers), any(picked.pick == "error" for _, picked in members))
    texts, tables, on = [], list(things.tables), list(things.on)
    for field in takers:
        found = values.whole(emitter, field, things.context)
        texts.append(found.json)
        tables, on = [*tables, *found.tables], [*on, *found.on]
    sql = _select(", ".join(texts), source, tables, on, things.order, things.failed)
    per_field = list(takers.values())
    for row, is_failed, *found_texts in run(connection, emitter.statement(sql)):
        for text, take_each in zip(found_texts, per_field, strict=True):
            if text is not None:
                decoded = orjson.loads(text)
                for take_from in take_each:
                    take_from(row, is_failed, decoded)


def _things(emitter: Emitter, sets: Group, context: Context, fields: Sequence[Field], failed: bool) -> Things:
    """What the sets lead to from a row; ``failed`` says that it counts which of them failed."""
    wide = all(map(values.in_payload, fields))
    if sets == (_ROOT,) and wide and context.trace and not failed:
        # The number of the root is all that is needed of it besides.
        alias = emitter.alias("p")
        root = replace(context, span=alias, payload=alias)
        return Things(root, (f"payload {alias}",), (f"{alias}.sid = {context.trace}.root_sid",), ())
    found = Things(context, (), (), ())
    for related in sets:
        more = emitter.things(related, found.context)
        found = Things(
            more.context, found.tables + more.tables, found.on + more.on, found.order + more.order, more.failed
        )
    if wide:  # joined once, however many fields are in it
        alias, tables, on = values.payload(emitter, found.context)
        inner = replace(found.context, payload=alias)
        found = Things(inner, found.tables + tables, found.on + on, found.order, found.failed)
    return found


_ROOT = Related("root", Always(True))


def _taker(steps: Sequence[Step], flat: str | None, picked: _Picked) -> Callable[[int, int, Any], None]:
    """What takes a row's values out of a JSON value and adds them to those picked."""

    def one(row: int, failed: int, value: Any) -> None:
        picked.add(row, failed, take(value, steps, flat))

    def several(row: int, failed: int, value: Any) -> None:
        for taken in take_all(value, steps, flat):
            picked.add(row, failed, taken)

    return several if Wild.ANY in steps else one


def take_all(value: Any, steps: Sequence[Step], flat: str | None) -> list[Any]:
    """What is at a path in a JSON value, with ``[*]`` every element's.

    >>> take_all({"d": [{"s": 1}, {"s": 2}, {}]}, ("d", Wild.ANY, "s"), None)
    [1, 2, None]
    """
    current = [value]
    segment: list[str | int] = []
    for step in steps:
        if isinstance(step, Wild):
            arrays = (take(item, segment, None) for item in current)
            current = [item for array in arrays if isinstance(array, list) for item in array]
            segment = []
        else:
            segment.append(step)
    return [take(item, segment, None) for item in current] if segment else current


def _from_sql(connection: sqlite3.Connection, chunk: Ids, column: Column, picked: _Picked) -> None:
    emitter, context, source = _statement(connection, chunk)
    found = values.whole(emitter, column.value, context)
    what, convert = _plain(found.cell)
    sql = _select(what, source, found.tables, found.on, found.order, found.failed)
    for row, failed, value, kind in run(connection, emitter.statement(sql)):
        if value is not None:
            picked.add(row, failed, convert(value, kind))


def _plain(cell: Cell) -> tuple[str, Callable[[Any, Any], Any]]:
    """A cell as two columns, and what makes a Python value of them."""
    if cell.kind == "json":
        return f"{cell.sql}, {cell.type}", json_value
    if cell.kind == "bool":
        return f"{cell.sql}, NULL", lambda value, _: bool(value)
    return f"{number(cell) if cell.kind == 'number' else cell.sql}, NULL", lambda value, _: value


def json_value(value: Any, kind: str) -> Any:
    """The value that SQLite gives for something in JSON of this type."""
    if kind in ("object", "array"):
        return orjson.loads(value)
    return bool(value) if kind in ("true", "false") else value


class _Picked:
    """Gathers a column: of the values that a row has, the one (or all) that is wanted."""

    def __init__(self, pick: Pick) -> None:
        self.pick = pick
        self.values: list[Any] = []
        self._now: list[Any] = []

    def begin(self, rows: int) -> None:
        deadline.check()
        self._now = [None] * rows

    def end(self) -> None:
        self.values += self._now

    def add(self, row: int, failed: int, value: Any) -> None:
        if value is None:
            return
        had = self._now[row]
        if self.pick == "all":
            if had is None:
                self._now[row] = [value]
            else:
                had.append(value)
        elif self.pick in ("max", "min"):
            items = [item for item in value if item is not None] if isinstance(value, list) else [value]
            choose = max if self.pick == "max" else min
            self._now[row] = choose([*items, *([] if had is None else [had])], key=rank, default=None)
        elif self.pick == "last" or (had is None and (self.pick == "first" or failed)):
            self._now[row] = value


def rank(value: Any) -> tuple[int, Any]:
    """By what values of all types are sorted: numbers, then texts, then booleans."""
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, (int, float)):
        return 0, value
    return 1, value if isinstance(value, str) else orjson.dumps(value).decode()
