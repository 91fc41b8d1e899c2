"""Which span of one trace is which of another: siblings by kind, name and order, level by level from the roots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from spanglass.entities import Json, Span, SpanType
from spanglass.frames.subsequence import common
from spanglass.store.numbering import Numbers, number


@dataclass(frozen=True, slots=True)
class Pair:
    """A span of trace A and the one that it is in trace B; None where there is none. ``depth`` counts from 0."""

    a: Span | None
    b: Span | None
    depth: int

    @property
    def either(self) -> Span:
        """The span of B, or else of A."""
        found = self.b if self.b is not None else self.a
        assert found is not None
        return found

    @property
    def inputs_changed(self) -> bool:
        """Whether both are there and something else went in."""
        return self.a is not None and self.b is not None and not same(self.a.inputs, self.b.inputs)

    @property
    def outputs_changed(self) -> bool:
        """Whether both are there and something else came out."""
        return self.a is not None and self.b is not None and not same(self.a.outputs, self.b.outputs)

    @property
    def change(self) -> str:
        """ "added" (only in B), "missing" (only in A), "changed" (in content, name, kind or status) or "same"."""
        if self.a is None:
            return "added"
        if self.b is None:
            return "missing"
        named = (self.a.name, self.a.span_type, self.a.status) != (self.b.name, self.b.span_type, self.b.status)
        return "changed" if named or self.inputs_changed or self.outputs_changed else "same"


def align(a: Sequence[Span], b: Sequence[Span]) -> list[Pair]:
    """The spans of two traces as pairs, in preorder: each span of both is in one of them.

    The children of two paired spans are paired where kind and name are the same, as many as keep their order; what is
    left between them of models' calls and agents is paired by kind alone, since their names may hold a model's or a
    version. A trace's only root is the other's only one, whatever their names. Below a span that has no other the
    spans have none either.

    >>> spans = [Span("t", "r", "agent"), Span("t", "s", "search", "r"), Span("t", "w", "answer", "r")]
    >>> [(pair.either.name, pair.change) for pair in align(spans, [spans[0], spans[2]])]
    [('agent', 'same'), ('search', 'missing'), ('answer', 'same')]
    """
    below_a, below_b = _children(a), _children(b)
    found: list[Pair] = []
    roots_a, roots_b = below_a[-1], below_b[-1]
    alone = len(roots_a) == len(roots_b) == 1
    waiting = [(*places, 0) for places in ([(roots_a[0], roots_b[0])] if alone else _siblings(a, b, roots_a, roots_b))]
    waiting.reverse()
    while waiting:
        i, j, depth = waiting.pop()
        found.append(Pair(None if i is None else a[i], None if j is None else b[j], depth))
        inner = _siblings(a, b, [] if i is None else below_a[i], [] if j is None else below_b[j])
        waiting += [(*places, depth + 1) for places in reversed(list(inner))]
    return found


class _Node(NamedTuple):
    sid: int
    span_id: str
    parent_id: str | None
    start_ns: int


def numbered(spans: Sequence[Span]) -> Numbers:
    """The spans' places in their tree, whatever order they are in."""
    return number([_Node(place, span.span_id, span.parent_id, span.start_time_ns) for place, span in enumerate(spans)])


def _children(spans: Sequence[Span]) -> list[list[int]]:
    """For each span the places of its children, in order; the last list is that of the roots."""
    numbers = numbered(spans)
    children: list[list[int]] = [[] for _ in range(len(spans) + 1)]
    for index in numbers.order:
        parent = numbers.parent_no[index]
        children[numbers.order[parent] if parent >= 0 else -1].append(index)
    return children


_Places = tuple[int | None, int | None]
# Whose names may hold a model's or a version: what is of one kind and in one place is the same, whatever it is called.
_RENAMED = (SpanType.LLM, SpanType.CHAT_MODEL, SpanType.EMBEDDING, SpanType.RERANKER, SpanType.AGENT)


def _siblings(a: Sequence[Span], b: Sequence[Span], left: list[int], right: list[int]) -> Iterator[_Places]:
    """Two lists of siblings as pairs of places, in order; None where one of them lacks the other's."""
    named = common([_named(a[i]) for i in left], [_named(b[j]) for j in right])
    for gap_a, gap_b, pair in _gaps(named, left, right):
        known_a = [n for n, i in enumerate(gap_a) if a[i].span_type in _RENAMED]
        known_b = [n for n, j in enumerate(gap_b) if b[j].span_type in _RENAMED]
        kinds = common([a[gap_a[n]].span_type for n in known_a], [b[gap_b[n]].span_type for n in known_b])
        for alone_a, alone_b, kindred in _gaps([(known_a[m], known_b[n]) for m, n in kinds], gap_a, gap_b):
            yield from ((i, None) for i in alone_a)
            yield from ((None, j) for j in alone_b)
            yield from kindred
        yield from pair


def _named(span: Span) -> str:
    return f"{span.span_type}\n{span.name}"


def _gaps(
    pairs: Iterable[tuple[int, int]], left: list[int], right: list[int]
) -> Iterator[tuple[list[int], list[int], list[tuple[int, int]]]]:
    """What of two lists lies before each of the pairs, with that pair's own elements; and what lies behind the last."""
    i = j = 0
    for at_a, at_b in pairs:
        yield left[i:at_a], right[j:at_b], [(left[at_a], right[at_b])]
        i, j = at_a + 1, at_b + 1
    yield left[i:], right[j:], []


def same(a: Json, b: Json) -> bool:
    """Whether two JSON values are the same, of any depth; 1 and true are not, 1 and 1.0 are.

    >>> same({"n": [1]}, {"n": [1.0]}), same([1], [True])
    (True, False)
    """
    waiting = [(a, b)]
    while waiting:
        x, y = waiting.pop()
        if x is y:
            continue
        if isinstance(x, dict) and isinstance(y, dict):
            if x.keys() != y.keys():
                return False
            waiting += [(value, y[key]) for key, value in x.items()]
        elif isinstance(x, (list, tuple)) and isinstance(y, (list, tuple)):
            if len(x) != len(y):
                return False
            waiting += zip(x, y, strict=True)
        elif isinstance(x, bool) != isinstance(y, bool) or x != y:
            return False
    return True
