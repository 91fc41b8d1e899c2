"""Values of a filter: fields, literals, calculations, calls, and the blocks that sets of spans are said with."""

from __future__ import annotations

from typing import Literal, NoReturn

from spanglass.filters import syntax
from spanglass.filters.algebra import Wild
from spanglass.filters.cursor import COMPARISONS, TEXT_OPERATORS, Cursor
from spanglass.filters.diagnostics import Fix, fail, nearest, replaced, shorten
from spanglass.filters.fields import RELATED

_CHAIN_OPERATORS = {">>", ">", "<<", "<", "~", "THEN"}
_ARITHMETIC = {"+": 1, "-": 1, "*": 2, "/": 2}
_QUANTIFIERS: dict[str, Literal["ANY", "ALL", "NONE"]] = {"ANY": "ANY", "ALL": "ALL", "NONE": "NONE"}
AGGREGATES = ("count", "sum", "avg", "min", "max", "p50", "p95")
FUNCTIONS = (*AGGREGATES, "now", "ago", "lower", "length", "coalesce", "all")
_BEFORE_VALUE = {*COMPARISONS, *TEXT_OPERATORS, *_ARITHMETIC, "=~", "!~", "WITH", "BETWEEN", "FROM", "(", ","}
_MAX_INDEX = 2**31  # no array is longer, and engines count with 32 bits somewhere


class Operands(Cursor):
    """Reads what stands between the operators of comparisons. Parentheses and braces may hold whole conditions."""

    __slots__ = ()

    def expression(self) -> syntax.Node:
        """A condition, or what may turn out to be a value."""
        raise NotImplementedError

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
            left = self.value(as_name(left))
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


def as_name(node: syntax.Node) -> syntax.Node:
    """A text in double quotes that stands left of an operator is a name."""
    if isinstance(node, syntax.Text) and node.double:
        name = syntax.Name(node.value, True, start=node.start, end=node.end)
        return syntax.Field((name,), start=node.start, end=node.end)
    return node
