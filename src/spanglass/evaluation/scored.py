"""What a run said of each row: of a result at hand, or read from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spanglass.engines import open_engine
from spanglass.entities import AssessmentKind, Trace, TraceStatus
from spanglass.evaluation.predicting import INPUTS, ROW, SOURCE_TRACE, digest
from spanglass.evaluation.rows import Row
from spanglass.evaluation.scorer import Score, Scorer, as_number
from spanglass.filters import resolve
from spanglass.limits import READ_CHUNK
from spanglass.store import Store


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """One row as a run left it. ``scores`` are the numbers of its scorers, without those that gave none."""

    inputs: Any
    inputs_digest: str
    number: int | None
    source_trace_id: str | None
    trace_id: str | None
    outputs: Any
    error: str | None
    scores: Mapping[str, float] = field(default_factory=dict)


def scored_rows(rows: Sequence[Row], judges: Sequence[Scorer], scores: Sequence[Sequence[Score]]) -> list[ScoredRow]:
    """The rows of an evaluation that has just been made."""
    return [
        ScoredRow(
            row.inputs,
            digest(row.inputs),
            row.number,
            row.source_trace_id,
            row.trace_id,
            row.outputs,
            row.error_text,
            {
                judge.name: number
                for judge, score in zip(judges, given, strict=True)
                if (number := score.number) is not None
            },
        )
        for row, given in zip(rows, scores, strict=True)
    ]


def read_scored_rows(store: Store, run_id: str) -> list[ScoredRow]:
    """The rows of a run, as its traces and scores in the store tell of them, in their order.

    Raises
    ------
    ValueError
        The store has no such run.
    """
    if store.run(run_id) is None:
        raise ValueError(f"{run_id!r:.60} is no run of this store.")
    engine = open_engine(store)
    ids = [
        row[0]
        for row in engine.search(resolve("run_id = :run OR assessment { run_id = :run }", params={"run": run_id})).ids
    ]
    found: dict[Any, ScoredRow] = {}
    for start in range(0, len(ids), READ_CHUNK):
        for trace in engine.traces(ids[start : start + READ_CHUNK]):
            row = _read(trace, run_id)
            # Newest first: a row that was run again after a failure is the newer trace.
            found.setdefault(trace.trace_id if row.number is None else (row.number, row.inputs_digest), row)
    return sorted(found.values(), key=lambda row: (row.number is None, row.number or 0))


def _read(trace: Trace, run_id: str) -> ScoredRow:
    info = trace.info
    number = info.metadata.get(ROW) if info.run_id == run_id else None
    scores = {
        each.name: value
        for each in info.assessments
        if each.run_id == run_id and each.kind == AssessmentKind.FEEDBACK and each.valid
        if (value := as_number(each.value)) is not None
    }
    return ScoredRow(
        info.request,
        digest(info.request) if number is None else info.metadata.get(INPUTS, ""),
        None if number is None else int(number),
        info.metadata.get(SOURCE_TRACE) if number is not None else info.trace_id,
        info.trace_id,
        info.response,
        _why(trace) if info.status == TraceStatus.ERROR else None,
        scores,
    )


def _why(trace: Trace) -> str:
    root = trace.data.root()
    return (root.status_message if root is not None else "") or "failed"
