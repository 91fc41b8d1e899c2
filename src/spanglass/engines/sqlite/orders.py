"""Sorting: what an order key is in SQL, and which rows come after a given one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spanglass.engines.sqlite import fields, values
from spanglass.engines.sqlite.cells import select, sort_key
from spanglass.engines.sqlite.context import Context
from spanglass.engines.tokens import SortValue
from spanglass.filters.algebra import Field, Order

if TYPE_CHECKING:
    from spanglass.engines.sqlite.emitter import Emitter

_STARTED = fields.TRACE["timestamp_ms"].sql

_NEVER_NULL = frozenset({"timestamp_ms", "end_time_ms", "span_count", "error_count"})


@dataclass(slots=True)
class SortKey:
    """One key: its SQL, its direction, and whether it is a column, cheap enough to be written twice."""

    sql: str
    descending: bool
    nulls_first: bool
    never_null: bool = False
    plain: bool = False

    def term(self, name: str) -> str:
        """The ORDER BY term, ``name`` being the key."""
        direction = " DESC" if self.descending else ""
        return name + direction + ("" if self.never_null else f" NULLS {'FIRST' if self.nulls_first else 'LAST'}")

    def beyond(self, name: str, place: str, missing: bool) -> str:
        """Whether a row's key comes after the key at ``place``, which ``missing`` says is NULL."""
        if missing:
            return f"{name} IS NOT NULL" if self.nulls_first else "0"
        after = f"{name} {'<' if self.descending else '>'} {place}"
        return after if self.never_null or self.nulls_first else f"({after} OR {name} IS NULL)"


def sort_keys(emitter: Emitter, orders: Sequence[Order], context: Context) -> list[SortKey]:
    """The keys of a query; of no orders, those of the default one."""
    if not orders:
        # Newest first, as nearly always: said without looking anything up.
        return [SortKey(values.trace_column(context, _STARTED), True, False, never_null=True, plain=True)]
    return [_sort_key(emitter, order, context) for order in orders]


def _sort_key(emitter: Emitter, order: Order, context: Context) -> SortKey:
    value = order.value
    found = values.rows(emitter, value, context)
    key = sort_key(found.cell)
    if not found.tables:
        plain = isinstance(value, Field) and value.subject == "trace" and found.cell.kind == "number"
        never_null = isinstance(value, Field) and value.subject == "trace" and value.name in _NEVER_NULL
        return SortKey(key, order.descending, order.nulls_first, never_null, plain)
    where = f"({key}) IS NOT NULL"
    if order.pick == "error" and found.failed:
        where += f" AND {found.failed}"
    if order.pick in ("max", "min"):
        by = ["1 DESC" if order.pick == "max" else "1"]
    else:
        by = [_reversed(term) if order.pick == "last" else term for term in found.order]
    tail = (f" ORDER BY {', '.join(by)}" if by else "") + " LIMIT 1"
    return SortKey(select(key, found, where=where, tail=tail), order.descending, order.nulls_first)


def _reversed(term: str) -> str:
    return term.removesuffix(" DESC") if term.endswith(" DESC") else f"{term} DESC"


def after(emitter: Emitter, keys: Sequence[SortKey], names: Sequence[str], last: Sequence[SortValue | bytes]) -> str:
    """Whether a row comes after the one with these keys, the last of which tells every row from every other."""
    condition = "0"
    for key, name, value in reversed(list(zip(keys, names, last, strict=True))):
        place = emitter.bind(value)
        beyond = key.beyond(name, place, value is None)
        condition = f"({beyond} OR ({name} IS {place} AND {condition}))"
    if keys[0].never_null:
        # Says nothing new, but lets an index begin where the page does.
        condition = f"{names[0]} {'<=' if keys[0].descending else '>='} {emitter.bind(last[0])} AND {condition}"
    return condition


def to_token(value: SortValue | bytes) -> SortValue:
    """A key as a token holds it: booleans sort as blobs in SQL."""
    return value != b"\0" if isinstance(value, bytes) else value


def from_token(value: SortValue) -> SortValue | bytes:
    """A key as SQL compares it."""
    return (b"\1" if value else b"\0") if isinstance(value, bool) else value
