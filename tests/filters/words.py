"""Short words for the algebra, so that a test reads like the sentence it checks."""

from __future__ import annotations

from spanglass.filters import FilterError, resolve
from spanglass.filters.algebra import (
    Aggregate,
    Arith,
    Compare,
    Const,
    Exists,
    Field,
    In,
    Match,
    Mode,
    Of,
    Path,
    Predicate,
    Query,
    Range,
    Related,
    Type,
    Value,
)
from spanglass.filters.fields import lookup

NUMBER, TEXT, BOOL, EITHER = Mode.NUMBER, Mode.TEXT, Mode.BOOL, Mode.EITHER
NOW = 1_795_000_000_000


def trace(name: str) -> Field:
    return _field("trace", name)


def span(name: str) -> Field:
    return _field("span", name)


def event(name: str) -> Field:
    return _field("event", name)


def assessment(name: str) -> Field:
    return _field("assessment", name)


def _field(subject, name: str) -> Field:
    field = lookup(subject, name)
    assert field is not None
    assert field.name == name, "write the canonical name"
    return field


def is_(left: Value, right: object, mode: Mode = TEXT, op="=") -> Compare:
    """``left op right``, where right is a plain value."""
    return Compare(op, left, Const(right), mode)  # type: ignore[arg-type]


def some(where: Predicate, relation="spans") -> Exists:
    return Exists(Related(relation, where))


def meaning(text: str, **options) -> Predicate:
    return query(text, **options).where


def query(text: str | None, **options) -> Query:
    return resolve(text, **{"now_ms": NOW, "zone": "UTC", **options})


def refused(text: str, **options) -> FilterError | None:
    """The error that the text is refused with, if it is."""
    try:
        query(text, **options)
    except FilterError as error:
        return error
    return None


def refusal(text: str, **options) -> FilterError:
    """The error that the text has to be refused with."""
    error = refused(text, **options)
    assert error is not None, "this was accepted"
    assert 0 < len(str(error)) <= 300
    return error


def marked(error: FilterError) -> str:
    """The characters that the caret stands under."""
    found = error.diagnostic
    return error.text[found.start : found.end]


def ways_out(error: FilterError) -> dict[str, str]:
    return {fix.label: fix.text for fix in error.diagnostic.fixes}


__all__ = [
    "Aggregate",
    "Arith",
    "Compare",
    "Const",
    "Exists",
    "Field",
    "In",
    "Match",
    "Mode",
    "Of",
    "Path",
    "Range",
    "Related",
    "Type",
]
