"""Rows of the list, how many there are, and those that come while it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from spanglass.explorer.wire.base import ColumnSpec, Diagnostic, RowMode
from spanglass.explorer.wire.traces import TraceResult


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


class Push(TypedDict):
    """What recording changed; beside it goes the question that the rows answer."""

    rows: Rows
    more: bool
    since_ms: float
    now_ms: float
    traces: list[TraceResult]
