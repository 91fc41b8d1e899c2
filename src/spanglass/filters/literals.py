"""What a literal becomes beside a value of a type: units fold, days are ranges, texts may be numbers or times."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import regex

from spanglass.filters import syntax
from spanglass.filters.algebra import Const, Field, TextOp, Type, Value
from spanglass.filters.diagnostics import shorten
from spanglass.filters.guesses import likely_times
from spanglass.filters.numbers import NumberError, numeric, read_duration
from spanglass.filters.printer import quoted
from spanglass.filters.scope import Typed
from spanglass.filters.times import Day, read_time
from spanglass.limits import MAX_REGEX_BYTES

if TYPE_CHECKING:
    from spanglass.filters.resolver import Resolver

Op = Literal["=", "!=", "<", "<=", ">", ">="]
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
NUMERIC = (Type.NUMBER, Type.DURATION, Type.TIME)
TYPE_NAMES = {
    Type.TEXT: "a text",
    Type.NUMBER: "a number",
    Type.DURATION: "a duration",
    Type.TIME: "a time",
    Type.BOOL: "true or false",
    Type.JSON: "JSON",
}
_TIME_HINT = "write '2026-11-01', '2026-11-01T10:30', 'yesterday', '2h ago' or now() - 2h"


def moment(resolver: Resolver, literal: Typed, other: Typed) -> Value:
    """The constant to compare ``other`` with, where a whole day is none."""
    fitted = fit(resolver, literal, other)
    if isinstance(fitted, Day):
        resolver.fail_at("type", "a moment is needed here, not a whole day", literal.start, literal.end)
    return fitted


def fit(resolver: Resolver, literal: Typed, other: Typed) -> Value | Day:
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
        fixes = [resolver.fix_at(f"{new}?", literal.start, literal.end, new) for new in likely_times(value)]
        resolver.fail_at("time", message, literal.start, literal.end, fixes)
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
            new = f"now() - {resolver.text[literal.start : literal.end].lstrip('- ')}"
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
    message = f"this unit does not fit {TYPE_NAMES[type_]}"
    resolver.fail_at("unit", message, literal.start, literal.end, fixes)


def _mismatch(resolver: Resolver, literal: Typed, other: Typed) -> NoReturn:
    name = f"{other.value.name} is" if isinstance(other.value, Field) else "the other side is"
    assert isinstance(literal.value, Const)
    value = literal.value.value
    fixes = []
    if other.type is Type.BOOL and value in (0, 1):
        fixes = [resolver.fix_at("write TRUE or FALSE", literal.start, literal.end, "TRUE" if value else "FALSE")]
    message = f"{name} {TYPE_NAMES[other.type]}, this is {TYPE_NAMES[literal.type]}"
    resolver.fail_at("type", message, literal.start, literal.end, fixes)


# ---------------------------------------------------------------- lists and patterns


def check_pattern(resolver: Resolver, op: TextOp, pattern: Typed, node: syntax.Matches) -> None:
    """Refuse a pattern that its operator cannot use."""
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


def fold(resolver: Resolver, op: Op, left: Typed, right: Typed, node: syntax.Node) -> bool:
    """Compare two constants, now."""
    if left.type is not right.type and Type.TIME in (left.type, right.type):
        if left.type is Type.TIME:
            right = Typed(moment(resolver, right, left), left.type, right.start, right.end)
        else:
            left = Typed(moment(resolver, left, right), right.type, left.start, left.end)
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
