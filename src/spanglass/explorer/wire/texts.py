"""The text of the filter: what is said of it, proposed for it, and written into it by clicks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from spanglass.explorer.wire.base import ColumnSpec, Diagnostic, Direction, JsonStep, RowMode

EditOp = Literal["=", "!=", ">=", "<=", "contains", "not contains"]


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
class ColumnParams:
    target: Target


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


class ColumnOption(TypedDict):
    label: str
    column: ColumnSpec


class ColumnResult(TypedDict):
    options: list[ColumnOption]
    preselect: int
