"""What can be written at a place of a filter: fields, keys, operators, values and words, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from spanglass.filters.advice import Vocabulary
from spanglass.filters.candidates import Candidates
from spanglass.filters.diagnostics import FilterError
from spanglass.filters.expected import expected_at
from spanglass.filters.names import Item
from spanglass.filters.observed import Observed
from spanglass.filters.tokens import tokenize
from spanglass.limits import MAX_COMPLETIONS, MAX_FILTER_BYTES

_WORD = re.compile(r"\w*")


@dataclass(frozen=True, slots=True)
class Completion:
    """What can stand in place of the characters ``start`` to ``end`` of a text (Python string indexes).

    ``asked`` is the path of the field whose value is asked for, empty where it is not a value, or where its values
    are no help: with it a caller can find the field's values under the rest of the filter (``context_at``), and ask
    again with ``values``.
    """

    start: int
    end: int
    items: list[Item] = field(default_factory=list)
    asked: str = ""


def complete(
    text: str, cursor: int, *, vocabulary: Vocabulary | None = None, values: Observed | None = None
) -> Completion:
    """What can be written at ``cursor``, a Python string index, while the text is being typed.

    The proposals begin with what is typed already, in any case; those in the same case come first, then the
    frequent ones; at most 50. Each leaves a text that can still become a filter. ``vocabulary`` knows which keys
    and values a store has seen. ``values`` are values that the field at the cursor has under the rest of the
    filter, with their counts; they come first and are marked ``~``. Nothing is raised, whatever the text is.

    >>> [item.label for item in complete("status = 'ERROR' ORDER BY dur", 29).items]
    ['duration', 'duration_ms']
    >>> complete("status = ", 9).items[0].insert
    "'OK'"
    """
    cursor = min(max(cursor, 0), len(text))
    expected = expected_at(text, cursor) if len(text) <= MAX_FILTER_BYTES else None
    if expected is None:
        return Completion(cursor, cursor)
    start = expected.start
    member = expected.what == "member"
    candidates = Candidates(text, text[start:cursor], vocabulary, values)
    if member:
        start, found = candidates.inside(expected)
    else:
        found = candidates.at(expected)
    items = _matching(found, text[start:cursor])
    before = text[start - 1 : start].strip()
    if start == cursor and not member and before not in ("", "(", "{"):
        items = [_apart(item) for item in items]
    asked = candidates.asked(expected) if expected.what == "value" else ""
    return Completion(start, _end(text, start, cursor), items, asked)


def _matching(found: Iterable[Item], typed: str) -> list[Item]:
    """The items that begin with what is typed, those in the same case first, each text once."""
    quote = typed[:1] if typed[:1] in ("'", '"', "`") else ""
    wanted = typed[len(quote) :]
    folded = wanted.casefold()
    exact: dict[str, Item] = {}
    other: dict[str, Item] = {}
    for item in found:
        if quote and not (item.kind in ("key", "span") if quote == "`" else item.insert.startswith("'")):
            continue
        shown = item.insert[1:-1] if item.insert.startswith("'") else item.label  # a label may be cut
        if shown.startswith(wanted):
            exact.setdefault(item.insert, item)
        elif shown.casefold().startswith(folded):
            other.setdefault(item.insert, item)
        if len(exact) == MAX_COMPLETIONS:
            break
    return list({**exact, **other}.values())[:MAX_COMPLETIONS]


def _apart(item: Item) -> Item:
    """The item with a space before it, so that it does not run into what it follows."""
    return item if item.insert in (",", ")") else replace(item, insert=" " + item.insert)


def _end(text: str, start: int, cursor: int) -> int:
    """Where the word at the cursor ends: it is replaced as a whole."""
    if start == cursor:
        return cursor
    if text[start] not in "'\"`":
        word = _WORD.match(text, cursor)
        return word.end() if word else cursor
    try:
        tokens = tokenize(text)
    except FilterError:  # the quote is still open, or another one is
        return cursor
    return max([cursor, *[end for at, end in zip(tokens.starts, tokens.ends, strict=True) if at == start]])
