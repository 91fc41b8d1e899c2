"""Tests on values whose SQL is known: =, <, BETWEEN, IN, in the mode that the literal decides."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson

from spanglass.engines.sqlite import cells
from spanglass.engines.sqlite.cells import Cell
from spanglass.engines.sqlite.functions import as_number, json_container
from spanglass.filters.algebra import Const, Mode
from spanglass.store.postings import scalar_text

if TYPE_CHECKING:
    from spanglass.engines.sqlite.emitter import Emitter

Test = Callable[[Cell], str]

_LONG_LIST = 200  # more items than this travel as one JSON array: a statement has a limited number of parameters


def constant_number(value: Any) -> int | float | None:
    """What a literal is as a number."""
    if isinstance(value, str):
        return as_number(value)
    return None if isinstance(value, bool) else value


def constant_text(value: Any) -> str | None:
    """What a literal is as a text."""
    return None if value is None else scalar_text(value)


def in_nanoseconds(value: int | float) -> int | float:
    """Milliseconds as nanoseconds, exactly as their decimal digits say."""
    if isinstance(value, int):
        return value * 1_000_000
    if not abs(value) < 1e300:
        return value
    exact = Decimal(repr(value)) * 1_000_000
    whole = int(exact)
    return whole if whole == exact else float(exact)


def compare(emitter: Emitter, op: str, left: Cell, right: Cell, mode: Mode) -> str:
    """Both present, and so related; NULL or false otherwise."""
    sql_op = "<>" if op == "!=" else op
    if mode is Mode.NUMBER:
        return _numbers(emitter, sql_op, left, right)
    if mode is Mode.BOOL:
        return f"{_boolean(emitter, left)} {sql_op} {_boolean(emitter, right)}"
    if mode is Mode.TEXT:
        return _texts(emitter, sql_op, left, right)
    if left.kind == "number" and right.kind == "number":
        return _numbers(emitter, sql_op, left, right)
    if left.kind == "bool" and right.kind == "bool":
        return _texts(emitter, sql_op, left, right)
    a, b = emitter.number(left), emitter.number(right)
    return (
        f"CASE WHEN ({a}) IS NOT NULL AND ({b}) IS NOT NULL THEN {a} {sql_op} {b} "
        f"ELSE {emitter.text(left)} {sql_op} {emitter.text(right)} END"
    )


def _numbers(emitter: Emitter, op: str, left: Cell, right: Cell) -> str:
    if left.ns and right.ns:
        return f"{left.sql} {op} {right.sql}"
    if left.ns and right.is_constant:
        value = constant_number(right.constant)
        return f"{left.sql} {op} {emitter.bind(None if value is None else in_nanoseconds(value))}"
    if right.ns and left.is_constant:
        value = constant_number(left.constant)
        return f"{emitter.bind(None if value is None else in_nanoseconds(value))} {op} {right.sql}"
    return f"{emitter.number(left)} {op} {emitter.number(right)}"


def _boolean(emitter: Emitter, cell: Cell) -> str:
    if cell.is_constant:
        return emitter.bind(int(cell.constant) if isinstance(cell.constant, bool) else None)
    return cells.boolean(cell)


def _texts(emitter: Emitter, op: str, left: Cell, right: Cell) -> str:
    if op in ("=", "<>") and left.kind == "json" and right.is_constant and _is_text_only(right.constant):
        return f"{left.sql} {op} {emitter.bind(right.constant)}"
    a, b = emitter.text(left), emitter.text(right)
    plain = f"{a} {op} {b}"
    if op in ("=", "<>"):
        for one, other, wanted in ((left, right, b), (right, left, a)):
            if one.kind == "json" and _may_be_container(other):
                same = f"sg_same_json({one.sql}, {wanted})"
                test = f"coalesce({same if op == '=' else f'NOT {same}'}, {plain})"
                plain = f"iif({one.type} IN ('object', 'array'), {test}, {plain})"
    return plain


def _is_text_only(wanted: Any) -> bool:
    """Whether this is a text that is no other value's text form, so that types need not be looked at."""
    return isinstance(wanted, str) and _WORDED.match(wanted) is not None and wanted not in ("true", "false", "null")


_WORDED = re.compile(r"[A-Za-z_]")  # as no number, object or array begins: numbers that are none are not in JSON


def _may_be_container(cell: Cell) -> bool:
    """Whether this may be a text that is the JSON of an object or array."""
    if cell.is_constant:
        return json_container(cell.constant) is not None
    return cell.kind in ("text", "json")


def between(
    emitter: Emitter, value: Cell, low: Cell, high: Cell, mode: Mode, *, include_high: bool, negated: bool
) -> str:
    """Inside the two bounds, or present and outside of both."""
    from_low, to_high = ("<", ">" if include_high else ">=") if negated else (">=", "<=" if include_high else "<")
    lower = compare(emitter, from_low, value, low, mode)
    upper = compare(emitter, to_high, value, high, mode)
    if not negated:
        return f"({lower}) AND ({upper})"
    return f"(({lower}) OR ({upper})) AND {cells.present(low)} AND {cells.present(high)}"


def is_in(emitter: Emitter, value: Cell, items: tuple[Const, ...], *, negated: bool) -> str:
    """Equal to one of the items, or present and equal to none of them."""
    texts, numbers, booleans, containers = [], [], [], []
    for item in items:
        if isinstance(item.value, bool):
            booleans.append(int(item.value))
        elif isinstance(item.value, str):
            texts.append(item.value)
            if json_container(item.value) is not None:
                containers.append(item.value)
        elif item.value is not None:
            numbers.append(item.value)
    tests = []
    if texts:
        tests.append(f"{emitter.text(value)} IN {_list(emitter, texts)}")
    if value.kind == "json":
        tests += [
            f"({value.type} IN ('object', 'array') AND sg_same_json({value.sql}, {emitter.bind(item)}))"
            for item in containers
        ]
    if numbers and value.ns:
        tests.append(f"{value.sql} IN {_list(emitter, [in_nanoseconds(item) for item in numbers])}")
    elif numbers:
        tests.append(f"({emitter.number(value)}) IN {_list(emitter, numbers)}")
    if booleans:
        tests.append(f"({cells.boolean(value)}) IN {_list(emitter, booleans)}")
    if not negated:
        return " OR ".join(tests) if len(tests) > 1 else (tests[0] if tests else "0")
    none = " AND ".join(f"({test}) IS NOT TRUE" for test in tests)
    return f"({cells.present(value)})" + (f" AND {none}" if none else "")


def _list(emitter: Emitter, items: list[Any]) -> str:
    if len(items) > _LONG_LIST:
        return f"(SELECT value FROM json_each({emitter.bind(orjson.dumps(items).decode())}))"
    return f"({', '.join(emitter.bind(item) for item in items)})"
