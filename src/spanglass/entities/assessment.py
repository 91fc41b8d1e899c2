"""What people, code and judges say of a trace: feedback on what it did, expectations of what it should do."""

from __future__ import annotations

from dataclasses import dataclass, field

from spanglass.entities.span import Json


class AssessmentKind:
    """An assessment is one of these two."""

    FEEDBACK = "feedback"
    EXPECTATION = "expectation"


class AssessmentSourceType:
    """Who gave an assessment."""

    HUMAN = "HUMAN"
    CODE = "CODE"
    LLM_JUDGE = "LLM_JUDGE"


@dataclass(slots=True)
class AssessmentSource:
    """Who gave an assessment: the kind of source, and which one of that kind."""

    source_type: str = AssessmentSourceType.CODE
    source_id: str = "default"


@dataclass(slots=True)
class Assessment:
    """One judgement, of a trace, of one of its spans, or of a session.

    A session-level assessment has a ``session_id`` and no ``trace_id``: it reaches every trace of the session.
    ``value`` is any JSON value. ``valid`` is False once another assessment overrides this one; that other
    one's ``overrides`` is this one's ``assessment_id``. Times are Unix milliseconds.
    """

    name: str
    value: Json = None
    kind: str = AssessmentKind.FEEDBACK
    trace_id: str | None = None
    span_id: str | None = None
    session_id: str | None = None
    assessment_id: str = ""
    source: AssessmentSource = field(default_factory=AssessmentSource)
    rationale: str | None = None
    error: str | None = None
    run_id: str | None = None
    create_time_ms: int = 0
    last_update_time_ms: int = 0
    valid: bool = True
    overrides: str | None = None
    metadata: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Feedback(Assessment):
    """How good something was; the source is code unless said otherwise."""

    name: str = "feedback"


@dataclass(slots=True)
class Expectation(Assessment):
    """What should have come out; the source is a person unless said otherwise.

    >>> Expectation("answer", "42").kind
    'expectation'
    """

    name: str = "expectation"
    kind: str = AssessmentKind.EXPECTATION
    source: AssessmentSource = field(default_factory=lambda: AssessmentSource(AssessmentSourceType.HUMAN))
