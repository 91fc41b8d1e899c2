"""What the store lists already: the traces with a span of some name, a tag, an attribute, a slow span of a type.

A condition that such a list answers is never asked of a span, and one that it narrows only of those it names.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spanglass.engines.sqlite import comparisons, text, values
from spanglass.engines.sqlite.cells import Cell
from spanglass.engines.sqlite.comparisons import constant_text
from spanglass.engines.sqlite.context import Context
from spanglass.engines.sqlite.functions import json_container
from spanglass.filters.algebra import (
    And,
    Compare,
    Const,
    Exists,
    Field,
    In,
    Key,
    Match,
    Mode,
    Path,
    Predicate,
    Range,
    Value,
)
from spanglass.limits import SHORT_VALUE_CHARS
from spanglass.store.schema import KIND_BOOL, KIND_MORE, KIND_NUMBER, KIND_TEXT

if TYPE_CHECKING:
    from spanglass.engines.sqlite.emitter import Emitter

_FEW_VALUES = 16
"""Up to so many values of a key are looked up one by one; a trace may be asked itself sooner than about more."""


@dataclass(slots=True)
class Listing:
    """The traces in a table that fulfil a condition there, and about how many they are.

    ``long`` says that looking for one trace in it takes longer than asking that trace.
    """

    table: str
    rid: str
    where: str
    traces: float
    long: bool = False

    def among(self, rid: str) -> str:
        """Whether a trace is listed, the whole list being made first."""
        return f"{rid} IN (SELECT {self.rid} FROM {self.table} WHERE {self.where})"

    def has(self, rid: str) -> str:
        """Whether a trace is listed, looked up by itself."""
        return f"EXISTS (SELECT 1 FROM {self.table} WHERE {self.where} AND {self.rid} = {rid})"


@dataclass(slots=True)
class Posted:
    """The traces with a value: those in which it certainly is, those in which it may be, and both together."""

    surely: Listing | None
    maybe: Listing | None
    either: Listing


NOTHING = Listing("posting", "rid", "0", 0)


def conjuncts(where: Predicate) -> list[Predicate]:
    """The parts that must all hold."""
    if isinstance(where, And):
        return [part for item in where.items for part in conjuncts(item)]
    return [where]


# ---------------------------------------------------------------- by name, type and model


def texts_of(node: Predicate) -> tuple[str, list[str]] | None:
    """The field of a span that a predicate asks to equal a text, and the texts that it may equal."""
    if isinstance(node, Compare):
        value, wanted = node.left, node.right
        if node.op != "=" or node.mode is not Mode.TEXT or not isinstance(wanted, Const):
            return None
        texts = [wanted.value]
    elif isinstance(node, In) and not node.negated:
        value, texts = node.value, [item.value for item in node.items]
    else:
        return None
    if not (isinstance(value, Field) and value.subject == "span"):
        return None
    known = [text for text in texts if isinstance(text, str)]
    return (value.name, known) if len(known) == len(texts) else None


def symbol(emitter: Emitter, node: Predicate) -> Listing | None:
    """The traces with a span of a name or a type; None if they are too many to be listed."""
    wanted = texts_of(node)
    if wanted is None or wanted[0] not in _INDEXED:
        return None
    field, texts = wanted
    choice = emitter.choice
    known = [(number, one) for one in texts if (number := choice.symbol(one)) is not None]
    if not known:
        return NOTHING
    traces = sum([choice.traces(f"span.{field}", one) for one in texts])
    if traces > choice.few:
        return None
    ids = [emitter.bind_for(number, f"symbol {one!r}") for number, one in known]
    alias = emitter.alias("s")
    where = _one_of(f"{alias}.{_INDEXED[field]}", ids)
    return Listing(f"span {alias}", f"{alias}.rid", where, traces, long=True)


_INDEXED = {"name": "name_id", "type": "type_id"}
"""Fields of a span that an index begins with."""


def _one_of(column: str, ids: Sequence[str]) -> str:
    return f"{column} = {ids[0]}" if len(ids) == 1 else f"{column} IN ({', '.join(ids)})"


# ---------------------------------------------------------------- by value


def posted(emitter: Emitter, node: Predicate) -> Posted | None:
    """The traces in which a tag, a metadata entry or an attribute passes a test; None if postings can't tell."""
    value = tested(node)
    if isinstance(value, Key):
        test = _key_test(emitter, node)
        return None if test is None else _posted(emitter, value.map, value.key, test, direct=True)
    key = None if value is None else attribute_key(value)
    test = None if key is None else _attribute_test(emitter, node)
    if key is None or test is None or not isinstance(value, Path):
        return None
    return _posted(emitter, "attribute", key, test, direct=value.flat == key or value.steps == (key,))


def tested(node: Predicate) -> Value | None:
    """The value that a predicate compares with literals."""
    if isinstance(node, Compare):
        return node.left if isinstance(node.right, Const) else None
    if isinstance(node, Exists):
        return None
    if isinstance(node, Range):
        return node.value if isinstance(node.low, Const) and isinstance(node.high, Const) else None
    if isinstance(node, Match):
        return node.value if isinstance(node.pattern, Const) else None
    return node.value if isinstance(node, In) else None


def attribute_key(value: Value) -> str | None:
    """The key under which a span attribute's values are posted."""
    if isinstance(value, Path) and (value.base.subject, value.base.name) == ("span", "attributes"):
        if value.flat is not None:
            return value.flat
        if all(isinstance(step, str) for step in value.steps):
            return ".".join(map(str, value.steps))
    return None


def _key_test(emitter: Emitter, node: Predicate) -> str | None:
    """The test of a tag or metadata entry, always a text, as one of a posted value."""
    if isinstance(node, In):
        test = comparisons.is_in(emitter, Cell("value", "text"), node.items, negated=node.negated)
        short = not node.negated and all(_is_short(item) for item in node.items)
        return _short_or_more(test, short)
    if isinstance(node, Match):
        pattern = values.constant(emitter, node.pattern.value)  # type: ignore[union-attr]
        value = Cell("value", "text")
        return _short_or_more(
            text.match(emitter, node.op, value, pattern, escape=node.escape, negated=node.negated), False
        )
    if isinstance(node, (Compare, Range)) and node.mode in (Mode.NUMBER, Mode.TEXT):
        cell = Cell("num", "number") if node.mode is Mode.NUMBER else Cell("value", "text")
        test, equal = _compared(emitter, node, cell)
        return _short_or_more(test, equal is not None and node.mode is Mode.TEXT and _is_short(equal))
    return None


def _is_short(item: Const) -> bool:
    return item.value is None or (isinstance(item.value, str) and len(item.value) <= SHORT_VALUE_CHARS)


def _short_or_more(test: str, short: bool) -> str:
    """``short`` says that nothing too long to be posted passes the test."""
    return f"(kind = 's' AND ({test}))" + ("" if short else " OR kind = '+'")


def _compared(emitter: Emitter, node: Compare | Range, cell: Cell) -> tuple[str, Const | None]:
    """A comparison with literals, and the literal that is to be equalled."""
    if isinstance(node, Compare):
        literal = node.right
        assert isinstance(literal, Const)
        test = comparisons.compare(emitter, node.op, cell, values.constant(emitter, literal.value), node.mode)
        return test, literal if node.op == "=" else None
    assert isinstance(node.low, Const)
    assert isinstance(node.high, Const)
    low, high = values.constant(emitter, node.low.value), values.constant(emitter, node.high.value)
    test = comparisons.between(
        emitter, cell, low, high, node.mode, include_high=node.include_high, negated=node.negated
    )
    return test, None


def _attribute_test(emitter: Emitter, node: Predicate) -> str | None:
    """The test of an attribute, any JSON value, as one of a posted value; objects are not posted."""
    if isinstance(node, (Compare, Range)) and node.mode is Mode.NUMBER:
        test, _ = _compared(emitter, node, Cell("num", "number"))
        return f"(({test}) OR kind = '+')"
    if isinstance(node, Compare) and node.op == "=" and isinstance(node.right, Const):
        items: Sequence[Const] = [node.right]
        boolean = node.mode is Mode.BOOL
    elif isinstance(node, In) and not node.negated:
        items, boolean = [item for item in node.items if item.value is not None], False
    else:
        return None
    tests = ["kind = '+'"]
    for item in items:
        if isinstance(item.value, str) and json_container(item.value) is not None:
            return None
        wanted = constant_text(item.value)
        if wanted is None:
            return None
        if boolean or isinstance(item.value, bool):
            tests.append(f"(kind IN ('b', 'B') AND value = {emitter.bind(wanted)})")
        elif isinstance(item.value, str):
            tests.append(f"(kind IN ('s', 'n', 'b', 'S', 'N', 'B') AND value = {emitter.bind(wanted)})")
        else:
            tests.append(f"num = {emitter.bind(item.value)}")
    return f"({' OR '.join(tests)})"


def _posted(emitter: Emitter, scope: str, key: str, test: str, *, direct: bool) -> Posted:
    """``direct`` says that what is posted in lower case is certainly what the test is about."""
    entries = f"FROM kv WHERE scope = {emitter.bind(scope)} AND key = {emitter.bind(key)} AND ({test})"
    found = emitter.choice.read(emitter, f"SELECT id, n_traces, kind, value {entries} LIMIT {_FEW_VALUES + 1}")
    if len(found) <= _FEW_VALUES:
        name = f"{scope} {key}"
        sure = [direct and row[2] in _SURE for row in found]
        return Posted(
            _of_values(emitter, name, [row for row, is_sure in zip(found, sure, strict=True) if is_sure]),
            _of_values(emitter, name, [row for row, is_sure in zip(found, sure, strict=True) if not is_sure]),
            _of_values(emitter, name, found) or NOTHING,
        )
    traces = emitter.choice.total(emitter, f"SELECT n_traces AS n {entries}")
    ids = f"SELECT id {entries}"
    surely, maybe = f"{ids} AND kind IN {_SURE}", f"{ids} AND kind NOT IN {_SURE}"
    if not direct:
        surely, maybe = "", ids
    elif not emitter.choice.read(emitter, f"{maybe} LIMIT 1"):
        surely, maybe = ids, ""
    return Posted(
        _of_ids(emitter, surely, traces) if surely else None,
        _of_ids(emitter, maybe, traces) if maybe else None,
        _of_ids(emitter, ids, traces),
    )


_SURE = (KIND_TEXT, KIND_NUMBER, KIND_BOOL)


def _of_values(emitter: Emitter, name: str, found: Sequence[Sequence[Any]]) -> Listing | None:
    if not found:
        return None
    alias = emitter.alias("k")
    ids = [emitter.bind_for(row[0], f"{name} {_said(row[2], row[3])}") for row in found]
    return Listing(f"posting {alias}", f"{alias}.rid", _one_of(f"{alias}.kv_id", ids), sum(row[1] for row in found))


def _said(kind: str, value: str) -> str:
    """A posted value as it is explained."""
    if kind == KIND_MORE:
        return "with a value that is too long to be listed"
    return f"= {value!r}" if kind.lower() == KIND_TEXT else f"= {value}"


def _of_ids(emitter: Emitter, ids: str, traces: float) -> Listing:
    alias = emitter.alias("k")
    return Listing(f"posting {alias}", f"{alias}.rid", f"{alias}.kv_id IN ({ids})", traces, long=True)


# ---------------------------------------------------------------- by the indexes of spans


_BOUNDS = ("=", "<", "<=", ">", ">=")


def indexed(emitter: Emitter, parts: Sequence[Predicate]) -> tuple[Listing, bool] | None:
    """The spans that an index finds by some of the conditions that they must fulfil; whether these are all."""
    equal: dict[str, str] = {}
    bounds: list[Predicate] = []
    for part in parts:
        wanted = texts_of(part)
        if wanted is None:
            if _is_duration(part):
                bounds.append(part)
        elif wanted[0] in ("name", "type") or wanted == ("status", ["ERROR"]):
            field, texts = wanted
            if len(texts) == 1:
                equal.setdefault(field, texts[0])
    if "status" in equal:
        bounds = []
    elif bounds and equal:
        field = "name" if "name" in equal else "type"
        equal = {field: equal[field]}
    else:
        return None
    used = (*equal.items(), *bounds)
    choice = emitter.choice
    many = choice.known_as_many(used)
    if many and choice.purpose == "page":
        return None
    span = emitter.alias("s")
    context = Context(rid=f"{span}.rid", span=span, leading=True)
    tests = [emitter.looked_up("span", field, text, context) or "0" for field, text in equal.items()]
    tests += [emitter.predicate(part, context) for part in bounds]
    where = " AND ".join(tests)
    if many is None:
        many = choice.are_many(emitter, used, f"SELECT 1 FROM span {span} WHERE {where}")
    spans = math.inf if many else choice.few
    return Listing(f"span {span}", f"{span}.rid", where, spans, long=True), len(used) == len(parts)


def _is_duration(node: Predicate) -> bool:
    if isinstance(node, Compare):
        value, known = node.left, node.op in _BOUNDS and isinstance(node.right, Const)
    elif isinstance(node, Range):
        value, known = node.value, not node.negated and isinstance(node.low, Const) and isinstance(node.high, Const)
    else:
        return False
    return known and node.mode is Mode.NUMBER and isinstance(value, Field) and _is_span_duration(value)


def _is_span_duration(value: Field) -> bool:
    return (value.subject, value.name) == ("span", "duration")


# ---------------------------------------------------------------- what is an answer by itself


def answer(emitter: Emitter, node: Predicate) -> Listing | None:
    """The posting list of just the traces of which a condition holds, if there is one."""
    asked = node.things.where if isinstance(node, Exists) and node.things.relation == "spans" else node
    # Tags are a trace's, also of one without spans; attributes are those of spans only.
    if isinstance(tested(asked), Key) is (asked is not node):
        return None
    values_of = posted(emitter, asked)
    return None if values_of is None or values_of.maybe is not None else values_of.surely or NOTHING


# ---------------------------------------------------------------- what narrows a condition on a span

_SAME_TRACE = frozenset(
    {"spans", "root", "parent", "child", "ancestor", "descendant", "sibling", "preceding", "following"}
)


def narrowing(emitter: Emitter, parts: Sequence[Predicate]) -> Iterator[tuple[Listing, bool]]:
    """Lists on which every trace is that has a span of which all the parts hold.

    With each, whether asking if a trace is on it is cheap beside asking its spans: their attributes must be parsed.
    """
    for part in parts:
        if isinstance(part, Exists):
            if part.things.relation in _SAME_TRACE:
                inner = conjuncts(part.things.where)
                found = indexed(emitter, inner)
                if found is not None:
                    yield found[0], False
                yield from narrowing(emitter, inner)
        elif (listing := symbol(emitter, part)) is not None:
            yield listing, False
        elif (values_of := posted(emitter, part)) is not None:
            yield values_of.either, not values_of.either.long
