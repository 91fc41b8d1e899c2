"""From the queue into stores: one thread that gathers and writes, and a flush for whoever must see it now."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY, attach, set_value
from opentelemetry.sdk.trace import ReadableSpan

from spanglass.capture.convert import convert
from spanglass.capture.queue import BoundedQueue
from spanglass.capture.recording import Recording, Running
from spanglass.capture.report import said, warn
from spanglass.entities import Batch, TraceFacts
from spanglass.limits import (
    ANNOUNCE_AFTER_S,
    FLUSH_TIMEOUT_S,
    MAX_QUEUED_BYTES,
    MAX_QUEUED_SPANS,
    MAX_RETRY_S,
    RETRY_S,
    SPANS_PER_BATCH,
    WRITE_DELAY_S,
)
from spanglass.store import Store, StoreError, current_store

Recorded = tuple[Recording, ReadableSpan | TraceFacts]
_PASSING = (sqlite3.OperationalError, OSError, MemoryError, StoreError)


def _may_pass(error: Exception) -> bool:
    """Can the same write succeed later? A full disk and a lock can pass, a value nobody can write cannot."""
    return isinstance(error, _PASSING) or type(error) is sqlite3.DatabaseError


@dataclass(slots=True)
class _Bundle:
    """What is written in one transaction, with the room in the queue that it frees."""

    batch: Batch = field(default_factory=Batch)
    items: int = 0
    size: int = 0


@dataclass(slots=True)
class _Outbox:
    """What waits for one store, oldest first, and how its writes are going."""

    bundles: deque[_Bundle] = field(default_factory=deque)
    failures: int = 0
    not_before: float = 0.0


class Writer:
    """Takes what was recorded and writes it.

    Nothing is dropped while writing works: the recording thread waits when the queue is full. While writing
    fails, what was recorded stays in memory up to the queue's bound; only then is the newest lost, and said so.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        self._start_anew()

    def _start_anew(self) -> None:
        self._queue: BoundedQueue[Recorded] = BoundedQueue(max_items=MAX_QUEUED_SPANS, max_bytes=MAX_QUEUED_BYTES)
        self._outboxes: dict[Store | None, _Outbox] = {}
        self._lost = 0
        self._draining = threading.Lock()
        self._drainer: int | None = None
        self._wake = threading.Event()
        self._urgent = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def after_fork_in_child(self) -> None:
        """Begin empty: what the parent recorded is the parent's to write."""
        self._start_anew()

    @property
    def idle(self) -> bool:
        """Is everything written, and every running span shown?"""
        return self._queue.held == 0 and not self._running

    @property
    def unwritten(self) -> int:
        """How many spans and facts wait, or are being written."""
        return self._queue.held

    @property
    def failing(self) -> bool:
        """Did the last write to some store fail?"""
        return any(outbox.failures for outbox in list(self._outboxes.values()))

    def is_writing_here(self) -> bool:
        """Is it this very thread that writes at the moment?"""
        return self._drainer == threading.get_ident()

    def put(self, recording: Recording, thing: ReadableSpan | TraceFacts, size: int) -> None:
        """Have something written; waits while the queue is full and the writer gets on."""
        queue = self._queue
        if queue.full and not self._make_room():
            if not self._lost:
                warn("recorded spans are being lost: nothing can be written, and the memory set aside is full")
            self._lost += 1
            return
        queue.put((recording, thing), size)
        self.wake()

    def wake(self) -> None:
        """There is something to write, or to show as running."""
        if not self._wake.is_set():
            self._wake.set()
            if self._thread is None or not self._thread.is_alive():
                self._start_thread()

    def _make_room(self) -> bool:
        if self.is_writing_here():  # ended by the garbage collector in the middle of a write: must not wait for itself
            return True
        while self._queue.full:
            if self.failing:
                return False
            self._urgent.set()
            self._wake.set()
            if self._start_thread():
                self._queue.wait_for_room(1.0)
            else:
                self.flush()
        return True

    def _start_thread(self) -> bool:
        """See to it that the thread runs; False where none can be started, as while Python ends."""
        with self._starting:
            if self._thread is not None and self._thread.is_alive():
                return True
            thread = threading.Thread(target=self._run, name="spanglass-writer", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                return False
            self._thread = thread
            return True

    def _run(self) -> None:
        # An instrumented sqlite3 must not have our own writing recorded.
        attach(set_value(_SUPPRESS_INSTRUMENTATION_KEY, True))
        while True:
            self._wake.wait(self._pause())
            self._wake.clear()
            self._urgent.wait(WRITE_DELAY_S)
            self._urgent.clear()
            with self._draining:
                self._drain(force=False, show_all=False, deadline=None)

    def _pause(self) -> float | None:
        """How long to sleep if nothing comes."""
        if self._outboxes or self._lost:
            return RETRY_S
        return ANNOUNCE_AFTER_S if self._running else None

    def flush(self, timeout: float | None = FLUSH_TIMEOUT_S, *, force: bool = True) -> bool:
        """Write what was recorded so far, spans still running too, in the calling thread.

        Without ``force``, a store whose last write failed is left alone until it is its turn again. Returns
        whether all is written.
        """
        if self.is_writing_here():
            return True
        deadline = None if timeout is None else time.monotonic() + timeout
        if not self._draining.acquire(timeout=-1 if timeout is None else timeout):
            return False
        try:
            return self._drain(force=force, show_all=True, deadline=deadline)
        finally:
            self._draining.release()

    def _drain(self, *, force: bool, show_all: bool, deadline: float | None) -> bool:
        self._drainer = threading.get_ident()
        try:
            while True:
                taken = self._queue.take(SPANS_PER_BATCH)
                self._sort(taken, show_all)
                for store in list(self._outboxes):
                    self._send(store, force)
                if not len(self._queue):
                    return not self._outboxes
                if deadline is not None and time.monotonic() > deadline:
                    return False
        except Exception as error:  # the thread must live on, whatever happened
            warn(f"recorded spans could not be written: {said(error)}")
            return False
        finally:
            self._drainer = None

    def _sort(self, taken: list[tuple[Recorded, int]], show_all: bool) -> None:
        """Bundles what was taken, by store. Spans that are still running are looked at after those that ended were
        taken, so that the end of a span always comes in a later bundle than its beginning."""
        bundles: dict[Store | None, _Bundle] = {}
        for (recording, thing), size in taken:
            bundle = bundles.setdefault(recording.store, _Bundle())
            bundle.items += 1
            bundle.size += size
            _add(bundle.batch, recording, thing)
        for recording, span in self._running.due(show_all):
            _add(bundles.setdefault(recording.store, _Bundle()).batch, recording, span)
        for store, bundle in bundles.items():
            self._outboxes.setdefault(store, _Outbox()).bundles.append(bundle)

    def _send(self, store: Store | None, force: bool) -> None:
        outbox = self._outboxes[store]
        if outbox.failures and not force and time.monotonic() < outbox.not_before:
            return
        while outbox.bundles:
            bundle = outbox.bundles[0]
            try:
                _write(_opened(store), bundle.batch)
            except Exception as error:
                outbox.failures += 1
                pause = min(MAX_RETRY_S, RETRY_S * 2 ** (outbox.failures - 1))
                outbox.not_before = time.monotonic() + pause
                if outbox.failures == 1:
                    warn(
                        f"recorded spans could not be written to {_place(store)} ({said(error)}); they are kept in"
                        " memory and tried again"
                    )
                return
            outbox.bundles.popleft()
            self._queue.release(bundle.items, bundle.size)
        del self._outboxes[store]
        if self._lost and not self._outboxes:
            lost, self._lost = self._lost, 0
            warn(f"writing works again; {lost} spans were lost while it did not")


def _add(batch: Batch, recording: Recording, thing: Any) -> None:
    if not recording.told:
        recording.told = True
        batch.traces.append(recording.first_facts())
    if isinstance(thing, TraceFacts):
        batch.traces.append(thing)
        return
    try:
        span, hoisted = convert(thing)
    except Exception as error:
        warn(f"the span {getattr(thing, 'name', '?')!r} could not be read: {said(error)}")
        return
    batch.spans.append(span)
    facts = recording.hoisted(span, hoisted)
    if facts is not None:
        batch.traces.append(facts)


def _write(store: Store, batch: Batch) -> None:
    """Write ``batch``; where something in it cannot be written, all of it but that.

    Raises only what may pass.
    """
    if not batch:
        return
    try:
        store.write(batch)
    except Exception as error:
        if _may_pass(error):
            raise
        parts = list(_parts(batch))
        if len(parts) == 1:
            warn(f"what was recorded of {_subject(batch)} could not be written and is lost: {said(error)}")
        else:
            for part in parts:
                _write(store, part)


def _opened(store: Store | None) -> Store:
    """The store to write to: opened again if it was closed meanwhile, the current one if none could be opened."""
    if store is None:
        return current_store()
    return current_store(store.path) if store.closed else store


def _parts(batch: Batch) -> Iterator[Batch]:
    for facts in batch.traces:
        yield Batch(traces=[facts])
    for span in batch.spans:
        yield Batch(spans=[span])


def _subject(batch: Batch) -> str:
    if batch.spans:
        return f"the span {batch.spans[0].name!r}"
    return f"the trace {batch.traces[0].trace_id}"


def _place(store: Store | None) -> str:
    return "the store" if store is None else str(store.path)
