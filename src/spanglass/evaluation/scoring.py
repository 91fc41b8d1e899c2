"""Scoring the rows, and logging each score on the trace that produced what was scored."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from spanglass.entities import Assessment, AssessmentSource, Batch, Trace
from spanglass.evaluation.predicting import in_parallel
from spanglass.evaluation.rows import Row
from spanglass.evaluation.scorer import Case, Score, Scorer
from spanglass.limits import SCORES_WAIT_S
from spanglass.store import Store


def score_rows(
    judges: Sequence[Scorer],
    rows: Sequence[Row],
    traces: Mapping[str, Trace],
    *,
    store: Store,
    run_id: str,
    workers: int,
    advance: Callable[[], object],
) -> list[list[Score]]:
    """For each row what each scorer says; nothing of a row on which the model failed.

    The scores are logged as they come, so that an evaluation that is interrupted keeps them; what this run has
    said before of a trace is not asked again, unless it was an error.
    """
    log = _Log(store, run_id, judges)

    def judge(row: Row) -> list[Score]:
        if row.error is not None:
            return [Score() for _ in judges]
        trace = traces.get(row.trace_id or "")
        case = Case(row.inputs, row.outputs, row.expectations, trace)
        return [_said_before(scorer, trace, run_id) or scorer(case) for scorer in judges]

    def done(row: Row, scores: list[Score]) -> None:
        log.add(traces.get(row.trace_id or ""), scores)
        advance()

    try:
        return in_parallel(judge, rows, workers, done)
    finally:
        log.write()


def _before(scorer: Scorer, trace: Trace, run_id: str) -> Assessment | None:
    """What this run's scorer said of the trace last."""
    said = [each for each in trace.info.assessments if each.run_id == run_id and each.name == scorer.name]
    return said[-1] if said else None


def _said_before(scorer: Scorer, trace: Trace | None, run_id: str) -> Score | None:
    said = None if trace is None else _before(scorer, trace, run_id)
    return None if said is None or said.error is not None else Score(said.value, said.rationale, assessment=said)


class _Log:
    """Scores on their way into the store."""

    def __init__(self, store: Store, run_id: str, judges: Sequence[Scorer]) -> None:
        self._store = store
        self._run_id = run_id
        self._judges = judges
        self._waiting: list[Assessment] = []
        self._written_at = time.monotonic()

    def add(self, trace: Trace | None, scores: Sequence[Score]) -> None:
        """Log a row's scores on its trace, if that is in the store: soon."""
        if trace is None:
            return
        for scorer, score in zip(self._judges, scores, strict=True):
            logged = score.assessment is not None and score.assessment.assessment_id
            if not logged and (score.value is not None or score.error is not None):
                self._waiting.append(self._feedback(trace, scorer, score))
        if time.monotonic() - self._written_at > SCORES_WAIT_S:
            self.write()

    def write(self) -> None:
        """Log all that waits, in one transaction."""
        waiting, self._waiting = self._waiting, []
        self._store.write(Batch(assessments=waiting))
        self._written_at = time.monotonic()

    def _feedback(self, trace: Trace, scorer: Scorer, score: Score) -> Assessment:
        given = score.assessment or Assessment(scorer.name, source=AssessmentSource(source_id=scorer.name))
        failed = _before(scorer, trace, self._run_id)
        return replace(
            given,
            assessment_id=uuid.uuid4().hex,
            trace_id=trace.trace_id,
            session_id=None,
            run_id=self._run_id,
            value=score.value,
            rationale=score.rationale,
            error=score.error,
            overrides=None if failed is None else failed.assessment_id,
        )
