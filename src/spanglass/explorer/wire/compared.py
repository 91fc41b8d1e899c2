"""Traces beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from spanglass.explorer.wire.traces import SpanParams


@dataclass(frozen=True, slots=True)
class CompareParams:
    selection: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DifferenceParams:
    a: SpanParams | None
    b: SpanParams | None


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
