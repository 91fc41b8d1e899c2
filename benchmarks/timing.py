"""Times that can be compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 7


def milliseconds(*calls: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    """The median CPU time of each call, made in turns so that a slow moment of the machine meets all of them."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, times in zip(calls, taken, strict=True):
            begun = time.thread_time()
            call()
            times.append((time.thread_time() - begun) * 1e3)
    return [statistics.median(times) for times in taken]


def spread(rounds: int, *calls: Callable[[], Any]) -> list[tuple[float, float]]:
    """The median and the least CPU time of each call in milliseconds, made in turns."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, times in zip(calls, taken, strict=True):
            begun = time.thread_time()
            call()
            times.append((time.thread_time() - begun) * 1e3)
    return [(statistics.median(times), min(times)) for times in taken]
