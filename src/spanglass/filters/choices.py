"""What a filter chooses among the values of a field: read from its text and written into it.

A choice is a condition of its own that says nothing else: ``status = 'ERROR'``, ``NOT tag.env IN ('a', 'b')``. A
span's field chooses among traces by a block, ``{ type = 'TOOL' }``, and among spans inside of the block that says
what a row is. Whatever else a filter says is left as it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from spanglass.filters import syntax
from spanglass.filters.algebra import Compare, Const, Exists, In, Not, Or, Predicate, Query, Value
from spanglass.filters.diagnostics import replaced
from spanglass.filters.edit import conjoin, quote_value
from spanglass.filters.parts import Part, parts, without
from spanglass.filters.resolve import Rows, resolve, resolve_column
from spanglass.filters.timespan import times

Scalar = str | int | float | bool
Want = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Values that a part of the filter wants, or does not want; ``strict`` if it says so by ``!=`` or ``NOT IN``."""

    part: Part
    want: Want
    values: tuple[Scalar, ...]
    strict: bool = False


@dataclass(frozen=True, slots=True)
class _Home:
    """The stretch of a text where conditions on a field stand, and what the field is called there.

    ``block`` says that a condition stands in a block of its own, ``rows`` that this block will say what a row is.
    """

    start: int
    end: int
    name: str
    block: bool = False
    rows: bool = False


def choices(text: str, path: str, rows: Rows = "traces") -> list[Choice]:
    """What a filter chooses among the values of a field, at most one choice of what it wants and one of what not.

    ``path`` is the field as a column's path, ``span.type`` for a span's.

    >>> [(found.want, found.values) for found in choices("status IN ('OK', 'ERROR') AND cost > 1", "status")]
    [('in', ('OK', 'ERROR'))]
    """
    home = _home(text, path, rows)
    if home.rows:
        return []
    region = text[home.start : home.end]
    value = resolve_column(path).value
    whole = home.end - home.start == len(text)
    meanings = {(c.start, c.end): c.where for c in resolve(text, rows="spans").conjuncts} if whole else {}
    found: dict[Want, Choice] = {}
    for part in parts(region):
        if whole and rows == "traces":  # bare conditions on one and the same span say more together
            where = meanings.get((part.node.start, part.node.end))
        else:
            where = resolve(part.text if whole else f"{{ {part.text} }}").where
        choice = None if where is None else _choice(part, where, value, home, path)
        if choice is not None:
            found.setdefault(choice.want, choice)
    return list(found.values())


def choose(text: str, path: str, value: Scalar, want: Want | None, rows: Rows = "traces") -> str:
    """The filter that wants (``in``) or does not want (``out``) this value of a field, or says nothing about it.

    >>> text = choose("cost > 1", "tag.env", "prod", "in")
    >>> choose(text, "tag.env", "dev", "in")
    "cost > 1 AND tag.env IN ('prod', 'dev')"
    >>> choose(text, "tag.env", "prod", None)
    'cost > 1'
    """
    sides: tuple[Want, Want] = ("in", "out")
    for side in sides:
        now = next((found for found in choices(text, path, rows) if found.want == side), None)
        values = [each for each in (now.values if now else ()) if not _same(each, value)]
        if side == want:
            values.append(value)
        text = _written(text, path, rows, now, side, values)
    return _without_empty_block(text) if rows == "spans" else text


def unchosen(text: str, path: str, rows: Rows = "traces") -> str:
    """The filter without what it chooses among the values of a field."""
    home = _home(text, path, rows)
    found = choices(text, path, rows)
    return _inside(text, home, without(text[home.start : home.end], [choice.part for choice in found]))


def unshown(text: str, paths: Sequence[str], rows: Rows = "traces") -> list[tuple[str, str]]:
    """The conditions that are neither choices among the values of these fields nor times, in the order of the text.

    Beside each stands the filter without it.

    >>> unshown("status = 'OK' AND cost > 1", ["status"])
    [('cost > 1', "status = 'OK'")]
    """
    shown: dict[tuple[int, int], list[Part]] = {(0, len(text)): list(times(text).parts)}
    whole = _Home(0, len(text), "")
    homes = {(0, len(text)): whole}
    for path in paths:
        home = _home(text, path, rows)
        place = (home.start, home.end)
        homes.setdefault(place, home)
        shown.setdefault(place, []).extend([choice.part for choice in choices(text, path, rows)])
    found: list[tuple[int, str, str]] = []
    for place, home in homes.items():
        region = text[home.start : home.end]
        for part in parts(region):
            block = part.node
            inside = isinstance(block, syntax.Block) and (block.start + 1, block.end - 1) in homes
            if part not in shown[place] and not inside:
                rest = _inside(text, home, without(region, [part]))
                found.append((home.start + part.start, part.text, rest))
    return [(condition, rest) for _, condition, rest in sorted(found)]


# ---------------------------------------------------------------- where a condition stands


def _home(text: str, path: str, rows: Rows) -> _Home:
    name = path.removeprefix("span.")
    if name == path:
        return _Home(0, len(text), path)
    if rows == "traces":
        return _Home(0, len(text), name, block=True)
    query = resolve(text, rows="spans")
    place = _place_of_rows(query)
    if place is None:
        return _Home(0, len(text), name, block=True, rows=True)
    for part in parts(text):
        if (part.node.start, part.node.end) == place:
            node = part.node
            block = node.links[-1].block if isinstance(node, syntax.Chain) else node
            if isinstance(block, syntax.Block):
                return _Home(block.start + 1, block.end - 1, name)
    return _Home(0, len(text), path)


def _place_of_rows(query: Query) -> tuple[int, int] | None:
    """Where the condition stands that says which spans are rows; None if none does."""
    for conjunct in reversed(query.conjuncts):
        where = conjunct.where
        branches = where.items if isinstance(where, Or) else (where,)
        if all(isinstance(item, Exists) and item.things.relation == "spans" for item in branches):
            return conjunct.start, conjunct.end
    return None


def _inside(text: str, home: _Home, region: str) -> str:
    if home.end - home.start == len(text):
        return region
    return replaced(text, home.start, home.end, f" {region} " if region else " ")


def _without_empty_block(text: str) -> str:
    """The filter without the braces that are left empty, if the rows are the same spans without them."""
    shorter = without(text, [part for part in parts(text) if part.node == syntax.Block(None)])
    same = resolve(shorter, rows="spans").spans == resolve(text, rows="spans").spans
    return shorter if same else text


# ---------------------------------------------------------------- what a condition says


def _choice(part: Part, where: Predicate, value: Value, home: _Home, path: str) -> Choice | None:
    span = path.startswith("span.")
    outer = False
    if span and isinstance(where, Not):
        where, outer = where.item, True
    if span:
        if not isinstance(where, Exists) or where.things.relation != "spans":
            return None
        where = where.things.where
    if isinstance(where, Not):
        if outer:
            return None
        where, outer = where.item, True
        if span and home.block:  # some span is not so: nothing that is said of traces
            return None
    found = _listed(where, value)
    if found is None:
        return None
    values, strict = found
    if strict and (outer or home.block):
        return None
    return Choice(part, "out" if outer or strict else "in", values, strict)


def _listed(where: Predicate, value: Value) -> tuple[tuple[Scalar, ...], bool] | None:
    """The values that are asked for, or (True) excluded; None if it is another condition."""
    if isinstance(where, Compare) and where.op in ("=", "!=") and where.left == value:
        items: Sequence[object] = (where.right,)
        strict = where.op == "!="
    elif isinstance(where, In) and where.value == value:
        items, strict = where.items, where.negated
    else:
        return None
    values = [item.value for item in items if isinstance(item, Const) and item.value is not None]
    return (tuple(values), strict) if len(values) == len(items) else None


def _same(one: Scalar, other: Scalar) -> bool:
    """Whether two values are the same to the language: 1 and 1.0 are, 1 and TRUE are not."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


# ---------------------------------------------------------------- writing


def _written(text: str, path: str, rows: Rows, now: Choice | None, side: Want, values: Sequence[Scalar]) -> str:
    """The text in which these values, and no others, are chosen on one side."""
    if tuple(values) == (now.values if now else ()):
        return text
    home = _home(text, path, rows)
    region = text[home.start : home.end]
    if not values:
        assert now is not None
        return _inside(text, home, without(region, [now.part]))
    condition = _condition(home, side, values, strict=now.strict if now else home.name.startswith("span."))
    if now is None:
        return _inside(text, home, conjoin(region.strip() if home.start else region, condition))
    return _inside(text, home, replaced(region, now.part.start, now.part.end, condition).strip())


def _condition(home: _Home, side: Want, values: Sequence[Scalar], *, strict: bool) -> str:
    one = len(values) == 1
    negated = side == "out" and strict
    operator = ("!=" if negated else "=") if one else ("NOT IN" if negated else "IN")
    listed = quote_value(values[0]) if one else f"({', '.join(map(quote_value, values))})"
    condition = f"{home.name} {operator} {listed}"
    if home.block and not home.rows:
        condition = f"{{ {condition} }}"
    if side == "out" and not negated:
        condition = f"NOT {condition}"
    return f"{{ {condition} }}" if home.rows else condition
