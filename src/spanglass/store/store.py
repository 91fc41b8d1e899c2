"""The store: one SQLite file with all that is known of some traces."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from spanglass.entities import (
    Assessment,
    AssessmentSource,
    Batch,
    Experiment,
    Run,
    Span,
    Trace,
    TraceData,
    TraceFacts,
    TraceInfo,
    TraceTable,
)
from spanglass.limits import BUSY_TIMEOUT_S, DELETE_CHUNK
from spanglass.store import (
    assessments,
    deletion,
    experiments,
    hooks,
    reading,
    verification,
    words,
    writer,
)
from spanglass.store.collector import without_collection
from spanglass.store.errors import StoreError, reading_from
from spanglass.store.file import StoreFile
from spanglass.store.json_text import clean, decode, encode
from spanglass.store.reading import Skeleton
from spanglass.store.tally import Tally
from spanglass.store.writer import WriteReport


class Store(StoreFile):
    """Opens the store in a file, which is created if it does not exist.

    What ``write`` has returned from is never lost by the death of the process, however sudden. ``synchronous``,
    which is SQLite's, says what a power cut or a crash of the operating system may take. With "NORMAL" the file is
    in order afterwards, and each write is in it as a whole or not at all; the last ones, since the log was last
    taken into the file, may be missing. With "FULL" every write waits until the disk says that it has it, and none
    is missing, as far as the disk keeps its word; small writes take about twice as long. "OFF" leaves even the
    order of the file to the operating system.
    ``read_only`` never writes, not even to create the file. Threads and processes may share a file; a store may
    be used from any thread, and in the child of a fork.

    Raises StoreError if the file is no store, was written by a newer version, or cannot be made or written.

    >>> import tempfile, spanglass.entities as entities
    >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as store:
    ...     span = entities.Span("t1", "s1", "search", start_time_ns=0, end_time_ns=2_500_000)
    ...     report = store.write(entities.Batch([span]))
    ...     report.new_traces, store.trace_infos(["t1"])[0].execution_time_ms
    (1, 2)
    """

    def __init__(self, path: str | Path, *, synchronous: str = "NORMAL", read_only: bool = False) -> None:
        super().__init__(path, synchronous=synchronous, read_only=read_only)
        with reading_from(self.path):
            incomplete = not read_only and experiments.default_missing(self.connection)
        if incomplete:
            with self.transaction() as connection:
                experiments.add_default(connection)

    # ------------------------------------------------------------ writing traces

    def write(self, batch: Batch) -> WriteReport:
        """Write spans, facts, assessments, experiments and runs in one transaction.

        Spans are identified by trace and span id. Parts may come in any order, in any number of batches, and
        repeatedly: what is there already is not written again, and an unfinished span never replaces a finished
        one. An experiment is matched by name; one whose id is taken here by another gets a free one, and the
        batch's traces and runs follow it, so every batch that uses a source's ids should hold its experiments.
        """
        if not batch:
            return WriteReport()
        with self.transaction() as connection, without_collection():
            report = writer.write(connection, batch)
        hooks.run_after_write(self.path, partial(_ids_in, batch))
        return report

    def set_trace_tag(self, trace_id: str, key: str, value: str) -> None:
        """Set one tag of a trace. Raises StoreError if there is no such trace."""
        self._set_tag(trace_id, key, value)

    def delete_trace_tag(self, trace_id: str, key: str) -> None:
        """Remove one tag of a trace. Raises StoreError if there is no such trace, or it has no such tag."""
        self._set_tag(trace_id, key, None)

    def _set_tag(self, trace_id: str, key: str, value: str | None) -> None:
        hooks.run_before_read()
        with self.transaction() as connection:
            rid = assessments.rid_of(connection, clean(trace_id))
            if value is None:
                row = connection.execute("SELECT tags FROM trace_payload WHERE rid = ?", (rid,)).fetchone()
                if clean(key) not in decode(row[0]):
                    raise StoreError(f"the trace {trace_id!r} has no tag {key!r}")
            writer.write(connection, Batch(traces=[TraceFacts(trace_id, tags={key: value})]))
        hooks.run_after_write(self.path, lambda: iter([(trace_id, None)]))

    def link_run(self, trace_id: str, run_id: str) -> None:
        """Link a further run to a trace. Raises StoreError if there is no such trace."""
        hooks.run_before_read()
        with self.transaction() as connection:
            rid = assessments.rid_of(connection, clean(trace_id))
            connection.execute("INSERT OR IGNORE INTO trace_run(run_id, rid) VALUES (?, ?)", (clean(run_id), rid))

    def delete_traces(
        self,
        trace_ids: Sequence[str] | None = None,
        *,
        max_timestamp_ms: int | None = None,
        experiment_id: str | None = None,
        max_traces: int | None = None,
    ) -> int:
        """Delete the traces with these ids, or the oldest ones up to a moment; how many were deleted.

        ``max_timestamp_ms`` (Unix milliseconds, inclusive) may be narrowed to an experiment and to the oldest
        ``max_traces``. Deletes in transactions of ``DELETE_CHUNK`` traces.
        """
        if (trace_ids is None) == (max_timestamp_ms is None):
            raise StoreError("give either trace_ids or max_timestamp_ms, to say which traces to delete")
        self.refresh()
        if max_timestamp_ms is not None:
            trace_ids = deletion.find(self.connection, max_timestamp_ms, experiment_id, max_traces)
        elif experiment_id is not None or max_traces is not None:
            raise StoreError("experiment_id and max_traces go with max_timestamp_ms, not with trace_ids")
        deleted = 0
        for chunk in reading.chunks([clean(id) for id in trace_ids or ()], DELETE_CHUNK):
            with self.transaction() as connection:
                deleted += deletion.delete(connection, chunk)
        return deleted

    def index_words(self, seconds: float | None = None) -> bool:
        """Index the words of what has been written since the last time; whether all of it is indexed now.

        A search for text uses the index and looks through what is not in it yet, so this only makes it faster; it
        happens by itself, for a moment before each such search. ``seconds`` bounds the time that it takes, give or
        take a tenth of one; then nobody is waited for who is writing, and nothing is done in a store that can only
        be read. Without it all is indexed, which takes about as long as writing it did, and StoreError is raised
        where that cannot be.

        >>> import tempfile, spanglass.entities as entities
        >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as store:
        ...     _ = store.write(entities.Batch([entities.Span("t1", "s1", "search")]))
        ...     store.index_words()
        True
        """
        ends = None if seconds is None else time.monotonic() + seconds
        while words.waiting(self.connection):
            if ends is not None and time.monotonic() > ends:
                return False
            try:
                with self.transaction(wait_s=BUSY_TIMEOUT_S if ends is None else 0) as connection, without_collection():
                    words.index(connection)
            except (StoreError, sqlite3.OperationalError):
                if ends is None:
                    raise
                return False
        return True

    # ------------------------------------------------------------ reading traces

    def trace_infos(self, trace_ids: Sequence[str]) -> list[TraceInfo]:
        """What is known of these traces, in this order, assessments included; unknown ids are left out."""
        with self.snapshot() as connection:
            return reading.table(connection, [clean(id) for id in trace_ids]).infos()

    def table(self, traces: Sequence[str] | Sequence[int]) -> TraceTable:
        """The traces with these ids, or these numbers of the column ``rid``, column by column, in this order.

        Their spans are read when touched; unknown ids are left out.
        """
        keys: Any = traces if traces and isinstance(traces[0], int) else list(map(clean, traces))  # type: ignore[arg-type]
        with self.snapshot() as connection:
            return reading.table(connection, keys, self._load)

    def traces(self, trace_ids: Sequence[str]) -> list[Trace]:
        """These traces, in this order, their spans read when touched; unknown ids are left out."""
        return self.table(trace_ids).traces()

    def _load(self, trace_id: str) -> TraceData:
        return TraceData(self.spans(trace_id))

    def spans(self, trace_id: str) -> list[Span]:
        """The spans of a trace in preorder; none for an unknown id."""
        with self.snapshot() as connection:
            return reading.spans(connection, clean(trace_id))

    def spans_of(self, trace_ids: Sequence[str]) -> dict[str, list[Span]]:
        """The spans of several traces, each in preorder, by trace id; unknown ids are left out."""
        with self.snapshot() as connection:
            return reading.spans_of(connection, [clean(id) for id in trace_ids])

    def span(self, trace_id: str, span_id: str) -> Span | None:
        """One span, or None."""
        with self.snapshot() as connection:
            return reading.span(connection, clean(trace_id), clean(span_id))

    def skeleton(self, trace_id: str) -> Skeleton:
        """The shape of a trace as columns in preorder, no payload read."""
        with self.snapshot() as connection:
            return reading.skeleton(connection, clean(trace_id))

    # ------------------------------------------------------------ experiments and runs

    def experiments(self) -> list[Experiment]:
        """All experiments, by name. The default one, "0", is always there."""
        return experiments.experiments(self.connection)

    def experiment(self, experiment_id: str) -> Experiment | None:
        """The experiment with this id, or None."""
        return experiments.experiment_where(self.connection, "experiment_id", clean(experiment_id))

    def experiment_by_name(self, name: str) -> Experiment | None:
        """The experiment with this name, or None."""
        return experiments.experiment_where(self.connection, "name", clean(name))

    def create_experiment(self, name: str) -> Experiment:
        """A new experiment under a free id. Raises StoreError if the name is taken."""
        with self.transaction() as connection:
            return experiments.create_experiment(connection, name)

    def create_run(self, run: Run) -> Run:
        """Store a new run; an empty ``run_id`` and ``start_ms`` are filled in."""
        with self.transaction() as connection:
            return experiments.create_run(connection, run)

    def update_run(self, run: Run) -> Run:
        """Store a run anew, as a whole. Raises StoreError if there is none with its id."""
        with self.transaction() as connection:
            return experiments.update_run(connection, run)

    def run(self, run_id: str) -> Run | None:
        """The run with this id, or None."""
        return experiments.run(self.connection, clean(run_id))

    # ------------------------------------------------------------ assessments

    def log_assessment(self, assessment: Assessment) -> Assessment:
        """Store an assessment; its id and times are filled in. Raises StoreError for an unknown trace."""
        with self._tallied() as (connection, tally):
            stored = assessments.log(connection, tally, assessment)
        hooks.run_after_write(self.path, partial(_ids_in, Batch(assessments=[stored])))
        return stored

    def override_assessment(self, assessment_id: str, assessment: Assessment) -> Assessment:
        """Store an assessment in the place of another, which stays, as an invalid one."""
        with self._tallied() as (connection, tally):
            return assessments.override(connection, tally, assessment_id, assessment)

    def delete_assessment(self, assessment_id: str) -> None:
        """Remove an assessment; one that it overrode is valid again. Raises StoreError for an unknown id."""
        with self._tallied() as (connection, tally):
            assessments.delete(connection, tally, assessment_id)

    def restate_assessments(self, given: Sequence[Assessment]) -> list[Assessment]:
        """Store assessments of traces in one transaction, each in the place of what its source last said of the same
        thing under the same name; that stays, as an invalid one.

        Those that say nothing new and those of unknown traces are left out. Returns the others, as they were stored.
        """
        with self._tallied() as (connection, tally):
            made = [assessments.restate(connection, tally, one) for one in given]
        return [one for one in made if one is not None]

    def retract_assessments(self, assessment_ids: Sequence[str]) -> None:
        """Remove assessments in one transaction; what they overrode is valid again. Unknown ids are passed over."""
        with self._tallied() as (connection, tally):
            for assessment_id in assessment_ids:
                with suppress(StoreError):
                    assessments.delete(connection, tally, assessment_id)

    def feedback_of(self, source: AssessmentSource, trace_ids: Sequence[str]) -> list[Assessment]:
        """The valid feedback that a source gave to these traces and their spans, oldest first."""
        with self.snapshot() as connection:
            chunks = reading.chunks([clean(id) for id in trace_ids])
            return [one for chunk in chunks for one in assessments.of_source(connection, chunk, source)]

    def assessment(self, assessment_id: str) -> Assessment:
        """The assessment with this id. Raises StoreError for an unknown one."""
        return assessments.by_id(self.connection, assessment_id)

    def assessments(self, trace_id: str) -> list[Assessment]:
        """A trace's assessments and those of its session, oldest first, invalid ones included."""
        with self.snapshot() as connection:
            found = reading.table(connection, [clean(trace_id)]).column("assessments")
        if not found:
            raise StoreError(f"there is no trace with the id {trace_id!r}")
        return list(found[0])

    @contextmanager
    def _tallied(self) -> Iterator[tuple[sqlite3.Connection, Tally]]:
        hooks.run_before_read()
        with self.transaction() as connection:
            tally = Tally()
            yield connection, tally
            tally.write(connection, ())

    # ------------------------------------------------------------ the rest

    def view_state(self, key: str) -> dict[str, Any] | None:
        """What was kept under this key, or None."""
        row = self.connection.execute("SELECT state FROM view_state WHERE key = ?", (clean(key),)).fetchone()
        return None if row is None else decode(row[0])

    def set_view_state(self, key: str, state: dict[str, Any]) -> None:
        """Keep a JSON object under a key."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO view_state(key, state, updated_ms) VALUES (?, ?, ?)",
                (clean(key), encode(state), experiments.now_ms()),
            )

    def keep(
        self, *, days: float | None = None, max_traces: int | None = None, experiment_id: str | None = None
    ) -> int:
        """Delete the traces that began more than so many days ago, and of the others the oldest ones beyond
        ``max_traces``; how many were deleted. With ``experiment_id`` it is about that experiment alone.

        The file does not get smaller by it: what is free is used again. ``vacuum()`` makes it smaller.

        >>> import tempfile, spanglass.entities as entities
        >>> with tempfile.TemporaryDirectory() as folder, Store(f"{folder}/s.db") as store:
        ...     _ = store.write(entities.Batch([entities.Span("t1", "s1", "of 1970", end_time_ns=1)]))
        ...     store.keep(days=30)
        1
        """
        if days is None and max_traces is None:
            raise StoreError("give days or max_traces, to say which traces to keep")
        self.refresh()
        found: list[str] = []
        if days is not None:
            found = deletion.find(self.connection, experiments.now_ms() - int(days * 86_400_000), experiment_id, None)
        if max_traces is not None:
            found += deletion.beyond(self.connection, max_traces, experiment_id)
        return self.delete_traces(list(dict.fromkeys(found)))

    def verify(self) -> list[str]:
        """Recompute everything that is derived and compare; one sentence for each thing that is wrong."""
        with self.snapshot() as connection:
            return verification.verify(connection)


def _ids_in(batch: Batch) -> Iterator[tuple[str, str | None]]:
    """What a batch is about: traces, and spans of them."""
    for span in batch.spans:
        yield span.trace_id, span.span_id
    for facts in batch.traces:
        yield facts.trace_id, None
    for assessment in batch.assessments:
        if assessment.trace_id is not None:
            yield assessment.trace_id, None
