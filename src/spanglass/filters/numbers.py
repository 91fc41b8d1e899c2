"""Numbers as people write them: with thousands, per cent, bytes and durations behind them."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Literal

Unit = Literal["", "scale", "percent", "bytes", "time"]
"""What kind of unit stood behind a number; a unit is legal for some types of field only."""

TIME_UNITS = {
    "ns": Decimal("0.000001"),
    "us": Decimal("0.001"),
    "µs": Decimal("0.001"),
    "ms": Decimal(1),
    "s": Decimal(1_000),
    "m": Decimal(60_000),
    "h": Decimal(3_600_000),
    "d": Decimal(86_400_000),
    "w": Decimal(604_800_000),
}
_UNITS: dict[str, tuple[Unit, Decimal]] = {
    "k": ("scale", Decimal(1_000)),
    "M": ("scale", Decimal(1_000_000)),
    "%": ("percent", Decimal("0.01")),
    "kB": ("bytes", Decimal(1_000)),
    "MB": ("bytes", Decimal(1_000_000)),
    "GB": ("bytes", Decimal(1_000_000_000)),
    "KiB": ("bytes", Decimal(1 << 10)),
    "MiB": ("bytes", Decimal(1 << 20)),
    "GiB": ("bytes", Decimal(1 << 30)),
    **{unit: ("time", factor) for unit, factor in TIME_UNITS.items()},
}
UNITS = tuple(_UNITS)
_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+(?!\w))?)(.*)", re.DOTALL)
_PIECE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|m|h|d|w)")
_NUMERIC_TEXT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\Z")
_MAX_INTEGER = 2**63  # beyond it, engines know floating point only


class NumberError(ValueError):
    """The text is no number; the message says which part of it is wrong."""


def read_number(text: str) -> tuple[int | float, Unit]:
    """A number and the kind of its unit; durations in milliseconds, per cent as fractions.

    >>> read_number("1h30m"), read_number("95%"), read_number("10k")
    ((5400000, 'time'), (0.95, 'percent'), (10000, 'scale'))
    """
    if text.isdecimal() and len(text) < 19:
        return int(text), ""
    match = _NUMBER.match(text)
    if match is None:
        raise NumberError("this is not a number")
    digits, unit = match.groups()
    if not unit:
        return plain_number(digits), ""
    known = _UNITS.get(unit)
    if known is not None:
        kind, factor = known
        return _exact(Decimal(digits) * factor), kind
    duration = read_duration(text)
    if duration is None:
        raise NumberError(f"no unit '{unit[:20]}'")
    return duration, "time"


def read_duration(text: str) -> int | float | None:
    """Milliseconds of ``1h30m``, ``250ms``, …; None if the text is not that.

    >>> read_duration("1.5s"), read_duration("soon")
    (1500, None)
    """
    total, at = Decimal(0), 0
    while match := _PIECE.match(text, at):
        total += Decimal(match.group(1)) * TIME_UNITS[match.group(2)]
        at = match.end()
    return _exact(total) if at and at == len(text) else None


def plain_number(text: str) -> int | float:
    """A number without a unit, as an integer where it is one."""
    if text.isdecimal() and len(text) < 19:
        return int(text)
    return normal(float(text) if not text.isdecimal() or len(text) > 19 else int(text))


def numeric(text: str) -> int | float | None:
    """The number that a text looks like, None if it does not look like one.

    >>> numeric("12"), numeric("12abc"), numeric("-0.5")
    (12, None, -0.5)
    """
    if not _NUMERIC_TEXT.match(text):
        return None
    try:
        return -plain_number(text[1:]) if text[0] == "-" else plain_number(text)
    except NumberError:
        return None


def normal(value: int | float) -> int | float:
    """A number that every engine can hold: a large integer becomes a float, infinities are refused."""
    if isinstance(value, int):
        if -_MAX_INTEGER <= value < _MAX_INTEGER:
            return value
        try:
            value = float(value)
        except OverflowError:
            value = math.inf
    if not math.isfinite(value):
        raise NumberError("this number is too large" if value == value else "this is not a number")
    return value


def _exact(value: Decimal) -> int | float:
    if value and value.adjusted() > 308:
        raise NumberError("this number is too large")
    if value.adjusted() < 18 and value == value.to_integral_value():
        return int(value)
    return normal(float(value))
