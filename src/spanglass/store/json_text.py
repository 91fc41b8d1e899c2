"""Values to JSON text and back: what a payload column may hold.

Every text written here can be read by SQLite's JSON functions and by any JSON parser: it is bounded in depth,
its integers fit 64 bits, and it has no NaN. What JSON cannot say is kept as text rather than dropped.
"""

from __future__ import annotations

import math
from typing import Any

import orjson

from spanglass.entities import Json
from spanglass.limits import MAX_JSON_DEPTH

_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1
_SIMPLE = frozenset((str, int, bool, type(None)))


def encode(value: Json) -> str:
    """The JSON text of a value.

    NaN and the infinities become the texts "NaN", "Infinity" and "-Infinity" (as protobuf's JSON mapping has
    it), integers beyond 64 bits their digits, NULs and lone surrogates U+FFFD, and what is nested deeper than
    ``MAX_JSON_DEPTH`` its own JSON text. A value that is none of JSON's becomes ``str(value)``.

    >>> encode({"a": [1, float("nan")]})
    '{"a":[1,"NaN"]}'
    """
    return _dumped(value)[0]


def encode_and_keep(value: Json) -> tuple[str, Json]:
    """The JSON text of a value, and the value, or, where the text says something else, what the text says.

    What orjson knows beyond JSON (dates, tuples) is still in it.
    """
    text, exact = _dumped(value)
    return text, value if exact else orjson.loads(text)


def _dumped(value: Json) -> tuple[str, bool]:
    """The JSON text, and whether it says just what the value does."""
    try:
        text = orjson.dumps(value).decode()
    except (TypeError, ValueError, RecursionError):
        return orjson.dumps(_plain(value)).decode(), False
    if "\\" in text and "\\u0000" in text:  # one character is found ten times as fast as six
        return orjson.dumps(_plain(value)).decode(), False
    if type(value) is str or (type(value) is dict and _SIMPLE.issuperset(map(type, value.values()))):
        return text, True  # as most are, and looking through a long text takes as long as writing it
    # A NaN has become null, without a word; and orjson goes a little deeper than our bound.
    if (len(text) > 2 * MAX_JSON_DEPTH and text.count("[") + text.count("{") > MAX_JSON_DEPTH) or (
        "null" in text and _has_odd_float(value)
    ):
        return orjson.dumps(_plain(value)).decode(), False
    return text, True


def encode_object(value: dict[str, Any]) -> str:
    """The JSON text of an object with its keys sorted, so that equal objects have equal texts."""
    return encode({key: value[key] for key in sorted(value)})


def decode(text: str | None) -> Json:
    """The value of a JSON text; None for None."""
    return None if text is None else orjson.loads(text)


def clean(text: str) -> str:
    """The text with every NUL and every lone surrogate replaced by U+FFFD.

    SQLite stores UTF-8, which has no way to say the latter, and its functions take a NUL for the end.
    """
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _has_odd_float(value: Any) -> bool:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, float):
            if not math.isfinite(item):
                return True
        elif isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, (list, tuple)):
            stack.extend(item)
    return False


def _scalar(value: Any) -> Json:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(str(value))
    if isinstance(value, int):
        return int(value) if _INT_MIN <= value <= _INT_MAX else str(int(value))
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return float(value)
    try:
        # What orjson knows beyond JSON (dates, UUIDs, enums, dataclasses) it writes better than str() does.
        return orjson.loads(orjson.dumps(value))
    except (TypeError, ValueError, RecursionError):
        pass
    try:
        return clean(str(value))
    except Exception:  # a recorded object's own code must not break the writing of it
        return f"<{type(value).__name__}>"


def _key(key: Any) -> str:
    if isinstance(key, str):
        return clean(key)
    scalar = _scalar(key)
    return scalar if isinstance(scalar, str) else orjson.dumps(scalar).decode()


def _plain(value: Any) -> Json:
    """A copy made of nothing but JSON's own types, at most ``MAX_JSON_DEPTH`` deep."""
    result: list[Any] = [None]
    # (value, container it goes into, its key or index there, depth); an explicit stack, for any depth
    stack: list[tuple[Any, Any, Any, int]] = [(value, result, 0, 0)]
    while stack:
        value, into, at, depth = stack.pop()
        if isinstance(value, dict):
            if depth == MAX_JSON_DEPTH:
                into[at] = _deep_text(value)
                continue
            made: Any = dict.fromkeys(map(_key, value))
            into[at] = made
            stack.extend((item, made, _key(key), depth + 1) for key, item in value.items())
        elif isinstance(value, (list, tuple)):
            if depth == MAX_JSON_DEPTH:
                into[at] = _deep_text(value)
                continue
            made = [None] * len(value)
            into[at] = made
            stack.extend((item, made, index, depth + 1) for index, item in enumerate(value))
        else:
            into[at] = _scalar(value)
    return result[0]


class _Raw(str):
    """Punctuation on the stack of ``_deep_text``."""


def _deep_text(value: Any) -> str:
    """The JSON text of a value of any depth. An object inside itself is written as null."""
    parts: list[str] = []
    path: set[int] = set()
    stack: list[Any] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, _Raw):
            parts.append(item)
        elif isinstance(item, _Leave):
            path.discard(item.of)
        elif isinstance(item, (dict, list, tuple)):
            if id(item) in path:
                parts.append("null")
                continue
            path.add(id(item))
            is_object = isinstance(item, dict)
            parts.append("{" if is_object else "[")
            todo: list[Any] = []
            if isinstance(item, dict):
                for key, inner in item.items():
                    todo += [_Raw(orjson.dumps(_key(key)).decode() + ":"), inner, _Raw(",")]
            else:
                for inner in item:
                    todo += [inner, _Raw(",")]
            stack += [_Raw("}" if is_object else "]"), _Leave(id(item)), *reversed(todo[:-1])]
        else:
            parts.append(orjson.dumps(_scalar(item)).decode())
    return "".join(parts)


class _Leave:
    """Marks on the stack of ``_deep_text`` where a container ends."""

    __slots__ = ("of",)

    def __init__(self, of: int) -> None:
        self.of = of
