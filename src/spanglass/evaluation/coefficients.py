"""How far raters agree, beyond what chance would make them: Cohen's kappa and Krippendorff's alpha."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

Level = Literal["nominal", "ordinal", "interval"]


def cohen_kappa(a: Sequence[Any], b: Sequence[Any]) -> float | None:
    """The agreement of two raters on the same things: 1 is perfect, 0 what chance would give; None where all is one
    and the same value, so that chance cannot be told from agreement.

    (p_o − p_e) / (1 − p_e), p_o the share on which they agree, p_e the share on which they would by chance, from how
    often each uses each value: J. Cohen, "A coefficient of agreement for nominal scales", Educational and
    Psychological Measurement 20 (1), 1960.

    >>> cohen_kappa(["yes", "yes", "no", "no"], ["yes", "no", "no", "no"])
    0.5
    """
    if len(a) != len(b) or not a:
        raise ValueError(f"kappa takes two ratings of the same things, not {len(a)} and {len(b)}.")
    agreed = sum(x == y for x, y in zip(a, b, strict=True)) / len(a)
    times_a, times_b = Counter(a), Counter(b)
    chance = sum(times_a[value] * times_b[value] for value in times_a) / len(a) ** 2
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def krippendorff_alpha(units: Sequence[Sequence[Any]], level: Level = "nominal") -> float | None:
    """The agreement of any number of raters, some of whom may have left things out: 1 is perfect, 0 chance.

    Parameters
    ----------
    units:
        For each thing that was rated the ratings it was given, in any order; None is no rating.
    level:
        How values differ: ``"nominal"`` values are the same or not, ``"ordinal"`` ones have an order, ``"interval"``
        ones are numbers whose differences count.

    1 − D_o / D_e, the disagreement observed within units by the one expected among all values: K. Krippendorff,
    "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania, 2011. None where no thing has two
    ratings, or all ratings are the same.

    >>> krippendorff_alpha([["yes", "yes"], ["no", "no"], ["yes", None]])
    1.0
    """
    paired = [[value for value in unit if value is not None] for unit in units]
    paired = [unit for unit in paired if len(unit) > 1]
    values = sorted({value for unit in paired for value in unit}, key=None if level != "nominal" else repr)
    if len(values) < 2:
        return None
    place = {value: number for number, value in enumerate(values)}
    together = np.zeros((len(values), len(values)))
    for unit in paired:
        counts = np.bincount([place[value] for value in unit], minlength=len(values))
        together += (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    times = together.sum(axis=0)
    apart = _DIFFERENCES[level](values, times)
    expected = (np.outer(times, times) * apart).sum() / (times.sum() - 1)
    return float(1 - (together * apart).sum() / expected)


def _nominal(values: Sequence[Any], times: np.ndarray) -> np.ndarray:
    return 1 - np.eye(len(values))


def _ordinal(values: Sequence[Any], times: np.ndarray) -> np.ndarray:
    ranks = np.cumsum(times) - times / 2  # a value's place is the middle of its ties
    return np.subtract.outer(ranks, ranks) ** 2


def _interval(values: Sequence[Any], times: np.ndarray) -> np.ndarray:
    numbers = np.asarray(values, dtype=float)
    return np.subtract.outer(numbers, numbers) ** 2


_DIFFERENCES: dict[str, Callable[[Sequence[Any], np.ndarray], np.ndarray]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
}
