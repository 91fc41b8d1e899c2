"""What a trace's own row says of its spans, and where what the source said itself wins."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from spanglass.entities import DEFAULT_EXPERIMENT_ID, Json, SpanType, TraceStatus
from spanglass.store.numbering import Numbers
from spanglass.store.rows import PayloadRow, SpanRow, Symbols, integer

_ERROR = 2
_Columns = Any
"""The rows of a trace's spans as columns, under the names of ``SpanRow``."""
_NO_COLUMNS: _Columns = SpanRow._make([()] * len(SpanRow._fields))


class TraceRow(NamedTuple):
    """One row of table ``trace``, without ``rid`` and ``trace_id``; the fields in the order of the columns."""

    experiment_id: str
    name: str
    status: str
    start_ms: int
    duration_ms: int | None
    start_ns: int
    end_ns: int | None
    input_tokens: int | None
    output_tokens: int | None
    tokens: int | None
    cost: float | None
    span_count: int
    error_count: int
    session_id: str | None
    user_id: str | None
    run_id: str | None
    model: str | None
    client_request_id: str | None
    root_sid: int | None
    numbered: int


class TracePayloadRow(NamedTuple):
    """The part of a row of ``trace_payload`` that is rolled up."""

    request: str | None
    response: str | None
    request_preview: str | None
    response_preview: str | None
    dialect: str


def roll_up(
    rows: Sequence[SpanRow],
    numbers: Numbers,
    facts: Mapping[str, Json],
    symbols: Symbols,
    payload_of: Callable[[int], PayloadRow],
) -> tuple[TraceRow, TracePayloadRow]:
    """The rows of a trace from those of its spans and the facts that its source gave.

    Of several spans without a parent the earliest is the root; where every parent is missing, the earliest span
    stands in for it. The trace is IN_PROGRESS while the root has no end, or no root has come and a span is
    open; ERROR if the root is; else OK. Tokens and cost are summed over the spans that carry them and have no
    descendant that does, or what a framework repeats of its model calls would count twice.

    ``payload_of(sid)`` gives the root's payload, and is called only if it is needed.
    """
    root = _root(rows, numbers)
    columns: _Columns = SpanRow._make(zip(*rows, strict=True)) if rows else _NO_COLUMNS
    status, name, dialect = TraceStatus.UNSPECIFIED, "", ""
    request = response = None
    start = min(columns.start_ns, default=0)
    end: int | None = None
    if root is not None:
        waiting = root.parent_id is not None and None in columns.end_ns
        if root.end_ns is None or waiting:
            status = TraceStatus.IN_PROGRESS
        else:
            status = TraceStatus.ERROR if root.status == _ERROR else TraceStatus.OK
            end = max(end for end in columns.end_ns if end is not None)
        name = symbols.text(root.name_id)
        payload = payload_of(root.sid)
        request, response, dialect = payload.inputs, payload.outputs, payload.dialect or ""

    input_tokens, output_tokens = _tokens(columns, numbers)
    start = facts.get("start_time_ns", start)
    end = facts.get("end_time_ns", end)
    if "input_tokens" in facts:
        input_tokens = facts["input_tokens"]
    if "output_tokens" in facts:
        output_tokens = facts["output_tokens"]
    known = [count for count in (input_tokens, output_tokens) if count is not None]
    row = TraceRow(
        experiment_id=facts.get("experiment_id", DEFAULT_EXPERIMENT_ID),
        name=facts.get("name", name),
        status=facts.get("status", status),
        start_ms=start // 1_000_000,
        duration_ms=None if end is None else max(0, end - start) // 1_000_000,
        start_ns=start,
        end_ns=end,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        tokens=integer(sum(known)) if known else None,
        cost=facts["cost"] if "cost" in facts else _cost(columns, numbers),
        span_count=len(rows),
        error_count=columns.status.count(_ERROR),
        session_id=facts.get("session_id"),
        user_id=facts.get("user_id"),
        run_id=facts.get("run_id"),
        model=facts["model"] if "model" in facts else _model(rows, numbers, symbols),
        client_request_id=facts.get("client_request_id"),
        root_sid=None if root is None else root.sid,
        numbered=len(rows),
    )
    if "request" in facts:
        request = facts["request"]
    if "response" in facts:
        response = facts["response"]
    return row, TracePayloadRow(
        request,
        response,
        facts.get("request_preview"),
        facts.get("response_preview"),
        facts.get("dialect", dialect),
    )


def _root(rows: Sequence[SpanRow], numbers: Numbers) -> SpanRow | None:
    earliest: SpanRow | None = None
    for index in numbers.order:  # roots stand in it by start time
        if numbers.parent_no[index] < 0:
            if rows[index].parent_id is None:
                return rows[index]
            earliest = earliest or rows[index]
    return earliest


def _leaves(carries: Sequence[bool], numbers: Numbers) -> list[int]:
    """The indexes of what carries usage and has no descendant that does, in preorder from the end."""
    leaves = []
    nearest = len(carries)  # the next number, seen from the left, that carries usage
    for index in reversed(numbers.order):
        if carries[index]:
            if nearest > numbers.last[index]:
                leaves.append(index)
            nearest = numbers.no[index]
    return leaves


def _tokens(columns: _Columns, numbers: Numbers) -> tuple[int | None, int | None]:
    inputs, outputs = columns.input_tokens, columns.output_tokens
    if inputs.count(None) + outputs.count(None) == 2 * len(inputs):
        return None, None
    leaves = _leaves([given != (None, None) for given in zip(inputs, outputs, strict=True)], numbers)
    return _total(inputs, leaves), _total(outputs, leaves)


def _total(counts: Sequence[int | None], leaves: Sequence[int]) -> int | None:
    known = [count for index in leaves if (count := counts[index]) is not None]
    return integer(sum(known)) if known else None


def _cost(columns: _Columns, numbers: Numbers) -> float | None:
    if columns.cost.count(None) == len(columns.cost):
        return None
    costs = [columns.cost[index] for index in _leaves([cost is not None for cost in columns.cost], numbers)]
    try:
        return math.fsum(costs)  # the same total in whatever order the spans came
    except OverflowError:
        return math.inf


def _model(rows: Sequence[SpanRow], numbers: Numbers, symbols: Symbols) -> str | None:
    other: int | None = None
    for index in numbers.order:
        row = rows[index]
        if row.model_id is not None:
            if symbols.text(row.type_id) in (SpanType.LLM, SpanType.CHAT_MODEL):
                return symbols.text(row.model_id)
            other = row.model_id if other is None else other
    return None if other is None else symbols.text(other)
