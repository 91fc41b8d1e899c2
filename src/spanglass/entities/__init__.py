"""What a trace is. This room imports nothing of ours."""

from spanglass.entities.assessment import (
    Assessment,
    AssessmentKind,
    AssessmentSource,
    AssessmentSourceType,
    Expectation,
    Feedback,
)
from spanglass.entities.batch import UNSET, Batch, TraceFacts, Unset
from spanglass.entities.experiment import (
    DEFAULT_EXPERIMENT_ID,
    DEFAULT_EXPERIMENT_NAME,
    Experiment,
    Run,
)
from spanglass.entities.span import Json, Link, Span, SpanEvent, SpanStatus, SpanType
from spanglass.entities.table import TraceTable
from spanglass.entities.trace import Trace, TraceData, TraceInfo, TraceStatus

__all__ = [
    "Assessment",
    "AssessmentKind",
    "AssessmentSource",
    "AssessmentSourceType",
    "Batch",
    "DEFAULT_EXPERIMENT_ID",
    "DEFAULT_EXPERIMENT_NAME",
    "Expectation",
    "Experiment",
    "Feedback",
    "Json",
    "Link",
    "Run",
    "Span",
    "SpanEvent",
    "SpanStatus",
    "SpanType",
    "Trace",
    "TraceData",
    "TraceFacts",
    "TraceInfo",
    "TraceStatus",
    "TraceTable",
    "UNSET",
    "Unset",
]
