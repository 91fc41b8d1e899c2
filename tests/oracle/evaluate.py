"""A slow and plain reading of what a resolved filter means, over entities in memory.

The property tests hold every engine against it. Each function is one sentence of the language's meaning.
"""

from __future__ import annotations

import itertools
import json
import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from spanglass.entities import Assessment, Link, Span, SpanEvent, TraceInfo
from spanglass.entities.content import repeats_content
from spanglass.filters import algebra as a
from tests.oracle import forms

COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass
class OracleTrace:
    """A trace with its spans in preorder and what its tree says of each: parent's number, depth, last of subtree."""

    info: TraceInfo
    spans: list[Span]
    runs: list[str] = field(default_factory=list)  # further runs linked to it
    session_assessments: list[Assessment] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.spans, self.parent, self.depth = preorder(self.spans)


def preorder(spans: Sequence[Span]) -> tuple[list[Span], list[int], list[int]]:
    """Spans in preorder: siblings by start (then as they came), orphans and what hangs on a cycle as roots."""
    ids = {span.span_id for span in spans}
    children: dict[str | None, list[Span]] = {}
    for span in spans:
        parent = span.parent_id if span.parent_id in ids and span.parent_id != span.span_id else None
        children.setdefault(parent, []).append(span)
    ordered: list[Span] = []
    parents: list[int] = []
    depths: list[int] = []

    def walk(span: Span) -> None:
        stack = [(span, -1, 0)]
        while stack:
            at, parent, depth = stack.pop()
            number = len(ordered)
            ordered.append(at)
            parents.append(parent)
            depths.append(depth)
            below = sorted(children.get(at.span_id, []), key=lambda child: child.start_time_ns)
            stack += [(child, number, depth + 1) for child in reversed(below)]

    for root in sorted(children.get(None, []), key=lambda span: span.start_time_ns):
        walk(root)
    assert len(ordered) == len(spans), "the oracle's stores have no cycles"
    return ordered, parents, depths


@dataclass(frozen=True)
class Context:
    """What is at hand: a trace, and perhaps one of its spans, an event or link of that, an assessment."""

    trace: OracleTrace
    span: int | None = None
    event: SpanEvent | None = None
    link: Link | None = None
    assessment: Assessment | None = None


# ---------------------------------------------------------------- predicates


def holds(p: a.Predicate, c: Context) -> bool:
    """Whether the predicate is true of the context. There is no third answer."""
    if isinstance(p, a.Always):
        return p.value
    if isinstance(p, a.And):
        return all(holds(item, c) for item in p.items)
    if isinstance(p, a.Or):
        return any(holds(item, c) for item in p.items)
    if isinstance(p, a.Not):
        return not holds(p.item, c)
    if isinstance(p, a.Exists):
        return bool(things(p.things, c))
    if isinstance(p, a.IsMissing):
        return not values(p.value, c)
    if isinstance(p, a.Compare):
        return any(compare(p.op, left, right, p.mode) for left in values(p.left, c) for right in values(p.right, c))
    if isinstance(p, a.Range):
        lows, highs = values(p.low, c), values(p.high, c)
        return any(in_range(p, value, low, high) for value in values(p.value, c) for low in lows for high in highs)
    if isinstance(p, a.In):
        return any(in_list(p, value) for value in values(p.value, c))
    if isinstance(p, a.Match):
        patterns = [forms.text(pattern) for pattern in values(p.pattern, c)]
        return any(
            forms.matches(p.op, forms.text(value), pattern, p.escape) != p.negated
            for value in values(p.value, c)
            for pattern in patterns
        )
    raise AssertionError(p)


def compare(op: str, left: Any, right: Any, mode: a.Mode) -> bool:
    """Whether two present values are so related, each taken as ``mode`` says."""
    if mode is a.Mode.EITHER:
        numeric = forms.number(left) is not None and forms.number(right) is not None
        mode = a.Mode.NUMBER if numeric else a.Mode.TEXT
    if mode is a.Mode.NUMBER:
        left, right = forms.number(left), forms.number(right)
        return left is not None and right is not None and COMPARE[op](left, right)
    if mode is a.Mode.BOOL:
        return isinstance(left, bool) and isinstance(right, bool) and COMPARE[op](left, right)
    if op in ("=", "!="):
        return same_text(left, right) == (op == "=")
    return bool(COMPARE[op](forms.text(left), forms.text(right)))


def same_text(left: Any, right: Any) -> bool:
    """Equal as texts; a text that is the JSON of an array or object equals it as JSON."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, (dict, list)) and isinstance(other, str) and forms.json_of(other) is not None:
            return bool(forms.json_of(other) == one)
    return forms.text(left) == forms.text(right)


def in_range(p: a.Range, value: Any, low: Any, high: Any) -> bool:
    """BETWEEN, or a calendar day."""
    if p.mode is a.Mode.NUMBER and any(forms.number(x) is None for x in (value, low, high)):
        return False
    inside = compare(">=", value, low, p.mode) and compare("<=" if p.include_high else "<", value, high, p.mode)
    return inside != p.negated


def in_list(p: a.In, value: Any) -> bool:
    """IN: equal to one of the items, each compared as its own kind."""
    found = any(compare("=", value, item.value, mode_of(item.value)) for item in p.items if item.value is not None)
    return found != p.negated


def mode_of(literal: Any) -> a.Mode:
    if isinstance(literal, bool):
        return a.Mode.BOOL
    return a.Mode.NUMBER if isinstance(literal, (int, float)) else a.Mode.TEXT


# ---------------------------------------------------------------- things


def things(related: a.Related, c: Context) -> list[Context]:
    """The contexts of the things so related for which ``where`` holds."""
    return [context for context in candidates(related.relation, c) if holds(related.where, context)]


def candidates(relation: str, c: Context) -> list[Context]:
    if relation in ("events", "links", "assessments"):
        return attached(relation, c)
    trace, at = c.trace, c.span
    numbers = range(len(trace.spans))
    if relation == "spans":
        chosen = list(numbers)
    elif relation == "root":
        chosen = [number for number in (root_of(trace),) if number is not None]
    else:
        assert at is not None, f"{relation} has no meaning without a span"
        chosen = [number for number in numbers if number != at and is_related(relation, trace, at, number)]
    return [Context(trace, number) for number in chosen]


def root_of(trace: OracleTrace) -> int | None:
    """The earliest span without a parent."""
    roots = [number for number, parent in enumerate(trace.parent) if parent == -1]
    true_roots = [number for number in roots if trace.spans[number].parent_id is None] or roots
    return min(true_roots, key=lambda number: (trace.spans[number].start_time_ns, number), default=None)


def ancestors(trace: OracleTrace, number: int) -> set[int]:
    found = set()
    while (number := trace.parent[number]) != -1:
        found.add(number)
    return found


def is_related(relation: str, trace: OracleTrace, at: int, other: int) -> bool:
    here, there = trace.spans[at], trace.spans[other]
    if relation == "parent":
        return trace.parent[at] == other
    if relation == "child":
        return trace.parent[other] == at
    if relation == "ancestor":
        return other in ancestors(trace, at)
    if relation == "descendant":
        return at in ancestors(trace, other)
    if relation == "sibling":
        return trace.parent[at] == trace.parent[other]
    if relation == "preceding":
        return there.end_time_ns is not None and there.end_time_ns <= here.start_time_ns
    if relation == "following":
        return here.end_time_ns is not None and there.start_time_ns >= here.end_time_ns
    raise AssertionError(relation)


def attached(relation: str, c: Context) -> list[Context]:
    """Events and links of this span, or of every span; assessments of this span, or of the trace."""
    if relation == "assessments":
        every = [*c.trace.info.assessments, *c.trace.session_assessments]
        wanted = every if c.span is None else [x for x in every if x.span_id == c.trace.spans[c.span].span_id]
        return [replace(c, assessment=assessment) for assessment in wanted]
    numbers = range(len(c.trace.spans)) if c.span is None else [c.span]
    if relation == "events":
        return [Context(c.trace, n, event=event) for n in numbers for event in c.trace.spans[n].events]
    return [Context(c.trace, n, link=link) for n in numbers for link in c.trace.spans[n].links]


# ---------------------------------------------------------------- values


def values(v: a.Value, c: Context) -> list[Any]:
    """What the value stands for: nothing, one, or several. The missing are not among them."""
    if isinstance(v, a.Const):
        found = [v.value]
    elif isinstance(v, a.Field):
        found = elements(field_of(v, c))
    elif isinstance(v, a.Key):
        mapping = c.trace.info.tags if v.map == "tag" else c.trace.info.metadata
        found = [mapping.get(v.key)]
    elif isinstance(v, a.Path):
        found = [x for base in field_of(v.base, c) for x in along(base, v)]
    elif isinstance(v, a.Assessed):
        found = assessed(v, c)
    elif isinstance(v, a.Of):
        found = [x for context in things(v.things, c) for x in values(v.value, context)]
    elif isinstance(v, a.Aggregate):
        found = [aggregate(v, c)]
    elif isinstance(v, a.Arith):
        found = [arithmetic(v.op, x, y) for x in values(v.left, c) for y in values(v.right, c)]
    elif isinstance(v, a.Call):
        found = call(v, c)
    else:
        raise AssertionError(v)
    return [x for x in found if x is not None]


def elements(found: list[Any]) -> list[Any]:
    """An array stands for its elements."""
    return [x for value in found for x in (value if isinstance(value, list) else [value])]


def along(base: Any, path: a.Path) -> list[Any]:
    """What is at the end of the steps: the flat key if the object has it, else where the steps lead."""
    if path.flat is not None and isinstance(base, dict) and path.flat in base:
        return elements([base[path.flat]])
    return elements(steps_of(base, path.steps))


def steps_of(base: Any, steps: Sequence[a.Step]) -> list[Any]:
    at = [base]
    for step in steps:
        if step is a.Wild.ANY:
            at = [x for value in at if isinstance(value, list) for x in value]
        elif isinstance(step, int):
            at = [value[step] for value in at if isinstance(value, list) and -len(value) <= step < len(value)]
        else:
            at = [value[step] for value in at if isinstance(value, dict) and step in value]
    return at


def assessed(v: a.Assessed, c: Context) -> list[Any]:
    """The values of the valid assessments of that name, latest first."""
    every = [*c.trace.info.assessments, *c.trace.session_assessments]
    valid = [x for x in every if x.valid and x.name == v.name and v.kind in (None, x.kind)]
    latest_first = sorted(valid, key=lambda x: x.create_time_ms, reverse=True)
    return elements([x for one in latest_first for x in steps_of(one.value, v.steps)])


def aggregate(v: a.Aggregate, c: Context) -> Any:
    found = things(v.things, c)
    if v.fold == "count":
        return len(found)
    assert v.value is not None
    numbers = [n for context in found for x in values(v.value, context) if (n := forms.number(x)) is not None]
    if v.fold == "sum":
        return sum(numbers)
    if not numbers:
        return None
    if v.fold == "avg":
        return sum(numbers) / len(numbers)
    if v.fold in ("min", "max"):
        return min(numbers) if v.fold == "min" else max(numbers)
    share = {"p50": 0.5, "p95": 0.95}[v.fold]
    return sorted(numbers)[max(0, math.ceil(share * len(numbers)) - 1)]


def arithmetic(op: str, left: Any, right: Any) -> Any:
    left, right = forms.number(left), forms.number(right)
    if left is None or right is None or (op == "/" and right == 0):
        return None
    return {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[op](left, right)


def call(v: a.Call, c: Context) -> list[Any]:
    if v.name == "coalesce":
        return next((found for argument in v.args if (found := values(argument, c))), [])
    texts = [forms.text(x) for x in values(v.args[0], c)]
    return [forms.fold(x) for x in texts] if v.name == "lower" else [len(x) for x in texts]


# ---------------------------------------------------------------- fields


def field_of(f: a.Field, c: Context) -> list[Any]:
    """The field's value, or values."""
    found = {"trace": trace_field, "span": span_field, "event": event_field, "link": link_field}.get(
        f.subject, assessment_field
    )(f.name, c)
    return found if f.name in ("text", "run_id", "prompt", "issue_id") and f.subject == "trace" else [found]


def trace_field(name: str, c: Context) -> Any:
    info = c.trace.info
    if name == "text":
        if c.trace.spans:
            return [span_text(span) for span in c.trace.spans]
        return ["\n".join([info.name, *forms.leaves(info.request), *forms.leaves(info.response)])]
    if name == "run_id":
        return [run for run in dict.fromkeys([info.run_id, *c.trace.runs]) if run is not None]
    if name == "prompt":
        return prompts(info.tags.get("mlflow.linkedPrompts", "[]"))
    if name == "issue_id":
        return [x.name for x in [*info.assessments, *c.trace.session_assessments] if x.kind == "issue"]
    if name == "end_time_ms":
        return info.timestamp_ms + (info.execution_time_ms or 0)
    plain = {
        "duration": "execution_time_ms",
        "inputs": "request",
        "outputs": "response",
    }
    return getattr(info, plain.get(name, name))


def prompts(tag: str) -> list[str]:
    """The prompts that MLflow linked to a trace, each with its version."""
    return [f"{prompt['name']}/{prompt['version']}" for prompt in json.loads(tag)]


def span_text(span: Span) -> str:
    attributes = {key: value for key, value in span.attributes.items() if not repeats_content(key)}
    lines = [span.name, *([span.status_message] if span.status_message else [])]
    for value in (span.inputs, span.outputs, attributes):
        lines += forms.leaves(value)
    for event in span.events:
        lines += [event.name, *forms.leaves(event.attributes)]
    return "\n".join(lines)


def span_field(name: str, c: Context) -> Any:
    assert c.span is not None
    span = c.trace.spans[c.span]
    if name == "text":
        return span_text(span)
    if name == "depth":
        return c.trace.depth[c.span]
    if name == "is_root":
        return c.trace.parent[c.span] == -1
    if name == "duration":
        return None if span.duration_ns is None else span.duration_ns / 1e6
    if name in ("start_time", "end_time"):
        moment = span.start_time_ns if name == "start_time" else span.end_time_ns
        return None if moment is None else moment / 1e6
    if name == "status_message":
        return span.status_message or None
    if name == "events":
        return [{"name": e.name, "timestamp_ns": e.timestamp_ns, "attributes": e.attributes} for e in span.events]
    return getattr(span, {"type": "span_type", "id": "span_id"}.get(name, name))


def event_field(name: str, c: Context) -> Any:
    assert c.event is not None
    return c.event.timestamp_ns / 1e6 if name == "time" else getattr(c.event, name)


def link_field(name: str, c: Context) -> Any:
    assert c.link is not None
    return getattr(c.link, name)


def assessment_field(name: str, c: Context) -> Any:
    assert c.assessment is not None
    if name in ("source", "source_id"):
        return c.assessment.source.source_type if name == "source" else c.assessment.source.source_id
    return getattr(c.assessment, "create_time_ms" if name == "time" else name)


# ---------------------------------------------------------------- order


NEWEST_FIRST = (a.Order(a.Field("trace", "timestamp_ms", a.Type.TIME), descending=True),)
KEY_BYTES = 256  # a text is sorted by so many of its first bytes


def ordered(query: a.Query, traces: Sequence[OracleTrace]) -> list[tuple[str, ...]]:
    """The rows that the query finds, in its order: of equal ones the lower trace id, then the earlier span first."""
    if query.rows == "spans":
        found = search_spans(query, traces)
        rows = [(t, n) for t in traces for n, s in enumerate(t.spans) if (t.info.trace_id, s.span_id) in found]
        contexts = [Context(trace, number) for trace, number in rows]
    else:
        ids = search(query, traces)
        contexts = [Context(trace) for trace in traces if trace.info.trace_id in ids]
    contexts.sort(key=lambda c: (c.trace.info.trace_id, c.span or 0))
    for order in reversed(query.order or NEWEST_FIRST):  # sorting is stable: the last key first
        keyed = [(sort_key(order, c), c) for c in contexts]
        there = sorted((pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0])
        if order.descending:
            there = reversed_runs(there)
        missing = [pair for pair in keyed if pair[0] is None]
        contexts = [c for _, c in (missing + there if order.nulls_first else there + missing)]
    if query.rows == "spans":
        named = [(c.trace.info.trace_id, c.trace.spans[c.span or 0].span_id) for c in contexts]
    else:
        named = [(c.trace.info.trace_id,) for c in contexts]
    return named[: query.limit]


def reversed_runs(pairs: list[tuple[Any, Context]]) -> list[tuple[Any, Context]]:
    """The greatest key first, those with the same key as they were."""
    runs = [list(run) for _, run in itertools.groupby(pairs, key=lambda pair: pair[0])]
    return [pair for run in reversed(runs) for pair in run]


def sort_key(order: a.Order, c: Context) -> tuple[int, Any] | None:
    """Numbers before texts before booleans; None is missing."""
    value = next(iter(values(order.value, c)), None)
    if value is None:
        return None
    if isinstance(value, bool):
        return (2, value)
    if isinstance(value, (int, float)):
        return (0, value)
    return (1, forms.text(value).encode()[:KEY_BYTES].decode(errors="ignore"))


# ---------------------------------------------------------------- the whole query


def search(query: a.Query, traces: Sequence[OracleTrace]) -> set[str]:
    """The ids of the traces that the query finds."""
    return {trace.info.trace_id for trace in traces if holds(query.where, Context(trace))}


def search_spans(query: a.Query, traces: Sequence[OracleTrace]) -> set[tuple[str, str]]:
    """The (trace id, span id) of the spans that the query finds in spans mode."""
    return {
        (trace.info.trace_id, span.span_id)
        for trace in traces
        if holds(query.where, Context(trace))
        for number, span in enumerate(trace.spans)
        if holds(query.spans, Context(trace, number))
    }
