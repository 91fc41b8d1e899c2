"""What is proposed where something is expected: fields, keys, operators, values and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timezone

from spanglass.filters.advice import Vocabulary, vocabulary_place
from spanglass.filters.algebra import Field, Key, Of, Type, Value
from spanglass.filters.diagnostics import FilterError
from spanglass.filters.edit import quote_value
from spanglass.filters.expected import NEGATABLE_WORDS, Expected
from spanglass.filters.fields import (
    KNOWN_VALUES,
    RELATED,
    lookup,
)
from spanglass.filters.names import SAMPLED, Item, Names
from spanglass.filters.observed import (
    Observed,
    by_count,
    observed_value,
    parameter_name,
    percentiles,
    seen_value,
    value_label,
)
from spanglass.filters.parser import parse_value
from spanglass.filters.resolver import Resolver
from spanglass.filters.scope import Scope
from spanglass.filters.sets import OF_A_TRACE
from spanglass.limits import MAX_REFINED

_EQUAL = ("=", "!=", "IN (", "NOT IN (")
_ORDERED = (">", ">=", "<", "<=", "BETWEEN", "NOT BETWEEN")
_TEXTUAL = (
    "LIKE", "ILIKE", "CONTAINS", "ICONTAINS", "STARTS WITH", "ENDS WITH", "RLIKE", "MATCH", "NOT LIKE", "NOT CONTAINS",
)  # fmt: skip
_BEING = ("IS NULL", "IS NOT NULL", "IS DISTINCT FROM")
_OPERATORS: dict[Type, tuple[str, ...]] = {
    Type.TEXT: (*_EQUAL, *_TEXTUAL, *_BEING),
    Type.NUMBER: (*_ORDERED, *_EQUAL, *_BEING),
    Type.DURATION: (*_ORDERED, *_EQUAL, *_BEING),
    Type.TIME: (*_ORDERED, *_EQUAL, *_BEING),
    Type.BOOL: ("=", "!=", "IS TRUE", "IS FALSE", *_BEING),
    Type.JSON: (*_EQUAL, *_ORDERED, *_TEXTUAL, *_BEING, "IS TRUE", "IS FALSE"),
}
_UNIQUE = frozenset({"trace_id", "client_request_id"})  # each is one trace's: nothing to propose
_PATTERNS = frozenset({"RLIKE", "=~", "!~"})
_MATCHING = frozenset({"LIKE", "ILIKE", "CONTAINS", "ICONTAINS", "STARTS", "ENDS", "MATCH"})
_DURATIONS = ("100ms", "500ms", "1s", "2s", "5s", "10s", "30s", "1m", "5m")
_UNITS = ("ms", "s", "m", "h", "d")
_MOMENTS = ("today", "yesterday", "1h ago", "24h ago", "7d ago")
_CALCULATED_MOMENTS = ("now() - 1h", "now() - 24h", "now() - 7d", "now()")
_RELATION_DETAILS = {
    "event": "an event is so",
    "link": "a link is so",
    "assessment": "an assessment is so",
    "root": "the root span is so",
}


class Candidates(Names):
    """All that can be proposed at one place, the likeliest of each group first, not yet filtered by what is typed."""

    __slots__ = ("observed",)

    def __init__(self, text: str, typed: str, vocabulary: Vocabulary | None, observed: Observed | None) -> None:
        super().__init__(text, typed, vocabulary)
        self.observed = observed or {}

    def at(self, expected: Expected) -> Iterator[Item]:
        """The proposals for what is expected."""
        if expected.what == "condition":
            return self.conditions(expected.scope)
        if expected.what == "field":
            return self.fields(expected.scope, expected.ordering, expected.op)
        if expected.what == "value":
            return self.values(expected)
        if expected.what == "operator":
            return self.operators(expected)
        if expected.words == NEGATABLE_WORDS and self.left(expected)[1] not in (Type.TEXT, Type.JSON):
            return self.words(("IN", "BETWEEN"))
        return self.words(expected.words)

    def conditions(self, scope: Scope) -> Iterator[Item]:
        """What a condition can begin with."""
        yield from self.members(scope.subject)
        yield from self.prefixes(scope)
        yield Item("{ … }", "{ ", "word", "one span is so")
        for word in ("NOT", "EXISTS", "ANY", "ALL", "NONE"):
            yield Item(word, word, "word")
        yield from self.aggregates()
        for name in RELATED:
            if name == "root" or scope.subject == "span" or (scope.subject == "trace" and name in OF_A_TRACE):
                detail = _RELATION_DETAILS.get(name, f"a {name} span is so")
                yield Item(f"{name} {{ … }}", f"{name} {{ ", "relation", detail)
        yield Item("all({ … }, …)", "all({ ", "function", "a condition holds for all of these spans")
        yield from self.functions()
        yield from self.spans()

    # ------------------------------------------------------------ operators and words

    def operators(self, expected: Expected) -> Iterator[Item]:
        """The operators that the type on the left takes."""
        type_ = self.left(expected)[1]
        yield from [Item(word, word, "operator") for word in _OPERATORS[type_]]
        if expected.is_field and type_ is Type.BOOL:
            yield from self.words(expected.words)
        elif expected.closes:
            yield Item(")", ")", "word")

    def words(self, words: Iterable[str]) -> Iterator[Item]:
        """Fixed words."""
        for word in words:
            if word == "{":
                yield Item("{ … }", "{ ", "word", "spans that are so")
            elif word == "param":
                yield from self.parameters("values")
            elif word in ("STARTS", "ENDS"):
                yield Item(f"{word} WITH", f"{word} WITH", "word")
            else:
                yield Item(word, word, "word" if word[0].isalnum() or word in "(),}" else "operator")

    # ------------------------------------------------------------ values

    def values(self, expected: Expected) -> Iterator[Item]:
        """What can stand on the right of an operator."""
        value, type_ = self.left(expected)
        op = expected.op
        if op in _PATTERNS:
            return self.parameters(parameter_name(value))
        if op in _MATCHING:
            return self._several(self._known(value, Type.TEXT), self.parameters(parameter_name(value)))
        literals = {
            Type.DURATION: self._durations,
            Type.TIME: self._moments,
            Type.BOOL: self._truths,
            Type.JSON: self._truths if not isinstance(value, Key) else self._nothing,
        }.get(type_, self._nothing)
        calculated = self._calculated(expected, type_) if op != "IN" else self._nothing()
        parameters = self.parameters(parameter_name(value))
        return self._several(self._known(value, type_), literals(), parameters, calculated)

    def left(self, expected: Expected) -> tuple[Value | None, Type]:
        """The left side of the comparison at hand; of any type if it cannot be understood."""
        text = self.text[slice(*expected.left)]
        try:
            resolver = Resolver(text, params=None, now_ms=0, zone=timezone.utc)
            found = resolver.value(parse_value(text), expected.scope)
        except (FilterError, RecursionError):
            return None, Type.JSON
        value = found.value
        while isinstance(value, Of):
            value = value.value
        return value, found.type

    def asked(self, expected: Expected) -> str:
        """The path of the field whose values would be of help here, or nothing."""
        helps = expected.op not in _PATTERNS and self.left(expected)[1] is not Type.TIME
        return self.text[slice(*expected.left)] if helps else ""

    def _known(self, value: Value | None, type_: Type) -> Iterator[Item]:
        """Values that were observed, under the rest of the filter first, and those of closed lists."""
        if type_ in (Type.DURATION, Type.NUMBER):
            for percent, number in percentiles(self.observed, (50, 95)):
                insert = observed_value(number, type_)
                if insert is not None:
                    yield Item(insert, insert, "value", f"~ p{percent}")
        for one, count in sorted(self.observed.items(), key=lambda entry: -entry[1]):
            insert = observed_value(one, type_)
            if insert is not None and type_ is not Type.DURATION:
                yield Item(value_label(insert, one), insert, "value", "~", count)
        seen = self._seen(value)
        own = isinstance(value, Field) and value.subject == "trace"
        detail = f"of the newest {MAX_REFINED:,}" if own and sum(seen.values()) >= MAX_REFINED else ""
        place = None if value is None else vocabulary_place(value)
        if place is not None:
            detail = SAMPLED.get(place[0], detail)
        for label, count in seen.items():
            insert = seen_value(label, value, type_)
            if insert is not None:
                yield Item(value_label(insert, label), insert, "value", detail, count)
        if isinstance(value, Field):
            for word in KNOWN_VALUES.get((value.subject, value.name), ()):
                if word not in seen:
                    yield Item(word, quote_value(word), "value")

    def _seen(self, value: Value | None) -> dict[str, int]:
        if self.vocabulary is None or value is None:
            return {}
        if isinstance(value, Field):
            if value.name == "model" and value.subject in ("trace", "span"):
                return self.keys("model")
            if value.subject == "span" and value.name in ("name", "type"):
                return self.keys(f"span.{value.name}")
            if value.subject == "assessment" and value.name == "name":
                return self._keys_of("assessment")
            if value.subject == "trace" and value.type is Type.TEXT and value.name not in _UNIQUE:
                return by_count(self.vocabulary.values("trace", value.name))
            return {}
        place = vocabulary_place(value)
        return {} if place is None else by_count(self.vocabulary.values(*place))

    def _durations(self) -> Iterator[Item]:
        if self.typed.isdecimal() and self.typed.isascii():
            yield from [Item(self.typed + unit, self.typed + unit, "value", "duration") for unit in _UNITS]
        yield from [Item(text, text, "value", "duration") for text in _DURATIONS]

    def _moments(self) -> Iterator[Item]:
        yield from [Item(text, text, "value", "time") for text in _CALCULATED_MOMENTS]
        yield from [Item(text, quote_value(text), "value", "time") for text in _MOMENTS]

    def _truths(self) -> Iterator[Item]:
        yield from [Item(word, word, "value") for word in ("TRUE", "FALSE")]

    def _calculated(self, expected: Expected, type_: Type) -> Iterator[Item]:
        """Fields and functions: only where a word is being typed, since a value is meant more often."""
        if self.typed[:1].isalpha():
            for item in self.fields(expected.scope):
                field = lookup(expected.scope.subject, item.insert) if item.kind == "field" else None
                if field is None or Type.JSON in (type_, field.type) or field.type is type_:
                    yield item

    def _nothing(self) -> Iterator[Item]:
        return iter(())

    def parameters(self, name: str) -> Iterator[Item]:
        """The parameters that stand in the text, and one named after the field."""
        names = dict.fromkeys(re.findall(r"(?<![\w:]):([^\W\d]\w*)", self.text))
        names.pop(self.typed[1:], None)
        names.setdefault(name)
        yield from [Item(f":{one}", f":{one}", "parameter", "a parameter") for one in names]

    def _several(self, *groups: Iterable[Item]) -> Iterator[Item]:
        for group in groups:
            yield from group
