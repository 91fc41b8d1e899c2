"""What can be written at a place of a filter, as an engine's store has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from spanglass import filters
from spanglass.engines.base import Cancel, Engine
from spanglass.engines.seen import FrequentKeys
from spanglass.filters import Completion, context_at


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
    cancel: Cancel | None = None,
    deadline_s: float | None = None,
) -> Completion:
    """The same, with the values that the newest matches of the rest of the filter have, the frequent ones first.

    Raises Cancelled or DeadlineExceeded.
    """
    at_once = complete(engine, text, cursor)
    context = context_at(text, cursor, experiment_ids=experiment_ids, run_id=run_id) if at_once.asked else None
    if context is None:
        return at_once
    ids = engine.search(context.query, limit=context.query.limit, cancel=cancel, deadline_s=deadline_s).ids
    (found,) = engine.columns(ids, [context.column], cancel=cancel)
    counted: Counter[str | int | float | bool] = Counter()
    for values in found:
        flat = chain.from_iterable(value if isinstance(value, list) else (value,) for value in values or [])
        counted.update({value for value in flat if isinstance(value, (str, int, float, bool))})
    return filters.complete(text, cursor, vocabulary=FrequentKeys(engine), values=counted)
