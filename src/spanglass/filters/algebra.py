"""What a filter means: the small closed set of nodes that every engine knows how to answer.

The resolver turns a syntax tree into these; each engine's emitter turns these into its own queries. Nothing
else crosses the seam. Names are canonical, units are folded, parameters are bound, now() is frozen.

**Context.** A predicate is evaluated for a trace. ``Exists`` and the values built on ``Related`` enter a
narrower context: one span (of the trace), one event or link (of the span), one assessment. A ``Field`` names
its ``subject``; it refers to the innermost thing of that kind in whose context it stands, and ``trace`` is
always the trace at hand. So ``Field("trace", …)`` inside a span's context is the trace of that span.

**Truth is two-valued.** Every predicate is true or false, never unknown. A comparison is false when an operand
is missing; ``Not`` flips. Missing is: SQL NULL, JSON null, a path that leads nowhere, division by zero.

**Several values.** A ``Path`` that meets an array at its end or has ``[*]`` in it, an ``Assessed`` that was
given more than once, and ``Of`` stand for several values. A predicate over such a value holds if it holds for
some element (``!=`` and the negated forms too); ``IsMissing`` holds if there is no non-null element. In a
column or an order key a ``pick`` chooses one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from enum import Enum
from typing import Literal

from spanglass.filters.frozen import dataclass

Subject = Literal["trace", "span", "event", "link", "assessment"]
Pick = Literal["first", "last", "all", "error", "max", "min"]


class Type(str, Enum):
    """What kind of value a field holds, which decides the operators and literals it takes."""

    TEXT = "text"
    NUMBER = "number"
    DURATION = "duration"  # milliseconds, as a number with or without a fraction
    TIME = "time"  # Unix milliseconds
    BOOL = "bool"
    JSON = "json"  # any JSON value; the literal it is compared with decides


class Mode(str, Enum):
    """How two values are compared.

    NUMBER: both as numbers; a text counts if it looks like ``-?digits[.digits][e[+-]digits]`` (ASCII), a
    boolean never does. TEXT: both as text; a number's text is its shortest round-trip form, a boolean's
    ``true``/``false``; for ``=`` and ``!=`` against a text that is a JSON object or array, as JSON values. BOOL:
    only JSON booleans and boolean fields. EITHER (no literal on either side): as numbers if both are numeric,
    else as text.
    """

    NUMBER = "number"
    TEXT = "text"
    BOOL = "bool"
    EITHER = "either"


# ---------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class Const:
    """A literal, a bound parameter or a folded expression. None is a missing value."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Field:
    """A field that every thing of its kind has, by canonical name (``filters.fields`` lists them).

    ``trace``: name status timestamp_ms end_time_ms duration trace_id client_request_id experiment_id run_id
    session_id user_id span_count error_count tokens input_tokens output_tokens cost model inputs outputs text
    prompt issue_id tags metadata.
    ``span``: name type status status_message duration start_time end_time id parent_id depth is_root inputs
    outputs attributes resource model tokens input_tokens output_tokens cost text.
    ``event``: name time attributes. ``link``: trace_id span_id attributes.
    ``assessment``: name kind value rationale source source_id span_id run_id valid error time metadata.

    A trace's duration and times are whole milliseconds; a span's have a fraction down to the nanosecond.
    ``trace.run_id`` has several values when runs are linked to the trace. ``span.text`` is the span's name, its
    status message and the keys and text leaves of inputs, outputs, attributes and events, one a line;
    ``trace.text`` has one such value per span, or, for a trace without spans, one made of its name, inputs and
    outputs.
    """

    subject: Subject
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a trace's ``tag`` or ``metadata`` map; the key is exact and may hold any character."""

    map: Literal["tag", "metadata"]
    key: str


class Wild(Enum):
    """The step ``[*]``: any element of an array."""

    ANY = "*"


Step = str | int | Wild
"""A step into a JSON value: an object's key, an array's index (0-based), or any element."""


@dataclass(frozen=True, slots=True)
class Path:
    """A place inside a JSON field (inputs, outputs, attributes, resource, an assessment's value or metadata).

    ``flat``, when given, is one key of the base object that is tried first (attribute keys contain dots:
    ``gen_ai.request.model``); only where the object has no such key do the ``steps`` lead on.
    """

    base: Field
    steps: tuple[Step, ...]
    flat: str | None = None


@dataclass(frozen=True, slots=True)
class Assessed:
    """The values of the trace's valid assessments of one name, latest first, session-level ones included.

    ``kind`` None means feedback and expectations alike. In a span's context, too, these are the trace's.
    The whole dotted rest of the field is ``name``; ``steps`` (after brackets only) lead into the value.
    """

    kind: Literal["feedback", "expectation"] | None
    name: str
    steps: tuple[Step, ...] = ()


Relation = Literal[
    "spans",  # every span of the trace, from any context
    "root",  # the earliest span without a parent
    "parent",
    "child",
    "ancestor",
    "descendant",
    "sibling",  # same parent (roots of one trace are siblings), itself excluded
    "preceding",  # ended at or before this one's start, itself excluded: the left side of THEN
    "following",  # starts at or after this one's end, itself excluded: THEN seen from the left
    "events",  # of this span; of every span in a trace's context
    "links",
    "assessments",  # of this span; of the trace (and its session) in a trace's context
]


@dataclass(frozen=True, slots=True)
class Related:
    """A set of things seen from the context: those so related for which ``where`` holds in their own context."""

    relation: Relation
    where: Predicate


@dataclass(frozen=True, slots=True)
class Of:
    """``value`` of each thing in the set, spans in preorder."""

    things: Related
    value: Value


Fold = Literal["count", "sum", "avg", "min", "max", "p50", "p95"]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One number over a set: ``count`` counts things, the others fold ``value`` as numbers, the missing left out.

    ``sum`` over nothing is 0, the others are missing; percentiles are nearest-rank.
    """

    fold: Fold
    value: Value | None
    things: Related


@dataclass(frozen=True, slots=True)
class Arith:
    """Real-number arithmetic; missing if an operand is missing or not numeric, or by division by zero."""

    op: Literal["+", "-", "*", "/"]
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Call:
    """``lower`` (Unicode simple folding), ``length`` (of the text form, in characters), ``coalesce``."""

    name: Literal["lower", "length", "coalesce"]
    args: tuple[Value, ...]


Value = Const | Field | Key | Path | Assessed | Of | Aggregate | Arith | Call


# ---------------------------------------------------------------- predicates


@dataclass(frozen=True, slots=True)
class Always:
    """True for everything, or false for everything."""

    value: bool


@dataclass(frozen=True, slots=True)
class And:
    """All of them. Two or more."""

    items: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them. Two or more."""

    items: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite, which is true also where a comparison failed for want of a value."""

    item: Predicate


@dataclass(frozen=True, slots=True)
class Compare:
    """Both present, and so related."""

    op: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Value
    right: Value
    mode: Mode


@dataclass(frozen=True, slots=True)
class Range:
    """Present and inside (or, negated, outside) the two bounds, both of them present.

    BETWEEN includes both ends; a calendar day includes its first moment and not the next day's.
    """

    value: Value
    low: Value
    high: Value
    mode: Mode
    include_high: bool = True
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In:
    """Present and equal to one (or, negated, to none) of the items. Each item is compared in its own mode."""

    value: Value
    items: tuple[Const, ...]
    negated: bool = False


TextOp = Literal["like", "ilike", "rlike", "contains", "icontains", "starts", "ends", "match"]


@dataclass(frozen=True, slots=True)
class Match:
    """The text form of ``value`` is present and matches (or, negated, does not match) ``pattern``.

    ``like``: ``%`` any run, ``_`` one character, the whole text, exact case; ``ilike`` the same on folded
    texts; ``rlike``: an unanchored regex search; ``icontains`` on folded texts; ``match``: every word of the
    pattern is a word of the text, folded. Folding is Unicode simple case folding, one character to one.
    """

    op: TextOp
    value: Value
    pattern: Value
    escape: str | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsMissing:
    """There is no value."""

    value: Value


@dataclass(frozen=True, slots=True)
class Exists:
    """The set is not empty."""

    things: Related


Predicate = Always | And | Or | Not | Compare | Range | In | Match | IsMissing | Exists


# ---------------------------------------------------------------- the whole query


@dataclass(frozen=True, slots=True)
class Order:
    """One key to sort by: numbers, then texts, then booleans; the missing last unless ``nulls_first``."""

    value: Value
    descending: bool = False
    nulls_first: bool = False
    pick: Pick = "first"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result: the name as the user wrote it, the value, and which one where there are several."""

    name: str
    value: Value
    pick: Pick = "first"


@dataclass(frozen=True, slots=True)
class Conjunct:
    """One top-level part of a filter, with the text that it stood in: what "why is this empty" counts."""

    text: str
    start: int
    end: int
    where: Predicate


@dataclass(frozen=True, slots=True)
class Query:
    """A resolved query: which traces (or spans), in which order, at most how many.

    ``order`` empty means newest first (``timestamp_ms`` descending), then trace id; an engine always adds the
    trace id (and the span's preorder number) as the last key. ``spans`` is what a row of the spans mode must
    fulfil, in a span's context: the filter's last block, or ``Always(True)``. ``identify`` gives the fingerprint,
    which most queries are never asked for.
    """

    where: Predicate
    order: tuple[Order, ...] = ()
    limit: int | None = None
    rows: Literal["traces", "spans"] = "traces"
    spans: Predicate = Always(True)
    conjuncts: tuple[Conjunct, ...] = field(default=(), compare=False)
    text: str = field(default="", compare=False)
    now_ms: int = 0
    zone: str = "UTC"
    identify: Callable[[], str] = field(default=str, compare=False, repr=False)

    @property
    def fingerprint(self) -> str:
        """What identifies filter, order, parameters and scope: a page token carries it."""
        return self.identify()


ALL_TRACES = Query(Always(True))
