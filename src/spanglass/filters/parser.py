"""From text to tree: one ladder of precedence, OR < AND < NOT < comparison < + - < * / < postfix.

The parser knows what can be a condition and what can be a value; which fields and types there are is the
resolver's matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NoReturn, TypeVar

from spanglass.filters import syntax
from spanglass.filters.algebra import Wild
from spanglass.filters.diagnostics import Fix, fail, nearest, replaced, shorten
from spanglass.filters.fields import RELATED
from spanglass.filters.tokens import tokenize
from spanglass.limits import MAX_FILTER_DEPTH

_COMPARISONS = {
    "=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
_TEXT_OPERATORS = {
    "LIKE": "like",
    "ILIKE": "ilike",
    "RLIKE": "rlike",
    "CONTAINS": "contains",
    "ICONTAINS": "icontains",
    "STARTS": "starts",
    "ENDS": "ends",
    "MATCH": "match",
}
_NEGATABLE = {"IN", "BETWEEN", *_TEXT_OPERATORS}
_OPERATORS = {*_COMPARISONS, *_NEGATABLE, "=~", "!~", "IS", "NOT"}
_CHAIN_OPERATORS = {">>", ">", "<<", "<", "~", "THEN"}
_ARITHMETIC = {"+": 1, "-": 1, "*": 2, "/": 2}
_QUANTIFIERS: dict[str, Literal["ANY", "ALL", "NONE"]] = {"ANY": "ANY", "ALL": "ALL", "NONE": "NONE"}
AGGREGATES = ("count", "sum", "avg", "min", "max", "p50", "p95")
FUNCTIONS = (*AGGREGATES, "now", "ago", "lower", "length", "coalesce", "all")
_BEFORE_VALUE = {*_COMPARISONS, *_TEXT_OPERATORS, *_ARITHMETIC, "=~", "!~", "WITH", "BETWEEN", "FROM", "(", ","}
_STARTERS = {
    "name", "quoted", "string", "text", "number", "param", "(", "{", "-", "NOT", "EXISTS", "ANY", "ALL", "NONE",
    "TRUE", "FALSE", "NULL",
}  # fmt: skip
_JUXTAPOSED = _STARTERS - {"-"}
_MAX_INDEX = 2**31  # no array is longer, and engines count with 32 bits somewhere

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


class _Parser:
    __slots__ = ("at", "depth", "ends", "kinds", "operators", "starts", "text", "values")

    def __init__(self, text: str) -> None:
        tokens = tokenize(text)
        self.text = text
        self.kinds = tokens.kinds
        self.values = tokens.values
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.at = 0
        self.depth = 0
        self.operators = 0

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
        value = self.value(_as_name(self.sum()))
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
        return self.value(_as_name(self.sum()))

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
        left = self.value(_as_name(left))
        node = self.operator(kind, left, negated, start)
        if kinds[self.at] in _COMPARISONS:
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
        if kind in _COMPARISONS:
            right = self.value(self.sum())
            return syntax.Comparison(_COMPARISONS[kind], left, right, start=start, end=self.ends[self.at - 1])
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
            op = _TEXT_OPERATORS[kind]
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

    # ------------------------------------------------------------ values

    def sum(self, floor: int = 0) -> syntax.Node:
        start = self.starts[self.at]
        left = self.atom()
        kinds = self.kinds
        while True:
            op = kinds[self.at]
            power = _ARITHMETIC.get(op)
            if power is None or power <= floor:
                return left
            self.at += 1
            self.another_operator()
            left = self.value(_as_name(left))
            right = self.value(self.sum(power))
            left = syntax.Arith(op, left, right, start=start, end=self.ends[self.at - 1])

    def atom(self) -> syntax.Node:
        at = self.at
        kind = self.kinds[at]
        start, end = self.starts[at], self.ends[at]
        following = self.kinds[at + 1] if kind != "end" else "end"
        if kind == "name" or kind == "quoted":
            if following == "(" and kind == "name":
                found = self.call()
                if found is not None:
                    return found
            if following == "{" and kind == "name" and (name := self.values[at].lower()) in RELATED:
                self.at += 1
                block = self.block()
                return syntax.Relation(name, block, start=start, end=block.end)
            return self.field(None)
        if kind == "string":
            self.at += 1
            return syntax.Text(self.values[at], start=start, end=end)
        if kind == "number":
            self.at += 1
            return syntax.Number(self.values[at], start=start, end=end)
        if kind == "text":
            if following in (".", "[") and self.starts[at + 1] == end:
                return self.field(None)
            self.at += 1
            return syntax.Text(self.values[at], True, start=start, end=end)
        if kind == "param":
            self.at += 1
            return syntax.Param(self.values[at], start=start, end=end)
        if kind == "(":
            self.at += 1
            inner = self.expression()
            self.expect(")", "a closing ) is missing", start)
            return inner
        if kind == "{":
            return self.spans()
        if kind == "-":
            return self.negation()
        if kind in ("TRUE", "FALSE"):
            self.at += 1
            return syntax.Boolean(kind == "TRUE", start=start, end=end)
        if kind == "NULL":
            self.at += 1
            return syntax.Null(start=start, end=end)
        if kind not in _QUANTIFIERS:
            self.no_value()
        return self.quantified(kind)

    def no_value(self) -> NoReturn:
        at = self.at
        kind = self.kinds[at]
        if at and self.kinds[at - 1] in _BEFORE_VALUE and kind in ("end", ")", "}", "]", ",", "AND", "OR", ";"):
            self.missing("a value is missing here")
        self.missing(None)

    def negation(self) -> syntax.Node:
        first = self.at
        while self.kinds[self.at] == "-":
            self.at += 1
            self.another_operator()
        last = self.at - 1
        node = self.value(self.atom())
        end = self.ends[self.at - 1]
        for minus in range(last, first - 1, -1):
            node = syntax.Negate(node, start=self.starts[minus], end=end)
        return node

    def field(self, block: syntax.Block | None) -> syntax.Field:
        """A field from its first name on, or from the dot after a block on."""
        kinds, values, starts, ends = self.kinds, self.values, self.starts, self.ends
        at = self.at
        start = starts[at]
        parts: list[syntax.Name | syntax.Index] = []
        if block is None:
            parts.append(syntax.Name(values[at], kinds[at] != "name", start=start, end=ends[at]))
            at += 1
        else:
            start = block.start
        while starts[at] == ends[at - 1]:
            kind = kinds[at]
            if kind == ".":
                at += 1
                if starts[at] != ends[at - 1] or kinds[at] not in ("name", "quoted", "text", "string"):
                    fail(self.text, "syntax", "a name is missing after the dot", starts[at - 1], ends[at - 1])
                parts.append(syntax.Name(values[at], kinds[at] != "name", start=starts[at], end=ends[at]))
                at += 1
            elif kind == "[":
                at = self.index(at, parts)
            else:
                break
        self.at = at
        return syntax.Field(tuple(parts), block, start=start, end=ends[at - 1])

    def index(self, at: int, parts: list[syntax.Name | syntax.Index]) -> int:
        """``[0]``, ``['key']`` or ``[*]``; returns the place after it."""
        start = self.starts[at]
        kind, value = self.kinds[at + 1], self.values[at + 1]
        step: int | str | Wild
        if kind == "number" and value.isdecimal() and len(value) <= 10 and int(value) < _MAX_INDEX:
            step = int(value)
        elif kind in ("string", "text", "quoted"):
            step = value
        elif kind == "*":
            step = Wild.ANY
        else:
            self.at = at + 1
            self.missing("in [ ] stands an index from 0 on, a key in quotes, or *")
        if self.kinds[at + 2] != "]":
            self.at = at + 2
            self.missing("a closing ] is missing")
        parts.append(syntax.Index(step, start=start, end=self.ends[at + 2]))
        return at + 3

    def call(self) -> syntax.Node | None:
        """A call; None if this is a field that a parenthesis happens to follow."""
        at = self.at
        name = self.values[at].lower()
        start = self.starts[at]
        if name not in FUNCTIONS:
            if self.ends[at] != self.starts[at + 1]:
                return None
            near = nearest(name, FUNCTIONS)
            fixes = [Fix(f"did you mean {near}?", replaced(self.text, start, self.ends[at], near))] if near else []
            shown = shorten(self.values[at])
            fail(self.text, "unknown-function", f"no function '{shown}'", start, self.ends[at], fixes)
        self.at += 2
        args: list[syntax.Node] = []
        while self.kinds[self.at] != ")":
            args.append(self.expression())
            if self.kinds[self.at] != ",":
                break
            self.at += 1
        self.expect(")", "a comma or ) is missing in this call")
        end = self.ends[self.at - 1]
        if name == "all":
            if len(args) != 2 or not isinstance(args[0], syntax.Block):
                fail(self.text, "syntax", "all takes a block and a condition: all({…}, …)", start, end)
            return syntax.AllOf(args[0], self.condition(args[1]), start=start, end=end)
        return syntax.Call(name, tuple(args), start=start, end=end)

    # ------------------------------------------------------------ spans

    def block(self) -> syntax.Block:
        start = self.starts[self.at]
        self.expect("{", "a block { … } is missing here")
        where: syntax.Node | None = None
        if self.kinds[self.at] != "}":
            where = self.condition(self.expression())
        self.expect("}", "a closing } is missing", start)
        return syntax.Block(where, start=start, end=self.ends[self.at - 1])

    def spans(self) -> syntax.Node:
        """A block, a chain of blocks, or a field of the spans that a block matches."""
        first = self.block()
        if self.kinds[self.at] == "." and self.starts[self.at] == first.end:
            return self.field(first)
        return self.chain(first)

    def chain(self, first: syntax.Block) -> syntax.Block | syntax.Chain:
        kinds = self.kinds
        links: list[syntax.Link] = []
        while True:
            start = self.starts[self.at]
            kind = kinds[self.at]
            negated = kind == "!" or kind == "!~"
            if kind == "!":
                self.at += 1
                kind = kinds[self.at]
            elif kind == "!~":
                kind = "~"
            if kind not in _CHAIN_OPERATORS:
                if negated:
                    self.missing("after ! stands >> > << < ~ or THEN")
                break
            self.at += 1
            self.another_operator()
            if kinds[self.at] != "{":
                self.missing(f"a block {{ … }} is missing after {kind}")
            block = self.block()
            links.append(syntax.Link(kind, block, negated, start=start, end=block.end))
        if not links:
            return first
        return syntax.Chain(first, tuple(links), start=first.start, end=links[-1].end)

    def quantified(self, quantifier: str) -> syntax.Node:
        start = self.starts[self.at]
        if quantifier == "ALL" and self.kinds[self.at + 1] == "(":
            self.values[self.at] = "all"
            call = self.call()
            assert call is not None
            return call
        self.at += 1
        spans = self.chain(self.block())
        if quantifier == "ALL" and isinstance(spans, syntax.Chain):
            link = spans.links[0]
            fail(self.text, "syntax", "ALL takes one block, without a relation after it", link.start, link.end)
        return syntax.Quantified(_QUANTIFIERS[quantifier], spans, start=start, end=spans.end)

    # ------------------------------------------------------------ what must be there

    def condition(self, node: syntax.Node) -> syntax.Node:
        if node.role == "value":
            fail(self.text, "type", "this is a value; a condition compares it with something", node.start, node.end)
        return node

    def value(self, node: syntax.Node) -> syntax.Node:
        if node.role == "condition" or node.role == "set":
            fail(self.text, "type", "this is a condition; a value is needed here", node.start, node.end)
        return node

    def expect(self, kind: str, message: str, opened: int | None = None) -> None:
        if self.kinds[self.at] != kind:
            if opened is not None and self.kinds[self.at] == "end":
                fail(self.text, "syntax", message, opened)
            self.missing(message)
        self.at += 1

    def missing(self, message: str | None, fixes: list[Fix] | None = None) -> NoReturn:
        """Say what is missing at the place where the parser stands."""
        at = self.at
        kind = self.kinds[at]
        start, end = self.starts[at], self.ends[at]
        if kind == "end":
            start = self.ends[at - 1] + 1 if at and self.ends[at - 1] < len(self.text) else len(self.text)
            end = start + 1
        if message is None:
            if kind == "end":
                message = "a condition is missing here"
            elif kind == "." and self.kinds[at + 1] == "name" and self.values[at + 1][:1].isdigit():
                message = "a number has a digit before its point"
                fixes = [Fix("write 0.…", replaced(self.text, start, end, "0."))]
            elif kind.isalpha() and kind.isupper():
                message = f"{kind} is a word of the language; as a name it needs backticks"
            else:
                message = f"unexpected {kind}"
        fail(self.text, "syntax", message, start, end, fixes or ())

    def unexpected(self) -> NoReturn:
        kind = self.kinds[self.at]
        if kind in _COMPARISONS or kind in ("~", ">>", "<<"):
            self.missing("there is nothing to the left of this that could be compared")
        if kind == "!":
            self.missing("write NOT before a condition, or != between values")
        if kind in (")", "}", "]"):
            self.missing(f"this {kind} closes nothing")
        if kind == ".":
            self.missing("a dot stands between names, without spaces")
        self.missing("AND or OR is missing here, or this is one too many")

    def deeper(self, levels: int) -> None:
        self.depth += levels
        if self.depth > MAX_FILTER_DEPTH:
            fail(
                self.text,
                "limit",
                f"nested deeper than {MAX_FILTER_DEPTH} levels",
                self.starts[self.at],
                self.ends[self.at],
            )

    def another_operator(self) -> None:
        # Each operator makes the tree one deeper on its left side, so all of them together are bounded.
        self.operators += 1
        if self.operators > MAX_FILTER_DEPTH:
            at = self.at - 1
            message = f"more than {MAX_FILTER_DEPTH} operators + - * / and >> > ~"
            fail(self.text, "limit", message, self.starts[at], self.ends[at])


def _as_name(node: syntax.Node) -> syntax.Node:
    """A text in double quotes that stands left of an operator is a name."""
    if isinstance(node, syntax.Text) and node.double:
        name = syntax.Name(node.value, True, start=node.start, end=node.end)
        return syntax.Field((name,), start=node.start, end=node.end)
    return node
