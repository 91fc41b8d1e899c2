"""What people look up by value: a posting says which traces have a short scalar under a key, so that
``tag.env = 'prod'`` or ``span.attributes.k = 5`` need not read a payload.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import orjson

from spanglass.entities import Json
from spanglass.limits import MAX_VALUES_PER_KEY, SHORT_VALUE_CHARS
from spanglass.store.schema import KIND_BOOL, KIND_MORE, KIND_NUMBER, KIND_TEXT

_NUMERIC = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)

Posted = tuple[str, str, str, str]
"""One value under one key: scope, key, kind, the value's text."""

# By exact type, for values that come out of a JSON text.
_KINDS = {str: KIND_TEXT, int: KIND_NUMBER, float: KIND_NUMBER, bool: KIND_BOOL}


def scalar_text(value: str | int | float | bool) -> str:
    """The text form of a JSON scalar, as filters compare it: ``true``, ``5``, ``0.1``, the text itself.

    >>> scalar_text(0.1), scalar_text(True)
    ('0.1', 'true')
    """
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def numeric(text: str) -> int | float | None:
    """The number that a text looks like (``-?digits[.digits][e[+-]digits]``), or None.

    >>> numeric("9007199254740993"), numeric("-1.5e3"), numeric("12abc")
    (9007199254740993, -1500.0, None)
    """
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    if match.lastindex is None and -(2**63) <= (whole := int(text)) < 2**63:  # no fraction, no exponent
        return whole
    number = float(text)
    return number if math.isfinite(number) else None


def attribute_postings(attributes: Mapping[str, Json]) -> set[Posted]:
    """The postings of a span's attributes: every scalar under the dotted path of the keys that lead to it.

    The items of an array stand under the array's own path. Where the path is not simply the attribute's own key,
    the kind is in upper case: whether a filter that names the path finds the value depends on what else there is.
    A value too long to post, and what exceeds ``MAX_VALUES_PER_KEY``, is said by a posting of kind ``+``. Raises
    TypeError at a value that is none of JSON's own types.

    >>> sorted(p[1:] for p in attribute_postings({"a.b": 1, "c": ["x", "y"], "d": {"e": True}}))
    [('a.b', 'n', '1'), ('c', 's', 'x'), ('c', 's', 'y'), ('d.e', 'B', 'true')]
    """
    found: set[Posted] = set()
    containers: list[tuple[str, Json]] = []
    for key, value in attributes.items():
        kind = _KINDS.get(type(value))
        if kind is not None:
            text = value if kind is KIND_TEXT else orjson.dumps(value).decode()
            found.add(("attribute", key, kind, text) if len(text) <= SHORT_VALUE_CHARS else _more(key))
        elif value is not None:
            containers.append((key, value))
    if containers:
        times = {key: 1 for key, value in attributes.items() if type(value) in _KINDS}
        _post_containers(found, containers, times)
    return found


def _more(key: str) -> Posted:
    return "attribute", key, KIND_MORE, ""


def _post_containers(found: set[Posted], containers: Sequence[tuple[str, Json]], times: dict[str, int]) -> None:
    """Post what is in these; ``times`` says how many values each key has already."""

    def post(key: str, value: Json, kind: str) -> None:
        times[key] = time = times.get(key, 0) + 1
        text = value if isinstance(value, str) else scalar_text(value)
        if time > MAX_VALUES_PER_KEY or len(text) > SHORT_VALUE_CHARS:
            found.add(_more(key))
        else:
            found.add(("attribute", key, kind, text))

    nested: list[tuple[str, Json]] = []
    for key, value in containers:
        if type(value) is dict:
            nested.append((key, value))
        elif type(value) is list:
            for item in value:
                kind = _KINDS.get(type(item))
                if kind is not None:
                    post(key, item, kind)
                else:
                    nested.append((key, item))
        else:
            raise TypeError(type(value))
    nested.reverse()
    while nested:
        key, value = nested.pop()
        kind = _KINDS.get(type(value))
        if kind is not None:
            post(key, value, kind.upper())
        elif type(value) is dict:
            nested.extend([(f"{key}.{inner}", item) for inner, item in value.items()][::-1])
        elif type(value) is list:
            nested.extend([(key, item) for item in value][::-1])
        elif value is not None:
            raise TypeError(type(value))


def text_postings(scope: str, entries: Mapping[str, str]) -> set[Posted]:
    """The postings of a map of texts: a trace's tags or metadata."""
    return {
        (scope, key, KIND_TEXT, value) if len(value) <= SHORT_VALUE_CHARS else (scope, key, KIND_MORE, "")
        for key, value in entries.items()
    }
