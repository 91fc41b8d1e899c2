"""What the rest of a filter says of a value that is being written: in which traces and spans it is looked for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from spanglass.filters import grouping
from spanglass.filters.algebra import Column, Of, Predicate, Query, Related, Relation, Type
from spanglass.filters.diagnostics import FilterError
from spanglass.filters.expected import expected_at
from spanglass.filters.fields import RELATED
from spanglass.filters.logic import conjunction, exists
from spanglass.filters.parser import parse, parse_value
from spanglass.filters.resolve import resolve
from spanglass.filters.resolver import Resolver
from spanglass.filters.scope import ROW, SAME_SPAN, Scope
from spanglass.filters.times import find_zone, local_zone
from spanglass.filters.tokens import Piece, pieces
from spanglass.limits import MAX_FILTER_BYTES, MAX_REFINED

_OPENING = {")": "(", "}": "{", "]": "["}
_TAIL = frozenset({"ORDER", "LIMIT", ";"})


@dataclass(frozen=True, slots=True)
class Context:
    """The newest traces that the rest of a filter finds, and as a column of theirs the values that are asked for."""

    query: Query
    column: Column
    type: Type


def context_at(
    text: str,
    cursor: int,
    *,
    experiment_ids: Sequence[str] | None = None,
    run_id: str | None = None,
    zone: str | None = None,
) -> Context | None:
    """The rest of the filter as the value at ``cursor`` has it; None where no value is being written.

    The condition at the cursor does not count, nor what cannot be read, nor the other branches of an OR. In a block,
    and beside bare span terms, the values are those of the spans for which the other conditions hold.

    >>> context_at("status = 'ERROR' AND broken( AND tag.env = ", 43).query.text
    "status = 'ERROR'"
    """
    expected = expected_at(text, cursor) if len(text) <= MAX_FILTER_BYTES else None
    if expected is None or expected.what != "value":
        return None
    asked = text[slice(*expected.left)]
    try:
        node = parse_value(asked)
        typed = _resolver(asked, zone).value(node, expected.scope)
    except (FilterError, RecursionError):
        return None
    levels = list(_levels(text, cursor))
    block = next((level for level in reversed(levels) if level.relation is not None), None)
    place = expected.scope
    things: Relation | None = None if place == ROW else "spans"
    if block is not None and block.relation is not None:
        things = block.relation
    elif place == ROW and grouping.speaks_of_a_span(node):
        things, place = "spans", SAME_SPAN
    outer: list[str] = []
    inner: list[Predicate] = []
    for level in levels:
        within = block is not None and level.start >= block.start
        for term in level.terms:
            beside = not within and place == SAME_SPAN and _speaks_of_a_span(term)
            if within or beside:
                inner += _predicate(term, place, zone)
            elif not level.inside_block and _reads(term):
                outer.append(term)
    query = resolve(" AND ".join(outer), experiment_ids=experiment_ids, run_id=run_id, zone=zone)
    value = typed.value
    if things is not None:
        related = Related(things, conjunction(inner))
        value = Of(related, value)
        query = replace(query, where=conjunction((query.where, exists(related))))
    return Context(replace(query, limit=MAX_REFINED), Column(asked, value, "all"), typed.type)


@dataclass(slots=True)
class _Level:
    """An open bracket before the cursor, or the whole text: the conditions in it, those at the cursor left out.

    ``relation`` is what the things in a block are to their trace, None in parentheses; ``inside_block`` says that a
    block is around it.
    """

    start: int
    relation: Relation | None
    inside_block: bool
    terms: list[str]


def _levels(text: str, cursor: int) -> Iterator[_Level]:
    """The brackets that are open at the cursor, from the outside in, as far as conditions stand in them."""
    found = [piece for piece in pieces(text) if piece.kind != "comment"]
    open_at = [-1]
    for at, piece in enumerate(found):
        if piece.end > cursor or (piece.end == cursor and piece.kind in _OPENING):
            break
        if piece.kind in ("(", "{", "["):
            open_at.append(at)
        elif piece.kind in _OPENING and len(open_at) > 1 and found[open_at[-1]].kind == _OPENING[piece.kind]:
            open_at.pop()
    inside_block = False
    for at in open_at:
        before = found[at - 1] if at > 0 else None
        word = "" if before is None else text[before.start : before.end].lower()
        relation: Relation | None = None
        if at >= 0 and found[at].kind == "{":
            relation = _relation_of(word)
        elif at >= 0 and (before is None or before.kind not in ("(", "{", "AND", "OR")):
            continue  # of a call or a list, or what stands in it is negated
        yield _Level(at, relation, inside_block, list(_terms(text, found, at + 1, cursor)))
        inside_block = inside_block or relation is not None


def _relation_of(word: str) -> Relation:
    relation, subject = RELATED.get(word, ("spans", "span"))
    return relation if subject != "span" or relation == "root" else "spans"


def _terms(text: str, found: list[Piece], at: int, cursor: int) -> Iterator[str]:
    """The conditions between two ORs around the cursor, the one at the cursor left out, to the closing bracket."""
    branch: list[str] = []
    holds_cursor = False
    depth, between = 0, False
    start = at
    for place in range(at, len(found) + 1):
        kind = found[place].kind if place < len(found) else "end"
        if kind in ("(", "{", "["):
            depth += 1
        elif kind in _OPENING and depth:
            depth -= 1
        elif kind == "BETWEEN":
            between = True
        elif kind == "AND" and between:
            between = False
        elif kind == "end" or (not depth and (kind in ("AND", "OR", *_TAIL, *_OPENING))):
            term_end = found[place].start if place < len(found) else len(text) + 1
            term_start = found[start - 1].end if start else 0
            if term_start <= cursor <= term_end:
                holds_cursor = True
            elif start < place:
                branch.append(text[found[start].start : found[place - 1].end])
            start, between = place + 1, False
            if kind != "AND":
                if holds_cursor:
                    yield from branch
                    return
                branch = []
            if kind not in ("AND", "OR"):
                return


def _resolver(text: str, name: str | None) -> Resolver:
    zone = find_zone(local_zone() if name is None else name)
    assert zone is not None
    return Resolver(text, params=None, now_ms=time.time_ns() // 1_000_000, zone=zone)


def _predicate(term: str, scope: Scope, zone: str | None) -> list[Predicate]:
    """What a condition means where it stands; nothing if it cannot be read."""
    try:
        where = parse(term).where
        return [] if where is None else [_resolver(term, zone).term(where, scope)]
    except (FilterError, RecursionError):
        return []


def _speaks_of_a_span(term: str) -> bool:
    try:
        where = parse(term).where
    except FilterError:
        return False
    return where is not None and grouping.speaks_of_a_span(where)


def _reads(term: str) -> bool:
    try:
        resolve(term)
    except FilterError:
        return False
    return True
