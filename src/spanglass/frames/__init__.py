"""Traces → DataFrames."""

from spanglass.frames.evals import to_eval
from spanglass.frames.schema import trace_frame
from spanglass.frames.search import search_traces

__all__ = ["search_traces", "to_eval", "trace_frame"]
