"""Traces → DataFrames.

Each name is loaded when it is first used: pandas takes longer to load than an explorer takes to open, which needs none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spanglass.frames.compared import compare_traces
    from spanglass.frames.evals import split_eval, to_eval
    from spanglass.frames.schema import trace_frame
    from spanglass.frames.search import search_traces

__all__ = ["compare_traces", "search_traces", "split_eval", "to_eval", "trace_frame"]

_WHERE = {
    "compare_traces": "compared",
    "search_traces": "search",
    "split_eval": "evals",
    "to_eval": "evals",
    "trace_frame": "schema",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
