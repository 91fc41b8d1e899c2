"""What two sequences have in common, in order: of short ones as much as there is, of long ones about as much."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from spanglass.limits import LONGEST_EXACT

Places = list[tuple[int, int]]

# Long lists are anchored where so many elements in a row are the same; between anchors that are far apart, single ones.
_WINDOWS = (8, 1)


def common(a: Sequence[str], b: Sequence[str]) -> Places:
    """A common subsequence, as pairs of places (in ``a``, in ``b``) that hold the same, both growing.

    Equal beginnings and ends are always in it. Between them it is the longest one where both parts are short; where
    they are long, it is found between anchors in O(n log n). Asked the other way round it is the same.

    >>> common(["plan", "search", "search", "answer"], ["plan", "search", "check", "answer"])
    [(0, 0), (1, 1), (3, 3)]
    """
    if (len(b), list(b)) < (len(a), list(a)):
        return [(i, j) for j, i in common(b, a)]
    start, ends = 0, (len(a), len(b))
    while start < ends[0] and start < ends[1] and a[start] == b[start]:
        start += 1
    end_a, end_b = ends
    while end_a > start and end_b > start and a[end_a - 1] == b[end_b - 1]:
        end_a, end_b = end_a - 1, end_b - 1
    middle = _between(a, b, range(start, end_a), range(start, end_b), _WINDOWS)
    tail = zip(range(end_a, ends[0]), range(end_b, ends[1]), strict=True)
    return [*((i, i) for i in range(start)), *middle, *tail]


def _between(
    a: Sequence[str], b: Sequence[str], in_a: Sequence[int], in_b: Sequence[int], windows: Sequence[int]
) -> Places:
    """What the elements at these places have in common."""
    shared = {a[i] for i in in_a} & {b[j] for j in in_b}
    left = [i for i in in_a if a[i] in shared]
    right = [j for j in in_b if b[j] in shared]
    if len(left) * len(right) <= LONGEST_EXACT**2:
        return _longest(a, b, left, right)
    tries = [_anchored(a, b, left, right, windows[first:]) for first in range(len(windows))]
    return max(tries, key=len, default=[])


def _anchored(
    a: Sequence[str], b: Sequence[str], left: Sequence[int], right: Sequence[int], windows: Sequence[int]
) -> Places:
    """The same by anchors of the first window's size, and between them by what is left of the windows."""
    found: Places = []
    before = (-1, -1)
    for i, j in [*_anchors([a[i] for i in left], [b[j] for j in right], windows[0]), (len(left), len(right))]:
        found += _between(a, b, left[before[0] + 1 : i], right[before[1] + 1 : j], windows[1:])
        if i < len(left):
            found.append((left[i], right[j]))
        before = (i, j)
    return found


def _longest(a: Sequence[str], b: Sequence[str], left: Sequence[int], right: Sequence[int]) -> Places:
    """The longest common subsequence of the elements at these places, by the table of all its ends."""
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        row, below, wanted = lengths[i], lengths[i + 1], a[left[i]]
        for j in range(len(right) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if wanted == b[right[j]] else max(below[j], row[j + 1])
    found: Places = []
    i = j = 0
    while i < len(left) and j < len(right):
        if a[left[i]] == b[right[j]]:
            found.append((left[i], right[j]))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _anchors(a: Sequence[str], b: Sequence[str], window: int) -> Places:
    """The n-th stretch of so many elements here is the n-th such there, as far as order allows: the longest run."""
    there = {each: j for j, each in enumerate(_numbered(b, window))}
    pairs = [(i, there[each]) for i, each in enumerate(_numbered(a, window)) if each in there]
    ends: list[int] = []  # the smallest place in b that ends a run of each length …
    last: list[int] = []  # … and which pair that is
    before = [-1] * len(pairs)
    for at, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before[at] = last[length - 1] if length else -1
        ends[length : length + 1] = [j]
        last[length : length + 1] = [at]
    run: Places = []
    at = last[-1] if last else -1
    while at >= 0:
        run.append(pairs[at])
        at = before[at]
    return run[::-1]


def _numbered(keys: Sequence[str], window: int) -> list[tuple[tuple[str, ...], int]]:
    seen: Counter[tuple[str, ...]] = Counter()
    numbered = []
    for start in range(len(keys)):
        stretch = tuple(keys[start : start + window])
        seen[stretch] += 1
        numbered.append((stretch, seen[stretch]))
    return numbered
