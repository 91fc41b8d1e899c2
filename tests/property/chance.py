"""Where random stores and filters take their choices from.

Both are made by many small choices, each a number below a bound. Hypothesis can make them, and then shrinks what
fails; but it repeats itself and is slow, so a long run takes them from a generator with a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

Below = Callable[[int], int]
"""Gives a number from 0 up to, not including, a bound."""


def drawn(draw: st.DrawFn) -> Below:
    """Choices made by hypothesis."""
    return lambda bound: draw(st.integers(0, bound - 1))


def seeded(*seed: object) -> Below:
    """Choices that are the same ones for the same seed."""
    return Random(repr(seed)).randrange


class Chance:
    """Makes choices."""

    def __init__(self, below: Below) -> None:
        self.below = below

    def one(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def odds(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.below(one_in) == one_in - 1

    def shuffled(self, items: Sequence[T]) -> list[T]:
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in items]
