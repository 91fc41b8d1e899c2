"""How deep the SQL of a predicate nests: SQLite's parser has a stack of 100 entries, and filters may nest deeper.

What is too deep is taken out into a common table expression, where the parser begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from spanglass.filters.algebra import (
    Aggregate,
    And,
    Arith,
    Assessed,
    Call,
    Compare,
    Const,
    Exists,
    Field,
    In,
    IsMissing,
    Key,
    Match,
    Not,
    Of,
    Or,
    Path,
    Predicate,
    Range,
    Value,
)

# Entries of the parser's stack that a node's SQL holds on to while what is inside of it is read.
_JUNCTION = 3  # for each level of the balanced tree of an AND or OR
_NOT = 2
_SET = 13
_LEAF = 12
_LOOK_INSIDE = 13  # more, where the value is in a JSON text
_CALL = 12
_SIMPLE: dict[type, int] = {Const: 0, Field: 0, Key: 0, Path: _LOOK_INSIDE, Assessed: _LOOK_INSIDE}
"""Values with no predicate or value inside of them."""

_ROOM = 55
"""What is left of the stack's entries when a condition begins; an index's or a list's name takes few."""


class Cuts:
    """The places at which a deep predicate is cut: as far inside as there is room for what is around them."""

    def __init__(self) -> None:
        self._heights: dict[int, int] = {}
        self._cut: set[int] = set()

    def here(self, node: Predicate) -> bool:
        """Whether a predicate is to be cut out of the one that it is inside of, about which this was asked before."""
        if id(node) not in self._heights:
            self._height(node)
        return id(node) in self._cut

    def _height(self, node: Predicate) -> int:
        """The entries that reading a predicate's SQL takes, roughly, what is cut out of it not counted."""
        height = _simple(node)
        if height is None:
            own, height = _own(node), 0
            for part in parts(node):
                inner = _simple(part) or self._height(part)
                if own + inner > _ROOM:
                    self._cut.add(id(part))
                elif inner > height:
                    height = inner
            height += own
        self._heights[id(node)] = height
        return height


def _simple(node: Predicate) -> int | None:
    """The height of a comparison of simple values, as most are; None for anything else."""
    if type(node) is not Compare:
        return None
    left, right = _SIMPLE.get(type(node.left)), _SIMPLE.get(type(node.right))
    return None if left is None or right is None else _LEAF + max(left, right)


def _own(node: Predicate) -> int:
    if isinstance(node, (And, Or)):
        return _JUNCTION * (len(node.items) - 1).bit_length()
    if isinstance(node, Not):
        return _NOT
    return _SET if isinstance(node, Exists) else _LEAF + max(map(_value, _values(node)), default=0)


def _value(value: Value) -> int:
    """What a value itself adds, apart from the predicates inside of it."""
    if isinstance(value, Of):
        return _value(value.value)
    if isinstance(value, Aggregate):
        return _SET + (0 if value.value is None else _value(value.value))
    if isinstance(value, Arith):
        return _JUNCTION + max(_value(value.left), _value(value.right))
    return _CALL + max(map(_value, value.args)) if isinstance(value, Call) else _SIMPLE[type(value)]


def _values(node: Predicate) -> list[Value]:
    if isinstance(node, Compare):
        return [node.left, node.right]
    if isinstance(node, Range):
        return [node.value, node.low, node.high]
    if isinstance(node, Match):
        return [node.value, node.pattern]
    return [node.value] if isinstance(node, (In, IsMissing)) else []


def parts(node: Predicate) -> list[Predicate]:
    """The predicates right inside of one."""
    if isinstance(node, (And, Or)):
        return list(node.items)
    if isinstance(node, Not):
        return [node.item]
    if isinstance(node, Exists):
        return [node.things.where]
    found: list[Predicate] = []
    stack = _values(node)
    while stack:
        value = stack.pop()
        if isinstance(value, (Of, Aggregate)):
            found.append(value.things.where)
            if value.value is not None:
                stack.append(value.value)
        elif isinstance(value, Arith):
            stack += [value.left, value.right]
        elif isinstance(value, Call):
            stack += value.args
    return found


def inside(*nodes: Predicate) -> Iterator[Predicate]:
    """Some predicates and all that are inside of them."""
    stack = list(nodes)
    while stack:
        node = stack.pop()
        yield node
        stack += parts(node)
