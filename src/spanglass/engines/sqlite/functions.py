"""What SQLite cannot do by itself: SQL functions, registered on each connection of a store."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

import orjson
import regex

from spanglass.engines.base import EngineError
from spanglass.engines.folding import fold
from spanglass.engines.sqlite import deadline
from spanglass.limits import MAX_REGEX_BYTES, MAX_REGEX_SUBJECT_BYTES, ORDER_KEY_BYTES
from spanglass.store.postings import scalar_text
from spanglass.store.texts import json_text, span_text

_NUMBER = regex.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", regex.ASCII)
_WORD = re.compile(r"\w+")
_INT64 = range(-(2**63), 2**63)


def as_number(text: str | None) -> int | float | None:
    """The number that a text looks like, or None.

    >>> as_number("12"), as_number("1.5e3"), as_number("12abc"), as_number(" 1")
    (12, 1500.0, None, None)
    """
    if text is None:
        return None
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    if match.group(1) is None and match.group(2) is None and len(text) < 20:
        whole = int(text)
        if whole in _INT64:
            return whole
    number = float(text)
    return None if math.isinf(number) else number


def number_text(value: int | float | None) -> str | None:
    """The shortest text that reads back as this number."""
    return None if value is None else scalar_text(value)


def text_head(text: str | None) -> str | None:
    """As many whole characters as fit into the bytes that a text is sorted by."""
    if text is None or len(text) * 4 <= ORDER_KEY_BYTES:
        return text
    return text.encode()[:ORDER_KEY_BYTES].decode(errors="ignore")


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> Any:
    if len(pattern.encode()) > MAX_REGEX_BYTES:
        raise EngineError(
            f"a regular expression of more than {MAX_REGEX_BYTES} bytes: use IN for a list of alternatives"
        )
    try:
        return regex.compile(pattern)
    except regex.error as error:
        at = "" if error.pos is None else f" at position {error.pos}"
        raise EngineError(f"bad regular expression {pattern!r}: {error.msg}{at}") from None


def check_pattern(pattern: str) -> None:
    """Raise if it is no regular expression, or too long a one."""
    _pattern(pattern)


def search_regex(pattern: str | None, text: str | None) -> bool | None:
    """Whether the pattern is found in the text (in its first bytes, if it is very long) before the deadline."""
    if pattern is None or text is None:
        return None
    return deadline.in_time(pattern, partial(_pattern(pattern).search, text[:MAX_REGEX_SUBJECT_BYTES])) is not None


def like_tokens(pattern: str, escape: str | None) -> Iterator[str | None]:
    """A LIKE pattern's characters: None for ``%``, the empty text for ``_``, else the character meant."""
    characters = iter(pattern)
    for character in characters:
        if character == escape:
            yield next(characters, escape)
        elif character == "%":
            yield None
        else:
            yield "" if character == "_" else character


@lru_cache(maxsize=256)
def _like_runs(pattern: str, escape: str | None) -> list[list[str]]:
    """A LIKE pattern cut at each ``%``, every run as its characters, the empty text for any one."""
    runs: list[list[str]] = [[]]
    for token in like_tokens(pattern, escape):
        if token is None:
            runs.append([])
        else:
            runs[-1].append(token)
    return runs


def like(pattern: str | None, text: str | None, escape: str | None) -> bool | None:
    """LIKE in exact case, for patterns that are not known beforehand or too long for GLOB.

    Without a regex: a long one can't be stopped in time.

    >>> like("a%c_", "abcd", None), like("a%c_", "abc", None), like("a!%", "a%", "!")
    (True, False, True)
    """
    if pattern is None or text is None:
        return None
    first, *others = _like_runs(pattern, escape)
    if not others:
        return len(first) == len(text) and _stands_at(0, first, text)
    *middle, last = others
    at, end = len(first), len(text) - len(last)
    if end < at or not _stands_at(0, first, text) or not _stands_at(end, last, text):
        return False
    for run in middle:  # the first place where a run stands leaves most to the others
        found = _place_of(run, text, at, end)
        if found is None:
            return False
        at = found + len(run)
    return True


def _stands_at(start: int, run: list[str], text: str) -> bool:
    return all(wanted in ("", text[start + i]) for i, wanted in enumerate(run))


def _place_of(run: list[str], text: str, start: int, end: int) -> int | None:
    if "" not in run:
        found = text.find("".join(run), start, end)
        return None if found < 0 else found
    for place in range(start, end - len(run) + 1):
        deadline.check()
        if _stands_at(place, run, text):
            return place
    return None


def words(text: str) -> set[str]:
    """The words of a text, folded: runs of letters, digits and underscores.

    >>> sorted(words("Refund-policy, REFUND 2024"))
    ['2024', 'policy', 'refund']
    """
    return set(_WORD.findall(fold(text)))


@lru_cache(maxsize=64)
def _wanted_words(pattern: str) -> frozenset[str]:
    return frozenset(words(pattern))


def has_words(pattern: str | None, text: str | None) -> bool | None:
    """Whether every word of the pattern is a word of the text.

    >>> has_words("policy refund", "Refund-policy"), has_words("fund", "Refund-policy")
    (True, False)
    """
    if pattern is None or text is None:
        return None
    folded = fold(text)
    return all(_has_word(word, folded) for word in _wanted_words(pattern))


def _has_word(word: str, text: str) -> bool:
    """Whether a word stands in a text with nothing of a word around it: quicker than to list all its words."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not _WORD.match(text[start - 1 : start]) and not _WORD.match(text[end : end + 1]):
            return True
        start = text.find(word, end)
    return False


def _fold(text: str | None) -> str | None:
    return None if text is None else fold(text)


@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    return orjson.loads(text)


def json_container(text: Any) -> dict[str, Any] | list[Any] | None:
    """The object or array that a text is the JSON of, or None."""
    if not isinstance(text, str) or text[:1] not in ("{", "["):
        return None
    try:
        parsed: dict[str, Any] | list[Any] = orjson.loads(text)
    except ValueError:
        return None
    return parsed


@lru_cache(maxsize=64)
def _container(text: str) -> dict[str, Any] | list[Any] | None:
    return json_container(text)


def same_json(value: Any, other: str | None) -> bool | None:
    """Whether the text of an object or array says the same as another one; None if one of the two is none.

    The order of keys makes no difference, nor does ``1`` or ``1.0``.
    """
    wanted = None if other is None else _container(other)
    given = None if wanted is None else json_container(value)
    return None if given is None else _same(given, wanted)


def _same(left: Any, right: Any) -> bool:
    stack = [(left, right)]
    while stack:
        left, right = stack.pop()
        if isinstance(left, dict) and isinstance(right, dict):
            if left.keys() != right.keys():
                return False
            stack.extend((value, right[key]) for key, value in left.items())
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            stack.extend(zip(left, right, strict=True))
        elif isinstance(left, bool) or isinstance(right, bool):
            if left is not right:
                return False
        elif left != right:
            return False
    return True


def take(value: Any, steps: Any, flat: str | None) -> Any:
    """What is at a path of keys and indexes in a JSON value; None where it leads nowhere.

    >>> take({"a.b": [1, 2]}, ["a", "b"], "a.b"), take({"a": [1, 2]}, ["a", -1], None)
    ([1, 2], 2)
    """
    if flat is not None and isinstance(value, dict) and flat in value:
        return value[flat]
    for step in steps:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def _take_json(text: str | None, steps: str, flat: str | None) -> str | None:
    if text is None:
        return None
    value = take(orjson.loads(text), _parsed(steps), flat)
    return None if value is None else orjson.dumps(value).decode()


def _has_needles(quantifier: Callable[[Iterator[bool]], bool], texts: str, needles: str, folded: int) -> bool:
    found = orjson.loads(texts)
    if folded:
        found = list(map(fold, found))
    return quantifier(_is_in_some(needle, found) for needle in _parsed(needles))


def _is_in_some(needle: str, texts: list[str]) -> bool:
    deadline.check()
    return any(needle in text for text in texts)


def register(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection."""
    functions: dict[str, tuple[int, Callable[..., Any]]] = {
        "sg_number": (1, as_number),
        "sg_number_text": (1, number_text),
        "sg_head": (1, text_head),
        "sg_fold": (1, _fold),
        "sg_regex": (2, search_regex),
        "sg_like": (3, like),
        "sg_words": (2, has_words),
        "sg_same_json": (2, same_json),
        "sg_json_text": (-1, json_text),
        "sg_span_text": (6, span_text),
        "sg_take": (3, _take_json),
        "sg_every": (3, partial(_has_needles, all)),
        "sg_some": (3, partial(_has_needles, any)),
    }
    for name, (arguments, function) in functions.items():
        connection.create_function(name, arguments, deadline.keeping_errors(function), deterministic=True)
