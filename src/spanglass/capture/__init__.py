"""Running code → spans. OpenTelemetry is imported when something is recorded for the first time, not before."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

from spanglass.capture.captures import Captured, capture
from spanglass.capture.context import (
    get_current_active_span,
    get_last_active_trace_id,
    start_span,
    update_current_trace,
)
from spanglass.capture.decorators import trace
from spanglass.capture.experiments import set_experiment
from spanglass.capture.report import RecordingWarning
from spanglass.capture.runs import ActiveRun, active_run, end_run, start_run

if TYPE_CHECKING:
    from spanglass.capture.span_processor import SpanglassProcessor


def flush(timeout: float | None = None) -> bool:
    """Write everything that was recorded so far, spans that are still running included.

    Searching, leaving a notebook cell and leaving Python do this by themselves; it is for those who read the file
    with something else.

    Args:
        timeout: seconds to go on trying; by default as long as ``FLUSH_TIMEOUT_S`` says.

    Returns:
        Whether all is written.

    >>> flush()
    True
    """
    if "spanglass.capture.provider" not in sys.modules:  # then nothing was recorded
        return True
    from spanglass.capture import provider

    return provider.flush() if timeout is None else provider.flush(timeout)


def processor() -> SpanglassProcessor:
    """The OpenTelemetry span processor of this process, for tools that set up a tracer provider of their own.

    >>> type(processor()).__name__
    'SpanglassProcessor'
    """
    from spanglass.capture.provider import processor as of_this_process

    return of_this_process()


__all__ = [
    "ActiveRun",
    "Captured",
    "RecordingWarning",
    "active_run",
    "capture",
    "end_run",
    "flush",
    "get_current_active_span",
    "get_last_active_trace_id",
    "processor",
    "set_experiment",
    "start_run",
    "start_span",
    "trace",
    "update_current_trace",
]


class _Callable(ModuleType):
    """Python puts a package into its parent under its name, so ``spanglass.capture`` can be this room as well as the
    context manager: called, it is the latter."""

    def __call__(self) -> capture:
        return capture()


sys.modules[__name__].__class__ = _Callable
