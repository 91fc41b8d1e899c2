"""Values worked out from others: aggregates, arithmetic, calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from spanglass.engines.sqlite.cells import Cell, Rows, number, present, select, text
from spanglass.engines.sqlite.context import Context
from spanglass.filters.algebra import Aggregate, Arith, Call, Value

if TYPE_CHECKING:
    from spanglass.engines.sqlite.emitter import Emitter


def aggregate(emitter: Emitter, node: Aggregate, context: Context) -> Cell:
    """One number over a set, as a subquery."""
    known = emitter.number_of_spans(node, context)
    if known is not None:
        return known
    things = emitter.things(node.things, context)
    if node.value is None:
        return Cell(select("count(*)", things), "number")
    inner = emitter.rows(node.value, things.context)
    found = Rows(inner.cell, things.tables + inner.tables, things.on + inner.on)
    ns = inner.cell.ns
    value = inner.cell.sql if inner.cell.kind == "number" else number(inner.cell)
    # Taken in a SELECT of its own: an aggregate over nothing but outer columns would belong to the outer query.
    taken = select(f"{value} AS v", found)
    if node.fold == "sum":
        # sum() fails when it overflows, total() does not; what is whole stays whole.
        total = "iif(total(v) = CAST(total(v) AS INTEGER), CAST(total(v) AS INTEGER), total(v))"
        return Cell(f"(SELECT {total} FROM {taken})", "number", ns=ns)
    if node.fold in ("avg", "min", "max"):
        return Cell(f"(SELECT {node.fold}(v) FROM {taken})", "number", ns=ns)
    percent = {"p50": 50, "p95": 95}[node.fold]
    ranked = select(
        f"{value} AS v, row_number() OVER (ORDER BY {value}) AS r, count(*) OVER () AS n",
        found,
        where=f"({value}) IS NOT NULL",
    )
    return Cell(f"(SELECT v FROM {ranked} WHERE r = (n * {percent} + 99) / 100)", "number", ns=ns)


def arithmetic(emitter: Emitter, node: Arith, context: Context) -> Rows:
    """The result for each combination of the operands' values."""
    left = emitter.rows(node.left, context)
    right = emitter.rows(node.right, context)
    a, b = emitter.number(left.cell), emitter.number(right.cell)
    if isinstance(node.left, Arith) and node.op in "+-" and node.left.op in "+-":
        a = a[1:-1]  # a sum of many needs no parentheses, and SQLite's parser can't hold that many
    # Real division; SQLite makes a division by zero NULL, which is missing.
    expression = f"(1.0 * {a} / {b})" if node.op == "/" else f"({a} {node.op} {b})"
    return Rows(
        Cell(expression, "number"),
        left.tables + right.tables,
        left.on + right.on,
        left.order + right.order,
        left.failed or right.failed,
    )


def call(emitter: Emitter, node: Call, context: Context) -> Rows:
    """The values of a function."""
    if node.name == "coalesce":
        return _coalesce(emitter, node.args, context)
    argument = emitter.rows(node.args[0], context)
    form = emitter.text(argument.cell)
    if node.name == "lower":
        cell = Cell(f"sg_fold({form})", "text")
    else:
        cell = Cell(f"length({form})", "number")
    return Rows(cell, argument.tables, argument.on, argument.order, argument.failed)


def _coalesce(emitter: Emitter, arguments: tuple[Value, ...], context: Context) -> Rows:
    """The values of the first argument that has any."""
    arguments = tuple(_coalesced(arguments))
    found = [emitter.rows(argument, context) for argument in arguments]
    kinds = {(one.cell.kind, one.cell.ns) for one in found}
    if len(kinds) == 1 and len(found) > 1 and not any(one.tables for one in found) and found[0].cell.kind != "json":
        cells = ", ".join(one.cell.sql for one in found)
        return Rows(Cell(f"coalesce({cells})", found[0].cell.kind, ns=found[0].cell.ns))
    choices = []
    for one in found:
        tail = f" ORDER BY {', '.join(one.order)}" if one.order else ""
        listed = select(f"{_as_json(one.cell)} AS j", one, where=f"({present(one.cell)})", tail=tail)
        choices.append(f"(SELECT nullif(json_group_array(json(j)), '[]') FROM {listed})")
    alias = emitter.alias("e")
    chosen = choices[0] if len(choices) == 1 else f"coalesce({', '.join(choices)})"
    return Rows(
        Cell(f"{alias}.value", "json", type=f"{alias}.type"), (f"json_each({chosen}) {alias}",), (), (f"{alias}.key",)
    )


def _coalesced(arguments: Sequence[Value]) -> Iterator[Value]:
    """The arguments, with those of a coalesce among them in its place: it means the same, and nests less."""
    for argument in arguments:
        if isinstance(argument, Call) and argument.name == "coalesce":
            yield from _coalesced(argument.args)
        else:
            yield argument


def _as_json(cell: Cell) -> str:
    """The JSON text of a value that is not missing."""
    if cell.kind == "text":
        return f"json_quote({cell.sql})"
    if cell.kind == "json":
        return f"iif({cell.type} = 'text', json_quote({cell.sql}), {text(cell)})"
    return text(cell)
