"""From the algebra to SQL: one walk over predicates, each becoming an expression and bound values.

NULL is neither true nor false to SQL, and must never be met by NOT. So below a NOT every leaf is made two-valued,
by EXISTS or IS TRUE; elsewhere NULL counts as false anyway, and the bare comparison can use an index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spanglass.engines.sqlite import cells, comparisons, fields, postings, relations, text, values
from spanglass.engines.sqlite.cells import Cell, Rows
from spanglass.engines.sqlite.choice import Choice
from spanglass.engines.sqlite.context import Binds, Context
from spanglass.engines.sqlite.relations import Things
from spanglass.filters.algebra import (
    Always,
    And,
    Compare,
    Const,
    Exists,
    Field,
    In,
    IsMissing,
    Match,
    Not,
    Or,
    Predicate,
    Range,
    Related,
    Value,
)

_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Emitter:
    """Writes one statement: hands out parameters and aliases, and turns predicates and values into SQL."""

    def __init__(self, choice: Choice, binds: Binds | None = None) -> None:
        self.choice = choice
        self.binds = binds or Binds()
        self.bind = self.binds.bind
        self.alias = self.binds.alias

    # ------------------------------------------------------------ predicates

    def predicate(self, node: Predicate, context: Context, *, strict: bool = False) -> str:
        """The SQL of a predicate. ``strict`` asks that it never be NULL."""
        if isinstance(node, Always):
            return "1" if node.value else "0"
        if isinstance(node, And):
            return _joined("AND", [self.predicate(item, context, strict=strict) for item in node.items])
        if isinstance(node, Or):
            return _joined("OR", [self.predicate(item, context, strict=strict) for item in node.items])
        if isinstance(node, Not):
            if isinstance(node.item, Not):
                return self.predicate(node.item.item, context, strict=strict)
            return f"NOT {self.predicate(node.item, context, strict=True)}"
        if isinstance(node, Exists):
            return self._exists(node.things, context)
        if isinstance(node, IsMissing):
            return self._missing(node.value, context)
        posted = postings.lookup(self, node, context)
        if posted is not None:
            return posted
        if isinstance(node, Compare):
            return self._compare(node, context, strict)
        if isinstance(node, Range):
            return self._range(node, context, strict)
        if isinstance(node, In):
            return self._leaf(
                node.value,
                context,
                lambda cell: comparisons.is_in(self, cell, node.items, negated=node.negated),
                strict,
            )
        return self._match(node, context, strict)

    def _compare(self, node: Compare, context: Context, strict: bool) -> str:
        left, right = node.left, node.right
        op: str = node.op
        if isinstance(left, Const):
            left, right, op = right, left, _FLIPPED[op]
        if isinstance(right, Const):
            literal = values.constant(self, right.value)
            direct = self._span_code(left, op, [right.value], context)
            if direct is not None:
                return direct
            return self._leaf(
                left,
                context,
                lambda cell: comparisons.compare(self, op, cell, literal, node.mode),
                strict,
            )
        return self._pair(
            [left, right],
            context,
            lambda found: comparisons.compare(self, op, found[0], found[1], node.mode),
            strict,
        )

    def _range(self, node: Range, context: Context, strict: bool) -> str:
        def test(found: Sequence[Cell]) -> str:
            value, low, high = found
            return comparisons.between(
                self, value, low, high, node.mode, include_high=node.include_high, negated=node.negated
            )

        if isinstance(node.low, Const) and isinstance(node.high, Const):
            low, high = values.constant(self, node.low.value), values.constant(self, node.high.value)
            return self._leaf(node.value, context, lambda cell: test([cell, low, high]), strict)
        return self._pair([node.value, node.low, node.high], context, test, strict)

    def _match(self, node: Match, context: Context, strict: bool) -> str:
        def test(found: Sequence[Cell]) -> str:
            value, pattern = found
            return text.match(self, node.op, value, pattern, escape=node.escape, negated=node.negated)

        if isinstance(node.pattern, Const):
            pattern = values.constant(self, node.pattern.value)
            return self._leaf(node.value, context, lambda cell: test([cell, pattern]), strict)
        return self._pair([node.value, node.pattern], context, test, strict)

    def _missing(self, value: Value, context: Context) -> str:
        found = values.rows(self, value, context)
        test = cells.present(found.cell)
        if found.tables:
            return f"NOT EXISTS {values.select('1', found, where=f'({test})')}"
        return f"({test}) IS NOT TRUE"

    def _exists(self, things: Related, context: Context) -> str:
        if things.relation == "spans" and not context.span and self.choice.as_set(things.where):
            span = self.alias("s")
            inner = Context(rid=f"{span}.rid", span=span, leading=True)
            drivers = postings.drivers(self, things.where, inner)
            condition = " AND ".join([*drivers, self.predicate(things.where, inner)])
            return f"{context.rid} IN (SELECT {span}.rid FROM span {span} WHERE {condition})"
        found = self.things(things, context)
        exists = f"EXISTS {values.select('1', Rows(Cell('1', 'number'), found.tables, found.on))}"
        if things.relation == "spans" and not context.span:
            return "(" + " AND ".join([*postings.drivers(self, things.where, context), exists]) + ")"
        return exists

    # ------------------------------------------------------------ leaves

    def _leaf(
        self,
        value: Value,
        context: Context,
        test: Callable[[Cell], str],
        strict: bool,
    ) -> str:
        """Whether a test holds for some element of a value."""
        by_symbol = self._by_symbol(value, context, test, strict)
        if by_symbol is not None:
            return by_symbol
        found = values.whole(self, value, context)
        condition = f"({test(found.cell)})"
        if found.place is not None:
            item = self.alias("e")
            element = Cell(f"{item}.value", "json", type=f"{item}.type")
            listed = f"json_each({found.place.json}, {found.place.path}) {item}"
            among = f"EXISTS (SELECT 1 FROM {listed} WHERE {test(element)})"
            # Taking a scalar out directly is much cheaper than listing it as an element.
            condition = f"CASE {found.cell.type} WHEN 'array' THEN {among} ELSE {condition} END"
        if found.tables:
            return f"EXISTS {values.select('1', found, where=condition)}"
        return f"{condition} IS TRUE" if strict else condition

    def _pair(
        self, operands: Sequence[Value], context: Context, test: Callable[[Sequence[Cell]], str], strict: bool
    ) -> str:
        """Whether a test holds for some combination of the elements of several values."""
        found = [values.rows(self, operand, context) for operand in operands]
        condition = f"({test([one.cell for one in found])})"
        tables = tuple(table for one in found for table in one.tables)
        if tables:
            on = tuple(condition for one in found for condition in one.on)
            return f"EXISTS {values.select('1', Rows(found[0].cell, tables, on), where=condition)}"
        return f"{condition} IS TRUE" if strict else condition

    def _by_symbol(self, value: Value, context: Context, test: Callable[[Cell], str], strict: bool) -> str | None:
        """A test on a span's name, type or model: put to the few texts there are, not to every span."""
        if not (isinstance(value, Field) and value.subject == "span" and context.span):
            return None
        column = fields.SPAN.get(value.name)
        if column is None or not column.symbol:
            return None
        symbol = self.alias("y")
        condition = test(Cell(f"{symbol}.text", "text"))
        identity = self._span_id(column.sql, context)
        found = f"{identity} IN (SELECT {symbol}.id FROM symbol {symbol} WHERE {condition})"
        return f"({found}) IS TRUE" if strict else found

    def _span_id(self, sql: str, context: Context) -> str:
        # Where the trace's number leads, a plus keeps SQLite from going through all spans of that name instead.
        return ("" if context.leading else "+") + sql.format(x=context.span)

    def _span_code(self, value: Value, op: str, wanted: list[object], context: Context) -> str | None:
        """A span's status by its code: so that the index on failed spans is seen to serve."""
        if not (
            op == "="
            and isinstance(value, Field)
            and (value.subject, value.name) == ("span", "status")
            and context.span
        ):
            return None
        code = {"UNSET": 0, "OK": 1, "ERROR": 2}.get(str(wanted[0]))
        return "0" if code is None else f"{self._span_id('{x}.status', context)} = {code}"

    # ------------------------------------------------------------ what values need

    def things(self, related: Related, context: Context) -> Things:
        """The things of a set, its own condition among the conditions."""
        found = relations.things(self, related.relation, context)
        if related.where == Always(True):
            return found
        condition = f"({self.predicate(related.where, found.context)})"
        return Things(found.context, found.tables, (*found.on, condition), found.order, found.failed)

    def number(self, cell: Cell) -> str:
        """A cell as a number; a literal is converted here and now."""
        if cell.is_constant:
            return self.bind(comparisons.constant_number(cell.constant))
        return cells.number(cell)

    def text(self, cell: Cell) -> str:
        """A cell as a text; a literal is converted here and now."""
        if cell.is_constant:
            return self.bind(comparisons.constant_text(cell.constant))
        return cells.text(cell)


def _joined(operator: str, parts: list[str]) -> str:
    """All parts under one operator, as a balanced tree: SQLite's expressions may be 1,000 deep, filters longer."""
    while len(parts) > 1:
        pairs = [parts[i : i + 2] for i in range(0, len(parts), 2)]
        parts = [f"({p[0]} {operator} {p[1]})" if len(p) == 2 else p[0] for p in pairs]
    return parts[0]
