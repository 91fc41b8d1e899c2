"""From the arguments of a search to the query that an engine answers, with what there is to warn about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from spanglass.engines import AllSeen, check, why_empty
from spanglass.engines.base import Engine
from spanglass.filters import FilterWarning, check_column, resolve
from spanglass.filters.advice import UNSEEN_VALUE
from spanglass.filters.algebra import ALL_TRACES, Query
from spanglass.frames.notices import notice
from spanglass.store import Store, active_experiment_id


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
        for found in check(engine, filter_string, params=params, values=False):
            notice(FilterWarning(found, filter_string))
    return query


def say_why_empty(engine: Engine, query: Query, params: Mapping[str, Any] | None) -> None:
    """Say in warnings how many traces each condition of a query without an answer matches by itself, and which of
    its values the store has never seen: that takes a look at all of them, which is worth it now."""
    if not query.conjuncts or not engine.count(ALL_TRACES):
        return
    for found in check(engine, query.text, params=params):
        if found.code == UNSEEN_VALUE:
            notice(FilterWarning(found, query.text))
    notice(FilterWarning(why_empty(engine, query), query.text))


def check_columns(engine: Engine, paths: Sequence[str]) -> None:
    """Say in warnings which columns begin with a name or key that the store has never seen."""
    for path in paths:
        for found in check_column(path, vocabulary=AllSeen(engine, values=False)):
            notice(FilterWarning(found, path))


def _experiments(
    store: Store, experiment_ids: list[str] | Literal["all"] | None, run_id: str | None
) -> list[str] | None:
    ids = None if experiment_ids == "all" else experiment_ids
    notice_unknown(store, ids, run_id)
    if experiment_ids is not None:
        return ids
    run = None if run_id is None else store.run(run_id)
    return [active_experiment_id(store) if run is None else run.experiment_id]


def notice_unknown(store: Store, experiment_ids: Sequence[str] | None, run_id: str | None) -> None:
    """Say in warnings which of these experiments and runs the store does not know."""
    if run_id is not None and store.run(run_id) is None:
        notice(f"no run has the id {run_id!r}")
    for id in experiment_ids or ():
        if store.experiment(id) is None:
            named = store.experiment_by_name(id)
            hint = "" if named is None else f": it is the name of the one with the id {named.experiment_id!r}"
            notice(f"no experiment has the id {id!r}{hint}")
