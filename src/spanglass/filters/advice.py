"""Warnings: what a filter says is clear, but perhaps not what was meant. The query runs."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Protocol

from spanglass.filters import syntax
from spanglass.filters.algebra import (
    Always,
    Assessed,
    Conjunct,
    Const,
    Field,
    Key,
    Of,
    Path,
    Predicate,
    TextOp,
    Type,
    Value,
    Wild,
)
from spanglass.filters.contradictions import Together, impossible
from spanglass.filters.diagnostics import Diagnostic, Fix, nearest, replaced, shorten
from spanglass.filters.fields import CLOSED_LISTS, KNOWN_VALUES, SPAN_PREFIXES, lookup
from spanglass.filters.guesses import likely_epoch
from spanglass.filters.observed import key_path, path_of_keys, whole_key
from spanglass.filters.printer import backticked, quoted
from spanglass.filters.scope import Typed
from spanglass.filters.tokens import DOTTED_IDENTIFIER
from spanglass.limits import VOCABULARY_DEPTH

UNSEEN_VALUE = "unseen-value"
"""The code of the warning that takes a look at all values of a field."""

_PLAIN = re.compile(r"(?:\.\*)?([^\\^$.|?*+(){}\[\]]+)(?:\.\*)?\Z")
_ARRAY = re.compile(r"\s*\[.*\]\s*\Z", re.DOTALL)
_ELEMENTS = re.compile(r"(?:\[\*\])+\Z")
_BEFORE_KEYS = re.compile(r"(?:attributes|resource|inputs|outputs|request|response)(?:\.|(?=\[))", re.IGNORECASE)
# What a status is called elsewhere.
_SAID_OTHERWISE = {
    **dict.fromkeys(("fail", "failed", "failure", "exception", "err", "status_code_error"), "ERROR"),
    **dict.fromkeys(("success", "succeeded", "successful", "completed", "done", "passed", "status_code_ok"), "OK"),
    **dict.fromkeys(("running", "pending", "started", "active"), "IN_PROGRESS"),
}
_RUN = ("trace", "run_id")
_END = ("trace", "end_time_ms")


class Vocabulary(Protocol):
    """What a store has seen. Scopes are ``tag``, ``metadata``, ``attribute``, ``inputs``, ``outputs``, ``feedback``,
    ``expectation``, ``span.name``, ``span.type`` and, of the spans that came last, ``resource``; counts are traces."""

    def keys(self, scope: str) -> dict[str, int]:
        """The keys seen in a scope, or, for ``span.name`` and ``span.type``, the values."""
        ...

    def values(self, scope: str, key: str) -> dict[str, int]:
        """The values seen under a key, the frequent ones at least; of a trace's own field under ``trace``, and
        under ``linked`` a run, with the traces that are linked to it."""
        ...


class Advice:
    """Collects warnings about one text."""

    __slots__ = ("found", "text", "vocabulary")

    def __init__(self, text: str, vocabulary: Vocabulary | None) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.found: list[Diagnostic] = []

    def comparison(self, op: str, left: Typed, right: Typed, node: syntax.Comparison) -> None:
        """Advice on ``left op right``; a literal is on the right."""
        if left.literal:
            self._constant(left, node)
            return
        if not right.literal:
            return
        value = right.value.value if isinstance(right.value, Const) else None
        if value is None:
            written = self.text[left.start : left.end]
            word = "IS NULL" if op == "=" else "IS NOT NULL"
            self._warn("never", "no value equals NULL, this is never true", node, f"{word}?", f"{written} {word}")
        elif isinstance(value, bool) and isinstance(left.value, Key):
            message = "a tag or metadata is text and never TRUE or FALSE"
            self._warn_at("never", message, right.start, right.end, "as text?", quoted(str(value).lower()))
        elif isinstance(value, str) and op in ("=", "!="):
            self._known_value(left, value, right)
        self._surprise(left, [value], node)
        self.known_key(left)
        if left.type is Type.TIME:
            self._epoch(right)
        if op == "!=" and _is_bare_span(node):
            same = f"{self.text[left.start : left.end]} = {self.text[right.start : right.end]}"
            inside = same if same.lower().startswith("resource") else same.partition(".")[2]
            message = "this finds traces with some span that is not so"
            self._warn("some-span", message, node, "no span is so?", f"NOT {{ {inside} }}")

    def membership(self, value: Typed, items: list[Typed], node: syntax.In) -> None:
        """Advice on ``value IN (…)``."""
        if value.literal:
            self._constant(value, node)
            return
        self.known_key(value)
        if node.listed:
            for item in items:
                if isinstance(item.value, Const) and isinstance(item.value.value, str):
                    self._known_value(value, item.value.value, item)
        self._surprise(value, [item.value.value for item in items if isinstance(item.value, Const)], node)

    def matches(self, op: TextOp, value: Typed, pattern: Typed, node: syntax.Matches) -> None:
        """Advice on text operators."""
        self.known_key(value)
        if not isinstance(pattern.value, Const):
            return
        if op in ("like", "ilike") and not node.escape:
            self._without_wildcard(value, pattern, op == "ilike", node)
        if op != "rlike":
            return
        text = pattern.value.value
        plain = _PLAIN.match(text) if isinstance(text, str) else None
        if plain:
            left = self.text[value.start : value.end]
            new = f"{left} {'NOT ' * node.negated}CONTAINS {quoted(plain[1])}"
            self._warn("plain-regex", "without special characters CONTAINS says the same", node, "CONTAINS?", new)

    def _without_wildcard(self, value: Typed, pattern: Typed, folded: bool, node: syntax.Matches) -> None:
        """LIKE matches a text as a whole: without a wildcard it is an equality, and * is none."""
        text = pattern.value.value if isinstance(pattern.value, Const) else None
        if not isinstance(text, str) or not text or "%" in text or "_" in text:
            return
        stars = text.replace("*", "%")
        new = quoted(stars) if "*" in text else quoted(f"%{text}%")
        said = "* is no wildcard here, % is" if "*" in text else "without % this is the whole text"
        if "*" in text or not folded:
            self._warn_at("pattern", said, pattern.start, pattern.end, f"did you mean {shorten(new)}?", new)

    def vacuous(self, node: syntax.Quantified | syntax.AllOf, condition: Predicate) -> None:
        """Advice on ALL: it says nothing of traces that have no such span."""
        if isinstance(condition, Always):
            word = "always" if condition.value else "never"
            self._warn(word, f"the condition is {word} true", node)
            return
        block = node.block if isinstance(node, syntax.AllOf) else None
        there = "{}" if block is None else self.text[block.start : block.end]
        written = self.text[node.start : node.end]
        message = "traces without any such span match, too"
        self._warn("vacuous", message, node, "and there is one?", f"({written} AND {there})")

    def span_name(self, node: syntax.Field, name: syntax.Name) -> None:
        """Advice on a span's name that begins a field: a key with dots may be meant, of what was seen."""
        if self.vocabulary is not None and name.text not in self.vocabulary.keys("span.name"):
            key = ".".join(part.text for part in node.parts if isinstance(part, syntax.Name))
            for scope, lead in (("resource", "resource."), ("attribute", "span.attributes.")):
                known = self.vocabulary.keys(scope)
                if key in known:
                    label = f"did you mean {shorten(lead + key)} ({known[key]:,})?"
                    message = f"no span is called '{shorten(name.text)}'"
                    self._warn_at("unseen-key", message, node.start, node.end, label, lead + whole_key(key))
                    return
            field = lookup("trace", key.replace(".", "_"))
            if field is not None:
                message = f"no span is called '{shorten(name.text)}'"
                self._warn_at("unseen-key", message, node.start, node.end, f"did you mean {field.name}?", field.name)
                return
        self._seen("span.name", name.text, name.start, name.end, "no span is called", _name)

    def ranged(self, value: Typed, node: syntax.Between) -> None:
        """Advice on BETWEEN."""
        self.known_key(value)
        self._surprise(value, [], node)

    def whole(self, parts: Sequence[Conjunct]) -> None:
        """Advice on a whole filter: can anything fulfil it?"""
        said = {(one.start, one.end) for one in self.found if one.code in ("never", "constant")}
        together = Together()
        for part in parts:
            alone = impossible(part.where)
            if alone and not any(part.start <= start and end <= part.end for start, end in said):
                self._warn_at("never", "nothing can be so: this is never true", part.start, part.end, "", "")
            elif not alone and not together.also(part.where):
                self._warn_at("never", "this and what stands before it cannot both hold", part.start, part.end, "", "")
                return

    # ------------------------------------------------------------ the rules

    def _surprise(self, side: Typed, values: Sequence[object], node: syntax.Node) -> None:
        """Advice on fields that do not hold what their name says alone."""
        place = side.value
        if isinstance(place, Field) and (place.subject, place.name) == _END:
            running = 0 if self.vocabulary is None else self.vocabulary.values("trace", "status").get("IN_PROGRESS", 0)
            if running:
                new = f"({self.text[node.start : node.end]} AND status != 'IN_PROGRESS')"
                message = f"the end of an unfinished trace ({running:,} are) is its start"
                self._warn("unfinished", message, node, "finished ones only?", new)
        elif isinstance(place, Field) and (place.subject, place.name) == _RUN and self.vocabulary is not None:
            runs = [one for one in values if isinstance(one, str)]
            linked = sum(self.vocabulary.values("linked", run).get(run, 0) for run in runs)
            if linked:
                several = f"{linked:,} traces that are" if linked > 1 else "a trace that is"
                self._warn("linked", f"this also finds {several} linked to the run", node)
        elif side.type is Type.JSON and any(isinstance(one, str) and _ARRAY.match(one) for one in values):
            self._warn("array", "an array is compared element by element, never as a whole", node)

    def _constant(self, left: Typed, node: syntax.Node) -> None:
        self._warn("constant", "two constants are compared: always or never true", node)

    def known_key(self, side: Typed) -> None:
        """Advice on a field that begins with a key: one that the store has seen?"""
        where = vocabulary_place(side.value)
        if where is not None:
            scope, key = where
            write: _Writer = whole_key
            if scope in ("inputs", "outputs"):
                key = _ELEMENTS.sub("", key)  # the elements of an array are no keys
                write = partial(_like, side.value)
            start = self._start_of_key(side)
            sampled = "none of the latest spans has the resource key"
            what = sampled if scope == "resource" else f"no {scope} has been seen with the key"
            self._seen(scope, key, start, side.end, what, write)

    def _start_of_key(self, side: Typed) -> int:
        """Where the key begins: behind ``tag.``, behind ``attributes.``."""
        written = self.text[side.start : side.end]
        lead = re.match(r"(?:\w+\.)*?(?:\w*attributes?|\w+)\.", written)
        if isinstance(side.value, (Path, Of)):
            lead = _BEFORE_KEYS.search(written) or lead
        return side.start + (lead.end() if lead else 0)

    def _known_value(self, side: Typed, value: str, at: Typed) -> None:
        """A value that the field never has, though it has one like it."""
        place = side.value
        while isinstance(place, Of):
            place = place.value
        where = vocabulary_place(place)
        if isinstance(place, Field):
            known = KNOWN_VALUES.get((place.subject, place.name), ())
            if value in known:
                return
            same = next((word for word in known if word.lower() == value.lower()), None)
            if same is not None:
                self._warn_at("case", "case counts", at.start, at.end, f"did you mean '{same}'?", quoted(same))
                return
            if (place.subject, place.name) in CLOSED_LISTS:
                listed = ", ".join(known)
                near = _SAID_OTHERWISE.get(value.lower()) or nearest(value, known)
                near = near if near in known else None
                label = f"did you mean '{near}'?" if near else ""
                message = f"{place.name} is one of {listed}"
                self._warn_at("never", message, at.start, at.end, label, quoted(near or value))
                return
            if place.subject == "span" and place.name in ("name", "type"):
                self._seen(f"span.{place.name}", value, at.start, at.end, f"no span has the {place.name}", quoted)
                return
            if place.subject != "trace" or place.type is not Type.TEXT:
                return
            where = ("trace", place.name)
        if where is not None and self.vocabulary is not None:
            seen = self.vocabulary.values(*where)
            if seen and value not in seen:
                if self._begins_some(value, seen, side, at):
                    return
                near = nearest(value, seen)
                label = f"did you mean {shorten(quoted(near))} ({seen[near]:,})?" if near is not None else ""
                message = f"{shorten(quoted(value))} is not among the values seen"
                self._warn_at(UNSEEN_VALUE, message, at.start, at.end, label, quoted(near or value))

    def _epoch(self, at: Typed) -> None:
        """Advice on a number as a time: it is in milliseconds."""
        written = self.text[at.start : at.end].strip("'\"")
        guess = likely_epoch(written, time.time_ns() // 1_000_000) if isinstance(at.value, Const) else None
        if guess is not None:
            label, new = guess
            self._warn_at("epoch", "a number is milliseconds after 1970", at.start, at.end, label, new)

    def _begins_some(self, value: str, seen: dict[str, int], side: Typed, at: Typed) -> bool:
        """Advice on a value that is the beginning of some that were seen, or is written as a pattern."""
        message = f"{shorten(quoted(value))} is not among the values seen"
        between = self.text[side.end : at.start]
        if between.strip() not in ("=", "=="):
            return False
        if "%" in value:
            message = "% is a wildcard in LIKE only"
            self._warn_at(UNSEEN_VALUE, message, side.end, at.end, "LIKE?", f" LIKE {quoted(value)}")
            return True
        traces = sum(count for known, count in seen.items() if known.startswith(value)) if len(value) > 2 else 0
        if traces:
            label = f"beginning with it ({traces:,})?"
            self._warn_at(UNSEEN_VALUE, message, side.end, at.end, label, f" STARTS WITH {quoted(value)}")
        return bool(traces)

    def _seen(self, scope: str, key: str, start: int, end: int, what: str, write: _Writer) -> None:
        if self.vocabulary is None:
            return
        seen = self.vocabulary.keys(scope)
        if not seen or not key or key in seen or any(known.startswith((key + ".", key + "[")) for known in seen):
            return
        if scope == "resource" and any(key.startswith(known + ".") for known in seen):
            return  # what is inside of a value was not looked at
        near = nearest(key, seen)
        label = f"did you mean {shorten(near)} ({seen[near]:,})?" if near is not None else ""
        message = f"{what} '{shorten(key)}'"
        self._warn_at("unseen-key", message, start, end, label, write(near or key))

    def _warn(self, code: str, message: str, node: syntax.Node, label: str = "", new: str = "") -> None:
        self._warn_at(code, message, node.start, node.end, label, new)

    def _warn_at(self, code: str, message: str, start: int, end: int, label: str, new: str) -> None:
        fixes = (Fix(label, replaced(self.text, start, end, new)),) if label else ()
        self.found.append(Diagnostic("warning", code, message, start, end, fixes))


class _Writer(Protocol):
    def __call__(self, value: str, /) -> str: ...


def _name(name: str) -> str:
    return name if DOTTED_IDENTIFIER.match(name) and not name[0].isdigit() else backticked(name)


def _like(value: Value, path: str) -> str:
    """A path of keys as it is written, with the indexes of another path, if it has as many."""
    while isinstance(value, Of):
        value = value.value
    assert isinstance(value, Path)
    last = max((at for at, step in enumerate(value.steps) if isinstance(step, str)), default=-1)
    signs = ["" if isinstance(step, str) else "[*]" if isinstance(step, Wild) else f"[{step}]" for step in value.steps]
    among = [sign for sign in signs[:last] if sign]
    between = key_path(path).split("[*]")
    if len(between) != len(among) + 1:
        among = ["[*]"] * (len(between) - 1)
    return "".join(chain.from_iterable(zip(between, [*among, ""], strict=True))) + "".join(signs[last + 1 :])


# A span's maps of keys that may have dots in them, by the vocabulary's scope.
_FLAT = {"attributes": "attribute", "resource": "resource"}


def vocabulary_place(value: Value) -> tuple[str, str] | None:
    """The vocabulary's scope and key of a value, if it has one."""
    if isinstance(value, Key):
        return value.map, value.key
    if isinstance(value, Assessed):
        return (value.kind, value.name) if value.kind is not None else None
    if isinstance(value, Of):
        return vocabulary_place(value.value)
    if not isinstance(value, Path):
        return None
    if value.base.subject == "span" and value.base.name in _FLAT:
        steps = [step for step in value.steps if isinstance(step, str)]
        return (_FLAT[value.base.name], ".".join(steps)) if len(steps) == len(value.steps) else None
    if (
        value.base.name in ("inputs", "outputs")
        and sum(isinstance(step, str) for step in value.steps) <= VOCABULARY_DEPTH
    ):
        return value.base.name, path_of_keys(value.steps)
    return None


def _is_bare_span(node: syntax.Comparison) -> bool:
    field = node.left if isinstance(node.left, syntax.Field) else node.right
    if not isinstance(field, syntax.Field) or field.block is not None or len(field.parts) < 2:
        return False
    first = field.parts[0]
    return isinstance(first, syntax.Name) and not first.quoted and first.text.lower() in SPAN_PREFIXES
