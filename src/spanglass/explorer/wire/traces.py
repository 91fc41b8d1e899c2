"""One trace, its spans, and what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from spanglass.explorer.wire.base import JsonStep


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
class FindParams:
    trace_id: str
    text: str


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


class FindResult(TypedDict):
    matches: list[int]
