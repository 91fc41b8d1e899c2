"""What a value is as a number, as a text, and how texts are folded, cut into words and matched.

Written from the meaning of the language, slowly and plainly. It shares no code with any engine.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson
import regex

_NUMERIC = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)


def number(value: Any) -> float | int | None:
    """The value as a number: numbers, and texts that look like one. A boolean is never a number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, str) and _NUMERIC.fullmatch(value):
        parsed = float(value) if re.search(r"[.eE]", value) else int(value)
        return None if isinstance(parsed, float) and math.isinf(parsed) else parsed
    return None


def text(value: Any) -> str:
    """The text form: texts as they are, ``true``/``false``, shortest numbers, the JSON of the rest."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return orjson.dumps(value).decode()


def fold(value: str) -> str:
    """Simple case folding: one character to one, so positions stay."""
    return "".join(_fold_one(character) for character in value)


def _fold_one(character: str) -> str:
    folded = character.casefold()
    if len(folded) == 1:
        return folded
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


def words(value: str) -> set[str]:
    """The words of a text, folded."""
    return set(re.findall(r"\w+", fold(value)))


def like(value: str, pattern: str, escape: str | None) -> bool:
    """SQL's LIKE on the whole text, case and all."""
    parts: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if escape is not None and character == escape:
            parts.append(re.escape(next(characters, escape)))
        elif character == "%":
            parts.append(".*")
        elif character == "_":
            parts.append(".")
        else:
            parts.append(re.escape(character))
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None


def matches(op: str, value: str, pattern: str, escape: str | None) -> bool:
    """Whether a text matches."""
    if op == "like":
        return like(value, pattern, escape)
    if op == "ilike":
        return like(fold(value), fold(pattern), escape and fold(escape))
    if op == "rlike":
        return regex.search(pattern, value) is not None
    if op == "contains":
        return pattern in value
    if op == "icontains":
        return fold(pattern) in fold(value)
    if op == "starts":
        return value.startswith(pattern)
    if op == "ends":
        return value.endswith(pattern)
    if op == "match":
        return words(pattern) <= words(value)
    raise AssertionError(op)


def json_of(value: str) -> Any:
    """The array or object that a text is the JSON of, or None."""
    if value[:1] not in "{[":
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None


def leaves(value: Any) -> list[str]:
    """The keys and text leaves of a JSON value, in its order."""
    found: list[str] = []
    stack = [value]
    while stack:
        at = stack.pop()
        if isinstance(at, str):
            found.append(at)
        elif isinstance(at, dict):
            for key, inner in reversed(at.items()):
                stack += [inner, key]
        elif isinstance(at, list):
            stack += reversed(at)
    return found
