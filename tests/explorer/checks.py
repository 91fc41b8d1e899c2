"""A function of traces that can be imported by its name."""

from __future__ import annotations

from spanglass.entities import Trace


def has_spans(trace: Trace) -> bool:
    return len(trace.data.spans) > 0
