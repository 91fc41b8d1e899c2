"""From the algebra to SQL: one walk over predicates, each becoming an expression and bound values.

NULL is neither true nor false to SQL, and must never be met by NOT. So below a NOT every leaf is made two-valued,
by EXISTS or IS TRUE; elsewhere NULL counts as false anyway, and the bare comparison can use an index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from spanglass.engines.sqlite import cells, comparisons, depth, fields, listings, relations, text, together, values
from spanglass.engines.sqlite.cells import Cell, Rows
from spanglass.engines.sqlite.choice import Choice
from spanglass.engines.sqlite.context import Binds, Context, Statement
from spanglass.engines.sqlite.listings import Listing, Posted
from spanglass.engines.sqlite.relations import Things
from spanglass.engines.sqlite.together import Needles
from spanglass.filters.algebra import (
    Aggregate,
    Always,
    And,
    Compare,
    Const,
    Exists,
    Field,
    In,
    IsMissing,
    Key,
    Match,
    Mode,
    Not,
    Or,
    Predicate,
    Range,
    Related,
    Value,
)
from spanglass.store.rows import json_list
from spanglass.store.schema import STATUS_CODES

Test = Compare | Range | In | Match

_ALL_SPANS = Related("spans", Always(True))
_BY_SYMBOL = frozenset({"name", "type", "model"})  # fields of a span

_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Emitter:
    """Writes one statement: hands out parameters and aliases, and turns predicates and values into SQL."""

    def __init__(self, choice: Choice, binds: Binds | None = None) -> None:
        self.choice = choice
        self.binds = binds or Binds()
        self.bind = self.binds.bind
        self.bind_for = self.binds.bind_for
        self.alias = self.binds.alias
        self._expressions: list[str] = []
        self._cuts = depth.Cuts()

    def expression(self, body: str, *, name: str, hint: str = "") -> str:
        """A common table expression of the statement, by name."""
        self._expressions.append(f"{name} AS {hint}({body})")
        return name

    def statement(self, sql: str) -> Statement:
        """The whole statement, ready to be run."""
        head = f"WITH {', '.join(self._expressions)} " if self._expressions else ""
        return self.binds.statement(head + sql, self.choice.said)

    # ------------------------------------------------------------ predicates

    def predicate(self, node: Predicate, context: Context, *, strict: bool = False) -> str:
        """The SQL of a predicate. ``strict`` asks that it never be NULL."""
        if self._cuts.here(node) and not (context.event or context.link or context.assessment):
            return self._apart(node, context)
        return _RULES[type(node)](self, node, context, strict)

    def _apart(self, node: Predicate, context: Context) -> str:
        """A deep predicate as a list of the spans, or traces, for which it holds."""
        name = self.alias("deep")
        if context.span:
            inner = Context(rid="s.rid", span="s", leading=True)
            row, rows = f"{context.span}.sid", "SELECT s.sid FROM span s"
        else:
            inner = Context(rid="t.rid", trace="t")
            row, rows = context.rid, "SELECT t.rid FROM trace t"
        self.expression(f"{rows} WHERE {_RULES[type(node)](self, node, inner, False)}", name=name)
        return f"{row} IN {name}"

    def _always(self, node: Always, context: Context, strict: bool) -> str:
        return "1" if node.value else "0"

    def _and(self, node: And, context: Context, strict: bool) -> str:
        return self._junction("AND", node.items, context, strict)

    def _or(self, node: Or, context: Context, strict: bool) -> str:
        return self._junction("OR", node.items, context, strict)

    def _junction(self, operator: str, items: Sequence[Predicate], context: Context, strict: bool) -> str:
        many, others = together.gathered(items)
        parts = [self.predicate(item, context, strict=strict) for item in others]
        for needles in many:
            # That none of them is there is the opposite of some being there.
            every = (operator == "AND") is not needles.negated
            test = self._every_needle(needles, context) if every else self._some_needle(needles, context)
            parts.append(f"NOT {test}" if needles.negated else test)
        return _joined(operator, parts)

    def _every_needle(self, needles: Needles, context: Context) -> str:
        """Whether all of many needles are there, asked of the traces that may have the rarest one."""
        asked = together.found(self, needles, context, True)
        known = [(node, rids) for node in needles.nodes if (rids := self.choice.searched(node)) is not None]
        if not known:
            return asked
        rarest, _ = min(known, key=lambda one: len(one[1]))
        return f"({self._searched(rarest, context, asked)} AND {asked})"

    def _some_needle(self, needles: Needles, context: Context) -> str:
        """Whether some of many needles is there: of those that may be anywhere at all."""
        nodes = [node for node in needles.nodes if self.choice.searched(node) != set()]
        return together.found(self, replace(needles, nodes=nodes), context, False) if nodes else "0"

    def _not(self, node: Not, context: Context, strict: bool) -> str:
        if isinstance(node.item, Not):
            return self.predicate(node.item.item, context, strict=strict)
        return f"NOT {self.predicate(node.item, context, strict=True)}"

    def _test(self, node: Test, context: Context, strict: bool) -> str:
        """A test on values: answered by a list, or put to the values themselves."""
        if isinstance(node.left if isinstance(node, Compare) else node.value, Key):
            listed = self._listed(node, context)
            if listed is not None:
                return listed
        return _TESTS[type(node)](self, node, context, strict)

    def _in(self, node: In, context: Context, strict: bool) -> str:
        def test(cell: Cell) -> str:
            return comparisons.is_in(self, cell, node.items, negated=node.negated)

        return self._leaf(node.value, context, test, strict)

    def _compare(self, node: Compare, context: Context, strict: bool) -> str:
        left, right = node.left, node.right
        op: str = node.op
        if isinstance(left, Const):
            left, right, op = right, left, _FLIPPED[op]
        if isinstance(right, Const):
            if op == "=" and node.mode is Mode.TEXT and isinstance(left, Field):
                wanted = comparisons.constant_text(right.value)
                found = self.looked_up(left.subject, left.name, wanted, context)
                if found is not None:
                    return found
            literal = values.constant(self, right.value)
            return self._leaf(
                left,
                context,
                lambda cell: comparisons.compare(self, op, cell, literal, node.mode),
                strict,
                text.raw_equality(op, right.value) if node.mode is Mode.TEXT else None,
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
            raw = None if node.negated else text.raw_match(node.op, node.pattern.value, node.escape)
            asked = self._leaf(node.value, context, lambda cell: test([cell, pattern]), strict, raw)
            searched = self._searched(node, context, asked)
            return f"({searched} AND {asked})" if searched else asked
        return self._pair([node.value, node.pattern], context, test, strict)

    def _searched(self, node: Predicate, context: Context, asked: str) -> str:
        """Whether the trace is one in which a text may be that is searched for; nothing for other predicates."""
        rids = self.choice.searched(node)
        if rids is None:
            return ""
        if not rids:
            return "0"
        alone = context.trace == "t" and not context.span and not self._expressions
        # A plus keeps SQLite from asking them all before it sorts them: a page is sooner full.
        plus = "" if self.choice.asks_all(self, rids, asked if alone else "") else "+"
        return f"{plus}{context.rid} IN (SELECT value FROM json_each({self._numbers(rids)}))"

    def _numbers(self, rids: set[int]) -> str:
        listed = json_list(sorted(rids))
        return self.bind_for(listed, f"numbers of {len(rids):,} traces that may have the text")

    def _missing(self, node: IsMissing, context: Context, strict: bool) -> str:
        found = values.rows(self, node.value, context)
        test = cells.present(found.cell)
        if found.tables:
            return f"NOT EXISTS {cells.select('1', found, where=f'({test})')}"
        return f"({test}) IS NOT TRUE"

    def _exists(self, node: Exists, context: Context, strict: bool) -> str:
        if node.things.relation == "spans":
            return self._some_span(node.things, context)
        return self._some(node.things, context)

    def _some(self, things: Related, context: Context) -> str:
        """Whether the set is not empty, asked of its things."""
        found = self.things(things, context)
        return f"EXISTS {cells.select('1', found)}"

    def _some_span(self, spans: Related, context: Context) -> str:
        """Whether the trace has such a span."""

        def asked() -> str:
            return self._some(spans, context)

        parts = listings.conjuncts(spans.where)
        if len(parts) == 1 and not isinstance(listings.tested(spans.where), Key):
            posted = listings.posted(self, spans.where)
            if posted is not None and (self.choice.lists(posted.either) or not posted.either.long):
                return self._with_value(posted, context, asked)
        return self._narrowed(parts, context, asked)

    def _narrowed(self, parts: Sequence[Predicate], context: Context, asked: Callable[[], str]) -> str:
        """Whether some span fulfils all the parts, asked of as few traces as can be."""
        indexed = listings.indexed(self, parts)
        found = list(listings.narrowing(self, parts))
        if len(parts) == 1 and found and listings.texts_of(parts[0]):
            return found[0][0].among(context.rid)
        if indexed is not None:
            if indexed[1] and self.choice.lists(indexed[0]):
                return indexed[0].among(context.rid)
            found.append((indexed[0], False))
        shortest = min((listing for listing, _ in found), key=lambda one: one.traces, default=None)
        if shortest is listings.NOTHING:
            return "0"
        last = asked()
        tests = [self._searched(part, context, last) for part in parts if isinstance(part, Match)]
        tests = [test for test in tests if test]
        for listing, cheap in found:
            if listing is shortest and listing.traces <= self.choice.few:
                tests.append(listing.among(context.rid))
            elif cheap:
                tests.append(self._on(listing, context))
        return f"({' AND '.join([*tests, last])})"

    # ------------------------------------------------------------ lists

    def _on(self, listing: Listing, context: Context) -> str:
        """Whether the trace is on a list."""
        if listing is listings.NOTHING:
            return "0"
        return listing.among(context.rid) if self.choice.lists(listing) else listing.has(context.rid)

    def _listed(self, node: Test, context: Context) -> str | None:
        """A test of a tag or a metadata entry, if a list answers it."""
        posted = listings.posted(self, node)
        if posted is None or (posted.either.long and not self.choice.lists(posted.either)):
            return None
        return self._with_value(posted, context, lambda: _TESTS[type(node)](self, node, context, True))

    def _with_value(self, posted: Posted, context: Context, asked: Callable[[], str]) -> str:
        """Whether a trace has a value: those where it may be are asked."""
        tests = []
        if posted.surely is not None:
            tests.append(self._on(posted.surely, context))
        if posted.maybe is not None:
            tests.append(f"({self._on(posted.maybe, context)} AND {asked()})")
        return _joined("OR", tests) if tests else "0"

    # ------------------------------------------------------------ leaves

    def _leaf(
        self,
        value: Value,
        context: Context,
        test: Callable[[Cell], str],
        strict: bool,
        raw: text.RawTest | None = None,
    ) -> str:
        """Whether a test holds for some element of a value.

        ``raw`` is a cheaper test that holds of any text in which such a value stands.
        """
        if value == values.TRACE_TEXT:
            return self._trace_text(context, test, raw)
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
        if raw is not None and found.raw:
            condition = f"(({' OR '.join(raw(self, part) for part in found.raw)}) AND {condition})"
        if found.tables:
            return f"EXISTS {cells.select('1', found, where=condition)}"
        if found.on:
            condition = f"({' AND '.join([*found.on, condition])})"
        return f"{condition} IS TRUE" if strict else condition

    def _trace_text(self, context: Context, test: Callable[[Cell], str], raw: text.RawTest | None) -> str:
        """A test on a trace's text: that of some span, or its own if it has no spans."""
        found = relations.things(self, "spans", context, wide=True)
        asked = self._leaf(values.SPAN_TEXT, found.context, test, False, raw)
        alone = values.text_without_spans(self, context)
        spans = cells.select("1", found, where=asked)
        return f"(EXISTS {spans} OR EXISTS {cells.select('1', alone, where=f'({test(alone.cell)})')})"

    def _pair(
        self, operands: Sequence[Value], context: Context, test: Callable[[Sequence[Cell]], str], strict: bool
    ) -> str:
        """Whether a test holds for some combination of the elements of several values."""
        found = [values.rows(self, operand, context) for operand in operands]
        condition = f"({test([one.cell for one in found])})"
        tables = tuple(table for one in found for table in one.tables)
        if tables:
            on = tuple(condition for one in found for condition in one.on)
            return f"EXISTS {cells.select('1', Rows(found[0].cell, tables, on), where=condition)}"
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

    def looked_up(self, subject: str, name: str, wanted: str | None, context: Context) -> str | None:
        """A field that equals a text, said so that SQLite sees which index serves."""
        if subject == "span":
            if not context.span:
                return None
            if name in _BY_SYMBOL:
                number = self.choice.symbol(wanted or "")
                if number is None:
                    return "0"
                column = self._span_id(fields.SPAN[name].sql, context)
                # A span may have no model; where that must not become NULL, there is no index to be used either.
                return f"{column} {'IS' if name == 'model' else '='} {self.bind_for(number, f'symbol {wanted!r}')}"
            if name == "status":
                code = STATUS_CODES.get(wanted or "")
                return "0" if code is None else f"{self._span_id('{x}.status', context)} = {code}"
        elif subject != "trace":
            return None
        elif name == "status" and context.trace and wanted not in (None, "OK"):
            return f"({context.trace}.status <> 'OK' AND {context.trace}.status = {self.bind(wanted)})"
        elif name == "run_id":
            run = self.bind(wanted)
            return (
                f"{context.rid} IN (SELECT rid FROM trace WHERE run_id = {run} "
                f"UNION ALL SELECT rid FROM trace_run WHERE run_id = {run})"
            )
        return None

    # ------------------------------------------------------------ what values need

    def things(self, related: Related, context: Context) -> Things:
        """The things of a set, its own condition among the conditions."""
        where = related.where
        if isinstance(where, Always) and where.value:
            return relations.things(self, related.relation, context)
        wide = False
        for part in where.items if isinstance(where, And) else (where,):
            wide = wide or values.in_payload(listings.tested(part))
        found = relations.things(self, related.relation, context, wide=wide)
        found.on += (f"({self.predicate(where, found.context)})",)
        return found

    def number_of_spans(self, node: Aggregate, context: Context) -> Cell | None:
        """How many spans a trace has, if all are asked for: it stands in the trace's own row."""
        if node.fold != "count" or node.things != _ALL_SPANS:
            return None
        return Cell(values.trace_column(context, "{x}.span_count"), "number")

    def rows(self, value: Value, context: Context) -> Rows:
        """The values that a value has in a context."""
        return values.rows(self, value, context)

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


_TESTS: dict[type[Predicate], Callable[[Emitter, Any, Context, bool], str]] = {
    Compare: Emitter._compare,
    Range: Emitter._range,
    In: Emitter._in,
    Match: Emitter._match,
}
_RULES: dict[type[Predicate], Callable[[Emitter, Any, Context, bool], str]] = {
    Always: Emitter._always,
    And: Emitter._and,
    Or: Emitter._or,
    Not: Emitter._not,
    Exists: Emitter._exists,
    IsMissing: Emitter._missing,
    **dict.fromkeys(_TESTS, Emitter._test),
}
