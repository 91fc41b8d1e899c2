"""Sets of things seen from a context: spans of a trace, a span's relatives, its events, assessments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spanglass.engines.base import Refused
from spanglass.engines.sqlite import values
from spanglass.engines.sqlite.context import Context
from spanglass.filters.algebra import Relation

if TYPE_CHECKING:
    from spanglass.engines.sqlite.emitter import Emitter

# Each relative by preorder numbers: a subtree is the numbers from a span's own to its last.
RELATIVES: dict[str, tuple[str, ...]] = {
    "parent": ("{y}.no = {x}.parent_no",),
    "child": ("{y}.no > {x}.no", "{y}.no <= {x}.last", "{y}.parent_no = {x}.no"),
    "ancestor": ("{y}.no < {x}.no", "{y}.last >= {x}.no"),
    "descendant": ("{y}.no > {x}.no", "{y}.no <= {x}.last"),
    "sibling": ("{y}.parent_no = {x}.parent_no", "{y}.no <> {x}.no"),
    "preceding": ("{y}.end_ns <= {x}.start_ns", "{y}.no <> {x}.no"),
    "following": ("{y}.start_ns >= {x}.end_ns", "{y}.no <> {x}.no"),
}


@dataclass(slots=True)
class Things:
    """The tables and conditions that list the things, and the context of one of them."""

    context: Context
    tables: tuple[str, ...]
    on: tuple[str, ...]
    order: tuple[str, ...]
    failed: str = ""


def things(emitter: Emitter, relation: Relation, context: Context, *, wide: bool = False) -> Things:
    """All things so related, whatever else is asked of them.

    ``wide`` joins the wide row of a span: so it is looked up once, however much is asked of it.
    """
    if relation == "assessments":
        return _assessments(emitter, context)
    if relation in ("events", "links"):
        return _parts(emitter, relation, context)
    y = emitter.alias("s")
    on: tuple[str, ...] = (f"{y}.rid = {context.rid}",)
    order: tuple[str, ...] = (f"{y}.no",)
    if relation == "root":
        on, order = (f"{y}.sid = {values.trace_column(context, '{x}.root_sid')}",), ()  # there is but one
    elif relation != "spans":
        if not context.span:
            raise Refused(f"{relation} says nothing here: there is no one span")
        # The span's own rid, not the trace's: it lets the preorder index be used whatever the context.
        on = (f"{y}.rid = {context.span}.rid", *(c.format(x=context.span, y=y) for c in RELATIVES[relation]))
    span = Context(context.rid, context.trace, y)
    tables: tuple[str, ...] = (f"span {y}",)
    if wide:
        span.payload, joined, equal = values.payload(emitter, span)
        tables, on = tables + joined, on + equal
    return Things(span, tables, on, order, f"{y}.status = 2")


def _parts(emitter: Emitter, relation: Relation, context: Context) -> Things:
    """The events or links of the span, or of every span."""
    tables: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    if not context.span:
        spans = things(emitter, "spans", context)
        tables, on, order, context = spans.tables, spans.on, spans.order, spans.context
    payload, wide, joined = values.payload(emitter, context)
    alias = emitter.alias("e")
    if relation == "events":
        inner = replace(context, event=alias, link="", assessment="", leading=False)
    else:
        inner = replace(context, event="", link=alias, assessment="", leading=False)
    return Things(
        inner,
        (*tables, *wide, f"json_each({payload}.{relation}) {alias}"),
        (*on, *joined),
        (*order, f"{alias}.key"),
        f"{context.span}.status = 2",
    )


def _assessments(emitter: Emitter, context: Context) -> Things:
    alias = emitter.alias("a")
    if context.span:
        on: tuple[str, ...] = (f"{alias}.rid = {context.span}.rid", f"{alias}.span_id = {context.span}.span_id")
    else:
        on = (values.of_trace(alias, context),)
    inner = replace(context, event="", link="", assessment=alias, leading=False)
    return Things(inner, (f"assessment {alias}",), on, tuple(key.format(x=alias) for key in values.LATEST))
