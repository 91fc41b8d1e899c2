"""The traces that this process is recording, and where each of them goes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from opentelemetry.sdk.trace import Span

from spanglass.capture import captures, runs
from spanglass.capture.report import said, warn
from spanglass.entities import DEFAULT_EXPERIMENT_ID, UNSET, TraceFacts
from spanglass.entities import Span as RecordedSpan
from spanglass.formats.dialects import Hoisted, Hoists
from spanglass.limits import ANNOUNCE_AFTER_S, REMEMBERED_TRACES
from spanglass.store import Store, active_experiment_id, current_store

SOURCE_RUN = "mlflow.sourceRun"
"""The metadata key under which a trace names its run, as in MLflow."""


@dataclass(slots=True, eq=False)
class Recording:
    """One trace under way: what the moment of its start decided, and what was said of it since.

    ``store`` is None where it could not be opened then; the writer tries again.
    """

    trace_id: str
    store: Store | None
    experiment_id: str
    run_id: str | None
    open_spans: int = 0
    told: bool = False  # has the writer been given the facts of the start?
    hoists: Hoists = field(default_factory=Hoists)
    explicit: TraceFacts | None = None  # what update_current_trace said: instrumentation does not override it

    def first_facts(self) -> TraceFacts:
        """Where the trace belongs."""
        facts = TraceFacts(self.trace_id, experiment_id=self.experiment_id)
        if self.run_id is not None:
            facts.run_id = self.run_id
            facts.metadata[SOURCE_RUN] = self.run_id
        return facts

    def say(self, facts: TraceFacts) -> None:
        """Remember what the recorded code itself says of its trace."""
        if self.explicit is None:
            self.explicit = TraceFacts(self.trace_id)
        for name in ("name", "session_id", "user_id"):
            value = getattr(facts, name)
            if value is not UNSET:
                setattr(self.explicit, name, value)
        self.explicit.tags.update(facts.tags)
        self.explicit.metadata.update(facts.metadata)

    def hoisted(self, span: RecordedSpan, hoisted: Hoisted) -> TraceFacts | None:
        """What the spans so far, ``span`` now among them, say of the trace; None where that is nothing."""
        if not hoisted:
            return None
        self.hoists.add(span, hoisted)
        for facts in self.hoists.facts():
            facts.tags, facts.metadata = dict(facts.tags), dict(facts.metadata)
            if self.explicit is not None:
                for name in ("name", "session_id", "user_id"):
                    if getattr(self.explicit, name) is not UNSET:
                        setattr(facts, name, UNSET)
                for key in self.explicit.tags:
                    facts.tags.pop(key, None)
                for key in self.explicit.metadata:
                    facts.metadata.pop(key, None)
            return facts
        return None


class Running:
    """Spans that have begun and not ended, and that no store knows of yet.

    Most spans end before the writer comes by, and are written once. Those that do not are written as running:
    the first of a trace at once, so that the trace can be seen, the others when they have been open for a while.
    """

    def __init__(self) -> None:
        self._spans: dict[int, tuple[Recording, Span, bool]] = {}

    def __bool__(self) -> bool:
        return bool(self._spans)

    def add(self, number: int, recording: Recording, span: Span, *, first: bool) -> None:
        """A span has begun; ``first`` if its trace has begun with it."""
        self._spans[number] = (recording, span, first)

    def discard(self, number: int) -> None:
        """A span has ended."""
        self._spans.pop(number, None)

    def due(self, every: bool) -> list[tuple[Recording, Span]]:
        """Take those that are to be shown now: all of them, or only what has been open for long enough."""
        before = time.time_ns() - int(ANNOUNCE_AFTER_S * 1e9)
        due = []
        for number, (recording, span, first) in list(self._spans.items()):
            if (every or first or (span.start_time or 0) < before) and self._spans.pop(number, None) is not None:
                due.append((recording, span))
        return due

    def clear(self) -> None:
        """Forget them."""
        self._spans.clear()


class Recordings:
    """All of them, by OpenTelemetry's number of the trace. Finished ones are remembered for late spans."""

    def __init__(self) -> None:
        self.last_finished: str | None = None
        self._open: dict[int, Recording] = {}
        self._finished: OrderedDict[int, Recording] = OrderedDict()
        self._lock = threading.RLock()  # re-entrant for the reason given in queue.py

    def __bool__(self) -> bool:
        return bool(self._open)

    def get(self, number: int) -> Recording | None:
        """The recording of this trace, under way or finished not long ago."""
        return self._open.get(number) or self._finished.get(number)

    def span_started(self, number: int) -> tuple[Recording, bool]:
        """The recording that a span belongs to, and whether the trace has begun, or begun again, with it."""
        with self._lock:
            recording = self._open.get(number)
            first = recording is None
            if recording is None:
                recording = self._finished.pop(number, None) or _begin(format(number, "032x"))
                self._open[number] = recording
            recording.open_spans += 1
            return recording, first

    def span_ended(self, number: int, *, is_root: bool) -> Recording | None:
        """The recording that a span belonged to; None if it began before we listened."""
        with self._lock:
            recording = self._open.get(number)
            if recording is None:
                return None
            recording.open_spans -= 1
            if is_root:
                self.last_finished = recording.trace_id
            if recording.open_spans <= 0:
                del self._open[number]
                self._finished[number] = recording
                if len(self._finished) > REMEMBERED_TRACES:
                    self._finished.popitem(last=False)
            return recording

    def after_fork_in_child(self) -> None:
        """The lock may have been held by a thread that does not exist here."""
        self._lock = threading.RLock()


def _begin(trace_id: str) -> Recording:
    captures.note(trace_id)
    store, experiment_id = _destination()
    run = runs.active_run()
    if run is None or (store is not None and run.store is not store):  # a run of another file means nothing in this one
        return Recording(trace_id, store, experiment_id, None)
    return Recording(trace_id, store, run.experiment_id, run.run_id)


def _destination() -> tuple[Store | None, str]:
    try:
        store = current_store()
        return store, active_experiment_id(store)
    except Exception as error:  # whatever is wrong with the store is no concern of the recorded code
        warn(f"traces cannot be stored yet ({said(error)}); they are kept in memory and tried again")
        return None, DEFAULT_EXPERIMENT_ID
