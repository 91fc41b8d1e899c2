"""The tracer that our own spans come from, on whichever provider there is, and the hooks that go with it.

A provider that the user has set is never replaced: our processor is added to it. Where there is none, ours stands
in, without using up OpenTelemetry's one chance to set one: a provider that the user sets later takes its place,
and gets our processor with the next thing recorded.
"""

from __future__ import annotations

import atexit
import multiprocessing.util
import os
import sys
import threading
import weakref
from multiprocessing import parent_process
from typing import Any

from opentelemetry import trace as api
from opentelemetry.sdk.trace import SpanLimits, TracerProvider

from spanglass.capture.convert import SCOPE
from spanglass.capture.report import said, warn
from spanglass.capture.span_processor import SpanglassProcessor
from spanglass.limits import FLUSH_TIMEOUT_S, MAX_SPAN_ATTRIBUTES, MAX_SPAN_EVENTS, READ_FLUSH_S
from spanglass.store import before_read

_STAND_IN = "_TRACER_PROVIDER"  # where OpenTelemetry's API keeps the provider

_lock = threading.Lock()
_processor: SpanglassProcessor | None = None
_own: TracerProvider | None = None
_hooked: weakref.WeakSet[Any] = weakref.WeakSet()
_seen: api.TracerProvider | None = None
_tracer: api.Tracer | None = None


def tracer() -> api.Tracer:
    """The tracer for our own spans, on the provider that is set at this moment."""
    provider = api.get_tracer_provider()
    if provider is _seen and _tracer is not None:
        return _tracer
    return _use(provider)


def processor() -> SpanglassProcessor:
    """The span processor of this process, to hand to tools that set up a provider of their own.

    Spans that reach it, from any provider, are stored.
    """
    global _processor
    if _processor is None:
        with _lock:
            if _processor is None:
                made = SpanglassProcessor()
                _install_hooks(made)
                _processor = made
    return _processor


def flush(timeout: float | None = FLUSH_TIMEOUT_S) -> bool:
    """Write everything that was recorded so far, spans that are still running included.

    Searching, leaving a cell and leaving Python do this by themselves; it is for readers of the file that know
    nothing of Spanglass.

    Args:
        timeout: seconds to go on trying; None for as long as it takes.

    Returns:
        Whether all is written.
    """
    return True if _processor is None else _processor.writer.flush(timeout)


def _use(provider: api.TracerProvider) -> api.Tracer:
    global _seen, _tracer
    ours = processor()
    with _lock:
        if isinstance(provider, api.ProxyTracerProvider):
            provider = _stand_in()
        elif not hasattr(provider, "add_span_processor"):
            warn(
                f"the tracer provider {type(provider).__name__} takes no span processor: what it makes of instrumented"
                " libraries is not recorded, only traces of spanglass"
            )
            _seen = provider
            _tracer = _our_provider().get_tracer(SCOPE)
            return _tracer
        elif provider not in _hooked and not _has(provider, ours):
            provider.add_span_processor(ours)
            _hooked.add(provider)
        _seen = provider
        _tracer = provider.get_tracer(SCOPE)
        return _tracer


def _has(provider: Any, ours: SpanglassProcessor) -> bool:
    """Was our processor added by the user already?"""
    processors = getattr(getattr(provider, "_active_span_processor", None), "_span_processors", ())
    return ours in processors


def _our_provider() -> TracerProvider:
    global _own
    if _own is None:
        _own = TracerProvider(
            span_limits=SpanLimits(max_span_attributes=MAX_SPAN_ATTRIBUTES, max_events=MAX_SPAN_EVENTS)
        )
        _own.add_span_processor(processor())
        _hooked.add(_own)
    return _own


def _stand_in() -> api.TracerProvider:
    provider = _our_provider()
    if hasattr(api, _STAND_IN):
        setattr(api, _STAND_IN, provider)
    else:
        api.set_tracer_provider(provider)
    return provider


def _install_hooks(ours: SpanglassProcessor) -> None:
    """Write before a search, after each cell, and at the end of the process; start anew in a forked one."""

    def before_reading() -> None:
        if not ours.writer.idle:
            ours.writer.flush(READ_FLUSH_S, force=False)

    def after_cell(*_: object) -> None:
        ours.writer.flush()

    before_read(before_reading)
    atexit.register(_at_exit, ours)
    if "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        if shell is not None:
            shell.events.register("post_run_cell", after_cell)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork_in_child)
    # A child of multiprocessing leaves without running what is registered with atexit, and begins by forgetting
    # the finalizers of its parent.
    multiprocessing.util.register_after_fork(ours, _finalize)
    if parent_process() is not None:
        _finalize(ours)


def _after_fork_in_child() -> None:
    global _lock
    _lock = threading.Lock()
    if _processor is not None:
        _processor.after_fork_in_child()


def _finalize(ours: SpanglassProcessor) -> None:
    multiprocessing.util.Finalize(ours, _at_exit, args=(ours,), exitpriority=0)


def _at_exit(ours: SpanglassProcessor) -> None:
    try:
        ours.writer.flush()
    except Exception as error:
        warn(f"recorded spans could not be written: {said(error)}")
    if ours.writer.unwritten:
        warn(f"Python ends, and {ours.writer.unwritten} recorded spans could not be written: they are lost")
