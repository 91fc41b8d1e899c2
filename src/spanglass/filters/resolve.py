"""From text to meaning: whole queries, columns, and what can be said about a text."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import partial
from typing import Any, Literal

from spanglass.filters import grouping, syntax
from spanglass.filters.advice import Advice, Vocabulary
from spanglass.filters.algebra import (
    Column,
    Compare,
    Conjunct,
    Const,
    Exists,
    Field,
    In,
    Mode,
    Or,
    Order,
    Pick,
    Predicate,
    Query,
    Type,
)
from spanglass.filters.diagnostics import Diagnostic, FilterError, fail
from spanglass.filters.logic import FALSE, TRUE, conjunction, disjunction
from spanglass.filters.parameters import ParameterError, constant, is_list
from spanglass.filters.parser import parse, parse_key, parse_value
from spanglass.filters.printer import quoted, unparse
from spanglass.filters.resolver import Resolver
from spanglass.filters.scope import ROW, TRACE, Scope
from spanglass.filters.times import find_zone, local_zone
from spanglass.filters.tokens import tokenize

Rows = Literal["traces", "spans"]
_PICKS = ("first", "last", "all", "error", "max", "min")
_EXPERIMENT = Field("trace", "experiment_id", Type.TEXT)
_RUN = Field("trace", "run_id", Type.TEXT)


def resolve(
    text: str | None,
    *,
    params: Mapping[str, Any] | None = None,
    order_by: Sequence[str] | None = None,
    now_ms: int | None = None,
    zone: str | None = None,
    experiment_ids: Sequence[str] | None = None,
    run_id: str | None = None,
    rows: Rows = "traces",
) -> Query:
    """What a filter means, ready for any engine.

    ``params`` binds ``:name`` in the text. ``order_by`` holds order keys as text (``"timestamp_ms DESC"``).
    ``now_ms`` (Unix milliseconds) is what now() means, else the clock is read once. ``zone`` is the zone of times
    without an offset: an IANA name or an offset such as ``+02:00``; else this machine's. ``experiment_ids`` and
    ``run_id`` narrow the answer; None does not. With ``rows="spans"`` a row is a span that the filter's last
    block matches.

    Raises FilterError, which says where and why.

    >>> resolve("duration > 1.5s").where.right
    Const(value=1500)
    """
    text = "" if text is None else text
    zone, tz = _zone(zone)
    now = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    tree = parse(text)
    resolver = Resolver(text, params=params, now_ms=now, zone=tz)
    try:
        return _query(resolver, tree, order_by, zone, experiment_ids, run_id, rows)
    except RecursionError:
        fail(text, "limit", "too deeply nested for the stack at hand", 0)


def depends_on_zone(text: str, rows: Rows = "traces") -> bool:
    """Whether a filter means something else in another time zone.

    >>> depends_on_zone("timestamp > '2026-11-16'"), depends_on_zone("timestamp > '2026-11-16T00:00Z'")
    (True, False)
    """
    here, there = (resolve(text, now_ms=0, zone=zone, rows=rows) for zone in ("UTC", "+07:00"))
    return (here.where, here.order, here.spans) != (there.where, there.order, there.spans)


def resolve_column(path: str, *, pick: str = "first", name: str | None = None) -> Column:
    """What a column holds: any field, a field of the spans of one name or block, or a calculation.

    ``pick`` chooses where there are several values: ``first``, ``last``, ``all`` (a list), ``error`` (of the
    first span with an error), ``max`` or ``min``. The column is called ``name``, else as the path is written,
    without its backticks.

    Raises FilterError for a path that means nothing, and for an unknown ``pick``.

    >>> resolve_column("`my step`.outputs").name
    'my step.outputs'
    """
    node = parse_value(path)
    if pick not in _PICKS:
        fail(path, "pick", f"pick is one of {', '.join(_PICKS)}", 0, len(path))
    resolver = Resolver(path, params=None, now_ms=time.time_ns() // 1_000_000, zone=_zone(None)[1])
    try:
        value = resolver.value(node, ROW)
    except RecursionError:
        fail(path, "limit", "too deeply nested for the stack at hand", 0)
    if value.literal:
        fail(path, "type", "a column is a field, not a constant", node.start, node.end)
    chosen: Pick = pick  # type: ignore[assignment]
    return Column(_without_backticks(path) if name is None else name, value.value, chosen)


def check(
    text: str,
    *,
    params: Mapping[str, Any] | None = None,
    vocabulary: Vocabulary | None = None,
    rows: Rows = "traces",
    zone: str | None = None,
) -> list[Diagnostic]:
    """What there is to say about a filter: the error that keeps it from running, or warnings.

    ``vocabulary`` knows which keys and values the store has seen. ``rows`` and ``zone`` are as in ``resolve``.

    >>> [found.fixes[0].label for found in check("status = 'ok'")]
    ["did you mean 'OK'?"]
    """
    advice = Advice(text, vocabulary)
    try:
        tree = parse(text)
        resolver = Resolver(text, params=params, now_ms=time.time_ns() // 1_000_000, zone=_zone(zone)[1], advise=advice)
        query = _query(resolver, tree, None, "UTC", None, None, rows)
    except FilterError as error:
        return [error.diagnostic]
    except RecursionError:
        return [Diagnostic("error", "limit", "too deeply nested for the stack at hand", 0, len(text))]
    advice.whole(query.conjuncts)
    return advice.found


def check_column(path: str, *, vocabulary: Vocabulary | None = None) -> list[Diagnostic]:
    """What there is to say about the path of a column: the error that keeps it from being one, or warnings.

    >>> check_column("nope.nope")[0].code
    'unknown-field'
    """
    advice = Advice(path, vocabulary)
    try:
        resolver = Resolver(path, params=None, now_ms=0, zone=_zone(None)[1], advise=advice)
        advice.known_key(resolver.value(parse_value(path), ROW))
    except FilterError as error:
        return [error.diagnostic]
    return advice.found


def _query(
    resolver: Resolver,
    tree: syntax.Query,
    order_by: Sequence[str] | None,
    zone: str,
    experiment_ids: Sequence[str] | None,
    run_id: str | None,
    rows: Rows,
) -> Query:
    conjuncts = _conjuncts(resolver, tree.where)
    spans = _rows_of(conjuncts) if rows == "spans" else TRUE
    conjuncts += _scope(resolver, experiment_ids, run_id)
    place = ROW if rows == "spans" else TRACE
    if tree.order and order_by:
        message = "ORDER BY stands in the filter and order_by is given, too: keep one"
        fail(resolver.text, "order", message, tree.order_start, tree.order_end)
    keys = [(resolver, key) for key in tree.order]
    for entry in _entries(order_by):
        key = parse_key(entry)
        inner = Resolver(entry, params=resolver.params, now_ms=resolver.now_ms, zone=resolver.zone)
        inner.used = resolver.used
        keys.append((inner, key))
    order = tuple([_order(used, key, place) for used, key in keys])
    resolver.refuse_unused()
    return Query(
        where=conjunction([conjunct.where for conjunct in conjuncts]),
        order=order,
        limit=tree.limit,
        rows=rows,
        spans=spans,
        conjuncts=tuple(conjuncts),
        text=resolver.text,
        now_ms=resolver.now_ms,
        zone=zone,
        identify=partial(_fingerprint, tree, [key for _, key in keys], resolver, experiment_ids, run_id, rows),
    )


def _conjuncts(resolver: Resolver, where: syntax.Node | None) -> list[Conjunct]:
    if where is None:
        return []
    found = []
    for terms, predicate in grouping.parts(resolver, where):
        text = " AND ".join([resolver.text[term.start : term.end] for term in terms])
        found.append(Conjunct(text, terms[0].start, terms[-1].end, predicate))
    return found


def _scope(resolver: Resolver, experiment_ids: Sequence[str] | None, run_id: str | None) -> list[Conjunct]:
    """The conditions that do not stand in the text; their conjuncts have no place in it."""
    found = []
    if experiment_ids is not None:
        if isinstance(experiment_ids, str):
            raise TypeError("experiment_ids is a list of ids, not one text")
        ids = [str(one) for one in experiment_ids]
        where: Predicate = In(_EXPERIMENT, tuple([Const(one) for one in ids])) if ids else FALSE
        listed = ", ".join(map(quoted, ids))
        found.append(Conjunct(f"experiment_id IN ({listed})", -1, -1, where))
    if run_id is not None:
        where = Compare("=", _RUN, Const(str(run_id)), Mode.TEXT)
        found.append(Conjunct(f"run_id = {quoted(str(run_id))}", -1, -1, where))
    return found


def _rows_of(conjuncts: list[Conjunct]) -> Predicate:
    """What a span fulfils to be a row: the filter's last block."""
    for conjunct in reversed(conjuncts):
        where = conjunct.where
        branches = where.items if isinstance(where, Or) else (where,)
        spans = [item.things.where for item in branches if isinstance(item, Exists) and item.things.relation == "spans"]
        if len(spans) == len(branches):
            return disjunction(spans)
    return TRUE


def _entries(order_by: Sequence[str] | None) -> Sequence[str]:
    if isinstance(order_by, str):
        return [order_by]
    return order_by or []


def _order(resolver: Resolver, key: syntax.Key, place: Scope) -> Order:
    resolver.ordering = True
    value = resolver.value(key.value, place)
    resolver.ordering = False
    if value.literal:
        resolver.fail("order", "a constant orders nothing", key.value)
    return Order(value.value, key.descending, key.nulls_first)


def _fingerprint(
    tree: syntax.Query,
    order: list[syntax.Key],
    resolver: Resolver,
    experiment_ids: Sequence[str] | None,
    run_id: str | None,
    rows: Rows,
) -> str:
    """A hash of what is asked, whatever spaces and comments it is written with, and whenever."""
    said: list[Any] = ["" if tree.where is None else unparse(tree.where), tree.limit, rows]
    said.append([unparse(key) for key in order])
    said.append(None if experiment_ids is None else sorted(map(str, experiment_ids)))
    said.append(run_id)
    if resolver.params:
        said.append([[name, _plain(value, resolver.zone)] for name, value in sorted(resolver.params.items())])
    return hashlib.blake2b(repr(said).encode(), digest_size=12).hexdigest()


def _plain(value: object, zone: tzinfo) -> object:
    if is_list(value):
        return [_plain(item, zone) for item in value]  # type: ignore[attr-defined]
    try:
        return constant(value, zone)[0].value
    except ParameterError:
        return None


def _zone(name: str | None) -> tuple[str, tzinfo]:
    chosen = local_zone() if name is None else name
    zone = find_zone(chosen)
    if zone is None:
        fail(str(name), "time", "no such time zone; write Europe/Berlin, UTC or +02:00", 0, len(str(name)))
    return chosen, zone


def _without_backticks(path: str) -> str:
    tokens = tokenize(path)
    name, at = "", 0
    for kind, value, start, end in zip(tokens.kinds, tokens.values, tokens.starts, tokens.ends, strict=True):
        if kind == "quoted":
            name += path[at:start] + value
            at = end
    return re.sub(r"\s+", " ", name + path[at:]).strip()
