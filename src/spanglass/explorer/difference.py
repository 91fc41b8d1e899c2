"""What became of a value: its text before and after, line by line, and in lines that stayed alike word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from spanglass import limits
from spanglass.entities import Json
from spanglass.explorer.wire import DiffLine, DiffResult
from spanglass.frames.alignment import same
from spanglass.frames.subsequence import common

_WORDS = re.compile(r"\d+(?:\.\d+)?|\w+|\s+|[^\w\s]")
# A long line is taken apart where a sentence ends, so that a change moves no other's bounds.
_SENTENCES = re.compile(r"(?<=[.!?;:,}\]]) +")
_LONG = 240
_ALIKE = 0.4  # lines that share less of their text are two lines, not one that was changed
_SHOWN_SAME = 8  # lines of a value that did not change: what it is about
_DEEPEST = 20  # levels that are moved to the right
# A text that would be taken for another value, or whose ends could not be seen.
_QUOTED = re.compile(r"|true|false|null|[-+.\d].*|[\"\[{].*|\s.*|.*\s", re.DOTALL)


def difference(before: Json, after: Json) -> DiffResult:
    """The lines of two values, each gone ("-"), new ("+") or in both (" "); of equal ones those around a change.

    None has no lines. A part of a line is said to be changed where only some of its words are.

    >>> for sign, parts in difference("A cup of black tea", "A cup of green tea")["lines"]:
    ...     print(sign, parts)
    - [['A cup of ', False], ['black', True], [' tea', False]]
    + [['A cup of ', False], ['green', True], [' tea', False]]
    """
    a, cut_a = _lines(before)
    b, cut_b = _lines(after)
    equal = same(before, after)
    lines = [(" ", [[text, False]]) for text in a] if equal else list(_compared(a, b))
    kept = list(_shortened(lines, _SHOWN_SAME if equal else limits.DIFF_CONTEXT, whole=equal))
    left = max(0, len(kept) - limits.DIFF_LINES)
    return {"same": equal, "lines": kept[: limits.DIFF_LINES], "left": left, "cut": cut_a or cut_b}


def _compared(a: Sequence[str], b: Sequence[str]) -> Iterator[DiffLine]:
    i = j = 0
    for at_a, at_b in [*common(a, b), (len(a), len(b))]:
        gone, new = a[i:at_a], b[j:at_b]
        both = [_words(x, y) for x, y in zip(gone, new, strict=False)]
        yield from (("-", both[n][0] if n < len(both) else [[text, False]]) for n, text in enumerate(gone))
        yield from (("+", both[n][1] if n < len(both) else [[text, False]]) for n, text in enumerate(new))
        if at_a < len(a):
            yield " ", [[a[at_a], False]]
        i, j = at_a + 1, at_b + 1


def _words(a: str, b: str) -> tuple[list[list[Any]], list[list[Any]]]:
    """Two lines in parts that are changed or not; each one whole and unmarked where they have little in common."""
    left, right = _WORDS.findall(a), _WORDS.findall(b)
    places = common(left, right)
    shared = sum(len(left[i]) for i, _ in places if not left[i].isspace())
    if 2 * shared < _ALIKE * (len(a) + len(b)):
        return [[a, False]], [[b, False]]
    return _parts(left, {i for i, _ in places}), _parts(right, {j for _, j in places})


def _parts(words: Sequence[str], kept: set[int]) -> list[list[Any]]:
    parts: list[list[Any]] = []
    for place, word in enumerate(words):
        # A space between two changed words is changed with them: else a phrase would fall into crumbs.
        changed = place not in kept or (
            word.isspace() and 0 < place < len(words) - 1 and not {place - 1, place + 1} & kept
        )
        if parts and parts[-1][1] == changed:
            parts[-1][0] += word
        else:
            parts.append([word, changed])
    return parts


def _shortened(lines: Sequence[DiffLine], context: int, *, whole: bool) -> Iterator[DiffLine]:
    """The lines with runs of equal ones cut to those beside a change; of a ``whole`` that is equal, the first ones."""
    run: list[DiffLine] = []
    begun = whole
    for line in [*lines, None]:
        if line is not None and line[0] == " ":
            run.append(line)
            continue
        head = context if begun else 0
        tail = context if line is not None else 0
        if len(run) > head + tail + 1:
            yield from run[:head]
            yield "…", [[f"{len(run) - head - tail} equal lines", False]]
            yield from run[len(run) - tail :]
        else:
            yield from run
        run, begun = [], True
        if line is not None:
            yield line


def _lines(value: Json) -> tuple[list[str], bool]:
    """A value as lines of text, and whether it had to be cut: a text is its own, objects and lists are indented."""
    lines: list[str] = []
    chars = 0
    stack: list[tuple[Any, int, str]] = [] if value is None else [(value, 0, "")]
    while stack:
        item, depth, label = stack.pop()
        indent = "  " * min(depth, _DEEPEST)
        inside: list[tuple[Any, int, str]] = []
        if isinstance(item, dict) and item:
            inside = [(inner, depth + bool(label), f"{key}: ") for key, inner in item.items()]
        elif isinstance(item, (list, tuple)) and item:
            inside = [(inner, depth + bool(label), "- ") for inner in item]
        if inside:
            texts = [indent + label.rstrip()] if label else []
            stack += reversed(inside)
        else:
            room = limits.DIFF_CHARS - chars
            texts = list(_text(item, indent, label, room))
            chars += room if isinstance(item, str) and len(item) > room else 0
        lines += texts
        chars += sum(map(len, texts)) + 1
        if chars >= limits.DIFF_CHARS:
            return lines, True
    return lines, False


def _text(item: Any, indent: str, label: str, most: int) -> Iterator[str]:
    """The lines of a value that holds no other."""
    if not isinstance(item, str):
        yield indent + label + orjson.dumps(item, default=str).decode()
        return
    text = item[:most]
    if label and "\n" not in text and len(text) <= _LONG:
        yield indent + label + (orjson.dumps(text).decode() if _QUOTED.fullmatch(text) else text)
        return
    if label:
        yield indent + label.rstrip()
        indent += "  "
    for line in text.split("\n"):
        for part in _SENTENCES.split(line) if len(line) > _LONG else [line]:
            for start in range(0, max(1, len(part)), limits.DIFF_LINE_CHARS):
                yield indent + part[start : start + limits.DIFF_LINE_CHARS]
