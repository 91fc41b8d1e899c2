"""Facets and the histogram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict

from spanglass.explorer.wire.base import RowMode, Scalar

Want = Literal["in", "out"]


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
