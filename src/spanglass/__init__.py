"""See, search and evaluate LLM traces inside the notebook.

>>> import spanglass as sg
>>> sg.SpanType.TOOL
'TOOL'

Everything public is named here and loaded when it is first used, so that the import stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spanglass.capture import (
        active_run,
        capture,
        end_run,
        flush,
        get_current_active_span,
        get_last_active_trace_id,
        set_experiment,
        start_run,
        start_span,
        trace,
        update_current_trace,
    )
    from spanglass.client import (
        Client,
        MlflowClient,
        check,
        complete,
        delete_assessment,
        delete_trace_tag,
        delete_traces,
        explain,
        get_assessment,
        get_trace,
        log_assessment,
        log_expectation,
        log_feedback,
        override_feedback,
        set_trace_tag,
        update_assessment,
    )
    from spanglass.entities import (
        Assessment,
        AssessmentSource,
        AssessmentSourceType,
        Expectation,
        Feedback,
        Link,
        Span,
        SpanEvent,
        SpanStatus,
        SpanType,
        Trace,
        TraceData,
        TraceInfo,
        TraceStatus,
    )
    from spanglass.evaluation import Comparison, EvaluationResult, agreement, compare, evaluate, scorers
    from spanglass.explorer import Explorer, explore
    from spanglass.filters import FilterError, FilterWarning
    from spanglass.formats import IngestError, ingest
    from spanglass.frames import compare_traces, search_traces, split_eval, to_eval
    from spanglass.store import Store, StoreError, set_store

__version__ = "0.1.0"

_ROOMS: dict[str, tuple[str, ...]] = {
    "spanglass.capture": (
        "active_run",
        "capture",
        "end_run",
        "flush",
        "get_current_active_span",
        "get_last_active_trace_id",
        "set_experiment",
        "start_run",
        "start_span",
        "trace",
        "update_current_trace",
    ),
    "spanglass.client": (
        "Client",
        "MlflowClient",
        "check",
        "complete",
        "delete_assessment",
        "delete_trace_tag",
        "delete_traces",
        "explain",
        "get_assessment",
        "get_trace",
        "log_assessment",
        "log_expectation",
        "log_feedback",
        "override_feedback",
        "set_trace_tag",
        "update_assessment",
    ),
    "spanglass.entities": (
        "Assessment",
        "AssessmentSource",
        "AssessmentSourceType",
        "Expectation",
        "Feedback",
        "Link",
        "Span",
        "SpanEvent",
        "SpanStatus",
        "SpanType",
        "Trace",
        "TraceData",
        "TraceInfo",
        "TraceStatus",
    ),
    "spanglass.evaluation": ("Comparison", "EvaluationResult", "agreement", "compare", "evaluate", "scorers"),
    "spanglass.explorer": ("Explorer", "explore"),
    "spanglass.filters": ("FilterError", "FilterWarning"),
    "spanglass.formats": ("IngestError", "ingest"),
    "spanglass.frames": ("compare_traces", "search_traces", "split_eval", "to_eval"),
    "spanglass.store": ("Store", "StoreError", "set_store"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str) -> Any:
    room = _HOME.get(name)
    if room is None:
        raise AttributeError(f"module 'spanglass' has no attribute {name!r}")
    value = getattr(import_module(room), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


def load_ipython_extension(ipython: Any) -> None:
    """What `%load_ext spanglass` calls: makes the magics `%traces` and `%%trace` known."""
    from spanglass.explorer.magics import register

    register(ipython)
