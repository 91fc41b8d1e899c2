"""What an answer took: time, tokens, money."""

from __future__ import annotations

from spanglass.entities import Trace
from spanglass.evaluation.scorer import Scorer


def latency(name: str = "latency_ms") -> Scorer:
    """How long the trace took, in whole milliseconds; no score without a trace, or while it is running."""
    return Scorer(name, _latency)


def tokens(name: str = "tokens") -> Scorer:
    """How many tokens the trace's calls of models took, in and out; no score where none were recorded."""
    return Scorer(name, _tokens)


def cost(name: str = "cost") -> Scorer:
    """What the trace cost in US dollars, as far as that was recorded or its models' prices are known; else no score."""
    return Scorer(name, _cost)


def _latency(trace: Trace | None) -> int | None:
    return None if trace is None else trace.info.execution_time_ms


def _tokens(trace: Trace | None) -> int | None:
    return None if trace is None else trace.info.tokens


def _cost(trace: Trace | None) -> float | None:
    return None if trace is None else trace.info.cost
