"""Reading and judging traces from Python: a client for one store, and the same as functions."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from spanglass.engines import open_engine
from spanglass.entities import (
    Assessment,
    AssessmentKind,
    AssessmentSource,
    AssessmentSourceType,
    Experiment,
    Json,
    Trace,
    TraceData,
)
from spanglass.frames.arguments import (
    checked_experiment_ids,
    checked_max_results,
    checked_milliseconds,
    checked_run_id,
    checked_texts,
)
from spanglass.frames.query import read_query, say_why_empty
from spanglass.limits import DEFAULT_PAGE
from spanglass.store import Store, current_store

StoreLike = Store | str | Path
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
        self._store = store

    @property
    def store(self) -> Store:
        """The store that the next call will use."""
        return current_store(self._store)

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
            say_why_empty(engine, query)
        traces = engine.traces([row[0] for row in page.ids])
        if not include_spans:
            traces = [Trace(trace.info, TraceData()) for trace in traces]
        return PagedList(traces, page.token)

    def get_trace(self, trace_id: str) -> Trace | None:
        """The trace with this id; None, with a warning, where there is none."""
        return _trace(self.store, trace_id)

    # ------------------------------------------------------------ experiments

    def get_experiment(self, experiment_id: str) -> Experiment | None:
        """The experiment with this id, or None."""
        return self.store.experiment(str(experiment_id))

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """The experiment with this name, or None."""
        return self.store.experiment_by_name(name)

    # ------------------------------------------------------------ changing traces

    def delete_traces(
        self,
        experiment_id: str | None = None,
        max_timestamp_millis: int | None = None,
        max_traces: int | None = None,
        trace_ids: Sequence[str] | None = None,
    ) -> int:
        """Delete traces for good, with their spans and assessments; returns how many there were.

        Parameters
        ----------
        experiment_id : str
            With ``max_timestamp_millis``: only in this experiment.
        max_timestamp_millis : int
            Those that began up to this moment (Unix milliseconds), the oldest first.
        max_traces : int
            With ``max_timestamp_millis``: at most so many.
        trace_ids : list of str
            Or: those with these ids; unknown ones are passed over.

        Raises
        ------
        ValueError
            Neither or both of ``trace_ids`` and ``max_timestamp_millis`` are given.
        TypeError
            ``max_timestamp_millis`` is not a number.
        """
        if (trace_ids is None) == (max_timestamp_millis is None):
            raise ValueError("delete_traces() takes trace_ids or max_timestamp_millis, one of the two")
        if trace_ids is not None and (experiment_id is not None or max_traces is not None):
            # An experiment beside ids is how MLflow is called; here an id says it all.
            max_traces = experiment_id = None
        return self.store.delete_traces(
            checked_texts("trace_ids", trace_ids),
            max_timestamp_ms=checked_milliseconds("max_timestamp_millis", max_timestamp_millis),
            experiment_id=None if experiment_id is None else str(experiment_id),
            max_traces=checked_max_results(max_traces, "max_traces"),
        )

    def set_trace_tag(self, trace_id: str, key: str, value: Any) -> None:
        """Label a trace: set the tag ``key``. Values are texts; others are turned into text.

        Raises StoreError if there is no such trace.
        """
        self.store.refresh()
        self.store.set_trace_tag(
            _id("trace_id", trace_id), _id("key", key), value if isinstance(value, str) else str(value)
        )

    def delete_trace_tag(self, trace_id: str, key: str) -> None:
        """Take a tag away. Raises StoreError if there is no such trace, or no such tag of it."""
        self.store.refresh()
        self.store.delete_trace_tag(_id("trace_id", trace_id), _id("key", key))

    # ------------------------------------------------------------ judging traces

    def log_feedback(
        self,
        trace_id: str | None = None,
        *,
        name: str = "feedback",
        value: Json = None,
        source: AssessmentSource | None = None,
        rationale: str | None = None,
        span_id: str | None = None,
        metadata: Mapping[str, Json] | None = None,
        error: str | Exception | None = None,
        session_id: str | None = None,
    ) -> Assessment:
        """Say how good something was: of a trace, of one of its spans, or of a whole session.

        Parameters
        ----------
        trace_id : str
            The trace; left out where ``session_id`` is given.
        name : str
            What is judged, ``"correctness"`` for instance. Filters know it as ``feedback.correctness``.
        value : JSON value
            The judgement: a boolean, a number, a text, a list or a dict of such.
        source : AssessmentSource
            Who judges; by default code.
        rationale : str
            Why.
        span_id : str
            The span that is meant.
        metadata : dict
            Anything else to keep with it.
        error : str or Exception
            Why there is no value.
        session_id : str
            Judges every trace of this session.

        Returns
        -------
        Assessment
            As it was stored, with ``assessment_id`` and times.

        Raises
        ------
        ValueError
            Neither a trace nor a session is given, or neither a value nor an error.
        StoreError
            There is no such trace.
        """
        if value is None and error is None:
            raise ValueError(f"the feedback {name!r} needs a value, or an error that says why it has none")
        return self.log_assessment(
            trace_id,
            Assessment(
                name,
                value,
                kind=AssessmentKind.FEEDBACK,
                span_id=span_id,
                session_id=session_id,
                source=source or AssessmentSource(AssessmentSourceType.CODE),
                rationale=rationale,
                error=_error(error),
                metadata=_metadata(metadata),
            ),
        )

    def log_expectation(
        self,
        trace_id: str | None = None,
        *,
        name: str = "expectation",
        value: Json = None,
        source: AssessmentSource | None = None,
        span_id: str | None = None,
        metadata: Mapping[str, Json] | None = None,
        session_id: str | None = None,
    ) -> Assessment:
        """Say what should have come out of a trace. Filters know it as ``expectation.NAME``.

        The parameters are those of ``log_feedback``; the source is a person by default.
        """
        if value is None:
            raise ValueError(f"the expectation {name!r} needs a value")
        return self.log_assessment(
            trace_id,
            Assessment(
                name,
                value,
                kind=AssessmentKind.EXPECTATION,
                span_id=span_id,
                session_id=session_id,
                source=source or AssessmentSource(AssessmentSourceType.HUMAN),
                metadata=_metadata(metadata),
            ),
        )

    def log_assessment(self, trace_id: str | None, assessment: Assessment) -> Assessment:
        """Store an assessment made by hand, of the trace with this id; None for one of a whole session.

        Raises ValueError where it is of nothing, StoreError where there is no such trace.
        """
        made = replace(assessment, trace_id=trace_id if trace_id is not None else assessment.trace_id)
        if made.trace_id is None and made.session_id is None:
            raise ValueError(f"the assessment {made.name!r} needs a trace_id or a session_id")
        if made.trace_id is not None:
            _id("trace_id", made.trace_id)
        if not made.name or not isinstance(made.name, str):
            raise ValueError(f"an assessment's name is a text, not {made.name!r:.60}")
        _checked_source(made.source)
        return self.store.log_assessment(made)

    def override_feedback(
        self,
        *,
        trace_id: str | None = None,
        assessment_id: str,
        value: Json,
        rationale: str | None = None,
        source: AssessmentSource | None = None,
        metadata: Mapping[str, Json] | None = None,
    ) -> Assessment:
        """Correct a feedback: a new one takes its place, and the old one stays, marked as no longer valid.

        The source is a person by default. Returns the new one. Raises StoreError where there is no assessment with
        that id, ValueError where it is of another trace than ``trace_id``, or without a value.
        """
        old = self.get_assessment(trace_id, assessment_id)
        if value is None:
            raise ValueError(f"the feedback {old.name!r} needs a value in the place of the old one")
        return self.store.override_assessment(
            assessment_id,
            Assessment(
                old.name,
                value,
                kind=old.kind,
                source=_checked_source(source or AssessmentSource(AssessmentSourceType.HUMAN)),
                rationale=rationale,
                metadata=_metadata(metadata),
            ),
        )

    def update_assessment(self, trace_id: str | None, assessment_id: str, assessment: Assessment) -> Assessment:
        """Change an assessment in place: name, value, error, rationale and source become those given, metadata is
        merged.

        Returns it as it is now. Raises StoreError where there is none with that id, ValueError where it is of
        another trace than ``trace_id``.
        """
        old = self.get_assessment(trace_id, assessment_id)
        return self.store.log_assessment(
            replace(
                old,
                name=assessment.name,
                value=assessment.value,
                error=assessment.error,
                rationale=assessment.rationale,
                source=assessment.source,
                metadata={**old.metadata, **assessment.metadata},
                last_update_time_ms=time.time_ns() // 1_000_000,
            )
        )

    def get_assessment(self, trace_id: str | None, assessment_id: str) -> Assessment:
        """The assessment with this id.

        Raises StoreError where there is none, ValueError where it is of another trace than ``trace_id``; None for
        that asks for any.
        """
        found = self.store.assessment(_id("assessment_id", assessment_id))
        if trace_id is not None and found.trace_id not in (None, trace_id):
            raise ValueError(f"the assessment {assessment_id!r} is of the trace {found.trace_id!r}, not {trace_id!r}")
        return found

    def delete_assessment(self, trace_id: str | None, assessment_id: str) -> None:
        """Remove an assessment; what it had overridden is valid again.

        Raises StoreError where there is none, ValueError where it is of another trace than ``trace_id``.
        """
        self.store.delete_assessment(self.get_assessment(trace_id, assessment_id).assessment_id)


MlflowClient = Client
"""The client under the name that MLflow gives it."""


def _trace(store: Store, trace_id: str) -> Trace | None:
    found = store.traces([_id("trace_id", trace_id)])
    if not found:
        warnings.warn(f"there is no trace with the id {trace_id!r} in {store.path}", stacklevel=3)
        return None
    return found[0]


def _id(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{name} is a text, not {value!r:.60}")
    return value


def _checked_source(source: Any) -> AssessmentSource:
    if not isinstance(source, AssessmentSource):
        raise TypeError(f"source is an AssessmentSource('HUMAN', 'who'), not {source!r:.60}")
    return source


def _metadata(metadata: Any) -> dict[str, Json]:
    if metadata is not None and not isinstance(metadata, Mapping):
        raise TypeError(f"metadata is a dict, not {metadata!r:.60}")
    return dict(metadata or {})


def _error(error: str | Exception | None) -> str | None:
    if error is None or isinstance(error, str):
        return error
    return f"{type(error).__name__}: {error}"


# The same as functions, for the store that ``store=`` names, by default the current one.


def get_trace(trace_id: str, *, store: StoreLike | None = None) -> Trace | None:
    """The trace with this id; None, with a warning, where there is none."""
    return _trace(current_store(store), trace_id)


def delete_traces(
    experiment_id: str | None = None,
    max_timestamp_millis: int | None = None,
    max_traces: int | None = None,
    trace_ids: Sequence[str] | None = None,
    *,
    store: StoreLike | None = None,
) -> int:
    """Delete traces for good; returns how many there were. See ``Client.delete_traces``."""
    return Client(store).delete_traces(experiment_id, max_timestamp_millis, max_traces, trace_ids)


def set_trace_tag(trace_id: str, key: str, value: Any, *, store: StoreLike | None = None) -> None:
    """Label a trace: set the tag ``key``. See ``Client.set_trace_tag``."""
    Client(store).set_trace_tag(trace_id, key, value)


def delete_trace_tag(trace_id: str, key: str, *, store: StoreLike | None = None) -> None:
    """Take a tag away from a trace. See ``Client.delete_trace_tag``."""
    Client(store).delete_trace_tag(trace_id, key)


def log_feedback(
    trace_id: str | None = None,
    *,
    name: str = "feedback",
    value: Json = None,
    source: AssessmentSource | None = None,
    rationale: str | None = None,
    span_id: str | None = None,
    metadata: Mapping[str, Json] | None = None,
    error: str | Exception | None = None,
    session_id: str | None = None,
    store: StoreLike | None = None,
) -> Assessment:
    """Say how good a trace, a span or a session was. See ``Client.log_feedback``."""
    return Client(store).log_feedback(
        trace_id,
        name=name,
        value=value,
        source=source,
        rationale=rationale,
        span_id=span_id,
        metadata=metadata,
        error=error,
        session_id=session_id,
    )


def log_expectation(
    trace_id: str | None = None,
    *,
    name: str = "expectation",
    value: Json = None,
    source: AssessmentSource | None = None,
    span_id: str | None = None,
    metadata: Mapping[str, Json] | None = None,
    session_id: str | None = None,
    store: StoreLike | None = None,
) -> Assessment:
    """Say what should have come out of a trace. See ``Client.log_expectation``."""
    return Client(store).log_expectation(
        trace_id,
        name=name,
        value=value,
        source=source,
        span_id=span_id,
        metadata=metadata,
        session_id=session_id,
    )


def log_assessment(trace_id: str | None, assessment: Assessment, *, store: StoreLike | None = None) -> Assessment:
    """Store an assessment made by hand. See ``Client.log_assessment``."""
    return Client(store).log_assessment(trace_id, assessment)


def override_feedback(
    *,
    trace_id: str | None = None,
    assessment_id: str,
    value: Json,
    rationale: str | None = None,
    source: AssessmentSource | None = None,
    metadata: Mapping[str, Json] | None = None,
    store: StoreLike | None = None,
) -> Assessment:
    """Correct a feedback: a new one takes its place. See ``Client.override_feedback``."""
    return Client(store).override_feedback(
        trace_id=trace_id,
        assessment_id=assessment_id,
        value=value,
        rationale=rationale,
        source=source,
        metadata=metadata,
    )


def update_assessment(
    trace_id: str | None, assessment_id: str, assessment: Assessment, *, store: StoreLike | None = None
) -> Assessment:
    """Change an assessment in place. See ``Client.update_assessment``."""
    return Client(store).update_assessment(trace_id, assessment_id, assessment)


def get_assessment(trace_id: str | None, assessment_id: str, *, store: StoreLike | None = None) -> Assessment:
    """The assessment with this id. See ``Client.get_assessment``."""
    return Client(store).get_assessment(trace_id, assessment_id)


def delete_assessment(trace_id: str | None, assessment_id: str, *, store: StoreLike | None = None) -> None:
    """Remove an assessment. See ``Client.delete_assessment``."""
    Client(store).delete_assessment(trace_id, assessment_id)
