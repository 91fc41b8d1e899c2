"""The filter language from Python: what a filter means, what is wrong with it, what can be written next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from spanglass import engines
from spanglass.client.arguments import StoreLike
from spanglass.engines import Explanation, open_engine
from spanglass.filters import Completion, Diagnostic, resolve
from spanglass.frames.arguments import checked_experiment_ids, checked_texts
from spanglass.limits import DEFAULT_DEADLINE_S
from spanglass.store import current_store


def explain(
    filter_string: str,
    *,
    params: Mapping[str, Any] | None = None,
    order_by: Sequence[str] | None = None,
    experiment_ids: Sequence[str] | Literal["all"] | None = "all",
    tz: str | None = None,
    rows: Literal["traces", "spans"] = "traces",
    mode: Literal["page", "count"] = "page",
    store: StoreLike | None = None,
) -> Explanation:
    """What a filter means in plain words, and how it is answered: the plan and the statement. Nothing is run.

    Parameters
    ----------
    filter_string : str
        A text of the filter language.
    params : dict
        Values for the parameters in it.
    order_by : list of str
        Keys to sort by.
    experiment_ids : list of str, or "all"
        Where it would look.
    tz : str
        The time zone of dates in the filter that name none; by default that of the machine.
    rows : "traces" or "spans"
        What would be found.
    mode : "page" or "count"
        How it would be answered: some of it, in order, or how much it is in all.
    store : Store, str or Path
        The store, or its path; by default the current one.

    Returns
    -------
    Explanation
        With ``gloss``, ``plan``, ``sql`` and ``params``; it shows itself as all of them.

    Raises
    ------
    FilterError
        The filter or a sort key cannot be understood.

    >>> import tempfile
    >>> from spanglass.store import Store
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as opened:
    ...     "index trace_" in " ".join(explain("status = 'ERROR'", mode="count", store=opened).plan)
    True
    """
    ids = checked_experiment_ids(experiment_ids)
    query = resolve(
        filter_string,
        params=params,
        order_by=checked_texts("order_by", order_by),
        experiment_ids=None if ids == "all" else ids,
        zone=tz,
        rows=rows,
    )
    return engines.explain(open_engine(current_store(store)), query, mode=mode)


def check(
    filter_string: str, *, params: Mapping[str, Any] | None = None, store: StoreLike | None = None
) -> list[Diagnostic]:
    """What there is to say about a filter: the error that keeps it from running, or warnings; often nothing.

    Parameters
    ----------
    filter_string : str
        A text, of the filter language or not.
    params : dict
        Values for the parameters in it.
    store : Store, str or Path
        The store whose keys and values it is compared with; by default the current one.

    >>> import tempfile
    >>> from spanglass.store import Store
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as opened:
    ...     (found,) = check("status = 'ok'", store=opened)
    >>> print(found.shown("status = 'ok'"))
    status = 'ok'
             ^^^^ case counts
    did you mean 'OK'?
    """
    return engines.check(open_engine(current_store(store)), filter_string, params=params)


def complete(
    filter_string: str,
    cursor: int | None = None,
    *,
    refined: bool = True,
    experiment_ids: Sequence[str] | Literal["all"] | None = "all",
    run_id: str | None = None,
    store: StoreLike | None = None,
) -> Completion:
    """What can be written at a place of a filter.

    Parameters
    ----------
    filter_string : str
        A text that is being written.
    cursor : int
        The place in it, counted in characters from 0; by default its end.
    refined : bool
        Whether values are those that the newest matches of the rest of the filter have (marked ``~``), before those
        that the whole store has. Without, the answer comes at once.
    experiment_ids : list of str, or "all"
        Where those matches are looked for.
    run_id : str
        Only those of this run.
    store : Store, str or Path
        The store whose keys and values are proposed; by default the current one.

    Returns
    -------
    Completion
        ``items`` that can stand in place of the characters ``start`` to ``end``.

    >>> import tempfile
    >>> from spanglass.store import Store
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as opened:
    ...     [item.insert for item in complete("status = 'E", store=opened).items]
    ["'ERROR'"]
    """
    engine = open_engine(current_store(store))
    place = len(filter_string) if cursor is None else cursor
    if not refined:
        return engines.complete(engine, filter_string, place)
    ids = checked_experiment_ids(experiment_ids)
    return engines.refine(
        engine,
        filter_string,
        place,
        experiment_ids=None if ids == "all" else ids,
        run_id=run_id,
        deadline_s=DEFAULT_DEADLINE_S,
    )
