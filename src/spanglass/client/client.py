"""A client for one store: it searches, and says the rest as the functions do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from spanglass.client import assessments, language, traces
from spanglass.client.arguments import StoreLike
from spanglass.client.methods import of_store
from spanglass.engines import open_engine
from spanglass.entities import Experiment, Trace, TraceData
from spanglass.frames.arguments import checked_experiment_ids, checked_max_results, checked_run_id, checked_texts
from spanglass.frames.query import read_query, say_why_empty
from spanglass.limits import DEFAULT_PAGE
from spanglass.store import Store, current_store

Item = TypeVar("Item")


class PagedList(list[Item]):
    """A page of results: a list, with the token of the next page; None on the last one."""

    def __init__(self, items: Iterable[Item] = (), token: str | None = None) -> None:
        super().__init__(items)
        self.token = token


class Client:
    """Searches one store, and changes what is said of its traces.

    Parameters
    ----------
    store : Store, str or Path
        The store, or the path of one; by default the current one at each call.

    >>> import tempfile
    >>> from spanglass.entities import Batch, Span
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as store:
    ...     report = store.write(Batch([Span("t1", "s1", "search", end_time_ns=2_500_000)]))
    ...     client = Client(store)
    ...     judged = client.log_feedback("t1", name="helpful", value=True)
    ...     [trace.info.name for trace in client.search_traces(filter_string="feedback.helpful = TRUE")]
    ['search']
    """

    def __init__(self, store: StoreLike | None = None) -> None:
        self._given = store

    @property
    def given(self) -> StoreLike | None:
        """What the client was made with; None where it follows the current store."""
        return self._given

    @property
    def store(self) -> Store:
        """The store that the next call will use."""
        return current_store(self._given)

    def __repr__(self) -> str:
        return f"Client({str(self.store.path)!r})"

    # ------------------------------------------------------------ searching

    def search_traces(
        self,
        experiment_ids: Sequence[str] | Literal["all"] | None = None,
        filter_string: str | None = None,
        max_results: int | None = DEFAULT_PAGE,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
        run_id: str | None = None,
        include_spans: bool = True,
        *,
        locations: Sequence[str] | None = None,
        params: Mapping[str, Any] | None = None,
        tz: str | None = None,
    ) -> PagedList[Trace]:
        """A page of the traces that a filter matches, newest first unless ordered otherwise.

        Parameters
        ----------
        experiment_ids : list of str, or "all"
            Where to look; by default the active experiment. An unknown one is named in a warning.
        filter_string : str
            A text of the filter language; it may end with its own ``ORDER BY`` and ``LIMIT``, which caps the
            result over all pages.
        max_results : int
            How many to a page, at least 1; None for all in one.
        order_by : list of str
            Keys to sort by, such as ``"duration DESC"``.
        page_token : str
            The ``token`` of the page before. It belongs to that search, and is refused with another.
        run_id : str
            Only traces of this run; by default in the run's experiment. An unknown one is named in a warning.
        include_spans : bool
            False leaves ``trace.data`` empty. Spans are read when they are first touched either way.
        locations : list of str
            MLflow 3's other name for ``experiment_ids``.
        params : dict
            Values for the parameters in the filter, such as ``:sid``.
        tz : str
            The time zone of dates in the filter that name none; by default that of the machine.

        Returns
        -------
        PagedList of Trace
            A list with ``token``: what leads to the next page, None where there is none. Where nothing matches, a
            warning says how many traces each condition matches by itself.

        Raises
        ------
        FilterError
            The filter or a sort key cannot be understood; it points at the place.
        PageTokenError
            The token is damaged, or of another search.
        TypeError, ValueError
            An argument is not what it should be.
        """
        limit = checked_max_results(max_results)
        scope = checked_experiment_ids(experiment_ids, locations)
        run_id = checked_run_id(run_id)
        keys = checked_texts("order_by", order_by)
        store = self.store
        engine = open_engine(store)
        first = page_token is None
        query = read_query(
            store,
            engine,
            filter_string,
            params=params,
            order_by=keys,
            experiment_ids=scope,
            run_id=run_id,
            tz=tz,
            advise=first,
        )
        page = engine.search(query, limit=limit, token=page_token)
        if first and not page.ids:
            say_why_empty(engine, query, params)
        traces = engine.traces([row[0] for row in page.ids])
        if not include_spans:
            traces = [Trace(trace.info, TraceData()) for trace in traces]
        return PagedList(traces, page.token)

    explain = of_store(language.explain)
    check = of_store(language.check)
    complete = of_store(language.complete)

    # ------------------------------------------------------------ experiments

    def get_experiment(self, experiment_id: str) -> Experiment | None:
        """The experiment with this id, or None."""
        return self.store.experiment(str(experiment_id))

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """The experiment with this name, or None."""
        return self.store.experiment_by_name(name)

    # ------------------------------------------------------------ single traces, and what is said of them

    get_trace = of_store(traces.get_trace)
    delete_traces = of_store(traces.delete_traces)
    set_trace_tag = of_store(traces.set_trace_tag)
    delete_trace_tag = of_store(traces.delete_trace_tag)
    log_feedback = of_store(assessments.log_feedback)
    log_expectation = of_store(assessments.log_expectation)
    log_assessment = of_store(assessments.log_assessment)
    override_feedback = of_store(assessments.override_feedback)
    update_assessment = of_store(assessments.update_assessment)
    get_assessment = of_store(assessments.get_assessment)
    delete_assessment = of_store(assessments.delete_assessment)
