"""What is recorded while an explorer is open: changed rows, and the open trace as it grows, sent without being asked.

The message holds all that is needed, since a kernel whose messages wait for the running cell answers no question. One
thread of the process makes these messages, so that neither the recorded code nor the one who writes waits for them.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spanglass import limits
from spanglass.explorer import rows, traces
from spanglass.explorer.envelope import encode
from spanglass.explorer.source import Source
from spanglass.explorer.wire import ColumnSpec, Push, RowMode, TraceParams
from spanglass.store import Changes, after_write, as_written

_LOG = logging.getLogger(__name__)


class Question:
    """What one screen shows: the question that its list answers, and the open trace."""

    __slots__ = ("active", "columns", "filter", "predicates", "rows")

    def __init__(
        self, filter: str, rows: RowMode, columns: list[ColumnSpec], predicates: list[str], active: str | None
    ) -> None:
        self.filter = filter
        self.rows = rows
        self.columns = columns
        self.predicates = predicates
        self.active = active


class Live:
    """One explorer's part: what changed since the last message, and when the next one may go.

    ``ask`` says what the screen shows at the moment, ``send`` takes a message's head and its body.
    """

    def __init__(
        self, source: Source, ask: Callable[[], Question], send: Callable[[dict[str, Any], list[bytes]], None]
    ) -> None:
        self._source = source
        self._ask = ask
        self._send = send
        self._since_ms = time.time() * 1000
        self._changes: dict[str, set[str]] = {}
        self._heard = time.monotonic()
        self._last = -limits.LIVE_PAUSE_S
        self._rest = 0.0

    @property
    def path(self) -> Path:
        """The file whose changes count."""
        return self._source.store.path

    def heard(self) -> None:
        """The browser sent something: somebody is there."""
        self._heard = time.monotonic()

    def note(self, changes: Changes) -> None:
        """Remember what changed; of too many traces the newest ones."""
        for trace_id, span_ids in changes.items():
            # Anew at the end, so that the first ones are those that did not change for longest.
            self._changes[trace_id] = self._changes.pop(trace_id, set()) | span_ids
        for trace_id in list(self._changes)[: -limits.MAX_LIVE_TRACES]:
            del self._changes[trace_id]

    def due(self) -> float | None:
        """When the next message may go, on the monotonic clock; None if there is nothing to say."""
        if not self._changes:
            return None
        silence = (time.monotonic() - self._heard) / limits.LIVE_SILENCE
        return self._last + max(limits.LIVE_PAUSE_S, self._rest, silence)

    def take(self) -> Changes:
        """What changed; it counts as said."""
        self._last = time.monotonic()
        changes, self._changes = self._changes, {}
        return changes

    def push(self, changes: Changes) -> None:
        """Tell the browser, and rest for as long as that was work, here or for the network."""
        began = time.monotonic()
        question = self._ask()
        with as_written():
            body = encode(self._message(question, changes))
        head = {name: getattr(question, name) for name in ("filter", "rows", "columns", "predicates")}
        self._send({"push": "rows", "question": head}, [body])
        self._last = time.monotonic()
        self._rest = max(limits.LIVE_REST * (self._last - began), len(body) / limits.LIVE_BYTES_PER_S)

    def _message(self, question: Question, changes: Changes) -> Push:
        source = self._source
        changed, more = rows.changed(source, question.filter, question.rows, question.columns, changes)
        shapes = []
        for trace_id in dict.fromkeys([question.active, *list(changes)[-limits.LIVE_SHAPES :]]):
            most = None if trace_id == question.active else limits.LIVE_SPANS
            if trace_id is not None and trace_id in changes:
                shape = traces.still(source, TraceParams(trace_id, question.filter), most)
                shapes += [] if shape is None else [shape]
        more = more or len(changes) >= limits.MAX_LIVE_TRACES
        now_ms = time.time() * 1000
        return {"rows": changed, "more": more, "since_ms": self._since_ms, "now_ms": now_ms, "traces": shapes}


class Pusher:
    """The thread that sends, started when there is something to send."""

    def __init__(self) -> None:
        self._lives: weakref.WeakSet[Live] = weakref.WeakSet()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, live: Live) -> None:
        """From now on it hears of what is written to its file."""
        with self._changed:
            self._lives.add(live)

    def remove(self, live: Live) -> None:
        """It hears of nothing any more."""
        with self._changed:
            self._lives.discard(live)

    def note(self, path: Path, changes: Changes) -> None:
        """Something was written."""
        with self._changed:
            meant = [live for live in self._lives if live.path == path]
            for live in meant:
                live.note(changes)
            if not meant:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="spanglass-live", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            live, changes = self._next()
            try:
                live.push(changes)
            except Exception as error:  # the store was closed, a predicate raised: what the screen asks for says so
                _LOG.debug("what was recorded could not be shown: %s", error)
            finally:
                del live  # an idle thread keeps no explorer alive

    def _next(self) -> tuple[Live, Changes]:
        with self._changed:
            while True:
                waiting = [(due, id(live), live) for live in self._lives if (due := live.due()) is not None]
                due, _, live = min(waiting, default=(None, 0, None))
                left = None if due is None else due - time.monotonic()
                if live is not None and left is not None and left <= 0:
                    return live, live.take()
                del waiting, live
                self._changed.wait(left)


PUSHER = Pusher()
after_write(lambda path, changes: PUSHER.note(path, changes))


def _after_fork_in_child() -> None:
    # The connection to the browser is the parent's.
    global PUSHER
    PUSHER = Pusher()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
