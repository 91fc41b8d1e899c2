"""From tree to meaning: every name looked up, every parameter bound, every unit folded.

The rules are spread over a few files by what they speak of: ``references`` (fields), ``comparisons``, ``sets``
(blocks, relations, aggregates) and ``grouping`` (which bare span terms speak of one span). The ``Resolver`` here
holds what they share and leads from one to the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import Any, NoReturn

from spanglass.filters import comparisons, grouping, references, sets, syntax
from spanglass.filters.advice import Advice
from spanglass.filters.algebra import Arith, Const, Field, Key, Match, Predicate, Type, Value
from spanglass.filters.cursor import TEXT_OPERATORS
from spanglass.filters.diagnostics import FilterError, Fix, fail, nearest, replaced, shorten
from spanglass.filters.fields import SPAN_PREFIXES, lookup, prefix
from spanglass.filters.logic import conjunction, disjunction, missing, negation
from spanglass.filters.numbers import NumberError, Unit, normal, read_number
from spanglass.filters.parameters import ParameterError, as_list, constant, is_list
from spanglass.filters.printer import backticked, quoted
from spanglass.filters.scope import TRACE, Scope, Typed
from spanglass.filters.tokens import Piece, pieces

_TRACE_TEXT = Field("trace", "text", Type.TEXT)
_SPAN_TEXT = Field("span", "text", Type.TEXT)


_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
# What may stand behind a value, and what ends a condition.
_AFTER_VALUE = (*TEXT_OPERATORS, "IN", "BETWEEN", "IS", "NOT", "AND", "OR", "ORDER", "LIMIT")
_ENDS = {"end", ")", "}", ",", ";", "AND", "OR", "ORDER", "LIMIT"}


class Resolver:
    """Resolves the parts of one text. ``checking`` collects advice on the way, for those who look at it."""

    __slots__ = ("advise", "checking", "has_span_terms", "now_ms", "ordering", "params", "text", "used", "zone")

    def __init__(
        self,
        text: str,
        *,
        params: Mapping[str, Any] | None,
        now_ms: int,
        zone: tzinfo,
        advise: Advice | None = None,
    ) -> None:
        self.text = text
        self.params = {name: as_list(value) if is_list(value) else value for name, value in (params or {}).items()}
        self.used: set[str] = set()
        self.now_ms = now_ms
        self.zone = zone
        self.checking = advise is not None
        self.advise = advise or Advice(text, None)
        lowered = text.lower()
        self.has_span_terms = any(prefix in lowered for prefix in SPAN_PREFIXES)
        self.ordering = False

    # ------------------------------------------------------------ conditions

    def predicate(self, node: syntax.Node, scope: Scope) -> Predicate:
        """What a condition means."""
        if self.has_span_terms and scope is TRACE:
            return grouping.chain(self, node)
        return self.term(node, scope)

    def term(self, node: syntax.Node, scope: Scope) -> Predicate:
        """What a condition means where no spans have to be grouped any more."""
        rule = _CONDITIONS.get(type(node))
        if rule is None:
            return self.bare(node, scope)
        return rule(self, node, scope)

    def conjunction(self, node: syntax.And, scope: Scope) -> Predicate:
        return conjunction([self.predicate(item, scope) for item in node.items])

    def disjunction(self, node: syntax.Or, scope: Scope) -> Predicate:
        return disjunction([self.predicate(item, scope) for item in node.items])

    def negation(self, node: syntax.Not, scope: Scope) -> Predicate:
        if scope.same_span:
            grouping.refuse_ambiguous_not(self, node)
        return negation(self.predicate(node.item, scope))

    def present(self, node: syntax.Present, scope: Scope) -> Predicate:
        return negation(missing(self.value(node.field, scope).value))

    def full_text(self, node: syntax.Text, scope: Scope) -> Predicate:
        """A bare text: it is contained, in any case."""
        if scope.subject not in ("trace", "span"):
            self.fail("type", f"say which field of the {scope.subject} contains this", node)
        field = _SPAN_TEXT if scope.subject == "span" else _TRACE_TEXT
        return Match("icontains", field, Const(node.value))

    def bare(self, node: syntax.Node, scope: Scope) -> Predicate:
        """A bare field as a condition: it is true."""
        value = self.value(node, scope)
        if value.type not in (Type.BOOL, Type.JSON) or isinstance(value.value, Key):
            self._refuse_bare(node)
        return comparisons.truth(value)

    def _refuse_bare(self, node: syntax.Node) -> NoReturn:
        """Say what may be missing behind a value that is no condition."""
        piece = next(pieces(self.text[node.end :]), Piece("end", 0, 0))
        start, end = node.end + piece.start, node.end + piece.end
        word = self.text[start:end]
        fixes = []
        if piece.kind == "name" and lookup("span", word) is None and prefix(word) is None:
            near = nearest(word, _AFTER_VALUE)
            if near is not None:
                fixes = [self.fix_at(f"did you mean {near}?", start, end, near)]
                self.fail_at("syntax", f"no operator '{shorten(word)}'", start, end, fixes)
        elif piece.kind in ("string", "text", "number", "param"):
            fixes = [self.fix_at("compare them", node.end, start, " = ")]
        elif piece.kind in _ENDS and isinstance(node, syntax.Field):
            fixes = [self.fix("is there a value?", node, f"EXISTS {self.text[node.start : node.end]}")]
        self.fail("type", "this is not true or false by itself: compare it with something", node, fixes)

    def block(self, node: syntax.Block, scope: Scope) -> Predicate:
        """The condition inside of a block, for one of the things it is about."""
        return conjunction(()) if node.where is None else self.predicate(node.where, scope)

    # ------------------------------------------------------------ values

    def value(self, node: syntax.Node, scope: Scope) -> Typed:
        """What a value means."""
        kind = type(node)
        if kind is syntax.Field:
            return references.resolve_field(self, node, scope)  # type: ignore[arg-type]
        if kind is syntax.Text:
            return Typed(Const(node.value), Type.TEXT, node.start, node.end, True)  # type: ignore[attr-defined]
        rule = _VALUES.get(kind)
        if rule is None:
            self.fail("type", "a value is needed here", node)
        return rule(self, node, scope)

    def number(self, node: syntax.Number, scope: Scope) -> Typed:
        try:
            value, unit = read_number(node.text)
        except NumberError as error:
            self.fail("unit", str(error), node)
        type_ = Type.DURATION if unit == "time" else Type.NUMBER
        return Typed(Const(value), type_, node.start, node.end, True, unit)

    def boolean(self, node: syntax.Boolean, scope: Scope) -> Typed:
        return Typed(Const(node.value), Type.BOOL, node.start, node.end, True)

    def null(self, node: syntax.Null, scope: Scope) -> Typed:
        return Typed(Const(None), Type.JSON, node.start, node.end, True)

    def parameter(self, node: syntax.Param, scope: Scope) -> Typed:
        value = self.bound(node)
        if is_list(value):
            self.fail("parameter", f"'{node.name}' is a list: only IN takes one", node)
        return self._constant(node, value)

    def parameter_list(self, node: syntax.Param, *, must_be_list: bool) -> list[Typed]:
        """The values of a parameter in IN: of a list each one."""
        value = self.bound(node)
        if not is_list(value):
            if must_be_list:
                self.fail("parameter", f"IN needs a list, '{node.name}' is one value", node)
            return [self._constant(node, value)]
        return [self._constant(node, item) for item in value]

    def bound(self, node: syntax.Param) -> Any:
        """The value given for a parameter."""
        if node.name not in self.params:
            self.fail("parameter", f"no value is given for :{node.name}", node)
        self.used.add(node.name)
        return self.params[node.name]

    def _constant(self, node: syntax.Param, value: object) -> Typed:
        try:
            const, type_ = constant(value, self.zone)
        except ParameterError as error:
            self.fail("parameter", str(error), node)
        unit: Unit = "time" if type_ is Type.DURATION else ""
        return Typed(const, type_, node.start, node.end, True, unit)

    def negated(self, node: syntax.Negate, scope: Scope) -> Typed:
        value = self.value(node.value, scope)
        if value.literal and isinstance(value.value, Const) and type(value.value.value) in (int, float):
            return Typed(Const(-value.value.value), value.type, node.start, node.end, True, value.unit)  # type: ignore[operator]
        self._numeric(value)
        return Typed(Arith("-", Const(0), value.value), value.type, node.start, node.end)

    def arithmetic(self, node: syntax.Arith, scope: Scope) -> Typed:
        try:
            left, right = self.value(node.left, scope), self.value(node.right, scope)
            self._numeric(left)
            self._numeric(right)
        except FilterError as error:
            self._refuse_minus_in_name(node, error)
        type_ = _dimension(node.op, left, right)
        if type_ is None:
            word = {"+": "added", "-": "subtracted", "*": "multiplied", "/": "divided"}[node.op]
            self.fail("type", f"a {left.type.value} and a {right.type.value} cannot be {word}", node)
        if left.literal and right.literal:
            written = self.text[node.start : node.end]
            if _DATE.fullmatch(written):
                fix = self.fix("put it in quotes", node, quoted(written))
                self.fail("type", "a date stands in quotes; this is a subtraction", node, [fix])
            unit: Unit = {Type.DURATION: "time", Type.TIME: ""}.get(type_, left.unit or right.unit)  # type: ignore
            return Typed(self._folded(node, left.value, right.value), type_, node.start, node.end, True, unit)
        return Typed(Arith(node.op, left.value, right.value), type_, node.start, node.end)  # type: ignore[arg-type]

    def _folded(self, node: syntax.Arith, left: Value, right: Value) -> Const:
        one, two = left.value, right.value  # type: ignore[union-attr]
        if one is None or two is None or (node.op == "/" and not two):
            return Const(None)
        try:
            result = _ARITHMETIC[node.op](one, two)
            if isinstance(result, float) and result.is_integer() and node.op != "/":
                result = int(result)
            return Const(normal(result))
        except (NumberError, OverflowError):
            self.fail("type", "this number is too large", node)

    def _numeric(self, value: Typed) -> None:
        if value.type in (Type.TEXT, Type.BOOL):
            self.fail_at("type", "a number is needed here", value.start, value.end)

    def _refuse_minus_in_name(self, node: syntax.Arith, error: FilterError) -> NoReturn:
        """``tag.a-b`` is a subtraction; if its sides make no sense alone, a name with a minus was meant."""
        left, right = node.left, node.right
        touching = " " not in self.text[node.start : node.end] and "\n" not in self.text[node.start : node.end]
        if (
            error.diagnostic.code in ("unknown-field", "type")
            and node.op == "-"
            and touching
            and isinstance(left, syntax.Field)
            and isinstance(right, (syntax.Field, syntax.Number))
            and isinstance(last := left.parts[-1], syntax.Name)
            and not last.quoted
            and (len(left.parts) > 1 or (isinstance(right, syntax.Field) and len(right.parts) > 1))
        ):
            stop = right.parts[0].end if isinstance(right, syntax.Field) else right.end
            fix = self.fix_at("backticks", last.start, stop, backticked(self.text[last.start : stop]))
            found = error.diagnostic
            fail(
                self.text, found.code, f"{found.message}; a name with - needs backticks", found.start, found.end, [fix]
            )
        raise error

    # ------------------------------------------------------------ what to say

    def fail(self, code: str, message: str, node: syntax.Node, fixes: Iterable[Fix] = ()) -> NoReturn:
        """Refuse the filter because of this node."""
        fail(self.text, code, message, node.start, node.end, fixes)

    def fail_at(self, code: str, message: str, start: int, end: int, fixes: Iterable[Fix] = ()) -> NoReturn:
        """Refuse the filter because of what stands there."""
        fail(self.text, code, message, start, end, fixes)

    def fix(self, label: str, node: syntax.Node, new: str) -> Fix:
        """The way out that writes ``new`` for this node."""
        return self.fix_at(label, node.start, node.end, new)

    def fix_at(self, label: str, start: int, end: int, new: str) -> Fix:
        """The way out that writes ``new`` there."""
        return Fix(label, replaced(self.text, start, end, new))

    def allow_relation(self, name: str, node: syntax.Node, scope: Scope) -> None:
        """Refuse a relation where there is nothing that it could start from."""
        if name == "root" or scope.subject == "span" or (scope.subject == "trace" and name in sets.OF_A_TRACE):
            return
        if scope.subject == "trace":
            written = self.text[node.start : node.end]
            fixes = [self.fix("of some span", node, f"{{ {written} }}")] if isinstance(node, syntax.Relation) else []
            self.fail("type", f"{name} is seen from a span: write it inside of {{ … }}", node, fixes)
        self.fail("type", f"{name} is seen from a span, there is none inside of {scope.subject} {{ … }}", node)

    def no_span_here(self, node: syntax.Field, at: int) -> NoReturn:
        """Say that a span's field, which begins with the part ``at``, has no span to speak of."""
        if self.ordering:
            rest = self.text[node.parts[at].start : node.end]
            fix = self.fix("the largest of all spans", node, f"max({rest}, {{}})")
            self.fail("type", "a trace has many spans: which one?", node, [fix])
        name = self.text[node.start : node.parts[0].end]
        self.fail("type", f"there is no span here: {name}. stands inside of {{ … }}", node)

    def note_span_name(self, node: syntax.Field, name: syntax.Name) -> None:
        """Take note of a span's name that begins a field."""
        if self.checking:
            self.advise.span_name(node, name)

    def refuse_unused(self) -> None:
        """Every parameter given must stand in the text."""
        unused = [name for name in self.params if name not in self.used]
        if unused:
            message = f"the parameter '{unused[0]}' does not stand in the filter"
            fail(self.text, "parameter", message, len(self.text))


def _dimension(op: str, left: Typed, right: Typed) -> Type | None:
    """What kind of number comes out; None where nothing does: times and durations do not mix with everything."""
    one, two = left.type, right.type
    if Type.JSON in (one, two):
        return Type.TIME if Type.TIME in (one, two) else Type.NUMBER
    if op in "+-":
        if one is two:
            return Type.DURATION if one is Type.TIME and op == "-" else None if one is Type.TIME else one
        if Type.TIME in (one, two):
            return Type.TIME if op == "+" or one is Type.TIME else None
        return Type.DURATION if (left if one is Type.NUMBER else right).literal else None  # a bare number is ms
    if Type.TIME in (one, two):
        return None
    if one is two:
        return Type.NUMBER
    return Type.DURATION if op == "*" or one is Type.DURATION else Type.NUMBER


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
_CONDITIONS: dict[type[syntax.Node], Callable[[Resolver, Any, Scope], Predicate]] = {
    syntax.And: Resolver.conjunction,
    syntax.Or: Resolver.disjunction,
    syntax.Not: Resolver.negation,
    syntax.Comparison: comparisons.comparison,
    syntax.Between: comparisons.between,
    syntax.In: comparisons.membership,
    syntax.Matches: comparisons.matches,
    syntax.Is: comparisons.being,
    syntax.Distinct: comparisons.distinct,
    syntax.Present: Resolver.present,
    syntax.Text: Resolver.full_text,
    syntax.Block: sets.some,
    syntax.Chain: sets.some,
    syntax.Relation: sets.some,
    syntax.Quantified: sets.quantified,
    syntax.AllOf: sets.all_of,
}
_VALUES: dict[type[syntax.Node], Callable[[Resolver, Any, Scope], Typed]] = {
    syntax.Number: Resolver.number,
    syntax.Boolean: Resolver.boolean,
    syntax.Null: Resolver.null,
    syntax.Param: Resolver.parameter,
    syntax.Negate: Resolver.negated,
    syntax.Arith: Resolver.arithmetic,
    syntax.Call: sets.call,
}
