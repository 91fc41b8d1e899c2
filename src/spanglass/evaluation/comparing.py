"""``compare``: what changed from one evaluation to another, row by row, and how sure that is."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spanglass.evaluation.bootstrap import paired_interval
from spanglass.evaluation.comparison import SIDES, Comparison
from spanglass.evaluation.result import EvaluationResult
from spanglass.evaluation.scored import ScoredRow, read_scored_rows
from spanglass.frames.series import TEXT, inferred, typed
from spanglass.limits import BOOTSTRAP_RESAMPLES
from spanglass.store import Store, current_store

LOWER_IS_BETTER = ("latency_ms", "tokens", "cost", "toxicity")
Pair = tuple[ScoredRow, ScoredRow]

# What can say that two rows are the same one, the surest first: the trace that both came from, what went in, and where
# the same went in twice, its place among the rows.
_KEYS: tuple[Callable[[ScoredRow], Any], ...] = (
    lambda row: row.source_trace_id,
    lambda row: row.inputs_digest,
    lambda row: None if row.number is None else (row.number, row.inputs_digest),
)


def compare(
    run_a: EvaluationResult | str,
    run_b: EvaluationResult | str,
    *,
    lower_is_better: Sequence[str] = LOWER_IS_BETTER,
    confidence: float = 0.95,
    resamples: int = BOOTSTRAP_RESAMPLES,
    seed: int = 0,
    store: Store | str | Path | None = None,
) -> Comparison:
    """What changed from run A to run B, row by row, with wins, losses and an interval for each mean change.

    Parameters
    ----------
    run_a, run_b:
        Results of ``evaluate``, or the ids of runs, which are then read from the store.
    lower_is_better:
        The scores of which less is a win.
    confidence:
        How much of the bootstrap's means the interval holds, 0.95 for 95 %.
    resamples:
        How often the rows are drawn anew for it.
    seed:
        The same seed gives the same interval.
    store:
        Where the runs are, a path or an opened store; by default that of the results, else the current one.

    Rows are the same where they came from the same trace, else where the same went in. Only rows that both runs
    scored count in a metric; how the interval is made is told at ``evaluation.bootstrap.paired_interval``.

    Raises
    ------
    ValueError
        A run is not in the store, or the runs have no row in common.

    >>> import tempfile
    >>> from spanglass.evaluation import evaluate, scorers
    >>> rows = [{"inputs": name, "ground_truth": f"Hi {name}"} for name in ("Tom", "Mary", "Ada")]
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as store:
    ...     a, b = (
    ...         evaluate(model, rows, scorers=[scorers.same()], store=store)
    ...         for model in (lambda name: "Hi Tom", lambda name: f"Hi {name}")
    ...     )
    ...     compare(a, b).summary[["metric", "wins", "losses"]].to_dict("records")
    [{'metric': 'same', 'wins': 2, 'losses': 0}]
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is a share between 0 and 1, such as 0.95, not {confidence!r:.60}.")
    if isinstance(lower_is_better, str):
        raise TypeError(f"lower_is_better is a list of names, not {lower_is_better!r:.60}.")
    opened = store or next((run.store for run in (run_a, run_b) if isinstance(run, EvaluationResult)), None)
    opened = current_store(opened)
    rows_a, rows_b = _rows(run_a, opened), _rows(run_b, opened)
    pairs = _pairs(rows_a, rows_b)
    left = (len(rows_a) - len(pairs), len(rows_b) - len(pairs))
    if any(left):
        warnings.warn(f"{left[0]} rows of A and {left[1]} of B are not in the other run: left out.", stacklevel=2)
    metrics = list(dict.fromkeys(name for a, b in pairs for name in (*a.scores, *b.scores)))
    summary = [
        _summary(metric, pairs, metric in lower_is_better, confidence, resamples, seed)
        for metric in metrics
        if any(metric in a.scores and metric in b.scores for a, b in pairs)
    ]
    return Comparison(
        pd.DataFrame(summary, columns=["metric", "rows", "a", "b", "change", "low", "high", "wins", "losses", "ties"]),
        _table(pairs, [each["metric"] for each in summary]),
        (_id(run_a), _id(run_b)),
        frozenset(lower_is_better),
        confidence,
        opened,
    )


def _rows(run: Any, store: Store) -> Sequence[ScoredRow]:
    if isinstance(run, EvaluationResult):
        return run.rows
    if not isinstance(run, str):
        raise TypeError(f"compare takes results of evaluate or ids of runs, not {run!r:.60}.")
    return read_scored_rows(store, run)


def _id(run: EvaluationResult | str) -> str:
    return run if isinstance(run, str) else run.run_id


def _pairs(rows_a: Sequence[ScoredRow], rows_b: Sequence[ScoredRow]) -> list[Pair]:
    """The rows of both, by the surest key that tells the rows of each run apart; as many as possible."""
    best: list[Pair] = []
    for key in _KEYS:
        keyed = {key(row): row for row in rows_b}
        clear = len(keyed) == len(rows_b) and len({key(row) for row in rows_a}) == len(rows_a)
        pairs = [(row, keyed[id]) for row in rows_a if (id := key(row)) is not None and id in keyed]
        if clear and len(pairs) > len(best):
            best = pairs
    if not best:
        raise ValueError("the two runs have no row in common: neither the traces they came from nor what went in.")
    return best


def _summary(
    metric: str, pairs: Sequence[Pair], lower: bool, confidence: float, resamples: int, seed: int
) -> dict[str, Any]:
    both = [(a.scores[metric], b.scores[metric]) for a, b in pairs if metric in a.scores and metric in b.scores]
    changes = np.array([b - a for a, b in both])
    better = changes < 0 if lower else changes > 0
    low, high = paired_interval(changes.tolist(), confidence=confidence, resamples=resamples, seed=seed)
    mean_a, mean_b = np.mean(both, axis=0)
    return {
        "metric": metric,
        "rows": len(both),
        "a": float(mean_a),
        "b": float(mean_b),
        "change": float(changes.mean()),
        "low": low,
        "high": high,
        "wins": int(better.sum()),
        "losses": int(((changes != 0) & ~better).sum()),
        "ties": int((changes == 0).sum()),
    }


def _table(pairs: Sequence[Pair], metrics: Sequence[str]) -> pd.DataFrame:
    columns = {"inputs": inferred([a.inputs for a, _ in pairs])}
    for number, side in enumerate(SIDES):
        rows = [pair[number] for pair in pairs]
        columns[f"outputs_{side}"] = inferred([row.outputs for row in rows])
        columns[f"error_{side}"] = typed([row.error for row in rows], TEXT)
        columns[f"trace_id_{side}"] = typed([row.trace_id for row in rows], TEXT)
    for metric in metrics:
        for number, side in enumerate(SIDES):
            columns[f"{metric}_{side}"] = typed([pair[number].scores.get(metric) for pair in pairs], "Float64")
        columns[f"{metric}_change"] = columns[f"{metric}_b"] - columns[f"{metric}_a"]
    order = [f"{what}_{side}" for what in ("outputs", "error", "trace_id") for side in SIDES]
    scores = [name for name in columns if name not in order and name != "inputs"]
    return pd.DataFrame(columns)[["inputs", *order, *scores]]
