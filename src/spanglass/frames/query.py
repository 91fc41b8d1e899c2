"""From the arguments of a search to the query that an engine answers, with what there is to warn about."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from spanglass.engines.base import Engine
from spanglass.filters import FilterError, check, resolve
from spanglass.filters.algebra import ALL_TRACES, Query
from spanglass.limits import MAX_KNOWN
from spanglass.store import Store, active_experiment_id

STACKLEVEL = 3
"""Warnings point at the line that called the public function."""


def read_query(
    store: Store,
    engine: Engine,
    filter_string: str | None,
    *,
    params: Mapping[str, Any] | None,
    order_by: Sequence[str] | None,
    experiment_ids: list[str] | Literal["all"] | None,
    run_id: str | None,
    tz: str | None,
    advise: bool = True,
) -> Query:
    """The query; ids that the store does not know and, if ``advise``, what may not have been meant are said in
    warnings.

    Without ``experiment_ids`` it looks in the run's experiment, or else in the active one.

    Raises
    ------
    FilterError
        The filter or a sort key cannot be understood.
    """
    if filter_string is not None and not isinstance(filter_string, str):
        raise TypeError(f"filter_string must be a text, not {filter_string!r:.60}.")
    if params is not None and not isinstance(params, Mapping):
        raise TypeError(f"params must be a dict of values by parameter name, not {params!r:.60}.")
    query = resolve(
        filter_string,
        params=params,
        order_by=order_by,
        experiment_ids=_experiments(store, experiment_ids, run_id),
        run_id=run_id,
        zone=tz,
    )
    if filter_string and advise:
        for found in check(filter_string, params=params, vocabulary=Seen(engine)):
            if found.severity == "warning":
                warnings.warn(str(FilterError(found, filter_string)), stacklevel=STACKLEVEL)
    return query


def say_why_empty(engine: Engine, query: Query) -> None:
    """Say in a warning how many traces each condition of a query without an answer matches by itself."""
    total = engine.count(ALL_TRACES)
    if total == 0 or not query.conjuncts:
        return
    parts = []
    for conjunct, (text, count) in zip(query.conjuncts, engine.why_empty(query), strict=True):
        # The search's own arguments have no place in the text: of experiments, what is outside is of interest.
        outside = conjunct.start < 0 and text.startswith("experiment_id")
        parts.append(f"these experiments {count} ({total - count} in others)" if outside else f"{text} {count}")
    warnings.warn(f"no trace matches. Each condition by itself matches: {' · '.join(parts)}", stacklevel=STACKLEVEL)


class Seen:
    """What a store has seen, as the filter language's advice asks for it.

    Where there are too many keys or values to know them all none are known: nothing is then called unknown.
    Without ``values`` it asks for keys alone, which is quicker.
    """

    __slots__ = ("_engine", "_values")

    def __init__(self, engine: Engine, values: bool = True) -> None:
        self._engine = engine
        self._values = values

    def keys(self, scope: str) -> dict[str, int]:
        """The keys seen in a scope with the number of traces."""
        return self._known(scope, None)

    def values(self, scope: str, key: str) -> dict[str, int]:
        """The values seen under a key with the number of traces."""
        return self._known(scope, key) if self._values else {}

    def _known(self, scope: str, key: str | None) -> dict[str, int]:
        entries = self._engine.vocabulary(scope, key, top=MAX_KNOWN)
        return {} if len(entries) == MAX_KNOWN else {entry.label: entry.count for entry in entries}


def _experiments(
    store: Store, experiment_ids: list[str] | Literal["all"] | None, run_id: str | None
) -> list[str] | None:
    run = None if run_id is None else store.run(run_id)
    if run_id is not None and run is None:
        warnings.warn(f"no run has the id {run_id!r}", stacklevel=STACKLEVEL + 1)
    if experiment_ids == "all":
        return None
    if experiment_ids is None:
        return [active_experiment_id(store) if run is None else run.experiment_id]
    for id in experiment_ids:
        if store.experiment(id) is None:
            named = store.experiment_by_name(id)
            hint = "" if named is None else f": it is the name of the one with the id {named.experiment_id!r}"
            warnings.warn(f"no experiment has the id {id!r}{hint}", stacklevel=STACKLEVEL + 1)
    return experiment_ids
