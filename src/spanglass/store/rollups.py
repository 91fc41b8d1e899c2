"""What a trace's own row says of its spans, and where what the source said itself wins."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from spanglass.entities import DEFAULT_EXPERIMENT_ID, Json, SpanType, TraceStatus
from spanglass.store.numbering import Numbers
from spanglass.store.rows import PayloadRow, SpanRow, Symbols, integer

_ERROR = 2


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
    in_order = [rows[index] for index in numbers.order]
    status, name, dialect = TraceStatus.UNSPECIFIED, "", ""
    request = response = None
    start = min((row.start_ns for row in rows), default=0)
    end: int | None = None
    if root is not None:
        waiting = root.parent_id is not None and any(row.end_ns is None for row in rows)
        if root.end_ns is None or waiting:
            status = TraceStatus.IN_PROGRESS
        else:
            status = TraceStatus.ERROR if root.status == _ERROR else TraceStatus.OK
            end = max(row.end_ns for row in rows if row.end_ns is not None)
        name = symbols.text(root.name_id)
        payload = payload_of(root.sid)
        request, response, dialect = payload.inputs, payload.outputs, payload.dialect or ""

    input_tokens, output_tokens = _tokens(in_order, numbers)
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
        cost=facts["cost"] if "cost" in facts else _cost(in_order, numbers),
        span_count=len(rows),
        error_count=sum(row.status == _ERROR for row in rows),
        session_id=facts.get("session_id"),
        user_id=facts.get("user_id"),
        run_id=facts.get("run_id"),
        model=facts["model"] if "model" in facts else _model(in_order, symbols),
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


def _leaves(carries: Sequence[bool], lasts: Sequence[int]) -> list[int]:
    """The preorder numbers of what carries usage and has no descendant that does."""
    leaves = []
    nearest = len(carries)  # the next number, seen from the left, that carries usage
    for no in range(len(carries) - 1, -1, -1):
        if carries[no]:
            if nearest > lasts[no]:
                leaves.append(no)
            nearest = no
    return leaves


def _tokens(in_order: Sequence[SpanRow], numbers: Numbers) -> tuple[int | None, int | None]:
    carries = [row.input_tokens is not None or row.output_tokens is not None for row in in_order]
    if not any(carries):
        return None, None
    leaves = [in_order[no] for no in _leaves(carries, _lasts(numbers))]
    inputs = [row.input_tokens for row in leaves if row.input_tokens is not None]
    outputs = [row.output_tokens for row in leaves if row.output_tokens is not None]
    return integer(sum(inputs)) if inputs else None, integer(sum(outputs)) if outputs else None


def _cost(in_order: Sequence[SpanRow], numbers: Numbers) -> float | None:
    carries = [row.cost is not None for row in in_order]
    if not any(carries):
        return None
    costs = [in_order[no].cost or 0.0 for no in _leaves(carries, _lasts(numbers))]
    try:
        return math.fsum(costs)  # the same total in whatever order the spans came
    except OverflowError:
        return math.inf


def _lasts(numbers: Numbers) -> list[int]:
    return [numbers.last[index] for index in numbers.order]


def _model(in_order: Sequence[SpanRow], symbols: Symbols) -> str | None:
    other: int | None = None
    for row in in_order:
        if row.model_id is not None:
            if symbols.text(row.type_id) in (SpanType.LLM, SpanType.CHAT_MODEL):
                return symbols.text(row.model_id)
            other = row.model_id if other is None else other
    return None if other is None else symbols.text(other)
