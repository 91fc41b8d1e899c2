"""Traces → DataFrames."""

from spanglass.frames.compared import compare_traces
from spanglass.frames.evals import split_eval, to_eval
from spanglass.frames.schema import trace_frame
from spanglass.frames.search import search_traces

__all__ = ["compare_traces", "search_traces", "split_eval", "to_eval", "trace_frame"]
