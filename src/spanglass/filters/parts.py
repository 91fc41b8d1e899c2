"""The conditions that a filter's text joins by AND, as they stand there: to be shown, replaced and left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from spanglass.filters import syntax
from spanglass.filters.parser import parse
from spanglass.filters.tokens import tokenize


@dataclass(frozen=True, slots=True)
class Part:
    """One condition: its text from ``start`` to ``end``, with the parentheses that stand around it alone."""

    node: syntax.Node
    text: str
    start: int
    end: int


def parts(text: str) -> list[Part]:
    """The conditions of a filter in the order of its text, nested ANDs taken apart.

    >>> [part.text for part in parts("(status = 'OK' OR cost > 1) AND (tag.env = 'prod') ORDER BY cost")]
    ["(status = 'OK' OR cost > 1)", "(tag.env = 'prod')"]
    """
    where = parse(text).where
    if where is None:
        return []
    tokens = tokenize(text)
    starts = {start: place for place, start in enumerate(tokens.starts)}
    ends = {end: place for place, end in enumerate(tokens.ends[:-1])}  # the last one is the end itself
    found = []
    for node in syntax.conjuncts(where):
        first, last = starts[node.start], ends[node.end]
        while first > 0 and tokens.kinds[first - 1] == "(" and tokens.kinds[last + 1 : last + 2] == [")"]:
            first, last = first - 1, last + 1
        start, end = tokens.starts[first], tokens.ends[last]
        found.append(Part(node, text[start:end], start, end))
    return found


def without(text: str, unwanted: Collection[Part]) -> str:
    """The filter without these of its parts; the rest stays as it was written, ORDER BY and LIMIT too.

    >>> text = "status = 'OK' AND cost > 1 AND name = 'a' LIMIT 5"
    >>> without(text, parts(text)[:2])
    "name = 'a' LIMIT 5"
    """
    kept = [part for part in parts(text) if part not in unwanted]
    new = text
    for part in sorted(unwanted, key=lambda each: -each.start):
        new = _cut(new, part)
    if _nodes(new) != [part.node for part in kept]:  # a parenthesis is left with nothing in it, or around too much
        query = parse(text)
        new = " AND ".join([part.text for part in kept]) + " " + text[query.where_stop :].lstrip()
    return new.strip()


def _cut(text: str, part: Part) -> str:
    """The text without the part and the AND that joined it; it need not be a filter any more."""
    tokens = tokenize(text)
    first, last = tokens.starts.index(part.start), tokens.ends.index(part.end)
    before = tokens.kinds[first - 1] if first > 0 else ""
    after = tokens.kinds[last + 1] if last + 1 < len(tokens.kinds) else ""
    if before == "AND":
        return text[: tokens.ends[first - 2] if first > 1 else 0] + text[part.end :]
    follower = last + 2 if after == "AND" else last + 1
    return text[: part.start] + (text[tokens.starts[follower] :] if follower < len(tokens.starts) else "")


def _nodes(text: str) -> list[syntax.Node] | None:
    """The conditions of a text; None if it is no filter."""
    try:
        where = parse(text).where
    except ValueError:
        return None
    return [] if where is None else syntax.conjuncts(where)
