"""What can be named at a place of a filter: fields, prefixes, functions, spans, and the keys that were seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spanglass.filters.advice import Vocabulary
from spanglass.filters.algebra import Field, Subject, Type
from spanglass.filters.diagnostics import shorten
from spanglass.filters.edit import span_prefix
from spanglass.filters.expected import Expected
from spanglass.filters.fields import ASSESSED_PREFIXES, FIELDS, MAP_PREFIXES, RELATED, TRACE_PREFIXES, lookup, prefix
from spanglass.filters.observed import attribute_path, by_count, key_path, whole_key, written_or_none
from spanglass.filters.scope import Scope
from spanglass.limits import RESOURCE_SAMPLE

_AGGREGATES = ("sum", "avg", "min", "max", "p50", "p95")
_ANY_STEP = re.compile(r"\[[0-9]+\]")
_PREFIX_DETAILS = {
    "tag": "a tag of the trace",
    "metadata": "metadata of the trace",
    "feedback": "the value of a feedback",
    "expectation": "the value of an expectation",
    "assessment": "the value of an assessment",
    "span": "of some span",
    "resource": "of what ran some span",
    "trace": "of the trace",
    "root": "of the root span",
    "parent": "of the parent span",
}
_VOCABULARY_SCOPES = {
    ("trace", "inputs"): "inputs",
    ("trace", "outputs"): "outputs",
    ("span", "inputs"): "inputs",
    ("span", "outputs"): "outputs",
    ("span", "attributes"): "attribute",
    ("span", "resource"): "resource",
    ("trace", "tags"): "tag",
    ("trace", "metadata"): "metadata",
}
# Scopes of which not all is known, and what the counts are then of.
SAMPLED = {"resource": f"of the latest {RESOURCE_SAMPLE:,} spans"}
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


class Names:
    """The names that are proposed, the likeliest of each group first, not yet filtered by what is typed."""

    __slots__ = ("text", "typed", "vocabulary")

    def __init__(self, text: str, typed: str, vocabulary: Vocabulary | None) -> None:
        self.text = text
        self.typed = typed
        self.vocabulary = vocabulary

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
            names += ["span", "resource"]
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
            if word == "resource":
                return self._inside_json(FIELDS["span"][word], expected, at)
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
        write = whole_key if whole else attribute_path if scope in ("attribute", "resource") else key_path
        kept = "" if whole or "[" not in typed else typed[: typed.rfind("]") + 1]
        general = _ANY_STEP.sub("[*]", kept)
        for key, count in self._keys_of(scope).items():
            if not whole and key.startswith("[") != bracket:
                continue
            written = written_or_none(write, key)
            if written is None or not written.startswith(general):
                continue
            insert = kept + written[len(general) :]
            yield Item(insert if kept else key, insert, "key", SAMPLED.get(scope, ""), count)

    def _keys_of(self, scope: str) -> dict[str, int]:
        if scope == "assessment":
            return by_count({**self.keys("expectation"), **self.keys("feedback")})
        return self.keys(scope)

    def keys(self, scope: str) -> dict[str, int]:
        """The keys seen in a scope, the frequent ones first."""
        return {} if self.vocabulary is None else by_count(self.vocabulary.keys(scope))
