"""Percentiles as every overview tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def nearest_rank(ordered: Sequence[float] | npt.NDArray[np.float64], percent: int) -> float | None:
    """The percentile of values in ascending order: the smallest that so many percent do not exceed.

    >>> nearest_rank([1, 2, 3, 4], 50), nearest_rank([], 50)
    (2.0, None)
    """
    return float(ordered[(len(ordered) * percent + 99) // 100 - 1]) if len(ordered) else None
