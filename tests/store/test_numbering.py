"""Preorder numbers and subtree intervals."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from spanglass.store.numbering import number


@dataclass
class Node:
    sid: int
    span_id: str
    parent_id: str | None
    start_ns: int = 0


def nodes(*parents: str | None) -> list[Node]:
    """Spans a, b, c, … that begin one after the other, each with its parent."""
    return [Node(at, chr(ord("a") + at), parent, at) for at, parent in enumerate(parents)]


def order(of: list[Node]) -> str:
    return "".join(of[index].span_id for index in number(of).order)


def test_a_parent_comes_before_its_children_and_siblings_by_start() -> None:
    tree = nodes(None, "a", "b", "a", "b")
    numbers = number(tree)
    assert order(tree) == "abced"
    assert numbers.last == [4, 3, 2, 4, 3]
    assert numbers.parent_no == [-1, 0, 1, 0, 1]
    assert numbers.depth == [0, 1, 2, 1, 2]


def test_siblings_that_start_together_stand_in_the_order_of_arrival() -> None:
    assert order([Node(3, "c", None), Node(1, "a", None), Node(2, "b", None)]) == "abc"


def test_a_span_whose_parent_is_missing_is_a_root() -> None:
    tree = nodes(None, "gone", "b")
    assert order(tree) == "abc"
    assert number(tree).parent_no == [-1, -1, 1]


def test_a_span_that_is_its_own_parent_is_a_root() -> None:
    assert number(nodes("a", "a")).parent_no == [-1, 0]


def test_of_a_circle_the_earliest_becomes_the_root_and_what_hangs_on_it_stays() -> None:
    tree = [
        Node(0, "a", "b", 5),
        Node(1, "b", "c", 3),
        Node(2, "c", "a", 4),
        Node(3, "d", "c", 0),
        Node(4, "e", "d", 9),
    ]
    assert order(tree) == "bacde"
    assert number(tree).depth == [1, 0, 2, 3, 4]


def test_nothing_is_numbered_without_spans() -> None:
    assert number([]).order == []


def test_a_very_deep_trace_needs_no_recursion() -> None:
    deep = [Node(at, str(at), str(at - 1) if at else None) for at in range(20_000)]
    numbers = number(deep[::-1])
    assert numbers.depth == list(range(20_000))[::-1]
    assert set(numbers.last) == {19_999}


@st.composite
def forests(draw: st.DrawFn) -> list[Node]:
    size = draw(st.integers(0, 12))
    parent = st.one_of(st.none(), st.integers(0, size).map(str))  # str(size) is nobody's id
    return [Node(at, str(at), draw(parent), draw(st.integers(0, 3))) for at in range(size)]


@given(forests())
def test_intervals_say_exactly_who_descends_from_whom(tree: list[Node]) -> None:
    numbers = number(tree)
    assert sorted(numbers.order) == list(range(len(tree)))
    by_no = [tree[index] for index in numbers.order]
    for index, node in enumerate(tree):
        ancestors, parent = [], numbers.parent_no[index]
        while parent >= 0:
            ancestors.append(parent)
            parent = numbers.parent_no[numbers.order[parent]]
        assert len(ancestors) == numbers.depth[index]
        for other in range(len(tree)):
            inside = numbers.no[other] < numbers.no[index] <= numbers.last[other]
            assert inside == (numbers.no[other] in ancestors)
        if ancestors:
            assert by_no[ancestors[0]].span_id == node.parent_id


@given(forests())
def test_only_missing_parents_and_circles_make_further_roots(tree: list[Node]) -> None:
    numbers = number(tree)
    known = {node.span_id: node for node in tree}
    for index, node in enumerate(tree):
        if numbers.parent_no[index] < 0 and node.parent_id in known:
            seen, current = set(), node
            while current.span_id not in seen:
                seen.add(current.span_id)
                current = known[current.parent_id]  # type: ignore[index]
            assert current is node
