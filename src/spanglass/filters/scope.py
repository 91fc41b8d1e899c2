"""Where a name stands, and what is known of a value before any data is seen."""

from __future__ import annotations

from dataclasses import dataclass

from spanglass.filters.algebra import Subject, Type, Value
from spanglass.filters.numbers import Unit


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in a place.

    Bare names are fields of ``subject``. ``span`` says that one span is at hand, so that ``span.`` and the
    relations between spans have a meaning. ``same_span`` marks terms outside of blocks that speak of one span:
    ``trace.text`` beside them is that span's text.
    """

    subject: Subject
    span: bool
    same_span: bool = False


TRACE = Scope("trace", False)  # outside of blocks
SAME_SPAN = Scope("trace", True, True)  # bare span terms of one chain
ROW = Scope("trace", True)  # columns, and order keys where a row is a span
SPAN = Scope("span", True)  # inside of { … }


@dataclass(slots=True)
class Typed:
    """A resolved value with its type, and where it stood.

    ``literal`` marks constants, whose ``unit`` is legal for some types only. A type of JSON means: any.
    """

    value: Value
    type: Type
    start: int
    end: int
    literal: bool = False
    unit: Unit = ""
