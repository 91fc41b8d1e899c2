"""Values bound to ``:name``, as constants that every engine takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from typing import Any

from spanglass.filters.algebra import Const, Type
from spanglass.filters.numbers import NumberError, normal
from spanglass.filters.times import duration_ms, moment_ms

Constant = tuple[Const, Type]


class ParameterError(ValueError):
    """The value cannot stand in a filter; the message says why."""


def constant(value: object, zone: tzinfo) -> Constant:
    """A parameter's value as a constant with its type.

    A datetime becomes Unix milliseconds (one without a zone is in ``zone``), a date its ISO text, a timedelta
    milliseconds, a member of an Enum its value.
    """
    if isinstance(value, Enum):
        value = value.value
    if value is None:
        return Const(None), Type.JSON
    if isinstance(value, bool):
        return Const(value), Type.BOOL
    if isinstance(value, (int, float)):
        try:
            return Const(normal(int(value) if isinstance(value, int) else float(value))), Type.NUMBER
        except NumberError as error:
            raise ParameterError(str(error)) from None
    if isinstance(value, str):
        return Const(_readable(str(value))), Type.TEXT
    if isinstance(value, datetime):
        if value != value:  # pandas' NaT
            return Const(None), Type.JSON
        return Const(moment_ms(value, zone)), Type.TIME
    if isinstance(value, date):
        return Const(value.isoformat()), Type.TEXT
    if isinstance(value, timedelta):
        return Const(duration_ms(value)), Type.DURATION
    item = getattr(value, "item", None)  # numpy's scalars
    if callable(item) and not hasattr(value, "__len__"):
        inner: Any = item()
        if isinstance(inner, (bool, int, float, str, datetime, timedelta)):
            return constant(inner, zone)
    raise ParameterError(f"a value of the type {type(value).__name__} cannot be a parameter")


def is_list(value: object) -> bool:
    """Whether a parameter is a list of values: any iterable but a text, bytes or a mapping."""
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes, bytearray, Mapping, Enum))


def as_list(value: Iterable[Any]) -> tuple[Any, ...]:
    """The values of a list, read once; those of a set in an order that does not change from run to run."""
    return tuple(sorted(value, key=repr)) if isinstance(value, Set) else tuple(value)


def _readable(text: str) -> str:
    if "\0" in text:
        raise ParameterError("the NUL character cannot stand in a text")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ParameterError("half of a surrogate pair is not a character") from None
    return text
