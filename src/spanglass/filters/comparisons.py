"""What comparisons mean: the literal decides the type."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from spanglass.filters import syntax
from spanglass.filters.algebra import (
    Always,
    Compare,
    Const,
    In,
    Match,
    Mode,
    Predicate,
    Range,
    TextOp,
    Type,
    Value,
)
from spanglass.filters.diagnostics import FilterError
from spanglass.filters.literals import NUMERIC, TYPE_NAMES, Op, check_pattern, fit, fold, moment
from spanglass.filters.logic import FALSE, conjunction, disjunction, holds, missing, negation
from spanglass.filters.printer import quoted
from spanglass.filters.scope import Scope, Typed
from spanglass.filters.times import Day

if TYPE_CHECKING:
    from spanglass.filters.resolver import Resolver

_FLIPPED: dict[str, Op] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def comparison(resolver: Resolver, node: syntax.Comparison, scope: Scope) -> Predicate:
    """``left op right``."""
    left = resolver.value(node.left, scope)
    right = operand(resolver, node.right, scope)
    op: Op = node.op  # type: ignore[assignment]
    if left.literal and not right.literal:
        left, right, op = right, left, _FLIPPED[op]
    found = _compare(resolver, op, left, right, node)
    if resolver.checking:
        resolver.advise.comparison(op, left, right, node)
    return found


def distinct(resolver: Resolver, node: syntax.Distinct, scope: Scope) -> Predicate:
    """``left IS [NOT] DISTINCT FROM right``: a comparison that holds for missing values, too."""
    left = resolver.value(node.left, scope)
    right = operand(resolver, node.right, scope)
    if left.literal:
        left, right = right, left
    same = _compare(resolver, "=", left, right, node)
    if not left.literal or left.value == Const(None):
        same = disjunction((same, conjunction((missing(left.value), missing(right.value)))))
    return same if node.negated else negation(same)


def between(resolver: Resolver, node: syntax.Between, scope: Scope) -> Predicate:
    """``value [NOT] BETWEEN low AND high``; a day as the upper end is included to its last moment."""
    value = resolver.value(node.value, scope)
    low, high = operand(resolver, node.low, scope), operand(resolver, node.high, scope)
    parts = (value, low, high)
    if Const(None) in (value.value, low.value, high.value):
        return FALSE
    if resolver.checking and not value.literal:
        resolver.advise.ranged(value, node)
    if all(part.literal for part in parts):
        inside = fold(resolver, ">=", value, low, node) and fold(resolver, "<=", value, high, node)
        return Always(inside is not node.negated)
    if value.literal:
        against = low if not low.literal else high
        fitted = moment(resolver, value, against)
        others = [moment(resolver, end, value) if end.literal else end.value for end in (low, high)]
        return Range(fitted, others[0], others[1], _mode(fitted, value), negated=node.negated)
    lower, upper = fit(resolver, low, value), fit(resolver, high, value)
    include_high = not isinstance(upper, Day)
    bottom: Value = Const(lower.start_ms) if isinstance(lower, Day) else lower
    top: Value = Const(upper.end_ms) if isinstance(upper, Day) else upper
    modes = {_mode(end, value) for end in (bottom, top) if isinstance(end, Const)}
    if len(modes) > 1:
        resolver.fail("type", "the two ends are of different types", node)
    mode = modes.pop() if modes else _mode_of_two(value, low)
    return holds(value.value, (bottom, top), lambda v: Range(v, bottom, top, mode, include_high, negated=node.negated))


def membership(resolver: Resolver, node: syntax.In, scope: Scope) -> Predicate:
    """``value [NOT] IN (…)``; NULL in the list is ignored."""
    value = resolver.value(node.value, scope)
    items: list[Typed] = []
    for item in node.items:
        if isinstance(item, syntax.Param):
            items.extend(resolver.parameter_list(item, must_be_list=not node.listed))
        else:
            items.append(operand(resolver, item, scope))
    consts: list[Const] = []
    days: list[Day] = []
    for typed in items:
        if not typed.literal:
            _refuse_field_in_list(resolver, node, typed)
        if typed.value == Const(None):
            continue
        if value.literal:
            if fold(resolver, "=", value, typed, node):
                return Always(not node.negated)
            continue
        fitted = fit(resolver, typed, value)
        if isinstance(fitted, Day):
            days.append(fitted)
        elif isinstance(fitted, Const):
            consts.append(fitted)
    if resolver.checking:
        resolver.advise.membership(value, items, node)
    if value.literal:
        return Always(node.negated and value.value != Const(None))
    negated = node.negated

    def build(inner: Value) -> Predicate:
        found: list[Predicate] = [
            Range(inner, Const(day.start_ms), Const(day.end_ms), Mode.NUMBER, False, negated) for day in days
        ]
        if consts:
            found.append(In(inner, tuple(consts), negated))
        if not found:
            return negation(missing(inner)) if negated else FALSE
        return conjunction(found) if negated else disjunction(found)

    return holds(value.value, (), build)


def matches(resolver: Resolver, node: syntax.Matches, scope: Scope) -> Predicate:
    """``value [NOT] LIKE pattern`` and the other text operators."""
    value = resolver.value(node.value, scope)
    pattern = operand(resolver, node.pattern, scope)
    op: TextOp = node.op  # type: ignore[assignment]
    if value.type in (*NUMERIC, Type.BOOL) and not value.literal:
        resolver.fail_at("type", f"this is {TYPE_NAMES[value.type]}, not a text", value.start, value.end)
    if pattern.literal:
        check_pattern(resolver, op, pattern, node)
    elif op == "rlike":
        resolver.fail_at("type", "a regular expression is a text in quotes", pattern.start, pattern.end)
    elif pattern.type in (*NUMERIC, Type.BOOL):
        resolver.fail_at("type", f"this is {TYPE_NAMES[pattern.type]}, not a text", pattern.start, pattern.end)
    if Const(None) in (value.value, pattern.value):
        return FALSE
    if resolver.checking:
        resolver.advise.matches(op, value, pattern, node)
    escape = None if node.escape is None else node.escape.value
    return holds(value.value, (pattern.value,), lambda v: Match(op, v, pattern.value, escape, negated=node.negated))


def being(resolver: Resolver, node: syntax.Is, scope: Scope) -> Predicate:
    """``value IS [NOT] NULL | TRUE | FALSE``."""
    value = resolver.value(node.value, scope)
    if node.what is None:
        found = missing(value.value)
    elif value.literal:
        found = Always(value.value == Const(node.what) and isinstance(value.value.value, bool))
    else:
        found = truth(value, node.what)
    return negation(found) if node.negated else found


def truth(value: Typed, wanted: bool = True) -> Predicate:
    """The value is JSON's (or the field's) true, or false."""
    return holds(value.value, (), lambda v: Compare("=", v, Const(wanted), Mode.BOOL))


def operand(resolver: Resolver, node: syntax.Node, scope: Scope) -> Typed:
    """The right side of an operator; an unknown name there was probably meant as a text."""
    try:
        value = resolver.value(node, scope)
    except FilterError as error:
        written = resolver.text[node.start : node.end]
        name = isinstance(node, (syntax.Field, syntax.Arith)) and _bare(written)
        if error.diagnostic.code != "unknown-field" or not name:
            raise
        fix = resolver.fix("put it in quotes", node, quoted(written))
        others = [other for other in error.diagnostic.fixes if other.label.startswith("did you mean")]
        resolver.fail("unquoted", "text needs quotes", node, [fix, *others][:2])
    return value


def _bare(written: str) -> bool:
    return not any(c.isspace() or c in "'\"`{}[]()" for c in written)


# ---------------------------------------------------------------- two sides


def _compare(resolver: Resolver, op: Op, left: Typed, right: Typed, node: syntax.Node) -> Predicate:
    if left.literal:
        return Always(fold(resolver, op, left, right, node))
    if not right.literal:
        return _compare_two(resolver, op, left, right, node)
    fitted = fit(resolver, right, left)
    if isinstance(fitted, Day):
        return holds(left.value, (), lambda v: _day(op, v, fitted))
    if isinstance(fitted, Const) and fitted.value is None:
        return FALSE
    mode = _mode(fitted, left)
    return holds(left.value, (), lambda v: Compare(op, v, fitted, mode))


def _day(op: Op, value: Value, day: Day) -> Predicate:
    start, end = Const(day.start_ms), Const(day.end_ms)
    if op in ("=", "!="):
        return Range(value, start, end, Mode.NUMBER, include_high=False, negated=op == "!=")
    if op == ">":
        return Compare(">=", value, end, Mode.NUMBER)
    if op == "<=":
        return Compare("<", value, end, Mode.NUMBER)
    return Compare(op, value, start, Mode.NUMBER)


def _compare_two(resolver: Resolver, op: Op, left: Typed, right: Typed, node: syntax.Node) -> Predicate:
    types = {left.type, right.type}
    if Type.TIME in types and types & {Type.DURATION, Type.NUMBER}:
        resolver.fail("type", f"{TYPE_NAMES[left.type]} cannot be compared with {TYPE_NAMES[right.type]}", node)
    mode = _mode_of_two(left, right)
    other = right.value
    found = holds(left.value, (other,), lambda v: Compare(op, v, other, mode))
    if isinstance(found, Compare) and found.left == left.value:
        flipped = _FLIPPED[op]
        turned = holds(other, (left.value,), lambda v: Compare(flipped, v, left.value, mode))
        if not isinstance(turned, Compare):
            return turned
    return found


def _mode_of_two(left: Typed, right: Typed) -> Mode:
    return Mode.NUMBER if left.type in NUMERIC and right.type in NUMERIC else Mode.EITHER


def _mode(value: Value, other: Typed) -> Mode:
    if not isinstance(value, Const):
        return Mode.EITHER
    if isinstance(value.value, bool):
        return Mode.BOOL
    return Mode.TEXT if isinstance(value.value, str) else Mode.NUMBER


def _refuse_field_in_list(resolver: Resolver, node: syntax.In, item: Typed) -> NoReturn:
    text = resolver.text
    left = text[node.value.start : node.value.end]
    sides = [f"{left} = {text[found.start : found.end]}" for found in node.items]
    fixes = [] if node.negated else [resolver.fix("write it with OR", node, f"({' OR '.join(sides)})")]
    resolver.fail_at("type", "a list holds constants, not fields", item.start, item.end, fixes)
