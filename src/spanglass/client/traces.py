"""Single traces: to read, to label, to delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spanglass.client.arguments import StoreLike, checked_text
from spanglass.entities import Trace
from spanglass.frames.arguments import checked_max_results, checked_milliseconds, checked_texts
from spanglass.frames.notices import notice
from spanglass.frames.search import search_traces
from spanglass.store import current_store


def get_trace(trace_id: str, *, store: StoreLike | None = None) -> Trace | None:
    """The trace with this id; None, with a warning, where there is none."""
    opened = current_store(store)
    found = opened.traces([checked_text("trace_id", trace_id)])
    if not found:
        notice(f"there is no trace with the id {trace_id!r} in {opened.path}")
        return None
    return found[0]


def delete_traces(
    experiment_id: str | None = None,
    max_timestamp_millis: int | None = None,
    max_traces: int | None = None,
    trace_ids: Sequence[str] | None = None,
    *,
    filter_string: str | None = None,
    store: StoreLike | None = None,
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
    filter_string : str
        Or: those that this filter finds, in all experiments or in ``experiment_id``; with ``max_traces`` the oldest.
    store : Store, str or Path
        The store, or its path; by default the current one.

    Raises
    ------
    ValueError
        None or several of ``trace_ids``, ``max_timestamp_millis`` and ``filter_string`` are given.
    TypeError
        ``max_timestamp_millis`` is not a number.
    FilterError
        The filter cannot be understood.
    """
    if [trace_ids, max_timestamp_millis, filter_string].count(None) != 2:
        raise ValueError("delete_traces() takes trace_ids or max_timestamp_millis, one of the two, or a filter_string")
    if filter_string is not None:
        found = search_traces(
            "all" if experiment_id is None else [str(experiment_id)],
            filter_string,
            max_traces,
            ["timestamp ASC"],
            return_type="list",
            include_spans=False,
            store=store,
        )
        trace_ids = [trace.info.trace_id for trace in found]
    if trace_ids is not None and (experiment_id is not None or max_traces is not None):
        # An experiment beside ids is how MLflow is called; here an id says it all.
        max_traces = experiment_id = None
    return current_store(store).delete_traces(
        checked_texts("trace_ids", trace_ids),
        max_timestamp_ms=checked_milliseconds("max_timestamp_millis", max_timestamp_millis),
        experiment_id=None if experiment_id is None else str(experiment_id),
        max_traces=checked_max_results(max_traces, "max_traces"),
    )


def set_trace_tag(trace_id: str, key: str, value: Any, *, store: StoreLike | None = None) -> None:
    """Label a trace: set the tag ``key``. Values are texts; others are turned into text.

    Raises StoreError if there is no such trace.
    """
    opened = current_store(store)
    opened.refresh()
    opened.set_trace_tag(
        checked_text("trace_id", trace_id), checked_text("key", key), value if isinstance(value, str) else str(value)
    )


def delete_trace_tag(trace_id: str, key: str, *, store: StoreLike | None = None) -> None:
    """Take a tag away. Raises StoreError if there is no such trace, or no such tag of it."""
    opened = current_store(store)
    opened.refresh()
    opened.delete_trace_tag(checked_text("trace_id", trace_id), checked_text("key", key))
