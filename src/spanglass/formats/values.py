"""Single values as sources write them: JSON in text, ids, times. Anything may be malformed, nothing may raise
other than ValueError."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from spanglass.entities import Json
from spanglass.limits import MAX_JSON_DEPTH, MAX_JSON_ENCODINGS

MAX_INT64 = 2**63 - 1
_HEX = re.compile(r"[0-9a-fA-F]+")
_NUMERIC = re.compile(r"-?[0-9]{1,30}")
_ISO = re.compile(
    r"\s*(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s*(Z|[+-]\d\d:?\d\d)?\s*",
    re.ASCII | re.IGNORECASE,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def parse_json(text: str | bytes) -> Json:
    """The value that a JSON text says.

    What Python's own writer leaves behind is read too: ``NaN`` and ``Infinity`` (kept as these texts, JSON has no
    such numbers) and halves of characters, where a text was cut in the middle of one.

    Raises ValueError for anything else.
    """
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    try:
        return clean(json.loads(text))
    except (RecursionError, UnicodeDecodeError, ValueError) as error:
        raise ValueError(f"not JSON: {error}") from None


def decoded(value: Json) -> Json:
    """``value``, or what it says if it is a text of JSON holding an object, an array, a text or a literal.

    Sources encode values once or twice too often. A text that is a bare number stays a text: "007" may be a name.

    >>> decoded('{"a": 1}'), decoded('"\\\\"twice\\\\""'), decoded("plain"), decoded("12")
    ({'a': 1}, 'twice', 'plain', '12')
    """
    for _ in range(MAX_JSON_ENCODINGS):
        if not isinstance(value, str) or not value or value[0] not in '{["tfn \n\t':
            return value
        try:
            inner = parse_json(value)
        except ValueError:
            return value
        if isinstance(inner, (dict, list)):
            return clean(inner) if is_deep(value) else inner
        if isinstance(inner, (int, float)) and not isinstance(inner, bool):
            return value
        value = inner
    return value


def encoded_once(value: Json) -> Json:
    """What a text of JSON says, whatever it is; ``value`` itself where it is no such text."""
    if not isinstance(value, str):
        return value
    try:
        inner = parse_json(value)
    except ValueError:
        return value
    return clean(inner) if is_deep(value) else inner


def is_deep(text: str) -> bool:
    """Whether a JSON text could be nested deeper than a store keeps: a cheap upper bound."""
    return text.count("[") + text.count("{") > MAX_JSON_DEPTH


def clean(value: Any) -> Json:
    """A copy of ``value`` that is JSON: keys are texts, what JSON cannot hold becomes its text.

    That is: not-a-number, integers beyond 64 bits, halves of characters, objects of other types, and whatever is
    nested deeper than ``MAX_JSON_DEPTH``.

    >>> clean({1: (2.5, float("nan"), {3})})
    {'1': [2.5, 'NaN', '{3}']}
    """
    root: list[Json] = [None]
    todo: list[tuple[Any, int | str, Any, int]] = [(root, 0, value, 0)]
    while todo:
        target, key, item, depth = todo.pop()
        if item is None or isinstance(item, bool):
            target[key] = item
        elif isinstance(item, str):
            target[key] = _whole(str(item))
        elif isinstance(item, int):
            target[key] = int(item) if -MAX_INT64 - 1 <= item <= MAX_INT64 else _text(item)
        elif isinstance(item, float):
            target[key] = float(item) if math.isfinite(item) else _not_finite(item)
        elif isinstance(item, (Mapping, list, tuple)) and depth >= MAX_JSON_DEPTH:
            target[key] = _text(item)
        elif isinstance(item, Mapping):
            fresh: dict[str, Json] = {}
            target[key] = fresh
            for name, member in list(item.items()):
                name = _whole(name) if isinstance(name, str) else _text(name)
                fresh[name] = None  # keeps the order of keys, whatever order they are visited in
                todo.append((fresh, name, member, depth + 1))
        elif isinstance(item, (list, tuple)):
            members: list[Json] = [None] * len(item)
            target[key] = members
            todo.extend((members, index, member, depth + 1) for index, member in enumerate(item))
        else:
            target[key] = _text(item)
    return root[0]


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    try:
        return _whole(str(value))
    except Exception:  # str() of a stranger's object, of a value nested without end, of a huge integer
        return f"<{type(value).__name__}>"


def _whole(text: str) -> str:
    return text if text.isascii() else _HALF_CHARACTER.sub("�", text)


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def text_of(value: Json) -> str:
    """``value`` as one text: itself if it is one, else its JSON."""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except (TypeError, ValueError):
        return orjson.dumps(clean(value)).decode()


def identifier(value: Json, size: int) -> str:
    """An id as this package writes it: lower-case hex where the source had ``size`` bytes, else as it is.

    ``size`` is 16 for traces and 8 for spans. Base64 and hex cannot be confused: they differ in length.

    >>> identifier("5B8EFFF798038103D269B633813FC60C", 16)
    '5b8efff798038103d269b633813fc60c'
    >>> identifier("7uGbfsPBsXQ=", 8), identifier("run-7", 8), identifier("0xEE19", 8)
    ('eee19b7ec3c1b174', 'run-7', 'ee19')
    >>> identifier("0000000000000000", 8)
    ''

    Returns the empty text where there is no id: nothing, or only zeros.
    """
    if isinstance(value, bytes):
        value = value.hex()
    if not isinstance(value, str):
        return "" if value is None or isinstance(value, (dict, list, bool, float)) else str(value)
    text = value.strip()
    if len(text) == 4 * ((size + 2) // 3) and text.endswith("="):
        try:
            raw = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return text
        if len(raw) == size:
            text = raw.hex()
    elif text[:2] in ("0x", "0X") and _HEX.fullmatch(text[2:]):
        text = text[2:].lower()
    elif len(text) in (16, 32) and _HEX.fullmatch(text):
        text = text.lower()
    return text if text.strip("0") else ""


def integer(value: Json) -> int | None:
    """A whole number written as a number or as its digits; None for anything else, or beyond 64 bits."""
    if isinstance(value, bool) or value is None:
        return None
    if (isinstance(value, str) and _NUMERIC.fullmatch(value)) or (isinstance(value, float) and math.isfinite(value)):
        value = int(value)
    if isinstance(value, int) and -MAX_INT64 - 1 <= value <= MAX_INT64:
        return value
    return None


def count(value: Json) -> int | None:
    """A whole number that is not negative, a number of tokens for instance; None for anything else."""
    number = integer(value)
    return number if number is not None and number >= 0 else None


def number(value: Json) -> float | None:
    """A finite number, or the text of one; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        result = float(value)
    except (OverflowError, ValueError):
        return None
    return result if math.isfinite(result) else None


def nanoseconds(value: Json, unit_ns: int = 1) -> int | None:
    """A Unix time in nanoseconds, from a number (or its digits) of ``unit_ns`` each, or from an ISO 8601 text.

    A text without a time zone is taken as UTC. None where ``value`` is no time that fits 64 bits.

    >>> nanoseconds("1970-01-01T00:00:01.000000002Z"), nanoseconds(1.5, 1_000_000)
    (1000000002, 1500000)
    """
    if isinstance(value, datetime):
        value = (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).isoformat()
    if isinstance(value, str) and not _NUMERIC.fullmatch(value):
        return _iso_nanoseconds(value)
    if isinstance(value, float) and math.isfinite(value):
        result: int | None = int(value) * unit_ns + int((value - int(value)) * unit_ns)
    else:
        whole = integer(value)
        result = None if whole is None else whole * unit_ns
    return result if result is not None and 0 <= result <= MAX_INT64 else None


def _iso_nanoseconds(text: str) -> int | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=timezone.utc
        )
    except ValueError:
        return None
    elapsed = moment - _EPOCH
    if zone and zone not in "Zz":
        sign = -1 if zone[0] == "-" else 1
        elapsed -= sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    seconds = elapsed.days * 86_400 + elapsed.seconds
    result = seconds * 1_000_000_000 + int((fraction or "0").ljust(9, "0"))
    return result if 0 <= result <= MAX_INT64 else None
