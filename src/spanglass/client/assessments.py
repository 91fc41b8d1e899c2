"""What is said of traces: feedback and expectations, logged, corrected and taken back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from spanglass.client.arguments import StoreLike, checked_assessment, checked_metadata, checked_text, text_of_error
from spanglass.entities import Assessment, AssessmentKind, AssessmentSource, AssessmentSourceType, Json
from spanglass.frames.notices import notice
from spanglass.store import current_store


def log_feedback(
    trace_id: str | None = None,
    *,
    name: str = "feedback",
    value: Json = None,
    source: AssessmentSource | None = None,
    rationale: str | None = None,
    span_id: str | None = None,
    metadata: Mapping[str, Json] | None = None,
    error: str | Exception | None = None,
    session_id: str | None = None,
    store: StoreLike | None = None,
) -> Assessment:
    """Say how good something was: of a trace, of one of its spans, or of a whole session.

    Parameters
    ----------
    trace_id : str
        The trace; left out where ``session_id`` is given.
    name : str
        What is judged, ``"correctness"`` for instance. Filters know it as ``feedback.correctness``.
    value : JSON value
        The judgement: a boolean, a number, a text, a list or a dict of such.
    source : AssessmentSource
        Who judges; by default code.
    rationale : str
        Why.
    span_id : str
        The span that is meant.
    metadata : dict
        Anything else to keep with it.
    error : str or Exception
        Why there is no value.
    session_id : str
        Judges every trace of this session.
    store : Store, str or Path
        The store, or its path; by default the current one.

    Returns
    -------
    Assessment
        As it was stored, with ``assessment_id`` and times.

    Raises
    ------
    ValueError
        Neither a trace nor a session is given, or neither a value nor an error; a number that JSON lacks.
    TypeError
        An argument is of another kind: a value that is no JSON, for instance.
    StoreError
        There is no such trace.
    """
    if value is None and error is None:
        raise ValueError(f"the feedback {name!r} needs a value, or an error that says why it has none")
    return log_assessment(
        trace_id,
        Assessment(
            name,
            value,
            kind=AssessmentKind.FEEDBACK,
            span_id=span_id,
            session_id=session_id,
            source=source or AssessmentSource(AssessmentSourceType.CODE),
            rationale=rationale,
            error=text_of_error(error),
            metadata=checked_metadata(metadata),
        ),
        store=store,
    )


def log_expectation(
    trace_id: str | None = None,
    *,
    name: str = "expectation",
    value: Json = None,
    source: AssessmentSource | None = None,
    span_id: str | None = None,
    metadata: Mapping[str, Json] | None = None,
    session_id: str | None = None,
    store: StoreLike | None = None,
) -> Assessment:
    """Say what should have come out of a trace. Filters know it as ``expectation.NAME``.

    The parameters are those of ``log_feedback``; the source is a person by default.
    """
    if value is None:
        raise ValueError(f"the expectation {name!r} needs a value")
    return log_assessment(
        trace_id,
        Assessment(
            name,
            value,
            kind=AssessmentKind.EXPECTATION,
            span_id=span_id,
            session_id=session_id,
            source=source or AssessmentSource(AssessmentSourceType.HUMAN),
            metadata=checked_metadata(metadata),
        ),
        store=store,
    )


def log_assessment(trace_id: str | None, assessment: Assessment, *, store: StoreLike | None = None) -> Assessment:
    """Store an assessment made by hand, of the trace with this id; None for one of a whole session.

    Raises ValueError where it is of nothing, StoreError where there is no such trace.
    """
    made = checked_assessment(assessment)
    made = replace(made, trace_id=trace_id if trace_id is not None else made.trace_id)
    if made.trace_id is None and made.session_id is None:
        raise ValueError(f"the assessment {made.name!r} needs a trace_id or a session_id")
    opened = current_store(store)
    if made.trace_id is not None:
        checked_text("trace_id", made.trace_id)
    logged = opened.log_assessment(made)
    if made.trace_id is not None and made.span_id is not None and opened.span(made.trace_id, made.span_id) is None:
        # It may still be running, or come from another process: no reason to lose what was said of it.
        notice(f"the trace {made.trace_id!r} has no span with the id {made.span_id!r}, so far")
    return logged


def override_feedback(
    *,
    trace_id: str | None = None,
    assessment_id: str,
    value: Json,
    rationale: str | None = None,
    source: AssessmentSource | None = None,
    metadata: Mapping[str, Json] | None = None,
    store: StoreLike | None = None,
) -> Assessment:
    """Correct a feedback: a new one takes its place, and the old one stays, marked as no longer valid.

    The source is a person by default. Returns the new one. Raises StoreError where there is no assessment with
    that id, ValueError where it is of another trace than ``trace_id``, or without a value.
    """
    old = get_assessment(trace_id, assessment_id, store=store)
    if value is None:
        raise ValueError(f"the feedback {old.name!r} needs a value in the place of the old one")
    made = Assessment(
        old.name,
        value,
        kind=old.kind,
        source=source or AssessmentSource(AssessmentSourceType.HUMAN),
        rationale=rationale,
        metadata=checked_metadata(metadata),
    )
    return current_store(store).override_assessment(assessment_id, checked_assessment(made))


def update_assessment(
    trace_id: str | None, assessment_id: str, assessment: Assessment, *, store: StoreLike | None = None
) -> Assessment:
    """Change an assessment in place: name, value, error, rationale and source become those given, metadata is
    merged.

    Returns it as it is now. Raises StoreError where there is none with that id, ValueError where it is of
    another trace than ``trace_id``.
    """
    old = get_assessment(trace_id, assessment_id, store=store)
    assessment = checked_assessment(assessment)
    return current_store(store).log_assessment(
        replace(
            old,
            name=assessment.name,
            value=assessment.value,
            error=assessment.error,
            rationale=assessment.rationale,
            source=assessment.source,
            metadata={**old.metadata, **assessment.metadata},
            last_update_time_ms=time.time_ns() // 1_000_000,
        )
    )


def get_assessment(trace_id: str | None, assessment_id: str, *, store: StoreLike | None = None) -> Assessment:
    """The assessment with this id.

    Raises StoreError where there is none, ValueError where it is of another trace than ``trace_id``; None for
    that asks for any.
    """
    found = current_store(store).assessment(checked_text("assessment_id", assessment_id))
    if trace_id is not None and found.trace_id not in (None, trace_id):
        raise ValueError(f"the assessment {assessment_id!r} is of the trace {found.trace_id!r}, not {trace_id!r}")
    return found


def delete_assessment(trace_id: str | None, assessment_id: str, *, store: StoreLike | None = None) -> None:
    """Remove an assessment; what it had overridden is valid again.

    Raises StoreError where there is none, ValueError where it is of another trace than ``trace_id``.
    """
    found = get_assessment(trace_id, assessment_id, store=store)
    current_store(store).delete_assessment(found.assessment_id)
