"""From text to tree: one ladder of precedence, OR < AND < NOT < comparison < + - < * / < postfix.

The parser knows what can be a condition and what can be a value; which fields and types there are is the
resolver's matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from spanglass.filters import syntax
from spanglass.filters.cursor import COMPARISONS, TEXT_OPERATORS
from spanglass.filters.diagnostics import Fix, fail, replaced
from spanglass.filters.operands import Operands, as_name

_NEGATABLE = {"IN", "BETWEEN", *TEXT_OPERATORS}
_OPERATORS = {*COMPARISONS, *_NEGATABLE, "=~", "!~", "IS", "NOT"}
_STARTERS = {
    "name", "quoted", "string", "text", "number", "param", "(", "{", "-", "NOT", "EXISTS", "ANY", "ALL", "NONE",
    "TRUE", "FALSE", "NULL",
}  # fmt: skip
_JUXTAPOSED = _STARTERS - {"-"}

Result = TypeVar("Result")


def parse(text: str) -> syntax.Query:
    """Read a whole filter.

    Raises FilterError, with the place, for a text that is not one.

    >>> parse("status = 'OK' LIMIT 5").limit
    5
    """
    return _guarded(text, _Parser.query)


def parse_key(text: str) -> syntax.Key:
    """Read one entry of ORDER BY: ``timestamp_ms DESC``."""
    return _guarded(text, _Parser.key)


def parse_value(text: str) -> syntax.Node:
    """Read one value: a field or a calculation."""
    return _guarded(text, _Parser.whole_value)


def _guarded(text: str, rule: Callable[[_Parser], Result]) -> Result:
    parser = _Parser(text)
    try:
        result = rule(parser)
    except RecursionError:
        # Nesting is counted below; this is for a caller who is already near the end of the stack.
        fail(text, "limit", "too deeply nested for the stack at hand", 0)
    if parser.kinds[parser.at] != "end":
        parser.unexpected()
    return result


class _Parser(Operands):
    """Reads conditions, and what stands around them."""

    __slots__ = ()

    # ------------------------------------------------------------ the whole

    def query(self) -> syntax.Query:
        where: syntax.Node | None = None
        if self.kinds[self.at] not in ("end", "ORDER", "LIMIT", ";"):
            where = self.condition(self.expression())
        last = self.at - 1
        while last > 0 and self.kinds[last] == "AND":
            last -= 1
        where_stop = self.ends[self.at - 1] if where is not None else 0
        where_end = self.ends[last] if where is not None else 0
        order: list[syntax.Key] = []
        order_start = order_end = where_stop
        if self.kinds[self.at] == "ORDER":
            order_start = self.starts[self.at]
            self.at += 1
            self.expect("BY", "BY is missing after ORDER")
            order.append(self.key())
            while self.kinds[self.at] == ",":
                self.at += 1
                order.append(self.key())
            order_end = self.ends[self.at - 1]
        limit: int | None = None
        if self.kinds[self.at] == "LIMIT":
            self.at += 1
            limit = self.count()
            self.at += 1
        if self.kinds[self.at] == "ORDER":
            fail(self.text, "syntax", "ORDER BY stands before LIMIT", self.starts[self.at], self.ends[self.at])
        if self.kinds[self.at] == ";":
            self.at += 1
        return syntax.Query(
            where,
            tuple(order),
            limit,
            where_start=self.starts[0],
            where_end=where_end,
            where_stop=where_stop,
            order_start=order_start,
            order_end=order_end,
            end=len(self.text),
        )

    def key(self) -> syntax.Key:
        start = self.starts[self.at]
        value = self.value(as_name(self.sum()))
        kinds = self.kinds
        descending = kinds[self.at] == "DESC"
        if kinds[self.at] in ("ASC", "DESC"):
            self.at += 1
        nulls_first = False
        if kinds[self.at] == "NULLS":
            self.at += 1
            nulls_first = kinds[self.at] == "FIRST"
            if kinds[self.at] not in ("FIRST", "LAST"):
                self.missing("FIRST or LAST is missing after NULLS")
            self.at += 1
        return syntax.Key(value, descending, nulls_first, start=start, end=self.ends[self.at - 1])

    def count(self) -> int:
        value = self.values[self.at]
        if self.kinds[self.at] != "number" or not value.isdecimal() or not 0 < len(value) <= 15 or not int(value):
            self.missing("LIMIT takes a whole number from 1 on")
        return int(value)

    def whole_value(self) -> syntax.Node:
        return self.value(as_name(self.sum()))

    # ------------------------------------------------------------ conditions

    def expression(self) -> syntax.Node:
        """OR, AND and NOT in one function, so that a pair of parentheses costs few frames of the stack."""
        kinds, starts, ends = self.kinds, self.starts, self.ends
        self.deeper(1)
        branches: list[syntax.Node] = []
        start = starts[self.at]
        end = start
        while True:
            items: list[syntax.Node] = []
            branch_start = starts[self.at]
            allowed = _STARTERS
            while True:
                while kinds[self.at] == "AND":  # strays pass, as in MLflow
                    self.at += 1
                    allowed = _STARTERS
                if items and kinds[self.at] not in allowed:
                    break
                first = self.at
                while kinds[self.at] == "NOT":
                    self.at += 1
                nots = self.at - first
                if nots:
                    self.deeper(nots)
                item = self.comparison()
                self.depth -= nots
                end = ends[self.at - 1]
                for number in range(nots, 0, -1):
                    item = syntax.Not(self.condition(item), start=starts[first + number - 1], end=end)
                items.append(item)
                allowed = _JUXTAPOSED
            if len(items) == 1:
                branches.append(items[0])
            else:
                both = tuple([self.condition(item) for item in items])
                branches.append(syntax.And(both, start=branch_start, end=end))
            if kinds[self.at] != "OR":
                break
            self.at += 1
        self.depth -= 1
        if len(branches) == 1:
            return branches[0]
        either = tuple([self.condition(branch) for branch in branches])
        return syntax.Or(either, start=start, end=end)

    def comparison(self) -> syntax.Node:
        kinds = self.kinds
        first = self.at
        start = self.starts[first]
        if kinds[first] == "EXISTS":
            self.at += 1
            operand = self.atom()
            if not isinstance(operand, syntax.Field):
                fail(self.text, "syntax", "EXISTS takes a field", operand.start, operand.end)
            return syntax.Present(operand, start=start, end=self.ends[self.at - 1])
        left = self.sum()
        kind = kinds[self.at]
        if kind not in _OPERATORS:
            return left
        negated = kind == "NOT"
        if negated:
            if kinds[self.at + 1] not in _NEGATABLE:
                return left  # the next condition of a chain without AND
            self.at += 1
            kind = kinds[self.at]
        if isinstance(left, (syntax.Block, syntax.Chain)):
            fail(
                self.text,
                "syntax",
                "between blocks stand >> > << < ~ or THEN",
                self.starts[self.at],
                self.ends[self.at],
            )
        left = self.value(as_name(left))
        node = self.operator(kind, left, negated, start)
        if kinds[self.at] in COMPARISONS:
            fail(
                self.text,
                "syntax",
                "a comparison has two sides; use BETWEEN or AND for more",
                self.starts[self.at],
                self.ends[self.at],
            )
        return node

    def operator(self, kind: str, left: syntax.Node, negated: bool, start: int) -> syntax.Node:
        """What stands after the left side, from the operator at hand on."""
        kinds = self.kinds
        self.at += 1
        if kind in COMPARISONS:
            right = self.value(self.sum())
            return syntax.Comparison(COMPARISONS[kind], left, right, start=start, end=self.ends[self.at - 1])
        if kind == "IN":
            return self.membership(left, negated, start)
        if kind == "BETWEEN":
            low = self.value(self.sum())
            self.expect("AND", "AND and the upper end are missing after BETWEEN")
            if kinds[self.at] == "end":
                self.missing("the upper end is missing after AND")
            high = self.value(self.sum())
            return syntax.Between(left, low, high, negated, start=start, end=self.ends[self.at - 1])
        if kind == "IS":
            return self.being(left, start)
        if kind in ("=~", "!~"):
            op, negated = "rlike", kind == "!~"
        else:
            op = TEXT_OPERATORS[kind]
            if kind in ("STARTS", "ENDS"):
                self.expect("WITH", f"WITH is missing after {kind}")
        pattern = self.value(self.sum())
        escape: syntax.Text | None = None
        if kinds[self.at] == "ESCAPE":
            if op not in ("like", "ilike"):
                fail(self.text, "syntax", "only LIKE and ILIKE take ESCAPE", self.starts[self.at], self.ends[self.at])
            self.at += 1
            found = self.atom()
            if not isinstance(found, syntax.Text) or len(found.value) != 1:
                fail(self.text, "syntax", "ESCAPE takes one character in quotes", found.start, found.end)
            escape = found
        return syntax.Matches(op, left, pattern, escape, negated, start=start, end=self.ends[self.at - 1])

    def membership(self, left: syntax.Node, negated: bool, start: int) -> syntax.Node:
        kinds = self.kinds
        if kinds[self.at] == "param":
            items = [self.atom()]
            listed = False
        elif kinds[self.at] == "(":
            listed = True
            self.at += 1
            items = []
            while kinds[self.at] != ")":
                items.append(self.value(self.sum()))
                if kinds[self.at] != ",":
                    break
                self.at += 1
            if not items:
                self.missing("IN needs at least one value")
            self.expect(")", "a comma or ) is missing in this list")
        else:
            fixes = []
            if kinds[self.at] in ("string", "text", "number"):
                at, end = self.starts[self.at], self.ends[self.at]
                fixes = [Fix("add ( )", replaced(self.text, at, end, f"({self.text[at:end]})"))]
            self.missing("IN takes a list: (…, …) or a parameter", fixes)
        return syntax.In(left, tuple(items), negated, listed, start=start, end=self.ends[self.at - 1])

    def being(self, left: syntax.Node, start: int) -> syntax.Node:
        kinds = self.kinds
        negated = kinds[self.at] == "NOT"
        if negated:
            self.at += 1
        kind = kinds[self.at]
        if kind in ("NULL", "TRUE", "FALSE"):
            self.at += 1
            what = None if kind == "NULL" else kind == "TRUE"
            return syntax.Is(left, what, negated, start=start, end=self.ends[self.at - 1])
        self.expect("DISTINCT", "IS takes NULL, TRUE, FALSE or DISTINCT FROM; for a value use =")
        self.expect("FROM", "FROM is missing after DISTINCT")
        right = self.value(self.sum())
        return syntax.Distinct(left, right, negated, start=start, end=self.ends[self.at - 1])
