"""What comparisons mean: the literal decides the type, units fold, days are ranges."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import regex

from spanglass.filters import syntax
from spanglass.filters.algebra import (
    Always,
    Compare,
    Const,
    Field,
    In,
    Match,
    Mode,
    Predicate,
    Range,
    TextOp,
    Type,
    Value,
)
from spanglass.filters.diagnostics import FilterError, shorten
from spanglass.filters.logic import FALSE, conjunction, disjunction, holds, missing, negation
from spanglass.filters.numbers import NumberError, numeric, read_duration
from spanglass.filters.printer import quoted
from spanglass.filters.scope import Scope, Typed
from spanglass.filters.times import Day, read_time
from spanglass.limits import MAX_REGEX_BYTES

if TYPE_CHECKING:
    from spanglass.filters.resolver import Resolver

Op = Literal["=", "!=", "<", "<=", ">", ">="]
_FLIPPED: dict[str, Op] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
NUMERIC = (Type.NUMBER, Type.DURATION, Type.TIME)
_TYPE_NAMES = {
    Type.TEXT: "a text",
    Type.NUMBER: "a number",
    Type.DURATION: "a duration",
    Type.TIME: "a time",
    Type.BOOL: "true or false",
    Type.JSON: "JSON",
}
_TIME_HINT = "write '2026-11-01', '2026-11-01T10:30', 'yesterday', '2h ago' or now() - 2h"


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
        inside = _fold(resolver, ">=", value, low, node) and _fold(resolver, "<=", value, high, node)
        return Always(inside is not node.negated)
    if value.literal:
        against = low if not low.literal else high
        fitted = _moment(resolver, value, against)
        others = [_moment(resolver, end, value) if end.literal else end.value for end in (low, high)]
        return Range(fitted, others[0], others[1], _mode(fitted, value), negated=node.negated)
    lower, upper = _fit(resolver, low, value), _fit(resolver, high, value)
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
            if _fold(resolver, "=", value, typed, node):
                return Always(not node.negated)
            continue
        fitted = _fit(resolver, typed, value)
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
        resolver.fail_at("type", f"this is {_TYPE_NAMES[value.type]}, not a text", value.start, value.end)
    if pattern.literal:
        _check_pattern(resolver, op, pattern, node)
    elif op == "rlike":
        resolver.fail_at("type", "a regular expression is a text in quotes", pattern.start, pattern.end)
    elif pattern.type in (*NUMERIC, Type.BOOL):
        resolver.fail_at("type", f"this is {_TYPE_NAMES[pattern.type]}, not a text", pattern.start, pattern.end)
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
        resolver.fail("unquoted", "text needs quotes", node, [fix, *error.diagnostic.fixes][:2])
    return value


def _bare(written: str) -> bool:
    return not any(c.isspace() or c in "'\"`{}[]()" for c in written)


# ---------------------------------------------------------------- two sides


def _compare(resolver: Resolver, op: Op, left: Typed, right: Typed, node: syntax.Node) -> Predicate:
    if left.literal:
        return Always(_fold(resolver, op, left, right, node))
    if not right.literal:
        return _compare_two(resolver, op, left, right, node)
    fitted = _fit(resolver, right, left)
    if isinstance(fitted, Day):
        return holds(left.value, (), lambda v: _day(op, v, fitted))
    if fitted == Const(None):
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
        resolver.fail("type", f"{_TYPE_NAMES[left.type]} cannot be compared with {_TYPE_NAMES[right.type]}", node)
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


def _fold(resolver: Resolver, op: Op, left: Typed, right: Typed, node: syntax.Node) -> bool:
    """Compare two constants, now."""
    if left.type is not right.type and Type.TIME in (left.type, right.type):
        if left.type is Type.TIME:
            right = Typed(_moment(resolver, right, left), left.type, right.start, right.end)
        else:
            left = Typed(_moment(resolver, left, right), right.type, left.start, left.end)
    assert isinstance(left.value, Const)
    assert isinstance(right.value, Const)
    one, two = left.value.value, right.value.value
    if one is None or two is None:
        return False
    if isinstance(one, bool) or isinstance(two, bool):
        both = isinstance(one, bool) and isinstance(two, bool)
        return both and _OPERATORS[op](one, two)
    if isinstance(one, str) and isinstance(two, str):
        return _OPERATORS[op](one, two)
    first = numeric(one) if isinstance(one, str) else one
    second = numeric(two) if isinstance(two, str) else two
    return first is not None and second is not None and _OPERATORS[op](first, second)


# ---------------------------------------------------------------- literals and the types they meet


def _moment(resolver: Resolver, literal: Typed, other: Typed) -> Value:
    fitted = _fit(resolver, literal, other)
    if isinstance(fitted, Day):
        resolver.fail_at("type", "a moment is needed here, not a whole day", literal.start, literal.end)
    return fitted


def _fit(resolver: Resolver, literal: Typed, other: Typed) -> Value | Day:
    """The constant to compare ``other`` with. What is no literal passes."""
    const = literal.value
    if not literal.literal or not isinstance(const, Const) or const.value is None:
        return const
    value, type_ = const.value, other.type
    if isinstance(value, bool):
        if type_ in NUMERIC:
            _mismatch(resolver, literal, other)
        return const
    if isinstance(value, str):
        if type_ is Type.TIME:
            return _time(resolver, value, literal)
        if type_ in NUMERIC:
            return Const(_number_in_text(resolver, value, literal, other))
        return const
    if type_ is Type.BOOL:
        _mismatch(resolver, literal, other)
    _check_unit(resolver, literal, other)
    return const


def _time(resolver: Resolver, value: str, literal: Typed) -> Const | Day:
    found = read_time(value, resolver.now_ms, resolver.zone)
    if found is None:
        message = f"'{shorten(value, 20)}' is not a time; {_TIME_HINT}"
        resolver.fail_at("time", message, literal.start, literal.end)
    return found if isinstance(found, Day) else Const(found)


def _number_in_text(resolver: Resolver, value: str, literal: Typed, other: Typed) -> int | float:
    """MLflow lets numbers stand in quotes; the field says that it is a number."""
    found = numeric(value)
    if found is None and other.type is Type.DURATION:
        try:
            found = read_duration(value)
        except NumberError:
            found = None
    if found is None:
        _mismatch(resolver, literal, other)
    return found


def _check_unit(resolver: Resolver, literal: Typed, other: Typed) -> None:
    unit, type_, given = literal.unit, other.type, literal.type
    if type_ is Type.JSON:
        return
    if type_ is Type.TIME:
        if given is Type.DURATION:
            new = f"now() - {resolver.text[literal.start : literal.end]}"
            fix = resolver.fix_at(f"did you mean {shorten(new, 30)}?", literal.start, literal.end, new)
            message = "this is a length of time, a point in time is needed"
            resolver.fail_at("unit", message, literal.start, literal.end, [fix])
        legal = unit == ""
    elif given is Type.TIME:
        _mismatch(resolver, literal, other)
    elif type_ is Type.DURATION:
        legal = unit in ("", "time")
    elif type_ is Type.NUMBER:
        legal = unit in ("", "scale", "percent") or (unit == "bytes" and not isinstance(other.value, Field))
    else:
        legal = unit == ""
    if legal:
        return
    written = resolver.text[literal.start : literal.end]
    fixes = []
    if type_ is Type.NUMBER and written.endswith("m"):
        fixes = [resolver.fix_at("M is a million, m a minute", literal.start, literal.end, written[:-1] + "M")]
    message = f"this unit does not fit {_TYPE_NAMES[type_]}"
    resolver.fail_at("unit", message, literal.start, literal.end, fixes)


def _mismatch(resolver: Resolver, literal: Typed, other: Typed) -> NoReturn:
    name = f"{other.value.name} is" if isinstance(other.value, Field) else "the other side is"
    assert isinstance(literal.value, Const)
    value = literal.value.value
    fixes = []
    if other.type is Type.BOOL and value in (0, 1):
        fixes = [resolver.fix_at("write TRUE or FALSE", literal.start, literal.end, "TRUE" if value else "FALSE")]
    message = f"{name} {_TYPE_NAMES[other.type]}, this is {_TYPE_NAMES[literal.type]}"
    resolver.fail_at("type", message, literal.start, literal.end, fixes)


# ---------------------------------------------------------------- lists and patterns


def _refuse_field_in_list(resolver: Resolver, node: syntax.In, item: Typed) -> NoReturn:
    text = resolver.text
    left = text[node.value.start : node.value.end]
    sides = [f"{left} = {text[found.start : found.end]}" for found in node.items]
    fixes = [] if node.negated else [resolver.fix("write it with OR", node, f"({' OR '.join(sides)})")]
    resolver.fail_at("type", "a list holds constants, not fields", item.start, item.end, fixes)


def _check_pattern(resolver: Resolver, op: TextOp, pattern: Typed, node: syntax.Matches) -> None:
    assert isinstance(pattern.value, Const)
    value = pattern.value.value
    if value is None:
        return
    if not isinstance(value, str):
        written = resolver.text[pattern.start : pattern.end]
        fix = resolver.fix_at("put it in quotes", pattern.start, pattern.end, quoted(written))
        resolver.fail_at("type", "a text is needed here", pattern.start, pattern.end, [fix])
    if op == "rlike":
        check_regex(resolver, value, pattern)
    elif node.escape is not None:
        rest = value.replace(node.escape.value * 2, "")
        if rest.endswith(node.escape.value):
            message = "the escape character at the end escapes nothing"
            resolver.fail_at("syntax", message, pattern.start, pattern.end)


def check_regex(resolver: Resolver, pattern: str, place: Typed) -> None:
    """Refuse a pattern that the engines could not run, with the place of the mistake."""
    size = len(pattern.encode())
    if size > MAX_REGEX_BYTES:
        message = f"a regular expression may have {MAX_REGEX_BYTES:,} bytes, this one has {size:,}"
        resolver.fail_at("limit", message, place.start, place.end)
    try:
        regex.compile(pattern)
    except regex.error as error:
        position = error.pos or 0
        start, end = place.start, place.end
        if resolver.text[start + 1 : end - 1] == pattern:  # not from a parameter, no doubled quotes before it
            start, end = min(start + 1 + position, end - 1), min(start + 2 + position, end)
        message = f"bad regular expression: {shorten(str(error.msg), 60)}"
        resolver.fail_at("regex", message, start, end)
    except (RecursionError, OverflowError, MemoryError, ValueError):
        resolver.fail_at("regex", "this regular expression is too complex", place.start, place.end)
