"""Labels that people give, and what several of them said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from spanglass.explorer.wire.base import Scalar


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
