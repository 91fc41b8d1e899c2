"""Which bare ``span.`` terms speak of one and the same span, and where that would be a guess.

Terms that one chain of ANDs joins speak of one span; ``trace.text`` beside them speaks of its text. Where a NOT
or a mixed OR leaves two readings, both are offered and none is taken.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NoReturn

from spanglass.filters import syntax
from spanglass.filters.algebra import Predicate, Related
from spanglass.filters.diagnostics import Fix, replaced, shorten
from spanglass.filters.fields import SPAN_PREFIXES, TRACE_PREFIXES, lookup, prefix
from spanglass.filters.logic import conjunction, disjunction, exists, negation
from spanglass.filters.printer import unparse
from spanglass.filters.scope import SAME_SPAN, TRACE

if TYPE_CHECKING:
    from spanglass.filters.resolver import Resolver

# What the terms of a condition reach, as bits: a bare span, the trace's text, or anything else of the trace.
_SPAN, _TEXT, _TRACE = 1, 2, 4
_MIXED = _SPAN | _TRACE

Part = tuple[list[syntax.Node], Predicate]
"""Some terms of a chain and what they mean together."""


def chain(resolver: Resolver, node: syntax.Node) -> Predicate:
    """What a condition outside of blocks means."""
    if isinstance(node, syntax.And):
        return conjunction([predicate for _, predicate in parts(resolver, node)])
    if isinstance(node, syntax.Or) and reach(node) & _MIXED != _SPAN:
        return disjunction([chain(resolver, item) for item in node.items])
    if isinstance(node, syntax.Not):
        refuse_ambiguous_not(resolver, node)
        return negation(chain(resolver, node.item))
    if reach(node) & _SPAN:
        return exists(Related("spans", resolver.term(node, SAME_SPAN)))
    return resolver.term(node, TRACE)


def parts(resolver: Resolver, node: syntax.Node) -> list[Part]:
    """The top-level parts of a condition; the terms that speak of one span are one part."""
    if not isinstance(node, syntax.And):
        return [([node], resolver.predicate(node, TRACE))]
    items = syntax.conjuncts(node)
    if not resolver.has_span_terms:
        return [([item], resolver.term(item, TRACE)) for item in items]
    reached = [(item, reach(item)) for item in items]
    mixed = [item for item, bits in reached if _is_mixed(item, bits)]
    spans = [item for item, bits in reached if bits & _SPAN]
    if mixed and len(spans) > 1:
        _refuse_mixed_or(resolver, node, mixed[0])
    if mixed or not spans:
        return [([item], chain(resolver, item)) for item in items]
    group = [item for item, bits in reached if bits & _SPAN or bits == _TEXT]
    found: list[Part] = []
    for item, bits in reached:
        if not (bits & _SPAN or bits == _TEXT):
            found.append(([item], chain(resolver, item)))
        elif item is group[0]:
            terms = [resolver.term(term, SAME_SPAN) for term in group]
            found.append((group, exists(Related("spans", conjunction(terms)))))
    return found


def reach(node: syntax.Node) -> int:
    """Which bits the terms of a condition have, blocks left out: those stand for themselves."""
    if isinstance(node, syntax.Text):
        return _TRACE
    bits = 0
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, syntax.Field):
            bits |= _reach_of_field(item)
        elif item.role == "set" or isinstance(item, (syntax.Quantified, syntax.AllOf)):
            bits |= _TRACE
        elif isinstance(item, syntax.Not):
            inner = reach(item.item)
            bits |= inner if inner & _SPAN else _TRACE
        elif isinstance(item, (syntax.And, syntax.Or)):
            for term in item.items:
                # A comparison of a span with its trace speaks of the span.
                inner = reach(term)
                compound = isinstance(term, (syntax.And, syntax.Or, syntax.Not))
                bits |= inner if compound or not inner & _SPAN else _SPAN
        else:
            waiting.extend(syntax.children(item))
    return bits


def speaks_of_a_span(node: syntax.Node) -> bool:
    """Whether bare ``span.`` terms stand in a condition or value."""
    return bool(reach(node) & _SPAN)


def _reach_of_field(node: syntax.Field) -> int:
    first = node.parts[0]
    if node.block is not None or not isinstance(first, syntax.Name):
        return _TRACE
    name: syntax.Name | syntax.Index = first
    if len(node.parts) > 1:
        word = None if first.quoted else prefix(first.text)
        if word in SPAN_PREFIXES:
            return _SPAN
        if word not in TRACE_PREFIXES or len(node.parts) > 2:
            return _TRACE
        name = node.parts[1]
    field = lookup("trace", name.text) if isinstance(name, syntax.Name) else None
    return _TEXT if field is not None and field.name == "text" else _TRACE


def _is_mixed(item: syntax.Node, bits: int) -> bool:
    return isinstance(item, syntax.Or) and bits & _MIXED == _MIXED


# ---------------------------------------------------------------- two readings


def refuse_ambiguous_not(resolver: Resolver, node: syntax.Not) -> None:
    """NOT before a bare span term: no span is so, or some span is not so?"""
    if not reach(node.item) & _SPAN:
        return
    item = node.item
    of_none, of_one = "no span is so", "a span that is not so"
    if isinstance(item, syntax.Comparison) and item.op == "=" and isinstance(item.right, syntax.Text):
        field = unparse(item.left).removeprefix("span.").removeprefix("attributes.").removeprefix("resource.")
        said = shorten(item.right.value, 12)
        called = f"named {said}" if field == "name" else f"with {shorten(field, 20)} {said}"
        of_none = f"no span {called}"
        of_one = f"a span not {called}"
    fixes = []
    for label, make in ((of_none, _no_span), (of_one, _span_not)):
        new = make(item)
        if new is not None:
            fixes.append(Fix(label, replaced(resolver.text, node.start, node.end, unparse(new))))
    resolver.fail_at("ambiguous", "two readings", node.start, node.start + 3, fixes)


def _no_span(item: syntax.Node) -> syntax.Node | None:
    if reach(item) & _TRACE and isinstance(item, (syntax.And, syntax.Or)):
        return syntax.Not(in_blocks(item))
    inside = in_a_block(item)
    return None if inside is None else syntax.Not(syntax.Block(inside))


def _span_not(item: syntax.Node) -> syntax.Node | None:
    inside = in_a_block(item)
    return None if inside is None else syntax.Block(syntax.Not(inside))


def _refuse_mixed_or(resolver: Resolver, node: syntax.And, mixed: syntax.Node) -> NoReturn:
    """An OR of span terms and others, beside span terms: of the same span, or of any?"""
    one = in_a_block(node)
    readings = [("all of one span", None if one is None else syntax.Block(one)), ("of any span each", in_blocks(node))]
    fixes = [Fix(label, replaced(resolver.text, node.start, node.end, unparse(new))) for label, new in readings if new]
    resolver.fail("ambiguous", "two readings: the span of this OR may be another one", mixed, fixes)


def in_a_block(node: syntax.Node) -> syntax.Node | None:
    """A condition from outside as it reads inside of a block; None if it cannot be said there."""
    if isinstance(node, (syntax.And, syntax.Or, syntax.Not, syntax.Comparison)) or node.role == "value":
        return _rebuilt(node)
    if isinstance(node, syntax.Text):
        text = syntax.Field((syntax.Name("trace"), syntax.Name("text")))
        return syntax.Matches("icontains", text, node)
    if isinstance(node, syntax.Field):
        return _field_in_a_block(node)
    if isinstance(node, syntax.Relation):
        return node if node.name == "root" else None  # the others would be this span's
    if node.role == "set" or isinstance(node, (syntax.Quantified, syntax.AllOf)):
        return node
    return _rebuilt(node)


def _rebuilt(node: syntax.Node) -> syntax.Node | None:
    """The node with its children as they read inside of a block. Texts in comparisons stay texts."""
    changed: dict[str, Any] = {}
    compound = isinstance(node, (syntax.And, syntax.Or, syntax.Not))
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        many = isinstance(value, tuple)
        new = []
        for item in value if many else (value,):
            if not isinstance(item, syntax.Node) or (isinstance(item, syntax.Text) and not compound):
                new.append(item)
                continue
            inside = in_a_block(item)
            if inside is None:
                return None
            new.append(inside)
        changed[field.name] = tuple(new) if many else new[0]
    return dataclasses.replace(node, **changed)


def _field_in_a_block(node: syntax.Field) -> syntax.Field | None:
    first = node.parts[0]
    if node.block is not None or not isinstance(first, syntax.Name):
        return node
    rest = node.parts[1:]
    word = prefix(first.text) if rest and not first.quoted else None
    if word == "span":
        return syntax.Field(rest)
    if word in TRACE_PREFIXES:
        return syntax.Field((syntax.Name("trace"), *rest))
    if word in ("event", "link"):
        return None
    if word is None and lookup("trace", first.text) is not None and (not rest or isinstance(rest[0], syntax.Index)):
        return syntax.Field((syntax.Name("trace"), *node.parts))
    if word is None and rest and lookup("span", first.text) is not None and not first.quoted:
        return syntax.Field((syntax.Name("trace"), *node.parts))  # inputs.a, outputs.a
    return node


def in_blocks(node: syntax.Node) -> syntax.Node:
    """The same condition with a block around each group of span terms."""
    if isinstance(node, syntax.And):
        items = syntax.conjuncts(node)
        group = [item for item in items if reach(item) & _SPAN and not _is_mixed(item, reach(item))]
        found: list[syntax.Node] = []
        for item in items:
            if item not in group:
                found.append(in_blocks(item))
            elif item is group[0]:
                found.append(_as_block(group))
        return found[0] if len(found) == 1 else syntax.And(tuple(found))
    if isinstance(node, syntax.Or) and _is_mixed(node, reach(node)):
        return syntax.Or(tuple(in_blocks(item) for item in node.items))
    return _as_block([node]) if reach(node) & _SPAN else node


def _as_block(terms: list[syntax.Node]) -> syntax.Node:
    inside = [in_a_block(term) for term in terms]
    known = tuple(term for term in inside if term is not None)
    return syntax.Block(known[0] if len(known) == 1 else syntax.And(known))
