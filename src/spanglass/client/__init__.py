"""Reading and judging traces from Python: a client for one store, and the same as functions with ``store=``."""

from spanglass.client.assessments import (
    delete_assessment,
    get_assessment,
    log_assessment,
    log_expectation,
    log_feedback,
    override_feedback,
    update_assessment,
)
from spanglass.client.client import Client, PagedList
from spanglass.client.language import check, complete, explain
from spanglass.client.traces import delete_trace_tag, delete_traces, get_trace, set_trace_tag

MlflowClient = Client
"""The client under the name that MLflow gives it."""

__all__ = [
    "Client",
    "MlflowClient",
    "PagedList",
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
]
