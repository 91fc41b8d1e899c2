"""The one table of what the browser can ask, and what becomes of an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from spanglass.engines.base import Cancel, Cancelled, DeadlineExceeded, EngineError
from spanglass.explorer import diagnostics, labelling, overview, rows, texts, traces, wire
from spanglass.explorer.assets import asset
from spanglass.explorer.envelope import WireFault
from spanglass.explorer.predicates import PredicateError
from spanglass.explorer.source import Source
from spanglass.explorer.workers import Lane
from spanglass.filters import FilterError
from spanglass.store import StoreError


@dataclass(frozen=True, slots=True)
class Method:
    """What answers a request, and the lane it is answered in."""

    call: Callable[[Source, Any, Cancel], Any]
    lane: Lane


def more(source: Source, params: wire.MoreParams, cancel: Cancel) -> wire.MoreResult:
    """The front end's second script."""
    return {"script": asset("more.js")}


def later(module: str, name: str) -> Callable[[Source, Any, Cancel], Any]:
    """A function of a module that is loaded when it is first called.

    For those that need pandas, or a parser of markdown: loading these takes longer than opening an explorer, and a
    visit may never ask for them.
    """

    def call(source: Source, params: Any, cancel: Cancel) -> Any:
        return getattr(import_module(f"spanglass.explorer.{module}"), name)(source, params, cancel)

    return call


METHODS: dict[str, Method] = {
    "page": Method(rows.page, "query"),
    "count": Method(rows.count, "query"),
    "trace": Method(traces.trace, "detail"),
    "span": Method(traces.span, "detail"),
    "slice": Method(traces.slice, "detail"),
    "markdown": Method(later("rich", "markdown"), "detail"),
    "image": Method(later("rich", "image"), "detail"),
    "check": Method(texts.check, "detail"),
    "complete": Method(texts.complete, "detail"),
    "refine": Method(texts.refine, "query"),
    "edit": Method(texts.edit, "detail"),
    "sort": Method(texts.sort, "detail"),
    "facets": Method(overview.facets, "query"),
    "histogram": Method(overview.histogram, "query"),
    "choose": Method(overview.choose, "detail"),
    "brush": Method(overview.brush, "detail"),
    "column": Method(texts.column, "detail"),
    "find": Method(traces.find, "query"),
    "compare": Method(later("comparing", "compare"), "query"),
    "difference": Method(later("comparing", "difference"), "detail"),
    "group": Method(later("groups", "group"), "query"),
    "member": Method(later("groups", "member"), "detail"),
    "session": Method(later("groups", "session"), "detail"),
    "label": Method(labelling.label, "detail"),
    "unlabel": Method(labelling.unlabel, "detail"),
    "labels": Method(labelling.labels, "detail"),
    "raters": Method(later("raters", "raters"), "query"),
    "more": Method(more, "detail"),
}


def fault_of(error: Exception) -> WireFault:
    """The error reply that an exception becomes."""
    if isinstance(error, WireFault):
        return error
    if isinstance(error, FilterError):
        return diagnostics.fault_of(error)
    if isinstance(error, Cancelled):
        return WireFault("cancelled", "the request was cancelled")
    if isinstance(error, DeadlineExceeded):
        return WireFault("deadline", str(error))
    if isinstance(error, PredicateError):
        return WireFault("where", str(error))
    if isinstance(error, (EngineError, StoreError)):
        return WireFault("internal", str(error))
    return WireFault("internal", f"{type(error).__name__}: {error}")
