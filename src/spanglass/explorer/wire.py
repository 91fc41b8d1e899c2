"""The wire between Python and the widget, typed once on this side (``js/src/wire/contract.ts`` is the other).

Request  ``{v, id, method, params}``     v: the random id of a view; id: a counter within it
Cancel   ``{v, cancel: id}``
Reply    ``{v, re, ok: true}`` with one buffer of UTF-8 JSON, or ``{v, re, error: WireError}``
Push     ``{push: "rows", question: {filter, rows, columns, predicates}}`` with one buffer; the browser sends
         ``{v, cancel: 0}``, which cancels nothing, to say that somebody is there

What the browser sends arrives as one of the ``…Params`` classes, checked field by field (``envelope``). What
Python answers is one of the ``…Result`` dictionaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

WIRE_VERSION = 1

RowMode = Literal["traces", "spans"]
EditOp = Literal["=", "!=", ">=", "<=", "contains", "not contains"]
Direction = Literal["asc", "desc"]
JsonStep = str | int

ColumnSpec = str | dict[str, str]
"""An extra column: a field path, or ``{"path", "pick", "name"}`` with the last two optional."""

Scalar = str | int | float | bool
Want = Literal["in", "out"]

RowKey = str | tuple[str, str]
"""A row's key: its trace id, or (trace id, span id) in spans mode."""


# ---------------------------------------------------------------- what comes


@dataclass(frozen=True, slots=True)
class PageParams:
    filter: str
    rows: RowMode
    columns: tuple[ColumnSpec, ...]
    at: int | None
    after: str | None
    limit: int
    commit: bool


@dataclass(frozen=True, slots=True)
class CountParams:
    filter: str
    rows: RowMode


@dataclass(frozen=True, slots=True)
class TraceParams:
    trace_id: str
    filter: str


@dataclass(frozen=True, slots=True)
class SpanParams:
    trace_id: str
    span_id: str


@dataclass(frozen=True, slots=True)
class SliceParams:
    trace_id: str
    span_id: str
    path: tuple[JsonStep, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ValueParams:
    trace_id: str
    span_id: str
    path: tuple[JsonStep, ...]


@dataclass(frozen=True, slots=True)
class CheckParams:
    filter: str
    rows: RowMode


@dataclass(frozen=True, slots=True)
class CompleteParams:
    filter: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Target:
    """A value on the screen: ``path`` begins with the field; ``span_id`` is given where a span has it."""

    trace_id: str | None
    span_id: str | None
    span_name: str | None
    path: tuple[JsonStep, ...]
    value: Any


@dataclass(frozen=True, slots=True)
class EditParams:
    filter: str
    op: EditOp
    target: Target


@dataclass(frozen=True, slots=True)
class SortParams:
    filter: str
    rows: RowMode
    column: str
    direction: Direction | None


@dataclass(frozen=True, slots=True)
class FacetsParams:
    filter: str
    rows: RowMode
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistogramParams:
    filter: str
    bars: int


@dataclass(frozen=True, slots=True)
class ChooseParams:
    filter: str
    rows: RowMode
    field: str
    value: Scalar
    want: Want | None


@dataclass(frozen=True, slots=True)
class BrushParams:
    filter: str
    from_ms: float | None
    to_ms: float | None
    step_ms: float


@dataclass(frozen=True, slots=True)
class ColumnParams:
    target: Target


@dataclass(frozen=True, slots=True)
class FindParams:
    trace_id: str
    text: str


@dataclass(frozen=True, slots=True)
class LabelTarget:
    """A trace, one of its spans, or the rows of a selection, which is still to be checked."""

    trace_id: str | None
    span_id: str | None
    selection: Any


@dataclass(frozen=True, slots=True)
class LabelParams:
    target: LabelTarget
    name: str
    value: Scalar
    note: str | None


@dataclass(frozen=True, slots=True)
class LabelsParams:
    target: LabelTarget


@dataclass(frozen=True, slots=True)
class UnlabelParams:
    pass


@dataclass(frozen=True, slots=True)
class RatersParams:
    filter: str


@dataclass(frozen=True, slots=True)
class CompareParams:
    selection: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DifferenceParams:
    a: SpanParams | None
    b: SpanParams | None


@dataclass(frozen=True, slots=True)
class GroupParams:
    filter: str
    rows: RowMode
    by: str


@dataclass(frozen=True, slots=True)
class MemberParams:
    filter: str
    rows: RowMode
    by: str
    value: Scalar | None


@dataclass(frozen=True, slots=True)
class SessionParams:
    session_id: str


@dataclass(frozen=True, slots=True)
class MoreParams:
    pass


# ---------------------------------------------------------------- what goes


class Fix(TypedDict):
    label: str
    text: str


class Diagnostic(TypedDict):
    severity: str
    code: str
    message: str
    start: int
    end: int
    fixes: list[Fix]


class Rows(TypedDict):
    trace_id: list[str]
    span_id: list[str]
    time_ms: list[float]
    name: list[str]
    type: list[str]
    status: list[str]
    duration_ms: list[float | None]
    tokens: list[int | None]
    errors: list[int]
    cells: list[list[Any]]


class PageResult(TypedDict):
    filter: str
    at: int
    rows: Rows
    next: str | None
    ms: float
    diagnostics: list[Diagnostic]


class CountResult(TypedDict):
    filter: str
    total: int
    of: int


class SpanColumns(TypedDict):
    id: list[str]
    start: list[float]
    duration: list[float | None]
    depth: list[int]
    size: list[int]
    name: list[int]
    type: list[int]
    status: list[int]
    tokens: list[int | None]


class AssessmentResult(TypedDict):
    name: str
    kind: str
    value: Any
    rationale: str | None
    source_type: str
    source_id: str
    span_id: str | None


class TraceResult(TypedDict):
    trace_id: str
    name: str
    status: str
    time_ms: float
    duration_ms: float | None
    tokens: int | None
    cost: float | None
    session_id: str | None
    user_id: str | None
    tags: Mapping[str, str]
    metadata: Mapping[str, str]
    assessments: list[AssessmentResult]
    spans: SpanColumns
    names: list[str]
    types: list[str]
    matches: list[int]


class Cut(TypedDict):
    path: list[JsonStep]
    kind: Literal["text", "items", "keys", "number"]
    length: int


class SpanResult(TypedDict):
    trace_id: str
    span_id: str
    name: str
    type: str
    status: str
    status_message: str
    start_ms: float
    duration_ms: float | None
    model: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    inputs: Any
    outputs: Any
    attributes: dict[str, Any]
    events: list[dict[str, Any]]
    links: list[dict[str, Any]]
    cuts: list[Cut]


class SliceResult(TypedDict):
    value: Any
    length: int
    cuts: list[Cut]


MarkdownNode = str | list[Any]
"""A text, or an element: ``[tag, address of a link or None, nodes]``."""


class MarkdownResult(TypedDict):
    nodes: list[MarkdownNode]
    left: int


class ImageResult(TypedDict):
    kind: str
    data: str


class CheckResult(TypedDict):
    diagnostics: list[Diagnostic]
    gloss: str


class Proposal(TypedDict):
    label: str
    insert: str
    kind: str
    detail: str
    count: int | None


# "from" is a word of Python's.
CompleteResult = TypedDict("CompleteResult", {"from": int, "to": int, "items": list[Proposal], "refinable": bool})


class TextResult(TypedDict):
    filter: str


class FacetValue(TypedDict):
    value: Scalar
    count: int
    want: Want | None


class Facet(TypedDict):
    field: str
    values: list[FacetValue]


class Condition(TypedDict):
    text: str
    without: str


class FacetsResult(TypedDict):
    filter: str
    facets: list[Facet]
    others: list[Condition]
    late: bool


class HistogramResult(TypedDict):
    filter: str
    start_ms: int
    width_ms: int
    count: list[int]
    errors: list[int]
    p50_ms: list[float | None]
    p95_ms: list[float | None]
    all_p50_ms: float | None
    all_p95_ms: float | None
    from_ms: float | None
    to_ms: float | None


class ColumnOption(TypedDict):
    label: str
    column: ColumnSpec


class ColumnResult(TypedDict):
    options: list[ColumnOption]
    preselect: int


class FindResult(TypedDict):
    matches: list[int]


class LabelSpec(TypedDict):
    name: str
    values: list[Scalar]


class LabelCount(TypedDict):
    value: Any
    count: int


class LabelGiven(TypedDict):
    name: str
    values: list[LabelCount]
    note: str | None


class Opinion(TypedDict):
    name: str
    rater: str
    value: Any
    note: str | None


class Progress(TypedDict):
    labelled: int
    total: int


class LabelsResult(TypedDict):
    of: int
    given: list[LabelGiven]
    others: list[Opinion]
    undo: int
    progress: Progress | None
    next: str | None


class LabelResult(TypedDict):
    changed: int
    labels: LabelsResult


class UnlabelResult(TypedDict):
    name: str
    value: Scalar
    changed: int
    trace_id: str | None
    span_id: str | None


class Pair(TypedDict):
    a: str
    b: str
    things: int
    agree: float
    kappa: float | None


class Rated(TypedDict):
    trace_id: str
    span_id: str | None
    trace: str
    said: list[Any]
    differ: bool


class RatedLabel(TypedDict):
    name: str
    alpha: float | None
    raters: list[str]
    pairs: list[Pair]
    things: int
    differ: int
    rated: list[Rated]


class RatersResult(TypedDict):
    filter: str
    labels: list[RatedLabel]
    late: bool


class ComparedTrace(TypedDict):
    trace_id: str
    name: str
    status: str
    time_ms: int
    duration_ms: int | None
    tokens: int | None
    cost: float | None
    spans: int


class Side(TypedDict):
    id: list[str | None]
    name: list[int]
    type: list[int]
    status: list[int]
    duration: list[float | None]
    tokens: list[int | None]
    cost: list[float | None]


class ComparedPairs(TypedDict):
    depth: list[int]
    change: list[int]
    a: Side
    b: Side
    names: list[str]
    types: list[str]
    left: int


class ComparedNames(TypedDict):
    name: list[str]
    type: list[str]
    calls: list[list[int]]
    errors: list[list[int]]
    duration: list[list[float | None]]
    tokens: list[list[int | None]]
    cost: list[list[float | None]]
    left: int


class CompareResult(TypedDict):
    traces: list[ComparedTrace]
    more: bool
    pairs: ComparedPairs | None
    names: ComparedNames | None


DiffLine = tuple[str, list[list[Any]]]
"""Its sign, "-", "+", " " or "…", and its parts: texts, each with whether it is changed."""


class DiffResult(TypedDict):
    same: bool
    lines: list[DiffLine]
    left: int
    cut: bool


class DifferenceResult(TypedDict):
    facts: list[tuple[str, str | int | None, str | int | None]]
    inputs: DiffResult
    outputs: DiffResult


class GroupResult(TypedDict):
    filter: str
    by: str
    value: list[Scalar | None]
    count: list[int]
    errors: list[int]
    p50_ms: list[float | None]
    p95_ms: list[float | None]
    tokens: list[int | None]
    cost: list[float | None]
    first_ms: list[float | None]
    last_ms: list[float | None]
    total: int
    ms: float


class Turn(TypedDict):
    trace_id: str
    name: str
    status: str
    time_ms: float
    duration_ms: float | None
    tokens: int | None
    inputs: Any
    outputs: Any


class SessionResult(TypedDict):
    session_id: str
    turns: list[Turn]
    total: int


class MoreResult(TypedDict):
    script: str


class Push(TypedDict):
    """What recording changed; beside it goes the question that the rows answer."""

    rows: Rows
    more: bool
    since_ms: float
    now_ms: float
    traces: list[TraceResult]


class Boot(TypedDict):
    wire: int
    page: PageResult | None
    count: CountResult | None
    error: str | None
    keywords: list[str]
    source: str
    pairs: list[tuple[str, str]]
