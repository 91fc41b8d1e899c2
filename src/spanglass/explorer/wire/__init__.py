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

from dataclasses import dataclass
from typing import TypedDict

from spanglass.explorer.wire.base import (
    WIRE_VERSION,
    ColumnSpec,
    Diagnostic,
    Direction,
    Fix,
    JsonStep,
    RowKey,
    RowMode,
    Scalar,
    TextResult,
)
from spanglass.explorer.wire.compared import (
    ComparedNames,
    ComparedPairs,
    ComparedTrace,
    CompareParams,
    CompareResult,
    DifferenceParams,
    DifferenceResult,
    DiffLine,
    DiffResult,
    Side,
)
from spanglass.explorer.wire.groups import (
    GroupParams,
    GroupResult,
    MemberParams,
    SessionParams,
    SessionResult,
    Turn,
)
from spanglass.explorer.wire.labels import (
    LabelCount,
    LabelGiven,
    LabelParams,
    LabelResult,
    LabelsParams,
    LabelSpec,
    LabelsResult,
    LabelTarget,
    Opinion,
    Pair,
    Progress,
    Rated,
    RatedLabel,
    RatersParams,
    RatersResult,
    UnlabelParams,
    UnlabelResult,
)
from spanglass.explorer.wire.overview import (
    BrushParams,
    ChooseParams,
    Condition,
    Facet,
    FacetsParams,
    FacetsResult,
    FacetValue,
    HistogramParams,
    HistogramResult,
    Want,
)
from spanglass.explorer.wire.rows import (
    CountParams,
    CountResult,
    PageParams,
    PageResult,
    Push,
    Rows,
)
from spanglass.explorer.wire.texts import (
    CheckParams,
    CheckResult,
    ColumnOption,
    ColumnParams,
    ColumnResult,
    CompleteParams,
    CompleteResult,
    EditOp,
    EditParams,
    Proposal,
    SortParams,
    Target,
)
from spanglass.explorer.wire.traces import (
    AssessmentResult,
    Cut,
    FindParams,
    FindResult,
    ImageResult,
    MarkdownNode,
    MarkdownResult,
    SliceParams,
    SliceResult,
    SpanColumns,
    SpanParams,
    SpanResult,
    TraceParams,
    TraceResult,
    ValueParams,
)


@dataclass(frozen=True, slots=True)
class MoreParams:
    pass


class MoreResult(TypedDict):
    script: str


class Boot(TypedDict):
    wire: int
    page: PageResult | None
    count: CountResult | None
    error: str | None
    keywords: list[str]
    source: str
    pairs: list[tuple[str, str]]
