"""Blocks, chains, relations and what is counted over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spanglass.filters import syntax
from spanglass.filters.algebra import (
    Aggregate,
    Call,
    Compare,
    Const,
    Field,
    Fold,
    Mode,
    Predicate,
    Related,
    Relation,
    Type,
)
from spanglass.filters.fields import RELATED
from spanglass.filters.logic import conjunction, exists, negation
from spanglass.filters.scope import SPAN, Scope, Typed

if TYPE_CHECKING:
    from spanglass.filters.resolver import Resolver

OF_A_TRACE = frozenset({"root", "event", "link", "assessment"})
# {A} op {B} is {B AND relation{A}}: how B's spans stand to A's.
_CHAINED: dict[str, Relation] = {
    ">>": "ancestor",
    ">": "parent",
    "<<": "descendant",
    "<": "child",
    "~": "sibling",
    "THEN": "preceding",
}
_IS_VALID = Compare("=", Field("assessment", "valid", Type.BOOL), Const(True), Mode.BOOL)
_FOLDS: dict[str, Fold] = {
    "count": "count", "sum": "sum", "avg": "avg", "min": "min", "max": "max", "p50": "p50", "p95": "p95",
}  # fmt: skip
_NUMERIC = (Type.NUMBER, Type.DURATION, Type.TIME)


def some(resolver: Resolver, node: syntax.Block | syntax.Chain | syntax.Relation, scope: Scope) -> Predicate:
    """A block, chain or relation as a condition: there is one."""
    return exists(related(resolver, node, scope)[0])


def quantified(resolver: Resolver, node: syntax.Quantified, scope: Scope) -> Predicate:
    """ANY, NONE or ALL of the spans."""
    if node.quantifier == "ALL":
        assert isinstance(node.spans, syntax.Block)
        where = resolver.block(node.spans, SPAN)
        if resolver.checking:
            resolver.advise.vacuous(node, where)
        return negation(exists(Related("spans", negation(where))))
    found = some(resolver, node.spans, scope)
    return negation(found) if node.quantifier == "NONE" else found


def all_of(resolver: Resolver, node: syntax.AllOf, scope: Scope) -> Predicate:
    """``all({ … }, condition)``: no span of the block fails it."""
    where = resolver.block(node.block, SPAN)
    condition = resolver.predicate(node.condition, SPAN)
    if resolver.checking:
        resolver.advise.vacuous(node, condition)
    return negation(exists(Related("spans", conjunction((where, negation(condition))))))


def related(
    resolver: Resolver, node: syntax.Block | syntax.Chain | syntax.Relation, scope: Scope
) -> tuple[Related, Scope]:
    """The set that a block, chain or relation stands for, and what names mean inside of it."""
    if isinstance(node, syntax.Block):
        return Related("spans", resolver.block(node, SPAN)), SPAN
    if isinstance(node, syntax.Relation):
        return _relation(resolver, node, scope)
    where = resolver.block(node.first, SPAN)
    for link in node.links:
        before = exists(Related(_CHAINED[link.op], where))
        if link.negated:
            before = negation(before)
        where = conjunction((resolver.block(link.block, SPAN), before))
    return Related("spans", where), SPAN


def _relation(resolver: Resolver, node: syntax.Relation, scope: Scope) -> tuple[Related, Scope]:
    resolver.allow_relation(node.name, node, scope)
    relation, subject = RELATED[node.name]
    inside = SPAN if subject == "span" else Scope(subject, scope.subject == "span")
    where = resolver.block(node.block, inside)
    if subject == "assessment" and not _mentions(node.block, "valid"):
        where = conjunction((_IS_VALID, where))
    return Related(relation, where), inside


def _mentions(node: syntax.Node, name: str) -> bool:
    """Whether a bare field of this name stands in a block, blocks inside of it left out."""
    waiting = syntax.children(node)
    while waiting:
        item = waiting.pop()
        if isinstance(item, syntax.Field) and isinstance(first := item.parts[0], syntax.Name):
            if first.text.lower() == name and item.block is None:
                return True
        elif not isinstance(item, (syntax.Block, syntax.Chain, syntax.Relation, syntax.Quantified)):
            waiting.extend(syntax.children(item))
    return False


def call(resolver: Resolver, node: syntax.Call, scope: Scope) -> Typed:
    """A function of values, or an aggregate over a set."""
    name = node.name
    if name in _FOLDS:
        return _aggregate(resolver, node, _FOLDS[name], scope)
    if name == "now":
        _arity(resolver, node, 0, "now()")
        return Typed(Const(resolver.now_ms), Type.TIME, node.start, node.end, True)
    if name == "coalesce":
        if not node.args:
            _arity(resolver, node, 2, "coalesce(a, b)")
        values = [resolver.value(_value(resolver, arg), scope) for arg in node.args]
        types = {value.type for value in values if value.value != Const(None)}
        type_ = types.pop() if len(types) == 1 else Type.JSON
        if types == {Type.NUMBER} or (Type.NUMBER in types and type_ is Type.DURATION):
            type_ = Type.JSON
        return Typed(Call("coalesce", tuple([v.value for v in values])), type_, node.start, node.end)
    _arity(resolver, node, 1, {"ago": "ago(2h)"}.get(name, f"{name}(field)"))
    value = resolver.value(_value(resolver, node.args[0]), scope)
    if name == "ago":
        const = value.value
        if not value.literal or not isinstance(const, Const) or value.type not in (Type.DURATION, Type.NUMBER):
            resolver.fail("type", "ago takes a length of time: ago(2h)", node.args[0])
        assert isinstance(const.value, (int, float))
        return Typed(Const(resolver.now_ms - const.value), Type.TIME, node.start, node.end, True)
    if name == "lower":
        return Typed(Call("lower", (value.value,)), Type.TEXT, node.start, node.end)
    return Typed(Call("length", (value.value,)), Type.NUMBER, node.start, node.end)


def _aggregate(resolver: Resolver, node: syntax.Call, fold: Fold, scope: Scope) -> Typed:
    args = node.args
    if fold == "count":
        _arity(resolver, node, 1, "count({ … })")
    elif len(args) == 1 and args[0].role in ("value", "either"):
        written = resolver.text[args[0].start : args[0].end]
        fix = resolver.fix("over all spans", node, f"{node.name}({written}, {{}})")
        resolver.fail("syntax", f"{node.name} needs the spans it is taken over", node, [fix])
    else:
        _arity(resolver, node, 2, f"{node.name}(field, {{ … }})")
    over = args[-1]
    if not isinstance(over, (syntax.Block, syntax.Chain, syntax.Relation)):
        resolver.fail("type", "a block { … } is needed here", over)
    things, inside = related(resolver, over, scope)
    if fold == "count":
        return Typed(Aggregate(fold, None, things), Type.NUMBER, node.start, node.end)
    value = resolver.value(_value(resolver, args[0]), inside)
    if value.type in (Type.TEXT, Type.BOOL):
        resolver.fail("type", f"{node.name} takes numbers", args[0])
    type_ = value.type if value.type in _NUMERIC else Type.NUMBER
    return Typed(Aggregate(fold, value.value, things), type_, node.start, node.end)


def _value(resolver: Resolver, node: syntax.Node) -> syntax.Node:
    if node.role in ("condition", "set"):
        resolver.fail("type", "a value is needed here, not a condition", node)
    return node


def _arity(resolver: Resolver, node: syntax.Call, count: int, example: str) -> None:
    if len(node.args) != count:
        resolver.fail("syntax", f"{node.name} is written {example}", node)
