"""The filter language with a store at hand: advice, proposals, why nothing was found, what would be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, Literal

from spanglass import filters
from spanglass.engines.base import Cancel, DeadlineExceeded, Engine, Explanation
from spanglass.engines.seen import AllSeen, FrequentKeys
from spanglass.filters import Completion, Diagnostic, context_at, gloss
from spanglass.filters.algebra import ALL_TRACES, Conjunct, Query
from spanglass.filters.diagnostics import shorten
from spanglass.limits import CONJUNCT_CHARS


def check(
    engine: Engine,
    text: str,
    *,
    params: Mapping[str, Any] | None = None,
    values: bool = True,
    rows: Literal["traces", "spans"] = "traces",
    zone: str | None = None,
) -> list[Diagnostic]:
    """What there is to say about a filter, also of keys and (if ``values``) values that the store has never seen."""
    return filters.check(text, params=params, vocabulary=AllSeen(engine, values), rows=rows, zone=zone)


def explain(engine: Engine, query: Query, *, mode: Literal["page", "count"] = "page") -> Explanation:
    """A query in plain words, and what would be done to answer it."""
    return replace(engine.explain(query, mode=mode), gloss=gloss(query))


def why_empty(
    engine: Engine, query: Query, *, cancel: Cancel | None = None, deadline_s: float | None = None
) -> Diagnostic:
    """Why a query finds nothing: how many traces each of its parts matches alone, the experiments being one of them.

    It points at the first part that matches nothing by itself, else at the whole text.
    """
    start, end = 0, len(query.text)
    try:
        total = engine.count(ALL_TRACES, cancel=cancel, deadline_s=deadline_s)
        counts = engine.why_empty(query, cancel=cancel, deadline_s=deadline_s)
    except DeadlineExceeded:
        return Diagnostic("info", "empty", "nothing was found", start, end)
    if not total:
        return Diagnostic("info", "empty", "there are no traces yet", start, end)
    parts = list(zip(query.conjuncts, [count for _, count in counts], strict=True))
    dead = next((part for part, count in parts if count == 0 and part.start >= 0), None)
    if dead is not None:
        start, end = dead.start, dead.end
    alone = " · ".join(_counted(part, count, total) for part, count in parts)
    message = f"nothing matches: {alone}" if len(parts) == 1 else f"nothing matches all of it. Alone: {alone}"
    return Diagnostic("info", "empty", message, start, end)


def _counted(part: Conjunct, count: int, total: int) -> str:
    # The search's own arguments have no place in the text: of experiments, what is outside is of interest.
    if part.start < 0 and part.text.startswith("experiment_id"):
        return f"these experiments {count:,} ({total - count:,} in other experiments)"
    return f"{shorten(part.text, CONJUNCT_CHARS)} {count:,}"


def complete(engine: Engine, text: str, cursor: int) -> Completion:
    """What can be written at ``cursor``, at once, with the keys and values that the store has seen."""
    return filters.complete(text, cursor, vocabulary=FrequentKeys(engine))


def refine(
    engine: Engine,
    text: str,
    cursor: int,
    *,
    experiment_ids: Sequence[str] | None = None,
    run_id: str | None = None,
    zone: str | None = None,
    narrow: Callable[[Query], Query] | None = None,
    cancel: Cancel | None = None,
    deadline_s: float | None = None,
) -> Completion:
    """The same, with the values that the newest matches of the rest of the filter have, the frequent ones first.

    ``narrow`` makes of their query one that finds fewer. Raises Cancelled or DeadlineExceeded.
    """
    at_once = complete(engine, text, cursor)
    context = None
    if at_once.asked:
        context = context_at(text, cursor, experiment_ids=experiment_ids, run_id=run_id, zone=zone)
    if context is None:
        return at_once
    query = context.query if narrow is None else narrow(context.query)
    ids = engine.search(query, limit=query.limit, cancel=cancel, deadline_s=deadline_s).ids
    (found,) = engine.columns(ids, [context.column], cancel=cancel)
    counted: Counter[str | int | float | bool] = Counter()
    for values in found:
        flat = chain.from_iterable(value if isinstance(value, list) else (value,) for value in values or [])
        counted.update({value for value in flat if isinstance(value, (str, int, float, bool))})
    return filters.complete(text, cursor, vocabulary=FrequentKeys(engine), values=counted)
