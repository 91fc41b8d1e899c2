"""What every part of the wire speaks of."""

from __future__ import annotations

from typing import Literal, TypedDict

WIRE_VERSION = 1
RowMode = Literal["traces", "spans"]
Direction = Literal["asc", "desc"]
JsonStep = str | int


ColumnSpec = str | dict[str, str]
"""An extra column: a field path, or ``{"path", "pick", "name"}`` with the last two optional."""


Scalar = str | int | float | bool


RowKey = str | tuple[str, str]
"""A row's key: its trace id, or (trace id, span id) in spans mode."""


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


class TextResult(TypedDict):
    filter: str
