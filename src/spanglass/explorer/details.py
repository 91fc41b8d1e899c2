"""Values cut to what a screen can use: long texts, long arrays, deep nesting and inexact numbers.

Everything here walks with a stack of its own: a value may be nested as deeply as its source liked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from spanglass import limits
from spanglass.explorer.envelope import encode, utf16_length, utf16_slice
from spanglass.explorer.wire import Cut, JsonStep

# Texts and entries kept, from the usual to the tightest: the first pair that fits the bytes is taken.
TIGHTER = ((limits.CUT_TEXT_CHARS, limits.CUT_ITEMS), (1_000, 100), (500, 50), (200, 20), (100, 8), (20, 1))


# What a step of each kind leads into.
CONTAINERS: dict[type, type] = {str: dict, int: list}


class TooLarge(Exception):
    """The value does not fit, cut as it was."""


def cut(
    value: Any, *, start: Sequence[JsonStep] = (), max_bytes: int = limits.MAX_DETAIL_BYTES
) -> tuple[Any, list[Cut]]:
    """A copy of a JSON value that travels well, and what was left out of it.

    Args:
        value: any JSON value, of any size and depth.
        start: the path of ``value`` itself: the paths of the cuts begin with it.
        max_bytes: bound of the copy's JSON; when it does not fit, texts and lists are cut shorter all over.

    >>> cut({"text": "a" * 5000})[1]
    [{'path': ['text'], 'kind': 'text', 'length': 5000}]
    """
    for chars, items in TIGHTER:
        try:
            return cut_once(value, start, chars, items, max_bytes)
        except TooLarge:
            continue
    return empty(value, start)


def empty(value: Any, start: Sequence[JsonStep]) -> tuple[Any, list[Cut]]:
    """Nothing of a value that does not fit at all, but its entries one by one, each without its contents."""
    cuts: list[Cut] = []
    if isinstance(value, Mapping):
        entries = islice(value.items(), limits.CUT_ITEMS)
        kept = {shown_key(key): shut(item, [*start, shown_key(key)], cuts) for key, item in entries}
        if len(value) > len(kept):
            cuts.append({"path": list(start), "kind": "keys", "length": len(value)})
        return kept, cuts
    return shut(value, list(start), cuts), cuts


def shut(value: Any, path: list[JsonStep], cuts: list[Cut]) -> Any:
    """A value that shows nothing of its contents yet."""
    if isinstance(value, str) and len(value) > TIGHTER[-1][0]:
        cuts.append({"path": path, "kind": "text", "length": utf16_length(value)})
        return value[: TIGHTER[-1][0]]
    if isinstance(value, Mapping) and value:
        cuts.append({"path": path, "kind": "keys", "length": len(value)})
        return {}
    if isinstance(value, (list, tuple)) and value:
        cuts.append({"path": path, "kind": "items", "length": len(value)})
        return []
    return exact(value, path, cuts)


def exact(value: Any, path: list[JsonStep], cuts: list[Cut]) -> Any:
    """A scalar, as text where JavaScript would change it."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > limits.MAX_SAFE_INTEGER:
        text = str(value)
        cuts.append({"path": path, "kind": "number", "length": len(text)})
        return text
    return value


def cut_once(value: Any, start: Sequence[JsonStep], chars: int, items: int, max_bytes: int) -> tuple[Any, list[Cut]]:
    """Cut with these bounds, or raise TooLarge as soon as the copy has become too large."""
    cuts: list[Cut] = []
    size = 0
    result: list[Any] = []
    # (value, its path, where its copy goes, under which key)
    stack: list[tuple[Any, list[JsonStep], Any, Any]] = [(value, list(start), result, None)]
    while stack:
        item, path, into, key = stack.pop()
        entries: Sequence[tuple[JsonStep, Any]] = ()
        told = len(cuts)
        if isinstance(item, str):
            copy: Any = item
            if len(item) > chars:
                cuts.append({"path": path, "kind": "text", "length": utf16_length(item)})
                copy = item[:chars]
            size += len(encode(copy))
        elif isinstance(item, (Mapping, list, tuple)):
            is_map = isinstance(item, Mapping)
            kept = items if len(path) - len(start) < limits.CUT_DEPTH else 0
            if len(item) > kept:
                cuts.append({"path": path, "kind": "keys" if is_map else "items", "length": len(item)})
            copy = {} if is_map else []
            pairs = item.items() if isinstance(item, Mapping) else enumerate(item)
            entries = [(shown_key(key), inner) for key, inner in islice(pairs, kept)]
        else:
            copy = exact(item, path, cuts)
            size += 20  # what the longest number takes
        size += len(encode(key)) + 2 if isinstance(key, str) else 2
        if len(cuts) > told:
            size += len(encode(cuts[-1]))
        if size > max_bytes:
            raise TooLarge
        if isinstance(into, dict):
            into[key] = copy
        else:
            into.append(copy)
        # Pushed in reverse, so that they are popped, and written into the copy, in order.
        for step, inner in reversed(entries):
            stack.append((inner, [*path, step], copy, step))
    return result[0], cuts


def shown_key(key: JsonStep) -> JsonStep:
    """A key as it travels, shortened where nobody would read it to its end; an index as it is."""
    if isinstance(key, str) and len(key) > limits.CUT_TEXT_CHARS:
        return key[: limits.CUT_TEXT_CHARS] + "…"
    return key


def preview(value: Any) -> Any:
    """A cell's value: scalars as they are, texts and containers as the beginning of a text.

    >>> preview({"score": [0.5, None]})
    '{"score":[0.5,null]}'
    """
    if isinstance(value, str):
        return value[: limits.PREVIEW_CHARS]
    if isinstance(value, (Mapping, list, tuple)):
        short, _ = cut(value, max_bytes=8 * limits.PREVIEW_CHARS)
        return encode(short).decode()[: limits.PREVIEW_CHARS]
    return exact(value, [], [])


def follow(value: Any, path: Iterable[JsonStep]) -> Any:
    """The value that a path leads to.

    Raises:
        LookupError: there is none.
    """
    for step in path:
        leads_on = type(value) is CONTAINERS[type(step)]
        if not leads_on:
            raise LookupError(step)
        value = value[step]
    return value


def stretch(value: Any, path: Sequence[JsonStep], start: int, end: int) -> tuple[Any, int, list[Cut]]:
    """The part of a text, array or object from ``start`` to ``end``; its whole length; what was cut in it.

    Texts are counted in UTF-16 code units, as JavaScript counts them, and come ``SLICE_CHARS`` at a time. Of
    an array or object at most ``CUT_ITEMS`` entries come at once, each cut as in a span's details. The rest
    is asked for with the next stretch.
    """
    if isinstance(value, str):
        return utf16_slice(value, start, min(end, start + limits.SLICE_CHARS)), utf16_length(value), []
    end = min(end, start + limits.CUT_ITEMS)
    if isinstance(value, Mapping):
        kept, cuts = cut(dict(islice(value.items(), start, end)), start=path)
        return kept, len(value), cuts
    if isinstance(value, (list, tuple)):
        part, cuts = cut(list(value[start:end]), start=path)
        for each in cuts:
            if len(each["path"]) > len(path):
                each["path"][len(path)] += start  # type: ignore[operator]  # an index, as the path meets an array
        return part, len(value), cuts
    return exact(value, [], []), 1, []
