"""What may be meant by a text that was to be a time, as it is written in a filter."""

from __future__ import annotations

import re

from spanglass.filters.printer import quoted

_AGO = re.compile(
    r"(?:last|past|previous)?\s*(\d{1,4})?\s*"
    r"(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?|years?)(?:\s+ago)?",
    re.IGNORECASE,
)
_DAYS = {"mo": 30, "ye": 365}  # units that differ in length
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_SLASHES = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})|([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})")


def likely_times(text: str) -> list[str]:
    """The likely ones first.

    >>> likely_times("2 weeks ago"), likely_times("2026-05"), likely_times("13/5/2026"), likely_times("soon")
    (['now() - 2w'], ["'2026-05-01'"], ["'2026-05-13'"], [])
    """
    text = text.strip().lower()
    if match := _AGO.fullmatch(text):
        amount, unit = int(match[1] or 1), match[2]
        days = _DAYS.get(unit[:2])
        return [f"now() - {amount}{unit[0]}" if days is None else f"now() - {amount * days}d"]
    if _MONTH.fullmatch(text):
        return [quoted(f"{text}-01")]
    if match := _SLASHES.fullmatch(text):
        one, two, year = map(int, match.groups()[:3] if match[1] else (match[5], match[6], match[4]))
        days_of = {(one, two), (two, one)} if match[1] else {(one, two)}
        return [
            quoted(f"{year}-{month:02}-{day:02}") for month, day in sorted(days_of) if 1 <= month <= 12 and day < 32
        ]
    return []


def likely_epoch(number: int | float | str, now_ms: int) -> tuple[str, str] | None:
    """What a number is as a time, and how it may be meant, if as milliseconds it is far from now.

    >>> likely_epoch(1_790_000_000, 1_790_000_000_000)
    ('seconds?', '1790000000000')
    """
    text = str(number)
    if not text.isdecimal():
        return None
    if len(text) == 4 and 1970 <= int(text) <= 2100:
        return "the year?", quoted(f"{text}-01-01")
    for label, factor, divisor in (("seconds?", 1000, 1), ("microseconds?", 1, 1000), ("nanoseconds?", 1, 1_000_000)):
        meant = int(text) * factor // divisor
        if abs(meant - now_ms) < _TEN_YEARS_MS <= abs(int(text) - now_ms):
            return label, str(meant)
    return None


_TEN_YEARS_MS = 10 * 365 * 86_400_000
