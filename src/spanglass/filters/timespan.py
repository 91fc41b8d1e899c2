"""From when to when a filter wants its traces to begin: read from its text and written into it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from spanglass.filters.algebra import Compare, Const, Field, Predicate, Range, Type, Value
from spanglass.filters.diagnostics import replaced
from spanglass.filters.edit import conjoin, quote_value
from spanglass.filters.parts import Part, parts, without
from spanglass.filters.resolve import resolve
from spanglass.filters.times import find_zone, local_zone, read_time

_TIME = Field("trace", "timestamp_ms", Type.TIME)
_UNITS_MS = (86_400_000, 3_600_000, 60_000, 1_000)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Times:
    """The times from ``start_ms`` to ``end_ms`` (None: open) that these parts of a filter ask for."""

    start_ms: float | None
    end_ms: float | None
    parts: tuple[Part, ...]


def times(text: str, zone: str | None = None) -> Times:
    """From when to when the filter wants its traces to begin, by the conditions that say only that; ``zone`` is that
    of times without an offset, this machine's by default.

    >>> found = times("timestamp BETWEEN 1000 AND 5000 AND timestamp < 3000 AND cost > 1")
    >>> found.start_ms, found.end_ms, len(found.parts)
    (1000, 2999, 2)
    """
    low, high, found = -math.inf, math.inf, []
    meanings = {(c.start, c.end): c.where for c in resolve(text, rows="spans", zone=zone).conjuncts}
    for part in parts(text):
        span = _span_of_time(meanings.get((part.node.start, part.node.end)))
        if span is not None:
            low, high = max(low, span[0]), min(high, span[1])
            found.append(part)
    return Times(None if low == -math.inf else low, None if high == math.inf else high, tuple(found))


def set_times(
    text: str, start_ms: float | None, end_ms: float | None, step_ms: float = 1, zone: str | None = None
) -> str:
    """The filter for traces that began between these moments, in place of the times that it has; None for all times.

    The moments are written in ``zone``, this machine's by default. They are moved apart to full minutes, hours, … as
    far as that is less than ``step_ms``.
    """
    old = times(text, zone).parts
    if start_ms is None or end_ms is None:
        return without(text, old)
    unit = next((unit for unit in _UNITS_MS if unit <= step_ms), 1)
    low, high = (moment_text(ms, unit, up=up, zone=zone) for ms, up in ((start_ms, False), (end_ms, True)))
    condition = f"timestamp BETWEEN {low} AND {high}"
    if not old:
        return conjoin(text, condition)
    # What stands first is replaced after what stands behind it is gone, so that its place is still right.
    text = without(text, old[1:])
    first = times(text, zone).parts[0]
    return replaced(text, first.start, first.end, condition)


def moment_text(ms: float, unit_ms: int = 1, *, up: bool, zone: str | None = None) -> str:
    """A moment as a filter has it, moved to a whole ``unit_ms`` of the zone and as short as can be.

    >>> moment_text(5_400_123, 1000, up=True)[-4:]
    ":01'"
    """
    where = find_zone(local_zone() if zone is None else zone) or timezone.utc
    here = _EPOCH + timedelta(milliseconds=ms)
    offset = (here.astimezone(where).utcoffset() or timedelta(0)) // timedelta(milliseconds=1)
    whole = (ms + offset) // unit_ms * unit_ms
    if up and whole < ms + offset:
        whole += unit_ms
    moment = _EPOCH + timedelta(milliseconds=whole)
    text = moment.strftime("%Y-%m-%d %H:%M")
    if moment.second or moment.microsecond:
        text += moment.strftime(":%S")
    if moment.microsecond:
        text += f".{moment.microsecond // 1000:03}"
    exact = whole - offset
    # An hour that the clock goes through twice, or never, is said in numbers.
    return quote_value(text) if read_time(text, 0, where) == exact else str(int(exact))


def _span_of_time(where: Predicate | None) -> tuple[float, float] | None:
    """The first and last millisecond that a condition on a trace's time allows; None if it is another condition."""
    if isinstance(where, Range) and where.value == _TIME and not where.negated:
        low, high = _number(where.low), _number(where.high)
        if low is None or high is None:
            return None
        return low, high if where.include_high else high - 1
    if isinstance(where, Compare) and where.left == _TIME:
        at = _number(where.right)
        if at is None:
            return None
        return {
            ">=": (at, math.inf),
            ">": (at + 1, math.inf),
            "<=": (-math.inf, at),
            "<": (-math.inf, at - 1),
            "=": (at, at),
        }.get(where.op)
    return None


def _number(value: Value) -> float | None:
    good = isinstance(value, Const) and isinstance(value.value, (int, float)) and not isinstance(value.value, bool)
    return value.value if good else None  # type: ignore[union-attr, return-value]
