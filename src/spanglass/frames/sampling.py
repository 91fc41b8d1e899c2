"""Fewer rows of evaluation data: each input once, some by chance, or two parts. The same seed gives the same rows."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from typing import Any


def first_of_each(values: Sequence[Any]) -> list[int]:
    """The positions of the values that have not stood before.

    >>> first_of_each([{"a": 1, "b": 2}, "x", {"b": 2, "a": 1}])
    [0, 1]
    """
    first: dict[str, int] = {}
    for position, value in enumerate(values):
        first.setdefault(_key(value), position)
    return list(first.values())


def drawn(count: int, strata: Sequence[Any], seed: int) -> list[int]:
    """So many positions drawn by chance, in their order: of each stratum as many as is its share.

    What is left over by rounding goes to the strata with the largest remainders (A. Hamilton's method), among equal
    ones to the first. ``strata`` says of each position to which stratum it belongs.

    >>> [("aab" * 2)[position] for position in drawn(3, "aab" * 2, seed=0)]
    ['a', 'b', 'a']
    """
    if count >= len(strata):
        return list(range(len(strata)))
    members: dict[str, list[int]] = {}
    for position, stratum in enumerate(strata):
        members.setdefault(_key(stratum), []).append(position)
    shares = {key: count * len(each) / len(strata) for key, each in members.items()}
    sizes = {key: math.floor(share) for key, share in shares.items()}
    for key in sorted(shares, key=lambda key: sizes[key] - shares[key])[: count - sum(sizes.values())]:
        sizes[key] += 1
    chance = random.Random(seed)
    return sorted(position for key, each in members.items() for position in chance.sample(each, sizes[key]))


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
