"""Groups of rows, and the turns of a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from spanglass.explorer.wire.base import RowMode, Scalar


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
