"""What is proposed where something is expected: fields, keys, operators, values and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timezone

from spanglass.filters.advice import Vocabulary, vocabulary_place
from spanglass.filters.algebra import Field, Key, Of, Subject, Type, Value
from spanglass.filters.diagnostics import FilterError, shorten
from spanglass.filters.edit import quote_value, span_prefix
from spanglass.filters.expected import NEGATABLE_WORDS, Expected
from spanglass.filters.fields import (
    ASSESSED_PREFIXES,
    FIELDS,
    KNOWN_VALUES,
    MAP_PREFIXES,
    RELATED,
    TRACE_PREFIXES,
    lookup,
    prefix,
)
from spanglass.filters.observed import (
    Observed,
    attribute_path,
    by_count,
    key_path,
    observed_value,
    parameter_name,
    percentiles,
    seen_value,
    value_label,
    whole_key,
    written_or_none,
)
from spanglass.filters.parser import parse_value
from spanglass.filters.resolver import Resolver
from spanglass.filters.scope import Scope
from spanglass.filters.sets import OF_A_TRACE

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
_PATTERNS = frozenset({"RLIKE", "=~", "!~"})
_MATCHING = frozenset({"LIKE", "ILIKE", "CONTAINS", "ICONTAINS", "STARTS", "ENDS", "MATCH"})
_DURATIONS = ("100ms", "500ms", "1s", "2s", "5s", "10s", "30s", "1m", "5m")
_UNITS = ("ms", "s", "m", "h", "d")
_MOMENTS = ("today", "yesterday", "1h ago", "24h ago", "7d ago")
_CALCULATED_MOMENTS = ("now() - 1h", "now() - 24h", "now() - 7d", "now()")
_AGGREGATES = ("sum", "avg", "min", "max", "p50", "p95")
_ANY_STEP = re.compile(r"\[[0-9]+\]")
_PREFIX_DETAILS = {
    "tag": "a tag of the trace",
    "metadata": "metadata of the trace",
    "feedback": "the value of a feedback",
    "expectation": "the value of an expectation",
    "assessment": "the value of an assessment",
    "span": "of some span",
    "trace": "of the trace",
    "root": "of the root span",
    "parent": "of the parent span",
}
_RELATION_DETAILS = {
    "event": "an event is so",
    "link": "a link is so",
    "assessment": "an assessment is so",
    "root": "the root span is so",
}
_VOCABULARY_SCOPES = {
    ("trace", "inputs"): "inputs",
    ("trace", "outputs"): "outputs",
    ("span", "inputs"): "inputs",
    ("span", "outputs"): "outputs",
    ("span", "attributes"): "attribute",
    ("trace", "tags"): "tag",
    ("trace", "metadata"): "metadata",
}
_WHOLE_KEYS = frozenset({"tag", "metadata", "feedback", "expectation", "assessment"})


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal: what is shown, what is written, and what it is.

    ``kind`` is one of field, prefix, key, span, function, relation, operator, word, value and parameter.
    ``count`` is the number of traces that have it, where that is known.
    """

    label: str
    insert: str
    kind: str
    detail: str = ""
    count: int | None = None


class Candidates:
    """All that can be proposed at one place, the likeliest of each group first, not yet filtered by what is typed."""

    __slots__ = ("observed", "text", "typed", "vocabulary")

    def __init__(self, text: str, typed: str, vocabulary: Vocabulary | None, observed: Observed | None) -> None:
        self.text = text
        self.typed = typed
        self.vocabulary = vocabulary
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

    # ------------------------------------------------------------ fields

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

    def fields(self, scope: Scope, ordering: bool = False, needed: str = "value") -> Iterator[Item]:
        """What a value can be: the fields that have a name here, those that a prefix leads to, and functions."""
        for item in self.members(scope.subject):
            field = lookup(scope.subject, item.insert)
            if needed != "number" or (field is not None and field.type not in (Type.TEXT, Type.BOOL)):
                yield item
        yield from self.prefixes(scope, ordering)
        if needed != "field":
            yield from self.aggregates()
            yield from self.functions()
        yield from self.spans()

    def prefixes(self, scope: Scope, ordering: bool = False) -> Iterator[Item]:
        """The built-in prefixes that lead to fields from here."""
        names = ["tag", "metadata", "feedback", "expectation", "assessment"]
        if scope.subject != "trace":
            names.append("trace")
        if scope.span and not ordering:
            names.append("span")
        names.append("root")
        if scope.subject == "span":
            names.append("parent")
        for name in names:
            field = lookup(scope.subject, name)
            if field is None or field.subject == "trace":
                yield Item(f"{name}.", f"{name}.", "prefix", _PREFIX_DETAILS[name])

    def aggregates(self) -> Iterator[Item]:
        """One number over some spans."""
        yield Item("count({ … })", "count({ ", "function", "how many spans are so")
        for name in _AGGREGATES:
            yield Item(f"{name}(…, {{ … }})", f"{name}(", "function", "of a field over spans")

    def functions(self) -> Iterator[Item]:
        """The functions of values."""
        for name in ("lower", "length", "coalesce"):
            yield Item(f"{name}(…)", f"{name}(", "function")

    def spans(self) -> Iterator[Item]:
        """The names of spans, as prefixes of their fields."""
        for name, count in self.keys("span.name").items():
            written = written_or_none(span_prefix, name)
            if written:
                yield Item(f"{shorten(name)}.", f"{written}.", "span", "of the spans of this name", count)

    def members(self, subject: Subject) -> Iterator[Item]:
        """The fields of a kind of thing; their other names only where one is being typed."""
        for name, field in FIELDS[subject].items():
            if name == field.name or (self.typed and name.startswith(self.typed.lower())):
                other = "" if name == field.name else f", {field.name}"
                yield Item(name, name, "field", field.type.value + other)

    def inside(self, expected: Expected) -> tuple[int, Iterator[Item]]:
        """What can follow the dot or bracket of an unfinished field, and where what is typed of it begins."""
        path, text = expected.path, self.text
        self.typed = text[path[-1].start : path[-1].end] if path[-1].kind == "name" else ""
        names = [text[piece.start : piece.end] for piece in path]
        subject: Subject | None = "span" if expected.after_block else None
        at = 0
        if subject is None:
            quoted = path[0].kind != "name"
            field = None if quoted else lookup(expected.scope.subject, names[0])
            word = None if quoted else prefix(names[0])
            at = 1
            if field is not None and field.type is Type.JSON:
                return self._inside_json(field, expected, at)
            if word in MAP_PREFIXES:
                return self._keys(MAP_PREFIXES[word], expected, at)
            if word in ASSESSED_PREFIXES:
                return self._keys(word, expected, at)
            if word == "issue":
                return path[1].end, iter([Item("id", "id", "field", "text")])
            subject = "trace" if word in TRACE_PREFIXES else RELATED[word][1] if word in RELATED else "span"
        if path[at].kind != ".":
            return path[-1].end, iter(())
        if len(path) <= at + 2:
            return path[at].end, self.members(subject)
        field = lookup(subject, names[at + 1]) if path[at + 1].kind == "name" else None
        if field is None or field.type is not Type.JSON:
            return path[-1].end, iter(())
        return self._inside_json(field, expected, at + 2)

    def _inside_json(self, field: Field, expected: Expected, at: int) -> tuple[int, Iterator[Item]]:
        scope = _VOCABULARY_SCOPES.get((field.subject, field.name))
        if scope is None:
            return expected.path[-1].end, iter(())
        return self._keys(scope, expected, at)

    def _keys(self, scope: str, expected: Expected, at: int) -> tuple[int, Iterator[Item]]:
        """The observed keys of a scope; ``at`` is the dot or bracket that leads to them."""
        lead = expected.path[at]
        start = lead.end if lead.kind == "." else lead.start
        return start, self._observed_keys(scope, self.text[start : expected.path[-1].end], lead.kind == "[")

    def _observed_keys(self, scope: str, typed: str, bracket: bool) -> Iterator[Item]:
        """Keys as they are written; an index that is typed already stays, ``[*]`` is any."""
        whole = scope in _WHOLE_KEYS
        write = whole_key if whole else attribute_path if scope == "attribute" else key_path
        kept = "" if whole or "[" not in typed else typed[: typed.rfind("]") + 1]
        general = _ANY_STEP.sub("[*]", kept)
        for key, count in self._keys_of(scope).items():
            if not whole and key.startswith("[") != bracket:
                continue
            written = written_or_none(write, key)
            if written is None or not written.startswith(general):
                continue
            insert = kept + written[len(general) :]
            yield Item(insert if kept else key, insert, "key", "", count)

    def _keys_of(self, scope: str) -> dict[str, int]:
        if scope == "assessment":
            return by_count({**self.keys("expectation"), **self.keys("feedback")})
        return self.keys(scope)

    def keys(self, scope: str) -> dict[str, int]:
        """The keys seen in a scope, the frequent ones first."""
        return {} if self.vocabulary is None else by_count(self.vocabulary.keys(scope))

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
        for label, count in seen.items():
            insert = seen_value(label, value, type_)
            if insert is not None:
                yield Item(value_label(insert, label), insert, "value", "", count)
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
            if value.subject == "trace" and value.type is Type.TEXT:
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
