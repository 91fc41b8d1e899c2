"""Which span of one trace is which of another: laws that hold for any two trees, and what people expect of some."""

from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from spanglass.entities import Span
from spanglass.frames.alignment import Pair, align, same
from spanglass.frames.subsequence import common


def tree(parents: list[int], names: list[str], kinds: list[str], trace_id: str = "t") -> list[Span]:
    """Spans in order of their start, each below an earlier one or none."""
    return [
        Span(
            trace_id,
            f"{trace_id}{n}",
            name,
            None if parent < 0 else f"{trace_id}{parent}",
            span_type=kind,
            start_time_ns=n,
            end_time_ns=n + 1,
            inputs={"n": n % 3},
        )
        for n, (parent, name, kind) in enumerate(zip(parents, names, kinds, strict=True))
    ]


@st.composite
def trees(draw: Any, trace_id: str = "t") -> list[Span]:
    size = draw(st.integers(0, 25))
    parents = [draw(st.integers(-1, n - 1)) for n in range(size)]
    words, kinds = st.sampled_from("abc"), st.sampled_from(["LLM", "TOOL", "UNKNOWN"])
    return tree(parents, [draw(words) for _ in parents], [draw(kinds) for _ in parents], trace_id)


def ids(pairs: list[Pair]) -> list[tuple[str | None, str | None]]:
    return [(pair.a and pair.a.span_id, pair.b and pair.b.span_id) for pair in pairs]


@given(trees("a"), trees("b"))
def test_every_span_of_both_is_in_one_pair(a: list[Span], b: list[Span]) -> None:
    pairs = align(a, b)
    assert Counter(pair.a.span_id for pair in pairs if pair.a) == Counter(span.span_id for span in a)
    assert Counter(pair.b.span_id for pair in pairs if pair.b) == Counter(span.span_id for span in b)
    assert all(pair.a or pair.b for pair in pairs)


@given(trees("a"), trees("b"))
def test_the_other_way_round_it_is_the_same(a: list[Span], b: list[Span]) -> None:
    assert Counter(ids(align(a, b))) == Counter((left, right) for right, left in ids(align(b, a)))


@given(trees("a"))
def test_a_trace_and_itself_differ_in_nothing(a: list[Span]) -> None:
    pairs = align(a, a)
    assert [pair.a for pair in pairs] == [pair.b for pair in pairs]
    assert {pair.change for pair in pairs} <= {"same"}


@given(trees("a"), trees("b"))
def test_pairs_are_of_one_level_and_their_parents_are_a_pair(a: list[Span], b: list[Span]) -> None:
    pairs = align(a, b)
    together = {(pair.a.span_id, pair.b.span_id) for pair in pairs if pair.a and pair.b}
    for pair in pairs:
        if pair.a and pair.b and pair.a.parent_id is not None:
            assert (pair.a.parent_id, pair.b.parent_id) in together
        # Below a span that stands alone every span does.
    path: list[Pair] = []
    for pair in pairs:
        del path[pair.depth :]
        assert len(path) == pair.depth
        if path and path[-1].a is None:
            assert pair.a is None
        if path and path[-1].b is None:
            assert pair.b is None
        path.append(pair)


@given(trees("a"), st.data())
def test_a_subtree_taken_away_is_all_that_is_missing(a: list[Span], data: st.DataObject) -> None:
    a = list(a)
    names = iter(range(len(a)))
    for span in a:  # every name once: nothing can be mistaken for another
        span.name, span.span_type = f"n{next(names)}", "UNKNOWN"
    if len(a) < 2:
        return
    gone = {a[data.draw(st.integers(1, len(a) - 1))].span_id}
    for span in a:
        if span.parent_id in gone:
            gone.add(span.span_id)
    b = [span for span in a if span.span_id not in gone]
    assert {pair.either.span_id for pair in align(a, b) if pair.change == "missing"} == gone
    assert {pair.either.span_id for pair in align(b, a) if pair.change == "added"} == gone


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_of_short_lists_the_common_part_is_the_longest(a: list[str], b: list[str]) -> None:
    found = common(a, b)
    assert all(a[i] == b[j] for i, j in found)
    assert all(one < other for one, other in pairwise(i for i, _ in found))
    assert all(one < other for one, other in pairwise(j for _, j in found))
    assert len(found) == longest(a, b)


def longest(a: list[str], b: list[str]) -> int:
    lengths = {(0, 0): 0}
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            best = max(lengths.get((i - 1, j), 0), lengths.get((i, j - 1), 0))
            if i and j and a[i - 1] == b[j - 1]:
                best = max(best, lengths[i - 1, j - 1] + 1)
            lengths[i, j] = best
    return lengths[len(a), len(b)]


def test_of_long_lists_with_a_few_changes_nearly_all_is_found() -> None:
    random = Random(7)
    a = [random.choice("abcdefgh") for _ in range(2_000)]
    b = list(a)
    for _ in range(20):
        place = random.randrange(len(b))
        b[place : place + 1] = random.choice([[], ["x"], [b[place], "y"]])
    found = common(a, b)
    assert all(a[i] == b[j] for i, j in found)
    assert all(one < other for one, other in pairwise(i for i, _ in found))
    assert all(one < other for one, other in pairwise(j for _, j in found))
    assert len(found) > 0.9 * len(a)


def test_a_name_that_holds_a_models_does_not_part_a_call_from_itself() -> None:
    a = tree([-1, 0, 0, 0], ["agent", "chat small", "search", "chat small"], ["AGENT", "LLM", "TOOL", "LLM"])
    b = tree([-1, 0, 0, 0], ["agent", "chat large", "search", "chat large"], ["AGENT", "LLM", "TOOL", "LLM"])
    assert [(pair.a and pair.a.name, pair.b and pair.b.name, pair.change) for pair in align(a, b)] == [
        ("agent", "agent", "same"),
        ("chat small", "chat large", "changed"),
        ("search", "search", "same"),
        ("chat small", "chat large", "changed"),
    ]


def test_the_only_roots_are_a_pair_whatever_they_are() -> None:
    a, b = tree([-1], ["old_model"], ["CHAIN"]), tree([-1, 0], ["new_model", "search"], ["UNKNOWN", "TOOL"])
    assert [(pair.either.name, pair.change) for pair in align(a, b)] == [("new_model", "changed"), ("search", "added")]


def test_another_tool_is_another_span() -> None:
    a = tree([-1, 0], ["root", "search"], ["CHAIN", "TOOL"])
    b = tree([-1, 0], ["root", "buy"], ["CHAIN", "TOOL"])
    assert [pair.change for pair in align(a, b)] == ["same", "missing", "added"]


def test_circles_and_lost_parents_lose_nothing() -> None:
    circle = [Span("t", "x", "x", "y"), Span("t", "y", "y", "x"), Span("t", "z", "z", "nobody")]
    assert Counter(pair.change for pair in align(circle, circle)) == {"same": 3}
    assert Counter(pair.change for pair in align(circle, [])) == {"missing": 3}


def test_deep_and_wide_traces_take_about_as_long_per_span_as_small_ones() -> None:
    deep = tree([n - 1 for n in range(20_000)], ["call"] * 20_000, ["CHAIN"] * 20_000)
    wide = tree([-1, *[0] * 9_999], [f"n{n * 7919 % 101}" for n in range(10_000)], ["TOOL"] * 10_000)
    other = [span for n, span in enumerate(wide) if n % 13 != 5]

    def seconds(a: list[Span], b: list[Span]) -> float:
        began = time.process_time()
        pairs = align(a, b)
        took = time.process_time() - began
        assert sum(pair.a is not None for pair in pairs) == len(a)
        assert sum(pair.b is not None for pair in pairs) == len(b)
        return took

    some = min(seconds(wide[:1_000], other[:1_000]) for _ in range(3))
    assert seconds(wide, other) < 60 * some + 1
    assert seconds(deep, deep[:-1]) < 60 * some + 1
    # Nothing in common but a few letters, the other way round: no anchors to hold on to.
    backwards = tree([-1, *[0] * 9_999], [f"n{(9_999 - n) // 100}" for n in range(10_000)], ["TOOL"] * 10_000, "b")
    forwards = tree([-1, *[0] * 9_999], [f"n{n // 100}" for n in range(10_000)], ["TOOL"] * 10_000, "a")
    assert seconds(forwards, backwards) < 60 * some + 1


def test_values_of_any_depth_are_compared() -> None:
    def nested(inner: Any) -> Any:
        for _ in range(50_000):
            inner = [inner]
        return inner

    assert same(nested(1), nested(1))
    assert not same(nested(1), nested(2))
    assert not same({"a": 1}, {"b": 1})
    assert not same(True, 1)
