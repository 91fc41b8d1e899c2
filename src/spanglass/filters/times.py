"""Moments and days as people write them, in Unix milliseconds."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from spanglass.filters.numbers import read_duration

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"\s?(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?\Z")
_AGO = re.compile(r"(?:-\s?(\S+)|(\S+)\s+ago)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day: from its first millisecond to the next day's, which is not part of it."""

    start_ms: int | float
    end_ms: int | float


def read_time(text: str, now_ms: int, zone: tzinfo) -> int | float | Day | None:
    """What a text says about time; None if it says nothing.

    ISO 8601 with a time of day is a moment, without one a day. ``now``, ``2h ago`` and ``-1h`` count from
    ``now_ms``; ``today`` and ``yesterday`` are days. A text of digits is Unix milliseconds. Without an offset
    the time is that of ``zone``.

    >>> read_time("1970-01-01T00:00:01.5Z", 0, timezone.utc), read_time("1s ago", 5000, timezone.utc)
    (1500, 4000)
    """
    text = text.strip()
    try:
        if match := _MOMENT.fullmatch(text):
            return _moment(match, zone)
        if match := _DATE.fullmatch(text):
            year, month, day = map(int, match.groups())
            return _day(date(year, month, day), zone)
        if text.isdecimal() and text.isascii():
            return int(text) if len(text) < 18 else None
        word = text.lower()
        if word == "now":
            return now_ms
        if word in ("today", "yesterday"):
            here = (_EPOCH + timedelta(milliseconds=now_ms)).astimezone(zone).date()
            return _day(here - timedelta(days=word == "yesterday"), zone)
        if match := _AGO.fullmatch(text):
            back = read_duration(match.group(1) or match.group(2))
            return None if back is None else now_ms - back
    except (ValueError, OverflowError):
        return None
    return None


def moment_ms(value: datetime, zone: tzinfo) -> int | float:
    """Unix milliseconds of a moment; one without a zone is in ``zone``."""
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return _milliseconds(value)


def duration_ms(value: timedelta) -> int | float:
    """The length of a timedelta in milliseconds."""
    micros = value // timedelta(microseconds=1)
    return micros // 1000 if micros % 1000 == 0 else micros / 1000


def local_zone() -> str:
    """The name of this machine's zone: an IANA name, or an offset like ``+01:00`` where that cannot be found."""
    if "TZ" not in os.environ:  # as nearly always; get() would raise an error and catch it
        return _local_zone(None)
    return _local_zone(os.environ["TZ"])


@lru_cache(maxsize=16)
def find_zone(name: str) -> tzinfo | None:
    """The zone of this name (IANA, ``UTC``, or an offset like ``+05:30``); None if there is none."""
    if name in ("UTC", "Z", "utc"):
        return timezone.utc
    if match := _OFFSET.match(name):
        sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-offset if sign == "-" else offset) if offset < timedelta(days=1) else None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # odd names are read as paths
        return None


@lru_cache(maxsize=4)
def _local_zone(variable: str | None) -> str:
    if variable and find_zone(variable.lstrip(":")) is not None:
        return variable.lstrip(":")
    try:
        target = os.path.realpath("/etc/localtime")
    except OSError:
        target = ""
    name = target.partition("zoneinfo/")[2]
    if name and find_zone(name) is not None:
        return "UTC" if name in ("Etc/UTC", "UCT", "Etc/UCT", "Universal", "Zulu") else name
    offset = datetime.now().astimezone().utcoffset() or timedelta(0)
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"


def _moment(match: re.Match[str], zone: tzinfo) -> int | float:
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    where: tzinfo | None = zone
    if offset is not None:
        where = timezone.utc if offset in "Zz" else find_zone(offset)
        if where is None:
            raise ValueError(offset)
    whole = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=where)
    nanos = int((fraction or "0").ljust(9, "0"))
    millis = _milliseconds(whole)
    return millis + (nanos // 1_000_000 if nanos % 1_000_000 == 0 else nanos / 1e6)


def _day(day: date, zone: tzinfo) -> Day:
    after = day + timedelta(days=1)
    return Day(
        _milliseconds(datetime(day.year, day.month, day.day, tzinfo=zone)),
        _milliseconds(datetime(after.year, after.month, after.day, tzinfo=zone)),
    )


def _milliseconds(value: datetime) -> int | float:
    return duration_ms(value - _EPOCH)
