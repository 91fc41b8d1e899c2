"""Conditions that nothing can fulfil: two values at once, an empty range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from spanglass.filters.algebra import (
    Always,
    And,
    Compare,
    Const,
    Exists,
    Field,
    In,
    Key,
    Mode,
    Or,
    Predicate,
    Range,
    Type,
    Value,
)

# These may have several values, of which different ones may fulfil two conditions.
_SEVERAL = frozenset({"run_id", "model", "prompt", "issue_id", "text"})
Scalar = str | int | float | bool


def impossible(where: Predicate) -> bool:
    """Whether nothing can fulfil this, whatever the store holds. False where that is not plain to see."""
    if isinstance(where, Always):
        return not where.value
    if isinstance(where, And):
        return clash(where.items) or any(map(impossible, where.items))
    if isinstance(where, Or):
        return all(map(impossible, where.items))
    if isinstance(where, Exists):
        return impossible(where.things.where)
    return clash([where])


def clash(items: Sequence[Predicate]) -> bool:
    """Whether conditions that must hold together want different things of one value."""
    together = Together()
    return not all(together.also(item) for item in items)


class Together:
    """What conditions that must hold together leave each value to be."""

    def __init__(self) -> None:
        self._wanted: dict[Value, _Wanted] = {}

    def also(self, item: Predicate) -> bool:
        """Take in one more condition; False if nothing is left."""
        value = item.left if isinstance(item, Compare) else item.value if isinstance(item, (In, Range)) else None
        return value is None or not _is_single(value) or self._wanted.setdefault(value, _Wanted()).also(item)


def _is_single(value: Value) -> bool:
    if isinstance(value, Field):
        return value.type is not Type.JSON and value.name not in _SEVERAL
    return isinstance(value, Key)


@dataclass(slots=True)
class _Wanted:
    """What one value may be: one of a few, and between two bounds."""

    one_of: set[Scalar] | None = None
    low: float = -math.inf
    high: float = math.inf
    without_low: bool = False
    without_high: bool = False
    types: set[bool] = field(default_factory=set)

    def also(self, item: Predicate) -> bool:
        """Take in one more condition; False if nothing is left."""
        if isinstance(item, In) and not item.negated:
            return self._among({const.value for const in item.items if const.value is not None})
        if isinstance(item, Compare) and isinstance(item.right, Const) and item.right.value is not None:
            wanted = item.right.value
            if item.op == "=":
                return self._among({wanted})
            if item.mode is Mode.NUMBER and isinstance(wanted, (int, float)):
                self._bound(item.op, wanted)
        elif isinstance(item, Range) and not item.negated and item.mode is Mode.NUMBER:
            for op, end in ((">=", item.low), ("<=" if item.include_high else "<", item.high)):
                if isinstance(end, Const) and isinstance(end.value, (int, float)):
                    self._bound(op, end.value)
        return self._possible()

    def _among(self, values: set[Scalar]) -> bool:
        self.types |= {isinstance(value, str) for value in values}
        if len(self.types) > 1:  # a text and a number may both be so: '5' = 5
            return True
        self.one_of = values if self.one_of is None else self.one_of & values
        return bool(self.one_of) and self._possible()

    def _bound(self, op: str, end: float) -> None:
        if op in (">", ">=") and (end, op == ">") > (self.low, self.without_low):
            self.low, self.without_low = end, op == ">"
        elif op in ("<", "<=") and (-end, op == "<") > (-self.high, self.without_high):
            self.high, self.without_high = end, op == "<"

    def _possible(self) -> bool:
        if self.low > self.high or (self.low == self.high and (self.without_low or self.without_high)):
            return False
        numbers = [one for one in self.one_of or () if isinstance(one, (int, float)) and not isinstance(one, bool)]
        if not numbers or len(numbers) != len(self.one_of or ()):
            return True
        return any(self._holds(number) for number in numbers)

    def _holds(self, number: float) -> bool:
        above = number > self.low or (number == self.low and not self.without_low)
        return above and (number < self.high or (number == self.high and not self.without_high))
